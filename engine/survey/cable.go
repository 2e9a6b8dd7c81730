package survey

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/generate/natural"
)

// ports are the interfaces and cables of a site and of a topology.
type ports struct {
	have  map[int64][]*Port                // by device, in natural order
	want  map[string][]*generate.Interface // by device
	far   map[int64]int64                  // what an interface is cabled to
	to    map[string]string                // the same, of the topology
	of    map[int64]*Port
	iface map[string]*generate.Interface

	aside *ports // those that carry no data
	known map[pairing]map[string]*Port
}

// pairing is a device of the site, and what it may be.
type pairing struct {
	device int64
	object string
}

// newPorts reads them; those that carry no data stand aside.
func newPorts(s *Site, topo *generate.Topology) *ports {
	p := readPorts(s, topo, false)
	p.aside = readPorts(s, topo, true)
	return p
}

func readPorts(s *Site, topo *generate.Topology, aside bool) *ports {
	p := &ports{
		have: map[int64][]*Port{}, want: map[string][]*generate.Interface{}, far: map[int64]int64{}, to: map[string]string{},
		of: map[int64]*Port{}, iface: map[string]*generate.Interface{}, known: map[pairing]map[string]*Port{},
	}
	for i := range s.Ports {
		x := &s.Ports[i]
		if aside != x.aside() || x.Type == lagType {
			continue // LAGs are told by their members
		}
		p.have[x.Device], p.of[x.ID] = append(p.have[x.Device], x), x
	}
	for _, list := range p.have {
		slices.SortFunc(list, func(a, b *Port) int { return natural.Compare(a.Name, b.Name) })
	}
	for i := range topo.Interfaces {
		x := &topo.Interfaces[i]
		if aside != (x.Kind != "" && x.Feed == nil) || x.Type == lagType {
			continue // what carries data is told apart by its cables
		}
		p.want[x.Device], p.iface[x.ID] = append(p.want[x.Device], x), x
	}
	for _, list := range p.want {
		slices.SortFunc(list, func(a, b *generate.Interface) int { return natural.Compare(a.Name, b.Name) })
	}
	for _, c := range s.byLane() {
		if !aside && c.AKind == data.near {
			p.far[c.A], p.far[c.B] = c.B, c.A
		}
	}
	for _, c := range topo.Cables {
		p.to[c.A], p.to[c.B] = c.B, c.A
	}
	return p
}

// pairs finds which interfaces of a device are which of the plan's: by name, by the number of
// the port and lane, and by order where as many are of one type.
func (p *ports) pairs(device int64, object string) map[string]*Port {
	if out, ok := p.known[pairing{device, object}]; ok {
		return out
	}
	out := map[string]*Port{}
	p.known[pairing{device, object}] = out
	have, want := map[string][]*Port{}, map[string][]*generate.Interface{}
	for _, x := range p.have[device] {
		have[x.Kind] = append(have[x.Kind], x)
	}
	for _, w := range p.want[object] {
		kind := cmp.Or(w.Kind, data.near)
		want[kind] = append(want[kind], w)
	}
	for kind, list := range want {
		p.pairsOf(have[kind], list, out)
	}
	return out
}

// pairsOf does so for the ports of one kind.
func (p *ports) pairsOf(have []*Port, want []*generate.Interface, out map[string]*Port) {
	used, byName := map[int64]bool{}, map[string]*Port{}
	for _, x := range have {
		byName[x.Name] = x
	}
	var open []*generate.Interface
	for _, w := range want {
		if x := byName[w.Name]; x != nil {
			out[w.ID], used[x.ID] = x, true
			continue
		}
		open = append(open, w)
	}
	var free []*Port
	for _, x := range have {
		if !used[x.ID] {
			free = append(free, x)
		}
	}
	if len(open) == 0 || len(free) == 0 {
		return
	}
	if !p.byNumber(open, free, out) {
		p.byOrder(open, free, out)
	}
}

// number is what the name of a port of a switch says: the port and its lane.
type portNumber struct{ port, lane int }

// byNumber pairs the ports of a switch by their numbers, where these are of one row of names;
// a row that has a 0 counts from there. It reports whether the numbers say anything.
func (p *ports) byNumber(open []*generate.Interface, free []*Port, out map[string]*Port) bool {
	want := map[portNumber]*generate.Interface{}
	for _, w := range open {
		_, at, _ := strings.Cut(w.ID, "]/")
		if word, number, is := strings.Cut(at, ":"); is && isMedium(word) {
			at = number
		}
		port, lane, _ := strings.Cut(at, ":")
		n, err := strconv.Atoi(port)
		if err != nil {
			return false // a node's, or a port that has a name
		}
		l, _ := strconv.Atoi(lane)
		want[portNumber{n, l}] = w
	}
	names := make([]string, len(free))
	for i, x := range free {
		names[i] = x.Name
	}
	cut := cuts(names, "", nil)
	for _, name := range names { // Ethernet49/1 is port 49, where it has no second lane
		stem, first := strings.CutSuffix(name, "/1")
		if lane, has := cut[stem+"/2"]; first && !has && numbered.MatchString(stem) {
			lane.port = stem
			cut[name] = lane
		}
	}
	best := longestRow(free, cut)
	shift := 0
	for n := range best {
		if n.port == 0 && want[portNumber{0, n.lane}] == nil {
			shift = -1
		}
	}
	for n, w := range want {
		if x := best[portNumber{n.port + shift, n.lane}]; x != nil {
			out[w.ID] = x
		}
	}
	return true
}

// longestRow are the ports of the row of names that has most, by their numbers.
func longestRow(free []*Port, cut map[string]cut) map[portNumber]*Port {
	rows := map[string]map[portNumber]*Port{}
	for _, x := range free {
		k := cut[x.Name]
		m := numbered.FindStringSubmatch(k.port)
		if m == nil {
			continue
		}
		n, err := strconv.Atoi(m[2])
		if err != nil {
			continue
		}
		if rows[m[1]] == nil {
			rows[m[1]] = map[portNumber]*Port{}
		}
		rows[m[1]][portNumber{n, k.lane}] = x
	}
	best, most := map[portNumber]*Port(nil), 0
	for _, row := range sortedKeys(rows) {
		if len(rows[row]) > most {
			best, most = rows[row], len(rows[row])
		}
	}
	return best
}

// byOrder pairs the ports of a node in order, where as many of a type are there as the plan
// wants.
func (p *ports) byOrder(open []*generate.Interface, free []*Port, out map[string]*Port) {
	want, have := map[string][]*generate.Interface{}, map[string][]*Port{}
	for _, w := range open {
		typ := p.typed(w.Type)
		want[typ] = append(want[typ], w)
	}
	for _, x := range free {
		typ := p.typed(x.Type)
		have[typ] = append(have[typ], x)
	}
	for typ, list := range want {
		if len(have[typ]) != len(list) {
			continue
		}
		slices.SortFunc(list, func(a, b *generate.Interface) int { return natural.Compare(a.ID, b.ID) })
		for i, w := range list {
			out[w.ID] = have[typ][i]
		}
	}
}

// typed is what a type tells ports apart by: those that carry no data are of one sort.
func (p *ports) typed(typ string) string {
	if p.aside == nil {
		return ""
	}
	return typ
}

// byCables maps devices that nothing else tells of by the ports that they are plugged into:
// all of them those of one device of the plan, of the same type.
func (m *matcher) byCables() {
	plug := map[int64]string{} // the plan's ports of devices that are mapped
	for object, id := range m.is {
		if m.devices[object] == nil {
			continue
		}
		for port, x := range m.ports.pairs(id, object) {
			plug[x.ID] = port
		}
	}
	found := map[string][]*Device{}
	for i := range m.site.Devices {
		d := &m.site.Devices[i]
		if m.taken[placeID{deviceKind, d.ID}] != "" || m.unsure[d.ID] != "" && !m.strays[d.ID] {
			continue
		}
		if object, n := m.plugged(d, plug); object != "" && (n > 1 || !m.strays[d.ID]) && m.disagrees(d, object) == "" {
			found[object] = append(found[object], d)
		}
	}
	for _, object := range sortedKeys(found) {
		if d := found[object][0]; len(found[object]) == 1 && (m.strays[d.ID] || m.stands(d, m.devices[object]) >= 0) {
			m.take(object, placeID{deviceKind, d.ID}, "it is cabled as that one is in the plan")
		}
	}
}

// plugged is the one device of the plan that the cables of a device are, and how many tell; ""
// for none. Of a device that was moved a few may be others.
func (m *matcher) plugged(d *Device, plug map[int64]string) (object string, n int) {
	counts, all := map[string]int{}, 0
	for _, x := range m.ports.have[d.ID] {
		if port := plug[m.ports.far[x.ID]]; port != "" {
			counts[generate.DeviceOf(m.ports.to[port])]++
			all++
		}
	}
	for _, is := range sortedKeys(counts) {
		if counts[is] > n {
			object, n = is, counts[is]
		}
	}
	certain := n == all || m.strays[d.ID] && n > 2*(all-n)
	if !certain || object == "" || m.is[object] != 0 || m.devices[object].Type != d.Type ||
		m.devices[object].Role != d.Role {
		return "", 0
	}
	return object, n
}

// portEntries are the lines of interfaces that have other names than in the plan.
func (m *matcher) portEntries() []Entry {
	var out []Entry
	for _, object := range sortedKeys(m.is) {
		d := m.devices[object]
		if d == nil || m.why[object] == "" {
			continue
		}
		for _, ports := range []*ports{m.ports, m.ports.aside} {
			pairs := ports.pairs(m.is[object], object)
			for _, port := range sortedKeys(pairs) {
				if x, name := pairs[port], ports.iface[port].Name; x.Name != name {
					out = append(out, Entry{
						Kind: x.Kind, ID: x.ID, Called: x.Name, Place: m.calls(m.is[object]), Type: x.Type, Object: port, Name: ofPlan,
						Why: fmt.Sprintf("the plan calls it %s", name),
					})
				}
			}
		}
	}
	return append(append(out, m.lagEntries(m.lags)...), m.feedEntries()...)
}

// calls is the name of a device of the site.
func (m *matcher) calls(id int64) string {
	for i := range m.site.Devices {
		if m.site.Devices[i].ID == id {
			return m.site.Devices[i].Name
		}
	}
	return ""
}
