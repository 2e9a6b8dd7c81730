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

// Lets reports whether a change does what a step of another one waits for.
func (c *Change) Lets(s Step) bool {
	given := func(f Field) bool { return slices.Contains(s.Fields, f.Name) && f.GivesUp() }
	return c.GivesWay(s.Fields) || s.Joins && c.Acts() && c.PerField() && slices.ContainsFunc(c.Fields, given)
}

// Settle takes out what the change waits for on account of fields that are not written after all.
func (c *Change) Settle() {
	c.After = slices.DeleteFunc(c.After, func(s Step) bool {
		idle := c.PerField() && s.For != nil && !c.writes(s.For)
		if i := slices.Index(c.Needs, s.Object); idle && i >= 0 {
			c.Needs = slices.Delete(c.Needs, i, i+1)
		}
		return idle
	})
	if c.PerField() {
		c.Needs = slices.DeleteFunc(c.Needs, c.idle)
	}
}

// NeedFor notes that a change needs something on account of a field.
func (c *Change) NeedFor(need, field string) {
	if c.NeededBy == nil {
		c.NeededBy = map[string][]string{}
	}
	if c.NeededBy[need] = append(c.NeededBy[need], field); !slices.Contains(c.Needs, need) {
		c.Needs = append(c.Needs, need)
	}
}

// idle reports whether nothing but fields that are not written refers to what the change needs.
func (c *Change) idle(need string) bool {
	refers, written := false, false
	for i := range c.Fields {
		f := &c.Fields[i]
		if ref, pending := c.Pending(*f); pending && ref == need || slices.Contains(c.NeededBy[need], f.Name) {
			refers, written = true, written || f.Owns()
		}
	}
	return refers && !written
}

// writes reports whether one of these fields of a change is written.
func (c *Change) writes(fields []string) bool {
	return slices.ContainsFunc(c.Fields, func(f Field) bool { return slices.Contains(fields, f.Name) && f.Writes() })
}
