package diff

import (
	"database/sql"
	"fmt"
	"slices"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// mixRow is one thing in the way of an object of which only a part is written.
type mixRow struct {
	Object string `db:"object"`
	Moves  bool   `db:"moves"` // the object moves and keeps its size; else it stays, and gets the new one
	Kind   string `db:"kind"`
	ID     int64  `db:"id"` // 0 for its own type
	Name   string `db:"name"`
	Other  string `db:"other"` // of what is not there yet, its object id
	Comes  int    `db:"comes"` // 0: it is there; else one of those below
	Field  string `db:"field"` // of something else than a device, the field by which it gives way
	Lower  bool   `db:"lower"` // it gives way by its size
}

// In which way something comes: as the plan wants it, with the size that it has, or to where
// it is with the size that the plan wants.
const (
	comesWhole = iota + 1
	comesMoved
	comesSized
)

// findMixes finds what is in the way of changes of which the policies may let only a part be
// written: the size of an object without its place, or its place without its size.
func (d *differ) findMixes(kind kinds.Kind, holders map[place]*change.Change) error {
	rows, known, err := d.crowding(kind, rules[kind.Name].mixed, func(c *change.Change) bool {
		sized, placed := d.splits(c)
		return c.PerField() && sized && placed
	})
	if err != nil {
		return err
	}
	for _, r := range rows {
		by := known[r.Other]
		if r.ID != 0 && r.Other == "" {
			by = holders[place{r.Kind, r.ID}]
		}
		c := known[r.Object]
		if m, is := d.mix(c, r, by); is {
			c.Mixes = append(c.Mixes, m)
		}
	}
	return nil
}

// findAbove makes changes wait that want a place above what a rack has, until it is higher.
func (d *differ) findAbove(kind kinds.Kind, holders map[place]*change.Change) error {
	rows, known, err := d.crowding(kind, rules[kind.Name].above, func(c *change.Change) bool { return takes(c, placing) })
	if err != nil {
		return err
	}
	for _, r := range rows {
		c, by := known[r.Object], holders[place{r.Kind, r.ID}]
		if by == nil {
			part := change.Part{Written: [][]string{placing}}
			c.Mixes = append(c.Mixes, change.Mix{Part: part, Name: fmt.Sprintf("%s %q", r.Kind, r.Name)})
			continue
		}
		c.Needs = append(c.Needs, by.Object)
		c.After = append(c.After, change.Step{Object: by.Object, Fields: []string{r.Field}})
	}
	return nil
}

// crowding asks what is in the way of the wanted changes of a kind, which has no such statement
// where nothing can be. It also returns the changes of the kind, as listed does.
func (d *differ) crowding(
	kind kinds.Kind, statement string, wants func(*change.Change) bool,
) (rows []mixRow, known map[string]*change.Change, err error) {
	if statement == "" {
		return nil, nil, nil
	}
	known, objects := d.listed(kind, wants)
	if objects == nil {
		return nil, nil, nil
	}
	err = d.selectSized(&rows, kind, statement, objects)
	return rows, known, err
}

// listed are the changes of a kind by what NetBox knows their objects as, and those that are
// wanted among these.
func (d *differ) listed(kind kinds.Kind, wants func(*change.Change) bool) (known map[string]*change.Change, objects []any) {
	known = map[string]*change.Change{}
	for i := range d.changes {
		if c := &d.changes[i]; c.Kind == kind.Name {
			object := d.ids.knownAs(c.Kind, c.Object)
			known[object] = c
			if wants(c) {
				objects = append(objects, object)
			}
		}
	}
	return known, objects
}

// selectSized selects by objects of a kind, and the sizes of what is yet to be made.
func (d *differ) selectSized(rows any, kind kinds.Kind, statement string, objects []any) error {
	list, err := value.Encode(objects)
	if err != nil {
		return err
	}
	sizes, err := value.Encode(d.sizes(kind))
	if err != nil {
		return err
	}
	return d.selectAll(rows, d.statements.Get(statement), sql.Named("objects", list), sql.Named("sizes", sizes))
}

// splits reports whether a change writes what decides about the size of its object, and
// where it is.
func (d *differ) splits(c *change.Change) (sized, placed bool) {
	for _, f := range c.Fields {
		if !writes(f.Class) || !slices.Contains(placing, f.Name) {
			continue
		}
		field, _ := d.kinds.Must(c.Kind).Field(f.Name)
		sized, placed = sized || field.Defining, placed || !field.Defining
	}
	return sized, placed
}

// mix is what a row says is in the way of a change; by is the change of that, or nil. What
// would come only in a way in which by does not is none.
func (d *differ) mix(c *change.Change, r mixRow, by *change.Change) (m change.Mix, is bool) {
	places := d.vacating(c, placing, false)
	sizes := slices.DeleteFunc(slices.Clone(placing), func(name string) bool { return slices.Contains(places, name) })
	m = change.Mix{Part: change.Part{Written: [][]string{sizes}, Left: places}, Name: fmt.Sprintf("%s %q", r.Kind, r.Name)}
	if r.Moves {
		m.Part = change.Part{Written: [][]string{places}, Left: sizes}
	}
	if by == nil {
		return m, r.Comes == 0
	}
	m.Name, m.By.Object = by.Object, by.Object
	if r.Comes > 0 {
		m.Comes = d.comes(by, r, places, sizes)
		return m, m.Comes != nil
	}
	m.By.Fields = []string{r.Field}
	if r.Kind == c.Kind {
		m.By.Fields = d.vacating(by, placing, r.Lower)
	}
	return m, true
}

// comes is what has to be written of a change for it to come as a row says, nil where it
// cannot come so.
func (d *differ) comes(by *change.Change, r mixRow, places, sizes []string) *change.Part {
	sized, placed := d.splits(by)
	switch {
	case r.Field != "":
		return &change.Part{Written: [][]string{{r.Field}}}
	case r.Comes == comesWhole && !(sized && placed):
		return &change.Part{Written: [][]string{placing}}
	case r.Comes == comesWhole:
		return &change.Part{Written: [][]string{places, sizes}}
	case r.Comes == comesMoved && sized && placed:
		return &change.Part{Written: [][]string{places}, Left: sizes}
	case r.Comes == comesSized && sized && placed:
		return &change.Part{Written: [][]string{sizes}, Left: places}
	}
	return nil
}
