package generate

import "slices"

// Switches have links too, for what is no data: their power supplies and console ports are plugged
// in like those of nodes. To placement they are nodes then, of which there are as many as switches.

// ownLinks reads the links of a class of switches.
func (m *model) ownLinks(c *switchClass) {
	if len(c.spec.Nics) == 0 && len(c.spec.Links) == 0 {
		return
	}
	c.own = &nodeClass{device: c.device, sw: c, nics: map[string]*nic{}}
	m.compileLinks(c.own, c.spec.Nics, c.spec.Links)
}

// of is what names the devices of a class of nodes, which may be switches.
func (c *nodeClass) of() *device {
	if c.sw != nil {
		return &c.sw.device
	}
	return &c.device
}

// count says how many switches of a class there are.
func (c *switchClass) count(n int) {
	if c.n = n; c.own != nil {
		c.own.exist(n)
	}
}

// ownPorts is how many ports the links of one switch have.
func (c *switchClass) ownPorts() int {
	n := 0
	if c.own != nil {
		for _, l := range c.own.links {
			n += len(l.ports)
		}
	}
	return n
}

// connectOwn connects the links of a class of switches.
func (m *model) connectOwn(c *switchClass) {
	if c.own == nil {
		return
	}
	for _, l := range c.own.links {
		m.connectLink(l)
		switch {
		case l.to == nil:
		case l.to.carries == nil:
			m.fs.add(l.path+".to", "use uplinkTo, mesh, peer or mgmt for data",
				"the zone %s carries data, and links of switches are of power and consoles", l.to.id())
			l.detach()
		case l.to.class == c:
			m.fs.add(l.path+".to", "name another class", "a class cannot have links to itself")
			l.detach()
		}
		m.checkOwnPorts(c, l)
	}
}

// detach takes a link out of its zone.
func (l *link) detach() {
	l.to.links = slices.DeleteFunc(l.to.links, func(other *link) bool { return other == l })
	l.to = nil
}

// checkOwnPorts reports ports of a link which object ids could not tell from those of zones.
func (m *model) checkOwnPorts(c *switchClass, l *link) {
	for _, p := range l.ports {
		if id := p.key(); slices.Contains(c.named, id) || c.spec.Mgmt != nil && c.spec.Mgmt.Port == id {
			m.fs.add(p.nic.path, "give the NIC another key", "%s of %s is also the name of a port of its zones", id, c.id)
			return
		}
	}
}
