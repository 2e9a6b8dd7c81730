package diff

import (
	"slices"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/kinds"
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

// findBlockers marks the changes whose place is taken: a cable's port, a device's rack
// unit. A place that an object of the same plan occupies becomes free with that object's
// own change, which is waited for.
func (d *differ) findBlockers() error {
	at := make(map[key]int, len(d.changes))
	byID := make(map[place]string, len(d.changes))
	for i := range d.changes {
		c := &d.changes[i]
		at[key{c.Kind, c.Object}] = i
		if c.Action != change.None {
			byID[place{c.Kind, c.NetBoxID}] = c.Object
		}
	}
	for _, kind := range d.kinds.Owned() {
		if rules[kind.Name].blocked == "" {
			continue
		}
		if err := d.findBlockersOf(kind, at, byID); err != nil {
			return err
		}
	}
	return nil
}

func (d *differ) findBlockersOf(kind kinds.Kind, at map[key]int, byID map[place]string) error {
	var rows []blockerRow
	if err := d.selectAll(&rows, d.statements.Get(rules[kind.Name].blocked)); err != nil {
		return err
	}
	for _, r := range rows {
		w := d.wanted[key{kind.Name, r.Object}]
		if w == nil {
			continue
		}
		i, ok := at[key{kind.Name, w.object}]
		if !ok || !takes(&d.changes[i], rules[kind.Name].places) {
			continue
		}
		if err := d.block(&d.changes[i], kind.Name, r, byID); err != nil {
			return err
		}
	}
	return nil
}

// takes reports whether a change takes a new place: a create does, and so does an update
// of a field that describes the place, unless the object has it already.
func takes(c *change.Change, places []string) bool {
	return c.Action == change.Create || slices.ContainsFunc(c.Fields, func(f change.Field) bool {
		return slices.Contains(places, f.Name) && writes(f.Class)
	})
}

// block marks one change; byID holds the objects that have changes of their own.
func (d *differ) block(c *change.Change, kind string, r blockerRow, byID map[place]string) error {
	if c.Other != nil && c.Other.ID == r.ID {
		c.Taken = change.TakenPlace // by natural key, and to rename it frees no place
		return nil
	}
	if other, moves := byID[place{kind, r.ID}]; r.Own && moves {
		c.Needs = append(c.Needs, other)
		return nil
	}
	blame, err := d.created(kind, r.ID)
	if err != nil {
		return err
	}
	c.Class, c.Taken = change.Blocked, change.TakenPlace
	c.Other = &change.Other{Kind: kind, ID: r.ID, Name: r.Name, Plan: r.Plan, Object: r.Other, Blame: blame}
	return nil
}
