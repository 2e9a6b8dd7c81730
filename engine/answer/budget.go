package answer

import (
	"fmt"
	"slices"

	"github.com/diet-project/diet/engine/change"
)

// bounded is what a run that is asked about by number does to what exists: each deletion, and each field
// that is written.
type bounded struct {
	does  []string // by what is decided
	might []string // the same, with what is asked about besides
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
		does, asked := c.Expected() != "", c.Waits()
		switch {
		case c.Action == change.Create:
		case !c.PerField():
			add(does, asked, c.Kind, " ", c.Object, " ", c.Action, " ", c.NetBoxID)
		default:
			for j := range c.Fields {
				f := &c.Fields[j]
				waits := f.Verdict.Waits() || c.Verdict.Waits()
				add(does && f.Verdict.Acts(), asked && (waits || f.Verdict.Acts()), c.Kind, " ", c.Object, " ", f.Name)
			}
		}
	}
	return b
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
