package generate

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/diet-project/diet/generate/natural"
)

// cage is one port of an imported type, by the number that plans use.
type cage struct {
	name string // of the whole port
	stem string // what the names of its lanes begin with
}

// cagesOf numbers the ports of an imported type: the number is the last one in a port's
// name. Of several rows with one number, the longest row has it; ports that are for
// management only have none. An optional "/1" of a port that has no lane 2 is no number.
func cagesOf(t *libraryType) map[int]cage {
	names := make(map[string]bool, len(t.Interfaces))
	for i := range t.Interfaces {
		names[t.Interfaces[i].Name] = true
	}
	rows := map[string]map[int]cage{}
	for i := range t.Interfaces {
		p := &t.Interfaces[i]
		if p.MgmtOnly != nil && *p.MgmtOnly {
			continue
		}
		stem, whole := strings.CutSuffix(p.Name, "/1")
		if !whole || names[stem+"/2"] {
			stem = p.Name
		}
		row := strings.TrimRight(stem, "0123456789")
		n, err := strconv.Atoi(stem[len(row):])
		if err != nil || n > maxPort {
			continue
		}
		if rows[row] == nil {
			rows[row] = map[int]cage{}
		}
		rows[row][n] = cage{p.Name, stem}
	}
	out := map[int]cage{}
	order := slices.SortedFunc(maps.Keys(rows), func(a, b string) int {
		return cmp.Or(len(rows[b])-len(rows[a]), natural.Compare(a, b))
	})
	for _, row := range order {
		for n, c := range rows[row] {
			if _, taken := out[n]; !taken {
				out[n] = c
			}
		}
	}
	return out
}

// laneStyle is how a maker's system names the lanes of a port.
type laneStyle struct {
	between string
	first   int
}

// laneStyles are those of makers that do not write <port>/<lane> from 1, as Arista EOS and
// Cisco NX-OS do.
var laneStyles = map[string]laneStyle{
	"juniper": {":", 0}, // Junos: et-0/0/1:0
	"dell":    {":", 1}, // OS10: ethernet1/1/1:1
}

// lanes is how the lanes of a port are named.
func (t *deviceType) lanes(c cage) laneStyle {
	if strings.HasPrefix(c.stem, "swp") {
		return laneStyle{"s", 0} // Cumulus Linux: swp1s0
	}
	if t.known() && c.stem == c.name {
		if s, ok := laneStyles[t.body.Manufacturer]; ok {
			return s
		}
	}
	return laneStyle{"/", 1}
}

// portName is the name of a lane on a device of the type: the device's own where it was
// imported, unless it has ports named E1/<port>. "" is a port that it lacks.
func (t *deviceType) portName(l lane) string {
	if t == nil || t.lib == nil || t.ports[portName(lane{port: l.port})] != "" {
		return portName(l)
	}
	c, ok := t.cages[l.port]
	if !ok {
		return ""
	}
	return t.laneName(c, l)
}

// laneName is the name of a lane of a port.
func (t *deviceType) laneName(c cage, l lane) string {
	if l.lane == 0 {
		return c.name
	}
	s := t.lanes(c)
	return c.stem + s.between + strconv.Itoa(l.lane-1+s.first)
}

// checkOwnNames reports ports that an imported type lacks, with those that it has, and
// lanes that would be named like another port.
func (m *model) checkOwnNames(z *zone, t *deviceType) {
	whole := map[string]int{}
	for n, c := range t.cages {
		whole[c.name] = n
	}
	for _, l := range z.lanes {
		name := m.portName(z.class, l)
		if name == "" {
			names := slices.SortedFunc(maps.Keys(t.ports), natural.Compare)
			m.fs.add(z.path+".ports", "a port's number is the last one in its name; there are "+strconv.Itoa(len(names))+": "+listWords(names, 8),
				"the device type %s has no port %d", z.class.typ, l.port)
			return
		}
		if n, other := whole[name]; other && n != l.port {
			m.fs.add(z.path+".breakout", "", "lane %d of port %s of %s would be named %q, as port %d is",
				l.lane, z.class.called(l.port), z.class.typ, name, n)
			return
		}
	}
}
