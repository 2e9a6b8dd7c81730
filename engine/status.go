package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/diff"
	"github.com/diet-project/diet/engine/lease"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror"
)

// State is the state of a plan in one word.
type State string

// The states; a plan's is the first that applies.
const (
	StateError       State = "error"          // the plan does not load, the policies cannot be used, or its last run failed
	StateReconciling State = "reconciling"    // a run is under way
	StateConflicts   State = "conflicts"      // something waits for a person
	StateDrift       State = "drift_detected" // NetBox was edited
	StateNotApplied  State = "not_applied"    // nothing in NetBox is the plan's yet
	StateAhead       State = "ahead"          // the plan has changes that an apply would write
	StateInSync      State = "in_sync"

	// Of plans that no file was given for: StateOther, or StateAbandoned where those that
	// were given are said to be all.
	StateOther     State = "no_plan_file"
	StateAbandoned State = "abandoned"
)

// Status is the state of a plan with its details.
type Status struct {
	Plan string `json:"plan"`

	// Status is the first state that applies. Work that merely has not been applied yet is
	// no drift; Pending counts it whatever the state is, also where all of it waits for one answer.
	Status State `json:"status"`

	// LastReconciled is when an apply last succeeded, LastDriftCheck when NetBox was last
	// read; RFC 3339, this machine's clock. Empty means never, as far as the mirror knows.
	LastReconciled string `json:"last_reconciled,omitempty"`
	LastDriftCheck string `json:"last_drift_check,omitempty"`

	Objects int `json:"objects"`

	// Compared says that the plan was compared: else what follows is not known.
	Compared bool `json:"compared"`

	Pending int           `json:"pending"`
	Summary StatusSummary `json:"summary"`
	Error   string        `json:"error,omitempty"`

	// NetBox is what the last sync learnt about it.
	NetBox *Server `json:"netbox,omitempty"`

	// Lease says who holds the plan, or left the lease behind, as NetBox was last read.
	Lease *StatusLease `json:"lease,omitempty"`

	// HeldBy is the run that was rolled back: the plan is as it was then, and is not applied again
	// until it changes, or a person approves.
	HeldBy string `json:"held_by,omitempty"`

	wrong bool // something is held that no question of its own settles
}

// Server is what the last sync learnt about NetBox.
type Server = mirror.Server

// StatusLease is the lease on a plan. One that a run left behind keeps nobody on its own
// machine, and others until it runs out; the next run that writes takes it over.
type StatusLease struct {
	Holder string `json:"holder"`
	Until  string `json:"until"` // RFC 3339, NetBox's clock
	Left   bool   `json:"left"`  // the run is over
}

func (s *Status) holds(h lease.Holder, gone bool) {
	if h.Run != "" {
		s.Lease = &StatusLease{Holder: h.String(), Until: h.Until.UTC().Format(time.RFC3339), Left: gone}
	}
}

// StatusSummary counts what is not as the plan says.
type StatusSummary struct {
	Modified  int `json:"modified_objects"`
	Missing   int `json:"missing_objects"`
	Orphaned  int `json:"orphaned_objects"`
	Unmanaged int `json:"unmanaged_changes"`

	// Released counts the objects that a person took over: diet_managed is false.
	Released  int `json:"unmanaged_objects"`
	Conflicts int `json:"conflicts"`

	// Accepted counts the differences that a person let stand: they are no drift.
	Accepted int `json:"accepted_changes"`
}

// Status returns the state of plans according to the mirror. For plan keys in NetBox that no
// plan was given for it adds others, as their state; "" leaves them out.
func (e *Engine) Status(ctx context.Context, plans []*generate.Plan, others State) ([]Status, error) {
	held, objects, err := e.owned(ctx)
	if err != nil {
		return nil, err
	}
	out := []Status{}
	for _, plan := range plans {
		s, _, err := e.status(ctx, plan, objects[plan.Info().Key])
		if err != nil {
			return nil, err
		}
		delete(objects, s.Plan)
		out = append(out, s)
	}
	for _, key := range held {
		if n, other := objects[key]; other && others != "" {
			out = append(out, Status{Plan: key, Status: others, Objects: n})
		}
	}
	server, err := e.db.Server(ctx)
	for i := range out {
		out[i].NetBox = &server
	}
	return out, err
}

// owned are the plan keys that objects in NetBox have, and how many each has.
func (e *Engine) owned(ctx context.Context) (keys []string, objects map[string]int, err error) {
	var rows []struct {
		Plan    string `db:"plan"`
		Objects int    `db:"objects"`
	}
	if err := e.selectAll(ctx, &rows, "query/plan_list"); err != nil {
		return nil, nil, err
	}
	objects = map[string]int{}
	for _, r := range rows {
		keys = append(keys, r.Plan)
		objects[r.Plan] = r.Objects
	}
	return keys, objects, nil
}

// unread reports whether an error is of one plan, whose state it is: others have theirs.
func unread(err error) bool {
	var (
		findings *generate.FindingsError
		moved    *diff.MovedError
		newer    *diff.NewerError
	)
	return errors.As(err, &findings) || errors.As(err, &moved) || errors.As(err, &newer)
}

// status also returns the preview that it counts; nil where the plan cannot be compared.
func (e *Engine) status(ctx context.Context, plan *generate.Plan, objects int) (Status, *Preview, error) {
	s := Status{Plan: plan.Info().Key, Objects: objects}
	age, err := e.db.Age(ctx)
	if err != nil {
		return s, nil, err
	}
	s.LastDriftCheck = e.now().Add(-age).UTC().Format(time.RFC3339)
	if e.faulty != "" {
		s.Status, s.Error = StateError, fmt.Sprintf("the policies cannot be used, so what an apply would do is not known: %s", e.faulty)
		return s, nil, nil
	}
	p, err := e.Diff(ctx, plan)
	if unread(err) {
		s.Status, s.Error = StateError, err.Error()
		return s, nil, nil
	}
	if err != nil {
		return s, nil, err
	}
	s.Compared, s.Pending = true, p.Pending()+p.Withheld() // all that would be written waits for one answer
	holds, err := e.holdsOn(ctx, plan.Info().Key)
	if err != nil {
		return s, nil, err
	}
	s.HeldBy = holds.On(deedsOf(plan)...).Run
	s.count(p)
	s.Summary.Unmanaged = len(p.Unmanaged)
	s.wrong = p.Set().Wrong() || p.Set().Stuck()
	if n := p.leftWaiting(); n > 0 {
		s.wrong, s.Pending = false, s.Pending+n
	}
	return s, p, e.lastRun(ctx, &s)
}

// leftWaiting counts what waits where nobody is asked or told to mend anything: for room that other
// objects keep, as somebody answered.
func (p *Preview) leftWaiting() int {
	n := 0
	if p.Set().Wrong() || p.decided(change.Verdict.Waits) {
		return n
	}
	for i := range p.Changes {
		if c := &p.Changes[i]; c.Stuck() {
			n++
		}
	}
	return n
}

func (s *Status) count(p *Preview) {
	for i := range p.Changes {
		c := &p.Changes[i]
		if c.Accepted() && c.With == "" {
			s.Summary.Accepted++
		}
		switch {
		case c.Class == change.Unmanaged && c.NetBoxID != 0:
			s.Summary.Released++
		case c.Accepted():
		case c.Class == change.Missing:
			s.Summary.Missing++
		case c.Class == change.Orphaned:
			s.Summary.Orphaned++
		}
		s.countFields(c)
	}
	s.Summary.Conflicts = p.asked()
}

// countFields counts an object with drift once, and each accepted difference.
func (s *Status) countFields(c *change.Change) {
	drifts := false
	for i := range c.Fields {
		f := &c.Fields[i]
		switch {
		case c.Bundle(f)[0] != f:
		case f.Verdict.Accepted():
			s.Summary.Accepted++
		case f.Class == change.Drift, change.Emptied(c.Kind, f.Name, f.Class, f.Base, f.Have):
			drifts = true
		}
	}
	if drifts {
		s.Summary.Modified++
	}
}

// lastRun adds the last run of the plan.
func (e *Engine) lastRun(ctx context.Context, s *Status) error {
	address, err := e.netbox(ctx)
	if err != nil {
		return err
	}
	last, ok, err := e.store.LastRun(ctx, address, s.Plan)
	if err != nil {
		return err
	}
	state := runDone
	if ok {
		s.LastReconciled, state = last.Reconciled, e.stateOf(last.Status, last.Active)
	} else if s.LastReconciled, err = e.ranBy(ctx, s.Plan, e.now()); err != nil {
		return err
	}
	holder, gone, err := e.lastHolder(ctx, s.Plan)
	if err != nil {
		return err
	}
	s.holds(holder, gone)
	if gone && holder.Run == last.ID && state == runRunning {
		state = runInterrupted
	}
	drift := s.Summary.Modified + s.Summary.Missing + s.Summary.Orphaned
	switch {
	case state == runFailed:
		s.Status, s.Error = StateError, fmt.Sprintf("run %s failed", last.ID)
	case state == runLawBroken:
		s.Status, s.Error = StateError, fmt.Sprintf("run %s left changes that act", last.ID)
	case state == runRunning, holder.Run != "" && holder.Run != last.ID && !gone:
		s.Status = StateReconciling
	case s.Summary.Conflicts > 0 || s.wrong:
		s.Status = StateConflicts
	case drift > 0:
		s.Status = StateDrift
	case s.Pending > 0 && s.Objects == 0:
		s.Status = StateNotApplied
	case s.Pending > 0:
		s.Status = StateAhead
	default:
		s.Status = StateInSync
	}
	return nil
}
