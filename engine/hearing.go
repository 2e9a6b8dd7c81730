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
	file   []answer.Answer // as it was read
	judged bool            // NetBox was asked what depends on objects

	about     string // what the command that answers names: the plan's file, or a preview
	set       *change.Set
	log       *ledger
	input     func(*change.Verdict) policy.Input // what the policies saw
	raised    raised                             // the wholes of which guards of their parts ask or deny
	run       map[*change.Verdict]policy.Input   // what is asked about the run, with what the policies saw
	whole     []answer.Matter                    // the same, once it is answered
	questions []*answer.Question                 // all, also those that are answered
	answered  map[*answer.Answer]bool
	settles   map[*answer.Answer][]*change.Verdict // what an answer is given to
	before    map[*answer.Answer]bool              // those that were, when the policies began to decide
	given     map[*change.Verdict]*answer.Answer
	disputed  disputes
	partly    map[*change.Verdict]*answer.Answer // to the object, which stands for the field
	against   map[*answer.Answer]bool            // what stands and does not count, since another answer differs
	named     map[string]*answer.Answer          // to use the name, by what that makes references refer to

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
		book: answer.NewBook(topo.Plan.Key, answers, e.now(), movedFrom(topo)...), file: answers,
		answered: map[*answer.Answer]bool{}, settles: map[*answer.Answer][]*change.Verdict{},
		given: map[*change.Verdict]*answer.Answer{}, named: map[string]*answer.Answer{},
		against: map[*answer.Answer]bool{},
	}
}

// movedFrom are the ids that objects of a topology had in other plans.
func movedFrom(topo *generate.Topology) []string {
	var out []string
	for _, m := range topo.Moved {
		if plan, _, _ := strings.Cut(m.From, "/"); plan != topo.Plan.Key {
			out = append(out, m.From)
		}
	}
	return out
}

// afresh forgets what was asked and answered about a set about which the policies are to
// decide again, since more is known of it.
func (h *hearing) afresh() {
	if h.before == nil {
		h.before = maps.Clone(h.answered)
	}
	clear(h.answered)
	maps.Copy(h.answered, h.before)
	clear(h.settles)
	clear(h.given)
	h.log, h.questions = &ledger{}, nil
}

// answersOf are the answers that count for an intent: they lie beside the plan's file, or
// where the configuration says, or came with the preview. Each must say to which situation it was
// given, unless it is about to be given anew.
func (e *Engine) answersOf(intent Intent, planFile string, toAnswer bool) ([]answer.Answer, error) {
	if part, narrowed := intent.(Narrowed); narrowed {
		return e.answersOf(part.Intent, planFile, toAnswer)
	}
	if came, carried := intent.(Carried); carried {
		return came.Answers, nil
	}
	file, err := answer.Load(e.resolutions(planFile))
	if err == nil && !toAnswer {
		err = file.Complete(e.cfg.Call, intent.Info().Key, planFile)
	}
	if err != nil {
		return nil, err
	}
	return file.Answers, nil
}

// again is a hearing about the same answers: those that stood still do.
func (h *hearing) again() *hearing {
	return &hearing{
		engine: h.engine, preview: h.preview, by: h.by, about: h.about, book: h.book, judged: h.judged, answered: h.answered,
		settles: h.settles,
		given:   map[*change.Verdict]*answer.Answer{}, named: h.named, mapped: h.mapped, against: h.against,
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
	if !h.book.Empty() {
		if err := h.engine.dateChanges(ctx, matters); err != nil {
			return err
		}
	}
	if err := h.lapse(ctx, matters, inputs, at); err != nil {
		return err
	}
	if err := h.dispute(ctx, matters); err != nil {
		return err
	}
	if err := h.ask(ctx, matters); err != nil {
		return err
	}
	return h.reply(ctx, matters)
}

// settleRun is settle for the preview as a whole: each thing that guards ask about it is a
// question of its own. What is left is the strictest, and beside it the others.
func (h *hearing) settleRun(ctx context.Context, set *change.Set, in policy.Input, whole *change.Verdict, again string) error {
	if !whole.Waits() {
		return nil
	}
	h.run = map[*change.Verdict]policy.Input{}
	var inputs []policy.Input
	var verdicts []*change.Verdict
	for _, topic := range topicsOf(whole) {
		of, v := in, &change.Verdict{}
		if h.engine.policies.Rule(whole.Rule) != nil { // else nothing was asked: the policies failed
			of.Question = topic
		}
		h.run[v] = of
		inputs, verdicts = append(inputs, of), append(verdicts, v)
	}
	if err := h.engine.rule(ctx, inputs, verdicts, h.log); err != nil {
		return err
	}
	if err := h.engine.dateOnce(ctx, set, verdicts); err != nil {
		return err
	}
	var matters []answer.Matter
	for _, v := range verdicts {
		v.Message, v.Also = v.Told(), nil
		matters = append(matters, answer.Run(set, v, again))
	}
	if err := h.ask(ctx, matters); err != nil {
		return err
	}
	if err := h.reply(ctx, matters); err != nil {
		return err
	}
	*whole, h.whole = wholeOf(verdicts), matters
	if !whole.Waits() {
		h.tellUsed(set, matters)
	}
	return nil
}

// topicsOf are the things that a verdict on a run, and those beside it, are about.
func topicsOf(whole *change.Verdict) []string {
	out := []string{whole.Topic()}
	for _, also := range whole.Also {
		if topic := also.Topic(); !slices.Contains(out, topic) {
			out = append(out, topic)
		}
	}
	return out
}

// wholeOf is the strictest of the verdicts on a run, with what waits besides it.
func wholeOf(verdicts []*change.Verdict) change.Verdict {
	first := verdicts[0]
	for _, v := range verdicts {
		if v.Stricter(*first) {
			first = v
		}
	}
	out := *first
	for _, v := range verdicts {
		if v != first && v.Waits() {
			out.Also = append(slices.Clone(out.Also), *v)
		}
	}
	return out
}

// seen is what the policies saw of a matter, or of a field that belongs to it.
func (h *hearing) seen(v *change.Verdict) policy.Input {
	if in, is := h.run[v]; is {
		return in
	}
	return h.input(v)
}

// partsOf are the parts of which guards ask or deny, by the verdict on the whole.
func (h *hearing) partsOf(v *change.Verdict) []*change.Change {
	if up := h.raised[v]; up != nil {
		return up.parts
	}
	return nil
}

// ask finds the questions among matters, and what may be answered to each: what the
// policies accept of each thing that it is about.
func (h *hearing) ask(ctx context.Context, matters []answer.Matter) error {
	known, err := h.advise(ctx, matters)
	if err != nil {
		return fmt.Errorf("ask: %w", err)
	}
	asked := answer.Questions(matters)
	var first []answer.Matter
	for _, q := range asked {
		if _, is := known[q.Matters[0].Verdict()]; !is {
			first = append(first, q.Matters[0])
		}
	}
	leads, err := h.leads(ctx, first)
	if err != nil {
		return fmt.Errorf("ask: %w", err)
	}
	for i, m := range first {
		known[m.Verdict()] = leads[i]
	}
	for _, q := range asked {
		q.Leads = known[q.Matters[0].Verdict()].decisions()
		q.Options = known[q.Matters[0].Verdict()].fitting(q.Verdict)
		for _, m := range q.Matters[1:] {
			if of, is := known[m.Verdict()]; is {
				q.Options = slices.DeleteFunc(q.Options, func(word string) bool { _, fits := of[word]; return !fits })
			}
		}
		if len(q.Options) > 0 {
			h.questions = append(h.questions, q)
		}
	}
	return h.disputeQuestions(ctx, asked)
}

// reply has the policies decide again where somebody answered.
func (h *hearing) reply(ctx context.Context, matters []answer.Matter) error {
	if h.book.Empty() && len(h.by) == 0 {
		return nil
	}
	var again []policy.Input
	var places []*change.Verdict
	var parts []settled
	asked := h.byVerdict()
	for _, m := range matters {
		a, approvals := h.answerTo(m, asked[m.Verdict()])
		if a == nil {
			continue
		}
		h.given[m.Verdict()] = a
		for _, same := range append(h.standingTo(m, asked[m.Verdict()]), a) { // others say the same
			h.answered[same] = true
			h.settles[same] = append(h.settles[same], m.Verdict())
		}
		for _, place := range m.Verdicts() {
			in := h.seen(place)
			in.Resolution = &policy.Resolution{Answer: a.Answer, Who: a.Who, When: a.When, Why: a.Why, Expires: a.Expires, Approvals: approvals}
			again, places = append(again, in), append(places, place)
			for _, part := range h.partsOf(place) {
				of, v := h.seen(&part.Verdict), &change.Verdict{}
				of.Resolution, parts = in.Resolution, append(parts, settled{place, v, part})
				again, places = append(again, of), append(places, v)
			}
		}
	}
	if err := h.engine.rule(ctx, again, places, h.log); err != nil {
		return err
	}
	for _, s := range parts {
		s.raise()
	}
	for v, a := range h.partly {
		v.Message = strings.Replace(v.Message, "answered "+left(a).Answer, "answered "+a.Answer+" to the object", 1)
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
	switch found := h.standingTo(m, q); {
	case h.disputed[m.Verdict()] != nil:
		return nil, 0
	case len(found) > 0:
		a = found[len(found)-1]
	case h.partly[m.Verdict()] != nil:
		a = left(h.partly[m.Verdict()])
	default:
		a = h.byName(m)
	}
	if a == nil {
		a = h.said.to(m)
	}
	if a != nil && carriedOut(m, a) {
		return nil, 0
	}
	return a, 0
}

// standingTo are the answers that stand to a matter, which may be part of a question.
func (h *hearing) standingTo(m answer.Matter, q *answer.Question) []*answer.Answer {
	return approved(q, h.book.To(m, q, h.judged))
}

// approved are answers without approvals of something else than what to approve leads to by now: policies
// recommend, and one who approves what they recommend today approves nothing that they recommend later.
func approved(q *answer.Question, given []*answer.Answer) []*answer.Answer {
	if q == nil {
		return given
	}
	to, leads := q.Leads[string(change.AnswerApprove)]
	return ofWhat(given, to, leads)
}

// ofWhat are answers without approvals of something else than what to approve leads to, if to anything.
func ofWhat(given []*answer.Answer, to change.Decision, leads bool) []*answer.Answer {
	if !leads { // as where a guard denies it
		return given
	}
	return slices.DeleteFunc(slices.Clone(given), func(a *answer.Answer) bool { return !a.Approved(to) })
}

// carriedOut reports whether what a person answered is so in NetBox by now: the object is left to people.
func carriedOut(m answer.Matter, a *answer.Answer) bool {
	given := change.Unmanaged
	if m.Field != nil {
		given = change.Released
	}
	return m.Class() == given && a.Answer == string(change.AnswerUnmanage)
}

// settled is what an answer leads to on a whole, and on a part of it of which a guard asked.
type settled struct {
	whole, part *change.Verdict
	of          *change.Change
}

// raise has the stricter count. What still waits on the part waits on the whole.
func (s settled) raise() {
	order := change.Decisions()
	switch {
	case s.part.Stricter(*s.whole) && s.part.Waits():
		*s.whole = guardedPart{Verdict: *s.part}.about(s.of)
	case s.part.Waits() || s.whole.Waits():
	case slices.Index(order, s.part.Decision) <= slices.Index(order, s.whole.Decision):
		*s.whole = *s.part
	case s.whole.Answer == "":
		s.whole.Answer = s.part.Answer
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
		if q := q.Open(); q != nil {
			q.Command = h.commandFor(q, q.Recommended())
			if q.Given = h.givenTo(q); len(q.Given) > 0 {
				q.Command = q.Given[0].Command
			}
			q.Former = h.book.Former(q, h.judged)
			out = append(out, *q)
		}
	}
	return out
}

// commandFor is the command that answers a question. What wants approvals is approved by a preview.
func (h *hearing) commandFor(q *answer.Question, word string) string {
	if q.Verdict.WantsApproval() {
		return h.engine.cfg.Call.Command("preview", h.about)
	}
	return q.CommandFor(h.engine.cfg.Call, h.about, word)
}
