package engine

import (
	"context"
	"database/sql"
	"slices"

	"github.com/diet-project/diet/engine/change"
)

// recall has the mirror read what NetBox's changelog says of the objects of which it does not
// know who changed or made them. A mirror that is new has read the newest changes alone. It
// reports whether more is known now.
func (e *Engine) recall(ctx context.Context, set *change.Set) (bool, error) {
	objects, err := e.formerly(ctx, set)
	if err != nil {
		return false, err
	}
	for i := range set.Changes {
		if c := &set.Changes[i]; c.NetBoxID != 0 && unexplained(c) {
			objects[c.Kind] = append(objects[c.Kind], c.NetBoxID)
		}
	}
	if len(objects) == 0 {
		return false, nil
	}
	syncer, err := e.syncer(ctx)
	if err != nil {
		return false, err
	}
	return syncer.Recall(ctx, objects)
}

// formerly are the objects that somebody deleted and that may have gone by the id of what is to be made, by kind.
func (e *Engine) formerly(ctx context.Context, set *change.Set) (map[string][]int64, error) {
	out := map[string][]int64{}
	if !slices.ContainsFunc(set.Changes, func(c change.Change) bool { return c.Class == change.Absent && isOwned(c.Kind) }) {
		return out, nil
	}
	var rows []struct {
		Kind string
		ID   int64
	}
	if err := e.selectAll(ctx, &rows, "query/deleted_unwanted", sql.Named("plan", set.Plan)); err != nil {
		return nil, err
	}
	for _, r := range rows {
		out[r.Kind] = append(out[r.Kind], r.ID)
	}
	return out, nil
}

// unexplained reports whether it is unknown who made an object, or changed anything of it that
// matters.
func unexplained(c *change.Change) bool {
	switch c.Class {
	case change.Exists, change.Identity, change.Shared, change.Unmanaged, change.Blocked:
		if c.Blame == nil {
			return true
		}
	}
	return isUnknown(c.Blame) ||
		slices.ContainsFunc(c.Fields, func(f change.Field) bool { return isUnknown(f.Blame) }) ||
		slices.ContainsFunc(c.Edited, func(r change.Reference) bool { return isUnknown(r.Blame) })
}

func isUnknown(b *change.Blame) bool { return b != nil && b.Actor == change.ActorUnknown }
