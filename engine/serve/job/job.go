// Package job runs what diet serve and diet watch do, as jobs of River: reading NetBox,
// checking plans for drift, applying what the policies let act, sending notifications.
//
// A job holds the key of a plan and no secret; what it needs is opened when it runs. There
// is one of a kind and a plan at a time. A job that was cut off, by a restart or a crash,
// is begun anew: each reads what is there, and an apply goes on where the last one ended.
// Which run may write a plan is decided by its lease in NetBox, not here.
package job

import (
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// Args are what a job is about.
type Args interface {
	river.JobArgs

	// PlanKey is the key of the plan, "" for a job that is about none.
	PlanKey() string

	// Anew is the same job once more, to run after one that is at work already: what made it
	// wanted may have come too late for that one. Where that is of no use, it is the job itself.
	Anew() Args
}

// SyncArgs read NetBox.
type SyncArgs struct {
	Again bool `json:"again,omitempty" river:"unique"`
}

// CheckArgs read NetBox, and compare a plan with it.
type CheckArgs struct {
	Plan  string `json:"plan" river:"unique"`
	Again bool   `json:"again,omitempty" river:"unique"`

	// User is who asked for it, "" for a schedule, or because something changed.
	User string `json:"user,omitempty"`
}

// ApplyArgs write what the policies let act without a person or, with a preview, what that
// one showed.
type ApplyArgs struct {
	Plan    string `json:"plan" river:"unique"`
	Preview string `json:"preview,omitempty" river:"unique"`
	Again   bool   `json:"again,omitempty" river:"unique"`

	// User is who asked for it, "" for a schedule.
	User string `json:"user,omitempty"`

	// Since is when a schedule had it begin, RFC 3339: later than [latest] it is left out. "" is whenever.
	Since string `json:"since,omitempty"`
}

// NotifyArgs say on a channel what there is to say.
type NotifyArgs struct {
	Channel string `json:"channel" river:"unique"`
	Again   bool   `json:"again,omitempty" river:"unique"`
}

// The kinds of jobs.
const (
	KindSync   = "sync"
	KindCheck  = "check"
	KindApply  = "apply"
	KindNotify = "notify"
)

// Kind implements [river.JobArgs].
func (SyncArgs) Kind() string { return KindSync }

// Kind implements [river.JobArgs].
func (CheckArgs) Kind() string { return KindCheck }

// Kind implements [river.JobArgs].
func (ApplyArgs) Kind() string { return KindApply }

// Kind implements [river.JobArgs].
func (NotifyArgs) Kind() string { return KindNotify }

// PlanKey implements [Args].
func (NotifyArgs) PlanKey() string { return "" }

// Anew implements [Args].
func (a NotifyArgs) Anew() Args { a.Again = true; return a }

// PlanKey implements [Args].
func (SyncArgs) PlanKey() string { return "" }

// PlanKey implements [Args].
func (a CheckArgs) PlanKey() string { return a.Plan }

// PlanKey implements [Args].
func (a ApplyArgs) PlanKey() string { return a.Plan }

// Anew implements [Args].
func (a SyncArgs) Anew() Args { a.Again = true; return a }

// Anew implements [Args].
func (a CheckArgs) Anew() Args { a.Again = true; return a }

// Anew implements [Args].
func (a ApplyArgs) Anew() Args {
	a.Again = a.Preview == "" // what was agreed is done once
	return a
}

// unfinished are the states of a job that keep another one of its kind and plan out.
var unfinished = []rivertype.JobState{
	rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning,
	rivertype.JobStateRetryable, rivertype.JobStateScheduled,
}

// once has one job of a kind and a plan wait or run at a time.
var once = river.UniqueOpts{ByArgs: true, ByState: unfinished}
