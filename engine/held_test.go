package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
)

// TestHeldRack has a rule ask about the move of a rack: what would come into it waits for
// it, and nothing else does.
func TestHeldRack(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"4.2", "4.7"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			w := setup(t, version)
			w.apply(w.edited(halls))
			w.answer("planned", "ask", `input.kind == "rack"`, `input.field in {"site", "location"}`)
			plan := w.edited(halls, "location: hall-a", "location: hall-b", "count: 4", "count: 6", ofType, ofType+"      set: {description: new}\n")
			p := w.preview(plan)
			for _, device := range []string{"web/web[5]", "web/web[6]"} {
				if c := p.Set().Find("device", device); !strings.Contains(c.Held, "web/rack:row[1]") {
					t.Errorf("%s is not held: %q", device, c.Held)
				}
			}
			result, _, err := w.eng.Apply(t.Context(), plan, engine.ApplyOptions{})
			if err != nil || len(result.Failed) > 0 {
				t.Fatalf("%v, failed %+v", err, result.Errors)
			}
			for _, o := range w.server.Objects("devices") {
				if name := o["name"].(string); strings.HasPrefix(name, "web-") && o["description"] != "new" {
					t.Errorf("%s says %q", name, o["description"])
				}
			}
			w.law(plan)
		})
	}
}

// TestLeftRack has devices leave a rack of which something is asked: they do not wait for it.
func TestLeftRack(t *testing.T) {
	t.Parallel()
	for name, plan := range map[string][]string{
		"moved": {"row: {count: 2, units: 48, location: hall-a}", "row: {count: 2, units: 48, location: hall-b}"},
		"gone":  {"pool: row, per: 2, fromU: 43", "pool: sto, per: 2, fromU: 43", "row: {count: 2,", "row: {count: 0,"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			w.apply(w.edited(halls))
			w.answer("planned", "ask", `input.kind == "rack"`)
			w.answer("orphaned", "ask", `input.kind == "rack"`)
			moved := append([]string{
				inRow, "rack: {pool: sto, per: 8, fromU: 1}", "  racks:\n", "  racks:\n    sto: {count: 1, units: 48, location: hall-c}\n",
			}, plan...)
			wanted := w.edited(halls, moved...)
			result, _, err := w.eng.Apply(t.Context(), wanted, engine.ApplyOptions{})
			if err != nil || len(result.Failed) > 0 {
				t.Fatalf("%v, failed %+v", err, result.Errors)
			}
			w.expectPlaces(map[string]string{
				"web-001": "sto-01 hall-c U1", "web-002": "sto-01 hall-c U2", "web-003": "sto-01 hall-c U3", "web-004": "sto-01 hall-c U4",
			})
			w.law(wanted)
		})
	}
}

// TestIntoMovedRack has a person move a rack to another site, or to another room: what would be made in it
// waits for what becomes of that, and is made once the plan's place is chosen.
func TestIntoMovedRack(t *testing.T) {
	t.Parallel()
	for _, field := range []string{"site", "location"} {
		t.Run(field, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.7")
			w.apply(w.edited(halls))
			switch field {
			case "site":
				w.post("dcim/sites", `{"name": "Other", "slug": "other"}`)
				w.edit("racks", "web/rack:row[1]", fmt.Sprintf(`{"site": %v, "location": null}`, w.newest("sites")))
			default:
				w.post("dcim/locations", fmt.Sprintf(`{"name": "Other", "slug": "other", "site": %v}`, w.newest("sites")))
				w.edit("racks", "web/rack:row[1]", fmt.Sprintf(`{"location": %v}`, w.newest("locations")))
			}
			grown := w.edited(halls, "count: 4", "count: 6")
			p := w.preview(grown)
			for _, device := range []string{"web/web[5]", "web/web[6]"} {
				if c := p.Set().Find("device", device); !strings.Contains(c.Held, "web/rack:row[1]") {
					t.Errorf("%s is not held: %q", device, c.Held)
				}
			}
			result, _, err := w.eng.Apply(t.Context(), grown, engine.ApplyOptions{})
			if err != nil || len(result.Failed) > 0 {
				t.Fatalf("%v, failed %+v", err, result.Errors)
			}
			w.law(grown)
			w.answers(grown, "web/rack:row[1]", field, "use_diet")
			w.apply(grown)
			w.law(grown)
			if w.object("devices", "web/web[6]") == nil {
				t.Error("web[6] was not made")
			}
		})
	}
}

// newest is the id of the object that was made last.
func (w *world) newest(endpoint string) any {
	w.Helper()
	all := w.server.Objects(endpoint)
	return all[len(all)-1]["id"]
}
