package engine_test

import (
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
)

// TestPortsThatAreNotToBe has a person, or a rule, keep a port of a new switch from being made, which
// NetBox makes of the type's templates all the same: the leaf waits, and is told.
func TestPortsThatAreNotToBe(t *testing.T) {
	t.Parallel()
	const leaf, port = "web/dc.leaf[2]", "web/dc.leaf[2]/1"
	for name, refuse := range map[string]func(w *world){
		"left out": func(w *world) { w.answers(w.plan("one", 2), port, "", "skip") },
		"asked": func(w *world) {
			w.answer("absent", "ask", `input.kind == "interface"; startswith(input.object, "web/dc.leaf[2]")`)
		},
		"denied": func(w *world) {
			w.answer("absent", "deny", `input.kind == "interface"; startswith(input.object, "web/dc.leaf[2]")`)
		},
	} {
		for _, known := range []bool{true, false} { // whether NetBox has the type by then
			t.Run(name+map[bool]string{true: ", known type"}[known], func(t *testing.T) {
				t.Parallel()
				w := setup(t, "4.6")
				if known {
					w.apply(w.edited(small, "%s", "one", "%d", "2", "name: web", "name: db", "site: ams2", "site: ams3"))
				}
				refuse(w)
				plan := w.plan("one", 2)
				p := w.preview(plan)
				held := ""
				for _, c := range p.Changes {
					if c.Object == leaf {
						held = c.Held
					}
				}
				if !strings.HasPrefix(held, "waits for "+leaf+"/") || !strings.Contains(held, "which NetBox makes along with it") || !p.Waits() {
					t.Errorf("held %q, waits %v", held, p.Waits())
				}
				if _, _, err := w.eng.Apply(t.Context(), plan, engine.ApplyOptions{}); err != nil {
					t.Fatal(err)
				}
				w.law(plan)
				for _, o := range w.server.Objects("devices") {
					if custom, _ := o["custom_fields"].(map[string]any); custom["diet_object_id"] == leaf {
						t.Error("it is there")
					}
				}
			})
		}
	}
}
