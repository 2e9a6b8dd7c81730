package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/answer"
	"github.com/diet-project/diet/engine/change"
)

// denial is what waits for a person without a question that could be answered, as what a guard
// denies: objects as a whole, or a field of each.
type denial struct {
	field   string
	changes []*change.Change
}

// askedAbout are the changes and fields that the questions are about; a nil field is the whole.
func askedAbout(p *engine.Preview, set *change.Set) map[*change.Change]map[*change.Field]bool {
	out := map[*change.Change]map[*change.Field]bool{}
	for _, a := range asks(p, set) {
		for _, c := range a.about {
			if out[c] == nil {
				out[c] = map[*change.Field]bool{}
			}
			if a.question.Field == "" {
				out[c][nil] = true
			}
			for _, f := range bundle(c, a.question.Field) {
				out[c][f] = true
			}
		}
	}
	return out
}

// bundle are the fields that mean something only together with one.
func bundle(c *change.Change, field string) []*change.Field {
	i := slices.IndexFunc(c.Fields, func(f change.Field) bool { return f.Name == field })
	if i < 0 {
		return nil
	}
	return c.Bundle(&c.Fields[i])
}

// denials are what waits for a person and is in no question; what reads the same is one. What
// goes with another object is told with that.
func denials(p *engine.Preview, set *change.Set, full bool) []denial {
	asked := askedAbout(p, set)
	var out []denial
	whole := func(c *change.Change) bool {
		return c.Held == "" && c.With == "" && c.Verdict.Waits() && !asked[c][nil]
	}
	for _, g := range fold(set, full, whole) {
		out = append(out, denial{changes: g.changes})
	}
	at := map[string]int{}
	for i := range set.Changes {
		c := &set.Changes[i]
		for _, f := range deniedFields(c, asked[c]) {
			k := fieldKey(c, f, full)
			if _, known := at[k]; !known {
				at[k] = len(out)
				out = append(out, denial{field: f.Name})
			}
			out[at[k]].changes = append(out[at[k]].changes, c)
		}
	}
	return out
}

// deniedFields are the fields of a change that wait by themselves, without a question.
func deniedFields(c *change.Change, asked map[*change.Field]bool) []*change.Field {
	if c.Verdict.Waits() || !c.PerField() {
		return nil // a verdict on the object binds its fields
	}
	var out []*change.Field
	for i := range c.Fields {
		if f := &c.Fields[i]; f.Verdict.Waits() && !asked[f] && c.Bundle(f)[0] == f {
			out = append(out, f)
		}
	}
	return out
}

// fieldKey is the same for fields that are denied for one reason.
func fieldKey(c *change.Change, f *change.Field, full bool) string {
	parts := []string{
		c.Kind, f.Name, string(f.Class), string(f.Verdict.Decision), f.Verdict.Rule, answer.Alike(f.Verdict.Message, c),
	}
	if full {
		parts = append(parts, c.Object)
	}
	return strings.Join(parts, "\x00")
}

// what says what is denied, without the names.
func (d denial) what() string {
	c := d.changes[0]
	if d.field != "" {
		return fmt.Sprintf("%s of %s", fieldNames(c, d.field), amount(len(d.changes), c.Kind))
	}
	return strings.TrimSpace(amount(len(d.changes), c.Kind) + " " + verb(c))
}

// verdict is the one that keeps it from being done.
func (d denial) verdict() change.Verdict {
	if d.field == "" {
		return d.changes[0].Verdict
	}
	return bundle(d.changes[0], d.field)[0].Verdict
}

// denial writes why something is not done, and what it would have been.
func (t Text) denial(set *change.Set, d denial) {
	t.verdict(d.verdict())
	c := d.changes[0]
	if d.field != "" {
		for _, f := range bundle(c, d.field) {
			t.content(set, d.changes, f, d.verdict().Message)
		}
		return
	}
	t.cascade(d.changes)
	if c.Class == change.Orphaned {
		t.losses(set, d.changes, "would lose")
	}
	t.contents(set, d.changes)
}

// contents writes the fields that changes differ in and that are told nowhere else: what an
// object would get, or what somebody gave it, does not go untold because the object waits.
func (t Text) contents(set *change.Set, cs []*change.Change) {
	groups := map[string][]*change.Change{}
	var order []string
	for _, c := range cs {
		if k := contentKey(c); k != "" {
			if groups[k] == nil {
				order = append(order, k)
			}
			groups[k] = append(groups[k], c)
		}
	}
	for _, k := range order {
		g := groups[k]
		for i := range g[0].Fields {
			if f := &g[0].Fields[i]; untold(g[0], f) {
				t.content(set, g, f, "")
			}
		}
	}
}

// contentKey is the same for changes of which the same fields differ alike; "" where there are
// none to tell.
func contentKey(c *change.Change) string {
	var parts []string
	for i := range c.Fields {
		if f := &c.Fields[i]; untold(c, f) {
			parts = append(parts, f.Name, string(f.Class))
		}
	}
	return strings.Join(parts, "\x00")
}

// untold reports whether a field of a change that waits is told neither as drift, nor as
// accepted, nor by a question of its own, and would be written or is held back.
func untold(c *change.Change, f *change.Field) bool {
	switch {
	case !c.PerField(), f.Class == change.Agreed, f.Class == change.Converged, f.Class == change.InSync:
		return false
	case f.Verdict.Waits():
		return c.Verdict.Waits() && c.Action != change.Adopt
	}
	return f.Verdict.Acts() && (f.Class != change.Drift || c.Held != "")
}

// content writes what a field of changes has and is to have, as far as a message does not tell it.
func (t Text) content(set *change.Set, cs []*change.Change, f *change.Field, message string) {
	if f.Class != change.Planned && f.Class != change.New {
		t.allSides(set, cs, f.Name, message)
		return
	}
	t.patterns(set, cs, f)
}
