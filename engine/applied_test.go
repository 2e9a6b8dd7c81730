package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
)

// TestRollbackGoesByThePlanAsApplied undoes a run, and destroys a plan, whose file nobody names: what it
// protected is not deleted, and what it said of deletions holds.
func TestRollbackGoesByThePlanAsApplied(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct{ reconcile, rule string }{
		"what it protects":         {`{deletionPolicy: delete, protect: ["web/web*"]}`, "DEL104"},
		"how many it lets deleted": {`{deletionPolicy: delete, approveDeletionsAbove: 0}`, "RUN101"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			text := strings.Replace(halls, "  reconcile: {deletionPolicy: delete, approveDeletionsAbove: 100}", "  reconcile: "+x.reconcile, 1)
			w.apply(w.edited(text))
			if _, _, err := w.eng.Apply(t.Context(), w.edited(text, "count: 4\n", "count: 6\n"), engine.ApplyOptions{}); err != nil {
				t.Fatal(err)
			}
			back, err := w.eng.Rollback(t.Context(), w.lastRun())
			if err != nil {
				t.Fatal(err)
			}
			gone, err := w.eng.Destruction(t.Context(), "web")
			if err != nil {
				t.Fatal(err)
			}
			intents := []engine.Intent{back}
			if strings.HasPrefix(x.rule, "DEL") {
				intents = append(intents, gone)
			}
			for _, intent := range intents {
				p := w.preview(intent)
				rules := []string{p.Verdict.Rule}
				for i := range p.Changes {
					if c := &p.Changes[i]; c.Action == change.Delete && c.Kind == "device" {
						rules = append(rules, c.Verdict.Rule)
					}
				}
				if !strings.Contains(fmt.Sprint(rules), x.rule) {
					t.Errorf("%T: decided by %v", intent, rules)
				}
			}
		})
	}
}

// TestSiteOfWhatIsUndone has rules about the plan's site count where the plan is destroyed, and where a run is undone,
// whether or not the store knows what the plan was, as on another machine.
func TestSiteOfWhatIsUndone(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.edited(halls))
	plan := w.edited(halls, "count: 4\n", "count: 6\n")
	w.apply(plan)
	w.policies = []string{teamFolder(t, []byte(`package team.sites

# METADATA
# title: The site is left alone
# custom:
#   id: SITE1
#   severity: high
#   decision: deny
#   message: not here
guards contains rego.metadata.rule().custom if {
	input.class == "run"
	input.plan.site == "ams2"
}
`))}
	w.open("mirror.db")
	back, err := w.eng.Rollback(t.Context(), w.lastRun())
	if err != nil {
		t.Fatal(err)
	}
	if v := w.preview(back).Verdict; v.Rule != "SITE1" {
		t.Errorf("the rollback: %+v", v)
	}
	for _, mirror := range []string{"mirror.db", "elsewhere.db"} {
		w.open(mirror)
		w.sync()
		gone, err := w.eng.Destruction(t.Context(), "web")
		if err != nil {
			t.Fatal(err)
		}
		if v := w.preview(gone).Verdict; v.Rule != "SITE1" {
			t.Errorf("the destruction, by %s: %+v", mirror, v)
		}
	}
	w.law(plan)
}
