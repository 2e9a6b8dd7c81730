package change

import (
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// Refers returns the kind of object that a field of a kind refers to, or "" for a
// field that is no reference.
func Refers(kind, field string) string {
	k, _ := kinds.Standard().Of(kind)
	return k.Refers(field)
}

// Named returns what people call the object that the value of a field refers to,
// where that is known.
func (s *Set) Named(kind, field string, v any) (name string, ok bool) {
	id, isID := value.ID(v)
	if !isID {
		return "", false
	}
	name, ok = s.Names[Refers(kind, field)][id]
	return name, ok
}
