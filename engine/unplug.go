package engine

import (
	"context"
	"database/sql"
	"slices"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/refer"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// heldPort is what a cable that is pulled out is plugged into.
type heldPort struct {
	ID     int64
	Name   string
	Plan   string // of what has it, "" for nobody's
	Object string // its diet id
}

// pulledOut are the ports that a set would pull cables out of, where NetBox has them as diet left
// them; those of cables that go along with a whole are decided with that.
func pulledOut(set *change.Set) map[string][]int64 {
	out := map[string][]int64{}
	for i := range set.Changes {
		c := &set.Changes[i]
		if c.Before == nil {
			continue
		}
		for _, field := range pulls(c) {
			if base, applied := c.Before.Applied(field); applied && value.Equal(base, c.Before.Have[field]) {
				kind := change.Refers(c.Kind, field)
				out[kind] = append(out[kind], change.Plugs(c.Kind, field, base)...)
			}
		}
	}
	return out
}

// pulls are the plugs of a cable that a change would pull out of what they are in.
func pulls(c *change.Change) []string {
	kind, _ := kinds.Standard().Of(c.Kind)
	switch {
	case c.Class == change.Orphaned && c.Action == change.Delete && c.With == "" && c.Undoes != change.Create:
		return kind.Plugs()
	case !c.PerField() || len(kind.Ends()) == 0:
		return nil
	}
	return slices.DeleteFunc(kind.Plugs(), func(field string) bool {
		f := fieldOf(c, field)
		return f == nil || f.Class != change.Planned
	})
}

// lookAtPorts notes whose the ports are that a set would pull cables out of, and gives up the plugs
// that the plan leaves nowhere and that are in what is nobody's by now.
func (e *Engine) lookAtPorts(ctx context.Context, set *change.Set, b *bonds) error {
	b.ports = map[refer.Object]heldPort{}
	for kind, ids := range pulledOut(set) {
		of := kinds.Standard().Must(kind)
		if whole, _ := kinds.Standard().Of(of.ParentKind()); !whole.IsOwned() {
			continue
		}
		list, err := value.Encode(ids)
		if err != nil {
			return err
		}
		var rows []heldPort
		if err := e.selectStatement(ctx, &rows, e.db.Statements().For("query/port_held", of), sql.Named("ids", list)); err != nil {
			return err
		}
		for _, r := range rows {
			b.ports[refer.Object{Kind: kind, ID: r.ID}] = r
		}
	}
	for i := range set.Changes {
		for _, field := range pulls(&set.Changes[i]) {
			c := &set.Changes[i]
			if f := fieldOf(c, field); f != nil && f.Want == nil && b.nobodys(set, c, field) {
				letGo(c, f)
			}
		}
	}
	return nil
}

// nobodys reports whether a plug is in what was the plan's and is nobody's any more.
func (b *bonds) nobodys(set *change.Set, c *change.Change, field string) bool {
	return slices.ContainsFunc(b.portsAt(c, field), func(p heldPort) bool { return p.Plan != set.Plan })
}

// portsAt are those that a plug is in, as far as they were looked at.
func (b *bonds) portsAt(c *change.Change, field string) (out []heldPort) {
	for _, id := range change.Plugs(c.Kind, field, c.Before.Have[field]) {
		if p, known := b.ports[refer.Object{Kind: change.Refers(c.Kind, field), ID: id}]; known {
			out = append(out, p)
		}
	}
	return out
}

// leftTo are the ports that a plug is in and that are left to people, with what has them: that is
// nobody's by now, or a set releases it.
func (b *bonds) leftTo(set *change.Set, c *change.Change, field string) []heldPort {
	return slices.DeleteFunc(b.portsAt(c, field), func(p heldPort) bool {
		whole := b.of[p.Object]
		released := whole != nil && whole.Class == change.Orphaned && whole.Outcome() == change.Orphan
		return p.Plan == set.Plan && (!released || whole.Undoes == change.Adopt) // that is given back as it was
	})
}

// unplugs notes which cables of a set would be pulled out of what is left to people as it stands. It
// reports whether there was anything new: then the policies decide about it again.
func (b *bonds) unplugs(set *change.Set) (more bool) {
	if len(b.ports) == 0 {
		return false
	}
	for i := range set.Changes {
		c := &set.Changes[i]
		for _, field := range pulls(c) {
			left := b.leftTo(set, c, field)
			switch f := fieldOf(c, field); {
			case len(left) == 0:
			case c.Action == change.Delete:
				more = countPorts(c, change.Refers(c.Kind, field), left) || more
			case f.Want != nil && !f.Unplugs:
				f.Unplugs, more = true, true
			}
		}
	}
	return more
}

// countPorts has ports count among what depends on a cable, and reports whether there was a new one.
func countPorts(c *change.Change, kind string, ports []heldPort) (more bool) {
	for _, p := range ports {
		if !counts(c, refer.Object{Kind: kind, ID: p.ID}) {
			c.References = append(c.References, change.Reference{Kind: kind, ID: p.ID, Name: p.Name, Clears: c.Kind, Stays: true})
			more = true
		}
	}
	return more
}

// letGo has a change give up a plug: it stays where it is, and is the plan's no more.
func letGo(c *change.Change, f *change.Field) {
	f.Class, f.Stated, f.Want = change.Relinquished, false, f.Have
	if !slices.ContainsFunc(c.Fields, func(f change.Field) bool { return !f.Class.Records() }) {
		c.Action = change.Own
	}
}
