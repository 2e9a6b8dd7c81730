package engine

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate/natural"
	"github.com/diet-project/diet/mirror/value"
)

// StaleError says what changed since a preview was made.
type StaleError struct {
	Preview string
	Moved   []string // kind and object id, sorted; or plan, policies

	// Ended are the answers and waivers that have expired since, where nothing else that the preview
	// stands on is another.
	Ended []string

	// Held is what holds the run as a whole by now, and did not then: all else may be as it was.
	Held string

	// Applied says which run applied the preview already, and when, and Run is that run; "" for
	// none.
	Applied, Run string

	// Approved is set where who approved leads to more than the preview showed.
	Approved bool

	begun bool // a run began to apply it, and did not get to its end
}

func (e *StaleError) Error() string {
	if e.Approved {
		return fmt.Sprintf("preview %s did not show what these approvals lead to: %s", e.Preview, some(e.Moved))
	}
	if e.Applied != "" {
		return fmt.Sprintf("preview %s was applied already, by %s", e.Preview, e.Applied)
	}
	if e.Held != "" {
		return fmt.Sprintf("preview %s is stale: the run as a whole is held by now: %s; decided anew: %s", e.Preview, e.Held, some(e.Moved))
	}
	if len(e.Ended) > 0 {
		return fmt.Sprintf("preview %s is stale: %s expired since; decided anew: %s", e.Preview, some(e.Ended), some(e.Moved))
	}
	return fmt.Sprintf("preview %s is stale: %s changed since", e.Preview, some(e.Moved))
}

// Hint says the way out.
func (e *StaleError) Hint() string {
	hint := "make a new preview, review it, and apply that one"
	if e.Run != "" {
		hint = "`diet run " + e.Run + "` shows what that did"
	}
	if e.Run != "" && len(e.Moved) > 0 {
		hint += "; what changed since is in a new preview: " + some(e.Moved)
	}
	if n := len(e.Moved); some(e.Moved) != upTo(n, e.Moved) {
		hint += fmt.Sprintf("; --json names all %d", n)
	}
	return hint
}

// compare refuses a preview that no longer describes what an apply would do.
func compare(was, is *Preview) *StaleError {
	stale := &StaleError{Preview: was.ID}
	stale.Moved = movedUnder(was, is)
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
	if len(objects) > 0 && len(stale.Moved) == 0 {
		stale.Ended = endedSince(was, is)
	}
	if v := is.Verdict; len(stale.Moved)+len(stale.Ended) == 0 && v.Waits() && !was.Verdict.Waits() {
		stale.Held = fmt.Sprintf("%s [%s] %s", v.Decision, v.Rule, v.Message)
	}
	slices.SortFunc(objects, natural.Compare)
	stale.Moved = append(stale.Moved, objects...)
	if len(stale.Moved) == 0 {
		return nil
	}
	return stale
}

// movedUnder are what a preview stands on and that is not what it was.
func movedUnder(was, is *Preview) (out []string) {
	if was.PlanDigest != is.PlanDigest {
		out = append(out, "the plan")
	}
	if was.PolicyDigest != is.PolicyDigest {
		out = append(out, "the policies")
	}
	if was.AnswerDigest != is.AnswerDigest {
		out = append(out, "the answers")
	}
	return out
}

// endedSince names the answers and waivers that counted when a preview was made, and have expired.
func endedSince(was, is *Preview) (out []string) {
	then, _ := time.Parse(stampLayout, was.CreatedAt)
	now, _ := time.Parse(stampLayout, is.CreatedAt)
	for i := range is.answers {
		if a := &is.answers[i]; a.Expired(now) && !a.Expired(then) {
			out = append(out, fmt.Sprintf("the answer %s of %s to %s", a.Answer, a.Who, a.Subject()))
		}
	}
	for i := range is.Policies.Waivers {
		if w := &is.Policies.Waivers[i]; w.Expired && !w.Exception.Expired(then) {
			out = append(out, "the waiver of "+w.Guard)
		}
	}
	return out
}

// goesOn reports whether what an apply would do by now is a part of what was agreed, and differs
// from it only by what a run of that preview did, which was killed or interrupted: the next one
// goes on. What somebody changed since is no part of it.
func goesOn(was, is *Preview) bool {
	if was.carried || len(movedUnder(was, is)) > 0 {
		return false
	}
	agreed := make(map[string]*change.Change, len(was.Changes))
	for i := range was.Changes {
		if c := &was.Changes[i]; c.Acts() {
			agreed[c.Kind+" "+c.Object] = c
		}
	}
	for i := range is.Changes {
		c := &is.Changes[i]
		if k := c.Kind + " " + c.Object; c.Acts() && is.Changed[k] != was.Changed[k] && !isPartOf(c, agreed[k]) {
			return false
		}
	}
	return true
}

// isPartOf reports whether a change does nothing that an agreed one did not, once a run has done
// some of that.
func isPartOf(c, agreed *change.Change) bool {
	switch {
	case c.Class == change.Parking:
		return true // it is diet's own, and made for the moment
	case agreed == nil,
		c.Class != agreed.Class && slices.Contains(madeByOthers, c.Class),
		c.Action != agreed.Action && agreed.Action != change.Create && c.Action != change.Own:
		return false
	case takesMore(c, agreed):
		return false
	case c.Action == change.Delete:
		return hashOf([]any{unblamed(c).References, unblamed(c).Edited}) == hashOf([]any{unblamed(agreed).References, unblamed(agreed).Edited})
	}
	return !slices.ContainsFunc(c.Fields, func(f change.Field) bool {
		return (!c.PerField() || f.Verdict.Acts()) && !isFieldOf(c, f, agreed)
	})
}

// takesMore reports whether what others have in an object goes elsewhere with it, and did not when that was agreed.
func takesMore(c, agreed *change.Change) bool {
	return slices.ContainsFunc(c.TakesAlong, func(r change.Reference) bool {
		return !slices.ContainsFunc(agreed.TakesAlong, func(a change.Reference) bool { return a.Kind == r.Kind && a.ID == r.ID })
	})
}

// madeByOthers are the classes of what somebody else did to an object.
var madeByOthers = []change.Class{change.Missing, change.Exists, change.Identity, change.Blocked}

// isFieldOf reports whether a field is to get what was agreed, from what it was then or from what
// diet left in it for the moment.
func isFieldOf(c *change.Change, f change.Field, agreed *change.Change) bool {
	i := slices.IndexFunc(agreed.Fields, func(g change.Field) bool { return g.Name == f.Name })
	switch {
	case agreed.Action == change.Create:
		return f.Class != change.Drift && f.Class != change.Conflict
	case c.Before != nil && c.Before.Passing(f.Name):
		return true
	}
	return i >= 0 && value.Equal(agreed.Fields[i].Have, f.Have)
}

// digest covers what a change would do and why: the values on all three sides, what is
// in its way, what depends on it, and the verdicts.
func digest(c *change.Change) string {
	parts := []any{unblamed(c)}
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

// unblamed is a change without who is to blame, which another mirror may know less of.
func unblamed(c *change.Change) change.Change {
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
		shown[c.Kind+" "+c.Object] = hashOf([]any{unblamed(c)})
	}
	out := make(map[string]string, len(is.Changes))
	for i := range is.Changes {
		c := &is.Changes[i]
		if k := c.Kind + " " + c.Object; shown[k] == hashOf([]any{unblamed(c)}) {
			out[k] = is.Changed[k]
		}
	}
	return out
}
