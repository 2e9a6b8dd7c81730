package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate"
)

// why is the only reason of a field of an object.
func (w *world) why(plan *generate.Plan, object, field string) engine.Reason {
	w.Helper()
	w.sync()
	x, err := w.eng.Why(w.Context(), plan, object, field)
	if err != nil {
		w.Fatal(err)
	}
	if len(x.Reasons) != 1 {
		w.Fatalf("%s %s: the reasons are %+v", object, field, x.Reasons)
	}
	return x.Reasons[0]
}

// TestWhyOfWhatIsSetAtCreation asks why about a field that the plan sets at creation only: what the plan says
// of it, what NetBox has since, and from whom.
func TestWhyOfWhatIsSetAtCreation(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.live()
	w.apply(plan)
	w.edit("devices", "web/web[2]", `{"status": "failed"}`)
	for _, edits := range [][]string{nil, goLive} {
		plan = w.live(edits...)
		r := w.why(plan, "web-002", "status")
		if r.Base != "planned" || r.Have != "failed" || r.Blame == nil || r.Blame.User != "maria" || r.Verdict.Decision != change.DecisionKeep ||
			r.Class != change.Unmanaged || r.Owner == "diet" {
			t.Errorf("%v: %+v, by %+v", edits, r, r.Blame)
		}
		if want := map[bool]string{true: "planned", false: "active"}[edits == nil]; r.Want != want {
			t.Errorf("the plan wants %v, not %v", r.Want, want)
		}
		if both := strings.Contains(r.Verdict.Message, "both"); both != (edits != nil) {
			t.Errorf("%v: %s", edits, r.Verdict.Message)
		}
		if !slices.Equal(r.Answers, []string{"unmanage"}) || len(r.Commands) != 1 || len(r.Edits) == 0 {
			t.Errorf("%v: answers %v, commands %v, edits %v", edits, r.Answers, r.Commands, r.Edits)
		}
	}
	if r := w.why(w.live(), "web-001", "status"); r.Class != change.InSync || r.Want != "planned" || r.Have != "planned" || r.Owner != "diet" {
		t.Errorf("of what nobody changed: %+v", r)
	}
	_, err := w.eng.Resolve(t.Context(), plan, engine.Reply{Object: "web/web[2]", Field: "status", Answer: "use_diet", Who: "joe", Why: "x"})
	if err == nil || !strings.Contains(err.Error(), "at creation only") {
		t.Errorf("an answer is refused with %v", err)
	}
	w.stays(plan)
}

// TestGiveUpWhatIsSetAtCreation leaves a field that the plan sets at creation only to people for good, and takes it
// back: a change of the plan leaves it meanwhile.
func TestGiveUpWhatIsSetAtCreation(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.live())
	w.answers(w.live(), "web/web[1]", "status", "unmanage")
	w.apply(w.live())
	plan := w.live(goLive...)
	w.apply(plan)
	w.law(plan)
	if got := w.stands("devices", "web/web[1]"); got != "planned" {
		t.Errorf("what was given up is %v", got)
	}
	if r := w.why(plan, "web/web[1]", "status"); r.Class != change.Released || r.Verdict.Decision != change.DecisionKeep {
		t.Errorf("it is explained as %+v", r)
	}
	w.answers(plan, "web/web[1]", "status", "adopt")
	w.apply(plan)
	w.law(plan)
	if got := w.stands("devices", "web/web[1]"); got != "active" {
		t.Errorf("what was taken back is %v", got)
	}
	w.apply(w.live())
	if got := w.stands("devices", "web/web[1]"); got != "planned" {
		t.Errorf("it does not follow the plan: it is %v", got)
	}
	w.law(w.live())
}

// TestWhyOfWhatWasReleased asks why about a device that an answer released, by its name, by its NetBox id and by the id that it
// had: it is there, and people manage it.
func TestWhyOfWhatWasReleased(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.live())
	id := w.object("devices", "web/web[2]")["id"]
	w.edit("devices", "web/web[2]", `{"comments": "hers"}`)
	plan := w.live("count: 2\n", "count: 1\n")
	w.answers(plan, "web/web[2]", "", "orphan")
	w.apply(plan)
	w.law(plan)
	w.sync()
	number := fmt.Sprintf("device:%v", id)
	for _, object := range []string{"web-002", "web/web[2]", number} {
		_, err := w.eng.Why(t.Context(), plan, object, "")
		if err == nil || !strings.Contains(err.Error(), number+" ") || !strings.Contains(err.Error(), "diet released it") {
			t.Errorf("%s: %v", object, err)
		}
	}
	edits, err := w.eng.Blame(t.Context(), "web/web[2]", "")
	if err != nil || len(edits) != 3 {
		t.Errorf("blame by the id that it had: %v, %+v", err, edits)
	}
	if _, err := w.eng.Why(t.Context(), plan, "web-009", ""); err == nil || strings.Contains(err.Error(), "released") {
		t.Errorf("what never was: %v", err)
	}
	other, err := generate.Load("other.yaml", []byte(strings.NewReplacer("{name: web}", "{name: other}").Replace(fmt.Sprintf(small, "x", 0))))
	if err == nil {
		_, err = w.eng.Why(t.Context(), other, "web-001", "")
	}
	if err == nil || !strings.Contains(err.Error(), "it belongs to plan web") {
		t.Errorf("what another plan has: %v", err)
	}
}
