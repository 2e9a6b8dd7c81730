package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// Listed is a job as it stands.
type Listed struct {
	ID   int64  `json:"id"`
	Kind string `json:"kind"`
	Plan string `json:"plan,omitempty"`
	User string `json:"user,omitempty"`

	// Preview is what an apply applies, where somebody chose it.
	Preview string `json:"preview,omitempty"`

	State string `json:"state"` // of River: available, scheduled, running, retryable, completed, cancelled, discarded

	Created  time.Time  `json:"created"`
	Due      time.Time  `json:"due"`
	Started  *time.Time `json:"started,omitempty"`
	Finished *time.Time `json:"finished,omitempty"`

	// Outcome is that of the last attempt.
	Outcome *Outcome `json:"outcome,omitempty"`
}

// Waiting reports whether a job has yet to run, or to run again.
func (l *Listed) Waiting() bool { return l.State != string(running) && l.Finished == nil }

// Jobs lists the newest jobs.
func (r *Runner) Jobs(ctx context.Context, most int) ([]Listed, error) {
	return r.list(ctx, river.NewJobListParams().First(most))
}

// Unfinished lists the jobs that run or have yet to run.
func (r *Runner) Unfinished(ctx context.Context) ([]Listed, error) {
	return r.list(ctx, river.NewJobListParams().States(unfinished...).First(10000))
}

// ErrNoJob is returned for a job that there is not, or no longer.
var ErrNoJob = errors.New("no such job")

// Job finds a job by its number, or fails with [ErrNoJob].
func (r *Runner) Job(ctx context.Context, id int64) (Listed, error) {
	row, err := r.client.JobGet(ctx, id)
	if errors.Is(err, rivertype.ErrNotFound) {
		return Listed{}, fmt.Errorf("job %d: %w", id, ErrNoJob)
	}
	if err != nil {
		return Listed{}, fmt.Errorf("find job %d: %w", id, r.cfg.Explain(err))
	}
	return listed(row), nil
}

func (r *Runner) list(ctx context.Context, params *river.JobListParams) ([]Listed, error) {
	found, err := r.client.JobList(ctx, params.OrderBy(river.JobListOrderByID, river.SortOrderDesc))
	if err != nil {
		return nil, fmt.Errorf("list jobs: %w", r.cfg.Explain(err))
	}
	out := make([]Listed, len(found.Jobs))
	for i, row := range found.Jobs {
		out[i] = listed(row)
	}
	return out, nil
}

func listed(row *rivertype.JobRow) Listed {
	var about struct{ Plan, User, Preview string }
	_ = json.Unmarshal(row.EncodedArgs, &about) // what it does not hold stays empty
	return Listed{
		ID: row.ID, Kind: row.Kind, Plan: about.Plan, User: about.User, Preview: about.Preview, State: string(row.State),
		Created: row.CreatedAt, Due: row.ScheduledAt, Started: row.AttemptedAt, Finished: row.FinalizedAt, Outcome: outcomeOf(row),
	}
}
