package engine

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/diet-project/diet/engine/apply"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/lease"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/netbox"
	"github.com/diet-project/diet/mirror/store"
)

// ErrHeld is returned by Apply with AllOrNothing where anything is held.
var ErrHeld = errors.New("some changes are held, and --all-or-nothing is set")

// ErrLaw is returned by Apply when its own check finds that acting changes are left:
// NetBox is not as the plan says yet, and another run may be needed.
var ErrLaw = errors.New("changes are left after the apply")

// ApplyOptions say how to apply a preview.
type ApplyOptions struct {
	// Preview is the preview that was agreed on; nil applies what is found now.
	Preview *Preview

	// AllOrNothing refuses the run if anything is held.
	AllOrNothing bool

	// NoLease writes without the lease on the plan: nothing keeps another run from writing
	// it at the same time.
	NoLease bool
}

// Apply syncs, checks that the preview is still valid, takes the lease on the plan, writes
// what was agreed, syncs back what it touched and verifies that nothing acting is left. The
// result is valid with every error except those of the checks before the first write.
// Without anything to write it takes no lease.
func (e *Engine) Apply(ctx context.Context, intent Intent, opt ApplyOptions) (*apply.Result, *Preview, error) {
	a := e.ApplyAll(ctx, []Task{{intent, opt.Preview}}, opt)[0]
	return a.Result, a.Preview, a.Err
}

// agreed is what an apply would do by now, if that is what was agreed.
func (e *Engine) agreed(ctx context.Context, intent Intent, opt ApplyOptions) (*Preview, error) {
	if _, err := e.Sync(ctx, mirror.Options{}); err != nil {
		return nil, err
	}
	return e.compared(ctx, intent, opt)
}

// compared is agreed after a sync.
func (e *Engine) compared(ctx context.Context, intent Intent, opt ApplyOptions) (*Preview, error) {
	now, _, err := e.examine(ctx, intent, closely{judge: true, grounds: opt.Preview != nil && len(opt.Preview.signed) > 0})
	if err != nil {
		return nil, err
	}
	if opt.Preview != nil {
		if stale := compare(opt.Preview, now); stale != nil {
			if err := e.appliedBefore(ctx, stale); err != nil || !stale.begun || !goesOn(opt.Preview, now) {
				return now, errors.Join(cmp.Or[error](err, stale), e.foundStale(ctx, stale))
			}
		}
		if now, err = e.approved(ctx, intent, now, opt.Preview); err != nil {
			return now, err
		}
		now.ID = opt.Preview.ID
	}
	if opt.AllOrNothing && now.Waits() {
		return now, ErrHeld
	}
	return now, nil
}

// appliedBefore adds to the error of a stale preview which run applied it, or began to.
func (e *Engine) appliedBefore(ctx context.Context, stale *StaleError) error {
	runs, err := e.store.RunsOf(ctx, stale.Preview)
	if err != nil {
		return errors.Join(stale, err)
	}
	for _, r := range runs {
		if r.Status == string(runDone) {
			stale.Applied, stale.Run = fmt.Sprintf("run %s at %s", r.ID, r.FinishedAt), r.ID
		}
	}
	stale.begun = len(runs) > 0 && stale.Applied == ""
	return nil
}

// tidy settles what earlier runs left open, where nothing is to be written as far as it
// shows, and no other run is at work. It takes no lease for that: it writes nothing.
func (e *Engine) tidy(ctx context.Context, intent Intent, opt ApplyOptions, now *Preview) (*Preview, error) {
	holder, err := e.holder(ctx, now.Plan)
	if err != nil || holder.Run != "" {
		return now, err
	}
	if settled, err := e.settle(ctx, now.Plan, ""); err != nil || settled == 0 {
		return now, err
	}
	return e.agreed(ctx, intent, opt)
}

// release lets the plan go. Where that fails the result says so: what was written stands,
// and others have to wait until the lease runs out.
func (e *Engine) release(ctx context.Context, held *lease.Lease, result *apply.Result) error {
	ctx, done := netbox.Linger(ctx)
	defer done()
	err := held.Release(ctx)
	if err == nil && held.Tag() != 0 {
		e.haveTags(ctx, nil, []int64{held.Tag()})
	}
	if err == nil || result == nil {
		return err
	}
	result.Findings = append(result.Findings, change.Notice{ID: "lease", Severity: change.Warning, Message: err.Error()})
	return nil
}

// applyHeld writes a plan under its lease. What was to be done is compared once more then:
// others may have been at work until it was taken.
func (e *Engine) applyHeld(ctx context.Context, r *planRun, held holding, moved bool) (*apply.Result, *Preview, error) {
	now, err := e.still(ctx, r, held, moved)
	if err != nil {
		return nil, now, errors.Join(err, r.j.forget(context.WithoutCancel(ctx)))
	}
	err = e.keepDecisions(ctx, now, r.j.run)
	var ahead heldAhead
	if err == nil {
		ahead, err = e.holdAhead(ctx, r)
	}
	if err != nil {
		return nil, now, errors.Join(err, r.j.forget(context.WithoutCancel(ctx)))
	}
	result, err := e.run(ctx, r.j, now, held.check(r), r.intent.Info().UID)
	if result == nil {
		e.settleHold(ctx, r, ahead, nil, err)
		return nil, now, err
	}
	if _, ok := whole(r.intent).(*generate.Plan); ok {
		result.PlanDigest = now.PlanDigest
	}
	if !errors.Is(err, apply.ErrInterrupted) && !isAway(err) {
		err = errors.Join(err, e.verify(ctx, r.intent, result, err))
	}
	e.settleHold(ctx, r, ahead, result, err) // what is undone in part is to be undone whole
	ended := r.j.end(context.WithoutCancel(ctx), result, err)
	if isAway(err) && isAway(ended) {
		ended = nil // it was said
	}
	return result, now, errors.Join(err, ended)
}

// isAway reports whether an error is that the store cannot be reached. The next run finds out
// in NetBox what became of this one.
func isAway(err error) bool {
	var away *store.AwayError
	return errors.As(err, &away)
}

// still is agreed under the lease, once what earlier runs left open is settled. Where the
// sync finds nothing but the lease itself, what was compared ahead of it stands, unless
// another plan of the same command has been written since; what depends on objects that are
// deleted is judged anew in any case.
func (e *Engine) still(ctx context.Context, r *planRun, held holding, moved bool) (*Preview, error) {
	settled, err := e.settle(ctx, r.Preview.Plan, r.j.run)
	if err != nil {
		return nil, err
	}
	found, err := e.Sync(ctx, mirror.Options{})
	if err != nil {
		return nil, err
	}
	if !moved && settled == 0 && nothingBut(held[r.Preview.Plan].lease, found) && !slices.ContainsFunc(r.Preview.Changes, doomed) {
		return r.Preview, nil
	}
	now, err := e.compared(ctx, r.intent, r.opt)
	if now != nil {
		now.ID = r.Preview.ID // as the run says
	}
	return now, err
}

func doomed(c change.Change) bool { return c.Action == change.Delete }

// nothingBut reports whether a sync found nothing but a lease, which was taken since the last
// one.
func nothingBut(held *lease.Lease, found mirror.Result) bool {
	for kind, n := range found.Kinds {
		if kind != lease.Kind || held == nil || n != (mirror.Counts{Upserted: 1}) {
			return false
		}
	}
	return !found.Full && found.Changes <= len(found.Kinds)
}

// run applies a preview that has passed the checks.
func (e *Engine) run(ctx context.Context, j *journal, p *Preview, ahead func(context.Context) error, uid string) (*apply.Result, error) {
	server, err := e.client.Probe(ctx)
	if err != nil {
		return nil, errors.Join(err, j.forget(context.WithoutCancel(ctx)))
	}
	known, err := e.knownIDs(ctx, p.Plan)
	if err != nil {
		return nil, errors.Join(err, j.forget(context.WithoutCancel(ctx)))
	}
	read := &reader{engine: e, plan: p.Plan, others: othersOf(p.Set()), released: releasedOf(p.Set()), parts: childrenOf(p.Set())}
	if err := read.judgedBy(ctx); err != nil {
		return nil, errors.Join(err, j.forget(context.WithoutCancel(ctx)))
	}
	return apply.New(apply.Config{
		Writer: e.client, Reader: read, UID: uid, Version: e.cfg.Version, IfMatch: server.Caps.IfMatch, Ahead: ahead,
		PortMappings: server.Caps.PortMappings,
		Batch:        e.cfg.Batch, Parallel: e.cfg.Parallel, Wait: e.wait(), Now: e.now, Progress: e.cfg.Progress, Run: j.run, Journal: j,
		By: e.cfg.By,
	}, known).Apply(ctx, p.Set())
}

// nothing records a run with nothing to write: it shows that NetBox was as the plan says.
func (e *Engine) nothing(ctx context.Context, j *journal, p *Preview) (*apply.Result, error) {
	if err := j.begin(ctx, p); err != nil {
		return nil, err
	}
	if err := errors.Join(e.keepDecisions(ctx, p, j.run), e.dropNothing(ctx, p)); err != nil {
		return nil, errors.Join(err, j.forget(context.WithoutCancel(ctx)))
	}
	result, err := apply.New(apply.Config{Run: j.run, Journal: j}, nil).Apply(ctx, p.Set())
	return result, errors.Join(err, j.end(context.WithoutCancel(ctx), result, err))
}

// dropNothing leaves of what was decided for runs that wrote nothing the last: one an hour tells the same.
func (e *Engine) dropNothing(ctx context.Context, p *Preview) error {
	address, err := e.netbox(ctx)
	if err != nil {
		return err
	}
	return e.store.DropNothing(ctx, address, p.Plan, p.ID)
}

// knownIDs maps the diet ids of a plan's objects to NetBox ids.
func (e *Engine) knownIDs(ctx context.Context, plan string) (map[string]int64, error) {
	var rows []struct {
		Object string `db:"object"`
		ID     int64  `db:"id"`
	}
	if err := e.selectAll(ctx, &rows, "query/owned_known", sql.Named("plan", plan)); err != nil {
		return nil, err
	}
	known := make(map[string]int64, len(rows))
	for _, r := range rows {
		known[r.Object] = r.ID
	}
	return known, nil
}

// verify reads back what was touched and checks the law: nothing acting is left, except
// what failed and what was skipped because of it.
func (e *Engine) verify(ctx context.Context, intent Intent, result *apply.Result, failed error) error {
	defer e.cfg.Step("")
	e.cfg.Step("verifying")
	if _, err := e.Sync(ctx, mirror.Options{}); err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	if failed != nil || len(result.Failed) > 0 {
		return nil // the caller returns it; the law holds of runs that went through
	}
	if part, narrowed := intent.(Narrowed); narrowed {
		part.found = true
		intent = part
	}
	after, err := e.diff(ctx, intent, true)
	if err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	if n := after.Pending(); n > 0 {
		return fmt.Errorf("%w: %d, the first %s", ErrLaw, n, firstActing(after.Set()))
	}
	return nil
}

func firstActing(set *change.Set) string {
	for i := range set.Changes {
		if c := &set.Changes[i]; c.Acts() {
			return fmt.Sprintf("%s %s %s", c.Action, c.Kind, c.Object)
		}
	}
	return "nothing"
}

// runStatus is the outcome of a run, or of one of its requests.
type runStatus string

const (
	runRunning runStatus = "running"
	runDone    runStatus = "done"
	runPartial runStatus = "partial" // some objects were refused
	runFailed  runStatus = "failed"
	runUnknown runStatus = "unknown" // the answer to a request was lost

	runInterrupted runStatus = "interrupted" // stopped by a person, or killed
	runLawBroken   runStatus = "law_broken"  // it went through, and something acting is left
)

// journal keeps a run in the store.
type journal struct {
	engine *Engine
	run    string
	deed   string // what it is to do
	told   string // what its plan tells the policies
	seq    int64
}

var _ apply.Journal = (*journal)(nil)

func (j *journal) begin(ctx context.Context, p *Preview) error {
	address, err := j.engine.netbox(ctx)
	if err != nil {
		return err
	}
	return j.engine.store.Begin(ctx, store.Run{
		ID: j.run, NetBox: address, Plan: p.Plan, Preview: p.ID, Intent: j.deed, Told: j.told, StartedAt: j.engine.stamp(),
	})
}

// forget takes back a run that has come to nothing.
func (j *journal) forget(ctx context.Context) error {
	return j.engine.store.Forget(ctx, j.run)
}

// Sent implements [apply.Journal].
func (j *journal) Sent(ctx context.Context, r apply.Request) (int64, error) {
	var texts [3]string
	for i, v := range []any{r.Objects, r.Payload, r.Inverse} {
		text, err := json.Marshal(v)
		if err != nil {
			return 0, fmt.Errorf("encode journal: %w", err)
		}
		texts[i] = string(text)
	}
	j.seq++
	return j.seq, j.engine.store.Sent(ctx, store.Request{
		Run: j.run, Seq: j.seq, Batch: r.Batch, Method: r.Method, Kind: r.Kind, Objects: texts[0],
		Payload: texts[1], Inverse: texts[2], Guarded: r.Guarded, SentAt: j.engine.stamp(),
	})
}

// Done implements [apply.Journal].
func (j *journal) Done(ctx context.Context, seq int64, requestID string, failure error) error {
	r := store.Request{Run: j.run, Seq: seq, DoneAt: j.engine.stamp(), Status: string(runDone)}
	var refused *netbox.Error
	if failure != nil {
		r.Status, r.Error = string(runFailed), failure.Error()
		if errors.As(failure, &refused) && refused.Unknown {
			r.Status = string(runUnknown)
		}
	}
	if requestID != "" {
		r.RequestID = &requestID
	}
	return j.engine.store.Answered(ctx, r)
}

func (j *journal) end(ctx context.Context, result *apply.Result, failure error) error {
	status := runDone
	switch {
	case errors.Is(failure, apply.ErrInterrupted), errors.Is(failure, context.Canceled):
		status = runInterrupted
	case errors.Is(failure, ErrLaw):
		status = runLawBroken
	case failure != nil:
		status = runFailed
	case len(result.Failed) > 0:
		status = runPartial
	}
	document, err := json.Marshal(result)
	if err != nil {
		return fmt.Errorf("encode result: %w", err)
	}
	return j.engine.store.End(ctx, store.Run{ID: j.run, FinishedAt: j.engine.stamp(), Status: string(status), Result: string(document)})
}
