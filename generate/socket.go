package generate

import (
	"cmp"
	_ "embed"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/diet-project/diet/generate/natural"
)

// medium is what cables carry that is no data: they join a port of one kind of NetBox's, which
// nodes have, to one of another, which zones have.
type medium struct {
	word      string // as zones say it, and the ids of their ports
	near, far string // the kinds at the A and the B end
}

// media are by what zones say.
var media = map[string]*medium{
	"power":   {"power", "power_port", "power_outlet"},
	"console": {"console", "console_port", "console_server_port"},
	"feed":    {"feed", "power_port", feedKind},
}

// socketTypeList has NetBox's types of ports that carry no data: a kind and a type a line, sorted.
//
//go:embed socket_types.txt
var socketTypeList string

// socketTypes are those types by kind.
var socketTypes = func() map[string][]string {
	out := map[string][]string{}
	for line := range strings.Lines(socketTypeList) {
		kind, typ, _ := strings.Cut(strings.TrimSpace(line), " ")
		out[kind] = append(out[kind], typ)
	}
	return out
}()

// carriedBy is what cables carry that end at a port of a kind, by the word of [media]; "" is data.
func carriedBy(far string) string {
	for word, m := range media {
		if far == m.far {
			return word
		}
	}
	return ""
}

// words is a kind for people: power port.
func words(kind string) string { return strings.ReplaceAll(kind, "_", " ") }

// port is what a port of a zone is called; without a medium it is a port.
func (x *medium) port() string {
	if x == nil {
		return "port"
	}
	return words(x.far)
}

func (x *medium) nearType() string {
	if x == nil {
		return "interface type"
	}
	return "type of a " + words(x.near)
}

func (x *medium) farType() string {
	if x == nil {
		return "interface type"
	}
	return "type of a " + words(x.far)
}

func (x *medium) nearTypes() []string {
	if x == nil {
		return interfaceTypes
	}
	return socketTypes[x.near]
}

func (x *medium) farTypes() []string {
	if x == nil {
		return interfaceTypes
	}
	return socketTypes[x.far]
}

// socketSpec are the ports of one kind of a device type's body.
type socketSpec struct {
	kind, key string
	types     map[string]string
}

// sockets are the ports of a body that carry no data, those that others refer to first.
func (s *DeviceTypeSpec) sockets() []socketSpec {
	if s == nil {
		return nil
	}
	return []socketSpec{
		{"console_port", "consolePorts", s.ConsolePorts},
		{"console_server_port", "consoleServerPorts", s.ConsoleServerPorts},
		{"power_port", "powerPorts", s.PowerPorts},
		{"power_outlet", "powerOutlets", s.PowerOutlets},
	}
}

// ownSockets reads the ports of a type's body that carry no data.
func (m *model) ownSockets(path string, t *deviceType) {
	for _, s := range t.body.sockets() {
		names := map[string]string{}
		m.expandPorts(path+"."+s.key, s.types, names)
		ports := make([]libraryPort, 0, len(names))
		for _, name := range sortedKeys(names) {
			ports = append(ports, libraryPort{Name: name})
		}
		t.addSockets(s.kind, names, ports)
	}
}

// importSockets reads those of an imported type.
func (t *deviceType) importSockets() {
	for _, s := range t.lib.sections() {
		names := make(map[string]string, len(s.ports))
		for i := range s.ports {
			if names[s.ports[i].Name] = ""; s.ports[i].Type != nil {
				names[s.ports[i].Name] = *s.ports[i].Type
			}
		}
		t.addSockets(strings.TrimSuffix(s.kind, "_template"), names, s.ports)
	}
}

// addSockets adds ports of a kind that cables other than those for data end on.
func (t *deviceType) addSockets(kind string, names map[string]string, ports []libraryPort) {
	if len(names) == 0 || socketTypes[kind] == nil {
		return
	}
	if t.sockets == nil {
		t.sockets, t.outlets = map[string]map[string]string{}, map[string]map[int]cage{}
	}
	t.sockets[kind], t.outlets[kind] = names, cagesOf(ports)
}

// socketParts are the templates of a type of the plan's own that has more than interfaces; nil
// for one that has not.
func (t *deviceType) socketParts(interfaces []Part) []Part {
	var out []Part
	for _, s := range t.body.sockets() {
		for _, name := range slices.SortedFunc(maps.Keys(t.sockets[s.kind]), natural.Compare) {
			fields := map[string]any{"name": name, "type": t.sockets[s.kind][name]}
			out = append(out, Part{Kind: s.kind + "_template", Name: name, Fields: fields})
		}
	}
	if out == nil {
		return nil
	}
	return append(out, interfaces...)
}

// socketType is the type of a port that carries no data; "" where the catalog does not say.
func (t *deviceType) socketType(kind, name string) string {
	if t == nil {
		return ""
	}
	return t.sockets[kind][name]
}

// portsFor are the ports of a type that a zone may have, and those by number.
func (t *deviceType) portsFor(carries *medium) (map[string]string, map[int]cage) {
	switch {
	case t == nil:
		return nil, nil
	case carries != nil:
		return t.sockets[carries.far], t.outlets[carries.far]
	}
	return t.ports, t.cages
}

func there(ports map[string]string, name string) bool {
	_, is := ports[name]
	return is
}

// lanePort is the name of a lane of a zone: "" is a port that the device type lacks.
func (m *model) lanePort(z *zone, l lane) string {
	if z.carries == nil || l.port >= firstNamed {
		return m.portName(z.class, l)
	}
	has, cages := m.typeOf(&z.class.device).portsFor(z.carries)
	if len(has) == 0 {
		return strconv.Itoa(l.port)
	}
	return cages[l.port].name
}

// portID is the port of a zone in an object id; one that carries no data says so.
func (z *zone) portID(l lane) string {
	if z.carries == nil {
		return z.class.portID(l)
	}
	return z.carries.word + ":" + z.class.portID(l)
}

// laneOf reads a port of an object id; anything else is not a lane of the zone.
func (z *zone) laneOf(id string) lane {
	if z.carries == nil {
		return z.class.laneOf(id)
	}
	if port, is := strings.CutPrefix(id, z.carries.word+":"); is {
		return z.class.laneOf(port)
	}
	return lane{-1, 0}
}

// checkSockets reports ports of a zone that carries no data which its device type lacks.
func (m *model) checkSockets(z *zone, t *deviceType) {
	has, _ := t.portsFor(z.carries)
	for _, p := range z.ports {
		if m.lanePort(z, lane{port: p}) != "" {
			continue
		}
		names := slices.SortedFunc(maps.Keys(has), natural.Compare)
		m.fs.add(z.path+".ports", "a port's number is the last one in its name; there are "+strconv.Itoa(len(names))+": "+listWords(names, 8),
			"the device type %s has no %s %d", z.class.typ, z.carries.port(), p)
		return
	}
}

// checkPlugs reports ports of a link that carries no data which the node's type lacks, and a LAG of
// such.
func (m *model) checkPlugs(l *link) {
	near := l.to.carries.near
	if l.lag() != "" {
		m.fs.add(l.path+".lag", "", "the zone %s carries %s, and a LAG is of interfaces", l.to.id(), l.to.carries.word)
	}
	var has map[string]string
	if t := m.typeOf(&l.node.device); t != nil {
		has = t.sockets[near]
	}
	for _, p := range l.ports {
		if name := p.name(); len(has) > 0 && !there(has, name) {
			names := slices.SortedFunc(maps.Keys(has), natural.Compare)
			m.fs.add(l.path+".from", "there are "+listWords(names, 8)+"; the NIC's name is a pattern, such as PSU{port}",
				"the device type %s has no %s %q", l.node.typ, words(near), name)
			return
		}
	}
}

// checkSocketTypes warns of types that no release of NetBox knows.
func (m *model) checkSocketTypes(path string, body *DeviceTypeSpec) {
	for _, s := range body.sockets() {
		for _, raw := range sortedKeys(s.types) {
			m.checkKnown(path+"."+s.key+"."+raw, "type of a "+words(s.kind), s.types[raw], socketTypes[s.kind])
		}
	}
}

// carries is what the ports of a NIC carry: it is that of the zones that its links go to.
func (c *nodeClass) carries(n *nic) *medium {
	for _, l := range c.links {
		if l.to != nil && l.to.carries != nil && slices.ContainsFunc(l.ports, func(p nicPort) bool { return p.nic == n }) {
			return l.to.carries
		}
	}
	return nil
}

// checkImportedTypes warns of types of ports in an imported file that no release of NetBox knows: the
// device type could not be made there.
func (m *model) checkImportedTypes(t *deviceType, airflows []string) {
	if t.lib == nil || t.must {
		return
	}
	m.checkImportedChoices(t, airflows)
	for _, s := range t.lib.sections() {
		kind := strings.TrimSuffix(s.kind, "_template")
		known := socketTypes[kind]
		switch kind {
		case "interface":
			known = interfaceTypes
		case "front_port", "rear_port":
			known = panelTypes
		}
		for i := range s.ports {
			typ := s.ports[i].Type
			if typ == nil || known == nil || *typ == "" {
				continue
			}
			if _, ok := slices.BinarySearch(known, *typ); !ok {
				m.fs.warn(t.path, cmp.Or(m.fs.near(*typ, known), "mend the file"),
					"no supported release of NetBox knows the type %q of the %s %s of %s", *typ, words(kind), s.ports[i].Name, t.slug)
				break // one of each sort is enough
			}
		}
	}
}
