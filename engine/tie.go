package engine

import (
	"slices"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/refer"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// bonds are what of a plan refers to the objects that a set would delete.
type bonds struct {
	ties map[refer.Object][]refer.Tie
	at   map[refer.Object]*change.Change
	of   map[string]*change.Change // by diet id
	left map[refer.Object]string   // what an intent leaves out, with why

	ports map[refer.Object]heldPort   // those that cables would be pulled out of
	lanes map[string][]*change.Change // of ports, by diet id
}

func bondsOf(set *change.Set, ties map[refer.Object][]refer.Tie, left map[refer.Object]string) *bonds {
	b := &bonds{ties: ties, at: map[refer.Object]*change.Change{}, of: map[string]*change.Change{}, left: left, lanes: lanesIn(set)}
	for i := range set.Changes {
		if c := &set.Changes[i]; c.NetBoxID != 0 && c.Class != change.Finding {
			b.at[place(c)], b.of[c.Object] = c, c
		}
	}
	b.tieLanes(set)
	return b
}

func place(c *change.Change) refer.Object { return refer.Object{Kind: c.Kind, ID: c.NetBoxID} }

// count has what stays count as a reference to all that it is plugged into and stands in, as
// far as that would be deleted. It reports whether there was anything new: then the policies
// decide about it again.
func (b *bonds) count(set *change.Set) bool {
	more := b.unplugs(set)
	for i := range set.Changes {
		c := &set.Changes[i]
		if c.Class != change.Orphaned || c.Action != change.Delete || !c.Deletes() && !mayDelete(&c.Verdict) {
			continue
		}
		for _, t := range b.ties[place(c)] {
			if b.left[t.By] != "" || !b.stays(c, &t) {
				continue
			}
			i := countedAt(c, t.By)
			if i < 0 {
				more, i = true, len(c.References)
				c.References = append(c.References, referenceOf(&t))
			}
			if v := b.verdictOn(&t); v.Denies() && c.References[i].Denied == "" && c.References[i].Stays {
				more = true
				c.References[i].Denied, c.References[i].Why = v.Rule, v.Message
			}
		}
	}
	return more
}

// referenceOf is what of the plan stays, as a reference.
func referenceOf(t *refer.Tie) change.Reference {
	r := change.Reference{Kind: t.By.Kind, ID: t.By.ID, Name: t.Name, Prevents: t.Prevents, Stays: true}
	switch {
	case t.Clears:
		r.Clears = t.Field
	case t.Lane:
		r.Clears = "lane"
	}
	return r
}

// mayDelete reports whether an answer may turn a verdict into a deletion: whoever gives it is to have
// all in view that stays.
func mayDelete(v *change.Verdict) bool {
	return v.Asks() || v.Decision == change.DecisionSkip && v.Answer == ""
}

// verdictOn is the one on what is tied to an object that would be deleted, as far as that would
// lose it: on the whole that it is decided with, on itself, or on the field that refers.
func (b *bonds) verdictOn(t *refer.Tie) change.Verdict {
	c := b.at[t.By]
	if c == nil {
		return change.Verdict{}
	}
	if host := b.pluggedHost(c, t); host != nil {
		return host.Verdict
	}
	if whole := b.of[c.With]; whole != nil {
		return whole.Verdict
	}
	if !c.PerField() || c.Verdict.Waits() {
		return c.Verdict
	}
	for i := range c.Fields {
		if f := &c.Fields[i]; refersBy(c, f, t) {
			return f.Verdict
		}
	}
	return change.Verdict{}
}

// refersBy reports whether a field of a change refers to what a tie is to.
func refersBy(c *change.Change, f *change.Field, t *refer.Tie) bool {
	if id, is := value.ID(f.Have); is && f.Name == t.Field && id == t.To.ID {
		return true
	}
	of, _ := kinds.Standard().Of(t.To.Kind)
	return slices.Contains(change.Ports(c.Kind, f.Name, f.Have), change.Port(of.ObjectType, t.To.ID))
}

// stays reports whether what is tied to an object that would be deleted is kept, or released, as
// it is: it neither goes too, nor refers to something else then.
func (b *bonds) stays(host *change.Change, t *refer.Tie) bool {
	c := b.at[t.By]
	if plugged := b.pluggedHost(c, t); plugged != nil {
		return !plugged.Dooms()
	}
	switch {
	case c == nil:
		return true
	case rootOf(c) == rootOf(host), c.Class == change.Parking:
		return false // they are decided together
	}
	return !c.Dooms() && (!clears(c, t) || b.rests(c)) && !leaves(c, t)
}

// rests reports whether something that the plan no longer wants stays as it is, with all that it refers
// to: a lane that a cable holds, in its LAG. A port of the type stays anyhow, and so does that which what
// stays is plugged into.
func (b *bonds) rests(c *change.Change) bool {
	if c.Class != change.Orphaned || c.Dooms() {
		return false
	}
	if !c.Template {
		return true
	}
	tied := func(t refer.Tie) bool { return b.stays(c, &t) }
	plugged := func(r change.Reference) bool {
		kind, _ := kinds.Standard().Of(r.Kind)
		return len(kind.Ends()) > 0
	}
	return slices.ContainsFunc(b.ties[place(c)], tied) || slices.ContainsFunc(c.References, plugged)
}

// rootOf is the diet id of what a change is decided with.
func rootOf(c *change.Change) string {
	if c.With != "" {
		return c.With
	}
	return c.Object
}

// clears reports whether a reference is diet's own, and NetBox empties it: nobody put it there
// who could miss it.
func clears(c *change.Change, t *refer.Tie) bool {
	if !t.Clears || c.Before == nil {
		return false
	}
	was, owned := c.Before.Applied(t.Field)
	return owned && value.Equal(was, c.Before.Have[t.Field])
}

// leaves reports whether a change has its object refer to something else: a write, or what gives the
// object up and gives back what it referred to ahead of the run that took it over.
func leaves(c *change.Change, t *refer.Tie) bool {
	released := c.Action == change.Delete && c.Verdict.LetsGo()
	if !c.Acts() || !c.PerField() && !released {
		return false
	}
	of, _ := kinds.Standard().Of(t.To.Kind)
	port := change.Port(of.ObjectType, t.To.ID)
	for i := range c.Fields {
		f := &c.Fields[i]
		if !f.Verdict.Acts() && (!released || f.Verdict.Decision != "") {
			continue
		}
		if f.GivesUp() {
			continue
		}
		if id, is := value.ID(f.Have); is && f.Name == t.Field && id == t.To.ID {
			return true
		}
		if slices.Contains(change.Ports(c.Kind, f.Name, f.Have), port) && !slices.Contains(change.Ports(c.Kind, f.Name, f.Want), port) {
			return true
		}
	}
	return false
}

// keep holds what is to be deleted for what an intent leaves out.
func (b *bonds) keep(set *change.Set) {
	for i := range set.Changes {
		c := &set.Changes[i]
		if !c.Deletes() || len(b.left) == 0 {
			continue
		}
		for _, t := range b.ties[place(c)] {
			if why := b.left[t.By]; why != "" && c.Held == "" {
				c.Held = why
			}
		}
	}
}

// unmet is what is tied to an object that is deleted, and has to go ahead of it and does not; ""
// for nothing. What stays anyhow was counted, and somebody wants it so, unless NetBox refuses that.
func (b *bonds) unmet(c *change.Change) string {
	if !c.Deletes() {
		return ""
	}
	for _, t := range b.ties[place(c)] {
		by := b.at[t.By]
		switch {
		case by == nil, by.Class == change.Parking, rootOf(by) == rootOf(c), clears(by, &t):
		case t.Prevents && counts(c, t.By), !by.Acts() && !counts(c, t.By), b.verdictOn(&t).Waits():
			return rootOf(by)
		}
	}
	return ""
}

// counts reports whether an object was counted among what stays.
func counts(c *change.Change, o refer.Object) bool { return countedAt(c, o) >= 0 }

// countedAt is where an object stands among what depends on another one; -1 for nowhere.
func countedAt(c *change.Change, o refer.Object) int {
	return slices.IndexFunc(c.References, func(r change.Reference) bool { return r.Kind == o.Kind && r.ID == o.ID })
}
