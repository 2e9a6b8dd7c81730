package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
)

// TestRunAnswerLapses approves a run that a budget asked about: whatever more the run would do
// by the time that it is applied is asked about again.
func TestRunAnswerLapses(t *testing.T) {
	t.Parallel()
	few := func(description string, servers int, edits ...string) string {
		text := fmt.Sprintf(small, description, servers)
		edits = append(edits, "deletionPolicy: delete", "deletionPolicy: delete, approveDeletionsAbove: 0")
		return strings.NewReplacer(edits...).Replace(text)
	}
	for name, tt := range map[string]struct{ approved, then string }{
		"another deletion":        {few("one", 3), few("one", 2)},
		"an update besides":       {few("one", 3), few("two", 3)},
		"one more field of each":  {few("two", 3), few("two", 3, "web:\n", "web:\n      name: \"srv-{n}\"\n")},
		"as many, in other racks": {few("two", 3), few("two", 3, "fromU: 1}", "fromU: 11}")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			w.apply(w.planned(few("one", 4)))
			approved := w.planned(tt.approved)
			w.sync()
			p := w.preview(approved)
			if len(p.Questions) != 1 || p.Verdict.Rule != "RUN101" {
				t.Fatalf("verdict %+v, questions %+v", p.Verdict, p.Questions)
			}
			r := engine.Reply{Question: p.Questions[0].Key, Answer: "approve", Who: "joe", Why: "x"}
			if _, err := w.eng.Resolve(t.Context(), approved, r); err != nil {
				t.Fatal(err)
			}
			if p := w.preview(approved); p.Verdict.Asks() {
				t.Errorf("what was approved is asked about: %+v", p.Verdict)
			}
			was, _ := w.all()
			then := w.planned(tt.then)
			_, p, err := w.eng.Apply(t.Context(), then, engine.ApplyOptions{})
			if is, _ := w.all(); err != nil || !p.Verdict.Asks() || fmt.Sprint(is) != fmt.Sprint(was) {
				t.Errorf("more than was approved: %v, verdict %+v, written %v", err, p.Verdict, fmt.Sprint(is) != fmt.Sprint(was))
			}
		})
	}
}
