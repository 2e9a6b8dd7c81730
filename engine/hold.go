package engine

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/policy"
	"github.com/diet-project/diet/mirror/kinds"
)

// holdAll holds everything that would be done, by a verdict on the preview as a whole.
func holdAll(set *change.Set, whole change.Verdict) {
	for i := range set.Changes {
		if set.Changes[i].Acts() {
			set.Changes[i].Held = whole.Message
		}
	}
	bind(set)
}

// hold marks every acting change that waits for one that does not act: a verdict on an
// object holds everything that depends on it, and the rest is applied.
func hold(set *change.Set, ties *bonds) {
	at := make(map[string]*change.Change, len(set.Changes))
	for i := range set.Changes {
		c := &set.Changes[i]
		if c.Settle(); c.Class != change.Finding {
			at[c.Object] = c
		}
	}
	wrong := holdWrong(set, at)
	holdHalves(set, at)
	holdCrossed(set)
	cause := map[string]string{} // what a held object waits for in the end
	exchanged := tradesOf(set, at)
	for again := true; again; {
		again = holdWaiting(set, ties, at, wrong, cause) || exchanged.hold(cause) || ties.holdMembers(set, cause) ||
			ties.holdBrokenOut(set, cause) || holdCrowded(set, at) || holdAlong(set, at, cause) || holdPicked(set, at, cause)
	}
	holdUnneeded(set)
	holdRoomless(set)
	bind(set)
}

// holdRoomless holds what would be renamed to make room where nothing comes into it.
func holdRoomless(set *change.Set) {
	comes := map[string]*change.Change{} // by what is renamed
	for i := range set.Changes {
		if c := &set.Changes[i]; c.Action == change.Rename && c.Acts() {
			comes[c.Object] = nil
		}
	}
	if len(comes) == 0 {
		return
	}
	for i := range set.Changes {
		c := &set.Changes[i]
		for _, need := range c.Needs {
			if by, renamed := comes[need]; renamed && (by == nil || c.Acts()) {
				comes[need] = c
			}
		}
	}
	for i := range set.Changes {
		c := &set.Changes[i]
		if by := comes[c.Object]; by != nil && c.Action == change.Rename && !by.Acts() {
			c.Held = "waits for " + by.Object
		}
	}
}

// bind answers what is asked about fields of objects of which nothing is written, whatever is
// answered: those stay as they are along with the object, and nobody is asked about them. Those
// of what waits for another object are asked: an answer may make it need that no more.
func bind(set *change.Set) {
	for i := range set.Changes {
		c := &set.Changes[i]
		if !c.Binds() {
			continue
		}
		v := c.Verdict
		for j := range c.Fields {
			if f := &c.Fields[j]; f.Verdict.Waits() {
				f.Verdict = change.Verdict{
					Decision: change.DecisionKeep, Rule: v.Rule, Severity: v.Severity, Answer: v.Answer, Message: "decided together with " + c.Object,
				}
			}
		}
	}
}

// holdWaiting holds what waits for something that does not act, or leaves it out along with that,
// and reports whether it did either.
func holdWaiting(
	set *change.Set, ties *bonds, at map[string]*change.Change, wrong map[string]bool, cause map[string]string,
) (held bool) {
	for i := range set.Changes {
		c := &set.Changes[i]
		if !c.Acts() {
			continue
		}
		need := cmp.Or(unmet(c, at, wrong), ties.unmet(c))
		if need == "" {
			continue
		}
		on := at[need]
		switch {
		case joinsLater(c, on):
			// all else of it is written
		case on != nil && on.LeftOut() && !isRoomFor(c, on):
			leaveOut(c, on)
		default:
			if cause[need] == "" && on != nil {
				cause[need] = whyNotMet(on)
			}
			cause[c.Object] = cmp.Or(cause[need], need)
			c.Held = "waits for " + cause[c.Object]
		}
		held = true
	}
	return held
}

// holdCrossed holds cables of which one plug is to go into what another one of theirs stays in.
func holdCrossed(set *change.Set) {
	for i := range set.Changes {
		c := &set.Changes[i]
		for _, step := range c.After {
			if step.Object == c.Object && c.Acts() && !c.GivesWay(step.Fields) {
				c.Held = fmt.Sprintf("its %s is to go into what its %s stays in", step.For[0], step.Fields[0])
			}
		}
	}
}

// whyNotMet says why nothing that waits for a change gets what it waits for, where an answer or
// a rule settled that; "" where it did not.
func whyNotMet(c *change.Change) string {
	switch {
	case c.LeftOut():
		return staysAsItIs(c)
	case isReplaced(c) && c.Acts():
		return fmt.Sprintf("%s (%s), which loses its marks and keeps its name and its place: give it others in NetBox", c.Object, c.Name)
	}
	return ""
}

// staysAsItIs names what an answer or a rule leaves as it is.
func staysAsItIs(c *change.Change) string {
	return fmt.Sprintf("%s, which stays as it is (%s)", c.Object, c.Verdict.Rule)
}

// holdAlong holds the creation of what NetBox makes together with a part that is not to be made, and
// reports whether there was any: without the one there is not the other.
func holdAlong(set *change.Set, at map[string]*change.Change, cause map[string]string) (held bool) {
	for i := range set.Changes {
		c := &set.Changes[i]
		whole := at[c.Owner]
		if !c.Along || c.Acts() || whole == nil || !whole.Acts() || whole.Action != change.Create {
			continue
		}
		cause[whole.Object] = c.Object + ", which NetBox makes along with it"
		if c.LeftOut() {
			cause[whole.Object] += fmt.Sprintf(", and which is not to be made (%s)", c.Verdict.Rule)
		}
		whole.Held, held = "waits for "+cause[whole.Object], true
	}
	return held
}

// holdCrowded holds the first change that has no room for what is written of it, and reports
// whether there was one. What waits for others is held by then: it does not come.
func holdCrowded(set *change.Set, at map[string]*change.Change) bool {
	for i := range set.Changes {
		c := &set.Changes[i]
		if in := crowdedBy(c, at); in != "" && c.Acts() {
			c.Held = "has no room: " + in + " is in the way"
			return true
		}
	}
	return false
}

// isRoomFor reports whether a change needs of another one only that it gives way, or goes ahead: that
// is another object of the plan, and what waits for it is told, whatever was decided about it.
func isRoomFor(c, other *change.Change) bool {
	if c.Action == change.Delete || c.Owner == other.Object || c.With == other.Object {
		return false
	}
	switch other.Action {
	case change.Delete, change.Update:
		return true
	case change.Adopt: // what is to be taken over, and would move out of the way
		return slices.ContainsFunc(c.After, func(s change.Step) bool { return s.Object == other.Object && !s.Joins })
	}
	return false
}

// leaveOut leaves a change out along with what it is a part of or needs, which a person or a rule
// wants not to be there: nobody is waited for. What is there already, and would only change, is
// held: somebody has to know that it stays as it was.
func leaveOut(c, need *change.Change) {
	c.Verdict = change.Verdict{
		Decision: change.DecisionSkip, Rule: need.Verdict.Rule, Severity: need.Verdict.Severity, Answer: need.Verdict.Answer,
		Message: "decided together with " + need.Object,
	}
	c.With = need.Object
}

// holdUnneeded leaves out the creation of shared objects that no other write needs, such as a
// site for devices that wait.
func holdUnneeded(set *change.Set) {
	acting := needed(set, (*change.Change).Acts)
	for i := range set.Changes {
		c := &set.Changes[i]
		needed := acting[c.Object] || acting[c.Owner] // a template is needed with its type
		if !isOwned(c.Kind) && c.Action == change.Create && c.Acts() && !needed {
			c.NotNeeded = true
		}
	}
}

// needed returns the objects that the changes of owned objects need, directly or through
// others; counts selects these changes.
func needed(set *change.Set, counts func(*change.Change) bool) map[string]bool {
	out := map[string]bool{}
	needs := map[string][]string{}
	var add func(list []string)
	add = func(list []string) {
		for _, need := range list {
			if !out[need] {
				out[need] = true
				add(needs[need])
			}
		}
	}
	for i := range set.Changes {
		if c := &set.Changes[i]; !isOwned(c.Kind) {
			needs[c.Object] = c.Needs
		}
	}
	for i := range set.Changes {
		if c := &set.Changes[i]; isOwned(c.Kind) && counts(c) {
			add(c.Needs)
		}
	}
	return out
}

func isOwned(name string) bool {
	kind, _ := kinds.Standard().Of(name)
	return kind.IsOwned()
}

// holdWrong marks what the findings are about, and returns it.
func holdWrong(set *change.Set, at map[string]*change.Change) map[string]bool {
	wrong := map[string]bool{}
	for _, n := range set.Findings {
		if n.Severity != change.Error {
			continue
		}
		for _, object := range n.Objects {
			wrong[object] = true
			if c := at[object]; c != nil && c.Acts() {
				c.Held = n.Message
			}
		}
	}
	return wrong
}

// holdHalves holds the creation of shared objects that would lack a part of theirs.
func holdHalves(set *change.Set, at map[string]*change.Change) {
	for i := range set.Changes {
		c := &set.Changes[i]
		if whole := at[c.Owner]; !isOwned(c.Kind) && !c.Acts() && whole != nil && whole.Acts() {
			whole.Held = "waits for " + c.Object
		}
	}
}

// stands are the decisions by which a shared object is there, under whatever name.
var stands = map[change.Decision]bool{change.DecisionKeep: true, change.DecisionUseName: true}

// unmet returns the first need of a change that will not be met, or "".
func unmet(c *change.Change, at map[string]*change.Change, wrong map[string]bool) string {
	if whole := at[c.With]; whole != nil && c.Action == change.Delete && whole.Action == change.Delete && !whole.Acts() {
		return c.With
	}
	for _, need := range c.Needs {
		n, ok := at[need]
		switch {
		case wrong[need]:
			return need
		case !ok, n.Class == change.Shared && stands[n.Verdict.Decision]:
			continue // it stands in NetBox already
		case !n.Acts():
			return need
		case c.Deletes() && n.Action == change.Delete && !n.Deletes():
			return need // it stays, and so does what it stands in
		}
	}
	for _, step := range c.After {
		if n, ok := at[step.Object]; ok && !n.Lets(step) {
			return step.Object
		}
	}
	return ""
}

// crowdedBy returns what is in the way of what is written of a change, or "".
func crowdedBy(c *change.Change, at map[string]*change.Change) string {
	for i := range c.Mixes {
		if m := &c.Mixes[i]; m.Part.Is(c) && !m.IsFree(at[m.By.Object]) {
			return m.Name
		}
	}
	return ""
}

// alongRule is the rule by which what exists is decided together with what it is part of.
const alongRule = "EXI006"

// raised are the wholes of which a guard of a part asks or denies, by their verdicts.
type raised map[*change.Verdict]*raisedWhole

// raisedWhole has those parts, and whether something was asked of the whole itself too.
type raisedWhole struct {
	parts []*change.Change
	asked bool
}

// follow gives what goes with a doomed device, what went with a deleted one, and, unless a
// rule decides otherwise, the parts of one that is there, that device's verdict: it is one
// question. What a guard says of a part keeps the whole of a deletion from being made, and
// the part from being made again. It returns the verdicts that were raised so, with the
// parts that they are from.
func follow(set *change.Set, guarded guardedParts) raised {
	out := raised{}
	wholes := map[string]*change.Change{}
	for i := range set.Changes {
		c := &set.Changes[i]
		if c.With == "" && (c.Class == change.Orphaned || c.Class == change.Missing || c.Action == change.Adopt) {
			wholes[c.Object] = c
		}
	}
	var parts []*change.Change
	for i := range set.Changes {
		c := &set.Changes[i]
		if _, kept := guarded[c]; kept && c.Class == change.Missing || c.Action == change.Adopt && !alongs(c) {
			c.With = "" // a rule decided
		}
		if owner, ok := wholes[c.With]; ok {
			parts = append(parts, c)
			asked := owner.Verdict.Asks()
			if !raise(owner, c, guarded) {
				continue
			}
			if out[&owner.Verdict] == nil {
				out[&owner.Verdict] = &raisedWhole{asked: asked}
			}
			of := out[&owner.Verdict]
			of.parts = append(of.parts, c)
		}
	}
	for _, c := range parts {
		c.Verdict = wholes[c.With].Verdict
		c.Verdict.Message, c.Verdict.Also = along(c), nil
	}
	return out
}

// along is the message of what has the verdict of what it is a part of.
func along(c *change.Change) string { return "decided together with " + c.With }

// alongs reports whether what exists is decided with what it is a part of.
func alongs(c *change.Change) bool {
	return c.Verdict.Rule == alongRule || c.Verdict.Message == along(c)
}

// raise gives an object that would be deleted what guards say of a part of it: where that
// is stricter, in the place of its own verdict, and where both ask, beside it. Of what a person
// answered about the whole only a denial takes precedence.
func raise(owner, part *change.Change, guarded guardedParts) (did bool) {
	if owner.Class != change.Orphaned {
		return false
	}
	for _, g := range guarded[part] {
		did = g.raise(&owner.Verdict, part) || did
	}
	return did
}

func (g guardedPart) raise(v *change.Verdict, part *change.Change) bool {
	answered := v.Answer != "" && !g.Denies()
	fine := v.LetsGo() && !g.lettingGo || v.Decision == change.DecisionDelete && !g.deleting
	if fine || answered {
		return false
	}
	said := g.about(part)
	switch {
	case v.Rule == said.Rule && v.Decision == said.Decision && strings.HasPrefix(v.Message, said.Message):
		// it stands there already
	case g.Stricter(*v):
		was := *v
		*v = said
		if was.Asks() && said.Asks() {
			v.Also = was.Also
			was.Also = nil
			v.Join(was)
		}
	case v.Asks() && g.Asks():
		v.Join(said)
	default:
		return false
	}
	return true
}

// about is what the guard says of a part, for the whole of it.
func (g guardedPart) about(part *change.Change) change.Verdict {
	v := g.Verdict
	v.Message = part.Object + ": " + g.Message
	return v
}

// guardedPart is what a guard says of a part, and what of it that forbids.
type guardedPart struct {
	change.Verdict
	lettingGo, deleting bool
}

// guardedParts is what guards say of parts.
type guardedParts map[*change.Change][]guardedPart

// guardedParts are the verdicts of a team's guards, also of those in an edited copy of the shipped
// policies, on what is decided along with something
// else, of shipped ones that deny, and of policies that failed. What the other shipped guards
// look at counts with that already. It notes with each whole what a team's guards ask of it and
// of its parts: an answer that was given ahead of that does not count.
func (e *Engine) guardedParts(set *change.Set) guardedParts {
	out := guardedParts{}
	asks := map[string][]string{}
	for i := range set.Changes {
		c := &set.Changes[i]
		if c.Class != change.Orphaned && (c.Class != change.Missing || c.With == "") {
			continue
		}
		for _, v := range append([]change.Verdict{c.Verdict}, c.Verdict.Also...) {
			g, ok := e.guarding(v)
			if ok && g.Asks() {
				asks[rootOf(c)] = append(asks[rootOf(c)], g.Rule+" "+c.Object)
			}
			if ok && c.With != "" {
				out[c] = append(out[c], g)
			}
		}
	}
	for i := range set.Changes {
		c := &set.Changes[i]
		c.Raised = nil
		if c.With == "" && c.Class == change.Orphaned {
			c.Raised = asks[c.Object]
		}
	}
	return out
}

// guarding reports whether a verdict is one that binds what it is about, whatever is decided of
// the whole.
func (e *Engine) guarding(v change.Verdict) (guardedPart, bool) {
	v.Also = nil
	switch r := e.policies.Rule(v.Rule); {
	case r == nil && v.Denies() && v.Rule != policy.RuleTemplate:
		return guardedPart{v, true, true}, true
	case r != nil && (r.Own() && r.IsGuard() || v.Denies()):
		return guardedPart{v, r.Keeps(change.DecisionOrphan), r.Keeps(change.DecisionDelete)}, true
	}
	return guardedPart{}, false
}
