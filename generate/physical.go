package generate

import "slices"

// checkPhysical reports physical ports that carry cables of two zones, and
// management ports that are cabled as a lane too.
func (m *model) checkPhysical() {
	for _, c := range m.all() {
		by := map[int][]*zone{}
		for _, z := range c.zones {
			for _, p := range z.ports {
				by[p] = append(by[p], z)
			}
			m.checkMgmtPort(c, z)
		}
		seen := map[[2]*zone]bool{}
		for _, port := range sortedPorts(by) {
			m.checkShared(c, port, by[port], seen)
		}
	}
}

// sortedPorts gives the ports that several zones list.
func sortedPorts(by map[int][]*zone) []int {
	var ports []int
	for p := range by {
		if len(by[p]) > 1 {
			ports = append(ports, p)
		}
	}
	slices.Sort(ports)
	return ports
}

func (m *model) checkMgmtPort(c *switchClass, z *zone) {
	if c.mgmt == nil || z.carries != nil {
		return
	}
	for at, l := range z.lanes {
		if m.portName(c, l) != c.mgmt.port && c.portID(l) != c.mgmt.port {
			continue
		}
		for sw := range c.n {
			if z.cabled(sw, at) {
				m.fs.add(c.path+".mgmt.port", "", "the port %s is cabled by the zone %s", c.mgmt.port, z.key)
				return
			}
		}
	}
}

// checkShared reports, once for each pair of zones, a port that both cable.
func (m *model) checkShared(c *switchClass, port int, zones []*zone, seen map[[2]*zone]bool) {
	for i, a := range zones {
		for _, b := range zones[:i] {
			if a.carries != b.carries || seen[[2]*zone{a, b}] || !c.shares(a, b, port) {
				continue
			}
			seen[[2]*zone{a, b}] = true
			m.fs.add(a.path+".ports", "take the port out of one of them",
				"port %s of %s carries cables of the zones %s and %s", c.called(port), c.id, b.key, a.key)
		}
	}
}

// shares tells whether on some switch two zones both cable a port.
func (c *switchClass) shares(a, b *zone, port int) bool {
	for sw := range c.n {
		if a.cablesPort(sw, port) && b.cablesPort(sw, port) {
			return true
		}
	}
	return false
}

// cablesPort tells whether a zone cables a physical port of a switch.
func (z *zone) cablesPort(sw, port int) bool {
	if z.brk.lanes == 1 {
		return z.cabled(sw, z.at[lane{port, 0}])
	}
	for l := range z.brk.lanes {
		if z.cabled(sw, z.at[lane{port, l + 1}]) {
			return true
		}
	}
	return false
}

// cabled tells whether a zone cables a lane, by its index, of a switch.
func (z *zone) cabled(sw, at int) bool {
	switch z.kind {
	case zoneReserved:
		return false
	case zoneUplink:
		return z.target != nil
	case zoneMesh, zonePeer:
		return z.paired[slot{int32(sw), int32(at)}]
	}
	p := z.placed()
	return p != nil && sw < len(p.bays) && p.bays[sw].used(at)
}
