package diff

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// MovedError is returned by [Diff] where most of the shared objects that the plan's objects
// refer to have other ids than diet remembers, and the same names: NetBox was filled anew
// from another one. The ids in diet's records may be those of anything there, and so may those in the
// journal of a run that is to be undone.
type MovedError struct {
	Plan      string
	Undoes    string // the run whose journal has the ids; "" where the records have them
	Moved, Of int    // how many references, of how many
	Kind, Key string // one that moved: a shared one, or, of a journal, the plan's own by its diet id
	Was, Is   int64
}

func (e *MovedError) Error() string {
	if e.Undoes != "" {
		kind, what := kinds.Standard().Must(e.Kind), "shared objects"
		if kind.IsOwned() {
			what = "objects"
		}
		return fmt.Sprintf("roll back %s: NetBox was filled anew since: of %d %s %d have another id than its journal says, "+
			"as the %s %s has %d, not %d", e.Undoes, e.Of, what, e.Moved, kind.Words(), e.Key, e.Is, e.Was)
	}
	return fmt.Sprintf("plan %q: this is not the NetBox that its objects were applied in, or it was filled anew: "+
		"of %d shared objects %d have another id than diet's records say, as the %s %s has %d, not %d",
		e.Plan, e.Of, e.Moved, kinds.Standard().Must(e.Kind).Words(), e.Key, e.Is, e.Was)
}

// Hint says the way out.
func (e *MovedError) Hint() string {
	if e.Undoes != "" {
		return "the other ids in its journal are those of something else by now, too: apply the plan as it was ahead of that run"
	}
	return "check that this is the NetBox that you mean; if so, `diet init --rebase PLAN` shows what it would write to learn the ids anew"
}

// former is what a record says of a shared object.
type former struct {
	kind, key string
	id        int64
}

// findMoved finds the shared objects that have another id than the records say, or the journal of the
// run that is to be undone.
func (d *differ) findMoved(remembered map[string]map[string][]int64, listed map[string][]sharedObject) error {
	d.anew = map[former]int64{}
	moved := d.movedOf(remembered, listed)
	if !d.told.Rebase && moved.Moved >= 2 && 2*moved.Moved > moved.Of {
		return &moved
	}
	moved = d.movedOf(d.told.Past.Shared, listed)
	if moved.Undoes = d.told.Past.Run; 2*moved.Moved > moved.Of {
		return &moved
	}
	return nil
}

// movedOf finds those of shared objects, by kind and natural key, that have another id by now.
func (d *differ) movedOf(remembered map[string]map[string][]int64, listed map[string][]sharedObject) MovedError {
	moved := MovedError{Plan: d.plan}
	for _, name := range slices.Sorted(maps.Keys(remembered)) {
		kind := d.kinds.Must(name)
		for _, key := range slices.Sorted(maps.Keys(remembered[name])) {
			for _, id := range remembered[name][key] {
				counts := kind.Name != tagKind // those come and go
				if counts {
					moved.Of++
				}
				is, ok := d.movedTo(kind, key, id, listed[name])
				if !ok {
					continue
				}
				if counts {
					moved.Moved++
					moved.Kind, moved.Key, moved.Was, moved.Is = name, key, id, is
				}
				d.anew[former{name, key, id}] = is
			}
		}
	}
	return moved
}

// movedTo returns the id of the object that has the key which another id stands for in the
// records.
func (d *differ) movedTo(kind kinds.Kind, key string, id int64, listed []sharedObject) (int64, bool) {
	if o, there := d.ids.shared[place{kind.Name, id}]; there && sameKey(key, d.keyNow(kind, o)) {
		return 0, false
	}
	i := slices.IndexFunc(listed, func(o sharedObject) bool { return sameKey(key, d.keyNow(kind, o)) })
	if i < 0 {
		return 0, false
	}
	return listed[i].id, true
}

// keyNow is the natural key that a shared object has in NetBox.
func (d *differ) keyNow(kind kinds.Kind, o sharedObject) string {
	parts := make([]string, len(kind.Key))
	for i, name := range kind.Key {
		v := o.doc[name]
		if id, ok := value.ID(v); ok {
			to := change.Refers(kind.Name, name)
			v = d.ids.shared[place{to, id}].doc[d.kinds.Must(to).CalledBy()]
		}
		parts[i], _ = v.(string)
	}
	return strings.Join(parts, "/")
}

// relearn puts right the ids of shared objects in a record, and returns the fields.
func (d *differ) relearn(kind string, before *change.Before) []string {
	var out []string
	for name, v := range before.Base {
		id, ok := value.ID(v)
		key, keyed := before.Keys[name].(string)
		is, moved := d.anew[former{change.Refers(kind, name), key, id}]
		if ok && keyed && moved {
			out = append(out, name)
			before.Base[name] = is
		}
	}
	for name, v := range before.Keys {
		slug, isTag := kinds.TagOf(name)
		id, _ := value.ID(v)
		if is, moved := d.anew[former{tagKind, slug, id}]; isTag && moved {
			out = append(out, name)
			before.Keys[name] = is
		}
	}
	slices.Sort(out)
	return out
}

// learnt adds the fields whose ids were learnt anew and that do not differ otherwise.
func (w *wanted) learnt(fields []change.Field, before *change.Before, names []string) []change.Field {
	for _, name := range names {
		want, stated := w.fields[name]
		if !stated || slices.ContainsFunc(fields, func(f change.Field) bool { return f.Name == name }) {
			continue
		}
		fields = append(fields, change.Field{
			Name: name, Class: change.Converged, Base: before.Base[name], Want: want, Have: before.Have[name], Known: true, Stated: true,
		})
	}
	return fields
}
