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
	Moves  bool   `db:"moves"` // the object moves and keeps its size or name; else it stays, and gets the new one
	Kind   string `db:"kind"`
	ID     int64  `db:"id"` // 0 for its own type
	Name   string `db:"name"`
	Other  string `db:"other"` // of what is not there yet, its object id
	Comes  int    `db:"comes"` // 0: it is there; else one of those below
	Field  string `db:"field"` // of something else than a device, the field by which it gives way
	Lower  bool   `db:"lower"` // it gives way by its size or name
}

// In which way something comes: as the plan wants it, with the size or name that it has, or to
// where it is with those that the plan wants.
const (
	comesWhole = iota + 1
	comesMoved
	comesStaying
)

// halves are the two parts of what an object takes, each of which may be written alone: what
// it takes where it is, and where that is.
type halves struct{ stays, moves []string }

// halvesOf are the ways in which what objects of a kind take has two parts, with the
// statements that list what is in the way of one part alone.
func (d *differ) halvesOf(kind kinds.Kind) map[string]halves {
	out := map[string]halves{}
	if statement := rules[kind.Name].mixed; statement != "" {
		out[statement] = d.sizeAndPlace(kind)
	}
	if at := slices.Index(kind.Key, kind.Label); at >= 0 && len(kind.Key) > 1 {
		out["query/name_mix"] = halves{kind.Key[at : at+1], slices.Delete(slices.Clone(kind.Key), at, at+1)}
	}
	return out
}

// sizeAndPlace are the parts of the room that a device takes in a rack.
func (d *differ) sizeAndPlace(kind kinds.Kind) (h halves) {
	for _, name := range placing {
		if f, _ := kind.Field(name); f.Defining {
			h.stays = append(h.stays, name)
		} else {
			h.moves = append(h.moves, name)
		}
	}
	return h
}

// findMixes finds what is in the way of changes of which the policies may let only a part be
// written: the size or the name of an object without its place, or its place without those.
func (d *differ) findMixes(kind kinds.Kind, holders map[place]*change.Change) error {
	for statement, h := range d.halvesOf(kind) {
		rows, known, err := d.crowding(kind, statement, func(c *change.Change) bool {
			stays, moves := h.of(c)
			return c.PerField() && stays && moves
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
			if m, is := h.mix(c, r, by); is {
				c.Mixes = append(c.Mixes, m)
			}
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
		c.After = append(c.After, change.Step{Object: by.Object, Fields: []string{r.Field}, For: placing})
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
	return d.selectAll(rows, d.statements.For(statement, kind), sql.Named("objects", list), sql.Named("sizes", sizes))
}

// of reports which of the parts a change writes.
func (h halves) of(c *change.Change) (stays, moves bool) {
	for _, f := range c.Fields {
		if writes(f.Class) {
			stays = stays || slices.Contains(h.stays, f.Name)
			moves = moves || slices.Contains(h.moves, f.Name)
		}
	}
	return stays, moves
}

func (h halves) both() []string { return slices.Concat(h.moves, h.stays) }

// mix is what a row says is in the way of a change; by is the change of that, or nil. What
// would come only in a way in which by does not is none.
func (h halves) mix(c *change.Change, r mixRow, by *change.Change) (m change.Mix, is bool) {
	m = change.Mix{Part: change.Part{Written: [][]string{h.stays}, Left: h.moves}, Name: fmt.Sprintf("%s %q", r.Kind, r.Name)}
	if r.Moves {
		m.Part = change.Part{Written: [][]string{h.moves}, Left: h.stays}
	}
	if by == nil {
		return m, r.Comes == 0
	}
	m.Name, m.By.Object = by.Object, by.Object
	if r.Comes > 0 {
		m.Comes = h.comes(by, r)
		return m, m.Comes != nil
	}
	m.By.Fields = []string{r.Field}
	if r.Kind == c.Kind {
		if m.By.Fields = h.moves; r.Lower {
			m.By.Fields = h.both()
		}
	}
	return m, true
}

// comes is what has to be written of a change for it to come as a row says, nil where it
// cannot come so.
func (h halves) comes(by *change.Change, r mixRow) *change.Part {
	stays, moves := h.of(by)
	switch {
	case r.Field != "":
		return &change.Part{Written: [][]string{{r.Field}}}
	case r.Comes == comesWhole && !(stays && moves):
		return &change.Part{Written: [][]string{h.both()}}
	case r.Comes == comesWhole:
		return &change.Part{Written: [][]string{h.moves, h.stays}}
	case r.Comes == comesMoved && stays && moves:
		return &change.Part{Written: [][]string{h.moves}, Left: h.stays}
	case r.Comes == comesStaying && stays && moves:
		return &change.Part{Written: [][]string{h.stays}, Left: h.moves}
	}
	return nil
}
