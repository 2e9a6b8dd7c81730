package job

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/apply"
	"github.com/diet-project/diet/engine/serve/notify"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/generate/plain"
	"github.com/diet-project/diet/mirror"
)

// sync reads NetBox.
func (r *Runner) sync(ctx context.Context, _ SyncArgs, o *Outcome) error {
	return r.with(ctx, o, func(eng *engine.Engine) error { return o.read(ctx, eng) })
}

// read reads NetBox, and says in words where that cannot be.
func (o *Outcome) read(ctx context.Context, eng *engine.Engine) error {
	_, err := eng.Sync(ctx, mirror.Options{})
	o.Reached = err == nil
	return o.away(ctx, err)
}

// away notes that NetBox could not be read, if that is what an error says, and says so in words.
func (o *Outcome) away(ctx context.Context, err error) error {
	words := engine.Away(err)
	if o.Away = words != "" && ctx.Err() == nil; o.Away {
		o.Reached = false
		return fmt.Errorf("%s: %w", words, err)
	}
	return err
}

// check reads NetBox and says how a plan stands.
func (r *Runner) check(ctx context.Context, a CheckArgs, o *Outcome) error {
	return r.with(ctx, o, func(eng *engine.Engine) error {
		if err := o.read(ctx, eng); err != nil {
			return err
		}
		plan, err := r.pulled(ctx, a.Plan)
		if errors.Is(err, ErrNoPlan) {
			o.Gone = true
			return err
		}
		if err != nil {
			broken := &engine.Status{Plan: a.Plan, Status: engine.StateError, Error: err.Error()}
			return errors.Join(err, eng.KeepSample(ctx, broken, r.cfg.Samples))
		}
		return r.observe(ctx, eng, plan, o)
	})
}

// apply writes what may be written, and says how the plan stands then.
func (r *Runner) apply(ctx context.Context, a ApplyArgs, o *Outcome) error {
	o.User, o.Preview = a.User, a.Preview
	return r.with(ctx, o, func(eng *engine.Engine) error {
		if err := r.timely(ctx, eng, a); err != nil {
			o.untold = errors.Is(err, errLate)
			return err
		}
		plan, p, err := r.agreed(ctx, eng, a)
		var behind *behindError
		if o.untold = errors.As(err, &behind); err != nil {
			return err
		}
		result, err := r.write(ctx, eng, plan, p, o)
		var stale *engine.StaleError
		if errors.As(err, &stale) {
			o.Run = stale.Run // it did already what this one was to do
		}
		if o.Reached {
			err = o.away(ctx, err) // it may have gone meanwhile
		}
		if result != nil {
			o.Run = result.Run
			if err == nil && len(result.Failed) > 0 {
				err = fmt.Errorf("%s failed, the first of %s: %s", plain.Count(len(result.Failed), "change", "changes"),
					result.Failed[0].Object, result.Failed[0].Reason)
			}
		}
		if ctx.Err() != nil || !o.Reached || plan == nil {
			return errors.Join(err, ctx.Err())
		}
		return errors.Join(err, r.observe(ctx, eng, plan, o))
	})
}

// agreed is the plan that a job is about, and the preview that it names. One that undoes a
// run or removes a plan says itself what is to be done: the plan is nil where nobody has it
// any more.
func (r *Runner) agreed(ctx context.Context, eng *engine.Engine, a ApplyArgs) (*generate.Plan, *engine.Preview, error) {
	plan, gone := r.pulled(ctx, a.Plan)
	if a.Preview == "" {
		if behind := r.behind(a.Plan); behind != nil {
			return nil, nil, &behindError{behind}
		}
		return plan, nil, gone
	}
	p, err := eng.LoadPreview(ctx, a.Preview)
	switch {
	case err != nil:
		return nil, nil, err
	case gone != nil && p.Destroys == nil && p.RollsBack == "":
		return nil, nil, gone
	case gone != nil:
		return nil, p, nil //nolint:nilerr // the preview says what to do
	}
	return plan, p, nil
}

// write applies the preview that a job names or, without one, makes one of what acts, so that
// people see what was decided. Where nothing acts, and no run is to go on, there is no run: a schedule
// would store one each time.
func (r *Runner) write(ctx context.Context, eng *engine.Engine, plan *generate.Plan, p *engine.Preview, o *Outcome) (*apply.Result, error) {
	if err := o.read(ctx, eng); err != nil {
		return nil, err
	}
	intent := engine.Intent(plan)
	if p != nil {
		intent = engine.IntentOf(p, plan)
	} else {
		found, err := eng.Diff(ctx, plan)
		if err != nil {
			return nil, err
		}
		if found.Pending() > 0 {
			if p, err = eng.Preview(ctx, plan); err != nil {
				return nil, err
			}
			o.Preview = p.ID
		} else if last, err := lastRun(ctx, eng, found.Plan); err != nil || last == nil || !last.Open() {
			return nil, err
		}
	}
	result, _, err := eng.Apply(ctx, intent, engine.ApplyOptions{Preview: p})
	return result, err
}

// lastRun is the newest run of a plan in this NetBox, nil if there is none.
func lastRun(ctx context.Context, eng *engine.Engine, plan string) (*engine.RunSummary, error) {
	const newest = 50 // those of other NetBoxes among them
	address, err := eng.Address(ctx)
	if err != nil {
		return nil, err
	}
	runs, err := eng.Runs(ctx, plan, newest)
	for i := range runs {
		if runs[i].NetBox == address {
			return &runs[i], err
		}
	}
	return nil, err
}

// observe notes how a plan stands, and what there is to tell people about it.
func (r *Runner) observe(ctx context.Context, eng *engine.Engine, plan *generate.Plan, o *Outcome) error {
	look, err := eng.Look(ctx, plan)
	if err != nil {
		return err
	}
	if behind := r.behind(plan.Info().Key); behind != nil {
		look.Status.Status, look.Status.Error = engine.StateError, behind.Error()
	}
	o.Status = &look.Status
	if err := eng.KeepSample(ctx, &look.Status, r.cfg.Samples); err != nil {
		return err
	}
	o.preview = look.Preview
	return nil
}

// report has people told what a job found, or why it failed. A sync that fails is told with
// the checks, which fail too.
func (r *Runner) report(ctx context.Context, o *Outcome) error {
	asked := o.User != "" && o.Result == Cancelled // who asked for it sees that
	if r.cfg.Notifier == nil || o.Plan == "" || o.Result == Later || asked || o.untold {
		return nil
	}
	return r.books(ctx, func(eng *engine.Engine) error {
		objects, err := eng.OwnedCounts(ctx, o.Plan)
		if err != nil {
			return err
		}
		facts := &notify.Facts{
			Plan: o.Plan, Job: o.Kind, Reached: o.Reached, Away: o.Away, Failure: firstLine(o.Error),
			Status: o.Status, Preview: o.preview, Objects: objects,
		}
		if o.Gone {
			facts.Failure, facts.Reached, facts.Status = left(objects), true, &engine.Status{}
		}
		due, err := r.cfg.Notifier.Observe(ctx, eng, facts)
		if err != nil {
			return err
		}
		for _, d := range due {
			if _, err := r.Enqueue(ctx, NotifyArgs{Channel: d.Channel}, d.After); err != nil {
				return err
			}
		}
		return nil
	})
}

// left says of a plan that no file has any more what is in NetBox of it; "" for nothing, when nothing
// is wrong any more.
func left(objects map[string]int) string {
	n := 0
	for _, of := range objects {
		n += of
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("no file has this plan any more, and %s its: nobody looks for drift there",
		plain.Count(n, "object in NetBox is", "objects in NetBox are"))
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// notify says what there is to say.
func (r *Runner) notify(ctx context.Context, a NotifyArgs, _ *Outcome) error {
	if r.cfg.Notifier == nil {
		return nil
	}
	return r.books(ctx, func(eng *engine.Engine) error { return r.cfg.Notifier.Tell(ctx, eng, a.Channel) })
}

// pulled is load, once what lies elsewhere was brought up to date.
func (r *Runner) pulled(ctx context.Context, key string) (*generate.Plan, error) {
	if r.cfg.Pull != nil {
		r.cfg.Pull(ctx)
	}
	return r.load(key)
}

// behindError keeps a plan from being applied by schedule: there may be a newer one. People are
// told by its check.
type behindError struct{ error }

// Unwrap is why it is not known.
func (e *behindError) Unwrap() error { return e.error }

// behind is why there may be a newer plan than that which is here, nil if there is none.
func (r *Runner) behind(key string) error {
	p, _ := r.Plan(key)
	return p.Behind
}

// load reads a plan.
func (r *Runner) load(key string) (*generate.Plan, error) {
	p, ok := r.Plan(key)
	if !ok {
		return nil, fmt.Errorf("plan %q: %w", key, ErrNoPlan)
	}
	return p.Plan, p.Err
}

// with opens the engine for a job, which tells how far it is.
func (r *Runner) with(ctx context.Context, o *Outcome, do func(*engine.Engine) error) error {
	eng, err := r.cfg.Open(ctx, func(cfg *engine.Config) {
		cfg.Step = func(what string) {
			if what != "" {
				r.tell(o, Event{State: Progress, Text: what})
			}
		}
		cfg.SyncProgress = func(e mirror.Event) {
			r.tell(o, Event{State: Progress, Text: "reading NetBox: " + e.Phase + " " + e.Kind, Done: e.Done, Total: e.Total})
		}
		cfg.Progress = func(e apply.Event) {
			r.tell(o, Event{State: Progress, Text: "writing NetBox: " + e.Phase, Done: e.Done, Total: e.Total})
		}
		if o.User != "" {
			cfg.User, cfg.By = o.User, o.User
		}
	})
	if err != nil {
		return err
	}
	return errors.Join(do(eng), eng.Close())
}
