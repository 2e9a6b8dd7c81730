package change

import (
	"strings"

	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// Reference is something that depends on an object and is not deleted with the plan's, or that
// others wrote on the object itself.
type Reference struct {
	Kind  string `json:"kind"`            // ip_address, cable, custom_field, tag, comments, ...
	ID    int64  `json:"id,omitempty"`    // NetBox id, where it is an object
	Name  string `json:"name"`            // 10.1.2.3/32, monitoring_id
	Value any    `json:"value,omitempty"` // of a custom field
	Blame *Blame `json:"blame,omitempty"`

	// Prevents says that NetBox does not delete the object as long as this is there.
	Prevents bool `json:"prevents,omitempty"`

	// Clears is the field by which this refers to the object, where NetBox does no more to it than
	// empty that; "" where it goes too, or prevents the deletion.
	Clears string `json:"clears,omitempty"`

	// Stays says that this is of the plan itself, and is not deleted: it is kept, or released.
	Stays bool `json:"stays,omitempty"`

	// Denied is the rule that denies what would become of this, "" for none, and Why what it says.
	Denied string `json:"denied,omitempty"`
	Why    string `json:"why,omitempty"`
}

// Refers returns the kind that a field refers to, "" if it is no reference.
func Refers(kind, field string) string {
	k, _ := kinds.Standard().Of(kind)
	return k.Refers(field)
}

// Pending reports whether the wanted value of a field refers to an object that is not in
// NetBox yet, and returns its diet id, or kind:slug of a shared one. A text may begin with
// "@" too.
func Pending(kind, field string, value any) (object string, pending bool) {
	s, _ := value.(string)
	if object, pending = strings.CutPrefix(s, "@"); !pending || Refers(kind, field) == "" {
		return "", false
	}
	return object, true
}

// Pending is [Pending] of what is wanted of a field of the change.
func (c *Change) Pending(f Field) (object string, pending bool) {
	return Pending(c.Kind, f.Name, f.Want)
}

// Emptied reports whether NetBox emptied a field since what it referred to was deleted: nobody
// changed the plan, although that is to name what is made in its place.
func Emptied(kind, field string, class Class, base, have any) bool {
	return class == Planned && Refers(kind, field) != "" && !value.Empty(base) && value.Empty(have)
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

// Called is what an object is called that a field's value refers to: its name or, of one that is yet
// to be made, its diet id or kind:slug.
func (s *Set) Called(kind, field string, v any) (name string, ok bool) {
	if name, ok = s.Named(kind, field, v); ok {
		return name, true
	}
	return Pending(kind, field, v)
}
