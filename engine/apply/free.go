package apply

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/netbox"
)

// freed is an object that has given up a name or a rack unit for another one.
type freed struct {
	change *change.Change
	was    map[string]any // the fields that are emptied, as they were
	will   map[string]any // the same fields as wanted; nil for what is to be deleted
}

// free makes every object temporarily give up what it is about to leave and another one
// to take: NetBox checks each object of a batch as it goes, so that swaps and chains
// would fail. doomed are those that are deleted only later.
func (a *Applier) free(ctx context.Context, name string, doomed []*change.Change) error {
	kind, _ := kinds.Standard().Of(name)
	a.leaveBehind(kind)
	all := a.outlooks(append(a.acting(name, change.Create, change.Update, change.Adopt), doomed...))
	var wave []*item
	give := func(o *outlook, field string) {
		f := a.freed[o.change.Object]
		if f == nil {
			f = &freed{change: o.change, was: map[string]any{}}
			if o.will != nil {
				f.will = map[string]any{}
			}
			a.freed[o.change.Object] = f
			wave = append(wave, &item{
				change: o.change, id: o.change.NetBoxID, version: o.change.Before.LastUpdated,
				payload: map[string]any{"id": o.change.NetBoxID},
			})
		}
		f.was[field] = o.was[field]
		if o.will != nil {
			f.will[field] = o.will[field]
		}
	}
	giveKeys(kind, all, give)
	a.givePlaces(all, give)
	for _, it := range wave {
		a.give(kind, it)
	}
	byParent(wave)
	err := a.send(ctx, patch, name, wave, func(it *item, _ int64) { a.gave(it) })
	for _, it := range wave {
		if _, failed := a.bad[it.change.Object]; failed || it.change.Before.LastUpdated != "" {
			delete(a.freed, it.change.Object)
		}
	}
	if err != nil {
		return err
	}
	var back []*item
	for _, c := range a.leaveBehind(kind) {
		if f := a.freed[c.Object]; f != nil {
			back = append(back, a.giveBackItem(kind, f, true))
		}
	}
	return a.retry(ctx, name, slices.DeleteFunc(back, func(it *item) bool { return it == nil }), a.hasBack)
}

// leaveBehind leaves out what would take the name or the place of an object that stays as it is,
// because it could not be changed or deleted; and what would take theirs, and so on. It returns
// them.
func (a *Applier) leaveBehind(kind kinds.Kind) []*change.Change {
	var out []*change.Change
	for stay := a.unchanged(kind.Name); len(stay) > 0; {
		behind := a.behind(kind, stay)
		out, stay = append(out, behind...), behind
	}
	return out
}

// unchanged are the changes to objects of a kind that could not be made, or cannot.
func (a *Applier) unchanged(kind string) (out []*change.Change) {
	if len(a.bad) == 0 {
		return nil
	}
	for _, c := range a.acting(kind, change.Update, change.Adopt, change.Delete) {
		_, failed := a.bad[c.Object]
		if !failed && c.Action != change.Delete {
			if err := a.unmet(c); err != nil {
				a.fail(c, err)
				failed = true
			}
		}
		if failed {
			out = append(out, c)
		}
	}
	return out
}

// behind leaves out the changes that would take a name or a place of what stays.
func (a *Applier) behind(kind kinds.Kind, stay []*change.Change) (out []*change.Change) {
	held, places := map[string]*change.Change{}, map[*change.Change]span{}
	for _, c := range stay {
		had := maps.Clone(c.Before.Have)
		if f := a.freed[c.Object]; f != nil {
			maps.Copy(had, f.was)
		}
		for _, key := range keys(kind, had) {
			held[key] = c
		}
		if s, placed := a.spanOf(had); placed {
			places[c] = s
		}
	}
	for _, o := range a.outlooks(a.acting(kind.Name, change.Create, change.Update, change.Adopt)) {
		var holder *change.Change
		for _, key := range keys(kind, o.will) {
			holder = cmp.Or(holder, held[key])
		}
		if s, placed := a.spanOf(o.will); placed {
			for _, c := range stay {
				if place, placed := places[c]; placed && place.overlaps(s) {
					holder = cmp.Or(holder, c)
				}
			}
		}
		if holder != nil {
			a.fail(o.change, &NeedError{Object: holder.Object, Why: a.bad[holder.Object]})
			out = append(out, o.change)
		}
	}
	return out
}

// give empties what an object gives up, and marks it as temporary: whoever finds it like
// this, whatever happened to this run, knows that diet did it.
func (a *Applier) give(kind kinds.Kind, it *item) {
	before := it.change.Before
	tmp := maps.Clone(before.Tmp)
	if tmp == nil {
		tmp = map[string]any{}
	}
	for field := range a.freed[it.change.Object].was {
		it.payload[field] = temporary(kind, field, it.change.Object)
		tmp[field] = it.payload[field]
	}
	it.payload["custom_fields"] = a.ownershipOf(it.change, a.record(it.change, asApplied(it.change), before.Released, tmp))
}

// gave records what an object is temporarily like.
func (a *Applier) gave(it *item) {
	it.change.Before.LastUpdated = ""
	a.lent[it.change.Object] = true
	before := it.change.Before
	before.Have, before.Tmp = maps.Clone(before.Have), maps.Clone(before.Tmp)
	if before.Tmp == nil {
		before.Tmp = map[string]any{}
	}
	for field := range a.freed[it.change.Object].was {
		before.Have[field], before.Tmp[field] = it.payload[field], it.payload[field]
	}
}

// giveKeys names the fields that hold what another object is about to take.
func giveKeys(kind kinds.Kind, all []*outlook, give func(*outlook, string)) {
	takers := map[string]*outlook{}
	for _, o := range all {
		for _, key := range keys(kind, o.will) {
			takers[key] = o
		}
	}
	for _, o := range all {
		if o.was == nil {
			continue
		}
		will := keys(kind, o.will)
		for field, key := range keys(kind, o.was) {
			if taker := takers[key]; taker != nil && taker != o && will[field] != key {
				give(o, field)
			}
		}
	}
}

// temporary is what a field holds while its own value is given up.
func temporary(kind kinds.Kind, field, object string) any {
	if field == kind.Label {
		return change.TemporaryName(object)
	}
	return nil
}

// giveBack writes what objects of a kind gave up, unless their own write did: the wanted
// value, or else the old one. It is the last thing that a run does to them, however it
// ends.
func (a *Applier) giveBack(ctx context.Context, name string) error {
	kind, _ := kinds.Standard().Of(name)
	for _, original := range []bool{false, true} {
		var items []*item
		for _, object := range slices.Sorted(maps.Keys(a.freed)) {
			f := a.freed[object]
			if f.change.Kind != name || !original && f.will == nil {
				continue
			}
			if it := a.giveBackItem(kind, f, original); it != nil {
				items = append(items, it)
			}
		}
		if err := a.retry(ctx, name, items, a.hasBack); err != nil {
			return err
		}
	}
	for _, object := range slices.Sorted(maps.Keys(a.freed)) {
		if f := a.freed[object]; f.change.Kind == name {
			a.explain(f)
		}
	}
	return nil
}

// giveAllBack is giveBack for all kinds.
func (a *Applier) giveAllBack(ctx context.Context) error {
	for _, kind := range kinds.Standard().Owned() {
		if err := a.giveBack(ctx, kind.Name); err != nil {
			return err
		}
	}
	return nil
}

// giveBackItem writes only what was given up: the wanted value, with what means
// something only together with it, or the old one.
func (a *Applier) giveBackItem(kind kinds.Kind, f *freed, original bool) *item {
	only := func(field string) bool {
		_, is := f.was[field]
		return !original && (is || together(kind, field, f.was))
	}
	it, err := a.buildOnly(f.change, only)
	if err != nil {
		return nil
	}
	if original {
		for field, v := range f.was {
			put(it.payload, f.change, field, v)
		}
		before := f.change.Before
		it.payload["custom_fields"] = a.ownershipOf(f.change, a.record(f.change, asApplied(f.change), before.Released, passing(it)))
	}
	it.version = ""
	return it
}

// together reports whether a field means something only together with one of the others.
func together(kind kinds.Kind, field string, others map[string]any) bool {
	return slices.ContainsFunc(kind.Together, func(group []string) bool {
		return slices.Contains(group, field) && slices.ContainsFunc(group, func(other string) bool {
			_, is := others[other]
			return is
		})
	})
}

// retry sends items one by one: each may be refused for a reason that has nothing to do
// with its change. What somebody edited meanwhile is left as it is.
func (a *Applier) retry(ctx context.Context, kind string, items []*item, ok done) error {
	for _, it := range items {
		err := a.tryAgain(ctx, kind, it, ok)
		var refused *netbox.Error
		if err != nil && (!errors.As(err, &refused) || hopeless(err)) {
			return err
		}
	}
	return nil
}

func (a *Applier) tryAgain(ctx context.Context, kind string, it *item, ok done) error {
	ctx, done := netbox.Linger(ctx)
	defer done()
	versions, edited, err := a.compare(ctx, kind, []*item{it})
	if _, hit := edited[it.id]; err != nil || hit || versions[it.id] == "" {
		return err
	}
	it.version = versions[it.id]
	_, err = a.request(ctx, patch, kind, []*item{it}, ok)
	return err
}

func (a *Applier) hasBack(it *item, _ int64) { delete(a.freed, it.change.Object) }

// explain reports that what an object gave up is still not written.
func (a *Applier) explain(f *freed) {
	fields := slices.Sorted(maps.Keys(f.was))
	why := fmt.Sprintf("gave up its %v for another object; the next run writes it again", fields)
	its := func(o Outcome) bool { return o.Object == f.change.Object && o.Kind == f.change.Kind }
	if i := slices.IndexFunc(a.result.Failed, its); i >= 0 {
		a.result.Failed[i].Reason += "; it " + why
		return
	}
	if i := slices.IndexFunc(a.result.Skipped, its); i >= 0 {
		why = a.result.Skipped[i].Reason + "; it " + why
		a.result.Skipped = slices.Delete(a.result.Skipped, i, i+1)
	}
	a.fail(f.change, errors.New(why))
}
