package job

import (
	"context"
	"fmt"
	"time"

	sqlfile "github.com/diet-project/diet/sql"
)

const (
	// silence is after how many beats that are missing a process counts as gone.
	silence = 6

	// forgotten is how long it is remembered when a process was last alive.
	forgotten = 30 * 24 * time.Hour
)

// statement is a statement for the database of the jobs.
func (r *Runner) statement(name string) string {
	if r.cfg.Database != nil {
		return sqlfile.Standard().Postgres(name).Text
	}
	return sqlfile.Standard().Get(name).Text
}

// prepareBeats makes the table in which processes tell that they live.
func (r *Runner) prepareBeats(ctx context.Context) error {
	if _, err := r.db.ExecContext(ctx, r.statement("job/worker_create")); err != nil {
		return fmt.Errorf("prepare jobs: %w", err)
	}
	_, err := r.db.ExecContext(ctx, r.statement("job/worker_forget"), forgotten.Milliseconds())
	return err
}

// beat tells the other processes that this one lives.
func (r *Runner) beat(ctx context.Context) error {
	_, err := r.db.ExecContext(ctx, r.statement("job/worker_beat"), clientID(r.cfg.Host))
	return err
}

// silent are the other processes of which nothing was heard for long, by the clock of the
// database. One that never told anything, because it is older than this, is none of them.
func (r *Runner) silent(ctx context.Context) (out map[string]bool, err error) {
	rows, err := r.db.QueryContext(ctx, r.statement("job/worker_silent"), (silence * r.cfg.Beat).Milliseconds())
	if err != nil {
		return nil, fmt.Errorf("find processes that are gone: %w", err)
	}
	defer func() { _ = rows.Close() }()
	out = map[string]bool{}
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("find processes that are gone: %w", err)
		}
		out[id] = id != clientID(r.cfg.Host)
	}
	return out, rows.Err()
}

// every does something over and over, until the context ends.
func (r *Runner) every(ctx context.Context, pause time.Duration, what string, do func(context.Context) error) {
	for slept(ctx, pause) {
		if err := do(ctx); err != nil && ctx.Err() == nil {
			r.cfg.Logger.Error(what, "error", err)
		}
	}
}
