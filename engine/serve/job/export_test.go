package job

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"
)

// Decide is what a schedule does about a task.
func Decide(kind, times string, last, now time.Time, anyTime bool) (what string, next time.Time) {
	parsed, err := ParseTimes(times)
	if err != nil {
		panic(err)
	}
	how := inTime
	if anyTime {
		how = Due
	}
	v, next := decide(kind, []Times{parsed}, last, now, how)
	return []string{"wait", "run", "start", "miss"}[v], next
}

// Tick has done what is due.
func (r *Runner) Tick(ctx context.Context) error {
	_, err := r.tick(ctx, inTime)
	return err
}

// Seize has all jobs that wait look like those of a process of this host that is gone.
func (r *Runner) Seize(ctx context.Context, host string) error {
	gone := strings.Replace(clientID(host), fmt.Sprintf("/%d/", os.Getpid()), "/999999999/", 1)
	list := `json_array($1)`
	if r.cfg.Database != nil {
		list = `ARRAY[$1]`
	}
	_, err := r.db.ExecContext(ctx, `UPDATE river_job
		SET state = 'running', attempted_at = CURRENT_TIMESTAMP, attempt = 1, attempted_by = `+list, gone)
	return err
}

// Follow catches up with other processes.
func (r *Runner) Follow(ctx context.Context) error { return r.follow(ctx) }

// Hurry has a job run now that waits for its time.
func (r *Runner) Hurry(ctx context.Context, id int64) error {
	_, err := r.client.JobRetry(ctx, id)
	return err
}

// Leave leaves a plan claimed for a job that runs no more.
func (r *Runner) Leave(ctx context.Context, plan string) error {
	_, err := r.changed(ctx, "job/claim_insert", busyKey(CheckArgs{Plan: plan}), 999, "left")
	return err
}
