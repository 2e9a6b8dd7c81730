package generate

import (
	"cmp"

	"github.com/diet-project/diet/generate/plain"
)

func (m *model) compileSwitches() {
	spec := &m.plan.Spec
	fabrics := entries(m.fs, "spec.fabrics", spec.Fabrics, func(f Fabric) *int { return f.Order })
	for _, f := range fabrics {
		m.checkKey(f.path, f.key)
		managed := f.body.Managed == nil || *f.body.Managed
		for _, s := range entries(m.fs, f.path+".switches", f.body.Switches, func(s Switch) *int { return s.Order }) {
			if m.checkKey(s.path, s.key) {
				m.addSwitch(f.key, managed, s)
			}
		}
	}
}

func (m *model) addSwitch(fabric string, managed bool, e entry[Switch]) {
	s := e.body
	c := &switchClass{
		device: device{
			path: e.path, id: fabric + "." + e.key, fabric: fabric, key: e.key,
			role: s.Role, netboxRole: s.DeviceRole, typ: s.Type, policy: s.DeletionPolicy,
		},
		spec: s, managed: managed, group: max(1, s.Group), attach: s.Attach == "rack",
	}
	naming := patternAt{"spec.naming.switch", cmp.Or(m.plan.Spec.Naming.Switch, "{class}-{n:02}")}
	m.compileDevice(&c.device, s.Rack, s.Set, s.Skip, patternAt{e.path + ".name", s.Name}, naming)
	m.compileModules(&c.device, s.Modules)
	if c.attach && c.place == nil {
		m.fs.add(c.path+".attach", "give the class a rack", "attach: rack needs a rack")
		c.attach = false
	}
	m.pinSwitches(c)
	m.classes = append(m.classes, c)
	m.byID[c.id] = c
	for _, z := range entries(m.fs, e.path+".zones", s.Zones, func(z Zone) *int { return z.Order }) {
		if m.checkKey(z.path, z.key) {
			m.addZone(c, z)
		}
	}
	m.ownLinks(c)
}

// maxSwitches is how many switches a class may have, and how many may be pinned.
const maxSwitches = 100_000

// pinSwitches fixes the count that count or perRack state.
func (m *model) pinSwitches(c *switchClass) {
	c.pinned = -1
	if c.spec.Count.Pinned {
		c.pinned = c.spec.Count.N
	}
	if c.spec.PerRack > 0 {
		if c.place == nil {
			m.fs.add(c.path+".perRack", "give the class a rack", "perRack needs a rack")
			return
		}
		n := c.spec.PerRack * c.place.pool.count
		if c.pinned >= 0 && c.pinned != n {
			m.fs.add(c.path+".count", "drop count or perRack",
				"count %d contradicts perRack: %d in each of %d racks makes %d", c.pinned, c.spec.PerRack, c.place.pool.count, n)
		}
		c.pinned = n
	}
	if m.pinned += max(0, c.pinned); m.pinned > maxSwitches {
		m.fs.add(c.path+".count", "", "there are more than %d switches in all", maxSwitches)
		m.pinned, c.pinned = 0, 0
	}
	if c.spec.Group > 1 && c.pinned >= 0 && c.pinned%c.spec.Group != 0 {
		m.fs.add(c.path+".count", "", "%s not a multiple of group %d", plain.Count(c.pinned, "switch is", "switches are"), c.spec.Group)
	}
}

// addZone reads a zone's ports; its references are resolved by connect.
func (m *model) addZone(c *switchClass, e entry[Zone]) {
	spec := e.body
	z := &zone{class: c, key: e.key, path: e.path, index: len(c.zones), at: map[lane]int{}, carries: media[spec.Carries]}
	z.custom = m.compileCustoms(e.path, spec.CustomFields, c.words())
	z.ports = m.zonePorts(z, e.path+".ports", spec.Ports)
	var err error
	if z.brk, err = parseBreakout(spec.Breakout); err != nil {
		m.fs.add(e.path+".breakout", "such as 4x200", "%v", err)
		z.brk.lanes = 1
	}
	if !m.fs.spend(e.path+".ports", len(z.ports)*z.brk.lanes) {
		return
	}
	order, err := allocate(z.ports, spec.Alloc)
	if err != nil {
		m.fs.add(e.path+".alloc", "", "%v", err)
	}
	for _, p := range order {
		for l := range z.brk.lanes {
			ln := lane{port: p}
			if z.brk.lanes > 1 {
				ln.lane = l + 1
			}
			z.at[ln] = len(z.lanes)
			z.lanes = append(z.lanes, ln)
		}
	}
	m.zoneKind(z, spec)
	c.zones = append(c.zones, z)
}

func (m *model) zoneKind(z *zone, spec Zone) {
	n := 0
	for _, k := range []struct {
		given bool
		kind  zoneKind
	}{{spec.UplinkTo != "", zoneUplink}, {spec.Mesh, zoneMesh}, {spec.Peer, zonePeer}, {spec.Reserved, zoneReserved}} {
		if k.given {
			z.kind = k.kind
			n++
		}
	}
	if n > 1 {
		m.fs.add(z.path, "", "a zone has at most one of uplinkTo, mesh, peer and reserved")
	}
	if z.carries != nil && (z.kind != zoneAccess && z.kind != zoneReserved || spec.Breakout != "") {
		m.fs.add(z.path, "links of nodes go there", "a zone that carries %s has no breakout, uplinkTo, mesh or peer", spec.Carries)
	}
	if z.kind == zonePeer && z.class.spec.Group == 0 {
		z.class.implyGroup()
	}
}

// implyGroup gives a class without a group groups of two.
func (c *switchClass) implyGroup() {
	if c.spec.Group == 0 {
		c.group, c.implied = 2, true
	}
}
