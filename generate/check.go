package generate

import (
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/diet-project/diet/generate/natural"
	"github.com/diet-project/diet/generate/plain"
)

// Report is what a plan needs, and everything that is wrong with it.
type Report struct {
	Plan     PlanInfo    `json:"plan"`
	Findings []Finding   `json:"findings"`
	Warnings []Finding   `json:"warnings"` // they keep nobody from generating the plan
	Counts   Counts      `json:"counts"`
	Switches []ClassUse  `json:"switches"` // in plan order
	Zones    []ZoneUse   `json:"zones"`    // in plan order
	Fabrics  []FabricUse `json:"fabrics"`  // in plan order
}

// Counts are how many objects of each kind a plan has.
type Counts struct {
	Racks      int `json:"racks"`
	Devices    int `json:"devices"`
	Interfaces int `json:"interfaces"` // the cabled ones
	Cables     int `json:"cables"`
	Modules    int `json:"modules,omitempty"`
	PowerFeeds int `json:"power_feeds,omitempty"`
}

// ClassUse is how many switches a class has.
type ClassUse struct {
	Class string `json:"class"` // fabric.class
	Count int    `json:"count"`
	Auto  bool   `json:"auto"`
}

// ZoneUse is what a zone must carry, in lanes, over all switches of its class.
type ZoneUse struct {
	Zone     string `json:"zone"` // fabric.class/zone
	Kind     string `json:"kind"` // access, uplink, mesh, peer or reserved
	Switches int    `json:"switches"`
	PerEach  int    `json:"lanes_per_switch"`
	Demand   int    `json:"demand"`
	Capacity int    `json:"capacity"`
	// Deficit is how many demands find no lane: capacity that is missing, or
	// that is where it cannot be used.
	Deficit int `json:"deficit"`
}

// FabricUse is the bandwidth of a fabric's leaves in Gb/s: of all switches with
// uplinks, what their access zones are cabled for, against their uplinks. Lanes
// whose speed the plan does not say count 0.
type FabricUse struct {
	Fabric  string `json:"fabric"`
	Managed bool   `json:"managed"`
	Down    int    `json:"down_gbps"`
	Up      int    `json:"up_gbps"`
	// Ratio is Down by Up; 0 without uplinks.
	Ratio float64 `json:"oversubscription"`
}

// Check reports what a plan needs and everything that is wrong with it. It
// returns a report for a plan with findings too.
func Check(plan *Plan) *Report {
	m := solve(plan, nil, nil)
	r := &Report{
		Plan: plan.Info(), Counts: m.counts(), Fabrics: m.fabricUse(),
		Findings: append([]Finding{}, m.fs.sorted()...), Switches: []ClassUse{}, Zones: []ZoneUse{},
		Warnings: append([]Finding{}, m.fs.src.byPosition(m.fs.warnings)...),
	}
	for _, c := range m.classes {
		r.Switches = append(r.Switches, ClassUse{c.id, c.n, c.pinned < 0})
	}
	for _, c := range m.all() {
		for _, z := range c.zones {
			r.Zones = append(r.Zones, z.use())
		}
	}
	return r
}

// counts are those of the topology; where something finds no lane, those that
// the plan asks for.
func (m *model) counts() Counts {
	var n Counts
	for _, p := range m.pools {
		n.Racks += p.count
	}
	for _, c := range m.nodes {
		n.Devices += len(c.ords)
		n.Modules += len(c.ords) * len(c.fits)
	}
	for _, c := range m.classes {
		n.Devices += c.n
		n.Modules += c.n * len(c.fits)
	}
	for _, f := range m.feeds {
		n.PowerFeeds += f.pool.count * len(f.keys)
	}
	for _, c := range m.all() {
		for _, z := range c.zones {
			cables := len(z.cables)
			if z.kind == zoneAccess {
				cables += z.demand()
			}
			if n.Cables += cables; z.carries == nil {
				n.Interfaces += 2 * cables
			}
		}
	}
	return n
}

// demand is how many lanes a zone must carry.
func (z *zone) demand() int {
	switch z.kind {
	case zoneUplink:
		return z.class.n * len(z.lanes)
	case zoneMesh, zonePeer:
		return 2 * len(z.cables)
	case zoneReserved:
		return 0
	}
	n := 0
	for _, l := range z.links {
		n += len(l.ports) * len(l.node.ords)
	}
	for _, c := range z.mgmts {
		n += c.n
	}
	for _, s := range z.sources {
		n += s.class.n * len(s.lanes)
	}
	return n
}

func (z *zone) use() ZoneUse {
	names := map[zoneKind]string{zoneAccess: "access", zoneUplink: "uplink", zoneMesh: "mesh", zonePeer: "peer", zoneReserved: "reserved"}
	u := ZoneUse{
		Zone: z.id(), Kind: names[z.kind], Switches: z.class.n, PerEach: len(z.lanes),
		Demand: z.demand(), Capacity: z.class.n * len(z.lanes),
	}
	if p := z.placed(); p != nil {
		for _, s := range p.short {
			u.Deficit += s.ports
		}
	}
	u.Deficit = max(u.Deficit, u.Demand-u.Capacity, 0)
	return u
}

// placed is the zone's part of its class's placement.
func (z *zone) placed() *zonePlacement {
	if z.class.placement == nil {
		return nil
	}
	return z.class.placement.zones[z.index]
}

func (m *model) fabricUse() []FabricUse {
	list := []FabricUse{}
	for _, c := range m.classes {
		if len(list) == 0 || list[len(list)-1].Fabric != c.fabric {
			list = append(list, FabricUse{Fabric: c.fabric, Managed: c.managed})
		}
		f := &list[len(list)-1]
		up := 0
		for _, z := range c.zones {
			if z.kind == zoneUplink {
				up += m.bandwidth(z)
			}
		}
		for _, z := range c.zones {
			if z.kind == zoneAccess && up > 0 {
				f.Down += m.bandwidth(z)
			}
		}
		if f.Up += up; f.Up > 0 {
			f.Ratio = float64(f.Down) / float64(f.Up)
		}
	}
	return list
}

// bandwidth is the cabled lanes of a zone times their speed, in Gb/s.
func (m *model) bandwidth(z *zone) int {
	if len(z.lanes) == 0 {
		return 0
	}
	speed := z.brk.speed
	if speed == 0 {
		speed = typeSpeed(m.laneType(z, z.lanes[0])) / 1000
	}
	return min(z.demand(), z.class.n*len(z.lanes)) * speed
}

// checkShortages reports every demand that found no lane.
func (m *model) checkShortages() {
	for _, c := range m.all() {
		for _, z := range c.zones {
			if p := z.placed(); p != nil {
				for _, s := range p.short {
					m.reportShortage(z, s)
				}
			}
		}
	}
}

func (m *model) reportShortage(z *zone, s shortage) {
	u := z.use()
	others := ""
	if s.count > 1 {
		others = fmt.Sprintf(" and %d more", s.count-1)
	}
	m.fs.add(s.path, s.hint, "no room in %s for %s%s: demand %d, capacity %d (%s of %s), %d without a lane",
		z.id(), s.what, others, u.Demand, u.Capacity,
		plain.Count(u.Switches, "switch", "switches"), plain.Count(u.PerEach, "lane", "lanes"), s.ports)
}

// checkReach reports leaves whose uplinks do not reach every spine.
func (m *model) checkReach() {
	for _, c := range m.classes {
		if c.role != "leaf" || !c.managed || c.n == 0 {
			continue
		}
		reached := map[*switchClass][]map[int32]bool{}
		paths := map[*switchClass]string{}
		for _, z := range c.zones {
			if !z.mustReachAll() || z.target.placed() == nil {
				continue
			}
			spine := z.target.class
			if reached[spine] == nil {
				reached[spine], paths[spine] = make([]map[int32]bool, c.n), z.path+".uplinkTo"
			}
			for _, up := range z.target.placed().uplinks {
				if up.from == z {
					markReached(reached[spine], up)
				}
			}
		}
		m.reportReach(c, reached, paths)
	}
}

func markReached(reached []map[int32]bool, up *uplinkPlacement) {
	for s, ends := range up.ends {
		if s >= len(reached) {
			return
		}
		if reached[s] == nil {
			reached[s] = map[int32]bool{}
		}
		for _, e := range ends {
			if e.to != nowhere {
				reached[s][e.to.sw] = true
			}
		}
	}
}

func (m *model) reportReach(c *switchClass, reached map[*switchClass][]map[int32]bool, paths map[*switchClass]string) {
	for _, spine := range m.classes {
		missing, first := 0, 0
		for s, has := range reached[spine] {
			if len(has) < spine.n {
				if missing++; missing == 1 {
					first = s
				}
			}
		}
		if missing > 0 {
			m.fs.add(paths[spine], "give the leaves more uplinks, the spines more lanes, or the fabric another tier",
				"%s not reach every spine of %s: %s reaches %d of %d",
				plain.Count(missing, "leaf does", "leaves do"), spine.id, indexed(c.id, c.ord(first)), len(reached[spine][first]), spine.n)
		}
	}
}

// What NetBox takes at most, in characters.
const (
	maxName        = 64 // of devices and interfaces
	maxRackName    = 100
	maxSlug        = 100
	maxDescription = 200
)

// checkNames reports names that two devices or racks of the site share, and
// names that NetBox refuses.
func (m *model) checkNames() {
	names := map[string]string{}
	for _, c := range m.classes {
		m.checkDeviceNames(&c.device, c.n, "spec.naming.switch", names)
	}
	for _, c := range m.nodes {
		m.checkDeviceNames(&c.device, len(c.ords), "spec.naming.node", names)
	}
	racks := map[string]string{}
	for _, p := range m.pools {
		path := "spec.naming.rack"
		if m.plan.Spec.Naming.Rack == "" {
			path = p.path
		}
		for i := range p.count {
			name := m.rackName(p, i) // of racks, NetBox tells R1 from r1
			m.checkName(path, name, p.location+"/"+name, indexed("rack:"+p.key, i+1), maxRackName, racks)
		}
	}
}

func (m *model) checkDeviceNames(d *device, n int, path string, names map[string]string) {
	path = m.namedAt(d, path)
	s := m.scope(d)
	for i := range n {
		ord := d.ord(i)
		m.inScope(s, d, ord)
		name := d.name.expand(s)
		if !m.checkName(path, name, natural.Fold(name), indexed(d.id, ord), maxName, names) {
			return
		}
		m.checkDescription(d, s)
	}
}

// namedAt is where the names of a class come from: its own pattern, the plan's at path, or
// the class itself, whose key is in the default pattern.
func (m *model) namedAt(d *device, path string) string {
	if _, own := m.fs.src.pos[d.path+".name"]; own {
		return d.path + ".name"
	}
	if _, stated := m.fs.src.pos[path]; stated {
		return path
	}
	return d.path
}

// checkDescription reports a description that is too long; a pattern may grow.
func (m *model) checkDescription(d *device, s *scope) {
	if d.set == nil || d.set.description == nil {
		return
	}
	if n := utf8.RuneCountInString(d.set.description.expand(s)); n > maxDescription {
		path := "spec.defaults.description"
		if own := d.path + ".set.description"; m.fs.src.pos[own] != (position{}) {
			path = own
		}
		m.fs.add(path, "", "the description has %d characters, and NetBox takes at most %d", n, maxDescription)
	}
}

// checkName reports a name that is taken, empty or too long; false for one of these.
func (m *model) checkName(path, name, key, id string, limit int, names map[string]string) bool {
	switch other, dup := names[key]; {
	case name == "" || len([]rune(name)) > limit:
		m.fs.add(path, "", "the name %q of %s is empty or longer than %d", name, id, limit)
	case dup:
		m.fs.add(path, "put {fabric}, {class} or {n} into the pattern", "%s and %s are both named %q", other, id, name)
	default:
		names[key] = id
		return true
	}
	return false
}

// checkExpect compares the counts that the plan states.
func (m *model) checkExpect() {
	e, n := &m.plan.Spec.Expect, m.counts()
	for _, x := range []struct {
		name string
		want *int
		have int
	}{
		{"racks", e.Racks, n.Racks}, {"devices", e.Devices, n.Devices},
		{"interfaces", e.Interfaces, n.Interfaces}, {"cables", e.Cables, n.Cables},
	} {
		if x.want != nil && *x.want != x.have {
			m.fs.add("spec.expect."+x.name, "", "the plan expects %d %s and generates %d", *x.want, x.name, x.have)
		}
	}
	for _, id := range sortedKeys(e.Switches) {
		path := "spec.expect.switches." + id
		c := m.byID[id]
		switch {
		case c == nil:
			m.fs.add(path, nearKey(m.fs, id, m.byID), "there is no switch class %q", id)
		case c.n != e.Switches[id]:
			m.fs.add(path, "", "the plan expects %s switches of %s and generates %d", strconv.Itoa(e.Switches[id]), id, c.n)
		}
	}
}
