package engine

import (
	"context"
	"errors"

	"github.com/diet-project/diet/engine/lease"
)

// holding are the leases that a command holds, by the keys of the plans.
type holding map[string]heldLease

// heldLease is a lease, nil for a run without one, and the run that took it.
type heldLease struct {
	lease *lease.Lease
	run   *planRun
}

// check makes sure that a run holds its plan, and those that it takes objects over from.
func (h holding) check(r *planRun) func(context.Context) error {
	return func(ctx context.Context) error {
		for _, key := range append([]string{r.intent.Info().Key}, r.Preview.Takes...) {
			if err := h[key].lease.Check(ctx); err != nil {
				return err
			}
		}
		return nil
	}
}

// releaseAll gives the leases on plans back.
func (e *Engine) releaseAll(ctx context.Context, h holding, keys []string) {
	for _, key := range keys {
		held := h[key]
		delete(h, key)
		held.run.Err = errors.Join(held.run.Err, e.release(ctx, held.lease, held.run.Result))
	}
}
