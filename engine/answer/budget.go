package answer

import (
	"fmt"
	"slices"

	"github.com/diet-project/diet/engine/change"
)

// bounded is what a run that is asked about by number does, each thing with what tells it from the same
// done again: what is made and what is written into it, each deletion, and each field that is written, with
// what was there.
type bounded struct {
	does  []string // by what is decided
	might []string // the same, with what is asked about besides, or waits
}

func boundedOf(set *change.Set) bounded {
	var b bounded
	add := func(does, might bool, what ...any) {
		text := fmt.Sprint(what...)
		if does {
			b.does = append(b.does, text)
		}
		if does || might {
			b.might = append(b.might, text)
		}
	}
	for i := range set.Changes {
		c := &set.Changes[i]
		does, asked := c.Expected() != "", c.Waits() || c.Stuck() && c.Class != change.Parking
		switch {
		case c.Action == change.Create:
			add(does, asked, c.Kind, " ", c.Object, " ", c.Action, " ", c.Once, " ", since(c.Blame), made(c))
		case !c.PerField():
			add(does, asked, c.Kind, " ", c.Object, " ", c.Action, " ", c.NetBoxID)
		default:
			for j := range c.Fields {
				f := &c.Fields[j]
				base, want := calling{}.values(c, f)
				waits := f.Verdict.Waits() || c.Verdict.Waits()
				add(does && f.Verdict.Acts(), asked && (waits || f.Verdict.Acts()),
					c.Kind, " ", c.Object, " ", f.Name, " ", c.NetBoxID, " ", c.Once, " ", f.Class, " ", since(f.Blame), digest(base, want, f.Have))
			}
		}
	}
	return b
}

// made is a digest of what is written into what is made.
func made(c *change.Change) string {
	values := make([]any, 0, len(c.Fields))
	for i := range c.Fields {
		_, want := calling{}.values(c, &c.Fields[i])
		values = append(values, []any{c.Fields[i].Name, want})
	}
	return digest(values...)
}

// digestsOf are those of changes or, of more than most, one of all of them.
func digestsOf(of []string, most int) []string {
	if len(of) > most {
		of = slices.Sorted(slices.Values(of))
		return []string{digest("changes", of)}
	}
	var out []string
	for _, what := range of {
		out = append(out, digest("change", what))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Bounded is what an answer to a question about a budget covers: none of another question. Of more
// changes than most, it covers just all of them.
func (q *Question) Bounded(most int) []string {
	if q.Verdict.Count == 0 {
		return nil
	}
	return digestsOf(q.Matters[0].bounded.might, most)
}

// bounds reports whether a question is about no more than an answer was given to, where that was about a
// number of changes: nor about others.
func (a *Answer) bounds(q *Question) bool {
	switch {
	case q.Verdict.Count == 0:
		return true
	case a.UpTo < q.Verdict.Count:
		return false
	}
	of := make(map[string]bool, len(a.Covers))
	for _, what := range a.Covers {
		of[what] = true
	}
	b := q.Matters[0].bounded
	within := func(list []string) bool {
		return !slices.ContainsFunc(list, func(what string) bool { return !of[what] })
	}
	return within(digestsOf(b.does, len(b.does))) || within(digestsOf(b.might, 0))
}
