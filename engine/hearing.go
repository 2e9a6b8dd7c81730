package engine

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine/answer"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/policy"
	"github.com/diet-project/diet/generate"
)

// hearing is what is asked about one set, and what people answered.
type hearing struct {
	engine *Engine
	book   *answer.Book
	judged bool // NetBox was asked what depends on objects

	about     string // what the command that answers names: the plan's file, or a preview
	set       *change.Set
	log       *ledger
	input     func(*change.Verdict) policy.Input  // what the policies saw
	raised    map[*change.Verdict]*change.Verdict // those of wholes that a guard raised, with those of the parts that it is about
	run       answer.Matter
	runInput  policy.Input
	questions []*answer.Question // all, also those that are answered
	answered  map[*answer.Answer]bool
	before    map[*answer.Answer]bool // those that were, when the policies began to decide
	given     map[*change.Verdict]*answer.Answer
	named     map[string]*answer.Answer // to use the name, by what that makes references refer to

	mapped mapping // which objects of NetBox objects of the plan are
	said   entries // the answers that say so, as far as they stand

	preview string   // its id
	by      []string // who approved it

	topo *generate.Topology

	bonds *bonds // what of the plan refers to what would be deleted

	grounds bool // what there is to decide is to be compared with another hearing
	ground  map[string]string

	next *hearing // of what comes out once the answers have changed what is compared; nil where they do not
}

// hear opens the hearing of what people answered about a plan.
func (e *Engine) hear(intent Intent, topo *generate.Topology, preview string, answers []answer.Answer) *hearing {
	return &hearing{
		engine: e, preview: preview, topo: topo, about: answerable(intent, topo, preview),
		book:     answer.NewBook(topo.Plan.Key, answers, e.now()),
		answered: map[*answer.Answer]bool{}, given: map[*change.Verdict]*answer.Answer{}, named: map[string]*answer.Answer{},
	}
}

// afresh forgets what was asked and answered about a set about which the policies are to
// decide again, since more is known of it.
func (h *hearing) afresh() {
	if h.before == nil {
		h.before = maps.Clone(h.answered)
	}
	clear(h.answered)
	maps.Copy(h.answered, h.before)
	clear(h.given)
	h.log, h.questions = &ledger{}, nil
}

// answersOf are the answers that count for an intent: they lie beside the plan's file, or
// where the configuration says, or came with the preview.
func (e *Engine) answersOf(intent Intent, planFile string) ([]answer.Answer, error) {
	if part, narrowed := intent.(Narrowed); narrowed {
		return e.answersOf(part.Intent, planFile)
	}
	if came, carried := intent.(Carried); carried {
		return came.Answers, nil
	}
	file, err := answer.Load(e.resolutions(planFile))
	if err != nil {
		return nil, err
	}
	return file.Answers, nil
}

// again is a hearing about the same answers: those that stood still do.
func (h *hearing) again() *hearing {
	return &hearing{
		engine: h.engine, preview: h.preview, by: h.by, about: h.about, book: h.book, judged: h.judged, answered: h.answered,
		given: map[*change.Verdict]*answer.Answer{}, named: h.named, mapped: h.mapped,
	}
}

// ResolutionsOf is the file of the answers about a plan.
func (e *Engine) ResolutionsOf(intent Intent) string { return e.resolutions(intent.Info().File) }

// resolutions is the file of the answers about a plan.
func (e *Engine) resolutions(planFile string) string {
	return cmp.Or(e.cfg.Resolutions, filepath.Join(filepath.Dir(planFile), answer.FileName))
}

// settle has the answers that stand decide: the policies say what each leads to.
func (h *hearing) settle(ctx context.Context, set *change.Set, inputs []policy.Input, put []*change.Verdict) error {
	matters := answer.Matters(set, func(v change.Verdict) bool { return v.Waits() || !h.book.Empty() })
	at := make(map[*change.Verdict]int, len(put))
	for i, place := range put {
		at[place] = i
	}
	h.said = h.entriesOf()
	h.said.drop(set)
	h.set, h.input = set, func(v *change.Verdict) policy.Input { return inputs[at[v]] }
	if err := h.ask(ctx, matters); err != nil {
		return err
	}
	return h.reply(ctx, matters)
}

// settleRun is settle for the preview as a whole.
func (h *hearing) settleRun(ctx context.Context, set *change.Set, in policy.Input, whole *change.Verdict, again string) error {
	h.run, h.runInput = answer.Run(set, whole, again), in
	if err := h.ask(ctx, []answer.Matter{h.run}); err != nil {
		return err
	}
	return h.reply(ctx, []answer.Matter{h.run})
}

// seen is what the policies saw of a matter, or of a field that belongs to it.
func (h *hearing) seen(v *change.Verdict) policy.Input {
	if v == h.run.Verdict() {
		return h.runInput
	}
	return h.input(v)
}

// origin is the verdict that a question is from: that on a part, where a guard of the part
// raised that on the whole.
func (h *hearing) origin(v *change.Verdict) *change.Verdict {
	if part := h.raised[v]; part != nil {
		return part
	}
	return v
}

// ask finds the questions among matters, and what may be answered to each: what the
// policies accept.
func (h *hearing) ask(ctx context.Context, matters []answer.Matter) error {
	asked := answer.Questions(matters)
	inputs := make([]policy.Input, len(asked))
	for i, q := range asked {
		inputs[i] = h.seen(h.origin(q.Matters[0].Verdict()))
	}
	fits, err := h.engine.policies.Fits(ctx, inputs)
	if err != nil {
		return fmt.Errorf("ask: %w", err)
	}
	for i, q := range asked {
		if q.Options = fits[i]; q.Verdict.WantsApproval() {
			q.Options = []string{string(change.AnswerApprove)}
		}
		if len(q.Options) > 0 {
			h.questions = append(h.questions, q)
		}
	}
	return nil
}

// reply has the policies decide again where somebody answered.
func (h *hearing) reply(ctx context.Context, matters []answer.Matter) error {
	if h.book.Empty() && len(h.by) == 0 {
		return nil
	}
	var again []policy.Input
	var places []*change.Verdict
	parts := map[*change.Verdict]*change.Verdict{} // what the answers lead to on parts, by the verdict on the whole
	asked := h.byVerdict()
	for _, m := range matters {
		a, approvals := h.answerTo(m, asked[m.Verdict()])
		if a == nil {
			continue
		}
		h.answered[a], h.given[m.Verdict()] = true, a
		for _, place := range m.Verdicts() {
			in := h.seen(place)
			in.Resolution = &policy.Resolution{Answer: a.Answer, Who: a.Who, When: a.When, Why: a.Why, Expires: a.Expires, Approvals: approvals}
			again, places = append(again, in), append(places, place)
			if part := h.raised[place]; part != nil {
				of := h.seen(part)
				of.Resolution, parts[place] = in.Resolution, &change.Verdict{}
				again, places = append(again, of), append(places, parts[place])
			}
		}
	}
	if err := h.engine.rule(ctx, again, places, h.log); err != nil {
		return err
	}
	for whole, part := range parts {
		settleRaised(whole, part)
	}
	return nil
}

// answerTo is what is answered to a matter, and by how many approvals. What wants those is
// answered by nothing else.
func (h *hearing) answerTo(m answer.Matter, q *answer.Question) (a *answer.Answer, approvals int) {
	if v := m.Verdict(); v.WantsApproval() {
		if len(h.by) < v.Approvals {
			return nil, 0
		}
		return &answer.Answer{Answer: string(change.AnswerApprove), Who: strings.Join(h.by, " and ")}, len(h.by)
	}
	if a = h.book.To(m, q, h.judged); a == nil {
		a = h.byName(m)
	}
	if a == nil {
		a = h.said.to(m)
	}
	return a, 0
}

// settleRaised settles what a guard of a part asked about the whole: the stricter counts of
// what the answer leads to on either. What still waits on the part is raised again.
func settleRaised(whole, part *change.Verdict) {
	order := change.Decisions()
	switch {
	case part.Waits() || whole.Waits():
	case slices.Index(order, part.Decision) <= slices.Index(order, whole.Decision):
		*whole = *part
	case whole.Answer == "":
		whole.Answer = part.Answer
	}
}

// byName is the answer to a field that changes over to another shared object, where
// somebody answered that its name decides.
func (h *hearing) byName(m answer.Matter) *answer.Answer {
	if m.Field == nil || len(h.named) == 0 {
		return nil
	}
	a := h.named[fmt.Sprint(change.Refers(m.Change.Kind, m.Field.Name), " ", m.Field.Want)]
	if a == nil {
		return nil
	}
	moved := *a
	moved.Answer = string(change.AnswerUseDiet)
	h.answered[a] = true
	return &moved
}

// byVerdict finds the question that a verdict is part of.
func (h *hearing) byVerdict() map[*change.Verdict]*answer.Question {
	out := map[*change.Verdict]*answer.Question{}
	for _, q := range h.questions {
		for _, m := range q.Matters {
			out[m.Verdict()] = q
		}
	}
	return out
}

// open are the questions of which something still waits.
func (h *hearing) open() []answer.Question {
	out := []answer.Question{}
	for _, q := range h.questions {
		if slices.ContainsFunc(q.Matters, func(m answer.Matter) bool { return m.Verdict().Waits() }) {
			q.Command = q.CommandFor(h.about, q.Recommended())
			if q.Verdict.WantsApproval() {
				q.Command = "diet preview " + h.about
			}
			out = append(out, *q)
		}
	}
	return out
}
