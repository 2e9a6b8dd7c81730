package engine

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

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
		t.Reply.Seen = answer.Shown(q.Matters...)
		for _, line := range q.Before(false) {
			t.Message += "; answered before: " + line
		}
		if q.Verdict.WantsApproval() { // no answer of the resolutions takes its place
			t.Options, t.Recommended = nil, ""
			t.Message += fmt.Sprintf(" (only approvals answer it, of %d people: %s)", q.Verdict.Approvals, q.Command)
		}
		if len(q.Objects) == 1 {
			t.Reply.Question, t.Reply.Object, t.Reply.Field = "", q.Objects[0], q.Field
			t.Conflict = one[q.Key]
		}
		out = append(out, t)
	}
	shown := p.shownFields(change.Drift)
	for i := range p.Conflicts {
		if x := &p.Conflicts[i]; x.Type == ManualModification && x.Question == "" && len(x.Options) > 0 {
			t := x.topic()
			t.Reply.Seen = shown[Reply{Object: x.Object, Field: x.Field}]
			out = append(out, t)
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

// shownFields are what is shown of the fields of a class, by the object and the field.
func (p *Preview) shownFields(class change.Class) map[Reply]string {
	out := map[Reply]string{}
	for _, m := range answer.Matters(p.Set(), func(change.Verdict) bool { return true }) {
		if m.Class() == class && m.Field != nil {
			out[Reply{Object: m.Change.Object, Field: m.Field.Name}] = answer.Shown(m)
		}
	}
	return out
}

// ShownOf are the digests of what is shown of classes, for [Reply.Seen] of replies to all of one.
func (p *Preview) ShownOf(classes ...change.Class) map[change.Class]string {
	of := map[change.Class][]answer.Matter{}
	if len(classes) == 0 {
		return nil
	}
	for _, m := range answer.Matters(p.Set(), func(change.Verdict) bool { return true }) {
		if slices.Contains(classes, m.Class()) {
			of[m.Class()] = append(of[m.Class()], m)
		}
	}
	out := make(map[change.Class]string, len(of))
	for class, matters := range of {
		out[class] = answer.Shown(matters...)
	}
	return out
}

// ChangedError is an answer to what is not any more as the person was shown it.
type ChangedError struct {
	About string
	Says  string // the answer that somebody else gave meanwhile, "" for none
	Shown string // the preview that showed it
}

func (e *ChangedError) Error() string {
	if e.Says != "" {
		return fmt.Sprintf("%s was answered meanwhile: %s", e.About, e.Says)
	}
	if e.Shown != "" {
		return fmt.Sprintf("what is asked about %s has changed since preview %s showed it", e.About, e.Shown)
	}
	return fmt.Sprintf("%s has changed since it was shown", e.About)
}

// Hint says what to do.
func (e *ChangedError) Hint() string {
	if e.Shown != "" {
		return "nothing was written: make a new preview, and answer what that shows"
	}
	return "nothing was written: look at it as it is now, and answer anew"
}

// unchanged makes sure that people who say what they saw are shown the same now.
func (p *Preview) unchanged(replies []Reply) error {
	if !slices.ContainsFunc(replies, func(r Reply) bool { return r.Seen != "" }) {
		return nil
	}
	now := map[Reply]*Topic{}
	topics := p.Topics()
	for i := range topics {
		r := topics[i].Reply
		r.Seen = ""
		now[r] = &topics[i]
	}
	var classes []change.Class
	for _, r := range replies {
		if r.All {
			classes = append(classes, r.Class)
		}
	}
	all := p.ShownOf(classes...)
	for _, r := range replies {
		t := now[Reply{Object: r.Object, Field: r.Field, Question: r.Question}]
		switch {
		case r.Seen == "", r.All && r.Seen == all[r.Class], t != nil && r.Seen == t.Reply.Seen:
		case r.All:
			return &ChangedError{About: fmt.Sprintf("something of the class %s", r.Class)}
		default:
			return &ChangedError{About: cmp.Or(r.Question, strings.TrimSpace(r.Object+" "+r.Field)), Says: p.saidOf(r)}
		}
	}
	return nil
}

// saidOf is the answer that stands to what a reply is about; "" for none.
func (p *Preview) saidOf(r Reply) string {
	for _, m := range answer.Matters(p.Set(), func(v change.Verdict) bool { return v.Answer != "" }) {
		if m.Answers(r.Object, r.Field) {
			return m.Verdict().Message
		}
	}
	return ""
}
