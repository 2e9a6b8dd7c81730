package engine

import (
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/refer"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// holdMembers has what is in something that would be deleted, and is not yet, stay in it as the
// plan's: an interface in its LAG. What gives up such a reference is decided together with what
// it refers to; all else that is written of it is written. It reports whether it held anything.
func (b *bonds) holdMembers(set *change.Set, cause map[string]string) (held bool) {
	for i := range set.Changes {
		c := &set.Changes[i]
		if !c.Acts() {
			continue
		}
		for _, f := range membership(c) {
			host := b.hostOf(c, f)
			switch {
			case host == nil:
				continue
			case c.PerField() && actsBeside(c, f):
				keepWith(c, f, host)
			case host.LeftOut():
				leaveOut(c, host)
			default:
				c.Held = "waits for " + host.Object
				cause[c.Object] = host.Object
			}
			held = true
		}
	}
	return held
}

// membership are the fields by which an object is in others that NetBox deletes without it, as far
// as a change gives them up: single ones, or with the whole object.
func membership(c *change.Change) (out []string) {
	released := c.Action == change.Delete && c.Outcome() == change.Orphan
	if !released && !c.PerField() || c.Before == nil {
		return nil
	}
	kind, _ := kinds.Standard().Of(c.Kind)
	for _, f := range kind.Fields {
		if f.Type != kinds.Reference || f.OnDelete != kinds.SetNull {
			continue
		}
		if released || givesUp(c, f.Name) {
			out = append(out, f.Name)
		}
	}
	return out
}

// givesUp reports whether a change gives up a field, and NetBox's value of it is to stay.
func givesUp(c *change.Change, field string) bool {
	for i := range c.Fields {
		if f := &c.Fields[i]; f.Name == field && f.Class == change.Relinquished {
			return f.Verdict.Acts()
		}
	}
	return false
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

// actsBeside reports whether a change writes a field other than one.
func actsBeside(c *change.Change, field string) bool {
	for i := range c.Fields {
		if f := &c.Fields[i]; f.Name != field && f.Verdict.Acts() {
			return true
		}
	}
	return false
}

// keepWith has a field decided together with what it refers to.
func keepWith(c *change.Change, field string, host *change.Change) {
	for i := range c.Fields {
		if f := &c.Fields[i]; f.Name == field {
			f.Verdict = change.Verdict{
				Decision: change.DecisionKeep, Rule: host.Verdict.Rule, Severity: host.Verdict.Severity, Answer: host.Verdict.Answer,
				Message: "decided together with " + host.Object,
			}
		}
	}
}
