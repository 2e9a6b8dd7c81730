package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/diet-project/diet/mirror/store"
)

// ErrNotInStore is returned for a run or a preview that the store does not hold.
var ErrNotInStore = store.ErrNotFound

// RunSummary is one apply, as the store remembers it. Times are RFC 3339, UTC, by the clock
// of the machine that applied.
type RunSummary struct {
	ID         string    `json:"id"`
	Plan       string    `json:"plan"`
	NetBox     string    `json:"netbox"`
	Preview    string    `json:"preview"` // "" where the store does not hold it, such as of an apply that showed none
	StartedAt  string    `json:"started_at"`
	FinishedAt string    `json:"finished_at,omitempty"`
	Status     runStatus `json:"status"`
	Requests   int       `json:"requests"` // that write

	// RollbackOf is the run that it undoes, and RolledBackBy the last one that undid it, as far
	// as the store holds the previews of these.
	RollbackOf   string `json:"rollback_of,omitempty"`
	RolledBackBy string `json:"rolled_back_by,omitempty"`

	// InPart says that the last one held some of it, or failed to undo it.
	InPart bool `json:"rolled_back_in_part,omitempty"`
}

// Open reports whether a run has begun and not gone through: it is at work, or was stopped.
func (r *RunSummary) Open() bool {
	return slices.Contains([]runStatus{runRunning, runInterrupted, runUnknown, runFailed}, r.Status)
}

// RunDetail is one apply, request by request.
type RunDetail struct {
	RunSummary

	// By is on whose behalf it wrote, where that was somebody else than the user of the machine.
	By string `json:"by,omitempty"`

	// Result is what diet apply --json printed; null for a run that did not end.
	Result  json.RawMessage `json:"result"`
	Journal []RunRequest    `json:"journal"`
}

// RunRequest is a write request of a run.
type RunRequest struct {
	Seq     int64     `json:"seq"`
	Method  string    `json:"method"`
	Kind    string    `json:"kind"`
	Objects []string  `json:"objects"` // their diet ids
	SentAt  string    `json:"sent_at"`
	DoneAt  string    `json:"done_at,omitempty"`
	Status  runStatus `json:"status"` // "sent" while it is open
	Error   string    `json:"error,omitempty"`

	// RequestID is NetBox's, and Changelog the page of NetBox that lists its changes.
	RequestID string `json:"request_id,omitempty"`
	Changelog string `json:"changelog,omitempty"`

	// Payload is what was sent, and Inverse what was there before, null for what was
	// created; an item for each object.
	Payload json.RawMessage `json:"payload"`
	Inverse json.RawMessage `json:"inverse"`
}

// Runs lists the newest runs in the store, of one plan or, with "", of all. It needs no
// NetBox.
func (e *Engine) Runs(ctx context.Context, plan string, most int) ([]RunSummary, error) {
	runs, err := e.store.Runs(ctx, plan, most)
	if err != nil {
		return nil, err
	}
	out := make([]RunSummary, len(runs))
	for i := range runs {
		out[i] = e.summary(&runs[i])
	}
	return out, nil
}

// Run finds a run in the store, or fails with [ErrNotInStore]. It needs no NetBox.
func (e *Engine) Run(ctx context.Context, id string) (*RunDetail, error) {
	run, requests, err := e.store.Run(ctx, id)
	if err != nil {
		return nil, e.noRun(ctx, err, id)
	}
	out := &RunDetail{RunSummary: e.summary(&run), Journal: make([]RunRequest, len(requests))}
	if run.Result != "" {
		out.Result = json.RawMessage(run.Result)
	}
	for i := range requests {
		if _, by, named := strings.Cut(requests[i].Batch, " by "); named {
			out.By = by
		}
		if out.Journal[i], err = runRequest(run.NetBox, &requests[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// summary is a run without its requests. One that is under way by the store, but has not
// moved for longer than a request takes, was killed.
func (e *Engine) summary(r *store.Told) RunSummary {
	return RunSummary{
		ID: r.ID, Plan: r.Plan, NetBox: r.NetBox, Preview: r.Kept, StartedAt: r.StartedAt, FinishedAt: r.FinishedAt,
		Status: e.stateOf(r.Status, r.Active), Requests: r.Requests, RollbackOf: r.RollbackOf, RolledBackBy: r.RolledBackBy,
		InPart: r.InPart != "",
	}
}

// stateOf is the state of a run that last did something at a time.
func (e *Engine) stateOf(status, active string) runStatus {
	state := runStatus(status)
	if at, err := time.Parse(stampLayout, active); state == runRunning && err == nil && e.now().Sub(at) > e.wait() {
		return runInterrupted // it was killed: a live run hears from NetBox sooner
	}
	return state
}

func runRequest(address string, r *store.Request) (RunRequest, error) {
	out := RunRequest{
		Seq: r.Seq, Method: r.Method, Kind: r.Kind, SentAt: r.SentAt, DoneAt: r.DoneAt, Status: runStatus(r.Status), Error: r.Error,
		Payload: json.RawMessage(r.Payload), Inverse: json.RawMessage(r.Inverse),
	}
	var err error
	if out.Objects, err = objectsOf(r); err != nil {
		return out, err
	}
	if r.RequestID != nil && *r.RequestID != "" {
		out.RequestID = *r.RequestID
		if address != "" {
			out.Changelog = address + "/core/changelog/?request_id=" + url.QueryEscape(out.RequestID)
		}
	}
	return out, nil
}

// objectsOf are the diet ids of the objects that a request is about.
func objectsOf(r *store.Request) (objects []string, err error) {
	if err := json.Unmarshal([]byte(r.Objects), &objects); err != nil {
		return nil, fmt.Errorf("read journal of %s: %w", r.Run, err)
	}
	return objects, nil
}
