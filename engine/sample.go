package engine

import (
	"context"
	"fmt"
	"time"

	"github.com/diet-project/diet/mirror/store"
)

// Sample is how a plan stood when it was checked for drift. The time is RFC 3339, UTC, by
// the clock of the machine that checked.
type Sample struct {
	Plan    string        `json:"plan"`
	At      string        `json:"at"`
	Status  State         `json:"status"`
	Objects int           `json:"objects"`
	Pending int           `json:"pending"`
	Summary StatusSummary `json:"summary"`
}

// KeepSample stores how a plan stands by now, and drops what is older than keep.
func (e *Engine) KeepSample(ctx context.Context, s *Status, keep time.Duration) error {
	address, err := e.netbox(ctx)
	if err != nil {
		return err
	}
	n := s.Summary
	err = e.store.KeepSample(ctx, store.Sample{
		NetBox: address, Plan: s.Plan, At: e.stamp(), Status: string(s.Status), Objects: s.Objects, Pending: s.Pending,
		Modified: n.Modified, Missing: n.Missing, Orphaned: n.Orphaned, Unmanaged: n.Unmanaged, Released: n.Released,
		Conflicts: n.Conflicts, Accepted: n.Accepted,
	}, e.now().Add(-keep).UTC().Format(stampLayout))
	if err != nil {
		return fmt.Errorf("keep sample: %w", err)
	}
	return nil
}

// Samples lists how a plan stood since a time: the newest, in order of time. It needs no
// NetBox.
func (e *Engine) Samples(ctx context.Context, plan string, since time.Time, most int) ([]Sample, error) {
	address, err := e.netbox(ctx)
	if err != nil {
		return nil, err
	}
	kept, err := e.store.Samples(ctx, address, plan, since.UTC().Format(stampLayout), most)
	if err != nil {
		return nil, fmt.Errorf("read samples: %w", err)
	}
	out := make([]Sample, len(kept))
	for i, k := range kept {
		out[i] = Sample{Plan: k.Plan, At: k.At, Status: State(k.Status), Objects: k.Objects, Pending: k.Pending, Summary: StatusSummary{
			Modified: k.Modified, Missing: k.Missing, Orphaned: k.Orphaned, Unmanaged: k.Unmanaged, Released: k.Released,
			Conflicts: k.Conflicts, Accepted: k.Accepted,
		}}
	}
	return out, nil
}
