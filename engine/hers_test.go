package engine_test

import (
	"fmt"
	"testing"

	"github.com/diet-project/diet/engine/change"
)

// TestHersAgain says whose an edit is that a rollback gave back: hers, not diet's. What waits for
// one answer then is counted wherever it is told.
func TestHersAgain(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.planned(fmt.Sprintf(small, "one", 3))
	w.apply(plan)
	w.edit("devices", "web/web[1]", `{"description": "hers"}`)
	w.answers(plan, "web/web[1]", "description", "use_diet")
	plan = w.planned(fmt.Sprintf(small, "one", 4))
	w.apply(plan)
	w.apply(w.back(plan))
	if got := w.object("devices", "web/web[1]")["description"]; got != "hers" {
		t.Fatalf("the rollback left %q", got)
	}
	w.sync()
	look, err := w.eng.Look(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	c := look.Preview.Set().Find("device", "web/web[1]")
	if c == nil || len(c.Fields) != 1 || c.Fields[0].Blame == nil {
		t.Fatalf("web[1]: %+v", c)
	}
	if b := c.Fields[0].Blame; b.Actor != change.ActorPerson || b.User != "maria" {
		t.Errorf("blamed: %+v", b)
	}
	if n := look.Preview.Withheld(); n == 0 || n != look.Status.Pending {
		t.Errorf("%d changes wait for one answer, and %d are pending", n, look.Status.Pending)
	}
	if n := len(look.Preview.Questions); n == 0 || n != look.Status.Summary.Conflicts {
		t.Errorf("%d questions, and %d conflicts", n, look.Status.Summary.Conflicts)
	}
	w.law(plan)
}
