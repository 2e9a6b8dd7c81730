package job

import (
	"context"
	"errors"
	"fmt"

	"github.com/diet-project/diet/engine"
)

// PreviewArgs make a preview of a plan, for somebody who waits for it: one that fails is not
// made again by itself.
type PreviewArgs struct {
	Plan  string `json:"plan" river:"unique"`
	Again bool   `json:"again,omitempty" river:"unique"`

	// Run is the run that the preview is to undo; "" for one of the plan itself.
	Run string `json:"run,omitempty" river:"unique"`

	// User is who asked for it.
	User string `json:"user,omitempty"`
}

// KindPreview is the kind of a job that makes a preview.
const KindPreview = "preview"

// Kind implements [river.JobArgs].
func (PreviewArgs) Kind() string { return KindPreview }

// PlanKey implements [Args].
func (a PreviewArgs) PlanKey() string { return a.Plan }

// Anew implements [Args].
func (a PreviewArgs) Anew() Args { a.Again = true; return a }

// errUnmade wraps what kept a preview from being made.
var errUnmade = errors.New("no preview was made")

// preview reads NetBox, and makes a preview.
func (r *Runner) preview(ctx context.Context, a PreviewArgs, o *Outcome) error {
	o.User = a.User
	err := r.with(ctx, o, func(eng *engine.Engine) error {
		intent, err := r.wanted(ctx, eng, a)
		if err != nil {
			return err
		}
		if err := o.read(ctx, eng); err != nil {
			return err
		}
		p, err := eng.Preview(ctx, intent)
		if err == nil {
			o.Preview = p.ID
		}
		return err
	})
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("%w: %w", errUnmade, err)
	}
	return err
}

// wanted is what a preview is to be of: a plan, or what was before a run. The plan of that need
// not be there any more; where it is, the policies go by it.
func (r *Runner) wanted(ctx context.Context, eng *engine.Engine, a PreviewArgs) (engine.Intent, error) {
	plan, err := r.pulled(ctx, a.Plan)
	if a.Run == "" {
		return plan, err
	}
	back, failed := eng.Rollback(ctx, a.Run)
	if failed == nil && err == nil {
		back = back.Of(plan.Info())
	}
	return back, failed
}
