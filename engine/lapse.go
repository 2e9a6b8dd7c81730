package engine

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/diet-project/diet/engine/answer"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/policy"
)

// lapse has the policies ask about what they would have done where somebody answered, to what was so
// then, that less be done. An answer ends with its situation: what it kept from being done is not done
// unasked. Of an object that was left as it is, what was known of then still is.
func (h *hearing) lapse(ctx context.Context, matters []answer.Matter, inputs []policy.Input, at map[*change.Verdict]int) error {
	h.partly = map[*change.Verdict]*answer.Answer{}
	if h.book.Empty() {
		return nil
	}
	var places []*change.Verdict
	by := map[*change.Verdict]lapsed{}
	ask := func(m answer.Matter, a *answer.Answer, part string) {
		for _, v := range m.Verdicts() {
			in := &inputs[at[v]]
			if in.Lapsed == nil {
				places = append(places, v)
			}
			by[v] = lapsed{a.Answer == string(change.AnswerApprove), part}
			in.Lapsed = &policy.Resolution{Answer: h.meant(m, a), Who: a.Who, When: a.When, Why: a.Why}
		}
	}
	left := map[*change.Change]*answer.Answer{}
	for _, m := range matters {
		if m.Change == nil || h.partly[m.Verdict()] != nil {
			continue
		}
		a := h.book.Lapsed(m, h.judged)
		switch whole := left[m.Change]; {
		case a != nil && a.LeavesFields(m):
			left[m.Change] = a
		case a == nil && whole != nil && len(h.book.Named(m, h.judged)) == 0:
			if whole.Knew(m) {
				h.partly[m.Verdict()], h.answered[whole] = whole, true
			} else if writes(m) {
				ask(m, whole, "")
			}
		case a != nil && writes(m) && h.lessened(m, a):
			ask(m, a, "")
		default:
			if part, a := h.keptPart(m); part != nil {
				ask(m, a, part.Object)
			}
		}
	}
	again := make([]policy.Input, len(places))
	for i, v := range places {
		again[i] = inputs[at[v]]
	}
	if err := h.engine.rule(ctx, again, places, h.log); err != nil {
		return fmt.Errorf("ask about lapsed answers: %w", err)
	}
	for i, v := range places {
		v.Message += now(&again[i])
		if part := by[v].part; part != "" {
			v.Message += ": that was answered to " + part
		}
		if says := again[i].Lapsed.Answer; by[v].approval {
			v.Message = strings.Replace(v.Message, "answered "+says, "approved "+says, 1)
		}
	}
	return nil
}

// lapsed is what there is to say of an answer that has lapsed besides what the policies say.
type lapsed struct {
	approval bool
	part     string // of what would be deleted, which it was given to; "" for the whole
}

// keptPart is what somebody kept of that which is deleted along with an object, and the answer, where nobody answered the whole.
func (h *hearing) keptPart(m answer.Matter) (*change.Change, *answer.Answer) {
	if m.Field != nil || !m.Change.Deletes() || len(h.book.Named(m, h.judged)) > 0 || len(h.book.Part(m)) > 0 {
		return nil, nil
	}
	for _, part := range m.Parts {
		if a := h.book.Kept(answer.Matter{Change: part}, h.judged); a != nil && h.lessened(m, a) {
			return part, a
		}
	}
	return nil, nil
}

// now says of a field what has become of what was answered.
func now(in *policy.Input) string {
	if in.Field == "" {
		return ""
	}
	says := func(side string, v any) string {
		switch name := in.Names[side]; {
		case name != "":
			return strconv.Quote(name)
		case v == nil:
			return "nothing"
		}
		return fmt.Sprintf("%#v", v)
	}
	return fmt.Sprintf("; now the plan wants %s, and NetBox has %s", says("want", in.Want), says("have", in.Have))
}

// lessened reports whether an answer, were it given now, would have less be done of a matter than the
// policies do.
func (h *hearing) lessened(m answer.Matter, a *answer.Answer) bool {
	if a.Answer == string(change.AnswerApprove) && a.LeadsTo == "" { // of an older diet, which deletes nothing
		return m.Verdict().Decision == change.DecisionDelete
	}
	seen := h.seen(m.Verdict())
	to := h.engine.policies.Meaning(&seen, h.meant(m, a))
	if to == "" { // that is no answer to what it is by now
		seen.Class, seen.Taken, to = change.Class(a.Class), "", change.Decision(a.LeadsTo)
		if to == "" {
			to = h.engine.policies.Meaning(&seen, a.Answer)
		}
		if !to.LetsStand() {
			return false
		}
	}
	return to != "" && change.Verdict{Decision: to}.Stricter(*m.Verdict())
}

// meant is the word of an answer; of an approval, one that leads to what it approved or, where that was to leave
// something as it is, one that does.
func (h *hearing) meant(m answer.Matter, a *answer.Answer) string {
	if a.Answer != string(change.AnswerApprove) {
		return a.Answer
	}
	seen, like := h.seen(m.Verdict()), a.Answer
	for _, word := range change.Answers() {
		switch to := h.engine.policies.Meaning(&seen, string(word)); {
		case to != "" && string(to) == a.LeadsTo:
			return string(word)
		case to.LetsStand() && change.Decision(a.LeadsTo).LetsStand():
			like = string(word)
		}
	}
	return like
}

// writes reports whether something is written of a matter as it is decided, but for diet's record.
func writes(m answer.Matter) bool {
	c := m.Change
	if !c.Acts() {
		return false
	}
	fields := make([]*change.Field, 0, len(c.Fields))
	switch {
	case m.Field != nil:
		fields = c.Bundle(m.Field)
	case c.Action != change.Update && c.Action != change.Own:
		return true
	default:
		for i := range c.Fields {
			fields = append(fields, &c.Fields[i])
		}
	}
	for _, f := range fields {
		if f.Verdict.Acts() && !f.Class.Records() {
			return true
		}
	}
	return false
}

// left is an answer by which an object is left as it is, as one to a field of it.
func left(a *answer.Answer) *answer.Answer {
	of := *a
	of.Answer = string(change.AnswerUseUser)
	return &of
}
