package engine_test

import (
	"testing"

	"github.com/diet-project/diet/engine"
)

// TestLeftToPeople leaves a field to people as they said, whatever it holds by then: she wrote it
// before anybody answered, or after, and drift is put right unasked.
func TestLeftToPeople(t *testing.T) {
	t.Parallel()
	for name, late := range map[string]bool{"before the mirror saw her edit": false, "ahead of her edit": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			plan := w.auto(3)
			w.apply(plan)
			edit := func() { w.edit("devices", "web/web[1]", `{"description": "hers"}`) }
			if !late {
				edit()
			}
			reply := engine.Reply{Object: "web/web[1]", Field: "description", Answer: "unmanage", Who: "joe", Why: "hers"}
			if _, err := w.eng.Resolve(t.Context(), plan, reply); err != nil {
				t.Fatal(err)
			}
			if late {
				edit()
			}
			w.apply(plan)
			if got := w.object("devices", "web/web[1]")["description"]; got != "hers" {
				t.Errorf("the description is %v", got)
			}
			w.edit("devices", "web/web[1]", `{"description": "hers, again"}`)
			w.law(plan)
			if got := w.object("devices", "web/web[1]")["description"]; got != "hers, again" {
				t.Errorf("the description is %v", got)
			}
			if list, err := w.eng.Answers(t.Context(), plan); err != nil || len(list) != 1 || list[0].State == engine.AnswerLapsed {
				t.Errorf("the answers: %+v, %v", list, err)
			}
		})
	}
}
