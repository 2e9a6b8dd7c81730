package generate

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/diet-project/diet/generate/natural"
)

// A port that a plan gives by a name that has no number is a port of its class all the
// same: numbers from here on stand for such names within a model, and its object id has the
// name.
const firstNamed = maxPort + 1

// namedSyntax are the names of ports that zones may call them by: all but what separates ports in their
// list, or parts of object ids.
var namedSyntax = regexp.MustCompile(`^[\p{L}\p{M}\p{N}_./:#()+&'* -]+$`)

// zonePorts reads the ports of a zone: numbers, ranges of numbers, and names.
func (m *model) zonePorts(z *zone, path, spec string) []int {
	var ports []int
	for _, item := range outsideBraces(spec) {
		if strings.ContainsFunc(item, unicode.IsLetter) {
			ports = append(ports, m.namedPorts(z, path, item)...)
			continue
		}
		list, err := parsePorts(item)
		if err != nil {
			m.fs.add(path, "write a comma-separated list of n, a-b, a-b:step and names", "%v", err)
		}
		if ports = append(ports, list...); len(ports) > 4*maxPort {
			m.fs.add(path, "", "the port list is too long")
			break
		}
	}
	slices.SortFunc(ports, z.class.comparePorts)
	return slices.Compact(ports)
}

// outsideBraces splits a text at the commas outside braces.
func outsideBraces(s string) []string {
	var out []string
	depth, start := 0, 0
	for i := 0; i <= len(s); i++ {
		switch {
		case i < len(s) && s[i] == '{':
			depth++
		case i < len(s) && s[i] == '}':
			depth--
		case i == len(s) || s[i] == ',' && depth == 0:
			out = append(out, strings.TrimSpace(s[start:i]))
			start = i + 1
		}
	}
	return out
}

// comparePorts orders ports: those with a number by it, then the others by their names.
func (c *switchClass) comparePorts(a, b int) int {
	if a < firstNamed || b < firstNamed {
		return cmp.Compare(a, b)
	}
	return natural.Compare(c.named[a-firstNamed], c.named[b-firstNamed])
}

// namedPorts reads ports that are given by name, with braces.
func (m *model) namedPorts(z *zone, path, item string) []int {
	names, err := expandBraces(item)
	if err != nil {
		m.fs.add(path, "", "%v", err)
		return nil
	}
	if !m.fs.spend(path, len(names)) {
		return nil
	}
	var ports []int
	for _, name := range names {
		if p, ok := m.namedPort(z, path, name); ok {
			ports = append(ports, p)
		}
	}
	return ports
}

// namedPort finds the port of a class with a name: by the number that it has there too, or
// as one that has none.
func (m *model) namedPort(z *zone, path, name string) (int, bool) {
	c := z.class
	typ := m.typeOf(&c.device)
	has, cages := typ.portsFor(z.carries)
	switch {
	case !namedSyntax.MatchString(name) || utf8.RuneCountInString(name) > maxName:
		m.fs.add(path, "", "%q is not a valid port name", name)
		return 0, false
	case len(has) > 0 && !typ.open && !there(has, name):
		m.fs.add(path, thereAre(has), "the device type %s has no %s %q", c.typ, z.carries.port(), name)
		return 0, false
	}
	for n, cage := range cages {
		if cage.name == name {
			return n, true
		}
	}
	if digits, own := strings.CutPrefix(name, "E1/"); own && c.on[name] == "" && z.carries == nil && isNumber(digits) && digits[0] != '0' {
		if n, err := portNumber(digits); err == nil {
			return n, true
		}
	}
	at := slices.Index(c.named, name)
	if at < 0 {
		at = len(c.named)
		c.named = append(c.named, name)
	}
	return firstNamed + at, true
}

// portName is the name of a lane on a switch of a class; "" is a port that its type lacks.
func (m *model) portName(c *switchClass, l lane) string {
	t := m.typeOf(&c.device)
	if l.port < firstNamed {
		return t.portName(l)
	}
	own := cage{name: c.named[l.port-firstNamed]}
	own.stem = own.name
	if stem, whole := strings.CutSuffix(own.name, "/1"); whole && t.wholly(stem) {
		own.stem = stem
	}
	return t.laneName(own, l)
}

// wholly reports whether the "/1" behind a name of a port is optional: no other port of the type stands
// beside that.
func (t *deviceType) wholly(stem string) bool {
	return t != nil && len(t.ports) > 0 && t.ports[stem+"/2"] == "" && t.ports[stem+"/0"] == ""
}

// portID is the port in an object id: 21, or 21:2 for its lane 2. What has no number is
// there by its name.
func (c *switchClass) portID(l lane) string {
	if l.port < firstNamed {
		return portID(l)
	}
	name := c.named[l.port-firstNamed]
	return name + c.on[name] + strings.TrimPrefix(portID(l), portID(lane{port: l.port}))
}

// laneOf reads a port of an object id; anything else is not a lane of any zone.
func (c *switchClass) laneOf(id string) lane {
	id = c.offModule(id)
	if at := slices.Index(c.named, id); at >= 0 {
		return lane{port: firstNamed + at}
	}
	if i := strings.LastIndexByte(id, ':'); i >= 0 {
		if at := slices.Index(c.named, id[:i]); at >= 0 {
			return lane{firstNamed + at, parseLane("0" + id[i:]).lane}
		}
	}
	return parseLane(id)
}

// offModule is the port in an object id without the module that it is, or was, on: another one may
// have the same port.
func (c *switchClass) offModule(id string) string {
	name, on, is := strings.Cut(id, "@")
	if !is || c.on[name] == "" {
		return id
	}
	if at := strings.LastIndexByte(on, ':'); at >= 0 && "@"+on != c.on[name] && isNumber(on[at+1:]) {
		return name + on[at:]
	}
	return name
}

// called is how a plan calls a port.
func (c *switchClass) called(port int) string { return c.offModule(c.portID(lane{port: port})) }
