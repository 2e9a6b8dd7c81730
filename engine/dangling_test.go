package engine_test

import (
	"testing"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate"
)

// TestDeletedSwitchIsOneQuestion has a person delete the device at one end of cables: what is asked is
// whether it is made again, and nothing about each cable, whichever end it was.
func TestDeletedSwitchIsOneQuestion(t *testing.T) {
	t.Parallel()
	for object, cables := range map[string]int{"web/dc.leaf[1]": 3, "web/web[1]": 2} {
		t.Run(object, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			plan := w.plan("one", 3)
			w.apply(plan)
			w.remove("devices", object)
			p := w.preview(plan)
			if len(p.Questions) != 1 || p.Questions[0].Class != change.Missing {
				t.Fatalf("asked %+v", p.Questions)
			}
			status, err := w.eng.Status(t.Context(), []*generate.Plan{plan}, "")
			if err != nil || status[0].Summary.Modified != cables || status[0].Summary.Missing == 0 {
				t.Errorf("of %d cables that lost an end, it tells %+v (%v)", cables, status[0].Summary, err)
			}
			w.answers(plan, object, "", "recreate")
			w.apply(plan)
			w.law(plan)
			if n := len(w.preview(plan).Questions); n != 0 {
				t.Errorf("%d are asked", n)
			}
		})
	}
}
