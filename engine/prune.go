package engine

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"time"

	"github.com/diet-project/diet/engine/lease"
	"github.com/diet-project/diet/mirror/store"
)

// Keep says how long the store keeps what nothing needs any more; a zero value is forever,
// and any number.
type Keep struct {
	// Previews are kept so long, with their approvals, and runs with their journals.
	Previews, Runs time.Duration

	// Situations is for how many previews of a plan it is kept what was decided, and Decisions
	// how many of one preview.
	Situations, Decisions int
}

func (k Keep) situations() int { return cmp.Or(k.Situations, math.MaxInt32) }

func (k Keep) decisions() int { return cmp.Or(k.Decisions, math.MaxInt32) }

// alwaysKept is how many previews, and how many runs of each outcome, a plan keeps however
// old they are.
const alwaysKept = 10

// Pruned is what was removed from the store, the oldest first; or, of a dry run, would be.
type Pruned struct {
	DryRun   bool     `json:"dry_run"`
	NetBox   string   `json:"netbox"`
	Previews []string `json:"previews"`
	Runs     []string `json:"runs"`
	Requests int      `json:"requests"` // of the runs
}

// Prune removes what is older than Keep says from the store, as far as nothing needs it: of
// the NetBox that is configured, or else of the mirror's. It needs no NetBox.
func (e *Engine) Prune(ctx context.Context, dry bool) (*Pruned, error) {
	out, err := e.prune(ctx, dry)
	if err != nil || dry || len(out.Previews)+len(out.Runs) == 0 {
		return out, err
	}
	if err := e.store.Compact(ctx); err != nil {
		return out, fmt.Errorf("compact store: %w", err)
	}
	return out, nil
}

func (e *Engine) prune(ctx context.Context, dry bool) (*Pruned, error) {
	address, err := e.netbox(ctx)
	if err != nil {
		return nil, err
	}
	if address == "" {
		return nil, ErrNoNetBox
	}
	held, err := e.heldRuns(ctx)
	if err != nil {
		return nil, err
	}
	runs := e.cfg.Keep.Runs
	if runs > 0 {
		runs = max(runs, e.cfg.Keep.Previews) // which may undo them
	}
	p, err := e.store.Prune(ctx, store.Pruning{
		NetBox: address, Previews: e.before(e.cfg.Keep.Previews), Runs: e.before(runs), Newest: alwaysKept, Keep: held, Dry: dry,
	})
	if err != nil {
		return nil, fmt.Errorf("prune store: %w", err)
	}
	return &Pruned{
		DryRun: dry, NetBox: address, Previews: append([]string{}, p.Previews...), Runs: append([]string{}, p.Runs...), Requests: p.Requests,
	}, nil
}

// before is the time that something must be older than not to be kept; "" for never.
func (e *Engine) before(keep time.Duration) string {
	if keep == 0 {
		return ""
	}
	return e.now().Add(-keep).UTC().Format(stampLayout)
}

// heldRuns are those by which plans are held: what was undone, and what undid it.
func (e *Engine) heldRuns(ctx context.Context) ([]string, error) {
	var rows []string
	if err := e.selectAll(ctx, &rows, "query/hold_list"); err != nil {
		return nil, err
	}
	var out []string
	for _, text := range rows {
		for _, h := range lease.ReadHolds(text) {
			out = append(out, h.Run, h.By)
		}
	}
	return out, nil
}

// tidyStore prunes the store after something was done. Where that fails, what was done stands,
// and the next one tries again.
func (e *Engine) tidyStore(ctx context.Context) {
	if e.cfg.Keep == (Keep{}) || e.client == nil || ctx.Err() != nil {
		return
	}
	if _, err := e.prune(ctx, false); err != nil && e.cfg.Logger != nil {
		e.cfg.Logger.Warn("the store was not pruned", "error", err)
	}
}
