package survey

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/diet-project/diet/generate"
)

const rackKind = "rack"

// pool are racks that are alike.
type pool struct {
	key, location string
	units         int
	pattern       string // "" where the names stay as they are
	racks         map[int]*Rack
	ordinal       map[int64]int // by id
	feeds         []*supply
}

// pools groups the racks of a site.
func pools(s *Site) []*pool {
	type alike struct {
		location string
		units    int
	}
	lists := map[string][]named{}
	kinds := map[string]alike{}
	for i := range s.Racks {
		r := &s.Racks[i]
		k := fmt.Sprint(r.Location, "\x00", r.Units)
		lists[k], kinds[k] = append(lists[k], named{i, r.Name}), alike{r.Location, r.Units}
	}
	var out []*pool
	taken := keys{}
	habits := habitsOf(lists)
	for _, k := range sortedKeys(lists) {
		for _, g := range byNames(lists[k], habits) {
			p := &pool{location: kinds[k].location, units: kinds[k].units, racks: map[int]*Rack{}, ordinal: map[int64]int{}}
			var ords []int
			ords, p.pattern = g.ordinals(false)
			for i, m := range g.members {
				r := &s.Racks[m.at]
				p.racks[ords[i]], p.ordinal[r.ID] = r, ords[i]
			}
			p.key = taken.take(keyOf(g.stem, s.Slug, s.Name), p.location, "row")
			out = append(out, p)
		}
	}
	return out
}

// object is the id of a rack of a pool.
func (p *pool) object(plan string, ordinal int) string {
	return fmt.Sprintf("%s/rack:%s[%d]", plan, p.key, ordinal)
}

// place is where the devices of a class stand.
type place struct {
	pool *pool
	per  int
	from float64 // 0 at no position
	face string
}

// placeOf finds the rule by which the devices of a class stand in the racks; nil for none.
func placeOf(c *class, pools []*pool, units float64) *place {
	at := map[int64]*pool{}
	for _, p := range pools {
		for id := range p.ordinal {
			at[id] = p
		}
	}
	var in *pool
	for _, d := range c.devices {
		if p := at[d.Rack]; p == nil || in != nil && p != in {
			return nil
		} else if in == nil {
			in = p
		}
	}
	if in == nil {
		return nil
	}
	var loose *place // that says the rack alone
	for per := 1; per <= c.last(); per++ {
		p := &place{pool: in, per: per, face: cmp.Or(c.devices[0].Face, "front")}
		if !p.racked(c) {
			continue
		}
		if p.from = p.lowest(c, units); p.from > 0 {
			return p
		}
		if loose == nil {
			loose = p
		}
	}
	return loose
}

// racked reports whether each device of a class stands in the rack that its ordinal gives.
func (p *place) racked(c *class) bool {
	for _, d := range c.devices {
		if p.pool.ordinal[d.Rack] != (c.ordinal[d.ID]-1)/p.per+1 {
			return false
		}
	}
	return true
}

// lowest is the unit of the first device in a rack, if that and the ordinals give the units
// of all; else 0.
func (p *place) lowest(c *class, units float64) float64 {
	from := 0.0
	for _, d := range c.devices {
		f := d.Position - float64((c.ordinal[d.ID]-1)%p.per)*units
		if d.Position == 0 || f < 1 || from != 0 && f != from || d.Face != c.devices[0].Face {
			return 0
		}
		from = f
	}
	if top := from + float64(p.per)*units; top > float64(p.pool.units)+1 {
		return 0
	}
	return from
}

// matchRacks maps racks to those of a topology: by the plan's names; then by the number in their names
// where all of a row have one. Names that count from 0 are the plan's by chance.
func (m *matcher) matchRacks() {
	rows := map[string][]*generate.Rack{}
	for i := range m.topo.Racks {
		if r := &m.topo.Racks[i]; m.is[r.ID] == 0 {
			rows[r.Source] = append(rows[r.Source], r)
		}
	}
	for _, source := range sortedKeys(rows) {
		m.matchRow(source, rows[source])
	}
	named := map[string]int64{}
	for i := range m.site.Racks {
		named[m.site.Racks[i].Name] = m.site.Racks[i].ID
	}
	for i := range m.topo.Racks {
		if id := named[m.topo.Racks[i].Name]; id != 0 {
			m.take(m.topo.Racks[i].ID, placeID{rackKind, id}, "it has that name")
		}
	}
}

// matchRow maps the racks of a row by their numbers. They must be of one group, or the
// numbers say nothing.
func (m *matcher) matchRow(source string, racks []*generate.Rack) {
	var list []named
	for i := range m.site.Racks {
		r := &m.site.Racks[i]
		if m.taken[placeID{rackKind, r.ID}] == "" && r.Units == racks[0].Units && (racks[0].Location == "" || r.Location == racks[0].Location) {
			list = append(list, named{i, r.Name})
		}
	}
	at := map[int]string{}
	for _, r := range racks {
		at[ordinalOf(r.ID)] = r.ID
	}
	var fits []group
	for _, g := range byNames(list, habitsOf(map[string][]named{"": list})) {
		if g.numbers == nil || slices.Min(g.numbers) > 0 {
			m.takeRacks(g, racks)
		}
		if g.numbers != nil && g.within(at) {
			fits = append(fits, g)
		}
	}
	if g, ok := nearest(fits, source); ok {
		for i, x := range g.members {
			id := placeID{rackKind, m.site.Racks[x.at].ID}
			m.take(at[g.numbers[i]-g.shift(len(at))], id, fmt.Sprintf("number %d of %s", g.numbers[i], g.shown()))
		}
	}
}

// takeRacks maps racks of a row that have names of the plan's.
func (m *matcher) takeRacks(g group, racks []*generate.Rack) {
	for _, r := range racks {
		for _, x := range g.members {
			if strings.EqualFold(x.name, r.Name) {
				m.take(r.ID, placeID{rackKind, m.site.Racks[x.at].ID}, "it has that name")
			}
		}
	}
}

// racksByDevices maps racks that nothing else tells by the devices in them that have names of the plan's:
// all of those stand together in the plan too.
func (m *matcher) racksByDevices() {
	stand, hold := map[string][]int64{}, map[int64][]string{}
	for i := range m.site.Devices {
		d := &m.site.Devices[i]
		want := m.devices[m.taken[placeID{deviceKind, d.ID}]]
		if want == nil || want.Rack == "" || d.Rack == 0 {
			continue
		}
		if !slices.Contains(stand[want.Rack], d.Rack) {
			stand[want.Rack] = append(stand[want.Rack], d.Rack)
		}
		if !slices.Contains(hold[d.Rack], want.Rack) {
			hold[d.Rack] = append(hold[d.Rack], want.Rack)
		}
	}
	for _, object := range sortedKeys(stand) {
		if at := stand[object]; len(at) == 1 && len(hold[at[0]]) == 1 {
			m.take(object, placeID{rackKind, at[0]}, "the devices in it are those of that rack")
		}
	}
}
