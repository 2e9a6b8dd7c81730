package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/diet-project/diet/engine/answer"
	"github.com/diet-project/diet/engine/call"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/diff"
	"github.com/diet-project/diet/mirror"
)

// Reply is what a person answers, to one of: an object or a field of it, a question, or
// everything of a class.
type Reply struct {
	Object string // its diet id, or KIND:NETBOX-ID
	Field  string

	Question string // its key

	All   bool
	Class change.Class
	Kind  string

	// Seen is the [Topic.Reply] or [Preview.ShownOf] digest of what the person was shown: where that
	// is something else by now, nothing is answered. "" is whatever it is by now.
	Seen string

	// Named says that Object and Field, or Question, are as a preview printed them: what is there now must be as the
	// newest preview of the plan shows it.
	Named bool

	Answer, Who, Why string
	Expires          string // RFC 3339, or "" for never
}

// ErrNothingToAnswer is returned by Resolve where nothing is as the reply says.
var ErrNothingToAnswer = errors.New("there is nothing to answer")

// ErrNoReason is returned by Resolve for an answer without one.
var ErrNoReason = errors.New("a reason is missing: say why, for those who review the file")

// Ask is Preview without storing it: what can be answered about a plan, as the mirror
// shows it.
func (e *Engine) Ask(ctx context.Context, intent Intent) (*Preview, error) {
	return e.diff(ctx, intent, e.client != nil)
}

// Resolve writes a person's answers to the file beside the plan, all or none; of a reply to
// all of a class, those that fit. They are given to the situation as the mirror shows it or,
// where there is nothing of the kind, as NetBox does; the next preview acts on them.
func (e *Engine) Resolve(ctx context.Context, intent Intent, replies ...Reply) ([]answer.Answer, error) {
	out, _, err := e.ResolveAll(ctx, intent, replies...)
	return out, err
}

// ResolveAll is Resolve, and also returns what an answer to all of a class does not fit.
func (e *Engine) ResolveAll(ctx context.Context, intent Intent, replies ...Reply) ([]answer.Answer, []*UnfitError, error) {
	out, unfit, err := e.answersTo(ctx, intent, replies)
	var misfit *UnfitError
	if e.client != nil && (errors.Is(err, ErrNothingToAnswer) || errors.Is(err, mirror.ErrNeverSynced) || errors.As(err, &misfit)) {
		if _, err := e.Sync(ctx, mirror.Options{}); err != nil {
			return nil, nil, err
		}
		out, unfit, err = e.answersTo(ctx, intent, replies)
	}
	if err != nil {
		return nil, nil, err
	}
	return out, unfit, e.give(ctx, e.ResolutionsOf(intent), out)
}

// answersTo are the answers that replies come to, by what the mirror shows.
func (e *Engine) answersTo(ctx context.Context, intent Intent, replies []Reply) ([]answer.Answer, []*UnfitError, error) {
	var asked []diff.Asked
	for _, r := range replies {
		if strings.TrimSpace(r.Why) == "" {
			return nil, nil, ErrNoReason
		}
		about := r.Object
		if ids, err := e.called(ctx, intent.Info().Key, r.Object); err == nil && len(ids) == 1 {
			about = ids[0]
		}
		asked = append(asked, diff.Asked{Object: about, Field: r.Field, Answer: change.Answer(r.Answer)})
	}
	p, hall, err := e.examine(ctx, intent, closely{judge: true, asked: asked, answers: true})
	if err == nil {
		err = e.asShown(ctx, p, asked, replies)
	}
	if err != nil {
		return nil, nil, err
	}
	var out []answer.Answer
	var unfit []*UnfitError
	when := e.now().UTC().Format(time.RFC3339) // of all: what is answered at once is shown as one
	for _, r := range replies {
		answers, left, err := hall.replies(ctx, r)
		if errors.Is(err, ErrNothingToAnswer) && r.Object != "" && hall.changeOf(r.Object) == nil && hall.found(r.Object, r.Field) == nil {
			if r.Object, err = hall.one(ctx, r.Object); err == nil {
				answers, left, err = hall.replies(ctx, r)
			}
		}
		if err == nil && len(answers) == 0 {
			err = left[0]
		}
		if err != nil {
			return nil, nil, err
		}
		unfit = append(unfit, left...)
		for _, a := range answers {
			a.Plan, a.Answer, a.Who, a.Why, a.Expires = hall.set.Plan, r.Answer, r.Who, r.Why, r.Expires
			a.When = when
			out = append(out, a)
		}
	}
	answer.See(hall.file, out)
	return out, unfit, nil
}

// replies are the answers that a reply comes to, with what each is about: what is asked
// only once other answers count is asked too.
func (h *hearing) replies(ctx context.Context, r Reply) ([]answer.Answer, []*UnfitError, error) {
	out, unfit, err := h.repliesHere(ctx, r)
	var misfit *UnfitError
	none := errors.Is(err, ErrNothingToAnswer)
	if h.next == nil || !none && !errors.As(err, &misfit) && (err != nil || !r.All) {
		return out, unfit, err
	}
	later, left, second := h.next.replies(ctx, r)
	switch {
	case none:
		return later, left, second
	case second == nil:
		out, unfit = bothTimes(out, later, append(unfit, left...))
		return out, unfit, nil
	case errors.As(second, &misfit), errors.Is(second, ErrNothingToAnswer):
		return out, unfit, err
	}
	return nil, nil, second
}

// bothTimes joins the answers to all of a class at first with those once other answers count:
// each matter is answered once, and is left only where its answer never fits.
func bothTimes(out, later []answer.Answer, unfit []*UnfitError) ([]answer.Answer, []*UnfitError) {
	seen := map[string]bool{}
	for _, a := range out {
		seen[a.Subject()] = true
	}
	for i := range later {
		if about := later[i].Subject(); !seen[about] {
			seen[about] = true
			out = append(out, later[i])
		}
	}
	var left []*UnfitError
	for _, u := range unfit {
		if !seen[u.About] {
			seen[u.About] = true
			left = append(left, u)
		}
	}
	return out, left
}

func (h *hearing) repliesHere(ctx context.Context, r Reply) ([]answer.Answer, []*UnfitError, error) {
	if r.Question != "" {
		out, err := h.replyToQuestion(ctx, r)
		return out, nil, err
	}
	var out []answer.Answer
	var unfit []*UnfitError
	found := false
	for _, m := range answer.Matters(h.set, func(change.Verdict) bool { return true }) {
		if r.All && !h.isOf(m, r) || !r.All && (!m.Answers(r.Object, r.Field) || h.toldOnly(m)) {
			continue
		}
		found = true
		a, err := h.replyToMatter(ctx, m, r)
		if stands := h.standing(m, r, err); stands != "" {
			err = &UnfitError{Answer: r.Answer, About: a.Subject(), Stands: stands}
		}
		var left *UnfitError
		switch {
		case r.All && errors.As(err, &left):
			unfit = append(unfit, left)
		case err != nil:
			return nil, nil, err
		default:
			out = append(out, a)
		}
	}
	if !found {
		about := h.changeOf(r.Object)
		if about != nil && r.Field != "" && about.Action == change.Disregard && h.given[&about.Verdict] != nil {
			return nil, nil, &ContradictionError{Answer: *h.given[&about.Verdict], About: r.Object + " " + r.Field, Word: r.Answer}
		}
		if err := h.found(r.Object, r.Field); err != nil {
			return nil, nil, fmt.Errorf("%w: %w", ErrNothingToAnswer, err)
		}
		if about != nil && r.Object != "" && r.Field != "" {
			return nil, nil, fmt.Errorf("%w: %w", ErrNothingToAnswer, h.engine.withoutField(about, r.Field))
		}
		return nil, nil, fmt.Errorf("%w: %s", ErrNothingToAnswer, cmp.Or(strings.TrimSpace(r.Object+" "+r.Field), string(r.Class)))
	}
	return out, unfit, nil
}

// standing says which other answers stand to a matter where all of a class are answered: one to all
// replaces none. "" is none that differs.
func (h *hearing) standing(m answer.Matter, r Reply, err error) string {
	if !r.All {
		return ""
	}
	var against *ContradictionError
	said := m.Verdict().Answer
	switch given := h.disputed[m.Verdict()]; {
	case given != nil:
		return saying(given)
	case errors.As(err, &against):
		return "another answer stands, " + against.Answer.Answer
	case err == nil && said != "" && said != r.Answer:
		return "another answer stands, " + said
	}
	return ""
}

// changeOf is what there is of an object, by one of its names; nil for nothing.
func (h *hearing) changeOf(object string) *change.Change {
	for i := range h.set.Changes {
		if slices.Contains(answer.Names(&h.set.Changes[i]), object) {
			return &h.set.Changes[i]
		}
	}
	return nil
}

// toldOnly reports whether a matter is what is told of an object about which something else is
// asked: that a shared object, whose name is another, has other values than the plan says.
func (h *hearing) toldOnly(m answer.Matter) bool {
	return m.Class() == change.Finding && slices.ContainsFunc(h.set.Changes, func(c change.Change) bool {
		return c.Class != change.Finding && c.Object == m.Change.Object
	})
}

// isOf reports whether a matter is of the class, field and kind that a reply to all names.
func (h *hearing) isOf(m answer.Matter, r Reply) bool {
	return m.Class() == r.Class && (r.Field == "" || m.Has(r.Field)) && (r.Kind == "" || m.Change.Kind == r.Kind)
}

func (h *hearing) replyToMatter(ctx context.Context, m answer.Matter, r Reply) (answer.Answer, error) {
	if err := h.engine.dateChanges(ctx, []answer.Matter{m}); err != nil {
		return answer.Answer{}, err
	}
	a := answer.To(m, r.Answer)
	if m.Field != nil {
		a.Field = m.Field.Name
		if r.Field != "" {
			a.Field = r.Field
		}
	}
	if !r.All {
		a.Object = r.Object
	}
	if m.Field == nil && m.Class() == change.Orphaned {
		a.References = m.References()
	}
	about := a.Subject()
	adopts := change.Answer(r.Answer) == change.AnswerAdopt && a.Object == m.Change.Object
	which := len(m.Change.Differs) == 0 || m.Change.Taken == change.TakenCopy
	if c := m.Change; c.Class == change.Identity && which && adopts {
		return a, &UnfitError{Answer: "adopt of " + about, About: c.Verdict.Message, Fits: answer.Names(c)[1:]}
	}
	a.Plan, a.Answer = h.set.Plan, r.Answer
	to, err := h.accepts(ctx, m, r.Answer, about)
	if err != nil {
		return a, err
	}
	a.Approve(to)
	others, err := h.others(ctx, m, &a)
	if err != nil {
		return a, err
	}
	for _, b := range others {
		if h.disputed[m.Verdict()] == nil && (b.Field == "" || a.Field != "") {
			return a, &ContradictionError{Answer: *b, About: about, Word: r.Answer}
		}
		a.Instead(b)
	}
	a.Instead(h.book.Superseded(m)...)
	return a, nil
}

// ContradictionError is an answer that differs from one that stands to the same question, given under
// another name of the object: of the two neither would count.
type ContradictionError struct {
	answer.Answer        // the one that stands
	About, Word   string // the one that is given
}

func (e *ContradictionError) Error() string {
	return fmt.Sprintf("%s: %s contradicts the answer %s that %s gave to %s at %s",
		e.About, e.Word, e.Answer.Answer, e.Who, e.subject(), e.When)
}

// subject is what the answer that stands was given to; a question's key says nothing by itself.
func (e *ContradictionError) subject() string {
	if e.Object == "" {
		return e.Question + " (" + e.Answer.About + ")"
	}
	return e.Subject()
}

// Hint says how to replace the answer.
func (e *ContradictionError) Hint() string {
	name := "--object " + call.Quoted(e.Object)
	if e.Field != "" {
		name += " --field " + e.Field
	}
	where := ""
	if e.Place() != "" {
		where = " (" + e.Place() + ")"
	}
	if e.Object == "" {
		return "answer each object by name, with --object, which counts before that answer, or take that one out of the file" + where
	}
	return fmt.Sprintf("name it as there, with %s, to replace that answer, or take that one out of the file%s", name, where)
}

func (h *hearing) replyToQuestion(ctx context.Context, r Reply) ([]answer.Answer, error) {
	i := slices.IndexFunc(h.questions, func(q *answer.Question) bool { _, is := q.Asked(r.Question); return is })
	if i < 0 {
		return nil, fmt.Errorf("%w: nothing asks %s any more; `diet preview` lists the questions", ErrNothingToAnswer, r.Question)
	}
	q := h.questions[i]
	to, err := h.accepts(ctx, q.Matters[0], r.Answer, q.Key)
	if err != nil {
		return nil, err
	}
	if err := h.free(q, r.Answer); err != nil {
		return nil, err
	}
	narrower, apart := h.besides(q, r.Answer)
	if apart {
		return h.replyToEach(ctx, q, r)
	}
	if err := h.engine.dateChanges(ctx, q.Matters); err != nil {
		return nil, err
	}
	a := answer.Answer{
		Answer: r.Answer, Question: r.Question, About: q.About(), Class: string(q.Class),
		Situation: q.Situation, Edited: answer.Edited(r.Answer, q.Matters...),
	}
	a.Approve(to)
	a.UpTo, _ = q.Asked(r.Question)
	a.Covers = q.Bounded(mostBounded)
	for _, m := range q.Matters {
		if m.Change == nil {
			continue
		}
		a.Objects = append(a.Objects, m.Member())
		if len(q.Matters) > mostCovered {
			continue
		}
		a.Covers = append(a.Covers, m.Situation(r.Answer))
		if m.Field == nil && m.Class() == change.Orphaned {
			a.References = append(a.References, m.References()...)
		}
	}
	a.Instead(narrower...)
	slices.Sort(a.References)
	a.References = slices.Compact(a.References)
	return []answer.Answer{a}, nil
}

// mostCovered is of how many objects an answer to a question says that it covers each, a line in the file:
// where one of them changes, it stands for the others. Of more, it stands for all of them or none.
const mostCovered = 10_000

// mostBounded is of how many changes an answer about a budget says that it covers each: of more, it
// covers all of them, and no fewer.
const mostBounded = 1000

// Standing is an answer of the file, and how it stands.
type Standing struct {
	answer.Answer
	State AnswerState `json:"state"`
}

// AnswerState says how an answer stands.
type AnswerState string

// The states of an answer.
const (
	AnswerStands       AnswerState = "stands"
	AnswerExpired      AnswerState = "expired"
	AnswerLapsed       AnswerState = "lapsed"       // the situation is another one
	AnswerContradicted AnswerState = "contradicted" // another answer says otherwise
	AnswerDone         AnswerState = "done"         // nothing asks any more
	AnswerDenied       AnswerState = "denied"       // a guard denies all that it is about
)

// Answers lists the answers about a plan, and how each stands.
func (e *Engine) Answers(ctx context.Context, intent Intent) ([]Standing, error) {
	_, hall, err := e.examine(ctx, intent, closely{judge: e.client != nil})
	if err != nil {
		return nil, err
	}
	matters := answer.Matters(hall.set, func(change.Verdict) bool { return true })
	out := []Standing{}
	for _, a := range hall.book.Answers() {
		out = append(out, Standing{*a, hall.state(a, matters)})
	}
	return out, nil
}

// denied reports whether a guard denies everything that an answer is given to.
func (h *hearing) denied(a *answer.Answer) bool {
	given := h.settles[a]
	return len(given) > 0 && !slices.ContainsFunc(given, func(v *change.Verdict) bool { return !v.Denies() })
}

// asks reports whether anything of a class waits for a person.
func (h *hearing) asks(class change.Class) bool {
	return slices.ContainsFunc(h.questions, func(q *answer.Question) bool { return q.Class == class && q.Open() != nil })
}

func (h *hearing) state(a *answer.Answer, matters []answer.Matter) AnswerState {
	switch {
	case a.Situation != "" && h.against[a]:
		return AnswerContradicted
	case h.denied(a):
		return AnswerDenied
	case h.answered[a]:
		return AnswerStands
	case a.Expired(h.engine.now()):
		return AnswerExpired
	case a.Object == "" && (a.Class == "" || h.asks(change.Class(a.Class))): // an older diet does not say of what class
		return AnswerLapsed
	}
	for _, m := range matters {
		switch {
		case !m.Concerns(a.Object, a.Field), carriedOut(m, a):
		case m.Is(a.Answer, a.Situation) && !a.Outlived(m) && a.LeadsTo == "": // else to approve leads to something else
			return AnswerContradicted
		default:
			return AnswerLapsed
		}
	}
	return AnswerDone
}
