package engine_test

import (
	"fmt"
	"slices"
	"testing"
)

// TestWhyListsWhatTheQuestionLists asks about a server that goes and of which a rule asks about a part:
// diet why lists the answers that the question lists, and so it does of everything else that is asked.
func TestWhyListsWhatTheQuestionLists(t *testing.T) {
	t.Parallel()
	for _, decision := range []string{"ask", "ask\n#   approvals: 2", "deny"} {
		w := setup(t, "4.6")
		plan := w.planned(fmt.Sprintf(small, "one", 3))
		w.apply(plan)
		w.post("extras/tags", `{"name": "pci", "slug": "pci"}`)
		w.edit("cables", "web/web[3]/lom.eth0~", `{"tags": [{"slug": "pci"}]}`)
		w.edit("devices", "web/web[1]", `{"description": "hers"}`)
		w.remove("devices", "web/web[2]")
		w.policies = []string{teamFolder(w, fmt.Appendf(nil, precious, decision))}
		w.open("team.db")
		p := w.preview(w.planned(fmt.Sprintf(small, "two", 2)))
		found := 0
		for _, q := range p.Questions {
			if len(q.Objects) != 1 {
				continue
			}
			x, err := w.eng.Why(t.Context(), w.planned(fmt.Sprintf(small, "two", 2)), q.Objects[0], q.Field)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range x.Reasons {
				if r.Field != q.Field {
					continue
				}
				found++
				if !slices.Equal(r.Answers, q.Options) {
					t.Errorf("%s: %s %s: diet why lists %q, the question %q", decision, q.Objects[0], q.Field, r.Answers, q.Options)
				}
			}
		}
		if found < 2 {
			t.Errorf("%s: %d questions of %d were looked at", decision, found, len(p.Questions))
		}
	}
}
