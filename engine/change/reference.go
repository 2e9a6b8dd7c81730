package change

// references are the fields that hold the NetBox id of another object, with its
// kind, by the kind that they are of.
var references = map[string]map[string]string{
	"rack": {"site": "site", "location": "location", "tenant": "tenant"},
	"device": {
		"site": "site", "location": "location", "rack": "rack", "device_type": "device_type",
		"role": "device_role", "tenant": "tenant", "platform": "platform",
	},
	"interface": {"device": "device", "lag": "interface"},
	"cable":     {"a": "interface", "b": "interface", "tenant": "tenant"},
}

// Refers returns the kind of object that a field of a kind refers to, or "" for a
// field that is no reference.
func Refers(kind, field string) string { return references[kind][field] }

// ReferenceID reads the NetBox id in the value of a reference. What is not in NetBox
// yet, or is no reference, has none.
func ReferenceID(value any) (int64, bool) {
	switch id := value.(type) {
	case int64:
		return id, true
	case float64:
		return int64(id), true
	}
	return 0, false
}

// Named returns what people call the object that the value of a field refers to,
// where that is known.
func (s *Set) Named(kind, field string, value any) (name string, ok bool) {
	id, isID := ReferenceID(value)
	if !isID {
		return "", false
	}
	name, ok = s.Names[Refers(kind, field)][id]
	return name, ok
}
