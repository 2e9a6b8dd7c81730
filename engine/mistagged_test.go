package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
)

// TestTagsOfOtherTypes tells at preview of a tag that NetBox gives only to other types of objects: an
// apply fails at nothing, and once the tag may be theirs, everything is made.
func TestTagsOfOtherTypes(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"4.2", "4.7"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			w := setup(t, version)
			w.makeAt("extras/tags", `{"name": "Gold", "slug": "gold", "object_types": ["dcim.site", "dcim.rack"]}`)
			w.makeAt("extras/tags", `{"name": "Blue", "slug": "blue"}`)
			plan := w.replanned(2, `defaults: {description: "one"}`, `defaults: {description: "one", tags: [Gold, Blue]}`)
			p := w.preview(plan)
			const want = `NetBox gives the tag "gold" to objects of the types dcim.rack, dcim.site only`
			if !holdsFinding(p.Findings, want, "devices") || holdsFinding(p.Findings, "blue") {
				t.Errorf("the findings are %+v", p.Findings)
			}
			errs, _ := p.Refused()
			if !slices.ContainsFunc(errs, func(r engine.Refusal) bool { return strings.Contains(r.Message, want) }) {
				t.Errorf("validate would not tell: %+v", errs)
			}
			result, _, err := w.eng.Apply(t.Context(), plan, engine.ApplyOptions{})
			if err != nil || len(result.Failed) > 0 {
				t.Fatalf("apply: %v, failed %+v", err, result.Errors)
			}
			w.law(plan)
			tag := w.server.Objects("tags")[0]
			for _, o := range w.server.Objects("tags") {
				if o["slug"] == "gold" {
					tag = o
				}
			}
			w.byHandJSON("PATCH", fmt.Sprintf("extras/tags/%v", tag["id"]), `{"object_types": []}`)
			w.apply(plan)
			w.asksNothing(plan)
			w.law(plan)
		})
	}
}
