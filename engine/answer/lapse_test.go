package answer_test

import (
	"testing"
	"time"

	"github.com/diet-project/diet/engine/answer"
	"github.com/diet-project/diet/engine/change"
)

// TestAnswerToVeryManyLapses finds the answer to a question about more objects than it says the situations of: where that is another
// question by now, it has lapsed, and is not forgotten.
func TestAnswerToVeryManyLapses(t *testing.T) {
	t.Parallel()
	given := answer.Answer{
		Plan: "web", Question: "q-1", Class: string(change.Absent), Answer: string(change.AnswerSkip), Who: "joe", When: "2026-11-28T12:00:00Z",
		Situation: "9b1c0ffee4d2a7305f6e81c2", Objects: []string{"web/web[1]", "web/web[2] name"},
	}
	book := answer.NewBook("web", []answer.Answer{given}, time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC))
	for object, want := range map[string]bool{"web/web[1]": true, "web/web[2]": false, "web/web[3]": false} {
		m := answer.Matter{Change: &change.Change{Kind: "device", Object: object, Class: change.Absent, Action: change.Create}}
		if got := book.Lapsed(m, true) != nil; got != want {
			t.Errorf("%s: lapsed %v", object, got)
		}
	}
}
