package apply

import (
	"cmp"
	"maps"
	"slices"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// tagsOf returns all tags that an object should have, if a change touches any: NetBox
// replaces the whole set. They are written by their ids, since people may call them otherwise.
func (a *Applier) tagsOf(c *change.Change) []any {
	set, touched := map[int64]bool{}, false
	if c.Before != nil {
		for _, v := range c.Before.Tags {
			id, _ := value.ID(v)
			set[id] = true
		}
	}
	var unknown []any
	for i := range c.Fields {
		f := &c.Fields[i]
		slug, is := kinds.TagOf(f.Name)
		if !is || c.Action != change.Create && !f.Writes() || f.Want == nil { // what a rollback leaves without it
			continue
		}
		touched = true
		if id := a.tagID(c, f.Name); id != 0 {
			set[id] = true
		} else {
			unknown = append(unknown, map[string]any{"slug": slug})
		}
	}
	if !touched {
		return nil
	}
	out := make([]any, 0, len(set)+len(unknown))
	for _, id := range slices.Sorted(maps.Keys(set)) {
		out = append(out, id)
	}
	return append(out, unknown...)
}

// tagID is the NetBox id of the tag that a field is, 0 for none: that of this run, where it made it.
func (a *Applier) tagID(c *change.Change, field string) int64 {
	slug, _ := kinds.TagOf(field)
	return cmp.Or(c.Tags[field].ID, a.ids["tag:"+slug])
}

// tagged has a base say which tags its fields are. What differs and is not written keeps the tag that
// it was applied as.
func (a *Applier) tagged(c *change.Change, base applied) applied {
	for name := range base.base {
		kept := c.PerField() && slices.ContainsFunc(c.Fields, func(f change.Field) bool { return f.Name == name && !f.Verdict.Acts() })
		if !kinds.IsTag(name) || kept {
			continue
		}
		if id := cmp.Or(a.tagID(c, name), appliedTag(c, name)); id != 0 {
			base.ids[name] = id
		}
	}
	return base
}

// appliedTag is the tag that a field was applied as, 0 where that is not known.
func appliedTag(c *change.Change, field string) int64 {
	if c.Before == nil {
		return 0
	}
	id, _ := value.ID(c.Before.Keys[field])
	return id
}
