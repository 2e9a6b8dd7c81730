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

// rescue has jobs run again whose process is gone: the system of this machine says so, or
// nothing was heard of it for long. An apply of one that lives after all holds the plan's lease
// in NetBox, and the job waits for that.
func (r *Runner) rescue(ctx context.Context) error {
	list, err := r.client.JobList(ctx, river.NewJobListParams().States(running).First(1000))
	if err != nil {
		return fmt.Errorf("list jobs: %w", err)
	}
	silent, err := r.silent(ctx)
	if err != nil {
		return err
	}
	now := r.cfg.Now().UTC()
	params := &riverdriver.JobRescueManyParams{Schema: r.client.Schema(), StuckHorizon: now.Add(time.Second)}
	for _, j := range list.Jobs {
		n := len(j.AttemptedBy)
		if n == 0 || !lease.Gone(j.AttemptedBy[n-1], r.cfg.Host) && !silent[j.AttemptedBy[n-1]] {
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
