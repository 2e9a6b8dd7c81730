package change

import (
	"strings"

	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// Refers returns the kind that a field refers to, "" if it is no reference.
func Refers(kind, field string) string {
	k, _ := kinds.Standard().Of(kind)
	return k.Refers(field)
}

// Named returns the name of the object that a field's value refers to, if it is known. An
// end of a cable may be plugged into several.
func (s *Set) Named(kind, field string, v any) (name string, ok bool) {
	names := s.Names[Refers(kind, field)]
	if id, isID := value.ID(v); isID {
		name, ok = names[id]
		return name, ok
	}
	var all []string
	for _, id := range Plugs(kind, field, v) {
		if names[id] == "" {
			return "", false
		}
		all = append(all, names[id])
	}
	return strings.Join(all, " and "), len(all) > 0
}
