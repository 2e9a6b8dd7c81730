package survey

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/diet-project/diet/generate/natural"
)

// nic are ports of a node that are named and made alike.
type nic struct {
	key, pattern, typ string // no pattern: <nic>-<port>
	ports             []string
}

// plug is a port of a node.
type plug struct {
	nic  *nic
	port string
}

func (p plug) from() string { return p.nic.key + ":" + p.port }

var (
	dashed   = regexp.MustCompile(`^([A-Za-z0-9_]+)-([A-Za-z0-9]+)$`)
	numbered = regexp.MustCompile(`^(.*?)([0-9]+)$`)
)

// nicsOf sorts ports of a node that carry something, with their types, into NICs.
func (c *class) nicsOf(word string, types map[string]string) {
	by, taken := map[string]*nic{}, keys{}
	for _, n := range c.nics {
		taken[strings.ToLower(n.key)] = true
	}
	for _, name := range sortedKeys(types) {
		if strings.ContainsAny(name, "{}") {
			continue
		}
		n := nic{pattern: name, typ: types[name]}
		port, base := "p", keyOf(name)
		if m := dashed.FindStringSubmatch(name); m != nil {
			n.pattern, base, port = "", m[1], m[2]
		} else if m := numbered.FindStringSubmatch(name); m != nil {
			n.pattern, base, port = m[1]+"{port}", keyOf(m[1]), m[2]
		}
		k := strings.Join([]string{base, n.pattern, n.typ}, "\x00")
		if by[k] == nil {
			if n.key = taken.take(base, "nic"); n.pattern == "" && n.key != base {
				n.pattern = base + "-{port}"
			}
			by[k] = &n
			c.nics = append(c.nics, &n)
		}
		by[k].ports = append(by[k].ports, port)
		c.ports[word+":"+name] = plug{by[k], port}
	}
}

// cut is a port of a switch and its lane; lane 0 is the whole port.
type cut struct {
	port string
	lane int
}

// Names of lanes: swp1s0, Ethernet49/1, et-0/0/1:0, Ethernet1/1/1.
var lanes = []struct {
	form  *regexp.Regexp
	first int
	maker string // "" for any
}{
	{regexp.MustCompile(`^(swp[0-9]+)s([0-9])$`), 0, ""},
	{regexp.MustCompile(`^(.*[0-9]):([0-9])$`), 0, "juniper"},
	{regexp.MustCompile(`^(.*[0-9]):([0-9])$`), 1, "dell"},
	{regexp.MustCompile(`^(.*[0-9]/[0-9]+)/([0-9])$`), 1, ""},
}

// firstLane is a port that is called by its first lane: Ethernet1/1, with Ethernet1/2 beside it.
var firstLane = regexp.MustCompile(`^(.*[0-9])/([0-9])$`)

// cuts tells the lanes of ports that are broken out from whole ports. What a device has by its type is a
// port, and a lane is of one: types says those, where they are known.
func cuts(names []string, maker string, types map[string]bool) map[string]cut {
	out := map[string]cut{}
	longer := map[string]bool{} // what a number of two digits stands behind: that is no lane's
	has := map[string]bool{}
	for _, name := range names {
		has[name] = true
		if at := strings.LastIndexByte(name, '/'); at >= 0 && len(name) > at+2 {
			longer[name[:at]] = true
		}
	}
	for _, name := range names {
		if at, is := ofType(name, types, has, longer); is {
			out[name] = at
			continue
		}
		out[name] = cut{port: name}
		for _, l := range lanes {
			m := l.form.FindStringSubmatch(name)
			if m == nil || l.maker != "" && l.maker != maker {
				continue
			}
			if name[len(m[1])] == '/' && (strings.HasSuffix(m[1], "/0") || longer[m[1]]) {
				continue // GigabitEthernet1/0/7
			}
			if n, err := strconv.Atoi(m[2]); err == nil && n >= l.first {
				out[name] = cut{m[1], n - l.first + 1}
				break
			}
		}
	}
	return out
}

// ofType is a port that devices have by their type, or a lane of one that is called by its first lane.
func ofType(name string, types, has, longer map[string]bool) (cut, bool) {
	m := firstLane.FindStringSubmatch(name)
	if m == nil || longer[m[1]] || !types[m[1]+"/1"] || types[m[1]+"/2"] || types[name] && !has[m[1]+"/2"] || m[2] == "0" {
		return cut{port: name}, types[name]
	}
	n, err := strconv.Atoi(m[2])
	return cut{m[1] + "/1", n}, err == nil
}

// spec is a list of ports as a zone has it, shortened by braces; those that have nothing but a number
// behind what all have, by that.
func spec(ports []string, all string) string { return strings.Join(specs(ports, all), ",") }

// specs are the items of that list.
func specs(ports []string, all string) []string {
	var order []around
	runs := map[around][]int{}
	var out []string
	for _, p := range ports {
		at, n, is := numberOf(p, ports)
		if !is {
			out = append(out, p)
			continue
		}
		if runs[at] == nil {
			order = append(order, at)
		}
		runs[at] = append(runs[at], n)
	}
	slices.SortFunc(order, func(a, b around) int { return cmp.Or(natural.Compare(a.head, b.head), strings.Compare(a.tail, b.tail)) })
	var items []string
	for _, at := range order {
		text := ranges(runs[at])
		switch {
		case at == around{head: all}:
		case strings.ContainsAny(text, ",-"):
			text = at.head + "{" + text + "}" + at.tail
		default:
			text = at.head + text + at.tail
		}
		items = append(items, text)
	}
	return append(items, out...)
}

// around is what stands before and behind the number in the name of a port.
type around struct{ head, tail string }

// numberOf is the number in the name of a port: the last one, but that before it where the last is
// nothing but a 1 for all.
func numberOf(port string, all []string) (at around, n int, is bool) {
	tail := ""
	if stem, first := strings.CutSuffix(port, "/1"); first && !slices.Contains(all, stem+"/2") && numbered.MatchString(stem) {
		port, tail = stem, "/1"
	}
	m := numbered.FindStringSubmatch(port)
	if m == nil {
		return at, 0, false
	}
	n, _ = strconv.Atoi(m[2]) // digits; one too large comes out otherwise
	return around{m[1], tail}, n, strconv.Itoa(n) == m[2]
}

// ranges writes numbers as 1-4,7.
func ranges(numbers []int) string {
	slices.Sort(numbers)
	numbers = slices.Compact(numbers)
	var out []string
	for i := 0; i < len(numbers); {
		j := i
		for j+1 < len(numbers) && numbers[j+1] == numbers[j]+1 {
			j++
		}
		switch {
		case j == i:
			out = append(out, strconv.Itoa(numbers[i]))
		default:
			out = append(out, fmt.Sprintf("%d-%d", numbers[i], numbers[j]))
		}
		i = j + 1
	}
	return strings.Join(out, ",")
}

// speed reads the speed of an interface type in Gb/s; 0 where it says none.
func speed(typ string) int {
	number, _, ok := strings.Cut(typ, "gbase-")
	n, err := strconv.Atoi(number)
	if !ok || err != nil {
		if strings.HasPrefix(typ, "1000base-") {
			return 1
		}
		return 0
	}
	return n
}
