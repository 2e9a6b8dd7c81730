package job

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/mirror"
)

// followed is what this process knows of the jobs of others.
type followed struct {
	ended map[int64]time.Time // when each of the newest ended, by the clock of its machine
	read  bool                // NetBox is to be read, because one of them has
	retry time.Time           // when it may be read again, after it could not be
}

// follow catches up with what processes on other machines did that share the jobs: it tells how
// their jobs ended, and reads NetBox where one of them has, so that the mirror here shows what
// theirs do. A browser may ask now one, now another.
func (r *Runner) follow(ctx context.Context) error {
	list, err := r.client.JobList(ctx, river.NewJobListParams().First(200).OrderBy(river.JobListOrderByID, river.SortOrderDesc))
	if err != nil {
		return fmt.Errorf("list jobs: %w", r.cfg.Explain(err))
	}
	first := r.others.ended == nil
	known := r.others.ended
	r.others.ended = map[int64]time.Time{}
	var read time.Time
	news := first
	for i := len(list.Jobs) - 1; i >= 0; i-- { // the oldest first
		o := r.elsewhere(list.Jobs[i])
		if o == nil {
			continue
		}
		if r.others.ended[o.Job] = o.Finished; !first && !known[o.Job].Equal(o.Finished) {
			r.tell(o, Event{State: Elsewhere, Outcome: o})
			news = true
			r.others.read = r.others.read || o.Reached
		}
		if first && o.Reached && o.Finished.After(read) {
			read = o.Finished
		}
	}
	if news && r.cfg.Pull != nil {
		r.cfg.Pull(ctx) // what they did may be of a newer plan
	}
	if first && !read.IsZero() {
		r.others.read, err = r.older(ctx, read)
		r.others.read = r.others.read || err != nil
	}
	if err != nil || !r.others.read {
		r.caughtUp(false, err)
		return err
	}
	if r.cfg.Now().Before(r.others.retry) {
		return nil
	}
	if err = r.catchUp(ctx); err != nil {
		r.others.retry = r.cfg.Now().Add(longestNap)
	}
	r.others.read = err != nil
	r.caughtUp(false, err)
	return err
}

// pace is how far this process is with catching up.
type pace struct {
	mu     sync.Mutex
	behind bool
	err    error
}

// caughtUp notes whether this process has still to look what others did, and why it could not.
func (r *Runner) caughtUp(behind bool, err error) {
	r.pace.mu.Lock()
	defer r.pace.mu.Unlock()
	r.pace.behind, r.pace.err = behind, err
}

// CatchingUp reports whether NetBox is being read here because another process has read it, or
// whether that is not known yet, and why it could not be read the last time.
func (r *Runner) CatchingUp() (bool, error) {
	r.pace.mu.Lock()
	defer r.pace.mu.Unlock()
	return r.pace.behind, r.pace.err
}

// elsewhere is how a job of another process ended, nil for one that has not, or of this one.
func (r *Runner) elsewhere(row *rivertype.JobRow) *Outcome {
	if n := len(row.AttemptedBy); n == 0 || row.AttemptedBy[n-1] == clientID(r.cfg.Host) {
		return nil
	}
	return outcomeOf(row)
}

// older reports whether the mirror is older than what another one was when it was read: so it is at a start,
// as far as the clocks of the machines agree. Later, that somebody has read it says that it is.
func (r *Runner) older(ctx context.Context, read time.Time) (older bool, err error) {
	err = r.books(ctx, func(eng *engine.Engine) error {
		synced, err := eng.Synced(ctx)
		if older = synced.Before(read.Add(skew)); errors.Is(err, mirror.ErrNeverSynced) {
			return nil
		}
		return err
	})
	return older, err
}

// catchUp reads NetBox.
func (r *Runner) catchUp(ctx context.Context) error {
	r.caughtUp(true, nil)
	return r.books(ctx, func(eng *engine.Engine) error {
		_, err := eng.Sync(ctx, mirror.Options{})
		return err
	})
}
