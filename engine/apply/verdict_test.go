package apply_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/diet-project/diet/engine/apply"
	"github.com/diet-project/diet/engine/change"
)

// unwanted is the value that no verdict lets be written.
const unwanted = "unwanted"

// TestOnlyWhatIsDecidedIsSent applies one change of every class, action and verdict:
// nothing is sent of an object that is denied, asked about, skipped or held, nor a
// field that is.
func TestOnlyWhatIsDecidedIsSent(t *testing.T) {
	t.Parallel()
	classes := []change.Class{
		change.Absent, change.Changed, change.Missing, change.Orphaned, change.Exists, change.Templated,
		change.Blocked, change.Identity, change.Finding, change.Unmanaged,
	}
	actions := []change.Action{change.Create, change.Update, change.Delete, change.Adopt, change.Own, change.None}
	for _, class := range classes {
		t.Run(string(class), func(t *testing.T) {
			t.Parallel()
			for _, action := range actions {
				for _, object := range change.Decisions() {
					for _, field := range change.Decisions() {
						sentOnly(t, class, action, object, field, "")
					}
					sentOnly(t, class, action, object, change.DecisionApply, "waits for something")
				}
			}
		})
	}
}

// sentOnly applies one change to a NetBox that has its object.
func sentOnly(t *testing.T, class change.Class, action change.Action, object, field change.Decision, held string) {
	t.Helper()
	e := &estate{fake: newFake(), set: &change.Set{Plan: "p"}, known: map[string]int64{}}
	for kind, name := range map[string]string{"device": "description", "cable": "label"} {
		c := e.alter(kind, "p/"+kind, action, object, map[string]any{"name": kind}, name, unwanted)
		c.Class, c.Held, c.Fields[0].Verdict.Decision = class, held, field
	}
	_, err := apply.New(apply.Config{
		Writer: e.fake, Reader: e.fake, Journal: &journal{}, Run: "run-1", Parallel: 1, IfMatch: true, Wait: time.Millisecond,
	}, e.known).Apply(t.Context(), e.set)
	if err != nil {
		t.Fatal(err)
	}
	binding := []change.Decision{change.DecisionDeny, change.DecisionAsk, change.DecisionSkip}
	situation := fmt.Sprintf("%s %s: %s, its field %s, held %q", class, action, object, field, held)
	if n := len(e.calls); n > 0 && (held != "" || slices.Contains(binding, object)) {
		t.Errorf("%s: %d requests", situation, n)
	}
	if action == change.Create {
		return // decided as a whole
	}
	for kind, objects := range e.kinds {
		for _, s := range objects {
			for name, v := range s.fields {
				if v == unwanted && !(change.Verdict{Decision: field}).Acts() {
					t.Errorf("%s: %s of the %s is written", situation, name, kind)
				}
			}
		}
	}
}
