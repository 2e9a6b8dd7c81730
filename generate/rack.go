package generate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// maxRacks is how many racks there may be.
const maxRacks = 100_000

// pool is a number of equal racks.
type pool struct {
	key      string
	path     string
	count    int
	units    int
	location string
	name     *pattern
	custom   *customs
}

// place is the position of a class's devices in the racks.
type place struct {
	pool *pool
	path string
	per  int
	from float64 // 0: at no position
	face string
}

func (m *model) compilePools() {
	naming, total := m.plan.Spec.Naming.Rack, 0
	for _, e := range entries(m.fs, "spec.racks", m.plan.Spec.Racks, func(r RackPool) *int { return r.Order }) {
		p := &pool{key: e.key, path: e.path, count: e.body.Count, units: e.body.Units, location: e.body.Location}
		if !m.checkKey(e.path, e.key) {
			continue
		}
		if total += max(0, p.count); p.count < 0 || total > maxRacks {
			m.fs.add(e.path+".count", "", "the count %d is negative, or there are more than %d racks in all", p.count, maxRacks)
			p.count, total = 0, 0
		}
		at := patternAt{"spec.naming.rack", cmp.Or(naming, "{pool}-{n:02}")}
		if e.body.Name != "" {
			at = patternAt{e.path + ".name", e.body.Name}
		}
		p.name = m.compilePattern(at.path, at.text, []string{"site", "pool", "n", "index"})
		words := []string{"site", "pool", "rack", "n", "index"}
		p.custom = m.compileCustoms(e.path, e.body.CustomFields, words).
			over(m.compileCustoms("spec.defaults.racks", m.plan.Spec.Defaults.Racks.CustomFields, words))
		m.pools = append(m.pools, p)
		m.compileFeeds(p, e.body.Feeds)
	}
}

func (m *model) compilePlace(spec *Place, path string) *place {
	if spec == nil {
		return nil
	}
	p := &place{path: path, per: max(1, spec.Per), face: cmp.Or(spec.Face, "front")}
	if spec.FromU != nil {
		p.from = *spec.FromU
	}
	var known []string
	for _, pool := range m.pools {
		if known = append(known, pool.key); pool.key == spec.Pool {
			p.pool = pool
			return p
		}
	}
	m.fs.add(path+".pool", m.fs.near(spec.Pool, known), "there is no rack pool %q", spec.Pool)
	return nil
}

// rack is the rack of an ordinal, from 0.
func (p *place) rack(ord int) int { return (ord - 1) / p.per }

// position is the lowest unit of an ordinal; 0 at no position.
func (p *place) position(ord int, units float64) float64 {
	if p.from == 0 || units == 0 {
		return 0
	}
	return p.from + float64((ord-1)%p.per)*units
}

func (m *model) rackID(p *pool, i int) string {
	return fmt.Sprintf("%s/rack:%s[%d]", m.key, p.key, i+1)
}

func (m *model) rackName(p *pool, i int) string {
	return p.name.expand(&scope{words: map[string]string{"site": m.plan.Spec.Site.Slug, "pool": p.key}, n: i + 1})
}

// berth is the space that one device takes in a rack.
type berth struct {
	rack     int
	low, top float64 // from unit low up to, not including, top
	face     string
	full     bool // it takes both faces
	class    *device
	ord      int
}

// checkRacks reports devices outside their pool or rack, and those that overlap.
func (m *model) checkRacks() {
	taken := map[*pool][]berth{}
	for _, c := range m.classes {
		m.berths(&c.device, c.n, taken)
	}
	for _, c := range m.nodes {
		m.berths(&c.device, len(c.ords), taken)
	}
	for _, p := range m.pools {
		m.checkOverlaps(p, taken[p])
	}
}

// berths enters the devices of a class that have a position.
func (m *model) berths(d *device, n int, taken map[*pool][]berth) {
	if d.place == nil || n == 0 {
		return
	}
	p, t := d.place, m.types[d.typ]
	if last := p.rack(d.ord(n - 1)); last >= p.pool.count {
		m.fs.add(p.path, fmt.Sprintf("raise spec.racks.%s.count to %d, or per", p.pool.key, last+1),
			"the rack pool %s is full: %s[%d] needs rack %d of %d", p.pool.key, d.id, d.ord(n-1), last+1, p.pool.count)
	}
	units, outside := t.units(), 0
	for i := range n {
		b := berth{class: d, ord: d.ord(i), face: p.face}
		b.rack, b.low = p.rack(b.ord), p.position(b.ord, units)
		if b.low == 0 || b.rack >= p.pool.count {
			continue
		}
		b.top, b.full = b.low+units, t.known() && t.fullDepth()
		if b.top > float64(p.pool.units)+1 {
			if outside++; outside == 1 {
				m.fs.add(p.path, "lower fromU or per", "%s[%d] ends above unit %d of its rack", d.id, b.ord, p.pool.units)
			}
			continue
		}
		taken[p.pool] = append(taken[p.pool], b)
	}
}

// checkOverlaps reports the first overlap of each pair of classes in a pool.
func (m *model) checkOverlaps(p *pool, list []berth) {
	slices.SortStableFunc(list, func(a, b berth) int {
		return cmp.Or(cmp.Compare(a.rack, b.rack), cmp.Compare(a.low, b.low))
	})
	seen := map[[2]*device]bool{}
	for i, b := range list {
		for j := i - 1; j >= 0 && list[j].rack == b.rack && b.low-list[j].low <= 100; j-- {
			a := list[j]
			if a.top <= b.low || a.face != b.face && !a.full && !b.full || seen[[2]*device{a.class, b.class}] {
				continue
			}
			seen[[2]*device{a.class, b.class}] = true
			m.fs.add(b.class.place.path, "change fromU, per or face",
				"%s[%d] and %s[%d] overlap at unit %g of rack %s", a.class.id, a.ord, b.class.id, b.ord, b.low, m.rackName(p, b.rack))
		}
	}
}

// racks gives the topology's racks.
func (m *model) racks() []Rack {
	out := []Rack{}
	for _, p := range m.pools {
		for i := range p.count {
			out = append(out, Rack{
				ID: m.rackID(p, i), Source: "rack:" + p.key, Name: m.rackName(p, i),
				Units: p.units, Location: p.location, CustomFields: m.rackCustom(p, i),
			})
		}
	}
	slices.SortFunc(out, func(a, b Rack) int { return strings.Compare(a.ID, b.ID) })
	return out
}
