package apply

import (
	"context"
	"fmt"
	"slices"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/kinds"
)

// creates is the phase that creates shared objects.
func (a *Applier) creates(kind kinds.Kind) func(context.Context) error {
	return func(ctx context.Context) error {
		for left := a.acting(kind.Name, change.Create); len(left) > 0; {
			var now []*change.Change
			now, left = firstOf(left)
			items := a.items(now)
			if parts := kinds.Standard().Parts(kind); parts != nil {
				items = a.begin(kind, parts, items)
			}
			err := a.send(ctx, post, kind.Name, items, func(it *item, id int64) {
				if !a.halves[it.change.Object] {
					a.created(it, id)
				}
			})
			if err != nil {
				return err
			}
		}
		return nil
	}
}

// firstOf splits creates into those that can be sent, and those that refer to one of all these: an
// interface is made after its bridge.
func firstOf(creates []*change.Change) (now, later []*change.Change) {
	if !slices.ContainsFunc(creates, refersToKind) {
		return creates, nil
	}
	among := make(map[string]bool, len(creates))
	for _, c := range creates {
		among[c.Object] = true
	}
	for _, c := range creates {
		if slices.ContainsFunc(c.Needs, func(need string) bool { return among[need] }) {
			later = append(later, c)
			continue
		}
		now = append(now, c)
	}
	if len(now) == 0 {
		return later, nil // in a circle, which is told
	}
	return now, later
}

// begin has objects that get parts made under a temporary slug. It returns those that are
// still to be made: an earlier run may have begun.
func (a *Applier) begin(kind kinds.Kind, parts []kinds.Kind, items []*item) []*item {
	var out []*item
	made := a.made(parts)
	for _, it := range items {
		c := it.change
		whole := len(made[c.Object]) == 0
		switch {
		case c.NetBoxID != 0:
			a.halves[c.Object], a.ids[c.Object] = true, c.NetBoxID
			continue
		case !whole:
			called, _ := it.payload[kind.CalledBy()].(string)
			a.halves[c.Object] = true
			temporary, label := change.Unfinished(c.Plan, called)
			it.payload[kind.Label], it.payload[kind.CalledBy()] = label, temporary
		}
		out = append(out, it)
	}
	return out
}

// made are the parts of shared objects that are to be created, by the object that they are part of.
func (a *Applier) made(parts []kinds.Kind) map[string][]*change.Change {
	out := map[string][]*change.Change{}
	for _, kind := range parts {
		for _, c := range a.acting(kind.Name, change.Create) {
			out[c.Owner] = append(out[c.Owner], c)
		}
	}
	return out
}

// finishAll gives the objects that have all their parts their own slugs.
func (a *Applier) finishAll(ctx context.Context) error {
	for _, kind := range kinds.Standard().InRole(kinds.Shared) {
		parts := kinds.Standard().Parts(kind)
		if parts == nil {
			continue
		}
		if err := a.finish(ctx, kind, parts); err != nil {
			return err
		}
	}
	return nil
}

func (a *Applier) finish(ctx context.Context, kind kinds.Kind, parts []kinds.Kind) error {
	var items []*item
	made := a.made(parts)
	for _, it := range a.items(a.acting(kind.Name, change.Create)) {
		c := it.change
		switch lacking := a.lacking(made[c.Object]); {
		case !a.halves[c.Object]:
		case lacking != "":
			a.fail(c, &NeedError{Object: lacking, Why: a.bad[lacking]})
		default:
			it.id = a.ids[c.Object]
			it.payload["id"] = it.id
			items = append(items, it)
		}
	}
	if err := a.send(ctx, patch, kind.Name, items, a.created); err != nil {
		return err
	}
	return a.giveUp(ctx, kind, made)
}

// lacking is one of the parts of a shared object that could not be made, "" for none.
func (a *Applier) lacking(parts []*change.Change) string {
	for _, c := range parts {
		if _, failed := a.bad[c.Object]; failed {
			return c.Object
		}
	}
	return ""
}

// foundMeanwhile reports whether a shared object that NetBox refused stands there: somebody
// else has made it since. That one is used.
func (a *Applier) foundMeanwhile(ctx context.Context, kind string, it *item) bool {
	if it.id == 0 && a.halves[it.change.Object] {
		return false // nobody else has its slug
	}
	found := *it
	found.id = 0
	landed, err := a.named(ctx, kind, []*item{&found})
	id := landed[&found]
	if err != nil || id == 0 || id == it.id {
		return false
	}
	a.wrote(it, id, func(it *item, id int64) {
		o := outcome(it.change, id)
		o.Reason = "somebody else made it meanwhile, and that one is used"
		a.result.Skipped = append(a.result.Skipped, o)
		if it.id != 0 {
			a.beaten = append(a.beaten, it)
		}
	})
	return true
}

// giveUp deletes what was begun and is not needed: somebody else made the same meanwhile.
func (a *Applier) giveUp(ctx context.Context, kind kinds.Kind, made map[string][]*change.Change) error {
	var items []*item
	for _, it := range a.beaten {
		gone := *it.change
		gone.Action, gone.NetBoxID = change.Delete, it.id
		gone.Object, _ = change.Unfinished(gone.Plan, fmt.Sprint(it.payload[kind.CalledBy()]))
		gone.Object = kind.Name + ":" + gone.Object
		items = append(items, &item{change: &gone, id: it.id})
		a.result.Created = slices.DeleteFunc(a.result.Created, func(o Outcome) bool {
			return slices.ContainsFunc(made[it.change.Object], func(c *change.Change) bool { return c.Kind == o.Kind && c.Object == o.Object })
		})
	}
	a.beaten = nil
	return a.send(ctx, remove, kind.Name, items, a.deleted)
}

// dropUnfinished deletes what earlier runs began and nobody needs any more.
func (a *Applier) dropUnfinished(ctx context.Context) error {
	for _, kind := range kinds.Standard().InRole(kinds.Shared) {
		var items []*item
		for _, c := range a.acting(kind.Name, change.Delete) {
			items = append(items, &item{change: c, id: c.NetBoxID})
		}
		if err := a.send(ctx, remove, kind.Name, items, a.deleted); err != nil {
			return err
		}
	}
	return nil
}
