package engine

import (
	"context"
	"database/sql"

	"github.com/diet-project/diet/engine/lease"
)

// take takes the lease on a plan for a run. Without one the lease is nil.
func (e *Engine) take(ctx context.Context, plan, run string, without bool) (*lease.Lease, error) {
	if without {
		return nil, nil //nolint:nilnil // the nil lease is that of a run without one
	}
	known := func(ctx context.Context, run string) (bool, error) {
		return e.store.Holds(ctx, e.client.Instance(), run)
	}
	return lease.Take(ctx, lease.Config{
		NetBox: e.trunk, Plan: plan, Run: run, Host: e.cfg.Host, User: e.cfg.User, Term: e.wait(), Known: known,
	})
}

// holder is who holds the lease on a plan, as NetBox was last read; the zero holder for
// nobody, and for a run that is known to be gone.
func (e *Engine) holder(ctx context.Context, plan string) (lease.Holder, error) {
	h, gone, err := e.lastHolder(ctx, plan)
	if err != nil || gone {
		return lease.Holder{}, err
	}
	return h, nil
}

// lastHolder is who holds the lease on a plan, or has left it behind: gone says that the
// run is known to be over.
func (e *Engine) lastHolder(ctx context.Context, plan string) (h lease.Holder, gone bool, err error) {
	var rows []string
	if err := e.selectAll(ctx, &rows, "query/lease_get", sql.Named("slug", lease.Slug(plan))); err != nil || len(rows) == 0 {
		return h, false, err
	}
	now, err := e.db.ServerNow(ctx)
	if err != nil {
		return h, false, err
	}
	h = lease.Read(rows[0])
	return h, now.After(h.Until) || h.Dead(e.cfg.Host), nil
}
