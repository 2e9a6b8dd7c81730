package generate

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/diet-project/diet/generate/natural"
)

// connect resolves every reference to a zone and enters it there.
func (m *model) connect() {
	for _, c := range m.classes {
		m.connectMgmt(c)
		for _, z := range c.zones {
			if z.kind == zoneUplink {
				m.connectUplink(z)
			}
		}
	}
	for _, n := range m.nodes {
		for _, l := range n.links {
			m.connectLink(l)
		}
	}
	for _, c := range m.classes {
		m.connectOwn(c)
	}
	for _, c := range m.classes {
		m.checkZones(c)
	}
}

// zoneAt resolves <fabric>.<class>/<zone>, or <class>/<zone> in the fabric
// home. It is nil, after a finding, where there is none.
func (m *model) zoneAt(path, ref, home string) *zone {
	if strings.HasPrefix(ref, rackPrefix) && home == "" {
		return m.feedZone(path, ref)
	}
	words, err := expandBraces(ref)
	if err != nil || len(words) != 1 {
		m.fs.add(path, "", "%q must name exactly one zone", ref)
		return nil
	}
	id, key, ok := strings.Cut(words[0], "/")
	if !ok {
		m.fs.add(path, "write <fabric>.<class>/<zone>", "%q does not name a zone", ref)
		return nil
	}
	if !strings.Contains(id, ".") && home != "" {
		id = home + "." + id
	}
	c := m.byID[id]
	if c == nil {
		m.fs.add(path, nearKey(m.fs, id, m.byID), "there is no switch class %q", id)
		return nil
	}
	var keys []string
	for _, z := range c.zones {
		if z.key == key {
			return z
		}
		keys = append(keys, z.key)
	}
	m.fs.add(path, m.fs.near(key, keys), "the class %s has no zone %q", id, key)
	return nil
}

// access is zoneAt for what takes lanes: only zones without another purpose will do.
func (m *model) access(path, ref, home string) *zone {
	z := m.zoneAt(path, ref, home)
	if z == nil {
		return nil
	}
	purpose := map[zoneKind]string{
		zoneUplink: "is for uplinks", zoneMesh: "is a mesh", zonePeer: "is for peer links", zoneReserved: "is reserved",
	}[z.kind]
	if purpose != "" {
		m.fs.add(path, "name another zone", "the zone %s %s", z.id(), purpose)
		return nil
	}
	return z
}

var mgmtSyntax = regexp.MustCompile(`^[A-Za-z0-9_./: -]+$`)

func (m *model) connectMgmt(c *switchClass) {
	if c.spec.Mgmt == nil {
		return
	}
	path := c.path + ".mgmt"
	if !mgmtSyntax.MatchString(c.spec.Mgmt.Port) {
		m.fs.add(path+".port", "", "%q is not a valid port name", c.spec.Mgmt.Port)
	}
	m.checkTypePort(&c.device, path+".port", c.spec.Mgmt.Port)
	to := m.access(path+".to", c.spec.Mgmt.To, c.fabric)
	if to == nil {
		return
	}
	c.mgmt = &mgmt{port: c.spec.Mgmt.Port, to: to, path: path}
	to.mgmts = append(to.mgmts, c)
	if to.class.attach && c.place == nil {
		m.fs.add(path, "give the class a rack", "%s attaches by rack, and %s has none", to.class.id, c.id)
	}
}

func (m *model) connectUplink(z *zone) {
	target := m.access(z.path+".uplinkTo", z.spec().UplinkTo, z.class.fabric)
	if target == nil {
		return
	}
	if target.class == z.class {
		m.fs.add(z.path+".uplinkTo", "use mesh or peer", "a class cannot have uplinks to itself")
		return
	}
	z.target = target
	target.sources = append(target.sources, z)
}

// rawKey is the key of the zone as written, before its braces were expanded.
func (z *zone) rawKey() string { return z.path[len(z.class.path+".zones."):] }

// spec is the zone as written.
func (z *zone) spec() Zone {
	if z.isFeeds() {
		return Zone{}
	}
	return z.class.spec.Zones[z.rawKey()]
}

func (m *model) connectLink(l *link) {
	if l.to = m.access(l.path+".to", l.spec.To, ""); l.to == nil {
		return
	}
	c := l.to.class
	if l.to.isFeeds() && !m.checkFeedLink(l) {
		l.to = nil
		return
	}
	l.to.links = append(l.to.links, l)
	if l.spread == "alternate" {
		switch {
		case c.spec.Group == 0:
			c.implyGroup()
		case c.spec.Group == 1:
			m.fs.add(l.path+".spread", "leave group out, or make it 2 or more",
				"spread: alternate needs groups of at least 2, and %s has group: 1", c.id)
		}
	}
	if c.attach && l.node.place == nil {
		m.fs.add(l.path+".to", "give the node class a rack", "%s attaches by rack, and %s has none", c.id, l.node.id)
	}
	if l.to.carries != nil {
		m.checkPlugs(l)
		return
	}
	m.checkSpeeds(l)
}

// checkSpeeds reports NIC ports that are slower than the lane they are cabled to.
func (m *model) checkSpeeds(l *link) {
	if l.to.slowest == nil {
		s := m.laneSpeed(l.to)
		l.to.slowest = &s
	}
	lane := *l.to.slowest
	for _, p := range l.ports {
		port := typeSpeed(m.nicType(l.node, p, ""))
		if port > 0 && lane > 0 && port < lane {
			m.fs.add(l.path, "", "the port %s of %s has %s Gb/s, which is slower than the lanes of %s with %s Gb/s",
				p.name(), l.node.id, gbps(port), l.to.id(), gbps(lane))
		}
	}
}

// checkZones checks the ports of a class's zones against its device type.
func (m *model) checkZones(c *switchClass) {
	t := m.typeOf(&c.device)
	for _, z := range c.zones {
		m.checkNumbered(z)
		if z.carries != nil {
			m.checkSockets(z, t)
			continue
		}
		if t != nil && t.lib != nil {
			m.checkOwnNames(z, t)
			continue
		}
		if t == nil || len(t.ports) == 0 || t.open {
			continue
		}
		var missing []string
		for _, p := range z.ports {
			if name := m.portName(c, lane{port: p}); t.ports[name] == "" {
				missing = append(missing, name)
			}
		}
		if len(missing) > 0 {
			m.fs.add(z.path+".ports", thereAre(t.ports), "the device type %s has no %s", c.typ, listWords(missing, 8))
		}
	}
}

// checkTypePort reports a port that a device type with ports lacks.
func (m *model) checkTypePort(d *device, path, port string) {
	t := m.typeOf(d)
	if t == nil || len(t.ports) == 0 || t.open || t.ports[port] != "" || port == "" {
		return
	}
	m.fs.add(path, cmp.Or(nearKey(m.fs, port, t.ports), thereAre(t.ports)), "the device type %s has no port %q", d.typ, port)
}

// thereAre lists the first names that a device type has.
func thereAre[T any](names map[string]T) string {
	return "there are " + listWords(slices.SortedFunc(maps.Keys(names), natural.Compare), 8)
}

// spine tells whether uplinks from z must reach every instance of the target.
func (z *zone) mustReachAll() bool {
	return z.class.managed && z.class.role == "leaf" && z.target != nil && z.target.class.role == "spine"
}

// targets gives the zones of a class that uplinks arrive at.
func (c *switchClass) targets() []*zone {
	return slices.DeleteFunc(slices.Clone(c.zones), func(z *zone) bool { return len(z.sources) == 0 })
}
