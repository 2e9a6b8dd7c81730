package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine/answer"
	"github.com/diet-project/diet/engine/change"
)

// UnfitError is an answer that does not fit what it is given to.
type UnfitError struct {
	Answer, About string
	Fits          []string
	Takes         []string // the answers that there are, where it is none of them
	Denied        string   // what a guard that denies it says
	Rule          string   // the id of that guard, "" where the policies failed
	Approvals     int      // how many people must approve: nothing else answers it
	Stands        string   // what stands of other answers, where all of a class, or a question, are answered
}

func (e *UnfitError) Error() string { return e.About + ": " + e.Reason() }

// Reason is why the answer is not given, without what it is about.
func (e *UnfitError) Reason() string {
	switch {
	case e.Denied != "" && len(e.Takes) == 0 && len(e.Fits) == 0:
		return "no answer is possible: " + e.guard()
	case e.Denied != "" && len(e.Takes) == 0:
		return "the answer " + e.Answer + " does not fit: " + e.guard()
	case e.Stands != "":
		return e.Stands
	}
	return "the answer " + e.Answer + " does not fit"
}

// guard is what denies it, and why.
func (e *UnfitError) guard() string {
	if e.Rule == "" {
		return e.Denied
	}
	return e.Rule + " denies it: " + e.Denied
}

// Hint lists the answers that fit.
func (e *UnfitError) Hint() string {
	if e.Stands != "" {
		return "answer it by name, with --object, to replace what stands; `diet resolve --list` says whose it is"
	}
	if e.Approvals > 0 {
		return fmt.Sprintf("only approvals answer it, of %d people: %s", e.Approvals, approveHint)
	}
	if len(e.Fits) == 0 && len(e.Takes) > 0 && e.Denied != "" {
		return fmt.Sprintf("the answers are %s, and none is possible: %s", strings.Join(e.Takes, ", "), e.guard())
	}
	if len(e.Fits) == 0 {
		return "change the plan, the policy or NetBox; `diet preview` says which rule forbids it"
	}
	return "the answers are " + strings.Join(e.Fits, ", ")
}

// accepts makes sure that an answer would settle a matter, and returns what it leads to.
func (h *hearing) accepts(ctx context.Context, m answer.Matter, word, about string) (change.Decision, error) {
	leads, denied, err := h.tried(ctx, []answer.Matter{m})
	if err != nil {
		return "", err
	}
	var fits []string
	if !m.Verdict().WantsApproval() { // else no answer of one person does
		fits = leads[0].words()
	}
	if slices.Contains(fits, word) {
		return leads[0][word].Decision, nil
	}
	unfit := &UnfitError{Answer: word, About: about, Fits: fits, Approvals: wantedBy(*m.Verdict())}
	seen := h.seen(m.Verdict())
	by, denies := denied[0][word]
	if words := h.engine.policies.Words(&seen); !slices.Contains(words, word) {
		unfit.Takes = words
		by, denies = *m.Verdict(), m.Verdict().Denies()
	}
	if denies {
		unfit.Denied, unfit.Rule = by.Message, by.Rule
	}
	return "", unfit
}
