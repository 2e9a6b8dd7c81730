package diff

import (
	"database/sql"
	"slices"
)

// movedRow is an object whose marks have moved since the last diff, as they are now.
type movedRow struct {
	ownedID
	Bearers int   // objects with its id
	Wanted  bool  // the desired side has that id
	Known   int64 // the NetBox id there, 0 for none
}

// renew reports whether what the last diff made still stands but for what is in NetBox only
// since then, as after an apply of diet's own: those objects are found again by their ids.
// Where more has moved, as where anybody's marks are in doubt, everything is made anew.
func (d *differ) renew() (bool, error) {
	var moved []bool
	if err := d.selectAll(&moved, d.statements.Get("query/moved_any")); err != nil || !moved[0] {
		return err == nil, err
	}
	d.side.moved = true
	if len(d.topo.Takes) > 0 {
		return false, nil // other plans' objects count too
	}
	var open []int
	if err := d.selectAll(&open, d.statements.Get("query/moved_open")); err != nil || slices.Max(open) > 0 {
		return false, err
	}
	var rows []movedRow
	if err := d.selectAll(&rows, d.statements.Get("query/moved_marks")); err != nil {
		return false, err
	}
	is := make(map[place]string, len(rows))
	for _, r := range rows {
		if !d.renewable(r) {
			return false, nil
		}
		if r.Plan == d.plan {
			is[place{r.Kind, r.ID}] = r.Object
		}
		d.side.fresh = d.side.fresh || r.Wanted && r.Known == 0
	}
	return d.stillThere(is)
}

// renewable reports whether an object that has moved is nobody's business here, or is
// certainly the plan's and is what the desired side has, or has nothing of yet.
func (d *differ) renewable(r movedRow) bool {
	if (r.Plan != d.plan || r.Object == "") && (r.ShownPlan != d.plan || r.ShownObject == "") {
		return true
	}
	return d.certain(r.ownedID) && plain(r.ownedID) && !d.isBare(r.ownedID) && r.Bearers == 1 && (r.Known == 0 || r.Known == r.ID)
}

// stillThere reports whether all that the desired side had an id of has it still.
func (d *differ) stillThere(is map[place]string) (bool, error) {
	var was []ownedID
	if err := d.selectAll(&was, d.statements.Get("query/moved_wanted")); err != nil {
		return false, err
	}
	for _, r := range was {
		if is[place{r.Kind, r.ID}] != r.Object {
			return false, nil
		}
	}
	return true, nil
}

// renewLoaded notes what the desired side is made of now, where nothing of it had to be made.
func (d *differ) renewLoaded() error {
	if !d.side.moved {
		return nil
	}
	return d.mirror.Write(d.ctx, func() error { return d.side.keep(d, d.side.last.Stated) })
}

// hands are the users by whom diet wrote.
func (d *differ) hands() ([]string, error) {
	var users []string
	return users, d.selectAll(&users, d.statements.Get("query/hand_list"))
}

// planArg is the plan's key for a statement that takes it.
func (d *differ) planArg() sql.NamedArg { return sql.Named("plan", d.plan) }
