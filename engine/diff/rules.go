package diff

import (
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror/kinds"
)

// kindRules is what is special about a kind beyond its entry in the registry.
type kindRules struct {
	// found are statements that find what is in the place of a wanted object when its
	// natural key does not.
	found []string

	// blocked says what else can be taken, beside a name.
	blocked []blocker

	// mixed is the statement that lists what is in the way of objects of which only a part
	// is written.
	mixed string

	// above is the statement that lists objects that want a place beyond what they stand in.
	above string

	// room is the statement that lists what room objects want, and what of it there is.
	room string

	// holder returns the id of what an object goes with, if that is not its parent.
	holder func(object string) string
}

// rules are by kind.
var rules = map[string]kindRules{
	"rack": {blocked: []blocker{{statement: "query/rack_blocker", places: []string{"u_height"}, frees: placing}}},
	"device": {
		found:   []string{"query/device_place"},
		blocked: []blocker{{statement: "query/device_blocker", places: placing, sized: true}},
		mixed:   "query/device_mix", above: "query/device_above", room: "query/device_room",
	},
	"module": {blocked: []blocker{
		{statement: "query/name_blocker", places: []string{"module_bay"}},
		{statement: "query/module_blocker", places: []string{"module_bay"}, ported: true},
	}},
	"cable": {
		found:   []string{"query/cable_natural"},
		blocked: []blocker{{statement: "query/cable_blocker", places: plugs}},
		holder:  generate.CableDevice,
	},
}

// plugs are the fields by which a cable takes ports.
var plugs = kinds.Standard().Must("cable").Plugs()

// placing are the fields by which a device takes room in a rack.
var placing = []string{"rack", "position", "face", "device_type"}
