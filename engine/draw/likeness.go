package draw

import (
	"fmt"
	"maps"
	"slices"
)

// groupBy groups members of equal key, in the order of their first ones.
func groupBy(members []int, key func(int) string) [][]int {
	var groups [][]int
	at := map[string]int{}
	for _, m := range members {
		k := key(m)
		i, ok := at[k]
		if !ok {
			i = len(groups)
			at[k] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], m)
	}
	return groups
}

// nodeKey is the same for nodes with as many cables to each box.
func (v *view) nodeKey(i int) string {
	counts := map[int]int{}
	for j, n := range v.near[i] {
		counts[v.box[j]] += n
	}
	return fmt.Sprint(counts) // fmt prints maps sorted
}

// servedKey is nodeKey without management.
func (v *view) servedKey(i int) string {
	counts := map[int]int{}
	for j, n := range v.near[i] {
		if v.row(j) < tierOOB {
			counts[v.box[j]] += n
		}
	}
	return fmt.Sprint(counts)
}

// mainKey is nodeKey of the fabric alone that has most of a node's cables.
func (v *view) mainKey(i int) string {
	cables := map[string]int{}
	for j, n := range v.near[i] {
		cables[v.devices[j].Fabric] += n
	}
	main := ""
	for _, f := range slices.Sorted(maps.Keys(cables)) {
		if cables[f] > cables[main] {
			main = f
		}
	}
	counts := map[int]int{}
	for j, n := range v.near[i] {
		if v.devices[j].Fabric == main {
			counts[v.box[j]] += n
		}
	}
	return fmt.Sprint(counts)
}

// switchKey is the same for switches that serve the same nodes and connect to the
// same switches of their fabric. Their own kind and other fabrics do not count:
// a peer link or a management port makes no other switch of it.
func (v *view) switchKey(i int) string {
	d := v.devices[i]
	counts := map[int]int{}
	for j, n := range v.near[i] {
		if o := v.devices[j]; o.Fabric == "" || o.Fabric == d.Fabric && o.Source != d.Source {
			counts[j] = n
		}
	}
	return fmt.Sprint(counts)
}
