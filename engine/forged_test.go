package engine_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
)

// TestRecordsThatPeopleWroteOver has a person write the marks of one server, diet's own record among
// them, over those of another one, or swap those of two. Whose each is says what diet wrote last, by the
// changelog: restore puts that back, and no name, place or part of either goes to the other one.
func TestRecordsThatPeopleWroteOver(t *testing.T) {
	t.Parallel()
	const one, two, text = "web/web[1]", "web/web[2]", `{"custom_fields": `
	for name, over := range map[string][]string{"one over another": {two}, "two swapped": {one, two}} {
		for _, again := range []bool{false, true} { // with the mirror that knows it, or with what the changelog has
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				w := setup(t, "4.6")
				plan := w.plan("one", 3)
				w.apply(plan)
				was := w.devices()
				marks := map[string]string{}
				ids := map[string]any{}
				for _, object := range []string{one, two} {
					o := w.object("devices", object)
					custom, err := json.Marshal(o["custom_fields"])
					if err != nil {
						t.Fatal(err)
					}
					marks[object], ids[object] = string(custom), o["id"]
				}
				for _, object := range over {
					other := map[string]string{one: two, two: one}[object]
					w.byHandJSON("PATCH", fmt.Sprintf("dcim/devices/%v/", ids[object]), text+marks[other]+"}")
				}
				if again {
					w.open("another.db")
				}
				w.sync()
				p := w.preview(plan)
				for _, object := range over {
					x := conflict(p, object)
					if x == nil || x.Type != engine.Identity || x.Blame == nil || x.Blame.User != "maria" {
						t.Fatalf("%s: %+v", object, x)
					}
					w.answers(plan, object, "", "restore")
				}
				p = w.preview(plan)
				if len(p.Questions)+len(p.Findings) > 0 {
					t.Errorf("questions %+v, findings %+v", p.Questions, p.Findings)
				}
				for i := range p.Changes {
					for _, f := range p.Changes[i].Fields {
						if f.Class != change.Agreed {
							t.Errorf("%s %s: %v, not %v", p.Changes[i].Object, f.Name, f.Want, f.Have)
						}
					}
				}
				w.apply(plan)
				w.law(plan)
				if is := w.devices(); is != was {
					t.Errorf("the devices were %s, and are %s", was, is)
				}
			})
		}
	}
}
