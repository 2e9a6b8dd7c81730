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

// placeID is an object of NetBox.
type placeID struct {
	kind string
	id   int64
}

// matcher maps what stands at a site to a topology.
type matcher struct {
	site *Site // without what plans own
	topo *generate.Topology

	devices map[string]*generate.Device // by object id
	at      map[string]map[int]string   // the devices that are not the plan's yet, by class and ordinal
	types   map[string]string           // of the classes
	roles   map[string]string           // the same
	is      map[string]int64            // NetBox ids, by object id
	taken   map[placeID]string          // object ids
	why     map[string]string           // by object id
	unsure  map[int64]string            // why a device is not mapped
	moved   []displaced                 // devices that stand elsewhere than their names say
	strays  map[int64]bool              // devices whose names tell of another place
	said    map[int64]bool              // devices whose names tell the rack and unit that they are in
	groups  []group                     // of devices, by their names
	in      map[int64]*group            // the same, by device
	named   map[string]int              // how many devices of a class were told by their names
	words   map[string]int              // how many words of a class those names hold
	fromOne map[string]bool             // groups that have names of the plan's, which may count from 0 all the same
	ports   *ports
	lags    *lags
}

// Match maps the racks, devices and interfaces of a site to those of a topology: by names of the
// plan's, by the numbers in names of one pattern, and by rack and unit where cables say the same.
// What these contradict each other about is left to people.
func Match(all *Site, topo *generate.Topology) []Entry {
	free, _ := all.free()
	m := &matcher{
		site: free, topo: topo, devices: map[string]*generate.Device{}, at: map[string]map[int]string{},
		is: map[string]int64{}, taken: map[placeID]string{}, why: map[string]string{}, unsure: map[int64]string{},
		strays: map[int64]bool{}, named: map[string]int{}, words: map[string]int{}, fromOne: map[string]bool{},
		in: map[int64]*group{}, said: map[int64]bool{},
	}
	for i := range topo.Devices {
		m.devices[topo.Devices[i].ID] = &topo.Devices[i]
	}
	for _, d := range all.Devices {
		if d.Plan == topo.Plan.Key {
			m.is[d.Object], m.taken[placeID{deviceKind, d.ID}] = d.ID, d.Object
		}
	}
	for _, r := range all.Racks {
		if r.Plan == topo.Plan.Key {
			m.is[r.Object], m.taken[placeID{rackKind, r.ID}] = r.ID, r.Object
		}
	}
	m.ports, m.lags = newPorts(all, topo), all.lags()
	m.matchRacks()
	m.matchDevices()
	return m.entries()
}

// take notes what an object of NetBox is, unless something else is that already.
func (m *matcher) take(object string, at placeID, why string) {
	if object == "" || m.is[object] != 0 || m.taken[at] != "" {
		return
	}
	m.is[object], m.taken[at], m.why[object] = at.id, object, why
}

// ordinalOf is the number in an object id.
func ordinalOf(object string) int {
	_, rest, _ := strings.Cut(object, "[")
	number, _, _ := strings.Cut(rest, "]")
	n, _ := strconv.Atoi(number) // of an id: is one
	return n
}

// guess is what a group of devices may be.
type guess struct {
	group  group
	class  string
	shift  int
	agree  int  // devices that stand where the plan has them
	differ int  // and that do not
	akin   int  // words that they have in common
	plain  bool // nothing but the numbers is needed to tell the shift
}

// weight is how well a guess is founded in places.
func (g guess) weight() int { return g.agree - 2*g.differ }

// matchDevices maps devices: by their names; groups by their numbers, the best founded first; then
// what is left by its place and by its cables.
func (m *matcher) matchDevices() {
	m.types, m.roles = map[string]string{}, map[string]string{}
	for i := range m.topo.Devices {
		d := &m.topo.Devices[i]
		if m.at[d.Source] == nil {
			m.at[d.Source], m.types[d.Source], m.roles[d.Source] = map[int]string{}, d.Type, d.Role
		}
		if m.is[d.ID] == 0 {
			m.at[d.Source][d.Ordinal] = d.ID
		}
	}
	m.byName()
	m.racksByDevices()
	settled := m.matchGroups()
	m.findStrays()
	m.findOutOfOrder()
	m.byPlace()
	m.takeMoved()
	m.byCables()
	m.takeMoved()
	for _, g := range settled {
		m.verify(g)
	}
}

// matchGroups settles what each group is: of several guesses the best founded, unless another is as
// good. What one group is may tell of another one.
func (m *matcher) matchGroups() []guess {
	guesses := m.guesses()
	done := map[string]bool{}
	var out []guess
	for again := true; again; {
		again = false
		tried := map[string]bool{}
		for i, g := range guesses {
			group := m.groupID(g.group)
			if done[group] || tried[group] || done[g.class] && g.agree == 0 {
				continue
			}
			if tried[group] = true; m.doubtful(guesses, i) {
				done[group] = true
				continue
			}
			if g, ok := m.founded(guesses, g); ok {
				m.settle(g)
				done[group], done[g.class], again = true, true, true
				out = append(out, g)
			}
		}
	}
	return out
}

// leave says why a group is not mapped.
func (m *matcher) leave(g group, why string) {
	for _, x := range g.members {
		m.unsure[m.site.Devices[x.at].ID] = why
	}
}

// groupID tells groups apart.
func (m *matcher) groupID(g group) string {
	first := &m.site.Devices[g.members[0].at]
	return fmt.Sprint(first.Type, "\x00", first.Role, "\x00", g.stem)
}

// guesses are all that groups of devices may be, the best founded first.
func (m *matcher) guesses() []guess {
	groups, zero := m.grouped()
	var out []guess
	for _, sort := range sortedKeys(groups) {
		m.groups = append(m.groups, groups[sort]...)
		for _, g := range groups[sort] {
			for _, x := range g.members {
				m.in[m.site.Devices[x.at].ID] = &g
			}
			if g.numbers != nil {
				out = append(out, m.guessesOf(g, zero)...)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b guess) int {
		return cmp.Or(
			cmp.Compare(b.weight(), a.weight()), cmp.Compare(boolean(b.plain), boolean(a.plain)), cmp.Compare(b.akin, a.akin),
			cmp.Compare(len(b.group.members), len(a.group.members)),
		)
	})
	return out
}

// guessesOf are what a group may be: of the classes of its type and role those that have most words in
// common with it. zero says that some names at the site count from 0.
func (m *matcher) guessesOf(g group, zero bool) []guess {
	var out []guess
	closest := 0
	for _, class := range sortedKeys(m.at) {
		first, words := &m.site.Devices[g.members[0].at], akin(g.stem, class)
		if m.types[class] != first.Type {
			continue
		}
		if closest = max(closest, words); m.roles[class] != first.Role {
			continue
		}
		for _, x := range m.shifts(g, class, zero) {
			x.akin = words
			out = append(out, x)
		}
	}
	return slices.DeleteFunc(out, func(x guess) bool { return x.akin < closest })
}

// shifts are how a group may be a class: from whatever number on its names count.
func (m *matcher) shifts(g group, class string, zero bool) []guess {
	low, high, top := slices.Min(g.numbers), slices.Max(g.numbers), 0
	for n := range m.at[class] {
		top = max(top, n)
	}
	full := high-low+1 == top && len(g.numbers) == len(m.at[class])
	var out []guess
	for shift := high - top; shift < low; shift++ {
		if shift < -1 || shift > 0 && high <= top && shift != low-1 || low == 0 && shift != -1 {
			continue
		}
		x := guess{group: g, class: class, shift: shift}
		switch {
		case low == 0 || full && shift == low-1:
			x.plain = true
		case shift > 0 && shift%100 == 0:
			x.plain = true // 101, 1001: from a round number on
		case high <= top && !(full && shift != low-1):
			x.plain = shift == -boolean(zero)
		}
		m.weigh(&x)
		if x.differ*2 <= x.agree {
			out = append(out, x)
		}
	}
	return out
}

// weigh counts the devices of a group that stand where a guess has them.
func (m *matcher) weigh(x *guess) {
	for i, member := range x.group.members {
		want := m.devices[m.at[x.class][x.group.numbers[i]-x.shift]]
		if want == nil || m.is[want.ID] != 0 {
			x.differ++
			continue
		}
		switch m.stands(&m.site.Devices[member.at], want) {
		case 1:
			x.agree++
		case -1:
			x.differ++
		}
	}
}

func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}

// byWiring picks, of the guesses about one group and class that no place tells apart, the one
// that has the cables as the plan has them; without cables, the plain one.
func (m *matcher) byWiring(all []guess, g guess) (guess, bool) {
	best, score, twice := g, 0, false
	for _, o := range all {
		if m.groupID(o.group) != m.groupID(g.group) || o.class != g.class {
			continue
		}
		n := m.wired(o)
		if twice = n == score && o.shift != best.shift || n < score && twice; n > score {
			best, score, twice = o, n, false
		}
	}
	if score == 0 {
		return g, g.plain
	}
	return best, !twice
}

// wired counts the cables of a group that are where the plan has them, if a guess is right.
func (m *matcher) wired(g guess) int {
	n := 0
	for i, member := range g.group.members {
		d, object := &m.site.Devices[member.at], m.at[g.class][g.group.numbers[i]-g.shift]
		if object == "" {
			continue
		}
		for port, x := range m.ports.pairs(d.ID, object) {
			far := m.ports.of[m.ports.far[x.ID]]
			if far == nil {
				continue
			}
			to := m.taken[placeID{deviceKind, far.Device}]
			if to != "" && m.ports.pairs(far.Device, to)[m.ports.to[port]] == far {
				n++
			}
		}
	}
	return n
}

// verify takes a group back that was mapped by its numbers alone, where another number to
// count from has more cables as the plan has them.
func (m *matcher) verify(g guess) {
	if g.agree > 0 {
		return
	}
	own := m.wired(g)
	for _, shift := range []int{g.shift - 1, g.shift + 1} {
		o := g
		if o.shift = shift; m.wired(o) <= own {
			continue
		}
		for i, x := range g.group.members {
			at, object := placeID{deviceKind, m.site.Devices[x.at].ID}, m.at[g.class][g.group.numbers[i]-g.shift]
			if m.taken[at] == object {
				delete(m.taken, at)
				delete(m.is, object)
			}
		}
		m.leave(g.group, "its cables are those of another number than its name has")
		return
	}
}

// stands reports whether a device stands where the plan has another one: 1 it does, -1 it
// does not, 0 nothing tells.
func (m *matcher) stands(d *Device, want *generate.Device) int {
	rack := m.is[want.Rack]
	switch {
	case want.Rack == "" || rack == 0 || d.Rack == 0:
		return 0
	case rack != d.Rack:
		return -1
	case want.Position == 0 || d.Position == 0:
		return 0
	case want.Position != d.Position:
		return -1
	}
	return 1
}

// doubtful reports whether another guess about the group, or about the class, is as good
// where nothing but words speaks for either.
func (m *matcher) doubtful(all []guess, i int) bool {
	g := all[i]
	for j, o := range all {
		group, class := m.groupID(o.group) == m.groupID(g.group), o.class == g.class
		if i == j || group == class || o.weight() != g.weight() || o.akin != g.akin || class && (g.agree > 0 || o.plain != g.plain) {
			continue
		}
		m.leave(g.group, fmt.Sprintf("its name may be of %s or of %s", g.class, o.class))
		if class {
			m.leave(g.group, fmt.Sprintf("others may be %s as well", g.class))
		}
		return true
	}
	return false
}

// settle maps a group by a guess, but for devices that stand elsewhere.
func (m *matcher) settle(g guess) {
	for i, x := range g.group.members {
		d := &m.site.Devices[x.at]
		object := m.at[g.class][g.group.numbers[i]-g.shift]
		want := m.devices[object]
		if want == nil {
			continue
		}
		m.tell(g.class, g.group.stem)
		if m.stands(d, want) < 0 {
			m.unsure[d.ID] = fmt.Sprintf("its name says %s, its place does not", object)
			m.moved = append(m.moved, displaced{d, object})
			continue
		}
		why := fmt.Sprintf("number %d of %s", g.group.numbers[i], g.group.shown())
		if m.stands(d, want) > 0 {
			why += ", and in its place"
		}
		m.take(object, placeID{deviceKind, d.ID}, why)
	}
}

// entries are the lines of the map: all racks and devices, and the interfaces that have
// another name.
func (m *matcher) entries() []Entry {
	var out []Entry
	for i := range m.site.Racks {
		r := &m.site.Racks[i]
		object := m.taken[placeID{rackKind, r.ID}]
		why := m.why[object]
		if object == "" {
			why = "neither its name, nor its number, nor devices in it tell what it is"
		}
		out = append(out, Entry{
			Kind: rackKind, ID: r.ID, Called: r.Name, Place: r.Location, Type: fmt.Sprintf("%dU", r.Units),
			Object: object, Name: ofPlan, Why: why,
		})
	}
	for i := range m.site.Devices {
		d := &m.site.Devices[i]
		object := m.taken[placeID{deviceKind, d.ID}]
		why := m.why[object]
		if object == "" {
			why = cmp.Or(m.unsure[d.ID], m.unfit(d), "nothing tells what it is")
		}
		out = append(out, Entry{
			Kind: deviceKind, ID: d.ID, Called: d.Name, Place: m.site.where(d), Type: d.Type, Object: object, Name: ofPlan, Why: why,
		})
	}
	slices.SortStableFunc(out, func(a, b Entry) int {
		return cmp.Or(strings.Compare(b.Kind, a.Kind), natural.Compare(a.Called, b.Called))
	})
	return append(out, m.portEntries()...)
}
