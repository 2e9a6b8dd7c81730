package engine

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/diet-project/diet/generate/plain"
	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/netbox"
	"github.com/diet-project/diet/mirror/store"
)

// openRequests are those of a plan's earlier runs, the oldest first.
func (e *Engine) openRequests(ctx context.Context, plan string) ([]store.Request, error) {
	address, err := e.netbox(ctx)
	if err != nil {
		return nil, err
	}
	return e.store.Open(ctx, address, plan)
}

// settle finds out what became of every open request of a plan's earlier runs, and how many
// there were; it waits for as long as one may still be carried out. Then the runs that left
// them are over, but for run. The last sync is as new as what it has found out.
func (e *Engine) settle(ctx context.Context, plan, run string) (int, error) {
	open, err := e.openRequests(ctx, plan)
	if err != nil {
		return 0, err
	}
	defer e.cfg.Step("")
	for _, r := range open {
		e.cfg.Step("finding out what became of " + plain.Count(len(open), "request", "requests") + " of an earlier run")
		landed, err := e.await(ctx, r)
		if err != nil {
			return 0, fmt.Errorf("settle request %s of an earlier run: %w", r.Batch, err)
		}
		if err := e.closeRequest(ctx, r, landed); err != nil {
			return 0, err
		}
	}
	address, err := e.netbox(ctx)
	if err != nil {
		return 0, err
	}
	return len(open), e.store.Abandon(ctx, address, plan, run, e.stamp())
}

func (e *Engine) closeRequest(ctx context.Context, r store.Request, landed bool) error {
	r.DoneAt, r.Status, r.Error = e.stamp(), string(runFailed), "it was never carried out"
	if landed {
		r.Status, r.Error = string(runDone), ""
	}
	return e.store.Answered(ctx, r)
}

// await reads NetBox until a request is carried out, or no longer can be. It does not
// wait for one under If-Match: of that and what is written in its place, only one
// commits.
func (e *Engine) await(ctx context.Context, r store.Request) (bool, error) {
	sent, err := time.Parse(stampLayout, r.SentAt)
	if err != nil {
		return false, fmt.Errorf("read journal: %w", err)
	}
	deadline := sent.Add(e.wait())
	for {
		over := r.Guarded || !e.now().Before(deadline)
		if _, err := e.sync(ctx, mirror.Options{}); err != nil {
			return false, err
		}
		if landed, err := e.landed(ctx, r); err != nil || landed || over {
			return landed, err
		}
		if err := netbox.Sleep(ctx, min(max(e.wait()/50, 20*time.Millisecond), time.Second)); err != nil {
			return false, err
		}
	}
}

// landed asks the mirror whether a request is carried out.
func (e *Engine) landed(ctx context.Context, r store.Request) (bool, error) {
	var rows []bool
	statement := e.db.Statements().For("query/journal_landed", e.db.Kinds().Must(r.Kind))
	err := e.selectStatement(ctx, &rows, statement, sql.Named("message", "diet "+r.Batch), sql.Named("method", r.Method),
		sql.Named("objects", r.Objects), sql.Named("ids", r.Payload))
	return len(rows) > 0 && rows[0], err
}

// wait is how long after it was sent a write may still be carried out.
func (e *Engine) wait() time.Duration {
	if e.cfg.Wait == 0 {
		return 2 * time.Minute
	}
	return e.cfg.Wait
}
