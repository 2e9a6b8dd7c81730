package survey

import (
	"fmt"
	"slices"
	"strings"

	"github.com/diet-project/diet/generate"
)

// grouped are the devices that are not mapped yet, in groups by their names, by type and role; and
// whether some names at the site count from 0.
func (m *matcher) grouped() (groups map[string][]group, zero bool) {
	lists := map[string][]named{}
	for i := range m.site.Devices {
		if d := &m.site.Devices[i]; d.Name != "" && m.taken[placeID{deviceKind, d.ID}] == "" {
			sort := d.Type + "\x00" + d.Role
			lists[sort] = append(lists[sort], named{i, d.Name})
		}
	}
	habits := habitsOf(lists)
	groups = map[string][]group{}
	for sort, list := range lists {
		groups[sort] = byNames(list, habits)
		for _, g := range groups[sort] {
			zero = zero || g.numbers != nil && slices.Min(g.numbers) == 0
		}
	}
	return groups, zero
}

// byName maps devices that have a name of the plan's and its type, wherever they stand: nothing tells
// more. Of several with one name, the one that stands there.
func (m *matcher) byName() {
	groups, zero := m.grouped()
	skip := map[int64]bool{}
	for _, sort := range sortedKeys(groups) {
		for _, g := range groups[sort] {
			m.chance(g, zero, skip)
		}
	}
	have := map[string][]*Device{}
	for i := range m.site.Devices {
		if d := &m.site.Devices[i]; d.Name != "" {
			name := strings.ToLower(d.Name)
			have[name] = append(have[name], d)
		}
	}
	for i := range m.topo.Devices {
		want := &m.topo.Devices[i]
		list := have[strings.ToLower(want.Name)]
		switch there := slices.DeleteFunc(slices.Clone(list), func(d *Device) bool { return m.stands(d, want) <= 0 }); {
		case m.is[want.ID] != 0 || want.Name == "":
			continue
		case len(there) == 1:
			m.takeNamed(there[0], want)
		case len(list) == 1 && !skip[list[0].ID]:
			m.takeNamed(list[0], want)
		}
		for _, d := range list {
			if len(list) > 1 && m.taken[placeID{deviceKind, d.ID}] == "" {
				m.unsure[d.ID] = fmt.Sprintf("others have its name too, that of %s", want.ID)
			}
		}
	}
}

// takeNamed maps a device that has the name of one of the plan's.
func (m *matcher) takeNamed(d *Device, want *generate.Device) {
	at := placeID{deviceKind, d.ID}
	if m.taken[at] != "" {
		return
	}
	if d.Type != want.Type {
		m.unsure[d.ID] = fmt.Sprintf("it has the name of %s, and another type than the plan wants", want.ID)
		return
	}
	why := "it has that name"
	switch m.stands(d, want) {
	case 1:
		why += ", and is in its place"
	case -1:
		why += "; it stands elsewhere"
	}
	m.tell(want.Source, d.Name)
	m.take(want.ID, at, why)
}

// tell notes that a device of a class was told by its name.
func (m *matcher) tell(class, name string) {
	m.named[class]++
	m.words[class] = max(m.words[class], m.tells(name, class))
}

// chance notes names that may be the plan's by chance: they count from 0, and so each is that of the
// next one; or others at the site do, and these are one off where they stand.
func (m *matcher) chance(g group, zero bool, skip map[int64]bool) {
	if g.numbers == nil || !zero {
		return
	}
	low, names := slices.Min(g.numbers), map[string]*generate.Device{}
	for i := range m.topo.Devices {
		names[strings.ToLower(m.topo.Devices[i].Name)] = &m.topo.Devices[i]
	}
	wanted := m.spots()
	for _, x := range g.members {
		d := &m.site.Devices[x.at]
		by := names[strings.ToLower(x.name)]
		if low == 0 {
			continue
		}
		if by == nil || by.Type != d.Type || m.at[by.Source][by.Ordinal+1] == "" {
			return
		}
		at := wanted[spot{d.Rack, d.Position, d.Type}]
		if d.Rack != 0 && d.Position != 0 && by.Position != 0 && (at == nil || at.Source != by.Source || at.Ordinal != by.Ordinal+1) {
			return
		}
	}
	for _, x := range g.members {
		skip[m.site.Devices[x.at].ID] = true
	}
	m.fromOne[m.groupID(g)] = low > 0
}

// founded reports whether a guess rests on more than a number, or a place, and gives the one that
// does: a word of the class, cables, or the places of several. Where others are told by their names,
// those of this group must say as much.
func (m *matcher) founded(all []guess, g guess) (guess, bool) {
	if g.agree == 0 {
		var ok bool
		if g, ok = m.byWiring(all, g); !ok {
			m.leave(g.group, "nothing tells from what number on its names count")
			return g, false
		}
	}
	cables := m.wired(g)
	if m.fromOne[m.groupID(g.group)] {
		own := g
		if own.shift = 0; cables > m.wired(own) {
			return g, true
		}
		m.leave(g.group, fmt.Sprintf("its name is that of one of %s, its place that of the next; names count from 0 here", g.class))
		return g, false
	}
	words, others := m.tells(g.group.stem, g.class), m.named[g.class]
	if others > 1 && (len(g.group.members) == 1 || words < m.words[g.class]) {
		return g, false
	}
	return g, words > 0 || g.agree > 1 || cables > 0
}

// tells counts the words of a class, in its key or in the names that the plan gives it, that a name
// holds: those that tell the class from another one.
func (m *matcher) tells(name, class string) int {
	n := 0
	for _, w := range m.wordsOf(class) {
		if strings.Contains(strings.ToLower(name), w) {
			n++
		}
	}
	return n
}

// wordsOf are the words of a class that not all classes have.
func (m *matcher) wordsOf(class string) []string {
	own := m.allWords(class)
	all := len(m.at) > 1
	return slices.DeleteFunc(own, func(w string) bool {
		if slices.Contains(word.FindAllString(strings.ToLower(m.site.Slug), -1), w) {
			return true
		}
		for other := range m.at {
			if !slices.Contains(m.allWords(other), w) {
				return false
			}
		}
		return all
	})
}

// allWords are the words in the key of a class, and in the names that the plan gives it.
func (m *matcher) allWords(class string) []string {
	text := class
	for _, object := range m.at[class] {
		text += " " + m.devices[object].Name
		break
	}
	out := word.FindAllString(strings.ToLower(text), -1)
	slices.Sort(out)
	return slices.Compact(out)
}

// disagrees says why a device is not what its place, or its cables, say: its role is another, it has
// the number of another one, the devices of that class are told by their names, and its own is none of
// those, or holds the words of another class.
func (m *matcher) disagrees(d *Device, object string) string {
	class := generate.ClassOf(object)
	if d.Role != m.roles[class] {
		return fmt.Sprintf("it is in the place of %s, and its role is %s, not %s", object, d.Role, m.roles[class])
	}
	if says := m.numberSays(d, class); says != "" && says != object {
		return fmt.Sprintf("it is in the place of %s, and its name has the number of %s", object, says)
	}
	if m.named[class] > 1 {
		return fmt.Sprintf("it is in the place of %s, and its name is none of that class", object)
	}
	own := akin(d.Name, class)
	for _, other := range sortedKeys(m.types) {
		if other != class && m.types[other] == d.Type && akin(d.Name, other) > own {
			return fmt.Sprintf("it is in the place of %s, and its name is of %s", object, other)
		}
	}
	return ""
}

// numberSays is what a device is by the number in its name, if it is of a class; "" where it says
// nothing.
func (m *matcher) numberSays(d *Device, class string) string {
	g, ok := m.in[d.ID]
	if !ok || g.numbers == nil {
		return ""
	}
	i := slices.IndexFunc(g.members, func(x named) bool { return m.site.Devices[x.at].ID == d.ID })
	return m.at[class][g.numbers[i]-g.shift(len(m.at[class]))]
}

// unfit says why a device is none of the plan's, whatever its name and place are.
func (m *matcher) unfit(d *Device) string {
	var roles []string
	for _, class := range sortedKeys(m.types) {
		if m.types[class] == d.Type && !slices.Contains(roles, m.roles[class]) {
			roles = append(roles, m.roles[class])
		}
	}
	switch {
	case len(roles) == 0:
		return "the plan has no class of its type"
	case !slices.Contains(roles, d.Role):
		return fmt.Sprintf("its role is %s; classes of its type have %s", d.Role, strings.Join(roles, ", "))
	}
	return ""
}
