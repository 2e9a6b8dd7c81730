package draw

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/generate/natural"
)

// material is how many cables of a kind the plan needs. One that is broken out counts once,
// whatever the number of its lanes.
type material struct {
	Lanes, Speed                    int    // of a lane; Lanes is 1 for a cable that is not broken out
	Used                            int    // of the lanes
	Carries                         string // where that is no data
	Type, Color, Length, LengthUnit string
	Count                           int
}

// Size is what a cable of the kind carries: 100G, or 8 × 100G to 8 ends.
func (m material) Size() string {
	switch {
	case m.Carries != "":
		return m.Carries
	case m.Lanes < 2:
		return speedName(m.Speed)
	case m.Used < m.Lanes:
		return fmt.Sprintf("%d × %s, %d used", m.Lanes, speedName(m.Speed), m.Used)
	}
	return fmt.Sprintf("%d × %s", m.Lanes, speedName(m.Speed))
}

// materials counts the cables of each kind: the fastest and then the most first. The lanes of
// a port that lead to whole ports are one cable that breaks out; those that lead to lanes of
// one other port are one straight cable; others are counted one by one.
func materials(topo *generate.Topology, cables []Cable) []material {
	ports := make(map[string]*generate.Interface, len(topo.Interfaces))
	for i := range topo.Interfaces {
		ports[topo.Interfaces[i].ID] = &topo.Interfaces[i]
	}
	ends := make(map[string][2]*generate.Interface, len(topo.Cables))
	for _, c := range topo.Cables {
		ends[c.ID] = [2]*generate.Interface{ports[c.A], ports[c.B]}
	}
	whole := map[string]material{}
	for _, c := range cables {
		key, lanes := physical(ends[c.ID][0], ends[c.ID][1], c.ID)
		m := material{Lanes: lanes, Speed: c.Speed, Carries: c.Carries, Type: c.Type, Color: c.Color, Length: c.Length, LengthUnit: c.LengthUnit}
		m.Used = whole[key].Used + 1
		whole[key] = m
	}
	counts := map[material]int{}
	for _, m := range whole {
		counts[m]++
	}
	list := make([]material, 0, len(counts))
	for m, n := range counts {
		m.Count = n
		list = append(list, m)
	}
	slices.SortFunc(list, func(x, y material) int {
		return cmp.Or(cmp.Compare(y.Speed*y.Lanes, x.Speed*x.Lanes), cmp.Compare(y.Count, x.Count), cmp.Compare(y.Used, x.Used),
			cmp.Compare(x.Type, y.Type), cmp.Compare(x.Color, y.Color), natural.Compare(x.Length, y.Length), cmp.Compare(x.LengthUnit, y.LengthUnit),
			cmp.Compare(x.Lanes, y.Lanes), cmp.Compare(y.Carries, x.Carries))
	})
	return list
}

// physical names the cable that one of the plan is a part of, and says how many lanes it has.
func physical(a, b *generate.Interface, id string) (key string, lanes int) {
	switch {
	case a.Lanes > 1 && b.Lanes > 1 && a.Lanes == b.Lanes:
		return a.Port() + " " + b.Port(), a.Lanes
	case a.Lanes > 1 && b.Lanes < 2:
		return a.Port(), a.Lanes
	case b.Lanes > 1 && a.Lanes < 2:
		return b.Port(), b.Lanes
	}
	return id, 1
}

// optic is how many ports of a kind have a cable, and so need a transceiver where the cable
// does not bring its own.
type optic struct {
	Lanes, Speed int // of a lane
	Type         string
	Count        int
}

// Size is what a port of the kind carries.
func (o optic) Size() string { return material{Lanes: o.Lanes, Used: o.Lanes, Speed: o.Speed}.Size() }

// optics counts ports, each once however many lanes of it are in use.
func optics(topo *generate.Topology) []optic {
	seen, counts := map[string]bool{}, map[optic]int{}
	cabled := topo.Cabled()
	for i := range topo.Interfaces {
		p := &topo.Interfaces[i]
		if p.Kind != "" {
			continue // it carries no data
		}
		if port := p.Port(); cabled[p.ID] && !seen[port] {
			seen[port] = true
			counts[optic{Lanes: max(p.Lanes, 1), Speed: p.Speed, Type: p.Type}]++
		}
	}
	list := make([]optic, 0, len(counts))
	for _, o := range slices.SortedFunc(maps.Keys(counts), func(x, y optic) int {
		return cmp.Or(cmp.Compare(y.Speed*y.Lanes, x.Speed*x.Lanes), cmp.Compare(x.Lanes, y.Lanes), cmp.Compare(x.Type, y.Type))
	}) {
		o.Count = counts[o]
		list = append(list, o)
	}
	return list
}
