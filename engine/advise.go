package engine

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/diet-project/diet/engine/answer"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/policy"
)

// outcomes are what the answers that settle a matter lead to.
type outcomes map[string]outcome

// outcome is what an answer leads to, and what of the matter has it be no more than that.
type outcome struct {
	change.Decision
	by string
}

// words are the answers, in order.
func (o outcomes) words() []string { return slices.Sorted(maps.Keys(o)) }

// decisions are what each answer leads to.
func (o outcomes) decisions() map[string]change.Decision {
	out := make(map[string]change.Decision, len(o))
	for word, to := range o {
		out[word] = to.Decision
	}
	return out
}

// approved are answers without approvals of something else than what to approve leads to by now.
func (o outcomes) approved(given []*answer.Answer) []*answer.Answer {
	to, leads := o[string(change.AnswerApprove)]
	return ofWhat(given, to.Decision, leads)
}

// fitting are the answers to what has a verdict: where it wants approvals those alone, and to approve
// only what asks.
func (o outcomes) fitting(v change.Verdict) []string {
	return slices.DeleteFunc(o.words(), func(word string) bool {
		approves := word == string(change.AnswerApprove)
		return approves && !v.Asks() && !v.Denies() || !approves && v.WantsApproval()
	})
}

// options are the answers to a matter: those of the question that it is part of, or was until somebody
// answered it.
func (h *hearing) options(ctx context.Context, m answer.Matter) ([]string, error) {
	if q := h.byVerdict()[m.Verdict()]; q != nil {
		return slices.Clone(q.Options), nil
	}
	leads, err := h.leads(ctx, []answer.Matter{m})
	if err != nil {
		return nil, err
	}
	return leads[0].fitting(*m.Verdict()), nil
}

// trial is one thing that an answer to a matter decides about.
type trial struct {
	matter int
	word   string
	what   string // it is called
}

// leads are, for each matter, the answers that would settle it, and what each leads to: where the
// policies decide about several things at once, to the strictest of it, as in reply.
func (h *hearing) leads(ctx context.Context, matters []answer.Matter) ([]outcomes, error) {
	leads, _, err := h.tried(ctx, matters)
	return leads, err
}

// refusals are the verdicts that deny an answer to a matter, by the answer.
type refusals map[string]change.Verdict

// tried are the leads of matters, and what denies the other answers.
func (h *hearing) tried(ctx context.Context, matters []answer.Matter) ([]outcomes, []refusals, error) {
	var inputs []policy.Input
	var of []trial
	for i, m := range matters {
		whole := h.seen(m.Verdict())
		words := h.engine.policies.Words(&whole)
		try := func(v *change.Verdict, what string) {
			in := h.seen(v)
			h.engine.policies.Excuse(&in)
			for _, word := range words {
				in.Resolution = &policy.Resolution{Answer: word}
				if word == string(change.AnswerApprove) && m.Verdict().WantsApproval() {
					in.Resolution.Approvals = m.Verdict().Approvals
				}
				inputs, of = append(inputs, in), append(of, trial{i, word, what})
			}
		}
		for n, place := range m.Verdicts() {
			what := ""
			if m.Field != nil {
				what = m.Change.Bundle(m.Field)[n].Name
			}
			try(place, what)
			for _, part := range h.partsOf(place) {
				try(&part.Verdict, part.Object)
			}
		}
	}
	verdicts, err := h.engine.policies.Decide(ctx, inputs)
	if err != nil {
		return nil, nil, err
	}
	leads, denied := ledTo(len(matters), of, verdicts)
	return leads, denied, nil
}

// ledTo are the outcomes of trials of so many matters.
func ledTo(matters int, of []trial, verdicts []change.Verdict) ([]outcomes, []refusals) {
	type key struct {
		matter int
		word   string
	}
	strictest := make(map[key]outcome, len(of))
	answered := make(map[key]bool, len(of))
	out, denied := make([]outcomes, matters), make([]refusals, matters)
	for i := range out {
		out[i], denied[i] = outcomes{}, refusals{}
	}
	for i, t := range of {
		k, v := key{t.matter, t.word}, verdicts[i]
		was, again := strictest[k]
		if !again || v.Stricter(change.Verdict{Decision: was.Decision}) {
			strictest[k] = outcome{v.Decision, t.what}
			if v.Denies() {
				denied[t.matter][t.word] = v
			}
		}
		answered[k] = answered[k] || v.Answer != ""
	}
	for k, to := range strictest {
		if answered[k] && to.Decision != change.DecisionAsk && to.Decision != change.DecisionDeny {
			out[k.matter][k.word] = to
		}
	}
	return out, denied
}

// advise has what is asked about several things at once recommend what to approve it leads to, and
// say why that is less than what its rule recommends. It returns what the answers to those lead to.
func (h *hearing) advise(ctx context.Context, matters []answer.Matter) (map[*change.Verdict]outcomes, error) {
	var several []answer.Matter
	for _, m := range matters {
		if v := m.Verdict(); v.Waits() && (len(h.partsOf(v)) > 0 || len(m.Verdicts()) > 1) {
			several = append(several, m)
		}
	}
	leads, err := h.leads(ctx, several)
	if err != nil {
		return nil, err
	}
	known := make(map[*change.Verdict]outcomes, len(several))
	for i, m := range several {
		v := m.Verdict()
		known[v] = leads[i]
		to, fits := leads[i][string(change.AnswerApprove)]
		if !fits || !v.Asks() {
			continue
		}
		if said := h.saidBy(m, leads[i]); said != to.Decision {
			v.Message += h.excuse(m, to)
			v.Recommended = leads[i].leadingTo(to.Decision)
		}
		for _, place := range m.Verdicts() {
			*place = *v
		}
	}
	return known, nil
}

// saidBy is what a question says that to approve it does; "" where no answer does what it says.
func (h *hearing) saidBy(m answer.Matter, leads outcomes) change.Decision {
	said := m.Verdict().Recommended
	seen := h.seen(m.Verdict())
	meaning := h.engine.policies.Meaning(&seen, said)
	switch {
	case meaning != "" && m.Verdict().WantsApproval(): // the word itself answers nothing
		return meaning
	case meaning != "":
		return leads[said].Decision
	case m.Field == nil:
		return change.DecisionDelete // of parts only a deletion is asked
	case m.Field.Class == change.Drift:
		return change.DecisionRemediate
	}
	return change.DecisionApply
}

// excuse says why to approve a matter does less than its rule recommends.
func (h *hearing) excuse(m answer.Matter, to outcome) string {
	v := m.Verdict()
	what := to.by
	if what == "" {
		what = m.Change.Object
	}
	if v.Recommended == "" || v.Recommended == string(change.AnswerApprove) {
		return fmt.Sprintf(" (to approve this leads to %s, as it does for %s)", to.Decision, what)
	}
	return fmt.Sprintf(" (%s recommends %s, but to approve this leads to %s, as it does for %s)", v.Rule, v.Recommended, to.Decision, what)
}

// leadingTo is the answer that leads somewhere, or approve where only that does.
func (o outcomes) leadingTo(to change.Decision) string {
	for _, word := range o.words() {
		if word != string(change.AnswerApprove) && o[word].Decision == to {
			return word
		}
	}
	return string(change.AnswerApprove)
}
