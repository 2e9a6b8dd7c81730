package generate

import (
	"cmp"
	"maps"
	"slices"

	"github.com/diet-project/diet/generate/natural"
)

// entry is one key of a keyed map, after its braces were expanded.
type entry[T any] struct {
	key  string // the expanded key
	path string // path of the written key in the plan
	body T
}

// entries gives the entries of a keyed map in plan order: those with an order
// first, by it; ties, and the rest, in natural order of their keys. Keys with
// brace ranges expand to several entries with the same body.
func entries[T any](fs *findings, path string, m map[string]T, order func(T) *int) []entry[T] {
	var list []entry[T]
	at := map[string]string{}
	for _, raw := range sortedKeys(m) {
		p := path + "." + raw
		keys, err := expandBraces(raw)
		if err != nil {
			fs.add(p, "write {a-b} or {a,b}", "%v", err)
			continue
		}
		if !fs.spend(p, len(keys)) {
			return list
		}
		for _, k := range keys {
			if other, dup := at[k]; dup {
				fs.add(p, "", "%q is already given by %q", k, other)
				continue
			}
			at[k] = raw
			list = append(list, entry[T]{k, p, m[raw]})
		}
	}
	slices.SortStableFunc(list, func(a, b entry[T]) int {
		return cmp.Or(compareOrder(order(a.body), order(b.body)), natural.Compare(a.key, b.key))
	})
	return list
}

func compareOrder(a, b *int) int {
	switch {
	case a != nil && b != nil:
		return cmp.Compare(*a, *b)
	case a != nil:
		return -1
	case b != nil:
		return 1
	}
	return 0
}

// sortedKeys gives the keys of a map in natural order.
func sortedKeys[T any](m map[string]T) []string {
	return slices.SortedFunc(maps.Keys(m), natural.Compare)
}
