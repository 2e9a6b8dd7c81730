package job

import (
	"context"
	"time"
)

// watch has plans checked whose files, answers or policies have changed since they were seen, or that
// no file has any more, until the context ends.
func (r *Runner) watch(ctx context.Context, seen map[string]string) {
	for slept(ctx, r.cfg.Poll) {
		now := r.revisions()
		for plan, revision := range now {
			if seen[plan] == revision {
				continue
			}
			r.cfg.Logger.Info("changed", "plan", plan)
			if !r.recheck(ctx, plan) {
				now[plan] = seen[plan] // it is noticed again
			}
		}
		for plan, revision := range seen {
			if _, there := now[plan]; there {
				continue
			}
			r.cfg.Logger.Warn("no file has this plan any more: nobody looks for drift of it", "plan", plan)
			if !r.recheck(ctx, plan) {
				now[plan] = revision
			}
		}
		seen = now
	}
}

// recheck has a plan checked at once, and reports whether it will be.
func (r *Runner) recheck(ctx context.Context, plan string) bool {
	_, err := r.Enqueue(ctx, CheckArgs{Plan: plan}, 0)
	if err != nil && ctx.Err() == nil {
		r.cfg.Logger.Error("check what changed", "plan", plan, "error", err)
	}
	return err == nil
}

// slept waits, and reports whether the context still goes on.
func slept(ctx context.Context, d time.Duration) bool {
	nap := time.NewTimer(d)
	defer nap.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-nap.C:
		return true
	}
}

func (r *Runner) revisions() map[string]string {
	out := map[string]string{}
	for _, p := range r.cfg.Plans() {
		out[p.Key] = p.Revision
	}
	return out
}

// hintWait gathers hints into one check: who changes something seldom changes one thing.
const hintWait = 5 * time.Second

// Hint has all plans checked soon: something may have changed. It reports how many.
func (r *Runner) Hint(ctx context.Context) (int, error) {
	plans := r.cfg.Plans()
	for _, p := range plans {
		if _, err := r.Enqueue(ctx, CheckArgs{Plan: p.Key}, hintWait); err != nil {
			return 0, err
		}
	}
	return len(plans), nil
}
