package engine

import (
	"context"
	"maps"
	"slices"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/diff"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// Of each field, a rollback knows what the run did: it wrote it, it only recorded what NetBox had, it
// gave it up, or it let it alone. What it wrote goes back to what NetBox had, whatever the plan wanted
// then; of what it recorded the record goes back, and the value stays as it is by now; and what it let
// alone stays, drift and all.

// revert gives an object's fields back what they were before the run, where the run's record of them
// still stands: else a later run has written them.
func (u *undoing) revert(o *generate.Object, d *deed, owned *mirror.Owned) {
	r := &reverted{
		undoing: u, o: o, d: d, owned: owned,
		was: u.recalled(d.kind, d.was.Base, d.was.Keys), wrote: u.recalled(d.kind, d.wrote, nil), now: maps.Clone(o.Fields),
	}
	names := map[string]bool{}
	for _, side := range []map[string]any{r.was, r.wrote, r.now} {
		for name := range side {
			names[name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		r.field(name)
	}
}

// reverted is an object whose fields are given back.
type reverted struct {
	*undoing
	o     *generate.Object
	d     *deed
	owned *mirror.Owned // as it is by now

	was, wrote, now map[string]any // the record before the run, that of the run, and today's
}

func (r *reverted) field(name string) {
	applied, known := r.was[name]
	gave, recorded := r.wrote[name]
	now, is := r.now[name]
	switch {
	case r.d.wrote != nil && known && !recorded && !is:
		wrote, sent := r.d.sent[name]
		stands := sent && value.Equal(r.owned.Have[name], value.Of(wrote)) // the run emptied it itself
		r.putBack(r.o, r.d, name, generate.Applied{Value: applied, Known: true}, !stands)
	case !recorded || !is || !sameAs(now, gave):
		r.leave(name)
	case r.puts(name), r.put(name):
		r.putBack(r.o, r.d, name, generate.Applied{Value: applied, Known: known}, false)
	case known && sameAs(applied, gave):
		r.leave(name)
	default:
		setApart(r.o, name, r.today(name), generate.Applied{Value: applied, Known: known})
	}
}

// leave leaves a field as it is, though NetBox may have something else than the record: that is
// somebody's, and none of the run's. What diet or NetBox itself has left half done is not.
func (r *reverted) leave(name string) {
	now, is := r.now[name]
	have, base := r.owned.Have[name], r.owned.Base[name]
	if v, initial := r.owned.Initial[name]; initial {
		base = v
	}
	kind, _ := kinds.Standard().Of(r.o.Kind)
	_, passing := r.owned.Tmp[name]
	emptied := have == nil && kind.Refers(name) != ""
	if !is || passing || emptied || value.Equal(have, base) || r.puts(name) {
		return
	}
	setApart(r.o, name, r.today(name), generate.Applied{Value: now, Known: true})
}

// today is what NetBox has in a field by now.
func (r *reverted) today(name string) any {
	have := r.owned.Have[name]
	if v, there := r.goal(r.o.Kind, name, have); there {
		return v
	}
	return have
}

// puts reports whether a field is to be written, or one that means something only together with it: the
// run wrote it, its record of it still stands, and it is not as before already.
func (r *reverted) puts(name string) bool {
	kind, _ := kinds.Standard().Of(r.d.kind)
	stands := func(name string) bool {
		gave, recorded := r.wrote[name]
		now, is := r.now[name]
		back := sameAs(r.was[name], gave) && value.Equal(r.owned.Have[name], r.d.was.Fields[name])
		return recorded && is && sameAs(now, gave) && r.put(name) && !back
	}
	for _, group := range kind.Together {
		if slices.Contains(group, name) {
			return slices.ContainsFunc(group, stands)
		}
	}
	return stands(name)
}

// put reports whether the run wrote a field, and not only on the way to what it had.
func (r *reverted) put(name string) bool {
	same := sameAs(r.was[name], r.wrote[name]) && value.Equal(r.d.was.Fields[name], value.Of(r.d.was.Base[name]))
	return r.d.put(name) && !same
}

// put reports whether the run wrote a field.
func (d *deed) put(name string) bool {
	_, sent := d.sent[name]
	return sent || slices.Contains(d.tags, name)
}

// putBack wants of a field what NetBox had ahead of the run, and a record that says what diet had
// applied. apart says that the record is to be told from what is wanted, also where they are the same:
// what somebody has emptied since is hers.
func (u *undoing) putBack(o *generate.Object, d *deed, name string, was generate.Applied, apart bool) {
	had, there := d.was.Fields[name]
	_, passing := d.was.Tmp[name]
	same := was.Known && value.Equal(had, value.Of(d.was.Base[name]))
	kind, _ := kinds.Standard().Of(d.kind)
	_, plugged := value.ID(had)
	switch {
	case was.Known && (passing || !there) || same:
		if ref, _ := was.Value.(generate.Ref); u.absent[ref.Object] && d.did == change.Update {
			u.lose(o, name)
			return
		}
		o.Fields[name] = was.Value
		if apart && kind.Refers(name) == "" {
			setApart(o, name, was.Value, was)
		}
		return
	case !there:
		delete(o.Fields, name) // a tag stays, and is nobody's
		return
	case slices.Contains(kind.Sockets(), name) && !plugged:
		u.lose(o, name) // nothing unplugs it, or plugs it in there again
		u.untie(o, name)
		return
	}
	v, there := u.goal(d.kind, name, had)
	if !there {
		u.lose(o, name)
		if was.Known {
			o.Fields[name] = was.Value
		}
		return
	}
	setApart(o, name, v, was)
	if _, sent := d.sent[name]; sent && (was.Known || !value.Empty(had)) {
		u.over[o.ID] = append(u.over[o.ID], name)
	}
}

// untie has a field refer to what it does, and not have that kept, where the run took it over: it is
// nobody's then, and diet has applied nothing there.
func (u *undoing) untie(o *generate.Object, name string) {
	ref, _ := o.Fields[name].(generate.Ref)
	d := u.deeds[ref.Object]
	if d == nil || d.did != change.Adopt || ref.Object == "" {
		return
	}
	setApart(o, name, d.was.ID, generate.Applied{})
}

// lose notes a field that had what cannot be there again.
func (u *undoing) lose(o *generate.Object, name string) {
	if u.lost == nil {
		u.lost = map[string][]string{}
	}
	u.lost[o.ID] = append(u.lost[o.ID], name)
}

// setApart wants a value that diet had not applied, and a record that says so.
func setApart(o *generate.Object, field string, v any, was generate.Applied) {
	if o.Apart == nil {
		o.Apart = map[string]generate.Applied{}
	}
	o.Fields[field], o.Apart[field] = v, was
}

// goal is what a field is to have that had something: of a reference what that is called by now. There is
// nothing where that is gone, and not made again.
func (u *undoing) goal(name, field string, had any) (any, bool) {
	kind, _ := kinds.Standard().Of(name)
	to := kind.Refers(field)
	id, is := value.ID(had)
	if to == "" || !is {
		return had, true
	}
	at := diff.Place{Kind: to, ID: id}
	if object := u.called[at]; object != "" {
		if d := u.deeds[object]; d != nil && d.did == change.Adopt {
			return had, true // that is given up, and not kept for this
		}
		return generate.Ref{Kind: to, Object: object}, true
	}
	if object := u.gone[at]; object != "" {
		return generate.Ref{Kind: to, Object: object}, true
	}
	there, err := u.seen(to, id)
	if u.err == nil {
		u.err = err
	}
	return had, there
}

// goneWith are the diet ids of what a run deleted, by where it was.
func goneWith(deeds map[string]*deed) map[diff.Place]string {
	out := map[diff.Place]string{}
	for object, d := range deeds {
		if d.did == change.Delete && d.was.ID != 0 && isOwned(d.kind) {
			out[diff.Place{Kind: d.kind, ID: d.was.ID}] = object
		}
	}
	return out
}

// isSeen reports whether NetBox has an object, as far as the mirror knows.
func (e *Engine) isSeen(ctx context.Context, name string, id int64) (bool, error) {
	found, err := e.seenOf(ctx, name, []int64{id})
	return len(found) > 0, err
}

// retake has what the run released taken back as it was then, with what others had written on it.
func (u *undoing) retake(o *generate.Object, d *deed) {
	for name, applied := range maps.Clone(o.Fields) {
		if !slices.Contains(u.initial, name) { // that keeps its value anyway
			u.putBack(o, d, name, generate.Applied{Value: applied, Known: true}, true)
		}
	}
}

// sameAs compares two values of fields: references by what they refer to.
func sameAs(a, b any) bool {
	x, xRef := a.(generate.Ref)
	y, yRef := b.(generate.Ref)
	if xRef && yRef {
		return x.Kind == y.Kind && x.Object == y.Object && x.ID == y.ID
	}
	return xRef == yRef && value.Equal(value.Of(a), value.Of(b))
}
