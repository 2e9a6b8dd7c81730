package engine_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/answer"
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

// approves approves what is asked about a device, by its name or by the question's key.
func (w *world) approves(plan *generate.Plan, question string, byName bool) {
	w.Helper()
	r := engine.Reply{Question: question, Answer: "approve", Who: "joe", Why: "x"}
	if byName {
		r.Question, r.Object = "", "web/web[2]"
	}
	if _, err := w.eng.Resolve(w.Context(), plan, r); err != nil {
		w.Fatal(err)
	}
}

// deletesOnceApproved asserts that a deletion that is asked about again is done once it is approved anew.
func (w *world) deletesOnceApproved(plan *generate.Plan) {
	w.Helper()
	w.answers(plan, "web/web[2]", "", "approve")
	w.apply(plan)
	w.law(plan)
	if strings.Contains(w.devices(), "web/web[2]") {
		w.Error("what was approved anew is not done")
	}
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
		w.approves(plan, p.Questions[0].Key, byName)
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
		if f := p.Questions[0].Former; len(f) != 1 || f[0].Answer != "approve" || f[0].Who != "joe" || f[0].Because != "it approved orphan" {
			t.Errorf("by name %v: the question names as answers before: %+v", byName, f)
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
		w.deletesOnceApproved(plan)
	}
}

// TestApprovalOutlivesItsQuestion approves that a device be released, and then plan and policies have it deleted without a question:
// it is released, as was approved.
func TestApprovalOutlivesItsQuestion(t *testing.T) {
	t.Parallel()
	for _, byName := range []bool{true, false} {
		w, plan := warned(t)
		w.approves(plan, w.preview(plan).Questions[0].Key, byName)
		device := fmt.Sprint(w.object("devices", "web/web[2]")["id"])
		w.waivers = map[string]string{"DEL101": "a trial", "DEL102": "a trial"}
		w.open("without.db")
		plan = w.live("count: 2\n", "count: 1\n")
		if v := w.verdictOn(w.preview(plan), "device", "web/web[2]", ""); v.Decision != change.DecisionOrphan || v.Rule != "RES001" {
			t.Errorf("by name %v: it is decided %+v", byName, v)
		}
		w.apply(plan)
		w.law(plan)
		if !slices.ContainsFunc(w.server.Objects("devices"), func(o map[string]any) bool { return fmt.Sprint(o["id"]) == device }) {
			t.Errorf("by name %v: it is gone", byName)
		}
	}
}

// TestOlderApprovalDeletesNothing approves a deletion, as an older diet wrote that: it does not say what it approved.
func TestOlderApprovalDeletesNothing(t *testing.T) {
	t.Parallel()
	w, plan := warned(t)
	w.waivers = map[string]string{"DEL101": "a trial"}
	w.open("waived.db")
	w.answers(plan, "web/web[2]", "", "approve")
	if got := w.preview(plan).Set().Find("device", "web/web[2]").Outcome(); got != change.Delete {
		t.Fatalf("it is approved, and it is to %s", got)
	}
	path := filepath.Join(w.dir, answer.FileName)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	older := regexp.MustCompile(`(?m)^ *leads_to: .*\n`).ReplaceAll(text, nil)
	if err := os.WriteFile(path, older, 0o600); err != nil || len(older) == len(text) {
		t.Fatalf("%v, of %s", err, text)
	}
	w.apply(plan)
	w.law(plan)
	p := w.preview(plan)
	if len(p.Questions) != 1 || len(p.Questions[0].Former) != 1 || !strings.Contains(w.devices(), "web/web[2]") {
		t.Errorf("questions %+v; devices %s", p.Questions, w.devices())
	}
	w.deletesOnceApproved(plan)
}

// TestAnswerExpiresBeforeApply previews a deletion that a person had diet do until a time, and applies it later: it is
// refused, and that says which answer expired.
func TestAnswerExpiresBeforeApply(t *testing.T) {
	t.Parallel()
	w, plan := warned(t)
	until := time.Now().Add(24 * time.Hour).UTC().Format(time.RFC3339)
	r := engine.Reply{Object: "web/web[2]", Answer: "force_delete", Who: "joe", Why: "x", Expires: until}
	if _, err := w.eng.Resolve(t.Context(), plan, r); err != nil {
		t.Fatal(err)
	}
	p := w.preview(plan)
	later := w.later(2, engine.Keep{}, nil)
	_, _, err := later.Apply(t.Context(), plan, engine.ApplyOptions{Preview: p})
	const ended = "the answer force_delete of joe to web/web[2]"
	var stale *engine.StaleError
	if !errors.As(err, &stale) || !slices.Equal(stale.Ended, []string{ended}) || !strings.Contains(err.Error(), ended+" expired since") {
		t.Fatalf("it is refused by %v", err)
	}
	now, err := later.Preview(t.Context(), plan)
	if err != nil || len(now.Questions) != 1 || len(now.Questions[0].Former) != 1 ||
		now.Questions[0].Former[0].Because != "it expired at "+until {
		t.Errorf("%v, questions %+v", err, now.Questions)
	}
}

// TestFreezeBeginsBeforeApply previews a change, and applies it once a freeze has begun: it is refused, and that says why,
// and not that somebody changed the objects.
func TestFreezeBeginsBeforeApply(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.planned(fmt.Sprintf(small, "one", 2)))
	dir, day := t.TempDir(), func(n int) string { return time.Now().AddDate(0, 0, n).UTC().Format(time.RFC3339) }
	freeze := fmt.Sprintf("settings: {freezes: [{from: %q, to: %q, why: nobody is here}]}\n", day(1), day(9))
	if err := os.WriteFile(filepath.Join(dir, "data.yaml"), []byte(freeze), 0o600); err != nil {
		t.Fatal(err)
	}
	w.policies = []string{dir}
	w.open("mirror.db")
	plan := w.planned(fmt.Sprintf(small, "two", 2))
	p := w.preview(plan)
	_, _, err := w.later(2, engine.Keep{}, nil).Apply(t.Context(), plan, engine.ApplyOptions{Preview: p})
	var stale *engine.StaleError
	if !errors.As(err, &stale) || !strings.Contains(err.Error(), "the run as a whole is held by now: deny [RUN104] changes are frozen") ||
		strings.Contains(err.Error(), "changed since") {
		t.Fatalf("it is refused by %v", err)
	}
	w.apply(plan)
	w.law(plan)
}

// TestCarriedOutAnswersAreDone answers a question about several by its key, and applies: nothing asks any more.
func TestCarriedOutAnswersAreDone(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	warn := []string{"deletionPolicy: delete", "deletionPolicy: warn", "count: 2\n"}
	w.apply(w.live(append(warn, "count: 3\n")...))
	plan := w.live(append(warn, "count: 1\n")...)
	p := w.preview(plan)
	if len(p.Questions) != 1 || len(p.Questions[0].Objects) != 2 {
		t.Fatalf("questions %+v", p.Questions)
	}
	r := engine.Reply{Question: p.Questions[0].Key, Answer: "force_delete", Who: "joe", Why: "x"}
	if _, err := w.eng.Resolve(t.Context(), plan, r); err != nil {
		t.Fatal(err)
	}
	for _, want := range []engine.AnswerState{engine.AnswerStands, engine.AnswerDone} {
		if got := w.states(plan); !slices.Equal(got, []engine.AnswerState{want}) {
			t.Errorf("the answers are %v, want %v", got, want)
		}
		w.apply(plan)
		w.law(plan)
	}
	w.apply(w.live(append(warn, "count: 3\n")...))
	w.edit("devices", "web/web[2]", `{"comments": "hers"}`)
	w.sync()
	if got := w.states(plan); !slices.Equal(got, []engine.AnswerState{engine.AnswerLapsed}) {
		t.Errorf("once others are to be deleted, the answers are %v", got)
	}
}
