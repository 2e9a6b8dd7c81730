package mirror

import (
	"context"
	"database/sql"
	"maps"
	"slices"

	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/netbox"
)

// Hidden is an object that others refer to and that NetBox does not show: as an object
// with references cannot be deleted, the token may not view it.
type Hidden struct {
	Kind     string
	ID       int64
	Plan     string // of the objects that refer to it
	Referrer string // their kind
	Objects  int    // how many there are
}

// findHidden checks what diet's objects refer to and the mirror does not have. What
// NetBox shows when asked for it by id was merely missed.
func (ss *session) findHidden(ctx context.Context) error {
	dangling, err := ss.dangling(ctx)
	if err != nil {
		return err
	}
	asked := map[string]map[int64]bool{}
	for _, h := range dangling {
		if asked[h.Kind] == nil {
			asked[h.Kind] = map[int64]bool{}
		}
		asked[h.Kind][h.ID] = false
	}
	for _, name := range slices.Sorted(maps.Keys(asked)) {
		each := func(kind kinds.Kind, page netbox.Page) error {
			for _, id := range page.IDs {
				asked[name][id] = true
			}
			return ss.ingest(ctx, "refetch", kind, page)
		}
		if err := ss.read(ctx, ss.these(ss.kinds().Must(name), slices.Sorted(maps.Keys(asked[name])), nil), each, nil); err != nil {
			return err
		}
	}
	return ss.keepHidden(ctx, slices.DeleteFunc(dangling, func(h Hidden) bool { return asked[h.Kind][h.ID] }))
}

// dangling lists the references to nothing: anew if anything changed, else those of the
// last time, which may be visible by now.
func (ss *session) dangling(ctx context.Context) ([]Hidden, error) {
	if len(ss.result.Kinds)+len(ss.scope.evicted) == 0 && !ss.cut {
		return pick[Hidden](ctx, ss.tx, ss.statement("query/hidden_list"))
	}
	var out []Hidden
	for _, kind := range ss.kinds().Owned() {
		rows, err := pick[Hidden](ctx, ss.tx, ss.statementFor("query/sync_dangling", kind))
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	return out, nil
}

func (ss *session) keepHidden(ctx context.Context, hidden []Hidden) error {
	if err := run(ctx, ss.tx, ss.statement("query/hidden_clear")); err != nil {
		return err
	}
	for _, h := range hidden {
		err := run(ctx, ss.tx, ss.statement("query/hidden_insert"), sql.Named("kind", h.Kind), sql.Named("id", h.ID),
			sql.Named("plan", h.Plan), sql.Named("referrer", h.Referrer), sql.Named("objects", h.Objects))
		if err != nil {
			return err
		}
	}
	return nil
}
