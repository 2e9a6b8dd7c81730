package engine

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// edited syncs and compares the tracked values of objects with what they were, or with
// what this run itself left. For those that differ it returns who changed them last, or
// nil.
func (e *Engine) edited(ctx context.Context, name string, before map[int64]*change.Before) (map[int64]*change.Blame, error) {
	if _, err := e.sync(ctx, mirror.Options{}); err != nil {
		return nil, err
	}
	ids, err := e.differing(ctx, name, before)
	if err != nil {
		return nil, err
	}
	out := map[int64]*change.Blame{}
	for _, id := range ids {
		if out[id], err = e.lastBlame(ctx, name, id); err != nil {
			return nil, err
		}
		now, err := e.held(ctx, name, id)
		if err != nil {
			return nil, err
		}
		if now != nil && now.LastUpdated == before[id].LastUpdated {
			out[id] = pastAPI(out[id])
		}
	}
	return out, nil
}

// pastAPI is the last change of an object that the changelog knows, which is not the edit that
// was found.
func pastAPI(b *change.Blame) *change.Blame {
	var out change.Blame
	if b != nil {
		out = *b
	}
	out.Past = true
	return &out
}

// overwritten reads objects themselves and is edited for those that differ: a write past
// NetBox's API shows in no changelog and no version.
func (e *Engine) overwritten(ctx context.Context, name string, before map[int64]*change.Before) (map[int64]*change.Blame, error) {
	syncer, err := e.syncer(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := syncer.Reread(ctx, name, slices.Sorted(maps.Keys(before))); err != nil {
		return nil, err
	}
	ids, err := e.differing(ctx, name, before)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	differ := make(map[int64]*change.Before, len(ids))
	for _, id := range ids {
		differ[id] = before[id]
	}
	return e.edited(ctx, name, differ)
}

// differing lists the objects in the mirror whose tracked values are not as given.
func (e *Engine) differing(ctx context.Context, name string, before map[int64]*change.Before) ([]int64, error) {
	kind := e.db.Kinds().Must(name)
	var ids []int64
	for id, was := range before {
		now, err := e.held(ctx, name, id)
		if err != nil {
			return nil, err
		}
		if now != nil && !unchanged(kind, was, now) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// unchanged reports whether an object is as it was. What NetBox copies from a parent is
// not compared; the sides of a cable are, as NetBox has them.
func unchanged(kind kinds.Kind, was, now *change.Before) bool {
	if ends := kind.Ends(); len(ends) > 0 && was.Turned != now.Turned {
		now.Turn(ends)
	}
	if !slices.Equal(tagIDs(was), tagIDs(now)) {
		return false
	}
	for name, v := range now.Have {
		if kinds.IsTag(name) {
			continue
		}
		f, _ := kind.Field(name)
		if copied := f.Follows != "" && now.Have[f.Follows] != nil; !copied && !value.Equal(was.Have[name], v) {
			return false
		}
	}
	for name, v := range was.Have {
		if _, there := now.Have[name]; !there && v != nil && !kinds.IsTag(name) {
			return false // a custom field that is gone
		}
	}
	return true
}

// held reads an object from the mirror; nil if it is not there.
func (e *Engine) held(ctx context.Context, kind string, id int64) (*change.Before, error) {
	var rows []struct {
		ID int64
		mirror.OwnedRow
	}
	st := e.db.Statements().For("query/owned_get", e.db.Kinds().Must(kind))
	if err := e.selectStatement(ctx, &rows, st, sql.Named("ids", fmt.Sprintf("[%d]", id))); err != nil || len(rows) == 0 {
		return nil, err
	}
	owned, err := rows[0].Read()
	if err != nil {
		return nil, fmt.Errorf("read %s %d: %w", kind, id, err)
	}
	before := change.Before(owned)
	return &before, nil
}

// lastBlame returns who changed an object last; nil if nobody knows.
func (e *Engine) lastBlame(ctx context.Context, kind string, id int64) (*change.Blame, error) {
	var blames []mirror.Touched
	err := e.selectAll(ctx, &blames, "query/blame_field", sql.Named("kind", kind), sql.Named("id", id), sql.Named("field", ""))
	if err != nil || len(blames) == 0 {
		return nil, err
	}
	b := blames[0]
	return &change.Blame{Actor: b.Actor, User: b.User, Time: b.Time, Message: b.Message}, nil
}
