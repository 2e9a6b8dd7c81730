package generate

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Breakout is one cable of the lanes of a port: from the port to what each lane leads to.
type Breakout struct {
	ID      string `json:"id"`
	Source  string `json:"source"`  // the class of the port's device
	Profile string `json:"profile"` // NetBox's, such as breakout-1c4p-4c1p
	A       string `json:"a"`       // interface object id of the port

	// B are the interfaces at the other end, by lane; "" is a lane that leads nowhere. It is one
	// port where both ends are the same lanes of a port.
	B []string `json:"b"`

	// Cables are the cables of the lanes.
	Cables []string `json:"cables"`

	// Lanes are the interfaces of the lanes that are cabled, by the field of the plug.
	Lanes map[string][]string `json:"-"`

	like Cable // what all of them say
}

// breakoutProfiles and straightProfiles are NetBox's profiles by the lanes of a port, with the
// release that brought each: from one port to several, and from port to port.
var (
	breakoutProfiles = map[int]profile{
		2: {"breakout-1c2p-2c1p", [3]int{4, 5, 4}}, 4: {"breakout-1c4p-4c1p", [3]int{4, 5, 0}},
		6: {"breakout-1c6p-6c1p", [3]int{4, 5, 0}}, 8: {"breakout-1c8p-8c1p", [3]int{4, 6, 2}},
	}
	straightProfiles = map[int]profile{
		2: {"single-1c2p", [3]int{4, 5, 0}}, 4: {"single-1c4p", [3]int{4, 5, 0}}, 6: {"single-1c6p", [3]int{4, 5, 0}},
		8: {"single-1c8p", [3]int{4, 5, 0}}, 12: {"single-1c12p", [3]int{4, 5, 0}}, 16: {"single-1c16p", [3]int{4, 5, 0}},
	}
)

// IsBreakout reports whether a profile is that of a cable from one port to several.
func IsBreakout(name string) bool {
	for _, p := range breakoutProfiles {
		if p.name == name {
			return true
		}
	}
	return false
}

// PortOfBreakout is the id of the port that the one cable of a broken-out port is of.
func PortOfBreakout(cable string) string { return strings.TrimSuffix(cable, "~") }

// profile is a profile of NetBox's and the release that brought it.
type profile struct {
	name  string
	since [3]int
}

// in reports whether a release has the profile; "" is the newest.
func (p profile) in(release string) bool {
	if release == "" {
		return true
	}
	var have [3]int
	for i, text := range strings.SplitN(strings.TrimPrefix(release, "v"), ".", 3) {
		digits := strings.TrimRight(text, "abcdefghijklmnopqrstuvwxyz-.ABCDEFGHIJKLMNOPQRSTUVWXYZ")
		if end := strings.IndexFunc(digits, func(r rune) bool { return r < '0' || r > '9' }); end >= 0 {
			digits = digits[:end]
		}
		have[i], _ = strconv.Atoi(digits)
	}
	return slices.Compare(have[:], p.since[:]) >= 0
}

// trunkOf is the port that a lane is of, where the plan wants one cable of all its lanes.
func (e *emitter) trunkOf(z *zone, l lane) *Interface {
	if !e.plan.Spec.Interfaces.Profiles || l.lane == 0 {
		return nil
	}
	whole, first := lane{port: l.port}, lane{l.port, 1}
	t := &Interface{ID: z.class.portID(whole), Name: e.portName(z.class, whole)}
	if t.Name == e.portName(z.class, first) {
		t.ID = z.class.portID(first) // the port is called as its first lane
	}
	typ := cmp.Or(e.typeOf(&z.class.device).portType(t.Name), speedTypes[z.brk.lanes*z.brk.speed], otherType)
	t.PortTraits = alike(e.ports, PortTraits{Source: z.class.id, Type: typ, Enabled: true})
	return t
}

// replaces notes that the cable of a lane is what there is instead of one of the whole port.
func (e *emitter) replaces(x end, id, cable string) {
	if x.lanes < 2 {
		return
	}
	port, _, _ := SplitLane(id)
	e.replaced[port+"~"] = append(e.replaced[port+"~"], cable)
}

// Instead are what a topology has instead of a cable that it does not have: a breakout for the
// cable of a lane, those of the lanes for a breakout.
func (t *Topology) Instead(cable string) []string { return t.replaced[cable] }

// Traded are the cables that a topology has others instead of, by those others.
func (t *Topology) Traded() map[string][]string {
	out := make(map[string][]string, len(t.replaced))
	for _, was := range slices.Sorted(maps.Keys(t.replaced)) {
		for _, cable := range t.replaced[was] {
			out[cable] = append(out[cable], was)
		}
	}
	return out
}

// cables is how many cables NetBox is to have.
func (t *Topology) cables() int {
	if t.Breakouts == nil {
		return len(t.Cables)
	}
	return len(t.single) + len(t.Breakouts)
}

// cableAt is the i-th of them: a cable, or a breakout.
func (t *Topology) cableAt(i int) (*Cable, *Breakout) {
	switch {
	case t.Breakouts == nil:
		return &t.Cables[i], nil
	case i < len(t.single):
		return &t.Cables[t.single[i]], nil
	}
	return nil, &t.Breakouts[i-len(t.single)]
}

func (b *Breakout) object() Object {
	o := b.like.object()
	o.ID, o.Name, o.Source = b.ID, b.ID, b.Source
	o.Fields["profile"], o.Fields["a"] = b.Profile, Ref{Kind: "interface", Object: b.A}
	for i, port := range b.B {
		field := plugField(i + 1)
		if o.Fields[field] = nil; port != "" {
			o.Fields[field] = Ref{Kind: "interface", Object: port}
		}
	}
	return o
}

// plugField is the field of a plug at the far end of a breakout, by number.
func plugField(n int) string {
	if n == 1 {
		return "b"
	}
	return "b" + strconv.Itoa(n)
}

func (b *Breakout) stated(buf []byte) []byte {
	buf = stateTexts(buf, b.ID, b.Source, b.Profile, b.A)
	return b.like.stated(stateTexts(buf, b.B...))
}

// trunk is a port that is broken out, with the cables of its lanes.
type trunk struct {
	id    string
	port  *Interface // as it is to be
	lanes int
	uses  []laneUse
	far   map[string]bool // the broken-out ports at the other ends
	taken bool
}

// laneUse is a cable of a lane, and the other end of it.
type laneUse struct {
	lane, cable int
	near, far   *Interface
	first       bool // the lane is the A end
}

// joinLanes makes one cable of the lanes of each port that is broken out, where NetBox has a
// profile for it; where it has none, the lanes keep theirs, and people are told.
func (m *model) joinLanes(t *Topology, release string) {
	if !m.plan.Spec.Interfaces.Profiles {
		return
	}
	trunks, ports := trunksOf(t)
	called := make(map[string]*trunk, len(trunks))
	for _, x := range trunks {
		called[x.port.ID] = x
	}
	told, first := map[string]int{}, map[string]string{}
	joined := make([]bool, len(t.Cables))
	var more []Interface
	for _, id := range slices.Sorted(maps.Keys(trunks)) {
		x := trunks[id]
		if x.taken {
			continue
		}
		b, why := x.join(t, trunks, release)
		if why != "" {
			if told[why]++; told[why] == 1 {
				first[why] = id
			}
			continue
		}
		for _, u := range x.uses {
			joined[u.cable] = true
			t.replaced[t.Cables[u.cable].ID] = []string{b.ID}
		}
		t.Breakouts = append(t.Breakouts, b)
		delete(t.replaced, b.ID)
		more = append(more, trunks[strings.TrimSuffix(b.ID, "~")].inUse(ports)...)
		if other := called[b.B[0]]; other != nil && len(b.B) == 1 {
			delete(t.replaced, other.id+"~")
			more = append(more, other.inUse(ports)...)
		}
	}
	for i := range joined {
		if !joined[i] {
			t.single = append(t.single, i)
		}
	}
	t.Interfaces = append(t.Interfaces, more...)
	slices.SortFunc(t.Interfaces, func(a, b Interface) int { return strings.Compare(a.ID, b.ID) })
	slices.SortFunc(t.Breakouts, func(a, b Breakout) int { return strings.Compare(a.ID, b.ID) })
	for _, why := range slices.Sorted(maps.Keys(told)) {
		t.Unsaid = append(t.Unsaid, fmt.Sprintf("%d broken-out ports have a cable a lane (the first %s): %s", told[why], first[why], why))
	}
}

// trunksOf are the broken-out ports of a topology, and its interfaces, by id.
func trunksOf(t *Topology) (map[string]*trunk, map[string]*Interface) {
	ports := make(map[string]*Interface, len(t.Interfaces))
	for i := range t.Interfaces {
		ports[t.Interfaces[i].ID] = &t.Interfaces[i]
	}
	out := map[string]*trunk{}
	use := func(lane, far *Interface, cable int, first bool) {
		if lane.trunk == nil {
			return
		}
		x := out[lane.Port()]
		if x == nil {
			port := *lane.trunk
			port.On, port.CustomFields = lane.On, lane.CustomFields
			port.ID, port.Device = lane.Device+"/"+port.ID, lane.Device
			x = &trunk{id: lane.Port(), port: &port, lanes: lane.Lanes, far: map[string]bool{}}
			out[x.id] = x
		}
		n, _ := strconv.Atoi(lane.ID[len(x.id)+1:])
		if x.uses = append(x.uses, laneUse{n, cable, lane, far, first}); far.trunk != nil {
			x.far[far.Port()] = true
		}
	}
	for i := range t.Cables {
		a, b := ports[t.Cables[i].A], ports[t.Cables[i].B]
		use(a, b, i, true)
		use(b, a, i, false)
	}
	return out, ports
}

// join makes the one cable of a port; or says why there is none.
func (x *trunk) join(t *Topology, trunks map[string]*trunk, release string) (Breakout, string) {
	like := t.Cables[x.uses[0].cable]
	b := Breakout{ID: x.id + "~", Source: x.port.Source, A: x.port.ID, Lanes: map[string][]string{}, like: like}
	for _, u := range x.uses {
		if !sayAlike(&like, &t.Cables[u.cable]) {
			return b, "their links say different things of the cables"
		}
		b.Cables = append(b.Cables, t.Cables[u.cable].ID)
	}
	slices.Sort(b.Cables)
	known := breakoutProfiles
	if len(x.far) > 0 {
		known = straightProfiles
	}
	p, there := known[x.lanes]
	switch {
	case !there:
		return b, fmt.Sprintf("NetBox has no profile of %d lanes for them", x.lanes)
	case !p.in(release):
		return b, fmt.Sprintf("the profile %s came with NetBox %d.%d.%d, and this is %s", p.name, p.since[0], p.since[1], p.since[2], release)
	case len(x.far) > 0 && !x.straight(trunks):
		return b, "both ends of their cables are lanes, and not the same ones of one port"
	}
	if b.Profile = p.name; len(x.far) > 0 {
		x.along(trunks, &b)
		return b, ""
	}
	b.B = make([]string, x.lanes)
	for _, u := range x.uses {
		b.B[u.lane-1], b.Lanes[plugField(u.lane)] = u.far.ID, []string{u.near.ID}
	}
	return b, ""
}

// straight reports whether the lanes of a port lead to the same lanes of one other.
func (x *trunk) straight(trunks map[string]*trunk) bool {
	if len(x.far) != 1 {
		return false
	}
	for far := range x.far {
		other := trunks[far]
		same := other.lanes == x.lanes && len(other.uses) == len(x.uses) && len(other.far) == 1 && other.far[x.id]
		for _, u := range x.uses {
			same = same && u.far.trunk != nil && u.far.ID == far+":"+strconv.Itoa(u.lane)
		}
		return same
	}
	return false
}

// along makes a cable one from port to port: its A is that of the cables.
func (x *trunk) along(trunks map[string]*trunk, b *Breakout) {
	for _, u := range x.uses {
		b.Lanes["b"] = append(b.Lanes["b"], u.near.ID, u.far.ID)
	}
	for far := range x.far {
		other := trunks[far]
		if other.taken = true; !x.uses[0].first {
			b.ID, b.Source, b.A = other.id+"~", other.port.Source, other.port.ID
			other = x
		}
		b.B = []string{other.port.ID}
	}
}

// inUse is the port of a breakout where a topology, by its interfaces, does not have it yet; one that it
// has as broken out is in use again.
func (x *trunk) inUse(ports map[string]*Interface) []Interface {
	has := ports[x.port.ID]
	if has == nil {
		return []Interface{*x.port}
	}
	traits := *has.PortTraits
	traits.Disabled, traits.Enabled = false, true
	has.PortTraits = &traits
	return nil
}

// sayAlike reports whether two cables say the same but for what they are plugged into.
func sayAlike(a, b *Cable) bool {
	traits := *b.CableTraits
	traits.Source = a.Source
	other := Cable{ID: a.ID, A: a.A, B: a.B, CableTraits: &traits, CustomFields: b.CustomFields}
	return string(a.stated(nil)) == string(other.stated(nil))
}
