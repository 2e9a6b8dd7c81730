package engine

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine/answer"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/diff"
	"github.com/diet-project/diet/engine/policy"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// Explanation says why diet does what it does about an object, for someone who knows no
// Rego.
type Explanation struct {
	Plan     string        `json:"plan"`
	Kind     string        `json:"kind"`
	Object   string        `json:"object"`
	Name     string        `json:"name"`
	NetBoxID int64         `json:"netbox_id,omitempty"`
	Owner    string        `json:"owner"` // of the object
	Source   string        `json:"source,omitempty"`
	Action   change.Action `json:"action"`
	Held     string        `json:"held,omitempty"`

	// NotNeeded says that it is not made yet, since nothing that is written needs it.
	NotNeeded bool `json:"not_needed,omitempty"`

	// Reasons are the verdicts, on the object first, then on its fields.
	Reasons []Reason `json:"reasons"`
}

// Reason is one verdict, with what it stands on.
type Reason struct {
	Field string       `json:"field,omitempty"`
	Class change.Class `json:"class"`
	Owner string       `json:"owner,omitempty"` // of the field: diet, a person, nobody
	Base  any          `json:"base"`
	Want  any          `json:"want"`
	Have  any          `json:"have"`

	// Names are what the sides are called, where the field refers to other objects.
	Names map[string]string `json:"names,omitempty"`

	Blame   *change.Blame  `json:"blame,omitempty"`
	Verdict change.Verdict `json:"verdict"`
	Rule    *policy.Rule   `json:"rule,omitempty"`

	// Read is what the rules look at for this class, with its values.
	Read map[string]any `json:"read"`

	// Answers are what a person may answer; Commands give each of them.
	Answers  []string `json:"answers"`
	Commands []string `json:"commands"`

	// Edits are those of the plan and of policies that would change the verdict.
	Edits []string `json:"edits"`

	// Answered is the answer that decided.
	Answered *answer.Answer `json:"answered,omitempty"`
}

// Who owns a field.
const (
	ownerDiet   = "diet"
	ownerPerson = "a person"
	ownerNobody = "nobody"
)

// Why explains an object, or one field of it, as the mirror shows it. The object is a diet id, KIND
// and NetBox id, or a name that no other object of the plan has.
func (e *Engine) Why(ctx context.Context, plan *generate.Plan, object, field string) (*Explanation, error) {
	x, hall, err := e.why(ctx, plan, object, field)
	if hall == nil || x != nil || !errors.Is(err, ErrNothingToAnswer) || hall.changeOf(object) != nil {
		return x, err
	}
	id, otherwise := hall.one(ctx, object)
	if otherwise != nil || id == object {
		return nil, cmp.Or(otherwise, err)
	}
	x, _, err = e.why(ctx, plan, id, field)
	return x, err
}

// why is Why for an object by the name that changes give it. Where there is none, it returns what
// the plan has instead.
func (e *Engine) why(ctx context.Context, plan *generate.Plan, object, field string) (*Explanation, *hearing, error) {
	_, hall, err := e.examine(ctx, plan, closely{
		judge: e.client != nil, asked: []diff.Asked{{Object: object, Field: field, Answer: "why"}},
	})
	if err != nil {
		return nil, hall, err
	}
	if err := hall.found(object, field); err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrNothingToAnswer, err)
	}
	c := hall.changeOf(object)
	if c == nil && field != "" { // the object may be there, and have no such field
		if _, whole, err := e.examine(ctx, plan, closely{asked: []diff.Asked{{Object: object, Answer: "why"}}}); err != nil {
			return nil, hall, err
		} else if c = whole.changeOf(object); c != nil {
			return nil, nil, fmt.Errorf("%w: %w", ErrNothingToAnswer, e.withoutField(c, field))
		}
	}
	if c == nil {
		return nil, hall, fmt.Errorf("%w: plan %s has no object %s in NetBox, and would make none", ErrNothingToAnswer, hall.set.Plan, object)
	}
	x := &Explanation{
		Plan: hall.set.Plan, Kind: c.Kind, Object: c.Object, Name: c.Name, NetBoxID: c.NetBoxID, Source: c.Source,
		Owner: ownerOf(c), Action: c.Outcome(), Held: c.Held, NotNeeded: c.NotNeeded, Reasons: []Reason{},
	}
	for _, m := range answer.Matters(hall.set, func(change.Verdict) bool { return true }) {
		if m.Change != c || field != "" && (m.Field == nil || !m.Has(field)) {
			continue
		}
		if err := hall.explain(ctx, x, m, object); err != nil {
			return nil, hall, err
		}
	}
	if c.With != "" && field == "" {
		x.Reasons = append(x.Reasons, Reason{
			Class: c.Class, Blame: c.Blame, Verdict: c.Verdict, Answers: []string{}, Commands: []string{}, Edits: []string{},
		})
	}
	if f := c.AtCreation; f != nil && len(x.Reasons) == 0 {
		x.Reasons = append(x.Reasons, hall.atCreation(c, f))
	}
	if len(x.Reasons) == 0 {
		return nil, hall, fmt.Errorf("%w: %w", ErrNothingToAnswer, e.withoutField(c, field))
	}
	hall.explainRun(x)
	return x, hall, nil
}

// atCreation explains a field that the plan sets when the object is made, and that NetBox keeps since.
func (h *hearing) atCreation(c *change.Change, f *change.Field) Reason {
	said := fmt.Sprintf("the plan sets %s when %s is made", f.Name, aKind(c.Kind))
	owner := ownerDiet
	switch {
	case f.Class == change.InSync:
		said += ", and NetBox has that"
	case f.Known && !value.Equal(f.Base, f.Want):
		owner, said = ownerPerson, said+"; the plan and NetBox have both changed since, and what NetBox has stays"
	default:
		owner, said = ownerPerson, said+"; NetBox has another value since, which stays"
	}
	return Reason{
		Field: f.Name, Class: f.Class, Owner: owner, Base: f.Base, Want: f.Want, Have: f.Have, Blame: f.Blame,
		Names:   namesOf(h.set, func() map[string]string { return comingIn(h.set) }, c, f),
		Verdict: change.Verdict{Decision: change.DecisionKeep, Message: said},
		Read:    map[string]any{}, Answers: []string{string(change.AnswerUnmanage)},
		Commands: []string{h.commandFor(&answer.Question{
			Kind: c.Kind, Objects: []string{c.Object}, Field: f.Name, Matters: []answer.Matter{{Change: c, Field: f}},
		}, string(change.AnswerUnmanage))},
		Edits: []string{fmt.Sprintf("plan: spec.reconcile.initial without %s, which compares it like any other field", f.Name)},
	}
}

// explainRun says why the run as a whole waits, where that holds the object.
func (h *hearing) explainRun(x *Explanation) {
	if !slices.ContainsFunc(h.whole, func(m answer.Matter) bool { return x.Held != "" && x.Held == m.Verdict().Message }) {
		return
	}
	asked := h.byVerdict()
	for _, m := range h.whole {
		v := m.Verdict()
		if !v.Waits() {
			continue
		}
		in := h.seen(v)
		r := Reason{
			Class: change.Run, Verdict: *v, Rule: h.engine.policies.Rule(v.Rule), Read: map[string]any{}, Answers: []string{}, Commands: []string{},
		}
		r.Edits = append([]string{}, remedies(m, in, r.Rule)...)
		if q := asked[v]; q != nil {
			r.Answers = slices.Clone(q.Options)
		}
		for _, word := range r.Answers {
			r.Commands = append(r.Commands, h.commandFor(asked[v], word))
		}
		x.Reasons = append(x.Reasons, r)
	}
}

// found says that what is called a field of an object is a finding about it; nil where there is none.
func (h *hearing) found(object, field string) error {
	for _, n := range h.set.Findings {
		if n.ID == field && slices.Contains(n.Objects, object) {
			return fmt.Errorf("%s is a finding, which holds nothing and takes no answer; %s as a whole does: leave the field out (%s)",
				field, object, n.Message)
		}
	}
	return nil
}

// fieldError is a field that nothing is known of.
type fieldError struct {
	said string
	has  []string // what there is instead
}

func (e *fieldError) Error() string { return e.said }

// Hint lists the fields that there are.
func (e *fieldError) Hint() string { return "the fields are " + strings.Join(e.has, ", ") }

// noField is a field that a kind has not, beside those that it has.
func noField(kind, field string, has []string) *fieldError {
	near := ""
	if s := generate.Suggest(field, has); strings.HasPrefix(s, "did you mean") {
		near = " (" + s + ")"
	}
	return &fieldError{fmt.Sprintf("%s has no field %q%s", aKind(kind), field, near), has}
}

// aKind is one object of a kind, in words.
func aKind(kind string) string {
	article := "a "
	if strings.ContainsAny(kind[:1], "aeiou") {
		article = "an "
	}
	return article + strings.ReplaceAll(kind, "_", " ")
}

// withoutField says why nothing is known of a field of a change: its kind has none of that name,
// the plan does not state it, or it is decided with the whole object, as in one that is to be made.
func (e *Engine) withoutField(c *change.Change, field string) error {
	var all, stated []string
	for _, f := range e.db.Kinds().Must(c.Kind).Fields {
		all = append(all, f.Name)
	}
	for i := range c.Fields {
		stated = append(stated, c.Fields[i].Name)
	}
	switch {
	case c.AtCreation != nil:
		return fmt.Errorf("the plan sets %s of %s at creation only, and nothing is asked about it: "+
			"diet why tells how it stands, and diet unmanage leaves it to people for good", field, c.Object)
	case !slices.Contains(all, field) && !kinds.IsMember(field):
		return noField(c.Kind, field, all)
	case slices.Contains(stated, field):
		return fmt.Errorf("%s of %s is decided with the whole object: leave the field out", field, c.Object)
	case len(stated) == 0:
		return fmt.Errorf("the plan does not state %s of %s", field, c.Object)
	}
	return &fieldError{fmt.Sprintf("the plan does not state %s of %s", field, c.Object), stated}
}

// ownerOf says whose an object is.
func ownerOf(c *change.Change) string {
	switch c.Class {
	case change.Exists, change.Blocked:
		if c.Other != nil && c.Other.Plan != "" {
			return "plan " + c.Other.Plan
		}
		return ownerNobody
	case change.Unmanaged:
		return ownerPerson
	case change.Absent, change.Missing:
		return ownerNobody
	}
	return "plan " + c.Plan
}

func (h *hearing) explain(ctx context.Context, x *Explanation, m answer.Matter, object string) error {
	in := h.seen(m.Verdict())
	options, err := h.options(ctx, m)
	if err != nil {
		return err
	}
	r := Reason{
		Class: m.Class(), Verdict: *m.Verdict(), Rule: h.engine.policies.Rule(m.Verdict().Rule), Read: h.read(in),
		Answers: append([]string{}, options...), Commands: []string{}, Answered: h.given[m.Verdict()],
	}
	r.Edits = append([]string{}, remedies(m, in, r.Rule)...)
	if r.Blame = m.Change.Blame; m.Field != nil {
		r.Field, r.Base, r.Want, r.Have, r.Blame = m.Field.Name, m.Field.Base, m.Field.Want, m.Field.Have, m.Field.Blame
		r.Owner, r.Names = ownerOfField(m.Field), in.Names
	}
	q := answer.Question{Kind: m.Change.Kind, Objects: []string{object}, Field: r.Field, Verdict: r.Verdict, Matters: []answer.Matter{m}}
	for _, a := range r.Answers {
		r.Commands = append(r.Commands, h.commandFor(&q, a))
	}
	x.Reasons = append(x.Reasons, r)
	return nil
}

func ownerOfField(f *change.Field) string {
	switch {
	case f.Class == change.Released:
		return ownerPerson
	case f.Known:
		return ownerDiet
	}
	return ownerNobody
}

// read is what the policies look at in an input, with its values: what is empty is left out.
func (h *hearing) read(in policy.Input) map[string]any {
	var all map[string]any
	text, err := json.Marshal(in)
	if err == nil {
		err = json.Unmarshal(text, &all)
	}
	if err != nil {
		return nil // values of the mirror are plain
	}
	out := map[string]any{}
	keys := h.engine.policies.Reads(in.Class)
	for key, v := range all {
		whole := key == "plan" || key == "now" || key == "run" || v == nil || v == ""
		if !whole && (slices.Contains(keys, key) || slices.Contains(keys, "input")) {
			out[key] = v
		}
	}
	if labels := in.Plan.Labels; len(labels) > 0 && slices.Contains(keys, "plan") {
		out["plan.labels"] = strings.TrimPrefix(fmt.Sprint(labels), "map")
	}
	return out
}
