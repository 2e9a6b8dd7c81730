package change

import (
	"maps"

	"github.com/diet-project/diet/mirror/value"
)

// Before is an object as the mirror last saw it.
type Before struct {
	Base        map[string]any // field ownership: the value last applied
	Initial     map[string]any // the same, of the fields that were only set at creation
	Keys        map[string]any // what the references in base referred to then: natural keys, object ids; of tags their NetBox ids
	Released    map[string]any // fields that a person released
	Tmp         map[string]any // what diet wrote temporarily, on the way to what is wanted
	Have        map[string]any // every tracked field
	LastUpdated string         // NetBox's last_updated, the source of the ETag
	Turned      bool           // of a cable: NetBox's side A is b here, and its B is a
	Version     int            // of diet's record, 0 for none
	Tags        map[string]any // the NetBox ids of its tags, by the fields that they are in Have
}

// Applied returns what diet last applied of a field, set at creation only or not.
func (b *Before) Applied(field string) (any, bool) {
	if v, known := b.Base[field]; known {
		return v, true
	}
	v, known := b.Initial[field]
	return v, known
}

// AllApplied is what diet last applied of every field.
func (b *Before) AllApplied() map[string]any {
	out := map[string]any{}
	if b != nil {
		maps.Copy(out, b.Initial)
		maps.Copy(out, b.Base)
	}
	return out
}

// Passing reports whether a field holds what diet wrote temporarily: nobody chose it.
func (b *Before) Passing(field string) bool {
	v, is := b.Tmp[field]
	return is && value.Equal(v, b.Have[field])
}
