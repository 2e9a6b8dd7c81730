package job

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// Errors of who cancels a job.
var (
	ErrOver   = errors.New("it has ended already")
	ErrNoUse  = errors.New("only an apply, or a preview that somebody asked for, can be cancelled")
	errByHand = errors.New("cancelled")
)

// Cancellable reports whether somebody may cancel a job: an apply or a preview that has not ended.
func (l *Listed) Cancellable() bool {
	return l.Finished == nil && (l.Kind == KindApply || l.Kind == KindPreview)
}

// Cancel ends a job in the name of a person: one that waits is not begun any more; one at work, in whatever
// process, is interrupted, and does not go on: an apply finishes the requests under way. It returns the
// job as it stands then.
func (r *Runner) Cancel(ctx context.Context, id int64, by string) (Listed, error) {
	l, err := r.Job(ctx, id)
	switch {
	case err != nil:
		return l, err
	case l.Finished != nil:
		return l, fmt.Errorf("job %d: %w", id, ErrOver)
	case !l.Cancellable():
		return l, fmt.Errorf("job %d: %w", id, ErrNoUse)
	}
	o := cmp.Or(l.Outcome, &Outcome{Job: l.ID, Kind: l.Kind, Plan: l.Plan, User: l.User, Preview: l.Preview, Started: l.Created})
	o.Result, o.CancelledBy, o.Error, o.Finished = Cancelled, by, cancelled(by).Error(), r.cfg.Now().UTC()
	note := &river.JobUpdateParams{Output: o}
	if _, err = r.client.JobUpdate(ctx, id, note); err == nil { // who is at work on it reads whose wish it is
		_, err = r.client.JobCancel(ctx, id)
	}
	if err != nil {
		return l, fmt.Errorf("cancel job %d: %w", id, r.cfg.Explain(err))
	}
	r.cfg.Logger.Info("job cancelled", "job", id, "kind", l.Kind, "plan", l.Plan, "preview", l.Preview, "by", by)
	return r.Job(ctx, id)
}

func cancelled(by string) error {
	if by == "" {
		return errByHand
	}
	return fmt.Errorf("%w by %s", errByHand, by)
}

// called notes that somebody has cancelled a job that was at work, if somebody has.
func (r *Runner) called(ctx context.Context, o *Outcome, err error) error {
	if err == nil || !errors.Is(context.Cause(ctx), rivertype.ErrJobCancelledRemotely) {
		return err
	}
	l, unread := r.Job(context.WithoutCancel(ctx), o.Job)
	if unread == nil && l.Outcome != nil {
		o.CancelledBy = l.Outcome.CancelledBy
	}
	o.untold = true // who did it knows
	return cancelled(o.CancelledBy)
}
