package web

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate/natural"
)

// columns are what rows are filtered, grouped and sorted by, some bytes a row: of a preview with a
// million of them a page reads these alone, and the rows that it shows.
type columns struct {
	change []uint32 // the number of the change in the preview
	field  []uint16 // and of the field in that, noField for the object
	parts  []uint8  // a bit for each of shows
	when   []uint32 // seconds since 1970, 0 where it is unknown
	props  [][]uint32
	values [][]string // of each property, in natural order: the numbers in props lead here

	mu    sync.Mutex
	known map[int]*section // by part
}

// section is a part of the rows, as it is before anything is asked for. It is counted once.
type section struct {
	lines  []uint32
	counts []int     // of the rows in each part
	groups [][]group // of each facet
}

const noField = 1<<16 - 1

// properties are the facets, and what rows are only sorted by.
var properties = append(slices.Clone(facets), facet{"field", "Field", row.Field})

// property is the place of a property by its name, -1 for none.
func property(name string) int {
	return slices.IndexFunc(properties, func(f facet) bool { return f.Name == name })
}

// columnsOf are those of a table.
func columnsOf(t *table) *columns {
	n := len(t.rows)
	c := &columns{change: make([]uint32, n), field: make([]uint16, n), parts: make([]uint8, n), when: make([]uint32, n)}
	number := 0
	for i, r := range t.rows {
		for &t.preview.Changes[number] != r.Change { // one whose rows are over, or that has none
			number++
		}
		c.change[i], c.field[i] = uint32(number), noField
		if r.F != nil {
			c.field[i] = uint16(slices.IndexFunc(r.Fields, func(f change.Field) bool { return f.Name == r.F.Name }))
		}
		for bit, s := range shows {
			if s.keep(r) {
				c.parts[i] |= 1 << bit
			}
		}
		if at, err := time.Parse(time.RFC3339, r.When()); err == nil {
			c.when[i] = uint32(max(0, at.Unix()))
		}
	}
	for _, f := range properties {
		c.add(t.rows, f)
	}
	return c
}

// add adds a property.
func (c *columns) add(rows []row, f facet) {
	known := map[string]uint32{}
	of := make([]string, len(rows))
	for i, r := range rows {
		of[i] = f.of(r)
		known[of[i]] = 0
	}
	values := slices.SortedFunc(maps.Keys(known), natural.Compare)
	for n, v := range values {
		known[v] = uint32(n)
	}
	prop := make([]uint32, len(rows))
	for i, v := range of {
		prop[i] = known[v]
	}
	c.props, c.values = append(c.props, prop), append(c.values, values)
}

// section is a part of the rows; nothing of it may be changed.
func (c *columns) section(part int) *section {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known[part] == nil {
		s := &section{}
		s.lines, s.counts = c.lines(part)
		for i := range facets {
			s.groups = append(s.groups, c.counted(s.lines, i))
		}
		if c.known == nil {
			c.known = map[int]*section{}
		}
		c.known[part] = s
	}
	return c.known[part]
}

// lines are the numbers of the rows in a part, and how many rows are in each part.
func (c *columns) lines(part int) (lines []uint32, counts []int) {
	counts = make([]int, len(shows))
	for i, bits := range c.parts {
		for bit := range counts {
			counts[bit] += int(bits >> bit & 1)
		}
		if part >= 0 && bits>>part&1 == 1 {
			lines = append(lines, uint32(i))
		}
	}
	return lines, counts
}

// counted are the values of a property, in natural order, with how many of the lines have each.
func (c *columns) counted(lines []uint32, prop int) []group {
	counts := make([]int, len(c.values[prop]))
	for _, i := range lines {
		counts[c.props[prop][i]]++
	}
	var out []group
	for n, count := range counts {
		if count > 0 {
			out = append(out, group{cmp.Or(c.values[prop][n], none), count})
		}
	}
	return out
}

// having are the lines that have a value.
func (c *columns) having(lines []uint32, prop int, value string) []uint32 {
	want := slices.Index(c.values[prop], value)
	var out []uint32
	for _, i := range lines {
		if int(c.props[prop][i]) == want {
			out = append(out, i)
		}
	}
	return out
}

// sorted sorts lines, which come in the natural order of objects, by what a query says: -when is
// the newest first.
func (c *columns) sorted(lines []uint32, by string, down bool) []uint32 {
	switch prop := property(by); {
	case by == "object" && down:
		lines = slices.Clone(lines)
		slices.Reverse(lines)
	case by == "when":
		low := func(i uint32) uint32 { return c.when[i] & 0xffff }
		high := func(i uint32) uint32 { return c.when[i] >> 16 }
		lines = bucketed(bucketed(lines, 1<<16, down, low), 1<<16, down, high)
	case prop >= 0 && sortable[by]:
		lines = bucketed(lines, len(c.values[prop]), down, func(i uint32) uint32 { return c.props[prop][i] })
	}
	return lines
}

// bucketed sorts lines by a small number that each has, and leaves those that have the same in
// their order.
func bucketed(lines []uint32, most int, down bool, of func(uint32) uint32) []uint32 {
	at := make([]int, most+1)
	place := func(i uint32) int {
		if down {
			return most - 1 - int(of(i))
		}
		return int(of(i))
	}
	for _, i := range lines {
		at[place(i)+1]++
	}
	for n := range most {
		at[n+1] += at[n]
	}
	out := make([]uint32, len(lines))
	for _, i := range lines {
		n := place(i)
		out[at[n]] = i
		at[n]++
	}
	return out
}
