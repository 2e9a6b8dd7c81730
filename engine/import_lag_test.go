package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate"
)

// bonded are the rooms with LAGs: across pairs of leaves, and on one.
var bonded = strings.NewReplacer(
	"  catalog:", "  interfaces: {lags: true}\n  catalog:",
	"to: dc.leaf/server, spread: alternate}", "to: dc.leaf/server, spread: alternate, lag: mclag}",
	"{data: {from: fe, to: dc.leaf/server}}", "{data: {from: fe, to: dc.leaf/server, lag: bundle}}",
).Replace(rooms)

// bondedAs are names that people give to LAGs, and to nothing else.
var bondedAs = map[string]func(endpoint, class string, n int, name string) string{
	"as planned": func(_, _ string, _ int, name string) string { return name },
	"their own": func(_, _ string, _ int, name string) string {
		return strings.NewReplacer("bond0", "ae0", "Port-Channel", "Po").Replace(name)
	},
	"no keys": func(_, _ string, _ int, name string) string {
		return strings.NewReplacer("bond0", "bond/0", "Port-Channel", "lag ").Replace(name)
	},
}

// TestImportLags has a site with LAGs made into a plan that says lags, or mapped to one: an apply takes
// them over, and makes none.
func TestImportLags(t *testing.T) {
	t.Parallel()
	whole := setup(t, "4.6")
	whole.apply(whole.edited(bonded))
	for name, calls := range bondedAs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := theirs(t, whole, calls, func() bool { return true })
			for _, o := range whole.server.Objects("interfaces") {
				if lag, _ := o["lag"].(map[string]any); lag != nil {
					h.byHandJSON("PATCH", fmt.Sprint("dcim/interfaces/", h.ids[fmt.Sprint("interfaces", o["id"])]),
						fmt.Sprintf(`{"lag": %v}`, h.ids[fmt.Sprint("interfaces", lag["id"])]))
				}
			}
			h.sync()
			was := bundles(h.world)
			t.Run("anew", func(t *testing.T) {
				w := h.moment().world(t, "mirror.db")
				drawn, err := w.eng.Import(t.Context(), "ams2", "")
				if err != nil {
					t.Fatal(err)
				}
				for _, text := range []string{"lags: true", "lag: mclag", "lag: bundle"} {
					if !strings.Contains(drawn.Plan, text) {
						t.Errorf("the plan does not say %q:\n%s", text, drawn.Plan)
					}
				}
				plan, err := generate.Load("ams2.yaml", []byte(drawn.Plan))
				if err != nil {
					t.Fatalf("%v\n%s", err, drawn.Plan)
				}
				for _, c := range w.adoptAll(plan, drawn.Entries).Changes {
					if c.Action != change.Adopt && c.Class != change.Finding {
						t.Errorf("%s %s %s: %+v", c.Action, c.Kind, c.Object, c.Fields)
					}
				}
				if got := bundles(w); got != was {
					t.Errorf("the LAGs are\n%s\nwant\n%s", got, was)
				}
			})
			t.Run("to a plan", func(t *testing.T) {
				w := h.moment().world(t, "mirror.db")
				plan := w.planned(bonded)
				drawn, err := w.eng.ImportFor(t.Context(), plan)
				if err != nil {
					t.Fatal(err)
				}
				for _, c := range w.adoptAll(plan, drawn.Entries).Changes {
					if c.Action != change.Adopt && c.Class != change.Finding {
						t.Errorf("%s %s %s: %+v", c.Action, c.Kind, c.Object, c.Fields)
					}
				}
				if got, want := bundles(w), bundles(whole); got != want {
					t.Errorf("the LAGs are\n%s\nwant\n%s", got, want)
				}
			})
		})
	}
}

// bundles are the members of LAGs, by device and names.
func bundles(w *world) string {
	out := ""
	for _, o := range w.server.Objects("interfaces") {
		if lag, _ := o["lag"].(map[string]any); lag != nil {
			out += fmt.Sprintf("%v %v: %v\n", o["device"].(map[string]any)["name"], o["name"], lag["name"])
		}
	}
	return out
}

// TestImportUnpluggedLags has LAGs that lost their cables: their members tell whose they are, and none is made
// beside them.
func TestImportUnpluggedLags(t *testing.T) {
	t.Parallel()
	whole := setup(t, "4.6")
	whole.apply(whole.edited(bonded))
	h := theirs(t, whole, bondedAs["their own"], func() bool { return true })
	bound := map[any]bool{}
	for _, o := range whole.server.Objects("interfaces") {
		if lag, _ := o["lag"].(map[string]any); lag != nil {
			id := h.ids[fmt.Sprint("interfaces", o["id"])]
			h.byHandJSON("PATCH", fmt.Sprint("dcim/interfaces/", id), fmt.Sprintf(`{"lag": %v}`, h.ids[fmt.Sprint("interfaces", lag["id"])]))
			bound[fmt.Sprint(id)] = true
		}
	}
	lost := 0
	for i, o := range h.server.Objects("cables") {
		end := o["a_terminations"].([]any)[0].(map[string]any)
		if bound[fmt.Sprint(end["object_id"])] && i%5 == 0 {
			h.byHandJSON("DELETE", fmt.Sprint("dcim/cables/", o["id"]), "")
			lost++
		}
	}
	h.sync()
	plan := h.planned(bonded)
	drawn, err := h.eng.ImportFor(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range h.adoptAll(plan, drawn.Entries).Changes {
		if c.Action == change.Create && c.Kind == "cable" {
			lost--
		} else if c.Action != change.Adopt && c.Class != change.Finding {
			t.Errorf("%s %s %s: %+v", c.Action, c.Kind, c.Object, c.Fields)
		}
	}
	if lost != 0 {
		t.Errorf("of the lost cables %d are not made", lost)
	}
	if got, want := bundles(h.world), bundles(whole); got != want {
		t.Errorf("the LAGs are\n%s\nwant\n%s", got, want)
	}
}
