package change

import "slices"

// Part is a part of a change that may be written alone.
type Part struct {
	Written [][]string // of each of these at least one field is written
	Left    []string   // and none of these
}

// Is reports whether that is what is written of a change, as far as it is decided.
func (p *Part) Is(c *Change) bool {
	if !c.PerField() {
		return p.Left == nil // as a whole
	}
	return !c.writes(p.Left) && !slices.ContainsFunc(p.Written, func(fields []string) bool { return !c.writes(fields) })
}

// Mix is something in the way of a change if just a part of it is written: what stays where it
// is and gets larger, or moves and keeps its size.
type Mix struct {
	Part Part
	Name string // what is in the way, as people call it
	By   Step   // its change, if it has one, and the fields by which it gives way

	// Comes is what has to be written of that change for it to be in the way; nil for what
	// is there.
	Comes *Part
}

// IsFree reports whether what is in the way does not come, or gives way; by is its change,
// or nil.
func (m *Mix) IsFree(by *Change) bool {
	switch {
	case by == nil:
		return m.Comes != nil
	case m.Comes == nil:
		return by.GivesWay(m.By.Fields)
	}
	return !by.Acts() || !m.Comes.Is(by)
}

// GivesWay reports whether a change takes its object away from what it holds by fields.
func (c *Change) GivesWay(fields []string) bool {
	if c.Action == Delete {
		return c.Acts() && c.Deletes()
	}
	return c.Acts() && c.PerField() && c.writes(fields)
}

// writes reports whether one of these fields of a change is written.
func (c *Change) writes(fields []string) bool {
	return slices.ContainsFunc(c.Fields, func(f Field) bool {
		return slices.Contains(fields, f.Name) && f.Verdict.Acts() && f.Class != Converged && f.Class != Agreed && f.Class != Relinquished
	})
}
