package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/fatih/color"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/answer"
	"github.com/diet-project/diet/engine/change"
)

// ask is a question with the changes that it is about.
type ask struct {
	question *answer.Question
	about    []*change.Change
}

// asks are the questions about changes; that about the preview as a whole is none.
func asks(p *engine.Preview, set *change.Set) []ask {
	at := make(map[[2]string]*change.Change, len(set.Changes))
	for i := range set.Changes {
		c := &set.Changes[i]
		if k := [2]string{c.Kind, c.Object}; at[k] == nil || c.Class != change.Finding {
			at[k] = c
		}
	}
	var out []ask
	for i := range p.Questions {
		a := ask{question: &p.Questions[i]}
		for _, object := range a.question.Objects {
			if c := at[[2]string{a.question.Kind, object}]; c != nil {
				a.about = append(a.about, c)
			}
		}
		if len(a.about) > 0 {
			out = append(out, a)
		}
	}
	return out
}

// asked writes the questions, each with the command that answers it.
func (t Text) asked(p *engine.Preview, set *change.Set) {
	for _, a := range asks(p, set) {
		if !a.question.Verdict.Denies() {
			t.question(set, a.question, a.about)
		}
	}
}

// denied writes what no answer has done: some of it a person may leave as it is.
func (t Text) denied(p *engine.Preview, set *change.Set) {
	for _, a := range asks(p, set) {
		if a.question.Verdict.Denies() {
			t.question(set, a.question, a.about)
		}
	}
	for _, d := range denials(p, set, t.Full) {
		fmt.Fprintf(t.W, "  %s %s  %s\n", t.paint(color.FgRed)("⛔"), d.what(), examples(d.changes))
		t.denial(set, d)
	}
}

// waiting writes the changes that wait for another one.
func (t Text) waiting(set *change.Set) {
	for _, g := range fold(set, t.Full, engine.Stalled) {
		c := g.changes[0]
		fmt.Fprintf(t.W, "  · %s %s  %s\n      held: %s\n", amount(len(g.changes), c.Kind), verb(c), examples(g.changes), heldText(g.changes))
		t.contents(set, g.changes)
	}
}

// question writes one question about changes that are alike.
func (t Text) question(set *change.Set, q *answer.Question, about []*change.Change) {
	c := about[0]
	what := strings.TrimSpace(amount(len(about), c.Kind) + " " + verb(c))
	if q.Field != "" {
		what = fmt.Sprintf("%s of %s", fieldNames(c, q.Field), amount(len(about), c.Kind))
	}
	fmt.Fprintf(t.W, "  %s %s  %s\n", t.paint(color.FgRed)("%s", signOf(q.Verdict)), what, examples(about))
	t.verdict(q.Verdict)
	for _, f := range bundle(c, q.Field) {
		t.allSides(set, about, f.Name, q.Verdict.Message)
	}
	if q.Field == "" {
		t.cascade(about)
	}
	if q.Field == "" && c.Class == change.Orphaned {
		t.losses(set, about, "would lose")
	}
	if q.Field == "" {
		t.contents(set, about)
	}
	if t.Full {
		for _, other := range about[1:] {
			fmt.Fprintf(t.W, "      also %s\n", label(other))
		}
	}
	t.answers(q)
}

// signOf is before what waits for a person, or is denied.
func signOf(v change.Verdict) string {
	if v.Denies() {
		return "⛔"
	}
	return "✋"
}

// answers writes what fits a question, and the command.
func (t Text) answers(q *answer.Question) {
	for _, line := range q.Before(t.Full) {
		fmt.Fprintf(t.W, "      answered before: %s\n", line)
	}
	fmt.Fprintf(t.W, "      answers: %s\n", strings.Join(q.Options, ", "))
	for _, command := range commandsOf(q) {
		fmt.Fprintf(t.W, "      %s\n", t.paint(color.FgCyan)("%s", command))
	}
}

// commandsOf answer a question: where people answered it in different ways, as each of them did.
func commandsOf(q *answer.Question) []string {
	out := make([]string, 0, len(q.Given))
	for _, a := range q.Given {
		if !slices.Contains(out, a.Command) {
			out = append(out, a.Command)
		}
	}
	if len(out) == 0 {
		return []string{q.Command}
	}
	return out
}

// fieldNames are those of the fields that mean something only together with one.
func fieldNames(c *change.Change, field string) string {
	i := slices.IndexFunc(c.Fields, func(f change.Field) bool { return f.Name == field })
	if i < 0 {
		return field
	}
	return change.FieldNames(c.Bundle(&c.Fields[i]))
}

// object writes which one the lines below are about.
func (t Text) object(set *change.Set, c *change.Change) {
	fmt.Fprintf(t.W, "  · %s\n", t.named(set, c))
}

// unneeded reports whether a change is not made yet because nothing needs it: nobody is asked.
func unneeded(c *change.Change) bool { return c.NotNeeded }

// notNeeded is why a shared object is not made yet.
const notNeeded = "nothing that is written needs it"

// later writes what is not made yet.
func (t Text) later(set *change.Set) {
	for _, g := range fold(set, t.Full, unneeded) {
		fmt.Fprintf(t.W, "  · %s %s  %s\n", amount(len(g.changes), g.changes[0].Kind), verb(g.changes[0]), examples(g.changes))
	}
}
