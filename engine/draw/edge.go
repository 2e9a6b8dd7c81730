package draw

import (
	"cmp"
	"maps"
	"slices"
)

// edges counts the cables between boxes.
func (v *view) edges() []Edge {
	counts := map[link]int{}
	for _, l := range v.links {
		a, b := v.box[l.a], v.box[l.b]
		counts[link{min(a, b), max(a, b), l.speed, l.carries}]++
	}
	keys := slices.SortedFunc(maps.Keys(counts), func(x, y link) int {
		return cmp.Or(cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b), cmp.Compare(y.speed, x.speed), cmp.Compare(x.carries, y.carries))
	})
	edges := []Edge{}
	for _, k := range keys {
		if n := len(edges); n == 0 || edges[n-1].A != k.a || edges[n-1].B != k.b {
			edges = append(edges, Edge{A: k.a, B: k.b})
		}
		e := &edges[len(edges)-1]
		if !slices.Contains(e.carries, k.carries) {
			e.carries = append(e.carries, k.carries)
		}
		if n := len(e.Strands); n > 0 && e.Strands[n-1].Speed == k.speed {
			e.Strands[n-1].Count += counts[k]
			continue
		}
		e.Strands = append(e.Strands, Strand{Count: counts[k], Speed: k.speed})
	}
	return edges
}
