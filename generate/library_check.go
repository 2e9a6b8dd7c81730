package generate

import (
	"slices"
	"strings"
)

// NetBox's own lists that are short and closed.
var (
	poeModes = []string{"pd", "pse"}
	rfRoles  = []string{"ap", "station"}
	feedLegs = []string{"A", "B", "C"}
)

// The airflows and kinds of power over Ethernet that NetBox knows; an administrator, or a release
// to come, may add some.
var (
	airflows = []string{
		"bottom-to-top", "front-to-rear", "left-to-right", "mixed", "passive", "rear-to-front", "rear-to-side", "right-to-left",
		"side-to-rear", "top-to-bottom",
	}
	moduleAirflows = []string{"front-to-rear", "left-to-right", "passive", "rear-to-front", "right-to-left", "side-to-rear"}
	poeTypes       = []string{
		"passive-24v-2pair", "passive-24v-4pair", "passive-48v-2pair", "passive-48v-4pair", "type1-ieee802.3af", "type2-ieee802.3at",
		"type3-ieee802.3bt", "type4-ieee802.3bt",
	}
)

// isVirtual reports whether interfaces of a type are none of hardware.
func isVirtual(typ string) bool { return typ == "virtual" || typ == "lag" || typ == "bridge" }

// isWireless reports whether interfaces of a type are radios.
func isWireless(typ string) bool {
	switch typ {
	case "other-wireless", "gsm", "cdma", "lte", "4g", "5g":
		return true
	}
	return strings.HasPrefix(typ, "ieee802.11") || strings.HasPrefix(typ, "ieee802.15")
}

// takesNoCable reports whether NetBox plugs no cable into interfaces of a type.
func takesNoCable(typ string) bool { return isVirtual(typ) || isWireless(typ) || typ == "channel" }

// textOf is what a key says, "" for nothing.
func textOf(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// checkComponents reports what of the components of a type contradicts itself.
func (t *libraryType) checkComponents(fs *findings) {
	if textOf(t.SubdeviceRole) == "child" && (t.Height == nil || *t.Height > 0) {
		fs.add("u_height", "write u_height: 0", "a child, which is in a bay of another device, has no height of its own")
	}
	if t.Slug == "" {
		for _, s := range []section{{key: "inventory-items", ports: t.Items}, {key: "device-bays", ports: t.DeviceBays}} {
			if len(s.ports) > 0 {
				fs.add(s.key, "leave them out", "NetBox has %s of device types only, and this is a module type", s.key)
			}
		}
	}
	for i := range t.Interfaces {
		t.Interfaces[i].checkInterface(fs, indexPath("interfaces", i))
	}
	for i := range t.Powers {
		p := &t.Powers[i]
		if p.MaximumDraw != nil && p.AllocatedDraw != nil && *p.AllocatedDraw > *p.MaximumDraw {
			fs.add(indexPath("power-ports", i), "", "%s is allocated %d W, more than the %d W that it draws at most",
				p.Name, *p.AllocatedDraw, *p.MaximumDraw)
		}
	}
	for i := range t.Outlets {
		checkAmong(fs, indexPath("power-outlets", i), "feed_leg", t.Outlets[i].FeedLeg, feedLegs)
	}
	t.checkFronts(fs)
}

// checkInterface reports what an interface cannot be.
func (p *libraryPort) checkInterface(fs *findings, at string) {
	typ := textOf(p.Type)
	checkAmong(fs, at, "poe_mode", p.PoEMode, poeModes)
	checkAmong(fs, at, "rf_role", p.RFRole, rfRoles)
	mode, poe := textOf(p.PoEMode), textOf(p.PoEType)
	switch {
	case typ == "channel":
		fs.add(at, "", "%s is of the type channel, which is a part of another interface", p.Name)
	case isVirtual(typ) && mode+poe != "":
		fs.add(at, "", "%s is of the type %s, and has no power over Ethernet", p.Name, typ)
	case poe != "" && mode == "":
		fs.add(at, "write poe_mode: pse where it gives power, pd where it takes it", "%s has a poe_type and no poe_mode", p.Name)
	}
	if textOf(p.RFRole) != "" && !isWireless(typ) {
		fs.add(at, "", "%s has an rf_role, and its type %s is not wireless", p.Name, typ)
	}
}

// checkAmong reports a value that is none of those that NetBox has.
func checkAmong(fs *findings, at, key string, v *string, known []string) {
	if word := textOf(v); word != "" && !slices.Contains(known, word) {
		fs.add(at, Suggest(word, known), "the %s %q is none that NetBox has", key, word)
	}
}

// checkFronts reports front ports before a position that their rear port does not have, or that
// another one is before.
func (t *libraryType) checkFronts(fs *findings) {
	type place struct {
		rear     string
		position int
	}
	positions := map[string]int{}
	for i := range t.Rears {
		if positions[t.Rears[i].Name] = 1; t.Rears[i].Positions != nil {
			positions[t.Rears[i].Name] = *t.Rears[i].Positions
		}
	}
	taken := map[place]string{}
	for i := range t.Fronts {
		p, at := &t.Fronts[i], indexPath("front-ports", i)
		has, known := positions[textOf(p.RearPort)]
		if !known {
			continue
		}
		before := place{*p.RearPort, 1}
		if p.RearPortPosition != nil {
			before.position = *p.RearPortPosition
		}
		switch other := taken[before]; {
		case before.position > has:
			fs.add(at, "give the rear port positions", "%s is before position %d of %s, which has %d", p.Name, before.position, before.rear, has)
		case other != "":
			fs.add(at, "", "%s and %s are both before position %d of %s", other, p.Name, before.position, before.rear)
		default:
			taken[before] = p.Name
		}
	}
}

// checkImportedChoices warns of words in an imported file that no release of NetBox knows.
func (m *model) checkImportedChoices(t *deviceType, airflows []string) {
	warn := func(what, value string, known []string) {
		if value != "" && !slices.Contains(known, value) {
			m.fs.warn(t.path, m.fs.near(value, known), "no supported release of NetBox knows the %s %q of %s", what, value, t.slug)
		}
	}
	warn("airflow", textOf(t.lib.Airflow), airflows)
	for i := range t.lib.Interfaces {
		warn("poe_type", textOf(t.lib.Interfaces[i].PoEType), poeTypes)
	}
}

// checkCabled reports what is cabled and takes no cable: LAGs, bridges, radios and other interfaces
// that are no ports.
func (m *model) checkCabled() {
	tell := func(path, name, typ string) bool {
		if takesNoCable(typ) {
			m.fs.add(path, "cable ports of hardware", "the port %s has the type %s, and NetBox plugs no cable into such", name, typ)
		}
		return takesNoCable(typ)
	}
	for _, c := range m.classes {
		t := m.typeOf(&c.device)
		if port := c.mgmt; port != nil && t != nil {
			tell(port.path+".port", port.port, t.ports[port.port])
		}
		for _, z := range c.zones {
			if z.carries != nil || z.kind == zoneReserved {
				continue
			}
			for _, l := range z.lanes {
				if tell(z.path, m.portName(c, l), m.laneType(z, l)) {
					break
				}
			}
		}
	}
	for _, c := range m.nodes {
		for _, l := range c.links {
			if l.to == nil || l.to.carries != nil {
				continue
			}
			for _, p := range l.ports {
				if tell(l.path, p.name(), m.nicType(c, p, "")) {
					break
				}
			}
		}
	}
}
