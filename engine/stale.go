package engine

import (
	"fmt"
	"maps"
	"slices"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate/natural"
)

// StaleError says what changed since a preview was made.
type StaleError struct {
	Preview string
	Moved   []string // kind and object id, sorted; or plan, policies

	// Applied says which run applied the preview already, and when; "" for none.
	Applied string
}

func (e *StaleError) Error() string {
	applied := ""
	if e.Applied != "" {
		applied = "it was applied by " + e.Applied + ", and "
	}
	return fmt.Sprintf("preview %s is stale: %s%s changed since", e.Preview, applied, some(e.Moved))
}

// Hint says the way out.
func (e *StaleError) Hint() string { return "make a new preview, review it, and apply that one" }

// compare refuses a preview that no longer describes what an apply would do.
func compare(was, is *Preview) *StaleError {
	stale := &StaleError{Preview: was.ID}
	if was.PlanDigest != is.PlanDigest {
		stale.Moved = append(stale.Moved, "the plan")
	}
	if was.PolicyDigest != is.PolicyDigest {
		stale.Moved = append(stale.Moved, "the policies")
	}
	if was.AnswerDigest != is.AnswerDigest {
		stale.Moved = append(stale.Moved, "the answers")
	}
	var objects []string
	var shown map[string]string
	if was.carried {
		shown = shownAlike(was, is)
	}
	for k, v := range is.Changed {
		if was.Changed[k] != v || was.carried && shown[k] != v {
			objects = append(objects, k)
		}
	}
	for k := range was.Changed {
		if _, ok := is.Changed[k]; !ok {
			objects = append(objects, k)
		}
	}
	slices.SortFunc(objects, natural.Compare)
	stale.Moved = append(stale.Moved, objects...)
	if len(stale.Moved) == 0 {
		return nil
	}
	return stale
}

// digest covers what a change would do and why: the values on all three sides, what is
// in its way, what depends on it, and the verdicts.
func digest(c *change.Change) string {
	parts := []any{plain(c)}
	if c.Other != nil {
		parts = append(parts, c.Other.Kind, c.Other.ID, c.Other.Plan)
	}
	if c.Before != nil {
		applied := c.Before.AllApplied()
		for _, name := range slices.Sorted(maps.Keys(applied)) {
			parts = append(parts, name, applied[name])
		}
	}
	return hashOf(parts)
}

// plain is a change without who is to blame, which another mirror may know less of.
func plain(c *change.Change) change.Change {
	copied := *c
	copied.Blame, copied.Other = nil, nil
	copied.Fields = slices.Clone(c.Fields)
	for i := range copied.Fields {
		copied.Fields[i].Blame = nil
	}
	for _, list := range []*[]change.Reference{&copied.References, &copied.Edited} {
		*list = slices.Clone(*list)
		for i := range *list {
			(*list)[i].Blame = nil
		}
	}
	return copied
}

// shownAlike has the digests of the changes that two previews show alike: those in a file may
// be of other changes than the ones that it shows.
func shownAlike(was, is *Preview) map[string]string {
	shown := make(map[string]string, len(was.Changes))
	for i := range was.Changes {
		c := &was.Changes[i]
		shown[c.Kind+" "+c.Object] = hashOf([]any{plain(c)})
	}
	out := make(map[string]string, len(is.Changes))
	for i := range is.Changes {
		c := &is.Changes[i]
		if k := c.Kind + " " + c.Object; shown[k] == hashOf([]any{plain(c)}) {
			out[k] = is.Changed[k]
		}
	}
	return out
}
