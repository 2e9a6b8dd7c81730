package engine_test

import (
	"fmt"
	"testing"

	"github.com/diet-project/diet/engine"
)

// TestLook has the same revision as long as nothing moves, and another one once NetBox was
// edited, or somebody answered.
func TestLook(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.planned(fmt.Sprintf(small, "one", 2))
	w.apply(plan)
	look := func() *engine.Look {
		t.Helper()
		l, err := w.eng.Look(t.Context(), plan)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	first := look()
	if first.Status.Status != engine.StateInSync || first.Preview.Pending() != 0 || first.Revision != look().Revision {
		t.Errorf("%+v", first.Status)
	}
	w.edit("devices", "web/web[1]", `{"name": "hers"}`)
	w.sync()
	second := look()
	if second.Revision == first.Revision || second.Status.Status != engine.StateDrift {
		t.Errorf("after an edit: %s, %+v", second.Revision, second.Status)
	}
	drifted := 0
	for i := range second.Preview.Changes {
		if engine.Drifted(&second.Preview.Changes[i]) {
			drifted++
		}
	}
	if drifted != 1 {
		t.Errorf("%d drifted", drifted)
	}
	w.answers(plan, "web/web[1]", "name", "acknowledge")
	third := look()
	if third.Revision == second.Revision || third.Status.Summary.Accepted != 1 {
		t.Errorf("after an answer: %+v", third.Status)
	}
	for i := range third.Preview.Changes {
		if engine.Drifted(&third.Preview.Changes[i]) {
			t.Error("what is accepted is drift")
		}
	}
}
