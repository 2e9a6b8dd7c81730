package sandbox

import (
	"net/http"
	"strings"

	"github.com/diet-project/diet/mirror/sandbox/model"
	"github.com/diet-project/diet/mirror/sandbox/table"
)

// verbs are the permissions that methods need.
var verbs = map[string]string{
	http.MethodGet: "view", http.MethodHead: "view", http.MethodPost: "add",
	http.MethodPut: "change", http.MethodPatch: "change", http.MethodDelete: "delete",
}

// grants lists the constraints of all that a user may do, by permission.
func grantsOf(s *table.Store, user int64) map[string][]any {
	all := map[string][]any{}
	for _, p := range model.PermissionsFor(s, user) {
		if !p.Flag("enabled") {
			continue
		}
		types, _ := p.Get("object_types").([]string)
		actions, _ := p.Get("actions").([]any)
		constraints, many := p.Get("constraints").([]any)
		if !many {
			constraints = []any{p.Get("constraints")}
		}
		for _, name := range types {
			for _, action := range actions {
				key := table.Plain(action) + " " + name
				all[key] = append(all[key], constraints...)
			}
		}
	}
	return all
}

// singular names the type of an endpoint that has no model here:
// dcim/device-bays is dcim.devicebay.
func singular(parts []string) string {
	kind := strings.ReplaceAll(parts[1], "-", "")
	switch {
	case kind == "objecttypes":
		return table.Everybody
	case strings.HasSuffix(kind, "addresses"), strings.HasSuffix(kind, "prefixes"):
		kind = strings.TrimSuffix(kind, "es")
	case !strings.HasSuffix(kind, "chassis"):
		kind = strings.TrimSuffix(kind, "s")
	}
	return parts[0] + "." + kind
}
