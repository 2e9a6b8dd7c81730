package engine_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate"
)

// warned is a world whose plan is about to lose a device that somebody edited: a guard recommends to release it.
func warned(t *testing.T) (*world, *generate.Plan) {
	t.Helper()
	w := setup(t, "4.6")
	warn := []string{"deletionPolicy: delete", "deletionPolicy: warn"}
	w.apply(w.live(warn...))
	w.edit("devices", "web/web[2]", `{"comments": "hers"}`)
	plan := w.live(append(warn, "count: 2\n", "count: 1\n")...)
	w.sync()
	return w, plan
}

// TestApprovalIsOfWhatItLedTo approves that a device be released, as a guard recommends. Then the guard is waived, and to approve would
// delete it: the approval does not stand for that, by name or by the question's key.
func TestApprovalIsOfWhatItLedTo(t *testing.T) {
	t.Parallel()
	for _, byName := range []bool{true, false} {
		w, plan := warned(t)
		p := w.preview(plan)
		if len(p.Questions) != 1 || p.Questions[0].Verdict.Recommended != "orphan" {
			t.Fatalf("questions %+v", p.Questions)
		}
		r := engine.Reply{Question: p.Questions[0].Key, Answer: "approve", Who: "joe", Why: "x"}
		if byName {
			r.Question, r.Object = "", "web/web[2]"
		}
		if _, err := w.eng.Resolve(t.Context(), plan, r); err != nil {
			t.Fatal(err)
		}
		goes := func() change.Action { return w.preview(plan).Set().Find("device", "web/web[2]").Outcome() }
		if got := goes(); got != change.Orphan {
			t.Fatalf("it is approved, and it is to %s", got)
		}
		w.waivers = map[string]string{"DEL101": "a trial"}
		w.open("without.db")
		w.sync()
		p = w.preview(plan)
		if len(p.Questions) != 1 || p.Questions[0].Verdict.Recommended == "orphan" {
			t.Fatalf("by name %v: once the guard is waived: %+v", byName, p.Questions)
		}
		if states := w.states(plan); !slices.Equal(states, []engine.AnswerState{engine.AnswerLapsed}) {
			t.Errorf("by name %v: the answers are %v", byName, states)
		}
		if _, _, err := w.eng.Apply(t.Context(), plan, engine.ApplyOptions{}); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(w.devices(), "web/web[2]") {
			t.Error("it is gone")
		}
		w.answers(plan, "web/web[2]", "", "approve")
		w.apply(plan)
		w.law(plan)
		if strings.Contains(w.devices(), "web/web[2]") {
			t.Error("what was approved anew is not done")
		}
	}
}
