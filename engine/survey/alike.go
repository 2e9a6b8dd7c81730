package survey

import (
	"regexp"
	"slices"
)

// alike tells devices of one type and role apart by their ports: those of the second member of a stack are
// called Gi2/0/1, where those of the first are Gi1/0/1, and a plan of both would make the one's on the other.
// It gives each device a number that its like have too.
func (s *Site) alike() map[int64]int {
	names := map[int64][]string{}
	for _, p := range s.Ports {
		if p.Kind == data.near && p.Module == 0 && !slices.Contains(unplugged, p.Type) {
			names[p.Device] = append(names[p.Device], p.Name)
		}
	}
	out, seen := map[int64]int{}, map[string][]rows{}
	for _, d := range s.Devices {
		own, sort := s.rowsOf(&d, names[d.ID]), d.Type+"\x00"+d.Role
		at := slices.IndexFunc(seen[sort], func(r rows) bool { return r.like(own) })
		if at < 0 {
			at, seen[sort] = len(seen[sort]), append(seen[sort], rows{})
		}
		for row, n := range own {
			seen[sort][at][row] = max(seen[sort][at][row], n)
		}
		out[d.ID] = at
	}
	return out
}

// unplugged are the types of interfaces that nothing is plugged into.
var unplugged = []string{lagType, "virtual", "bridge"}

// rows are how many ports of a device are called alike but for the last number in their names.
type rows map[string]int

func (s *Site) rowsOf(d *Device, names []string) rows {
	out, seen := rows{}, map[string]bool{}
	for _, at := range cuts(names, s.maker(d.Type), s.portsAs(d.Type, names)) {
		if !seen[at.port] {
			seen[at.port] = true
			head := at.port
			if m := numbered.FindStringSubmatch(at.port); m != nil {
				head = m[1]
			}
			out[head]++
		}
	}
	return out
}

// like reports whether half of the ports of one of two devices are called as those of the other; of what has
// none, nothing says otherwise.
func (r rows) like(other rows) bool {
	a, b, both := 0, 0, 0
	for _, n := range r {
		a += n
	}
	for row, n := range other {
		b += n
		both += min(n, r[row])
	}
	return 2*both >= min(a, b)
}

var firstRun = regexp.MustCompile(`^([^0-9]*)[0-9]+`)

// portsAs are the interfaces that devices of a type have by it, of these names also those that stand for others
// of them that are not there: with another number in front, as on a member of a stack.
func (s *Site) portsAs(typ string, names []string) map[string]bool {
	of := s.portsOf(typ)
	if of == nil {
		return nil
	}
	masked := map[string]bool{}
	for name := range of {
		if !slices.Contains(names, name) {
			masked[firstRun.ReplaceAllString(name, "$1\x00")] = true
		}
	}
	out := of
	for _, name := range names {
		if of[name] || !masked[firstRun.ReplaceAllString(name, "$1\x00")] {
			continue
		}
		if len(out) == len(of) {
			out = map[string]bool{}
			for own := range of {
				out[own] = true
			}
		}
		out[name] = true
	}
	return out
}
