package apply

import (
	"cmp"
	"fmt"
	"slices"
)

// lanes splits items among at most n workers. What hangs on one parent goes to one
// lane, in order: NetBox counts components in the parent's row, and two
// transactions that lock the same rows in another order end in a deadlock. What has
// no parent is split by the batch. A lane is as long as the others, as far as the
// parents allow.
func lanes(method, kind string, items []*item, batch, n int) [][]*item {
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

// parent is the row that a write of an item locks beside its own, "" for none: an
// interface's device, a template's type; a device's type, which counts its devices
// since 4.5, where one is made or deleted. What is shared is written in one lane:
// some kinds are trees, which NetBox locks as a whole.
func parent(method, kind string, it *item) string {
	switch kind {
	case "interface", "interface_template":
		return it.change.Owner
	case "device":
		if method == patch {
			return ""
		}
		if it.change.Before != nil {
			return fmt.Sprint(it.change.Before.Have["device_type"])
		}
		return fmt.Sprint(it.payload["device_type"])
	case "rack", "cable":
		return ""
	}
	return kind
}
