package survey

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/diet-project/diet/generate"
)

// displaced is a device that stands elsewhere than its name says.
type displaced struct {
	device *Device
	object string
}

// takeMoved maps devices that stand elsewhere than their names say, where their cables say the
// same as their names. What one of them is may tell of another one.
func (m *matcher) takeMoved() {
	for again := true; again; {
		again = false
		for _, x := range m.moved {
			at := placeID{deviceKind, x.device.ID}
			if m.is[x.object] != 0 || m.taken[at] != "" || m.devices[x.object].Role != x.device.Role {
				continue
			}
			if agree, differ := m.cabledAs(x.device, x.object, nil); agree > differ {
				delete(m.unsure, x.device.ID)
				m.take(x.object, at, "its name and its cables; it stands elsewhere")
				again = true
			}
		}
	}
}

// cabledAs counts the cables of a device that lead to where those of an object do in the plan, and
// those that lead to another port of what is mapped, or of what other devices may be.
func (m *matcher) cabledAs(d *Device, object string, maybe map[int64]string) (agree, differ int) {
	for port, x := range m.ports.pairs(d.ID, object) {
		far := m.ports.of[m.ports.far[x.ID]]
		if far == nil {
			continue
		}
		switch to := cmp.Or(m.taken[placeID{deviceKind, far.Device}], maybe[far.Device]); {
		case to == "":
		case m.ports.pairs(far.Device, to)[m.ports.to[port]] == far:
			agree++
		default:
			differ++
		}
	}
	return agree, differ
}

// spot is where something stands, and what it is.
type spot struct {
	rack     int64
	position float64
	typ      string
}

// spots are the places that the plan wants, in racks that are mapped.
func (m *matcher) spots() map[spot]*generate.Device {
	out := map[spot]*generate.Device{}
	for i := range m.topo.Devices {
		if w := &m.topo.Devices[i]; w.Position != 0 && m.is[w.Rack] != 0 {
			out[spot{m.is[w.Rack], w.Position, w.Type}] = w
		}
	}
	return out
}

// findStrays finds devices whose names tell of another place than they have: of those that are
// named alike, nearly all have the unit, or the name of the rack, in theirs. Where both are in
// names, they say which device was to stand where, whether it does or not.
func (m *matcher) findStrays() {
	placed, all := map[string][]*Device{}, map[string][]*Device{}
	for i := range m.site.Devices {
		d := &m.site.Devices[i]
		if m.taken[placeID{deviceKind, d.ID}] != "" {
			continue
		}
		k := d.Type + "\x00" + digits.ReplaceAllString(d.Name, "\x00")
		if all[k] = append(all[k], d); d.Rack != 0 && d.Position != 0 {
			placed[k] = append(placed[k], d)
		}
	}
	wanted := m.spots()
	for _, k := range sortedKeys(placed) {
		racks := m.stray(placed[k], func(d *Device) bool { return d.Rack == m.rackIn(d.Name) })
		for run := range strings.Count(k, "\x00") - 1 {
			if m.stray(placed[k], func(d *Device) bool { return d.Position == numberAt(d.Name, run) }) && racks {
				m.told(all[k], wanted, run)
			}
		}
	}
}

// told notes what devices are by the places that their names tell, for their cables to confirm; and which
// are in theirs.
func (m *matcher) told(list []*Device, wanted map[spot]*generate.Device, run int) {
	for _, d := range list {
		rack, unit := m.rackIn(d.Name), numberAt(d.Name, run)
		m.said[d.ID] = d.Rack == rack && d.Position == unit
		if w := wanted[spot{rack, unit, d.Type}]; w != nil && (d.Rack != rack || d.Position != unit) {
			m.moved = append(m.moved, displaced{d, w.ID})
		}
	}
}

// rackIn is the rack whose name is in another one, the longest; 0 for none.
func (m *matcher) rackIn(name string) int64 {
	var id int64
	longest := 0
	for _, r := range m.site.Racks {
		if len(r.Name) > longest && strings.Contains(strings.ToLower(name), strings.ToLower(r.Name)) {
			id, longest = r.ID, len(r.Name)
		}
	}
	return id
}

// numberAt is the number that a run of digits in a name is; -1 where it is none.
func numberAt(name string, run int) float64 {
	n, err := strconv.ParseFloat(digits.FindAllString(name, -1)[run], 64)
	if err != nil {
		return -1
	}
	return n
}

// stray notes the few devices of many that a habit of names does not hold of, and reports whether
// there is one.
func (m *matcher) stray(list []*Device, holds func(*Device) bool) bool {
	var without []*Device
	for _, d := range list {
		if !holds(d) {
			without = append(without, d)
		}
	}
	if 3*len(without) > len(list) || len(list) < 3 {
		return false
	}
	for _, d := range without {
		m.strays[d.ID], m.unsure[d.ID] = true, "its name tells of another place"
	}
	return true
}

// findOutOfOrder finds devices that stand out of the order of their names: most of those that are
// named alike stand where the plan has the numbers of their names, all as many on, and they do
// not. Their cables may tell that they are what their names say.
func (m *matcher) findOutOfOrder() {
	wanted := m.spots()
	for _, g := range m.groups {
		of := map[*Device]shift{}
		for i, x := range g.members {
			d := &m.site.Devices[x.at]
			w := wanted[spot{d.Rack, d.Position, d.Type}]
			if g.numbers != nil && w != nil && m.taken[placeID{deviceKind, d.ID}] == "" {
				of[d] = shift{w.Source, g.numbers[i] - w.Ordinal}
			}
		}
		if s, ok := usual(of); ok {
			m.outOfOrder(g, s, of)
		}
	}
}

// shift is a class, and by how much numbers are more than its ordinals.
type shift struct {
	class string
	by    int
}

// usual is what half of the devices have, or more.
func usual(of map[*Device]shift) (best shift, ok bool) {
	counts := map[shift]int{}
	for _, s := range of {
		counts[s]++
	}
	first := func(a, b shift) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), strings.Compare(a.class, b.class), a.by-b.by)
	}
	for s := range counts {
		if !ok || first(s, best) < 0 {
			best, ok = s, true
		}
	}
	return best, ok && counts[best] > 1 && 2*counts[best] >= len(of)
}

// outOfOrder notes the devices of a group that stand otherwise than most.
func (m *matcher) outOfOrder(g group, s shift, of map[*Device]shift) {
	for i, x := range g.members {
		d := &m.site.Devices[x.at]
		is, placed := of[d]
		if is == s || m.taken[placeID{deviceKind, d.ID}] != "" {
			continue
		}
		if placed {
			m.unsure[d.ID] = "it stands out of the order of its name"
		}
		if object := m.at[s.class][g.numbers[i]-s.by]; object != "" {
			m.moved = append(m.moved, displaced{d, object})
		}
	}
}
