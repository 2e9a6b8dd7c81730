package survey

import (
	"fmt"
	"maps"
	"slices"

	"github.com/diet-project/diet/generate/plain"
)

// A few cables that are plugged in otherwise than those of their like do not make a plan of their own. Where a sketch
// that has nothing otherwise than it stands leaves out parts, another one is drawn that is fair: each part is as most
// of its cables have it, and the few that are not are told of. The next preview asks about them.

// few is the share of the cables of a part that may be otherwise: one in so many.
const few = 4

// fair draws once more, with those parts that most of the cables agree about, and gives what has more of what is there.
func (k *sketch) fair(s *Site, owned int) (*sketch, error) {
	best := k
	for _, how := range []manner{{folded: true, together: true}, {folded: true}, {together: true}, {}} {
		if !how.folded && k.folds == 0 {
			continue
		}
		how.tolerant = true
		f, err := sketched(s, k.key, owned, how)
		if err != nil {
			return nil, err
		}
		if f.kept-len(f.otherwise()) > best.kept-len(best.otherwise()) {
			best = f
		}
		if !f.lossy() {
			break
		}
	}
	return best, nil
}

// lossy reports whether cables are left out that a plan might have.
func (k *sketch) lossy() bool {
	for _, n := range k.lost {
		if n > 0 {
			return true
		}
	}
	return len(k.strays()) > 0
}

// purpose is what a port is for: nodes, or a class of switches.
func purpose(c *class) *class {
	if c.tier == "" {
		return nil
	}
	return c
}

// served counts what ports serve, of each class and of each of its ports.
type served struct {
	at  map[placed]map[*class]int
	all map[*class]map[*class]int
}

func (w *wiring) served() served {
	out := served{map[placed]map[*class]int{}, map[*class]map[*class]int{}}
	for c, to := range w.wires {
		out.all[c] = map[*class]int{}
		for other, list := range to {
			for _, x := range list {
				at := placed{c, x.port}
				if out.at[at] == nil {
					out.at[at] = map[*class]int{}
				}
				out.at[at][purpose(other)]++
				out.all[c][purpose(other)]++
			}
		}
	}
	return out
}

// rather reports whether a port of a class serves something else: on more than twice as many of its devices, or on as
// many where the class does so far more often.
func (s served) rather(c *class, port string, other *class) bool {
	here := s.at[placed{c, port}]
	own := here[purpose(other)]
	for p, n := range here {
		if n > 2*own || n >= own && p != purpose(other) && s.all[c][p] >= few*s.all[c][purpose(other)] {
			return true
		}
	}
	return false
}

// dropFew takes cables out of which one end is a port that, on the devices of that class, serves another purpose, and
// all cables between two classes where most of them are such.
func (w *wiring) dropFew() {
	served := w.served()
	odd := map[[2]*class][]int64{}
	for c, to := range w.wires {
		for other, list := range to {
			for _, x := range list {
				if served.rather(c, x.port, other) {
					odd[[2]*class{c, other}] = append(odd[[2]*class{c, other}], x.cable)
				}
			}
		}
	}
	for pair, list := range odd {
		for _, cable := range list {
			w.dropped[cable] = true
		}
		if all := w.wires[pair[0]][pair[1]]; 2*len(list) >= len(all) {
			for _, x := range all {
				w.dropped[x.cable] = true
			}
		}
	}
	for c, to := range w.wires {
		for other, list := range to {
			left := slices.DeleteFunc(list, func(x wire) bool { return w.dropped[x.cable] })
			if to[other] = left; len(left) == 0 {
				delete(to, other)
				delete(c.neighbours, other)
			}
		}
	}
}

// tolerated keeps of the parts that a plan would have otherwise those in which it is so of few cables, and returns
// the rest.
func (k *sketch) tolerated(found []*oddity) []*oddity {
	k.few = nil
	if !k.tolerant {
		return found
	}
	return slices.DeleteFunc(found, func(o *oddity) bool {
		fits := !o.lag && few*len(o.taken) <= o.all
		if fits {
			k.few = append(k.few, o)
		}
		return fits
	})
}

// otherwise are the cables of the site that are at ports where the plan has others.
func (k *sketch) otherwise() []Cable {
	wanted := map[string]bool{}
	for _, o := range k.few {
		for _, end := range o.ends {
			wanted[end] = true
		}
	}
	port, _ := k.portIDs(k.drawn)
	var out []Cable
	seen := map[int64]bool{}
	for _, x := range k.site.byLane() {
		at := wanted[port(x.AKind, x.ADevice, x.AName)] || wanted[port(x.BKind, x.BDevice, x.BName)]
		if at && !seen[x.ID] {
			seen[x.ID] = true
			out = append(out, x)
		}
	}
	return out
}

// tellFew notes those cables, and others that are otherwise than those of their like, whose ports the plan leaves alone.
func (k *sketch) tellFew() {
	if list := k.otherwise(); len(list) > 0 {
		n := len(list)
		k.note("%s: the plan has what most are, and the preview asks about %s. Nothing is moved unless an answer says so.",
			k.unlike(n, list[0].ID), pick(n, "it", "these"))
	}
	if left := k.strays(); len(left) > 0 {
		n := len(left)
		k.note("%s: %s left alone.", k.unlike(n, left[0]), pick(n, "it is", "they are"))
	}
}

// strays are the cables that are in no part of the plan for what they are, at ports that it leaves alone.
func (k *sketch) strays() []int64 {
	left := map[int64]bool{}
	for _, w := range append([]*wiring{k.wiring}, k.beside...) {
		maps.Copy(left, w.dropped)
	}
	for _, x := range k.otherwise() {
		delete(left, x.ID)
	}
	return slices.Sorted(maps.Keys(left))
}

// unlike says how many cables are otherwise than those of their like, and which is the first.
func (k *sketch) unlike(n int, first int64) string {
	at := slices.IndexFunc(k.site.Cables, func(x Cable) bool { return x.ID == first })
	x := k.site.Cables[at]
	return fmt.Sprintf("%s (the first %s %s - %s %s)",
		plain.Count(n, "cable is plugged in otherwise than those of its like", "cables are plugged in otherwise than those of their like"),
		k.site.calls(x.ADevice), x.AName, k.site.calls(x.BDevice), x.BName)
}

// calls is the name of a device.
func (s *Site) calls(id int64) string {
	for i := range s.Devices {
		if s.Devices[i].ID == id {
			return s.Devices[i].Name
		}
	}
	return ""
}
