package job

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"

	"github.com/diet-project/diet/engine/lease"
)

// running is the state of a job that is at work, or of a process that died.
const running = rivertype.JobStateRunning

// clientID names this process to others that take jobs of the same file, so that they know
// when it is gone.
func clientID(host string) string { return lease.Self(host) }

// sweep rescues jobs every now and then, until the context ends.
func (r *Runner) sweep(ctx context.Context) {
	tick := time.NewTicker(r.cfg.Sweep)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := r.rescue(ctx); err != nil && ctx.Err() == nil {
			r.cfg.Logger.Error("look for jobs of processes that are gone", "error", err)
		}
	}
}

// rescue has jobs run again whose process on this machine is gone. Those of other machines
// are rescued by River, once they should have ended.
func (r *Runner) rescue(ctx context.Context) error {
	list, err := r.client.JobList(ctx, river.NewJobListParams().States(running).First(1000))
	if err != nil {
		return fmt.Errorf("list jobs: %w", err)
	}
	now := r.cfg.Now().UTC()
	params := &riverdriver.JobRescueManyParams{Schema: r.client.Schema(), StuckHorizon: now.Add(time.Second)}
	for _, j := range list.Jobs {
		if n := len(j.AttemptedBy); n == 0 || !lease.Gone(j.AttemptedBy[n-1], r.cfg.Host) {
			continue
		}
		why, err := json.Marshal(rivertype.AttemptError{At: now, Attempt: j.Attempt, Error: "the process that ran it is gone"})
		if err != nil {
			return fmt.Errorf("encode error: %w", err)
		}
		params.ID = append(params.ID, j.ID)
		params.Error = append(params.Error, why)
		params.FinalizedAt = append(params.FinalizedAt, nil)
		params.ScheduledAt = append(params.ScheduledAt, now)
		params.State = append(params.State, string(rivertype.JobStateAvailable))
		r.cfg.Logger.Info("job goes on", "job", j.ID, "kind", j.Kind, "reason", "the process that ran it is gone")
	}
	if len(params.ID) == 0 {
		return nil
	}
	_, err = r.client.Driver().GetExecutor().JobRescueMany(ctx, params)
	return err
}
