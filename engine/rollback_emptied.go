package engine

import (
	"slices"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate"
)

// emptied are the fields, by object, in which NetBox dropped a reference because the run deleted
// what it was to: the run wrote nothing there, and undoing it puts them back.
func (u *undoing) emptied() map[string][]string {
	out := map[string][]string{}
	for _, o := range u.objects {
		if u.deeds[o.ID] != nil {
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
