package table

import (
	"cmp"
	"slices"
	"strings"
)

// compare orders two records of one model as NetBox does by default.
func (s *Store) compare(a, b *Record) int {
	if a.Model.Order != nil {
		if n := a.Model.Order(a, b); n != 0 {
			return n
		}
	}
	return cmp.Compare(a.ID, b.ID)
}

// ByName orders by name, numbers in it as numbers.
func ByName(a, b *Record) int { return Natural(a.Text("name"), b.Text("name")) }

// Natural compares texts with their numbers taken as numbers; case counts
// only where nothing else differs.
func Natural(a, b string) int {
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

// Arrange sorts by ?ordering=, or by the model's own order. An unknown
// ordering is ignored.
func (s *Store) Arrange(m *Model, found []*Record, by []string) {
	var keys []sortKey
	for _, name := range by {
		if k, ok := s.keyFor(m, strings.TrimSpace(name)); ok {
			keys = append(keys, k)
		}
	}
	if len(keys) == 1 && keys[0].id && !keys[0].down {
		return // they are sorted by id
	}
	if len(keys) == 0 {
		slices.SortStableFunc(found, s.compare)
		return
	}
	slices.SortStableFunc(found, func(a, b *Record) int {
		for _, k := range keys {
			if n := k.compare(a, b); n != 0 {
				return n
			}
		}
		return 0
	})
}

type sortKey struct {
	field *Field
	id    bool
	down  bool
}

func (s *Store) keyFor(m *Model, name string) (sortKey, bool) {
	k := sortKey{down: strings.HasPrefix(name, "-")}
	name = strings.TrimPrefix(name, "-")
	if name == "id" || name == "pk" {
		k.id = true
		return k, true
	}
	k.field = m.ByName[name]
	if k.field == nil {
		return k, false
	}
	return k, k.field.Column >= 0 || k.field.Kind == Created || k.field.Kind == LastUpdated
}

func (k sortKey) compare(a, b *Record) int {
	var n int
	switch {
	case k.id:
		n = cmp.Compare(a.ID, b.ID)
	case k.field.Kind == Created:
		n = a.Created.Compare(b.Created)
	case k.field.Kind == LastUpdated:
		n = a.Updated.Compare(b.Updated)
	default:
		n = CompareValues(a.Values[k.field.Column], b.Values[k.field.Column])
	}
	if k.down {
		return -n
	}
	return n
}

// CompareValues orders as the database does: null comes last.
func CompareValues(a, b any) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return 1
	case b == nil:
		return -1
	}
	switch x := a.(type) {
	case string:
		y, _ := b.(string)
		return Natural(x, y)
	case int64:
		y, _ := b.(int64)
		return cmp.Compare(x, y)
	case float64:
		y, _ := b.(float64)
		return cmp.Compare(x, y)
	}
	return cmp.Compare(Plain(a), Plain(b))
}
