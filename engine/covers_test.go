package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
)

// TestAnswerStandsForFewer answers a question about several objects that go: where one of them is
// not to go any more, the answer stands for the rest; where one more is, it does not.
func TestAnswerStandsForFewer(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		first, then int
		asks        bool
	}{"fewer": {2, 3, false}, "more": {3, 2, true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			of := func(n int) string {
				return strings.Replace(fmt.Sprintf(small, "one", n), "deletionPolicy: delete", "deletionPolicy: warn", 1)
			}
			w.apply(w.planned(of(5)))
			first, then := w.planned(of(tt.first)), w.planned(of(tt.then))
			w.sync()
			p := w.preview(first)
			if len(p.Questions) != 1 || len(p.Questions[0].Objects) != 5-tt.first {
				t.Fatalf("questions %+v", p.Questions)
			}
			r := engine.Reply{Question: p.Questions[0].Key, Answer: "force_delete", Who: "joe", Why: "x"}
			if _, err := w.eng.Resolve(t.Context(), first, r); err != nil {
				t.Fatal(err)
			}
			if p := w.preview(then); (len(p.Questions) > 0) != tt.asks {
				t.Errorf("questions %+v", p.Questions)
			}
			w.apply(then)
			w.law(then)
		})
	}
}
