package generate

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// The values that some supported release of NetBox knows, one a line and sorted: the union
// of what the releases answer to OPTIONS.
var (
	//go:embed interface_types.txt
	interfaceTypeList string
	//go:embed cable_types.txt
	cableTypeList string
	//go:embed panel_types.txt
	panelTypeList string

	interfaceTypes = strings.Fields(interfaceTypeList)
	panelTypes     = strings.Fields(panelTypeList) // of front and rear ports
	cableTypes     = strings.Fields(cableTypeList)
)

// checkValues reports values that NetBox refuses, which no other check has looked at.
func (m *model) checkValues() {
	cat := &m.plan.Spec.Catalog
	for _, k := range sortedKeys(cat.DeviceTypes) {
		if body := cat.DeviceTypes[k]; body != nil {
			path := "spec.catalog.deviceTypes." + k
			m.checkPortTypes(path, body.Ports)
			m.checkSocketTypes(path, body)
			m.checkLength(path+".manufacturer", "slug", body.Manufacturer, maxSlug)
		}
	}
	for _, k := range sortedKeys(cat.ModuleTypes) {
		if body := cat.ModuleTypes[k]; body != nil {
			m.checkPortTypes("spec.catalog.moduleTypes."+k, body.Ports)
		}
	}
	for _, slug := range sortedKeys(m.types) {
		m.checkImportedTypes(m.types[slug], airflows)
	}
	for _, word := range sortedKeys(m.inBays) {
		x := m.inBays[word]
		m.checkImportedTypes(&deviceType{slug: x.model, path: "spec.catalog.import", lib: x.lib}, moduleAirflows)
	}
	m.checkCabled()
	m.checkLanes()
	m.checkSwitchLags()
	for _, p := range m.pools {
		m.checkLength(p.path+".location", "slug", p.location, maxSlug)
	}
	for _, c := range m.classes {
		if m.checkSwitchValues(c); c.own != nil {
			m.checkLinkValues(c.own)
		}
	}
	for _, c := range m.nodes {
		m.checkNodeValues(c)
	}
}

func (m *model) checkPortTypes(path string, ports map[string]string) {
	for _, raw := range sortedKeys(ports) {
		m.checkKnown(path+".ports."+raw, "interface type", ports[raw], interfaceTypes)
	}
}

// checkKnown warns of a value that no release has. It is no error: a release to come may
// have it, and a preview asks the NetBox at hand.
func (m *model) checkKnown(path, what, value string, known []string) {
	if _, ok := slices.BinarySearch(known, value); ok || value == "" {
		return
	}
	m.fs.warn(path, m.fs.near(value, known), "no supported release of NetBox knows the %s %q", what, value)
}

// checkLength reports a text that is longer than NetBox takes.
func (m *model) checkLength(path, what, text string, limit int) {
	if n := utf8.RuneCountInString(text); n > limit {
		m.fs.add(path, "", "the %s has %d characters, and NetBox takes at most %d", what, n, limit)
	}
}

func (m *model) checkSwitchValues(c *switchClass) {
	m.checkType(&c.device)
	if c.spec.Mgmt != nil {
		m.checkLength(c.path+".mgmt.port", "name", c.spec.Mgmt.Port, maxName)
	}
	m.checkLength(c.path+".deviceRole", "slug", c.netboxRole, maxSlug)
	for _, z := range c.zones {
		m.checkKnown(z.path+".type", z.carries.farType(), z.spec().Type, z.carries.farTypes())
		m.checkBreakout(z)
		m.checkUplinkSpeed(z)
	}
}

func (m *model) checkNodeValues(c *nodeClass) {
	m.checkType(&c.device)
	m.checkLength(c.path+".role", "slug", c.spec.Role, maxSlug)
	m.checkLinkValues(c)
}

func (m *model) checkLinkValues(c *nodeClass) {
	for _, key := range sortedKeys(c.nics) {
		n := c.nics[key]
		carries := c.carries(n)
		m.checkKnown(n.path+".type", carries.nearType(), n.spec.Type, carries.nearTypes())
		for _, p := range n.ports {
			m.checkLength(n.path, "name of an interface", nicPort{n, p}.name(), maxName)
		}
	}
	for _, l := range c.links {
		if cable := l.spec.Cable; cable != nil && cable.Type != nil {
			m.checkKnown(l.path+".cable.type", "cable type", *cable.Type, cableTypes)
		}
	}
}

// checkType warns of a device type that the catalog lacks where it has one of nearly that
// name. It is no error: the type may exist in NetBox.
func (m *model) checkType(d *device) {
	cat := m.plan.Spec.Catalog.DeviceTypes
	if _, listed := cat[d.typ]; listed || len(d.typ) < minNear {
		return
	}
	m.checkLength(d.path+".type", "slug", d.typ, maxSlug)
	for _, k := range sortedKeys(cat) {
		if distance(d.typ, k) <= max(1, len(d.typ)/minNear) && !numbered(d.typ, k) {
			m.fs.warn(d.path+".type", fmt.Sprintf("did you mean %s? If not, list %s in the catalog", k, d.typ),
				"the catalog has no device type %q", d.typ)
			return
		}
	}
}

// minNear is the length from which a slug that differs in one letter is taken for misspelt.
const minNear = 4

// numbered tells whether two slugs differ in their digits alone: models of one series.
func numbered(a, b string) bool {
	words := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return -1
			}
			return r
		}, s)
	}
	return words(a) == words(b)
}

// checkBreakout reports lanes that need more bandwidth than their port has.
func (m *model) checkBreakout(z *zone) {
	t := m.typeOf(&z.class.device)
	if t == nil || z.brk.speed == 0 || z.kind == zoneReserved {
		return
	}
	need := z.brk.lanes * z.brk.speed * 1000
	for _, p := range z.ports {
		name := m.portName(z.class, lane{port: p})
		if has := typeSpeed(t.ports[name]); has > 0 && has < need {
			m.fs.add(z.path+".breakout", "use fewer or slower lanes, or another type of port",
				"%s needs %s Gb/s, and the port %s of %s has %s Gb/s (%s)",
				z.spec().Breakout, gbps(need), name, z.class.typ, gbps(has), t.ports[name])
			return
		}
	}
}

// checkUplinkSpeed reports uplinks that are faster than the lanes that they are cabled to.
func (m *model) checkUplinkSpeed(z *zone) {
	if z.target == nil {
		return
	}
	own, other := m.laneSpeed(z), m.laneSpeed(z.target)
	if own > 0 && other > 0 && own > other {
		m.fs.add(z.path+".uplinkTo", "give both zones lanes of one speed",
			"the uplinks have %s Gb/s, and the lanes of %s have %s Gb/s", gbps(own), z.target.id(), gbps(other))
	}
}
