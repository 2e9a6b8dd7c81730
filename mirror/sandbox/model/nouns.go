package model

import (
	"slices"

	"github.com/diet-project/diet/mirror/sandbox/release"
	"github.com/diet-project/diet/mirror/sandbox/table"
)

// nouns lists all kinds of objects. Of those that a deletion takes along, the
// first in this list go first.
func nouns() []noun {
	return slices.Concat(
		siteNouns, tenantNouns, rackNouns, deviceTypeNouns, templateNouns, deviceNouns, interfaceNouns, cableNouns, componentNouns,
		addressNouns, vlanNouns, serviceNouns, machineNouns, wirelessNouns, vpnNouns, circuitNouns, powerNouns,
		tagNouns, customNouns, extraNouns, userNouns,
	)
}

// Schema is what a NetBox of a release is made of.
func Schema(rel *release.Release) table.Schema {
	made := table.Schema{Labels: "tags", Authors: "users", Saved: "saved-filters", Customs: &customSet{}}
	for _, n := range nouns() {
		if m := n.model(rel); m != nil {
			made.Models = append(made.Models, m)
		}
	}
	return made
}
