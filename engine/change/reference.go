package change

import (
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// Refers returns the kind that a field refers to, "" if it is no reference.
func Refers(kind, field string) string {
	k, _ := kinds.Standard().Of(kind)
	return k.Refers(field)
}

// Named returns the name of the object that a field's value refers to, if it is known.
func (s *Set) Named(kind, field string, v any) (name string, ok bool) {
	id, isID := value.ID(v)
	if !isID {
		return "", false
	}
	name, ok = s.Names[Refers(kind, field)][id]
	return name, ok
}
