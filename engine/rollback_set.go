package engine

import (
	"slices"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// emptied are the fields, by object, in which NetBox dropped a reference because the run deleted
// what it was to: the run wrote nothing there, and undoing it puts them back.
func (u *undoing) emptied() map[string][]string {
	out := map[string][]string{}
	for _, o := range u.objects {
		if d := u.deeds[o.ID]; d != nil && d.did != change.Orphan {
			continue
		}
		for field, v := range o.Fields {
			ref, _ := v.(generate.Ref)
			if d := u.deeds[ref.Object]; d != nil && d.did == change.Delete {
				out[o.ID] = append(out[o.ID], field)
			}
		}
	}
	return out
}

// undone is what the run that a rollback undoes did to the object of a change; "" for nothing. A
// field that NetBox emptied and somebody has filled since is hers.
func (to *aim) undone(c *change.Change) change.Action {
	if did := to.undoes[c.Object]; did != "" {
		return did
	}
	empty := func(f change.Field) bool {
		return change.Emptied(c.Kind, f.Name, f.Class, f.Base, f.Have) && slices.Contains(to.emptied[c.Object], f.Name)
	}
	if slices.ContainsFunc(c.Fields, empty) {
		return change.Update
	}
	return ""
}

// untouched reports whether what the run released is as it left it, but for what NetBox emptied along
// with what the run deleted.
func (to *aim) untouched(c *change.Change) bool {
	d := to.released[c.Object]
	if d == nil || c.Class != change.Exists || c.Before == nil || c.NetBoxID != d.was.ID {
		return false
	}
	touched := func(name string) bool {
		emptied := value.Empty(c.Before.Have[name]) && slices.Contains(to.emptied[c.Object], name)
		return !emptied && !d.stands(name, c.Before.Have)
	}
	for name := range d.was.Fields { // also what no plan says of it
		if _, tracked := c.Before.Have[name]; tracked && touched(name) {
			return false
		}
	}
	return !slices.ContainsFunc(c.Fields, func(f change.Field) bool { return touched(f.Name) })
}

// touchedWholes has what the run released not be as it left it where a part of it is not, which is
// decided together with it.
func (to *aim) touchedWholes(set *change.Set) {
	touched := map[string]bool{}
	for i := range set.Changes {
		c := &set.Changes[i]
		if c.Class == change.Exists && to.released[c.Object] != nil && !c.Untouched {
			touched[c.With] = true
		}
	}
	for i := range set.Changes {
		c := &set.Changes[i]
		c.Untouched = c.Untouched && !touched[c.Object]
	}
}

// alone has what the run made on what it took over go its own way: that is given up, and not
// what the run made.
func (to *aim) alone(set *change.Set) {
	at := map[string]*change.Change{}
	for i := range set.Changes {
		at[set.Changes[i].Object] = &set.Changes[i]
	}
	for i := range set.Changes {
		c := &set.Changes[i]
		whole := at[c.With]
		if whole != nil && whole.Undoes == change.Adopt && c.Undoes == change.Create && c.Class == change.Orphaned {
			c.With = ""
			whole.Cascade[c.Kind]--
		}
	}
}

// giveBack adds to what a rollback gives up what the run wrote over there, as far as nobody
// has changed that since.
func (to *aim) giveBack(set *change.Set) {
	for i := range set.Changes {
		c := &set.Changes[i]
		d := to.given[c.Object]
		if d == nil || c.Class != change.Orphaned || c.Before == nil {
			continue
		}
		for _, name := range d.changed() {
			if had, there := d.had(name); there && d.stands(name, c.Before.Have) {
				c.Fields = append(c.Fields, change.Field{Name: name, Class: change.Planned, Want: had, Have: c.Before.Have[name], Stated: true})
			}
		}
	}
}

// stands reports whether a field is as the run left it, with those that mean something only together
// with it: who moves a device to another rack has its unit there.
func (d *deed) stands(name string, have map[string]any) bool {
	kind, _ := kinds.Standard().Of(d.kind)
	together := []string{name}
	for _, group := range kind.Together {
		if slices.Contains(group, name) {
			together = group
		}
	}
	return !slices.ContainsFunc(together, func(name string) bool {
		is, left := have[name], value.Of(d.was.Fields[name])
		if wrote, sent := d.sent[name]; sent {
			left = value.Of(wrote)
		}
		return !value.Equal(is, left) && !(value.Empty(is) && value.Empty(left))
	})
}
