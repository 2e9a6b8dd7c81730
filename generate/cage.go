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
// management only have none. An optional "/1" is no number: that of a port beside which no 2 or 0 stands.
func cagesOf(ports []libraryPort) map[int]cage {
	names := make(map[string]bool, len(ports))
	for i := range ports {
		names[ports[i].Name] = true
	}
	rows := map[string]map[int]cage{}
	for i := range ports {
		p := &ports[i]
		if p.MgmtOnly != nil && *p.MgmtOnly {
			continue
		}
		stem, whole := strings.CutSuffix(p.Name, "/1")
		if !whole || names[stem+"/2"] || names[stem+"/0"] {
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

// laneStyle is the pattern of a maker's names of lanes: what stands between the port and the
// lane, and the number of the first lane.
func laneStyle(between string, first int) *pattern {
	return &pattern{parts: []patternPart{{word: "name"}, {literal: between}, {word: "n", add: first - 1}}}
}

// The names of lanes by what the makers' own guides say.
//
// Most write <port>/<lane> from 1. Arista: "Ethernet1/1 to Ethernet1/8" of an OSFP port 1 (EOS
// user manual, Layer 1 Profiles). Cisco NX-OS: Ethernet1/1/1 (Nexus 9000 interfaces guide,
// interface breakout). Nokia: ethernet-1/3/1 to 1/3/4 (SR Linux interfaces guide, Breakout
// ports). SONiC: the aliases Eth1/1 to Eth1/4 of Eth1 (platform.json, breakout_modes).
var (
	slashed = laneStyle("/", 1)
	// NVIDIA: swp1s0 to swp1s3 (Cumulus Linux user guide, Switch Port Attributes).
	cumulus = laneStyle("s", 0)
)

// laneStyles are those of makers that write them otherwise, by slug.
//
// Juniper: type-fpc/pic/port:channel, "channel 0 identifies the first channelized interface"
// (Junos OS, Interface Naming Conventions). Dell: ethernet 1/1/1:1 (OS10 user guide, Interface
// breakout). Huawei: 40GE x/y/n:1 to x/y/n:4, the dimension numbering rule of V100R003C00 and
// later (CloudEngine troubleshooting guide, How Are Converted Interfaces Numbered). H3C, and
// HPE with the same system: A/B/C:D, D from 1 to 4 (Comware interface guide, Ethernet interface
// naming conventions). Aruba: 1/1/1:1, the port with the lane as its suffix (AOS-CX guide, Port
// splitting and breakout cable support).
var laneStyles = map[string]*pattern{
	"juniper": laneStyle(":", 0),
	"dell":    laneStyle(":", 1),
	"huawei":  laneStyle(":", 1),
	"h3c":     laneStyle(":", 1),
	"hpe":     laneStyle(":", 1),
	"aruba":   laneStyle(":", 1),
}

// compileLanes reads how a type names lanes; nil where the plan does not say.
func (m *model) compileLanes(path, text string) *pattern {
	if text == "" {
		return nil
	}
	p := m.compilePattern(path, text, []string{"name", "lane"})
	if !p.counts() || !slices.ContainsFunc(p.parts, func(x patternPart) bool { return x.word == "name" }) {
		m.fs.add(path, "such as {name}/{lane}, or {name}:{lane-1} where lanes count from 0", "names of lanes hold {name} and {lane}")
	}
	return p
}

// laneNames is how the lanes of a port are named.
func (t *deviceType) laneNames(c cage) *pattern {
	if t != nil && t.lanes != nil {
		return t.lanes
	}
	if strings.HasPrefix(c.stem, "swp") {
		return cumulus
	}
	if t.known() && c.stem == c.name {
		if s := laneStyles[t.body.Manufacturer]; s != nil {
			return s
		}
	}
	return slashed
}

// portName is the name of a lane on a device of the type: the device's own where it was
// imported, unless it has ports named E1/<port>. "" is a port that it lacks.
func (t *deviceType) portName(l lane) string {
	if whole := portName(lane{port: l.port}); t == nil || t.lib == nil || t.ports[whole] != "" {
		if t != nil && t.lanes != nil {
			return t.laneName(cage{name: whole, stem: whole}, l)
		}
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
	return t.laneNames(c).expand(&scope{words: map[string]string{"name": c.stem}, n: l.lane})
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
