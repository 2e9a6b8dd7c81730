package survey

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/diet-project/diet/generate/natural"
)

const deviceKind = "device"

// class are devices that are alike.
type class struct {
	key, typ, role string
	devices        []*Device // by ordinal
	ordinal        map[int64]int
	pattern        string           // of their names; "" where they stay as they are
	alike          string           // type, role and ports
	folded         map[int64]string // of those that have other names, what says that they are of the class
	place          *place

	neighbours map[*class]int // cables to the devices of a class
	reach      float64        // how many devices one is cabled to, on average
	tier       string         // leaf, spine, border, oob; "" for a node
	fabric     string
	group      int
	byRack     bool              // what is plugged in uses the switch of its own rack
	carries    string            // what others are plugged into it for that is no data
	modules    map[string]string // models, by bay

	nics  []*nic
	ports map[string]plug // by the name of the interface, of a node
	links []*link
	zones []*zone
	mgmt  *link
}

// id is the class in object ids.
func (c *class) id() string {
	if c.fabric != "" {
		return c.fabric + "." + c.key
	}
	return c.key
}

// object is the id of a device.
func (c *class) object(plan string, d *Device) string {
	return fmt.Sprintf("%s/%s[%d]", plan, c.id(), c.ordinal[d.ID])
}

// last is the highest ordinal.
func (c *class) last() int { return c.ordinal[c.devices[len(c.devices)-1].ID] }

// skip are the ordinals that none has.
func (c *class) skip() []int {
	has := map[int]bool{}
	for _, n := range c.ordinal {
		has[n] = true
	}
	var out []int
	for n := 1; n < c.last(); n++ {
		if !has[n] {
			out = append(out, n)
		}
	}
	return out
}

// classes groups the devices of a site by type, role, ports and name, those that are to stand apart by
// themselves. Devices without a name are in none.
func classes(s *Site, apart map[int64]bool) []*class {
	lists, alike := map[string][]named{}, s.alike()
	for i := range s.Devices {
		if d := &s.Devices[i]; d.Name != "" {
			k := fmt.Sprint(d.Type, "\x00", d.Role, "\x00", apart[d.ID], alike[d.ID])
			lists[k] = append(lists[k], named{i, d.Name})
		}
	}
	var out []*class
	taken, habits := keys{}, habitsOf(lists)
	for _, k := range sortedKeys(lists) {
		for _, g := range byNames(lists[k], habits) {
			first := &s.Devices[g.members[0].at]
			c := &class{typ: first.Type, role: first.Role, ordinal: map[int64]int{}, ports: map[string]plug{}, alike: k, folded: map[int64]string{}}
			c.neighbours = map[*class]int{}
			var ords []int
			ords, c.pattern = g.ordinals(true)
			for i, m := range g.members {
				d := &s.Devices[m.at]
				c.devices, c.ordinal[d.ID] = append(c.devices, d), ords[i]
			}
			slices.SortFunc(c.devices, func(a, b *Device) int { return c.ordinal[a.ID] - c.ordinal[b.ID] })
			c.key = taken.take(keyOf(g.stem, s.Slug, s.Name), keyOf(first.Role), "device")
			for c.pattern == "" && s.hasName(c.key) { // that others of the site have, and the plan would give
				c.key = taken.take(c.key)
			}
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b *class) int { return natural.Compare(a.key, b.key) })
	return out
}

// hasName reports whether a device has a name that the plan gives those of a class without a pattern.
func (s *Site) hasName(key string) bool {
	return slices.ContainsFunc(s.Devices, func(d Device) bool {
		m := numbered.FindStringSubmatch(d.Name)
		return m != nil && strings.EqualFold(m[1], key+"-")
	})
}

// What people call switches and what they do not, and where in a fabric they say a switch
// is.
var (
	switchWord = regexp.MustCompile(
		`(?i)(leaf|spine|switch|tor|eor|core|agg|dist|border|oob|mgmt|mgt|access|fabric|(^|[^a-z])(sw|lf|sp)([^a-z]|$))`)
	nodeWord   = regexp.MustCompile(`(?i)(server|host|node|gpu|compute|storage|stor|pdu|cdu|gateway|firewall|database)`)
	upperWord  = regexp.MustCompile(`(?i)(spine|core|super|(^|[^a-z])sp([^a-z]|$))`)
	oobWord    = regexp.MustCompile(`(?i)(oob|mgmt|mgt|ipmi|console)`)
	borderWord = regexp.MustCompile(`(?i)(border|edge|exit)`)
)

// words are what people call the devices of a class.
func (c *class) words() string { return c.role + " " + c.key }

// tiers tells switches from nodes, by what people call them, else by how many others each is
// cabled to, and says where in a fabric a switch is.
func tiers(all []*class) {
	for _, c := range all {
		called, node := switchWord.MatchString(c.role), nodeWord.MatchString(c.role)
		if called == node {
			called, node = switchWord.MatchString(c.words()), nodeWord.MatchString(c.words())
		}
		most := 0.0
		for other := range c.neighbours {
			most = max(most, other.reach)
		}
		if c.carries != "" || called && !node || called == node && c.reach > 2 && c.reach > most {
			c.tier = "leaf"
		}
	}
	for _, c := range all {
		switch {
		case c.tier == "":
		case c.carries != "":
			c.tier = "oob"
		case oobWord.MatchString(c.words()):
			c.tier = "oob"
		case upperWord.MatchString(c.words()) || !c.serves() && c.crowns():
			c.tier = "spine"
		case borderWord.MatchString(c.words()):
			c.tier = "border"
		}
	}
}

// serves reports whether nodes are cabled to a class.
func (c *class) serves() bool {
	for other := range c.neighbours {
		if other.tier == "" {
			return true
		}
	}
	return false
}

// crowns reports whether a class is fewer than each of the switch classes that it is cabled to.
func (c *class) crowns() bool {
	has := false
	for other := range c.neighbours {
		if other != c && other.tier != "" {
			if has = true; len(other.devices) < len(c.devices) || !other.serves() {
				return false
			}
		}
	}
	return has
}

// rank orders switches from the bottom of a fabric to its top.
func (c *class) rank() int {
	return slices.Index([]string{"", "leaf", "border", "spine", "oob"}, c.tier)
}

// below reports whether uplinks go from a class to another one.
func (c *class) below(other *class) bool {
	switch {
	case (c.carries != "") != (other.carries != ""):
		return c.carries != ""
	case c.rank() != other.rank():
		return c.rank() < other.rank()
	case len(c.devices) != len(other.devices):
		return len(c.devices) > len(other.devices)
	}
	return natural.Compare(c.key, other.key) < 0
}

// fabrics gives each switch its fabric: those that are cabled to each other are one; out of
// band is another.
func fabrics(all []*class) {
	taken := keys{}
	for _, c := range all {
		if len(c.neighbours) == 0 {
			if c.fabric = c.carries; c.fabric != "" {
				taken[c.fabric] = true
			}
		}
	}
	for _, c := range all {
		if c.tier == "" || c.fabric != "" {
			continue
		}
		name := "fabric"
		if c.tier == "oob" {
			name = "oob"
		}
		name = taken.take(name)
		for queue := []*class{c}; len(queue) > 0; queue = queue[1:] {
			queue[0].fabric = name
			for _, other := range all {
				if queue[0].neighbours[other] > 0 && other.fabric == "" && other.tier != "" && (other.tier == "oob") == (c.tier == "oob") {
					queue = append(queue, other)
				}
			}
		}
	}
}

// where says where a device stands.
func (s *Site) where(d *Device) string {
	for i := range s.Racks {
		if s.Racks[i].ID != d.Rack {
			continue
		}
		if d.Position == 0 {
			return s.Racks[i].Name
		}
		return strings.TrimSpace(fmt.Sprintf("%s U%g %s", s.Racks[i].Name, d.Position, d.Face))
	}
	return ""
}
