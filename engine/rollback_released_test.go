package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
)

// TestRollbackAdoptsWhatWasReleased destroys a plan of which a server is released, with all that
// it is plugged into. A person moves and renames it, and then the run is undone: what it released
// is known by the journal, and adopted again, with its cables.
func TestRollbackAdoptsWhatWasReleased(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.planned(fmt.Sprintf(small, "one", 3))
	w.apply(plan)
	w.edit("cables", webCable, `{"label": "hers"}`)
	gone := engine.Destruction{Plan: plan.Info()}
	made := w.made()
	server := w.object("devices", "web/web[1]")["id"]
	answersAll("approve")(w, gone)
	w.apply(gone)
	w.byHandJSON("PATCH", fmt.Sprintf("dcim/devices/%v", server), `{"position": 20, "name": "hers"}`)
	back := w.back(plan)
	w.sync()
	for _, q := range w.preview(back).Questions {
		if q.Class == change.Exists && q.Verdict.Recommended != "adopt" {
			t.Errorf("%v: %+v", q.Objects, q.Verdict)
		}
		if q.Class != change.Exists {
			continue
		}
		if _, err := w.eng.Resolve(t.Context(), back, engine.Reply{Question: q.Key, Answer: "approve", Who: "joe", Why: "x"}); err != nil {
			t.Fatal(err)
		}
	}
	w.apply(back)
	if is := w.made(); !slices.Equal(is, made) {
		t.Errorf("missing %q", missingIn(made, is))
	}
	if again := w.object("devices", "web/web[1]")["id"]; again != server {
		t.Errorf("the server is %v, and was %v", again, server)
	}
	w.law(back)
}

// TestRollbackOfLeaving says that what a run left to people stays theirs.
func TestRollbackOfLeaving(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.planned(fmt.Sprintf(small, "one", 3))
	w.apply(plan)
	w.answers(plan, "web/web[1]", "", "unmanage")
	w.answers(plan, "web/web[2]", "position", "unmanage")
	w.apply(plan)
	back := w.back(plan)
	told := fmt.Sprint(w.preview(back).Findings)
	for _, want := range []string{"left web/web[1], web/web[2] position to people", "diet adopt"} {
		if !strings.Contains(told, want) {
			t.Errorf("findings lack %q: %s", want, told)
		}
	}
	w.apply(back)
	w.law(back)
}
