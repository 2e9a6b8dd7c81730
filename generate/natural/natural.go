// Package natural orders keys and names as people count: leaf-2 comes before
// leaf-10. Plans, topologies, change sets and reports all list things in this
// order, so that one listing can be held beside another. It also folds names that NetBox
// takes for one. It is a leaf.
package natural

import (
	"cmp"
	"strings"
)

// Compare orders two texts: runs of digits count as numbers and come before other
// characters, which are compared by code point. Only equal texts are equal.
func Compare(a, b string) int {
	x, y := a, b
	for x != "" && y != "" {
		m, n := digits(x), digits(y)
		switch {
		case m > 0 && n > 0:
			if c := compareNumbers(x[:m], y[:n]); c != 0 {
				return c
			}
			x, y = x[m:], y[n:]
		case m > 0:
			return -1
		case n > 0:
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

// Fold is a name without its case, as NetBox compares names that must be unique whatever
// their case: by PostgreSQL's lower(), which knows all of Unicode, so É and é are one.
func Fold(name string) string { return strings.ToLower(name) }
