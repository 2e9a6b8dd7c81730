package diff

import (
	"database/sql"
	"slices"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// blocker is one way in which what an object wants can be taken: places are the fields
// that say what it wants.
type blocker struct {
	statement string
	places    []string
	frees     []string    // the fields by which what holds it gives way; the same ones if empty
	sized     bool        // the statement takes the sizes of what is yet to be made
	ported    bool        // it takes the ports that come with what is yet to be made
	field     kinds.Field // of a statement for one field
}

// blockerRow is one holder of what an object wants.
type blockerRow struct {
	Object string `db:"object"`
	Kind   string `db:"kind"`
	ID     int64  `db:"id"`
	Name   string `db:"name"`
	Plan   string `db:"plan"`
	Other  string `db:"other"`
	Own    bool   `db:"own"`       // an object of the plan itself
	Port   int64  `db:"port"`      // the port that it holds, 0 for another place
	PortOf string `db:"port_type"` // the object type of that
	Marked string `db:"marked"`    // the field by which people keep the place, "" for none
	Lower  bool   `db:"lower"`     // it no longer reaches the place with the size that the plan wants
}

// findBlockers marks the changes whose name or place is taken: a cable's port, a device's
// rack unit. What an object of the same plan holds, or one that is being adopted, becomes
// free with its own change, and is waited for.
func (d *differ) findBlockers() error {
	holders := make(map[place]*change.Change, len(d.changes))
	for i := range d.changes {
		holders[place{d.changes[i].Kind, d.changes[i].NetBoxID}] = &d.changes[i]
	}
	d.waitForHolders(holders)
	d.findCrossed()
	for _, kind := range d.kinds.Owned() {
		for _, b := range blockersOf(kind) {
			if err := d.findBlockersOf(kind, b, holders); err != nil {
				return err
			}
		}
		if err := d.findAbove(kind, holders); err != nil {
			return err
		}
		if err := d.findMixes(kind, holders); err != nil {
			return err
		}
	}
	if err := d.findTrunkBlockers(holders); err != nil {
		return err
	}
	return d.findLaneBlockers(holders)
}

// waitForHolders makes what comes into an object, as a device into a rack, wait until that
// stands where the plan wants both.
func (d *differ) waitForHolders(holders map[place]*change.Change) {
	for i := range d.changes {
		c := &d.changes[i]
		kind := d.kinds.Must(c.Kind)
		for _, f := range kind.Followers() {
			id, comes := d.comesInto(c, f.Follows)
			holder := holders[place{kind.Refers(f.Follows), id}]
			if !comes || holder == nil || !holder.PerField() {
				continue
			}
			follows := func(g change.Field) bool { return g.Name == f.Name && writes(g.Class) }
			if slices.ContainsFunc(holder.Fields, follows) {
				step := change.Step{Object: holder.Object, Fields: []string{f.Name}, For: []string{f.Follows}, Joins: true}
				c.After = append(c.After, step)
			}
		}
	}
}

// findCrossed has a plug of a cable that is to go into what another one of it is in wait for that one.
func (d *differ) findCrossed() {
	for i := range d.changes {
		c := &d.changes[i]
		kind := d.kinds.Must(c.Kind)
		if len(kind.Ends()) == 0 || !c.PerField() || c.Before == nil {
			continue
		}
		for _, f := range c.Fields {
			for _, other := range kind.Plugs() {
				if other != f.Name && writes(f.Class) && change.Crosses(c.Kind, f, other, c.Before.Have[other]) {
					c.After = append(c.After, change.Step{Object: c.Object, Fields: []string{other}, For: []string{f.Name}})
				}
			}
		}
	}
}

// comesInto returns the id of what a change comes into by a reference.
func (d *differ) comesInto(c *change.Change, reference string) (id int64, comes bool) {
	for _, f := range c.Fields {
		if f.Name == reference && (c.Action == change.Create || c.PerField() && writes(f.Class)) {
			return value.ID(f.Want)
		}
	}
	return 0, false
}

// blockersOf are the ways in which what objects of a kind want can be taken.
func blockersOf(kind kinds.Kind) []blocker {
	out := slices.Clone(rules[kind.Name].blocked)
	if slices.Contains(kind.Key, kind.Label) {
		out = append(out, blocker{statement: "query/name_blocker", places: kind.Key})
	}
	for _, f := range kind.Fields {
		if f.Unique {
			out = append(out, blocker{statement: "query/unique_blocker", places: []string{f.Name}, field: f})
		}
	}
	return out
}

func (d *differ) findBlockersOf(kind kinds.Kind, b blocker, holders map[place]*change.Change) error {
	takers := map[string]*change.Change{}
	var objects []any
	for i := range d.changes {
		if c := &d.changes[i]; c.Kind == kind.Name && (takes(c, b.places) || b.frees == nil && standsAt(c, b.places)) {
			known := d.ids.knownAs(c.Kind, c.Object)
			takers[known] = c
			objects = append(objects, known)
		}
	}
	if objects == nil {
		return nil
	}
	list, err := value.Encode(objects)
	if err != nil {
		return err
	}
	args := []any{sql.Named("objects", list)}
	if b.sized {
		sizes, err := value.Encode(d.sizes(kind))
		if err != nil {
			return err
		}
		args = append(args, sql.Named("sizes", sizes))
	}
	if b.ported {
		ports, err := value.Encode(d.topo.ModulePorts())
		if err != nil {
			return err
		}
		args = append(args, sql.Named("ports", ports))
	}
	var rows []blockerRow
	if err := d.selectAll(&rows, d.statements.ForField(b.statement, kind, b.field), args...); err != nil {
		return err
	}
	for _, r := range rows {
		if err := d.block(takers[r.Object], r, b, holders); err != nil {
			return err
		}
	}
	return nil
}

// sizes are the fields of what is yet to be made and decides how large objects of a kind
// are, by reference.
func (d *differ) sizes(kind kinds.Kind) map[string]any {
	out := map[string]any{}
	for _, f := range kind.Fields {
		if !f.Defining {
			continue
		}
		for i := range d.changes {
			c := &d.changes[i]
			if c.Kind != f.To || c.Action != change.Create {
				continue
			}
			fields := map[string]any{}
			for _, g := range c.Fields {
				fields[g.Name] = g.Want
			}
			out["@"+c.Object] = fields
		}
	}
	return out
}

// takes reports whether a change would take a new place: a create with one does, and an
// update of one of the fields that say where, but for what it has already.
func takes(c *change.Change, places []string) bool {
	creates := c.Action == change.Create
	return c.Action != change.Delete && slices.ContainsFunc(c.Fields, func(f change.Field) bool {
		return slices.Contains(places, f.Name) && (creates && !value.Empty(f.Want) || !creates && writes(f.Class))
	})
}

// standsAt reports whether a change would take over, for its name, what may stand where the plan wants
// the object too: to rename that would not do then.
func standsAt(c *change.Change, places []string) bool {
	return c.Class == change.Exists && c.Action == change.Adopt && c.Taken == change.TakenName &&
		slices.ContainsFunc(c.Fields, func(f change.Field) bool { return slices.Contains(places, f.Name) && f.Class == change.Agreed })
}

// block marks one change whose place is held.
func (d *differ) block(c *change.Change, r blockerRow, b blocker, holders map[place]*change.Change) error {
	at := place{r.Kind, r.ID}
	if c.Other != nil && c.Other.Kind == r.Kind && c.Other.ID == r.ID {
		if b.statement != "query/name_blocker" && c.Class != change.Blocked {
			c.Taken = change.TakenPlace // by natural key, and to rename it frees no place
		}
		return nil
	}
	if !takes(c, b.places) {
		return nil
	}
	holder := holders[at]
	ours := holder != nil && (holder.Class != change.Unmanaged || holder.Action == change.Adopt)
	if ours && r.Marked == "" && (r.Own || d.takenAt[at] || d.claimed[at] != nil) {
		c.Needs = append(c.Needs, holder.Object)
		c.After = append(c.After, change.Step{Object: holder.Object, Fields: d.holding(holder, r, b), For: b.places})
		return nil
	}
	if c.Class == change.Blocked && c.Other != nil && !c.Settled {
		return nil // one is enough
	}
	if came, err := d.goesWithOrphan(r); err != nil || came != "" {
		c.Needs = append(c.Needs, came)
		return err
	}
	blame, err := d.created(r.Kind, r.ID)
	if r.Marked != "" {
		blame, err = d.toucher(r.Kind, r.ID, r.Marked)
	}
	if err != nil {
		return err
	}
	c.Class, c.Taken, c.Settled = change.Blocked, change.TakenPlace, false
	if r.Port != 0 && r.Kind == c.Kind && c.Action == change.Create {
		c.Taken = change.TakenPort
	}
	c.Other = &change.Other{Kind: r.Kind, ID: r.ID, Name: r.Name, Plan: r.Plan, Object: r.Other, Blame: blame, Marked: r.Marked}
	return nil
}

// goesWithOrphan is what of the plan a holder came with and dies with; "" for nothing.
func (d *differ) goesWithOrphan(r blockerRow) (string, error) {
	kind := d.kinds.Must(r.Kind)
	if len(d.orphaned) == 0 || !slices.ContainsFunc(kind.Fields, kind.CameWith) {
		return "", nil
	}
	before, err := d.before(r.Kind, r.ID)
	if err != nil {
		return "", err
	}
	return d.cameWith(kind, before), nil
}

// holding are the fields by which the object of a change holds a place: what is to move
// gives way by moving, and by its size only if that would do where it is.
func (d *differ) holding(holder *change.Change, r blockerRow, b blocker) []string {
	switch {
	case b.frees != nil:
		return b.frees
	case b.sized:
		return d.vacating(holder, b.places, r.Lower)
	case r.Port == 0 || holder.Before == nil:
		return b.places
	}
	var out []string
	for _, f := range holder.Fields {
		if slices.Contains(change.Ports(holder.Kind, f.Name, f.Have), change.Port(r.PortOf, r.Port)) {
			out = append(out, f.Name)
		}
	}
	return out
}

// vacating are those of places by which an object leaves where it is; one that decides
// about its size is among them only if lower.
func (d *differ) vacating(holder *change.Change, places []string, lower bool) []string {
	return slices.DeleteFunc(slices.Clone(places), func(name string) bool {
		field, _ := d.kinds.Must(holder.Kind).Field(name)
		return field.Defining && !lower
	})
}
