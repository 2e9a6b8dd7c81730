package sandbox

import (
	"cmp"
	"strings"
)

// compare orders two records of one model as NetBox does by default.
func (s *state) compare(a, b *record) int {
	if a.model.order != nil {
		if n := a.model.order(a, b); n != 0 {
			return n
		}
	}
	return cmp.Compare(a.id, b.id)
}

func byName(a, b *record) int { return natural(a.text("name"), b.text("name")) }

// byDevice orders components: those of one device together, by name.
func byDevice(a, b *record) int {
	if n := cmp.Compare(a.ref("device"), b.ref("device")); n != 0 {
		return n
	}
	return byName(a, b)
}

// natural compares texts with their numbers taken as numbers; case counts
// only where nothing else differs.
func natural(a, b string) int {
	x, y := a, b
	for x != "" && y != "" {
		xd, yd := digitsOf(x), digitsOf(y)
		if xd != "" && yd != "" {
			if n := compareDigits(xd, yd); n != 0 {
				return n
			}
			x, y = x[len(xd):], y[len(yd):]
			continue
		}
		if n := cmp.Compare(fold(x[0]), fold(y[0])); n != 0 {
			return n
		}
		x, y = x[1:], y[1:]
	}
	if n := cmp.Compare(len(x), len(y)); n != 0 {
		return n
	}
	return -strings.Compare(a, b)
}

func digitsOf(s string) string {
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	return s[:i]
}

func compareDigits(a, b string) int {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	if n := cmp.Compare(len(a), len(b)); n != 0 {
		return n
	}
	return strings.Compare(a, b)
}

func fold(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
