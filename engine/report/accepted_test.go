package report_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/report"
)

// TestAcceptedReadsAlikeOnce has somebody let stand what she wrote on many devices: what reads the same
// is told once, with how many, and each of what does not by itself; --full tells of each.
func TestAcceptedReadsAlikeOnce(t *testing.T) {
	t.Parallel()
	set := &change.Set{Plan: "web"}
	for n := 1; n <= 40; n++ {
		have := "decommissioned"
		if n == 7 {
			have = "on loan"
		}
		maria := &change.Blame{Actor: "person", User: "maria", Time: fmt.Sprintf("2026-11-24T18:59:%02d.465533Z", n)}
		v := change.Verdict{
			Decision: change.DecisionPreserve, Rule: "RES001", Answer: string(change.AnswerAcknowledge),
			Message: fmt.Sprintf("maria answered acknowledge at 2026-11-24T19:00:%02dZ (moving); this settles DRF001", n),
		}
		set.Changes = append(set.Changes, change.Change{
			Kind: "device", Object: fmt.Sprintf("web/web[%d]", n), Name: fmt.Sprintf("web-%03d", n), Plan: "web",
			Class: change.Changed, Action: change.None,
			Fields: []change.Field{{Name: "description", Class: change.Drift, Base: "one", Want: "one", Have: have, Blame: maria, Verdict: v}},
		})
	}
	for full, want := range map[bool]int{false: 2, true: 40} {
		var out bytes.Buffer
		report.Text{W: &out, Full: full}.Preview(previewOf(set), false)
		text := out.String()
		if n := strings.Count(text, "this settles DRF001"); n != want {
			t.Errorf("full %v: told %d times:\n%s", full, n, text)
		}
		for _, line := range []string{"on loan", "decommissioned", "web-007"} {
			if !strings.Contains(text, line) {
				t.Errorf("full %v: %q is not in\n%s", full, line, text)
			}
		}
		if folded := strings.Contains(text, "39 devices  web-001, web-002 … web-040"); folded == full {
			t.Errorf("full %v:\n%s", full, text)
		}
	}
}
