package generate

import (
	"cmp"
	"slices"
	"strings"
)

// naturalCompare orders keys: runs of digits count as numbers and come before
// text, text is compared by code point. be-2 comes before be-10.
func naturalCompare(a, b string) int {
	x, y := a, b
	for x != "" && y != "" {
		dx, dy := digits(x), digits(y)
		switch {
		case dx > 0 && dy > 0:
			if c := compareNumbers(x[:dx], y[:dy]); c != 0 {
				return c
			}
			x, y = x[dx:], y[dy:]
		case dx > 0:
			return -1
		case dy > 0:
			return 1
		case x[0] != y[0]:
			// UTF-8 keeps the order of code points.
			return cmp.Compare(x[0], y[0])
		default:
			x, y = x[1:], y[1:]
		}
	}
	return cmp.Or(cmp.Compare(len(x), len(y)), strings.Compare(a, b))
}

// digits is the length of the run of digits that s starts with.
func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

// compareNumbers compares two runs of digits of any length by value.
func compareNumbers(a, b string) int {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
}

// entry is one key of a keyed map, after its braces were expanded.
type entry[T any] struct {
	key  string // the expanded key
	path string // path of the written key in the plan
	body T
}

// entries gives the entries of a keyed map in plan order: those with an order
// first, by it; ties, and the rest, in natural order of their keys. Keys with
// brace ranges stand for several entries of the same body.
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
		return cmp.Or(compareOrder(order(a.body), order(b.body)), naturalCompare(a.key, b.key))
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
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, naturalCompare)
	return keys
}
