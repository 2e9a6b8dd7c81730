package generate

import (
	"cmp"
	"slices"
	"strings"
)

// lagType is NetBox's type of an interface that others are members of.
const lagType = "lag"

// lags are the patterns of the names of LAG interfaces; nil where the plan makes none.
type lags struct {
	node, sw *pattern
}

// compileLags reads how LAG interfaces are named.
func (m *model) compileLags() {
	if !m.plan.Spec.Interfaces.Lags {
		return
	}
	naming := m.plan.Spec.Naming
	m.lags = &lags{
		node: m.compilePattern("spec.naming.nodeLag", cmp.Or(naming.NodeLag, "bond{n-1}"), []string{"n", "link"}),
		sw:   m.compilePattern("spec.naming.switchLag", cmp.Or(naming.SwitchLag, "Port-Channel{n}"), []string{"n"}),
	}
	if !m.lags.sw.counts() {
		m.fs.add("spec.naming.switchLag", "such as Port-Channel{n}", "the LAGs of a switch would have one name")
	}
	for _, c := range m.nodes {
		m.checkLags(c)
	}
}

// counts reports whether a pattern has a number.
func (p *pattern) counts() bool {
	return slices.ContainsFunc(p.parts, func(x patternPart) bool { return x.word == "n" })
}

// checkLags reports two interfaces of a node that would have one name, and names that are too long.
func (m *model) checkLags(c *nodeClass) {
	taken := m.ownPorts(&c.device)
	for _, l := range c.links {
		for _, p := range l.ports {
			taken[p.name()] = "the port " + p.id()
		}
	}
	for _, l := range c.links {
		if l.lag() == "" {
			continue
		}
		name := m.nodeLagName(l)
		if other := taken[name]; other != "" {
			m.fs.add(l.path+".lag", "change spec.naming.nodeLag", "the LAG of the link %s would be named %q, as %s", l.key, name, other)
		}
		taken[name] = "that of the link " + l.key
		m.checkLength("spec.naming.nodeLag", "name of a LAG", name, maxName)
	}
}

// ownPorts are the interfaces that devices of a class have by their type and modules, with what to
// call each. A LAG that the type has is the one that the plan means.
func (m *model) ownPorts(d *device) map[string]string {
	out := map[string]string{}
	if t := m.typeOf(d); t != nil {
		for name, typ := range t.ports {
			if typ != lagType {
				out[name] = "a port of " + t.slug
			}
		}
	}
	for _, f := range d.fits {
		for name, kind := range f.ports {
			if kind == interfaceKind {
				out[name] = "a port of the module in " + f.bay
			}
		}
	}
	return out
}

// checkSwitchLags reports LAGs of switches that would be named as a port, or too long.
func (m *model) checkSwitchLags() {
	if m.lags == nil {
		return
	}
	for _, c := range m.classes {
		var taken map[string]string
		for _, z := range c.zones {
			if z.placed() == nil {
				continue
			}
			for _, lp := range z.placed().links {
				if !lp.link.bundles(m) {
					continue
				}
				if taken == nil {
					taken = m.portNames(c)
				}
				if !m.checkLinkLags(z, lp, taken) {
					break
				}
			}
		}
	}
}

// checkLinkLags does so for the LAGs of one link, and reports whether they are fine.
func (m *model) checkLinkLags(z *zone, lp *linkPlacement, taken map[string]string) bool {
	const path = "spec.naming.switchLag"
	for i := range lp.link.node.ords {
		slots := lp.node(i)
		for _, s := range slots {
			if s == nowhere {
				continue
			}
			name := m.lags.sw.expand(&scope{n: m.lagNumber(lp.link, z, slots, s)})
			if other := taken[name]; other != "" {
				m.fs.add(path, "such as Port-Channel{n}", "a LAG of %s would be named %q, as %s", z.class.id, name, other)
				return false
			}
			if m.checkLength(path, "name of a LAG", name, maxName); len(name) > maxName {
				return false
			}
		}
	}
	return true
}

// portNames are the interfaces of switches of a class: those of their type, and those that they
// get by their zones.
func (m *model) portNames(c *switchClass) map[string]string {
	out := m.ownPorts(&c.device)
	for _, z := range c.zones {
		if z.carries != nil {
			continue
		}
		for _, l := range z.lanes {
			out[m.portName(c, l)] = "a port of the zone " + z.id()
		}
	}
	if c.mgmt != nil {
		out[c.mgmt.port] = "its port for management"
	}
	return out
}

// checkLanes reports two lanes of different ports that would have one name, or one object id, and
// names that are too long.
func (m *model) checkLanes() {
	for _, c := range m.classes {
		names, ids, port := map[string]lane{}, map[string]lane{}, func(l lane) string { return m.portName(c, lane{port: l.port}) }
		for _, z := range c.zones {
			if z.carries != nil {
				continue
			}
			for _, l := range z.lanes {
				name, id := m.portName(c, l), c.portID(l)
				other, named := names[name]
				same, is := ids[id]
				switch {
				case named && other.port != l.port:
					m.fs.add(z.path, "rename one of the ports", "ports of %s and of %s would both be named %q", port(other), port(l), name)
				case is && same.port != l.port:
					m.fs.add(z.path, "rename one of the ports", "ports of %s and of %s would both have the id %s/%s", port(same), port(l), c.id, id)
				}
				m.checkLength(z.path, "name of a port", name, maxName)
				names[name], ids[id] = l, l
			}
		}
	}
}

// nodeLagName is the name of the LAG of a link on its node: those of a node are counted.
func (m *model) nodeLagName(l *link) string {
	n := 0
	for _, other := range l.node.links {
		if other.lag() != "" {
			n++
		}
		if other == l {
			break
		}
	}
	return m.lags.node.expand(&scope{words: map[string]string{"link": l.key}, n: n})
}

// nodeLag and switchLag are the LAGs of a node's link in object ids: by the link and, on a
// switch, by the node.
func nodeLag(l *link) string { return "lag:" + l.key }

func (e *emitter) switchLag(l *link, i int) string {
	return "lag:" + indexed(l.node.id, l.node.ords[i]) + "." + l.key
}

// cutSwitchLAG splits the id of a LAG on a switch into those of the switch and of the node's LAG.
func cutSwitchLAG(id string) (sw, node string, ok bool) {
	sw, lag, ok := strings.Cut(id, "/lag:")
	of, link, at := strings.Cut(lag, "].")
	plan, _, in := strings.Cut(sw, "/")
	return sw, plan + "/" + of + "]/lag:" + link, ok && at && in
}

// joinSwitchLAG is the id of a LAG on a switch, by that switch and the node's LAG, if those are of one plan.
func joinSwitchLAG(sw, node string) (string, bool) {
	plan, _, _ := strings.Cut(sw, "/")
	rest, same := strings.CutPrefix(node, plan+"/")
	of, link, ok := strings.Cut(rest, "/lag:")
	return sw + "/lag:" + of + "." + link, same && ok
}

// NodeLAG is the id of the LAG of a node that a LAG on a switch is the other end of; of anything else the id itself.
func NodeLAG(id string) string {
	if _, node, ok := cutSwitchLAG(id); ok {
		return node
	}
	return id
}

// bundle makes the LAG interfaces of a node's link, and says of which its ports are members.
func (e *emitter) bundle(l *link, i int, z *zone, slots []slot) {
	node := &e.buckets[l.node.of()][i]
	e.lag(node, nodeLag(l), e.nodeLagName(l), l.lag())
	on := map[int32]bool{}
	for _, s := range slots {
		if on[s.sw] {
			continue
		}
		on[s.sw] = true
		name := e.lags.sw.expand(&scope{n: e.lagNumber(l, z, slots, s)})
		e.lag(&e.buckets[&z.class.device][s.sw], e.switchLag(l, i), name, l.lag())
	}
}

func (e *emitter) lag(b *bucket, id, name, kind string) {
	b.interfaces = append(b.interfaces, Interface{
		ID: b.device.ID + "/" + id, Device: b.device.ID, Name: name, CustomFields: e.custom(b, interfaceKind, nil),
		PortTraits: alike(e.ports, PortTraits{Source: b.device.Source, Type: lagType, LAG: kind}),
	})
}

// lagNumber is the number of a LAG on a switch, and the same on all switches of its domain: a
// switch alone for a bundle, else its group. It is that of the lane of the first member, so
// that no other LAG of the domain has it.
func (m *model) lagNumber(l *link, z *zone, slots []slot, at slot) int {
	group := 1
	if l.lag() != "bundle" {
		group = max(1, z.class.group)
	}
	first := at
	for _, s := range slots {
		if s.sw/int32(group) == at.sw/int32(group) && (s.sw < first.sw || s.sw == first.sw && s.lane < first.lane) {
			first = s
		}
	}
	stride := 200 // more than the ports of a switch
	for _, other := range z.class.zones {
		if len(other.ports) > 0 {
			stride = max(stride, 200*(slices.Max(other.ports)/200+1))
		}
	}
	lane := z.lanes[first.lane]
	return lane.port + stride*(lane.lane+(maxLanes+1)*(int(first.sw)%group))
}

// bundles reports whether the ports of a link are made members of LAG interfaces.
func (l *link) bundles(m *model) bool { return m.lags != nil && l.lag() != "" && len(l.ports) > 0 }

// breakOut takes a port out of use, once.
func (e *emitter) breakOut(x end) {
	b, port := x.bucket, x.whole
	if port == nil || b.broken[port.ID] {
		return
	}
	if b.broken == nil {
		b.broken = map[string]bool{}
	}
	b.broken[port.ID] = true
	whole := *port
	whole.ID, whole.Device = b.device.ID+"/"+port.ID, b.device.ID
	whole.On, whole.CustomFields = b.on(port.On), e.custom(b, interfaceKind, x.custom)
	b.interfaces = append(b.interfaces, whole)
}

// cageOf gives a lane of a broken-out port the type that its cage makes of its speed, and the
// label that names the cage; and takes the port itself out of use, where the type has it and no lane
// goes by its name.
func (e *emitter) cageOf(z *zone, l lane, x *end) {
	if !e.plan.Spec.Interfaces.Parents || l.lane == 0 {
		return
	}
	whole := lane{port: l.port}
	name := e.portName(z.class, whole)
	x.cage = name
	typ := e.typeOf(&z.class.device).portType(name)
	if own := e.typeOf(&z.class.device).portType(x.name); own == "" && typ != "" {
		x.typ = inCage(typ, x.typ)
	}
	if first := (lane{port: l.port, lane: 1}); typ != "" && name != e.portName(z.class, first) {
		x.whole = &Interface{
			ID: z.class.portID(whole), Name: name, On: z.class.card(name),
			PortTraits: alike(e.ports, PortTraits{Source: z.class.id, Type: typ, Disabled: true}),
		}
	}
}

// portType is the interface type of a port by the catalog; "" where it does not say.
func (t *deviceType) portType(name string) string {
	if t == nil {
		return ""
	}
	return t.ports[name]
}

// inCage is the type of a lane in a cage: of the lane's speed, and of the cage's form where
// NetBox knows one.
func inCage(cage, lane string) string {
	_, form, ok := strings.Cut(cage, "base-")
	speed, _, is := strings.Cut(lane, "base-")
	if !ok || !is {
		return lane
	}
	if typ := speed + "base-" + form; slices.Contains(interfaceTypes, typ) {
		return typ
	}
	return lane
}
