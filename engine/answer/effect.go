package answer

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/diet-project/diet/engine/change"
)

// mostNamed is of how many objects a question names each.
const mostNamed = 24

// Names are the objects that a question about several is about, in a line; "" of any other.
func (q *Question) Names() string {
	if q.Class == change.Run || len(q.Objects) < 2 {
		return ""
	}
	called := make(map[string]string, len(q.Objects))
	for _, m := range q.Matters {
		if m.Change != nil {
			called[m.Change.Object] = m.Change.Name
		}
	}
	var names []string
	for _, object := range q.Objects {
		names = append(names, cmp.Or(called[object], object))
	}
	more := ""
	if n := len(names) - mostNamed; n > 0 {
		names, more = names[:mostNamed], fmt.Sprintf(" and %d more", n)
	}
	return fmt.Sprintf("%d of kind %s: %s%s", len(q.Objects), strings.ReplaceAll(q.Kind, "_", " "), strings.Join(names, ", "), more)
}

// Deletes is how many objects an answer would have deleted, with those that go along.
func (q *Question) Deletes(word string) int {
	n := 0
	for _, m := range q.Matters {
		switch {
		case m.Change == nil && q.Leads[word] == change.DecisionApply:
			n += m.dooms
		case m.Change != nil && m.Field == nil && q.Leads[word] == change.DecisionDelete:
			n += 1 + len(m.Parts)
		}
	}
	return n
}

// Effect says in words what an answer does.
func (q *Question) Effect(word string) string {
	does := change.Answer(word).Meaning()
	switch {
	case word != string(change.AnswerApprove):
	case q.Class == change.Run:
		does = "let the run go ahead"
	default:
		does = cmp.Or(approved[q.Leads[word]], does)
	}
	switch n := q.Deletes(word); {
	case n == 1:
		does += " (DELETES 1 object)"
	case n > 1:
		does += fmt.Sprintf(" (DELETES %d objects)", n)
	}
	return does
}

// approved says what to approve does that leads to a decision.
var approved = map[change.Decision]string{
	change.DecisionSkip:           "leave it as it is",
	change.DecisionAlert:          "keep NetBox's value",
	change.DecisionKeep:           "keep what NetBox has",
	change.DecisionPreserve:       "keep NetBox's value",
	change.DecisionRelease:        "give up its ownership",
	change.DecisionOrphan:         "give up its ownership, keep the object",
	change.DecisionRenameExisting: "rename what is there to NAME-manual",
	change.DecisionUnmanage:       "leave it to people",
	change.DecisionRestore:        "restore its marks",
	change.DecisionAdopt:          "have diet manage it",
	change.DecisionUseName:        "use the object that has the name now",
	change.DecisionRecreate:       "make it again",
	change.DecisionRemediate:      "write the plan's value",
	change.DecisionDelete:         "delete it",
	change.DecisionApply:          "do what the plan wants",
}
