package generate

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// bucket is one device with the interfaces and cables that its id begins.
type bucket struct {
	device     Device
	modules    []Module
	interfaces []Interface
	cables     []Cable
	broken     map[string]bool // ports that are broken out
	rack       bool            // it is a rack with feeds
	class      *device         // nil for a rack
}

// grow makes room for n more interfaces and cables.
func (b *bucket) grow(n int) {
	b.interfaces = slices.Grow(b.interfaces, n)
	b.cables = slices.Grow(b.cables, n)
}

// NetBox's words for devices and cables that are not there yet, and for cables that are.
const (
	planned   = "planned"
	connected = "connected"
)

// emitter makes the objects of a topology.
type emitter struct {
	*model
	status  string // of devices
	cabled  string // of cables
	buckets map[*device][]bucket
	lanes   map[*zone][]end
	customs map[customKey]*customs

	replaced map[string][]string // by the id that one cable of all lanes of a port would have

	ports map[PortTraits]*PortTraits // those that are in use
	plugs map[CableTraits]*CableTraits
}

// alike shares what many ports, or cables, have in common.
func alike[T comparable](known map[T]*T, traits T) *T {
	shared := known[traits]
	if shared == nil {
		own := traits // so that only those of the first one are allocated
		shared = &own
		known[traits] = shared
	}
	return shared
}

// topology makes all objects of a plan that was solved without a finding.
func (m *model) topology() *Topology {
	e := &emitter{
		model: m, status: cmp.Or(string(m.plan.Spec.Status), planned), cabled: connected,
		buckets: map[*device][]bucket{}, lanes: map[*zone][]end{}, replaced: map[string][]string{},
		customs: map[customKey]*customs{}, ports: map[PortTraits]*PortTraits{}, plugs: map[CableTraits]*CableTraits{},
	}
	if e.status == planned {
		e.cabled = planned
	}
	for _, c := range m.classes {
		e.devices(&c.device, c.n)
		for i := range c.n {
			d := &e.buckets[&c.device][i].device
			d.Redundancy = c.spec.Redundancy
			if d.Role != c.role {
				d.Tier = c.role
			}
			if c.group > 1 {
				d.Group = i/c.group + 1
			}
		}
	}
	for _, c := range m.nodes {
		e.devices(&c.device, len(c.ords))
	}
	e.racksFeeds()
	for _, c := range m.all() {
		e.cables(c)
	}
	t := &Topology{
		Plan: m.plan.Info(), Racks: m.racks(),
		Panels: m.panels(), Locations: []Location{}, Manufacturers: []Manufacturer{}, DeviceTypes: []DeviceType{}, Roles: []Role{}, Tags: []Tag{},
	}
	e.collect(t)
	t.replaced = e.replaced
	m.shared(t)
	t.Plan.Classes = m.classIDs()
	t.Takes = m.plan.Takes()
	return t
}

// classIDs lists the classes and pools of the plan as objects have them in source.
func (m *model) classIDs() []string {
	ids := make([]string, 0, len(m.classes)+len(m.nodes)+len(m.pools))
	for _, c := range m.classes {
		ids = append(ids, c.id)
	}
	for _, c := range m.nodes {
		ids = append(ids, c.id)
	}
	for _, p := range m.pools {
		ids = append(ids, "rack:"+p.key)
	}
	slices.Sort(ids)
	return ids
}

// devices makes the devices of a class, in their racks.
func (e *emitter) devices(d *device, n int) {
	list := make([]bucket, n)
	s := e.scope(d)
	units := e.types[d.typ].units()
	for i := range list {
		ord := d.ord(i)
		dev := &list[i].device
		list[i].class = d
		*dev = Device{
			ID: e.key + "/" + indexed(d.id, ord), Source: d.id, Fabric: d.fabric, Class: d.key,
			Ordinal: ord, Type: d.typ, Role: cmp.Or(d.netboxRole, d.role), Status: e.status, DeletionPolicy: d.policy,
		}
		e.inScope(s, d, ord)
		dev.Name = d.name.expand(s)
		d.set.fill(dev, s)
		list[i].modules = e.modules(d, &list[i])
		if d.place == nil {
			continue
		}
		dev.Rack = e.rackID(d.place.pool, d.place.rack(ord))
		if dev.Position = d.place.position(ord, units); dev.Position > 0 {
			dev.Face = d.place.face
		}
	}
	e.buckets[d] = list
}

// inScope turns a class's scope to one of its devices.
func (m *model) inScope(s *scope, d *device, ord int) {
	if s.n = ord; d.place != nil {
		s.rack = m.rackName(d.place.pool, d.place.rack(ord))
	}
}

// indexed is class[ordinal].
func indexed(id string, ord int) string { return id + "[" + strconv.Itoa(ord) + "]" }

// cables makes all cables that end at a switch class, or join it with itself.
func (e *emitter) cables(c *switchClass) {
	for _, zp := range c.placement.zones {
		for _, lp := range zp.links {
			e.linkCables(zp, lp)
		}
		for _, mp := range zp.mgmts {
			e.mgmtCables(zp, mp)
		}
		for _, up := range zp.uplinks {
			e.uplinkCables(zp, up)
		}
	}
	for _, z := range c.zones {
		e.pairCables(z)
	}
}

// end is one end of a cable to be: a port of a device.
type end struct {
	bucket   *bucket
	id, name string // of the port
	kind     string // of a port that carries no data
	typ      string // "" where this side does not say
	speed    int    // of the lane, in Gb/s, 0 where the plan does not say
	lag      string
	module   string
	link     string   // of a node
	lanes    int      // of a switch port
	card     string   // the module that it is on, in object ids
	custom   *customs // of the port, and of the cable that begins there
	cable    *customs

	member string     // the LAG, in object ids
	cage   string     // the port that a lane is of, where it is to say so
	port   string     // that port, where the lane is called otherwise
	whole  *Interface // that port itself, to be taken out of use
	trunk  *Interface // that port, where one cable is to be of all its lanes
}

func (e *emitter) laneEnd(z *zone, sw, at int) end {
	out := e.lanes[z]
	if out == nil {
		out = e.laneEnds(z)
		e.lanes[z] = out
	}
	x := out[at]
	x.bucket = &e.buckets[&z.class.device][sw]
	return x
}

// laneEnds are the ends of a zone's lanes on any switch.
func (e *emitter) laneEnds(z *zone) []end {
	list := make([]end, len(z.lanes))
	for i, l := range z.lanes {
		list[i] = end{
			id: z.portID(l), name: e.lanePort(z, l), typ: e.laneType(z, l), speed: z.brk.speed, lanes: z.brk.lanes,
			card: z.class.card(e.lanePort(z, lane{port: l.port})), custom: z.custom,
		}
		if z.carries != nil {
			list[i].kind = z.carries.far
			continue
		}
		e.cageOf(z, l, &list[i])
		if port := e.portName(z.class, lane{port: l.port}); l.lane > 0 && port != list[i].name {
			list[i].port = port
		}
		list[i].trunk = e.trunkOf(z, l)
		if z.brk.speed == 0 {
			list[i].speed = typeSpeed(list[i].typ) / 1000
		}
	}
	return list
}

func (e *emitter) linkCables(zp *zonePlacement, lp *linkPlacement) {
	l := lp.link
	types := make([]string, lp.e)
	near := ""
	if zp.zone.carries != nil {
		near = zp.zone.carries.near
	}
	for k, p := range l.ports {
		types[k] = e.nicType(l.node, p, near)
	}
	for i := range l.node.ords {
		e.buckets[l.node.of()][i].grow(lp.e)
		for k, s := range lp.node(i) {
			p := l.ports[k]
			a := end{
				bucket: &e.buckets[l.node.of()][i], id: p.id(), name: p.name(), typ: types[k],
				lag: l.lag(), module: p.nic.spec.Module, link: l.key, kind: near, card: l.node.card(p.name()),
				custom: p.nic.custom, cable: l.custom,
			}
			b := e.laneEnd(zp.zone, int(s.sw), int(s.lane))
			if l.bundles(e.model) {
				a.member, b.member = nodeLag(l), e.switchLag(l, i)
			}
			e.join(a, b, a.bucket.device.ID+"/"+p.key()+"~", l.spec.Cable)
		}
		if l.bundles(e.model) {
			e.bundle(l, i, zp.zone, lp.node(i))
		}
	}
}

// lag is the link's lag, "" for none.
func (l *link) lag() string {
	if l.spec.Lag == "none" {
		return ""
	}
	return l.spec.Lag
}

// describe sets what the link states of its cables.
func (c *CableTraits) describe(s *CableSpec) {
	if s != nil {
		c.Type, c.Color, c.Label, c.Length, c.LengthUnit = s.Type, s.Color, s.Label, s.Length, s.LengthUnit
	}
}

func (e *emitter) mgmtCables(zp *zonePlacement, mp *mgmtPlacement) {
	port := mp.from.mgmt.port
	typ := e.typeOf(&mp.from.device).ports[port]
	for i, s := range mp.slots {
		a := end{bucket: &e.buckets[&mp.from.device][i], id: port + mp.from.on[port], name: port, typ: typ, card: mp.from.card(port)}
		e.join(a, e.laneEnd(zp.zone, int(s.sw), int(s.lane)), a.bucket.device.ID+"/"+port+"~", nil)
	}
}

func (e *emitter) uplinkCables(zp *zonePlacement, up *uplinkPlacement) {
	for s, ends := range up.ends {
		prefix := e.buckets[&up.from.class.device][s].device.ID + "/" + up.from.key + "#"
		for i, u := range ends {
			a := e.laneEnd(up.from, s, int(u.lane))
			e.join(a, e.laneEnd(zp.zone, int(u.to.sw), int(u.to.lane)), prefix+strconv.Itoa(i+1)+"~", nil)
		}
	}
}

func (e *emitter) pairCables(z *zone) {
	for _, c := range z.cables {
		a, b := e.laneEnd(z, c.a, c.laneA), e.laneEnd(z, c.b, c.laneB)
		e.join(a, b, e.pairID(z, c), nil)
	}
}

// pairID is class[a]~[b]/zone#nth.
func (m *model) pairID(z *zone, c pairCable) string {
	d := &z.class.device
	return m.key + "/" + indexed(d.id, d.ord(c.a)) + "~" + indexed("", d.ord(c.b)) + "/" + z.key + "#" + strconv.Itoa(c.nth)
}

// join makes a cable, of which a link may state more, and its two interfaces. An end that says no
// type takes the speed's, then the other end's.
func (e *emitter) join(a, b end, id string, stated *CableSpec) {
	speed := a.speed
	if speed == 0 {
		speed = b.speed
	}
	if own := [2]string{a.typ, b.typ}; a.kind == "" {
		a.typ, b.typ = endType(own[0], b.speed, own[1]), endType(own[1], 0, own[0])
	}
	ids := [2]string{e.port(a, speed), e.port(b, speed)}
	e.replaces(a, ids[0], id)
	e.replaces(b, ids[1], id)
	traits := CableTraits{Source: a.bucket.device.Source, Status: e.cabled, Carries: carriedBy(b.kind)}
	traits.describe(stated)
	a.bucket.cables = append(a.bucket.cables, Cable{
		ID: id, A: ids[0], B: ids[1], CableTraits: alike(e.plugs, traits), CustomFields: e.custom(a.bucket, cableKind, a.cable),
	})
}

func endType(own string, speed int, other string) string {
	switch {
	case own != "":
		return own
	case speedTypes[speed] != "":
		return speedTypes[speed]
	case other != "":
		return other
	}
	return otherType
}

// port makes one interface and gives its id.
func (e *emitter) port(x end, speed int) string {
	id := x.bucket.device.ID + "/" + x.id
	if x.kind == feedKind {
		return id // it is there with its rack
	}
	port := Interface{
		ID: id, Device: x.bucket.device.ID, Name: x.name, On: x.bucket.on(x.card),
		CustomFields: e.custom(x.bucket, cmp.Or(x.kind, interfaceKind), x.custom),
		PortTraits: alike(e.ports, PortTraits{
			Kind: x.kind, Source: x.bucket.device.Source, Type: x.typ, Speed: speed, Module: x.module, LAG: x.lag, Lanes: x.lanes,
			Link: x.link, Label: x.cage, Cage: x.port, trunk: x.trunk,
		}),
	}
	if x.member != "" {
		port.Bundle = x.bucket.device.ID + "/" + x.member
	}
	x.bucket.interfaces = append(x.bucket.interfaces, port)
	e.breakOut(x)
	return id
}

// collect sorts all objects into a topology. No device id is the beginning of
// another, so sorting within the devices sorts the whole.
func (e *emitter) collect(t *Topology) {
	var all []*bucket
	for _, list := range e.buckets {
		for i := range list {
			all = append(all, &list[i])
		}
	}
	slices.SortFunc(all, func(a, b *bucket) int { return strings.Compare(a.device.ID, b.device.ID) })
	ports, cables := 0, 0
	for _, b := range all {
		ports, cables = ports+len(b.interfaces), cables+len(b.cables)
	}
	t.Devices = make([]Device, 0, len(all))
	t.Interfaces = make([]Interface, 0, ports)
	t.Cables = make([]Cable, 0, cables)
	for _, b := range all {
		slices.SortFunc(b.interfaces, func(x, y Interface) int { return strings.Compare(x.ID, y.ID) })
		slices.SortFunc(b.cables, func(x, y Cable) int { return strings.Compare(x.ID, y.ID) })
		if !b.rack {
			t.Devices = append(t.Devices, b.device)
			t.Modules = append(t.Modules, b.modules...)
		}
		t.Interfaces = append(t.Interfaces, b.interfaces...)
		t.Cables = append(t.Cables, b.cables...)
		b.interfaces, b.cables = nil, nil // the memory is needed again
	}
}
