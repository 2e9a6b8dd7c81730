package diff

import (
	"github.com/diet-project/diet/engine/change"
)

type blockerRow struct {
	Object string `db:"object"`
	ID     int64  `db:"id"`
	Name   string `db:"name"`
	Plan   string `db:"plan"`
	Other  string `db:"other"`
	Port   int64  `db:"port"`
	Own    bool   `db:"own"`
}

// findBlockers marks the changes whose place is taken: a cable's port, a
// device's rack unit. What an object of the same plan holds becomes free with
// that object's own change, and is waited for.
func (d *differ) findBlockers() error {
	at := make(map[key]int, len(d.changes))
	byID := make(map[place]string, len(d.changes))
	for i := range d.changes {
		c := &d.changes[i]
		at[key{c.Kind, c.Object}] = i
		byID[place{c.Kind, c.NetBoxID}] = c.Object
	}
	for _, kind := range []string{"device", "cable"} {
		var rows []blockerRow
		if err := d.selectAll(&rows, "query/"+kind+"_blocker"); err != nil {
			return err
		}
		for _, r := range rows {
			w := d.wanted[key{kind, r.Object}]
			if w == nil {
				continue
			}
			i, ok := at[key{kind, w.object}]
			if !ok || !takes(&d.changes[i], kind) {
				continue
			}
			if err := d.block(&d.changes[i], kind, r, byID); err != nil {
				return err
			}
		}
	}
	return nil
}

// takes reports whether a change would take a new place: a create does, and an
// update of one of the fields that say where.
func takes(c *change.Change, kind string) bool {
	if c.Action == change.Create {
		return true
	}
	places := map[string][]string{"device": {"rack", "position", "face"}, "cable": {"a", "b"}}[kind]
	for _, f := range c.Fields {
		for _, p := range places {
			if f.Name == p && f.Class != change.Relinquished {
				return true
			}
		}
	}
	return false
}

// place is an object of NetBox.
type place struct {
	kind string
	id   int64
}

// block marks one change; byID holds the objects that have changes of their own.
func (d *differ) block(c *change.Change, kind string, r blockerRow, byID map[place]string) error {
	if c.Other != nil && c.Other.ID == r.ID {
		return nil // found already, by natural key
	}
	if other, moves := byID[place{kind, r.ID}]; r.Own && moves {
		c.Needs = append(c.Needs, other)
		return nil
	}
	blame, err := d.created(kind, r.ID)
	if err != nil {
		return err
	}
	c.Class = change.Blocked
	c.Other = &change.Other{Kind: kind, ID: r.ID, Name: r.Name, Plan: r.Plan, Object: r.Other, Blame: blame}
	return nil
}
