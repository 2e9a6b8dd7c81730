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
	approvals := map[*change.Verdict]bool{}
	ask := func(m answer.Matter, a *answer.Answer) {
		for _, v := range m.Verdicts() {
			in := &inputs[at[v]]
			if in.Lapsed == nil {
				places = append(places, v)
			}
			approvals[v] = a.Answer == string(change.AnswerApprove)
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
				ask(m, whole)
			}
		case a != nil && writes(m) && h.lessened(m, a):
			ask(m, a)
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
		if says := again[i].Lapsed.Answer; approvals[v] {
			v.Message = strings.Replace(v.Message, "answered "+says, "approved "+says, 1)
		}
	}
	return nil
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
	seen := h.seen(m.Verdict())
	to := h.engine.policies.Meaning(&seen, h.meant(m, a))
	return to != "" && change.Verdict{Decision: to}.Stricter(*m.Verdict())
}

// meant is the word of an answer; of an approval, one that leads to what it approved.
func (h *hearing) meant(m answer.Matter, a *answer.Answer) string {
	if a.Answer != string(change.AnswerApprove) {
		return a.Answer
	}
	seen := h.seen(m.Verdict())
	for _, word := range change.Answers() {
		if to := h.engine.policies.Meaning(&seen, string(word)); to != "" && string(to) == a.LeadsTo {
			return string(word)
		}
	}
	return a.Answer
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
