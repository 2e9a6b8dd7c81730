package survey

import (
	"fmt"
	"slices"
	"strings"

	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/generate/natural"
)

// byPlace maps devices whose names say nothing by rack and unit, where the type is that of
// the plan, and by their order in a rack where as many of that type stand there as the plan
// wants.
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
	standing := map[spot][]*Device{}
	for i := range m.site.Devices {
		d := &m.site.Devices[i]
		if d.Rack == 0 || m.taken[placeID{deviceKind, d.ID}] != "" || m.unsure[d.ID] != "" {
			continue
		}
		if ids := wanted[spot{d.Rack, d.Position, d.Type}]; d.Position != 0 && len(ids) == 1 {
			if why := m.disagrees(d, ids[0]); why != "" {
				m.unsure[d.ID] = why
			} else {
				m.take(ids[0], placeID{deviceKind, d.ID}, "its rack, unit and type")
			}
			continue
		}
		if d.Position == 0 {
			s := spot{d.Rack, 0, d.Type}
			standing[s] = append(standing[s], d)
		}
	}
	for s, list := range standing {
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
			m.take(ids[i], placeID{deviceKind, d.ID}, fmt.Sprintf("number %d of its type in its rack", i+1))
		}
	}
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

// byName maps devices that have a name of the plan's and its type, where nothing else tells.
func (m *matcher) byName() {
	named := map[string]string{}
	for i := range m.topo.Devices {
		named[strings.ToLower(m.topo.Devices[i].Name)] = m.topo.Devices[i].ID
	}
	for i := range m.site.Devices {
		d := &m.site.Devices[i]
		want := m.devices[named[strings.ToLower(d.Name)]]
		if want == nil || want.Type != d.Type || m.unsure[d.ID] != "" || m.stands(d, want) < 0 {
			continue
		}
		m.take(want.ID, placeID{deviceKind, d.ID}, "it has that name")
	}
}
