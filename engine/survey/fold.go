package survey

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/diet-project/diet/generate/natural"
)

// claim is what a device may be of a class, and what says so.
type claim struct {
	of, to  *class
	device  *Device
	ordinal int
	why     string
}

// fold takes devices that are called otherwise than their like for what is missing among these: by the number in
// a name of the same word, by their places, or by what they are cabled to. They keep their names. What may be of
// two classes stays by itself. It returns how many there are.
func (k *sketch) fold() int {
	claims, wanted := map[int64][]claim{}, map[string]int{}
	plugs := k.site.plugs()
	for _, c := range k.classes {
		for _, o := range k.classes {
			if o == c || o.alike != c.alike || !c.leads(o) || k.apart[c.devices[0].ID] {
				continue
			}
			for _, x := range k.gaps(c, o, plugs) {
				claims[x.device.ID] = append(claims[x.device.ID], x)
				wanted[x.object()]++
			}
		}
	}
	n := 0
	for _, list := range claims {
		if x := list[0]; len(list) == 1 && wanted[x.object()] == 1 {
			x.of.give(x)
			n++
		}
	}
	k.classes = slices.DeleteFunc(k.classes, func(c *class) bool { return len(c.devices) == 0 })
	return n
}

// leads reports whether the devices of another class may be of this one, and not the other way round: it has more
// of them or, of as many, names that hold more words of their role.
func (c *class) leads(o *class) bool {
	if n := len(c.devices) - len(o.devices); n != 0 || c.pattern == "" {
		return n > 0 && c.pattern != "" && len(c.devices) > 1
	}
	return len(c.devices) > 1 && akin(c.devices[0].Name, c.role) > akin(o.devices[0].Name, o.role)
}

func (x *claim) object() string { return fmt.Sprintf("%s[%d]", x.to.key, x.ordinal) }

// give makes a device of a class one of another.
func (c *class) give(x claim) {
	to := x.to
	to.devices, to.ordinal[x.device.ID], to.folded[x.device.ID] = append(to.devices, x.device), x.ordinal, x.why
	slices.SortFunc(to.devices, func(a, b *Device) int { return to.ordinal[a.ID] - to.ordinal[b.ID] })
	c.devices = slices.DeleteFunc(c.devices, func(d *Device) bool { return d == x.device })
	delete(c.ordinal, x.device.ID)
	if c.pattern == "" { // nothing says which number is whose
		for i, d := range c.devices {
			c.ordinal[d.ID] = i + 1
		}
	}
}

// regular reports whether names alone make a class: they count from 0 or 1, and none is missing.
func (c *class) regular() bool {
	return c.pattern != "" && !strings.Contains(c.pattern, "{n+") && c.last() == len(c.devices)
}

// gaps are the devices of a class that are missing in another one: of those that are called alike all, or none.
func (k *sketch) gaps(c, o *class, plugs map[int64][]jack) []claim {
	known, called := map[string]bool{}, map[string]int64{}
	for _, d := range k.site.Devices {
		called[strings.ToLower(d.Name)] = d.ID
	}
	for _, d := range c.devices {
		for _, p := range plugs[d.ID] {
			known[p.sort] = true
		}
	}
	at := k.places(c)
	var order map[int64]int
	if at == nil && !o.regular() {
		order = ranks(c, o, plugs)
	}
	var out []claim
	for _, d := range o.devices {
		n, why := c.numberOf(d), "its name has that number"
		switch stands := at[spot{d.Rack, d.Position, ""}]; {
		case n > 0 && at != nil && d.Position > 0 && stands != n:
			n = 0
		case n > 0 || o.regular():
		case at != nil:
			n, why = stands, "it stands in its place"
		default:
			n, why = order[d.ID], "it is cabled as that one"
		}
		stranger := slices.ContainsFunc(plugs[d.ID], func(p jack) bool { return !known[p.sort] })
		other := called[strings.ToLower(c.nameAt(n))]
		if n > 0 && n <= c.last()+len(o.devices) && (other == 0 || other == d.ID) && !stranger {
			out = append(out, claim{o, c, d, n, why})
		}
	}
	if o.pattern != "" && len(out) < len(o.devices) {
		return nil
	}
	return out
}

// places are the ordinals of a class by rack and unit, if a rule says where its devices stand; nil for none.
func (k *sketch) places(c *class) map[spot]int {
	units := k.site.units(c.typ)
	p := placeOf(c, k.pools, units)
	if p == nil || p.from == 0 || len(c.devices) < 3 {
		return nil
	}
	out := map[spot]int{}
	for n, rack := range p.pool.racks {
		for i := range p.per {
			out[spot{rack.ID, p.from + float64(i)*units, ""}] = (n-1)*p.per + i + 1
		}
	}
	return out
}

// numberOf is the ordinal that the name of a device says, if it has the word of the class; 0 for none.
func (c *class) numberOf(d *Device) int {
	own, first, is := wordAndNumber(c.devices[0].Name)
	other, n, has := wordAndNumber(d.Name)
	if !is || !has || own != other || len(own) < 2 {
		return 0
	}
	return n - first + c.ordinal[c.devices[0].ID]
}

var placeholder = regexp.MustCompile(`\{n([+-][0-9]+)?(?::([0-9]+))?\}`)

// nameAt is the name of an ordinal by the pattern of a class.
func (c *class) nameAt(n int) string {
	return placeholder.ReplaceAllStringFunc(c.pattern, func(text string) string {
		m := placeholder.FindStringSubmatch(text)
		add, _ := strconv.Atoi(m[1])   // "" is none
		width, _ := strconv.Atoi(m[2]) // "" is none
		return fmt.Sprintf("%0*d", width, n+add)
	})
}

// wordAndNumber are the letters and the one number in a host's name.
func wordAndNumber(name string) (text string, n int, ok bool) {
	host, _, _ := strings.Cut(name, ".")
	runs := digits.FindAllString(host, -1)
	if len(runs) != 1 {
		return "", 0, false
	}
	n, err := strconv.Atoi(runs[0])
	text = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, host)
	return text, n, err == nil
}

// jack is a port that a device is plugged into.
type jack struct {
	device int64
	port   string
	sort   string // of what it is, for all that are alike
}

// plugs are what the devices of a site are plugged into.
func (s *Site) plugs() map[int64][]jack {
	device, out := map[int64]*Device{}, map[int64][]jack{}
	for i := range s.Devices {
		device[s.Devices[i].ID] = &s.Devices[i]
	}
	add := func(kind, port string, on, to int64, far string) {
		if d := device[to]; d != nil {
			out[on] = append(out[on], jack{to, far, strings.Join([]string{kind, row(port), d.Type, d.Role, row(far)}, "\x00")})
		}
	}
	for _, x := range s.byLane() {
		add(x.AKind, x.AName, x.ADevice, x.BDevice, x.BName)
		add(x.BKind, x.BName, x.BDevice, x.ADevice, x.AName)
	}
	return out
}

// ranks are the ordinals of the devices of two classes in the order of the ports that they are plugged into, of the
// same devices, if those of the first have theirs in that order; nil otherwise.
func ranks(c, o *class, plugs map[int64][]jack) map[int64]int {
	all := slices.Concat(c.devices, o.devices)
	if len(all) > 64 {
		return nil
	}
	at := make([]map[int64]string, len(all))
	for i, d := range all {
		at[i] = map[int64]string{}
		for _, p := range plugs[d.ID] {
			if port, has := at[i][p.device]; !has || natural.Compare(p.port, port) < 0 {
				at[i][p.device] = p.port
			}
		}
	}
	out := map[int64]int{}
	for i, d := range all {
		out[d.ID] = 1
		for j := range all {
			before, common := 0, false
			for device, port := range at[i] {
				if other, both := at[j][device]; both && i != j {
					before, common = before+natural.Compare(other, port), true
				}
			}
			switch {
			case i == j:
			case !common || before == 0:
				return nil
			case before < 0:
				out[d.ID]++
			}
		}
	}
	for _, d := range c.devices {
		if out[d.ID] != c.ordinal[d.ID] {
			return nil
		}
	}
	return out
}

// units is the height of a device type.
func (s *Site) units(typ string) float64 {
	for _, t := range s.Types {
		if t.Slug == typ {
			return t.Units
		}
	}
	return 0
}
