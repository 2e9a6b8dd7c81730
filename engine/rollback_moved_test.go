package engine_test

import (
	"fmt"
	"testing"

	"github.com/diet-project/diet/engine"
)

// TestRollbackMoved undoes a run in which a class got another key and its servers other names:
// the names are as before, and the objects stay under the ids that they have.
func TestRollbackMoved(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.plan("one", 3))
	ids := w.idsOf()
	result, _, err := w.eng.Apply(t.Context(), w.renamed("  moved: [{from: web, to: app}]\n", 3), engine.ApplyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	w.undo(result.Run)
	if name := w.object("devices", "web/app[2]")["name"]; name != "web-002" || w.idsOf() != ids {
		t.Errorf("it is called %v, and the objects are %s", name, w.idsOf())
	}
	w.unique()
}

// TestRollbackTaken undoes a run that took a pod over from another plan: names are as before,
// and the plan that it went to has it.
func TestRollbackTaken(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.both(giving{count: 3, node: "gpu-{n}"}.plans(w, "one"))
	ids, ones := w.idsOf(), w.ofPlan("one")
	one, two := giving{count: 3, node: "g-{n}"}.plans(w, "two")
	all := w.eng.ApplyAll(t.Context(), []engine.Task{{Intent: two}, {Intent: one}}, engine.ApplyOptions{})
	w.undo(all[0].Result.Run)
	for n := 1; n <= 3; n++ {
		if name := w.object("devices", fmt.Sprintf("two/gpu[%d]", n))["name"]; name != fmt.Sprint("gpu-", n) {
			t.Errorf("it is called %v", name)
		}
	}
	if w.idsOf() != ids || w.ofPlan("two") != ones {
		t.Errorf("the objects are %s, %d of plan two", w.idsOf(), w.ofPlan("two"))
	}
	w.unique()
}

// undo rolls a run back, and makes sure that nothing of it is left to do.
func (w *world) undo(run string) {
	w.Helper()
	back, err := w.eng.Rollback(w.Context(), run)
	if err != nil {
		w.Fatal(err)
	}
	result, p, err := w.eng.Apply(w.Context(), back, engine.ApplyOptions{})
	if err != nil || len(result.Failed) > 0 || p.Waits() {
		w.Fatalf("%v %+v", err, result)
	}
	w.law(back)
}
