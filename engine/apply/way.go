package apply

import (
	"context"
	"slices"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/kinds"
)

// clearWay is the phase that renames what has the names of objects to come. It stays
// whose it is: nothing else of it is written.
func (a *Applier) clearWay(ctx context.Context) error {
	for _, kind := range kinds.Standard().Owned() {
		var items []*item
		for _, c := range a.acting(kind.Name, change.Rename) {
			f := c.Fields[0]
			items = append(items, &item{
				change: c, id: c.NetBoxID, version: c.Before.LastUpdated, payload: map[string]any{"id": c.NetBoxID, f.Name: f.Want},
			})
		}
		byParent(items)
		if err := a.send(ctx, patch, kind.Name, items, a.renamed); err != nil {
			return err
		}
		a.leaveInWay(items)
	}
	return nil
}

func (a *Applier) renamed(it *item, id int64) {
	o := outcome(it.change, id)
	o.Reason = "renamed to " + it.change.Fields[0].Want.(string)
	a.result.Updated = append(a.result.Updated, o)
}

// leaveInWay leaves out what needs a name that could not be freed.
func (a *Applier) leaveInWay(items []*item) {
	for _, it := range items {
		why, failed := a.bad[it.change.Object]
		if !failed {
			continue
		}
		for i := range a.set.Changes {
			if c := &a.set.Changes[i]; slices.Contains(c.Needs, it.change.Object) {
				a.fail(c, &NeedError{Object: it.change.Object, Why: why})
			}
		}
	}
}

// disregard is the phase that leaves objects to people. They keep their marks, so that
// they are not made again.
func (a *Applier) disregard(ctx context.Context) error {
	for _, kind := range kinds.Standard().Owned() {
		var items []*item
		for _, c := range a.acting(kind.Name, change.Disregard) {
			custom := map[string]any{"diet_managed": false, "diet_last_applied": a.now(), "diet_generator_version": a.cfg.Version}
			items = append(items, &item{
				change: c, id: c.NetBoxID, version: c.Before.LastUpdated,
				payload: map[string]any{"id": c.NetBoxID, "custom_fields": custom},
			})
		}
		byParent(items)
		err := a.send(ctx, patch, kind.Name, items, func(it *item, id int64) {
			o := outcome(it.change, id)
			o.Reason = "left to people"
			a.result.Owned = append(a.result.Owned, o)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
