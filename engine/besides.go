package engine

import (
	"context"
	"slices"

	"github.com/diet-project/diet/engine/answer"
)

// besides are the answers that stand to some of what a question asks, given to another question, and say otherwise; apart that one of
// them was given to something else, too, for which it keeps its place in the file.
func (h *hearing) besides(q *answer.Question, word string) (narrower []*answer.Answer, apart bool) {
	within := map[string]bool{}
	for _, m := range q.Matters {
		if m.Change != nil {
			within[m.Member()] = true
		}
	}
	for _, m := range q.Matters {
		for _, a := range approved(q, h.book.Part(m)) {
			if a.Question == q.Key || a.Answer == word || slices.Contains(narrower, a) {
				continue
			}
			narrower = append(narrower, a)
			apart = apart || len(a.Objects) == 0 || slices.ContainsFunc(a.Objects, func(of string) bool { return !within[of] })
		}
	}
	return narrower, apart
}

// replyToEach answers all that a question asks by name: that counts before what was answered to more.
func (h *hearing) replyToEach(ctx context.Context, q *answer.Question, r Reply) ([]answer.Answer, error) {
	var out []answer.Answer
	for _, m := range q.Matters {
		if m.Change == nil || len(approved(q, h.book.Named(m, h.judged))) > 0 {
			continue
		}
		of := Reply{Object: m.Change.Object, Answer: r.Answer}
		if m.Field != nil {
			of.Field = m.Field.Name
		}
		a, err := h.replyToMatter(ctx, m, of)
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, nil
}

// free makes sure that an answer to a question would count: no answer to what it is about by name, and
// none to more than it, leads elsewhere.
func (h *hearing) free(q *answer.Question, word string) error {
	disputed := h.disputed[q.Matters[0].Verdict()] != nil // then whatever is given now counts
	for _, a := range approved(q, h.book.Asked(q)) {
		if !disputed && a.Question != q.Key && a.Answer != word {
			return &ContradictionError{Answer: *a, About: q.Key, Word: word}
		}
	}
	open := false
	var named []*answer.Answer
	for _, m := range q.Matters {
		found := approved(q, h.book.Named(m, h.judged))
		named = append(named, found...)
		open = open || len(found) == 0
	}
	if open {
		return nil // those by name count before it
	}
	return &UnfitError{Answer: word, About: q.Key, Stands: "what it asks is answered by name: " + says(named)}
}
