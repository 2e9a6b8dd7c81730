package engine_test

import (
	"errors"
	"testing"

	"github.com/diet-project/diet/engine"
)

// TestApprovesWhatWasShown approves what a preview showed, or a page, once the guard that recommended to release the device is
// waived: to approve would delete it by then, and is refused.
func TestApprovesWhatWasShown(t *testing.T) {
	t.Parallel()
	w, plan := warned(t)
	p := w.preview(plan)
	onPage := p.Topics()[0].Reply
	w.waivers = map[string]string{"DEL101": "a trial"}
	w.open("mirror.db")
	for what, r := range map[string]engine.Reply{
		"pasted":  {Object: "web/web[2]", Named: true},
		"by key":  {Question: p.Questions[0].Key, Named: true},
		"on page": onPage,
	} {
		r.Answer, r.Who, r.Why = "approve", "joe", "x"
		var changed *engine.ChangedError
		if _, err := w.eng.Resolve(t.Context(), plan, r); !errors.As(err, &changed) {
			t.Errorf("%s: %v", what, err)
		}
	}
	r := engine.Reply{Object: "web/web[2]", Named: true, Answer: "orphan", Who: "joe", Why: "x"}
	if _, err := w.eng.Resolve(t.Context(), plan, r); err != nil {
		t.Errorf("what says itself what it leads to: %v", err)
	}
	w.apply(plan)
	w.law(plan)
}
