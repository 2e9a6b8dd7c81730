package job

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/apply"
	"github.com/diet-project/diet/engine/lease"
	"github.com/diet-project/diet/generate"
)

// Outcome is what became of a job. It is stored along with it.
type Outcome struct {
	Job      int64     `json:"job"`
	Kind     string    `json:"kind"`
	Plan     string    `json:"plan,omitempty"`
	User     string    `json:"user,omitempty"`
	Started  time.Time `json:"started"`
	Finished time.Time `json:"finished"`

	// Result is done, failed, later (it is tried again by itself) or cancelled.
	Result Result `json:"result"`
	Error  string `json:"error,omitempty"`

	// CancelledBy is who cancelled it, "" for nobody.
	CancelledBy string `json:"cancelled_by,omitempty"`

	// Run is the apply that it was, and Preview what it applied.
	Run     string `json:"run,omitempty"`
	Preview string `json:"preview,omitempty"`

	// Status is the state of the plan afterwards.
	Status *engine.Status `json:"status,omitempty"`

	// Reached says that NetBox was read.
	Reached bool `json:"reached,omitempty"`

	// Away says that NetBox could not be read, and that it was not for another reason.
	Away bool `json:"away,omitempty"`

	// Gone says that no file has the plan any more.
	Gone bool `json:"gone,omitempty"`

	preview *engine.Preview // what was compared for the status
	untold  bool            // another job tells why this one failed
}

// Result is how a job ended.
type Result string

// The results.
const (
	Done      Result = "done"
	Failed    Result = "failed"    // and is tried again, ever more seldom
	Later     Result = "later"     // it met another run, or was interrupted
	Cancelled Result = "cancelled" // trying again would not help
)

// ErrNoPlan is returned for a job about a plan that is no longer there.
var ErrNoPlan = errors.New("no file has this plan any more")

// worker runs the jobs of a kind.
type worker[T Args] struct {
	river.WorkerDefaults[T]
	runner *Runner
	do     func(*Runner, context.Context, T, *Outcome) error
}

func addWorker[T Args](to *river.Workers, r *Runner, do func(*Runner, context.Context, T, *Outcome) error) {
	river.AddWorker(to, &worker[T]{runner: r, do: do})
}

// NextRetry implements [river.Worker]: NetBox may be away for a minute or for a day.
func (w *worker[T]) NextRetry(j *river.Job[T]) time.Time {
	return w.runner.cfg.Now().Add(w.runner.cfg.Retry << min(len(j.Errors), longestRetry))
}

const (
	// longestRetry is how often the time doubles after which is tried again what failed.
	longestRetry = 5

	// busyWait is when a job is tried again while another one of its plan runs.
	busyWait = 2 * time.Second

	// heldMost is how long a job waits for another run that holds the plan.
	heldMost = time.Minute
)

// Work implements [river.Worker].
func (w *worker[T]) Work(ctx context.Context, j *river.Job[T]) error {
	r := w.runner
	free, err := r.claim(ctx, busyKey(j.Args), j.ID)
	if err != nil {
		return err
	}
	if free == nil {
		return river.JobSnooze(busyWait)
	}
	defer free()
	o := &Outcome{Job: j.ID, Kind: j.Kind, Plan: j.Args.PlanKey(), Started: r.cfg.Now().UTC(), Result: Done}
	r.tell(o, Event{State: Started})
	err = r.called(ctx, o, w.do(r, ctx, j.Args, o))
	o.Finished = r.cfg.Now().UTC()
	err = o.close(ctx, err)
	if told := r.report(context.WithoutCancel(ctx), o); told != nil {
		r.cfg.Logger.Error("notify", "job", o.Job, "error", told)
	}
	o.preview = nil
	if recorded := river.RecordOutput(ctx, o); recorded != nil {
		r.cfg.Logger.Error("record job", "job", o.Job, "error", recorded)
	}
	r.ended.put(o)
	r.log(o)
	return err
}

// close notes how a job ended, and returns what River is to do.
func (o *Outcome) close(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	o.Error = err.Error()
	var held *lease.HeldError
	switch {
	case errors.Is(err, errByHand):
		o.Result = Cancelled
		return river.JobCancel(err)
	case ctx.Err() != nil, errors.Is(err, apply.ErrInterrupted):
		o.Result = Later
		return river.JobSnooze(0)
	case errors.As(err, &held):
		o.Result = Later
		return river.JobSnooze(until(held))
	case final(err):
		o.Result = Cancelled
		return river.JobCancel(err)
	}
	o.Result = Failed
	return err
}

// until is how long to wait for who holds a plan. Its expiry is by NetBox's clock, which is
// near enough: the lease is asked again.
func until(held *lease.HeldError) time.Duration {
	return max(busyWait, min(time.Until(held.Holder.Until), heldMost))
}

// final reports whether trying again would not help: a person has to do something.
func final(err error) bool {
	var (
		findings   *generate.FindingsError
		stale      *engine.StaleError
		unapproved *engine.UnapprovedError
	)
	return errors.As(err, &findings) || errors.As(err, &stale) || errors.As(err, &unapproved) ||
		errors.Is(err, engine.ErrHeld) || errors.Is(err, engine.ErrNotInStore) || errors.Is(err, engine.ErrNoPreview) ||
		errors.Is(err, ErrNoPlan) || errors.Is(err, errUnmade) || errors.Is(err, errLate)
}

// endings are the jobs that ended, until River has stored that.
type endings struct {
	mu       sync.Mutex
	outcomes map[int64]*Outcome
}

func (e *endings) put(o *Outcome) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.outcomes == nil {
		e.outcomes = map[int64]*Outcome{}
	}
	e.outcomes[o.Job] = o
}

// pop hands out how a job ended, and forgets it once it is told.
func (e *endings) pop(job int64, tell func(*Outcome)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if o := e.outcomes[job]; o != nil {
		tell(o)
		delete(e.outcomes, job)
	}
}

// untold reports whether jobs have ended that nobody was told of yet.
func (e *endings) untold() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.outcomes) > 0
}

// tellEnds tells of jobs that ended, once that is stored: so who asks then is told the same.
func (r *Runner) tellEnds(stored <-chan *river.Event) {
	for e := range stored {
		r.ended.pop(e.Job.ID, func(o *Outcome) { r.tell(o, Event{State: Ended, Outcome: o}) })
	}
}

// log says how a job ended.
func (r *Runner) log(o *Outcome) {
	level := slog.LevelInfo
	if o.Result == Failed || o.Result == Cancelled {
		level = slog.LevelWarn
	}
	args := []any{"job", o.Job, "kind", o.Kind, "plan", o.Plan, "result", o.Result, "seconds", o.Finished.Sub(o.Started).Seconds()}
	for _, more := range []struct{ name, value string }{{"run", o.Run}, {"preview", o.Preview}, {"error", o.Error}} {
		if more.value != "" {
			args = append(args, more.name, more.value)
		}
	}
	r.cfg.Logger.Log(context.Background(), level, "job", args...)
}

// outcomeOf is what a job that ended left; nil if it has not.
func outcomeOf(row *rivertype.JobRow) *Outcome {
	text := row.Output()
	if len(text) == 0 {
		return nil
	}
	var o Outcome
	if json.Unmarshal(text, &o) != nil {
		return nil
	}
	return &o
}
