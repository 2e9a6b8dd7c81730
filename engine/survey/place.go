package survey

import (
	"fmt"
	"slices"

	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/generate/natural"
)

// standing is a device, and what it is by its place.
type standing struct {
	device *Device
	object string
	why    string
}

// byPlace maps devices whose names say nothing else by rack and unit, and by their order in a rack
// where as many of a type stand there as the plan wants: where type and role are those of the plan,
// and cables say the same.
func (m *matcher) byPlace() {
	wanted := map[spot][]string{}
	for i := range m.topo.Devices {
		w := &m.topo.Devices[i]
		if rack := m.is[w.Rack]; rack != 0 && m.is[w.ID] == 0 {
			s := spot{rack, w.Position, w.Type}
			wanted[s] = append(wanted[s], w.ID)
			if w.Position != 0 {
				s.position = 0
				wanted[s] = append(wanted[s], w.ID)
			}
		}
	}
	var placed []standing
	loose := map[spot][]*Device{}
	for i := range m.site.Devices {
		d := &m.site.Devices[i]
		if d.Rack == 0 || m.taken[placeID{deviceKind, d.ID}] != "" || m.unsure[d.ID] != "" {
			continue
		}
		if ids := wanted[spot{d.Rack, d.Position, d.Type}]; d.Position != 0 && len(ids) == 1 {
			placed = append(placed, standing{d, ids[0], "its rack, unit and type"})
		}
		if d.Position == 0 {
			s := spot{d.Rack, 0, d.Type}
			loose[s] = append(loose[s], d)
		}
	}
	placed = append(placed, m.inOrder(loose, wanted)...)
	placed = slices.DeleteFunc(placed, func(x standing) bool {
		why := m.disagrees(x.device, x.object)
		if why != "" {
			m.unsure[x.device.ID] = why
		}
		return why != ""
	})
	for _, x := range m.confirmed(placed) {
		m.take(x.object, placeID{deviceKind, x.device.ID}, x.why)
	}
}

// inOrder is what devices may be that stand in a rack, at no unit, where the plan wants as many.
func (m *matcher) inOrder(loose map[spot][]*Device, wanted map[spot][]string) []standing {
	var out []standing
	for s, list := range loose {
		ids := wanted[s]
		if len(ids) != len(list) || slices.ContainsFunc(ids, func(id string) bool { return m.is[id] != 0 || m.devices[id].Position != 0 }) {
			continue
		}
		if !namesAlike(list) {
			continue // words tell no order
		}
		slices.SortFunc(ids, natural.Compare)
		slices.SortFunc(list, func(a, b *Device) int { return natural.Compare(a.Name, b.Name) })
		if generate.ClassOf(ids[0]) != generate.ClassOf(ids[len(ids)-1]) {
			continue
		}
		for i, d := range list {
			out = append(out, standing{d, ids[i], fmt.Sprintf("number %d of its type in its rack", i+1)})
		}
	}
	return out
}

// namesAlike reports whether the names of devices differ in nothing but digits.
func namesAlike(list []*Device) bool {
	for _, d := range list {
		if !digits.MatchString(d.Name) || digits.ReplaceAllString(d.Name, "") != digits.ReplaceAllString(list[0].Name, "") {
			return false
		}
	}
	return true
}

// confirmed leaves out what nothing but a place tells: cables lead to where the plan has them, if others
// are what their places say as well; or names tell the class, and the place too where it is a unit.
func (m *matcher) confirmed(list []standing) []standing {
	maybe := map[int64]string{}
	for _, x := range list {
		maybe[x.device.ID] = x.object
	}
	for {
		var with, without []standing
		for _, x := range list {
			agree, differ := m.cabledAs(x.device, x.object, maybe)
			named := m.tells(x.device.Name, generate.ClassOf(x.object)) > 0 && (m.said[x.device.ID] || x.device.Position == 0 && differ == 0)
			switch {
			case agree > differ:
				with = append(with, standing{x.device, x.object, x.why + ", and its cables"})
			case named:
				with = append(with, standing{x.device, x.object, x.why + ", and its name"})
			default:
				without = append(without, x)
			}
		}
		if len(without) == 0 {
			return with
		}
		for _, x := range without {
			delete(maybe, x.device.ID)
			m.unsure[x.device.ID] = fmt.Sprintf("it is in the place of %s, and neither its name nor its cables say that it is that", x.object)
		}
		list = slices.DeleteFunc(list, func(x standing) bool { return maybe[x.device.ID] == "" })
	}
}
