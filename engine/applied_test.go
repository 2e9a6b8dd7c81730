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
