package engine

import (
	"fmt"

	"github.com/diet-project/diet/engine/answer"
	"github.com/diet-project/diet/engine/change"
)

// Topic is one thing that a person may answer: a question, or drift about which nobody asks.
type Topic struct {
	// Reply is what is answered, without the answer.
	Reply Reply

	About   string
	Message string
	Options []string

	// Recommended is what the rule recommends; of drift, what was answered before.
	Recommended string

	// Question is the question, nil of drift. Conflict is the difference, nil where the
	// question is about several.
	Question *answer.Question
	Conflict *Conflict
}

// Topics are what a person may answer about a preview: the questions first.
func (p *Preview) Topics() []Topic {
	one := map[string]*Conflict{}
	for i := range p.Conflicts {
		if q := p.Conflicts[i].Question; q != "" {
			one[q] = &p.Conflicts[i]
		}
	}
	var out []Topic
	for i := range p.Questions {
		q := &p.Questions[i]
		t := Topic{
			Reply: Reply{Question: q.Key}, About: q.About(), Message: q.Verdict.Told(), Options: q.Options, Recommended: q.Recommended(),
			Question: q,
		}
		if q.Verdict.WantsApproval() { // no answer of the resolutions takes its place
			t.Options, t.Recommended = nil, ""
			t.Message += fmt.Sprintf(" (only approvals answer it, of %d people: %s)", q.Verdict.Approvals, approveHint)
		}
		if len(q.Objects) == 1 {
			t.Reply = Reply{Object: q.Objects[0], Field: q.Field}
			t.Conflict = one[q.Key]
		}
		out = append(out, t)
	}
	for i := range p.Conflicts {
		if x := &p.Conflicts[i]; x.Type == ManualModification && x.Question == "" && len(x.Options) > 0 {
			out = append(out, x.topic())
		}
	}
	return out
}

func (x *Conflict) topic() Topic {
	return Topic{
		Reply: Reply{Object: x.Object, Field: x.Field}, About: string(change.Drift) + ": " + x.Field + " of " + x.Kind + " " + x.Object,
		Message: x.Verdict.Message, Options: x.Options, Recommended: x.Verdict.Answer, Conflict: x,
	}
}
