package engine

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror/kinds"
)

// absent are the diet ids of what a run released and somebody has deleted since: nobody asked for it to be
// made again.
func (e *Engine) absent(ctx context.Context, deeds map[string]*deed) (map[string]bool, error) {
	ids := map[string][]int64{}
	for _, d := range deeds {
		if d.did == change.Orphan && d.was.ID != 0 && isOwned(d.kind) {
			ids[d.kind] = append(ids[d.kind], d.was.ID)
		}
	}
	out, there := map[string]bool{}, map[string]map[int64]bool{}
	for kind, list := range ids {
		seen, err := e.seenOf(ctx, kind, list)
		if err != nil {
			return nil, err
		}
		there[kind] = map[int64]bool{}
		for _, id := range seen {
			there[kind][id] = true
		}
	}
	for object, d := range deeds {
		if seen, asked := there[d.kind]; asked && d.did == change.Orphan && d.was.ID != 0 && !seen[d.was.ID] {
			out[object] = true
		}
	}
	return out, nil
}

// seenOf are those of some objects of a kind that NetBox has, as far as the mirror knows.
func (e *Engine) seenOf(ctx context.Context, name string, ids []int64) ([]int64, error) {
	kind, known := kinds.Standard().Of(name)
	if !known {
		return nil, nil
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, fmt.Errorf("look for %s: %w", name, err)
	}
	var found []int64
	err = e.selectStatement(ctx, &found, e.db.Statements().For("query/object_seen", kind), sql.Named("ids", string(list)))
	return found, err
}

// leaveGone leaves out what cannot be without what somebody has deleted since the run released it: its
// parts, and the cables to them.
func (u *undoing) leaveGone() {
	for again := len(u.absent) > 0; again; {
		again = false
		for id, o := range u.objects {
			if d := u.deeds[id]; d == nil || d.did != change.Delete && d.did != change.Orphan {
				continue
			}
			for _, v := range o.Fields {
				if ref, _ := v.(generate.Ref); u.absent[ref.Object] {
					u.absent[id], again = true, true
				}
			}
			if u.absent[id] {
				delete(u.objects, id)
			}
		}
	}
}

// deletedSince are the objects that the run released and somebody has deleted since, with what went with
// them, but for parts.
func (u *undoing) deletedSince() []string {
	var out []string
	for object := range u.absent {
		if d := u.deeds[object]; !u.absent[u.idOf(d.was.Owner)] {
			out = append(out, object)
		}
	}
	return out
}
