package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
)

// TestRollbackMoved undoes a run in which a class got another key and its servers other names:
// all is as before, the diet ids too, and the plan of before wants nothing.
func TestRollbackMoved(t *testing.T) {
	t.Parallel()
	const moved = "  moved: [{from: web, to: app}]\n"
	for name, x := range map[string]struct {
		grows int
		since func(w *world)
	}{
		"alone":                     {3, nil},
		"with what the run made":    {4, nil},
		"with what she wrote since": {3, patched("devices", "web/app[2]", `{"name": "hers"}`)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			before := w.plan("one", 3)
			w.apply(before)
			was := w.fieldsOf()
			w.apply(w.renamed(moved, x.grows))
			back := w.back(before)
			if x.since == nil {
				w.sparesNothing(before)
				w.sameFields(was)
			} else {
				x.since(w)
				if p := w.preview(back); len(p.Questions) != 1 || !strings.Contains(p.Questions[0].Verdict.Message, "maria") {
					t.Errorf("questions %+v", p.Questions)
				}
				w.apply(back)
				w.law(back)
				w.answers(back, "web/web[2]", "name", "use_diet")
				w.apply(back)
				w.sameFields(was)
			}
			w.law(back)
			w.law(before)
			if p := w.preview(before); len(p.Changes) > 0 || p.Waits() {
				t.Errorf("the plan of before wants %+v", p.Changes)
			}
			w.unique()
		})
	}
}

// TestRollbackMovedLater undoes a run that gave a class another key, where a later one has made more of
// it: the objects keep their ids, which the preview tells, and the plan of before moves them back.
func TestRollbackMovedLater(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	before := w.plan("one", 3)
	w.apply(before)
	ids := w.idsOf()
	result, _, err := w.eng.Apply(t.Context(), w.renamed("  moved: [{from: web, to: app}]\n", 3), engine.ApplyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	w.apply(w.renamed("", 4))
	back, err := w.eng.Rollback(t.Context(), result.Run)
	if err != nil {
		t.Fatal(err)
	}
	if told := fmt.Sprint(w.preview(back).Findings); !strings.Contains(told, "needs spec: moved: [{from: app, to: web}]") {
		t.Errorf("findings %s", told)
	}
	w.undo(result.Run)
	if name := w.object("devices", "web/app[2]")["name"]; name != "web-002" || !strings.HasPrefix(w.idsOf(), ids[:9]) {
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
	back, err := w.eng.Rollback(t.Context(), all[0].Result.Run)
	if err != nil {
		t.Fatal(err)
	}
	if told := fmt.Sprint(w.preview(back).Findings); !strings.Contains(told, "{from: two/gpu, to: gpu}") {
		t.Errorf("findings %s", told)
	}
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
