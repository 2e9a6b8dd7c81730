package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine/answer"
	"github.com/diet-project/diet/engine/change"
)

// disputeRule is the rule of what is asked since people's answers lead to different things.
const disputeRule = "RES003"

// disputes are the answers that stand and lead to different things, by the verdict on what they are
// about: none of them counts.
type disputes map[*change.Verdict][]*answer.Answer

// claim is what of several answers is about one matter.
type claim struct {
	matter  answer.Matter
	answers []*answer.Answer
}

// dispute finds what people answered in different ways, and has it asked anew: an object, a field, or a
// field of an object that somebody leaves to people as a whole.
func (h *hearing) dispute(ctx context.Context, matters []answer.Matter) error {
	h.disputed = disputes{}
	if h.book.Empty() {
		return nil
	}
	var several []claim
	left := map[*change.Change][]*answer.Answer{} // those that leave an object to people
	for _, m := range matters {
		given := h.book.Named(m, h.judged)
		if len(given) == 0 && h.book.Divided() {
			given = h.book.Part(m)
		}
		if m.Change != nil && m.Field == nil {
			left[m.Change] = slices.DeleteFunc(slices.Clone(given), func(a *answer.Answer) bool {
				return a.Answer != string(change.AnswerUnmanage) || !a.OfObject() || carriedOut(m, a)
			})
		} else if m.Change != nil && len(given) > 0 {
			given = slices.Concat(given, left[m.Change])
		}
		if len(given) > 1 {
			several = append(several, claim{m, given})
		}
	}
	return h.reopen(ctx, several)
}

// reopen has what is claimed in different ways be asked.
func (h *hearing) reopen(ctx context.Context, claims []claim) error {
	claims = slices.DeleteFunc(claims, func(c claim) bool { return c.agree() || c.matter.Verdict().WantsApproval() })
	matters := make([]answer.Matter, len(claims))
	for i, c := range claims {
		matters[i] = c.matter
	}
	leads, err := h.leads(ctx, matters)
	if err != nil {
		return fmt.Errorf("compare answers: %w", err)
	}
	for i, c := range claims {
		c.answers = leads[i].approved(c.answers)
		if !c.differ(leads[i]) {
			continue
		}
		for _, place := range c.matter.Verdicts() {
			h.disputed[place] = c.answers
			if !place.Denies() {
				*place = reopened(*place, c.answers)
			}
		}
		for _, a := range c.answers {
			h.against[a] = true
			if c.matter.Field != nil && a.OfObject() {
				h.disputed[&c.matter.Change.Verdict] = c.answers // it waits for the field
			}
		}
	}
	return nil
}

// agree reports whether the answers say the same.
func (c claim) agree() bool {
	first := c.answers[0]
	return !slices.ContainsFunc(c.answers, func(a *answer.Answer) bool {
		return a.Answer != first.Answer || c.matter.Picks() && a.Adopts() && a.Object != first.Object
	})
}

// differ reports whether the answers lead to different things. Who leaves the object to people does
// not contradict whoever leaves a field of it as it is.
func (c claim) differ(leads outcomes) bool {
	if len(c.answers) < 2 {
		return false
	}
	first := c.answers[0]
	to := leads[first.Answer].Decision
	return slices.ContainsFunc(c.answers[1:], func(a *answer.Answer) bool {
		if c.matter.Field != nil && a.OfObject() {
			return (change.Verdict{Decision: to}).Acts() && to != change.DecisionUnmanage
		}
		end := leads[a.Answer].Decision
		same := end == to || c.matter.Field != nil && end.LetsStand() && to.LetsStand()
		return !same || c.matter.Picks() && a.Adopts() && a.Object != first.Object
	})
}

// reopened is the question that a verdict becomes where answers to it differ.
func reopened(v change.Verdict, given []*answer.Answer) change.Verdict {
	text := saying(given)
	if v.Message != "" {
		text += ": " + v.Message
	}
	if !v.Asks() {
		return change.Verdict{Decision: change.DecisionAsk, Rule: disputeRule, Severity: "high", Message: text}
	}
	v.Message = text
	return v
}

// saying names answers that differ.
func saying(given []*answer.Answer) string {
	return "the answers differ, and none counts: " + says(given)
}

// says names answers, each with who gave it, when, and where it stands.
func says(given []*answer.Answer) string {
	out := make([]string, len(given))
	for i, a := range given {
		out[i] = a.Says()
		if a.OfObject() && given[0].Field != "" {
			out[i] += " to the object as a whole"
		}
	}
	return strings.Join(out, "; ")
}

// disputeQuestions tells of the questions that people answered in different ways.
func (h *hearing) disputeQuestions(ctx context.Context, asked []*answer.Question) error {
	for _, q := range asked {
		given := h.book.Asked(q)
		if len(given) < 2 || q.Verdict.WantsApproval() || h.disputed[q.Matters[0].Verdict()] != nil {
			continue
		}
		c := claim{q.Matters[0], given}
		if c.agree() {
			continue
		}
		leads, err := h.leads(ctx, q.Matters[:1])
		if err != nil {
			return fmt.Errorf("compare answers: %w", err)
		}
		given = leads[0].approved(given)
		if c.answers = given; !c.differ(leads[0]) {
			continue
		}
		q.Verdict = reopened(q.Verdict, given)
		for _, a := range given {
			h.against[a] = true
		}
		for _, m := range q.Matters {
			if v := m.Verdict(); h.disputed[v] == nil && len(h.book.Named(m, h.judged)) == 0 {
				h.disputed[v] = given
				v.Message = q.Verdict.Message
			}
		}
	}
	return nil
}

// givenTo are the answers that differ to a question, each with the command that has it count.
func (h *hearing) givenTo(q *answer.Question) []answer.Given {
	var out []answer.Given
	as := h.engine.cfg.Call
	for _, a := range h.disputed[q.Matters[0].Verdict()] {
		x := answer.Given{Answer: a.Answer, Who: a.Who, When: a.When, Why: a.Why, Place: a.Place(), Command: a.Command(as, h.about, "REASON")}
		if a.Object == "" {
			x.Command = q.CommandFor(as, h.about, a.Answer)
		}
		out = append(out, x)
	}
	return out
}

// others are the answers besides a given one that stand and lead elsewhere, were it to count: those to
// the same matter, to the object of a field, and to the fields of an object that is left to people.
func (h *hearing) others(ctx context.Context, m answer.Matter, given *answer.Answer) ([]*answer.Answer, error) {
	var pairs []claim // each with two answers, as of [claim.differ] the one to a field first
	var found []*answer.Answer
	add := func(m answer.Matter, a *answer.Answer, two ...*answer.Answer) {
		if p := (claim{m, two}); !a.SameAbout(given) && !p.agree() {
			pairs, found = append(pairs, p), append(found, a)
		}
	}
	for _, a := range h.book.Named(m, true) {
		add(m, a, given, a)
	}
	leaves := given.Answer == string(change.AnswerUnmanage)
	switch {
	case m.Change == nil:
	case m.Field != nil:
		whole := answer.Matter{Change: m.Change}
		for _, a := range h.book.Named(whole, true) {
			if a.Answer == string(change.AnswerUnmanage) && !carriedOut(whole, a) {
				add(m, a, given, a)
			}
		}
	case leaves && m.Change.PerField():
		for i := range m.Change.Fields {
			f := answer.Matter{Change: m.Change, Field: &m.Change.Fields[i]}
			for _, a := range h.book.Named(f, true) {
				add(f, a, a, given)
			}
		}
	}
	matters := make([]answer.Matter, len(pairs))
	for i, p := range pairs {
		matters[i] = p.matter
	}
	leads, err := h.leads(ctx, matters)
	if err != nil {
		return nil, fmt.Errorf("compare answers: %w", err)
	}
	var out []*answer.Answer
	for i, p := range pairs {
		p.answers = leads[i].approved(p.answers)
		if p.differ(leads[i]) && !slices.Contains(out, found[i]) {
			out = append(out, found[i])
		}
	}
	return out, nil
}
