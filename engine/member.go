package engine

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/refer"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// holdMembers has what is in something that would be deleted, and is not yet, stay in it as the
// plan's: an interface in its LAG, a plug of a breakout in its server. What gives that up is decided
// together with what it refers to; all else that is written of it is written. It reports whether it
// held anything.
func (b *bonds) holdMembers(set *change.Set, cause map[string]string) (held bool) {
	for i := range set.Changes {
		c := &set.Changes[i]
		if !c.Acts() || c.Before == nil {
			continue
		}
		in := b.membership(c)
		b.pluggedIn(c, in)
		if len(in) > 0 {
			b.holdMember(c, in, cause)
			held = true
		}
	}
	return held
}

// holdMember has some fields of a change decided together with what they refer to, or all of it
// where nothing else is written, or nothing else can be.
func (b *bonds) holdMember(c *change.Change, in map[string]*change.Change, cause map[string]string) {
	var first *change.Change
	for _, field := range slices.Sorted(maps.Keys(in)) {
		first = in[field]
		if first.LeftOut() || first.Class == change.Unmanaged {
			continue
		}
		break
	}
	switch taken := laneOf(c, in); {
	case taken != nil:
		cause[c.Object] = staysAsItIs(taken)
		c.Held = "waits for " + cause[c.Object]
	case c.PerField() && actsBeside(c, in):
		for field, host := range in {
			keepWith(c, field, host)
		}
	case first.Class == change.Unmanaged, first.LeftOut() && c.ReplacedBy == "":
		leaveOut(c, first)
	default:
		cause[c.Object] = cmp.Or(cause[rootOf(first)], rootOf(first))
		c.Held = "waits for " + cause[c.Object]
	}
}

// laneOf is what stays, by an answer or a rule, in a plug of a change that the plan wants for something
// else; nil for nothing. Nobody is asked about it any more: that something gets no plug is told.
func laneOf(c *change.Change, in map[string]*change.Change) *change.Change {
	for _, field := range slices.Sorted(maps.Keys(in)) {
		if f := fieldOf(c, field); f != nil && f.Want != nil && in[field].LeftOut() {
			return in[field]
		}
	}
	return nil
}

// pluggedIn adds to the fields that wait the plugs that a change pulls out of what would be deleted and
// is not yet, and, of a cable that is deleted, all of those. A cable that is no breakout is of its other
// end: once it is decided that what it is pulled out of stays, it moves as the plan has it. A plug that
// would be pulled out of what is released stays there, and is the plan's no more.
func (b *bonds) pluggedIn(c *change.Change, in map[string]*change.Change) {
	kind, _ := kinds.Standard().Of(c.Kind)
	if len(kind.Ends()) == 0 || !c.PerField() && (!c.Deletes() || c.With != "") {
		return
	}
	for _, field := range kind.Plugs() {
		f := fieldOf(c, field)
		if !c.Deletes() && (f == nil || !f.Writes()) {
			continue
		}
		single := !c.Deletes() && value.Empty(c.Before.Have[kind.Shape()])
		switch host := b.wholeAt(c, field); {
		case host == nil, single && host.LeftOut():
		case !host.Acts():
			in[field] = host
		case f != nil && f.Want == nil && host.Outcome() == change.Orphan && !c.Deletes():
			letGo(c, f)
		}
	}
}

// wholeAt is what a plug is in, as a whole, if that would be deleted, or is a person's by now; nil
// for something else.
func (b *bonds) wholeAt(c *change.Change, field string) *change.Change {
	for _, id := range change.Plugs(c.Kind, field, c.Before.Have[field]) {
		port := b.at[refer.Object{Kind: change.Refers(c.Kind, field), ID: id}]
		if port == nil {
			return b.unmanagedWith(c, field)
		}
		if host := b.of[port.With]; rootOf(port) == rootOf(c) {
			continue
		} else if host != nil && host.Class == change.Orphaned && host.Action == change.Delete && (!host.Deletes() || !host.Acts()) {
			return host
		}
	}
	return nil
}

// unmanagedWith is what a person took over that has the port where diet plugged a cable in; nil for
// nothing.
func (b *bonds) unmanagedWith(c *change.Change, field string) *change.Change {
	part, _ := c.Before.Keys[field].(string)
	for at := strings.LastIndexByte(part, '/'); at > 0; at = strings.LastIndexByte(part[:at], '/') {
		if whole := b.of[part[:at]]; whole != nil && whole.Class == change.Unmanaged {
			return whole
		}
	}
	return nil
}

// fieldOf is a field of a change, or nil.
func fieldOf(c *change.Change, name string) *change.Field {
	for i := range c.Fields {
		if c.Fields[i].Name == name {
			return &c.Fields[i]
		}
	}
	return nil
}

// membership are the fields by which an object is in others that NetBox deletes without it, as far
// as a change gives them up, single ones or with the whole object, with what would be deleted of
// those, and is not yet.
func (b *bonds) membership(c *change.Change) map[string]*change.Change {
	out := map[string]*change.Change{}
	released := c.Action == change.Delete && c.Outcome() == change.Orphan
	if !released && !c.PerField() {
		return out
	}
	kind, _ := kinds.Standard().Of(c.Kind)
	for _, f := range kind.Fields {
		if f.Type != kinds.Reference || f.OnDelete != kinds.SetNull || !released && !givesUp(c, f.Name) {
			continue
		}
		if host := b.hostOf(c, f.Name); host != nil {
			out[f.Name] = host
		}
	}
	return out
}

// givesUp reports whether a change gives up a field that the plan no longer states, and NetBox's value of
// it is to stay. What a person takes over is hers at once.
func givesUp(c *change.Change, field string) bool {
	f := fieldOf(c, field)
	return f != nil && f.GivesUp() && f.Verdict.Decision != change.DecisionUnmanage
}

// hostOf is what an object is in, by a field, if that is to be deleted, and is not yet; nil for
// something else.
func (b *bonds) hostOf(c *change.Change, field string) *change.Change {
	id, is := value.ID(c.Before.Have[field])
	if !is {
		return nil
	}
	host := b.at[refer.Object{Kind: change.Refers(c.Kind, field), ID: id}]
	if host == nil || host.Class != change.Orphaned || host.Action != change.Delete || host.Acts() || rootOf(host) == rootOf(c) {
		return nil
	}
	return host
}

// actsBeside reports whether a change writes a field other than some, and can: a breakout of
// another shape has other plugs.
func actsBeside(c *change.Change, but map[string]*change.Change) bool {
	kind, _ := kinds.Standard().Of(c.Kind)
	beside := false
	for i := range c.Fields {
		f := &c.Fields[i]
		if f.Name == kind.Shape() && f.Writes() {
			return false
		}
		beside = beside || but[f.Name] == nil && f.Verdict.Acts()
	}
	return beside
}

// keepWith has a field decided together with what it refers to.
func keepWith(c *change.Change, field string, host *change.Change) {
	v := host.Verdict
	fieldOf(c, field).Verdict = change.Verdict{
		Decision: change.DecisionKeep, Rule: v.Rule, Severity: v.Severity, Answer: v.Answer, Message: "decided together with " + rootOf(host),
	}
}

// joinsLater has what is to be in something that is not made yet, such as a port in its LAG, wait for that
// with this field alone, if something else is written of it: reports whether it does.
func joinsLater(c, on *change.Change) bool {
	if on == nil || on.Action != change.Create && on.Action != change.Adopt || !c.PerField() {
		return false
	}
	kind, _ := kinds.Standard().Of(c.Kind)
	joins := map[string]*change.Change{}
	for i := range c.Fields {
		f := &c.Fields[i]
		object, pending := c.Pending(*f)
		if !pending || object != on.Object {
			continue
		}
		if field, _ := kind.Field(f.Name); field.OnDelete != kinds.SetNull || !f.Verdict.Acts() {
			return false
		}
		joins[f.Name] = on
	}
	if len(joins) == 0 || !actsBeside(c, joins) {
		return false
	}
	for field := range joins {
		keepWith(c, field, on)
	}
	c.Needs = slices.DeleteFunc(c.Needs, func(need string) bool { return need == on.Object })
	return true
}
