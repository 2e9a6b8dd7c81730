package job

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"github.com/riverqueue/river/rivertype"
)

// busy are the plans that a job of this process works on.
type busy struct {
	mu    sync.Mutex
	plans map[string]bool
}

// busyKey is what no two jobs work on: a plan or, without one, what the job is about.
func busyKey(a Args) string {
	if a, is := a.(NotifyArgs); is {
		return a.Kind() + " " + a.Channel
	}
	return "plan " + a.PlanKey()
}

// take keeps a plan for a job, and returns what lets it go; nil if another one has it.
func (b *busy) take(plan string) (free func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.plans[plan] {
		return nil
	}
	if b.plans == nil {
		b.plans = map[string]bool{}
	}
	b.plans[plan] = true
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.plans, plan)
	}
}

// prepareClaims makes the table of the plans that jobs work on.
func (r *Runner) prepareClaims(ctx context.Context) error {
	if _, err := r.db.ExecContext(ctx, r.statement("job/claim_create")); err != nil {
		return fmt.Errorf("prepare jobs: %w", err)
	}
	return nil
}

// claim keeps a plan for a job among all processes that share the jobs, and returns what lets it go;
// nil if a job that runs has it.
func (r *Runner) claim(ctx context.Context, plan string, job int64) (free func(), err error) {
	here := r.busy.take(plan)
	if here == nil {
		return nil, nil
	}
	token := rand.Text()
	taken, err := r.changed(ctx, "job/claim_insert", plan, job, token)
	if err == nil && !taken {
		taken, err = r.takeOver(ctx, plan, job, token)
	}
	if err != nil || !taken {
		here()
		return nil, err
	}
	return func() {
		defer here()
		if _, err := r.changed(context.WithoutCancel(ctx), "job/claim_delete", plan, token); err != nil {
			r.cfg.Logger.Error("let a plan go", "plan", plan, "job", job, "error", err) // its job ends, so it counts no more
		}
	}, nil
}

// takeOver takes the claim of a job that runs no more: its process died, or could not let it go. It was
// read before the job is looked up, and goes only if it is the same still: so of two who take it one does,
// and not where its job has been begun anew meanwhile.
func (r *Runner) takeOver(ctx context.Context, plan string, job int64, token string) (bool, error) {
	var holder int64
	var its string
	err := r.db.QueryRowContext(ctx, r.statement("job/claim_get"), plan).Scan(&holder, &its)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil // it was just let go
	}
	if err != nil {
		return false, fmt.Errorf("find who works on a plan: %w", r.cfg.Explain(err))
	}
	if holder != job {
		row, err := r.client.JobGet(ctx, holder)
		if err != nil && !errors.Is(err, rivertype.ErrNotFound) {
			return false, fmt.Errorf("find who works on a plan: %w", r.cfg.Explain(err))
		}
		if err == nil && row.State == running {
			return false, nil
		}
	}
	return r.changed(ctx, "job/claim_take", plan, job, token, its)
}

// changed runs a statement, and reports whether it changed a row.
func (r *Runner) changed(ctx context.Context, statement string, args ...any) (bool, error) {
	done, err := r.db.ExecContext(ctx, r.statement(statement), args...)
	if err != nil {
		return false, fmt.Errorf("claim a plan: %w", r.cfg.Explain(err))
	}
	n, err := done.RowsAffected()
	return n > 0, err
}
