package apply

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/diet-project/diet/mirror/kinds"
)

// queues splits items among at most n workers. Items of one parent go to one queue, in
// order: NetBox counts components in the parent's row, and two transactions that lock
// the same rows in different orders deadlock. Items without a parent are split by batch.
// Queues are as equally long as the parents allow.
func queues(method, kind string, items []*item, batch, n int) [][]*item {
	var groups [][]*item
	at := map[string]int{}
	for i, it := range items {
		key := parent(method, kind, it)
		if key == "" {
			key = fmt.Sprint(i / batch)
		}
		g, ok := at[key]
		if !ok {
			g = len(groups)
			at[key], groups = g, append(groups, nil)
		}
		groups[g] = append(groups[g], it)
	}
	slices.SortStableFunc(groups, func(x, y []*item) int { return cmp.Compare(len(y), len(x)) })
	out := make([][]*item, min(n, len(groups)))
	for _, g := range groups {
		shortest := 0
		for i := range out {
			if len(out[i]) < len(out[shortest]) {
				shortest = i
			}
		}
		out[shortest] = append(out[shortest], g...)
	}
	return out
}

// parent is the row that a write of an item locks besides its own, "" for none: the
// object that it is part of, or one that counts it on create and delete, as a device's
// type does since 4.5. Shared objects are written in one queue: some kinds are trees,
// which NetBox locks as a whole.
func parent(method, name string, it *item) string {
	kind, _ := kinds.Standard().Of(name)
	switch {
	case kind.Parent != "":
		return it.change.Owner
	case !kind.IsOwned():
		return name
	case method == patch:
		return ""
	}
	for _, f := range kind.Fields {
		if !f.Counted {
			continue
		}
		if it.change.Before != nil {
			return fmt.Sprint(it.change.Before.Have[f.Name])
		}
		return fmt.Sprint(it.payload[f.Name])
	}
	return ""
}
