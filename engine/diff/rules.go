package diff

import "github.com/diet-project/diet/generate"

// kindRules is what a kind has of its own beyond its entry in the registry.
type kindRules struct {
	// found are statements that find what stands in the place of a wanted object, where
	// its natural key does not.
	found []string

	// templated is the statement that lists what NetBox itself made from a template.
	templated string

	// blocked is the statement that finds what holds a place that is wanted; places are
	// the fields that say where.
	blocked string
	places  []string

	// holder says what an object goes with that is not its parent, by object id.
	holder func(object string) string

	// kept is the statement that lists the objects that are released, never deleted.
	kept string
}

// rules are by kind.
var rules = map[string]kindRules{
	"device": {
		found:   []string{"query/device_place"},
		blocked: "query/device_blocker", places: []string{"rack", "position", "face", "device_type"},
	},
	"interface": {templated: "query/interface_native", kept: "query/interface_templated"},
	"cable": {
		found:   []string{"query/cable_natural"},
		blocked: "query/cable_blocker", places: []string{"a", "b"},
		holder: generate.CableDevice,
	},
}
