package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/diet-project/diet/engine/apply"
)

// Applied is what became of one of several plans, as [Engine.Apply] returns it.
type Applied struct {
	Result  *apply.Result
	Preview *Preview
	Err     error
}

// Task is what is to be applied: an intent and, where there is one, the preview that was
// agreed on.
type Task struct {
	Intent  Intent
	Preview *Preview
}

// ApplyAll is Apply for several plans, one after the other. The leases on those that have
// something to write are taken together ahead of the first write, in the order of the plans,
// which should be that of their keys; where another run holds one of them, nothing is written
// to any. They are given back once all plans are done: what leaves one plan and comes to
// another is nobody else's meanwhile. What takes objects over comes ahead of what gives them:
// the names and places that they leave are free then. A plan that fails does not keep the
// others from being written, unless it is all or nothing.
func (e *Engine) ApplyAll(ctx context.Context, tasks []Task, opt ApplyOptions) []Applied {
	defer e.db.Patient()()
	runs := make([]*planRun, len(tasks))
	for i, t := range tasks {
		opt.Preview = t.Preview
		runs[i] = e.begin(ctx, t.Intent, opt)
	}
	if opt.AllOrNothing {
		allOrNone(runs)
	}
	held := holding{}
	e.takeAll(ctx, runs, held, opt.NoLease)
	if opt.AllOrNothing && len(runs) > 1 {
		e.recheck(ctx, runs, held)
	}
	moved := false
	for _, r := range takersFirst(runs) {
		if moved && !r.leased {
			*r = *e.begin(ctx, r.intent, r.opt) // an earlier plan may have changed what this one finds
			e.takeAll(ctx, []*planRun{r}, held, opt.NoLease)
		}
		e.carryOut(ctx, r, held, moved)
		moved = moved || r.leased
	}
	e.releaseAll(ctx, held, slices.Sorted(maps.Keys(held)))
	e.tidyStore(ctx)
	out := make([]Applied, len(runs))
	for i, r := range runs {
		if out[i] = r.Applied; r.Result != nil && r.Preview != nil {
			r.Result.Left = r.Preview.left()
		}
	}
	return out
}

// takersFirst orders plans: those that take objects over ahead of those that they take them
// from.
func takersFirst(runs []*planRun) []*planRun {
	var out []*planRun
	var visit func(r *planRun)
	seen := map[*planRun]bool{}
	visit = func(r *planRun) {
		if seen[r] {
			return
		}
		seen[r] = true
		for _, taker := range runs {
			if taker.Preview != nil && slices.Contains(taker.Preview.Takes, r.intent.Info().Key) {
				visit(taker)
			}
		}
		out = append(out, r)
	}
	for _, r := range runs {
		visit(r)
	}
	return out
}

// allOrNone ends all plans where one of them cannot be written whole.
func allOrNone(runs []*planRun) {
	i := slices.IndexFunc(runs, func(r *planRun) bool { return r.over })
	if i < 0 {
		return
	}
	for _, r := range runs {
		if !r.over {
			r.end(fmt.Errorf("%w: plan %s cannot be written whole", ErrHeld, runs[i].intent.Info().Key))
		}
	}
}

// planRun is the apply of one plan on its way.
type planRun struct {
	Applied
	intent Intent
	opt    ApplyOptions
	j      *journal
	leased bool // it may write
	over   bool // it has failed
}

// writes reports whether a plan has something to write.
func (r *planRun) writes() bool { return !r.over && r.Preview.Pending() > 0 }

// end is a plan that has failed.
func (r *planRun) end(err error) { r.Err, r.over = err, true }

// begin compares a plan, and makes sure that it could be written.
func (e *Engine) begin(ctx context.Context, intent Intent, opt ApplyOptions) *planRun {
	r := &planRun{
		intent: intent, opt: opt, j: &journal{engine: e, run: newID(runID), deed: deedsOf(intent)[0], told: toldBy(intent)},
	}
	if e.client == nil {
		r.end(ErrNoNetBox)
		return r
	}
	now, err := e.agreed(ctx, intent, opt)
	if err == nil && now.Pending() == 0 {
		now, err = e.tidy(ctx, intent, opt, now)
	}
	r.Preview = now
	if err == nil && now.Pending() > 0 {
		err = errors.Join(e.client.CanWrite(ctx), e.checkChoices(ctx, now.Set()))
	}
	if err != nil {
		r.end(err)
	}
	return r
}

// takeAll takes the leases on all plans that have something to write, and on those that they
// take objects over from, or none. They are taken in the order of the keys.
func (e *Engine) takeAll(ctx context.Context, runs []*planRun, held holding, without bool) {
	wants := map[string]*planRun{}
	for _, r := range runs {
		if !r.writes() {
			continue
		}
		if err := r.j.begin(ctx, r.Preview); err != nil {
			e.giveUp(ctx, runs, err)
			return
		}
		r.leased = true
		for _, from := range r.Preview.Takes {
			if wants[from] == nil {
				wants[from] = r
			}
		}
		wants[r.Preview.Plan] = r
	}
	var fresh []string
	for _, key := range slices.Sorted(maps.Keys(wants)) {
		if _, is := held[key]; is {
			continue
		}
		l, err := e.take(ctx, key, wants[key].j.run, without)
		if err != nil {
			e.giveUp(ctx, runs, err)
			e.releaseAll(ctx, held, fresh)
			return
		}
		held[key], fresh = heldLease{l, wants[key]}, append(fresh, key)
	}
}

// recheck compares all plans once more ahead of the first write, now that no other run may
// write them: where one of them is not as it was agreed on any more, or cannot be written
// whole, nothing is written to any.
func (e *Engine) recheck(ctx context.Context, runs []*planRun, held holding) {
	for _, r := range runs {
		if r.over || !r.leased {
			continue
		}
		now, err := e.still(ctx, r, held, true)
		if now != nil {
			r.Preview = now
		}
		if err == nil {
			continue
		}
		for _, other := range runs {
			cause := fmt.Errorf("%w: plan %s cannot be written whole", ErrHeld, r.intent.Info().Key)
			if other == r {
				cause = err
			}
			e.giveUp(ctx, []*planRun{other}, cause)
		}
		return
	}
}

// giveUp ends all plans that have something to write: the lease on one of them could not be
// taken, or one of them could not be written whole.
func (e *Engine) giveUp(ctx context.Context, runs []*planRun, cause error) {
	for _, r := range runs {
		if !r.writes() && !r.leased {
			continue
		}
		err := cause
		if r.leased {
			err = errors.Join(cause, r.j.forget(context.WithoutCancel(ctx)))
		}
		r.leased = false
		r.end(err)
	}
}

// carryOut does what a plan has to do. moved says that an earlier plan has written since this
// one was compared.
func (e *Engine) carryOut(ctx context.Context, r *planRun, held holding, moved bool) {
	switch {
	case r.over:
	case !r.leased:
		r.Result, r.Err = e.nothing(ctx, r.j, r.Preview)
	default:
		result, again, err := e.applyHeld(ctx, r, held, moved)
		if again != nil {
			r.Preview = again
		}
		r.Result, r.Err = result, err
	}
}
