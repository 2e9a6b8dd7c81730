package engine

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine/apply"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/lease"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror/netbox"
	"github.com/diet-project/diet/mirror/store"
)

// holdsOn are the holds on a plan after rollbacks, as the mirror knows them, but for those of
// rollbacks that are known to have ended without a write.
func (e *Engine) holdsOn(ctx context.Context, plan string) (lease.Holds, error) {
	known, err := e.knownHolds(ctx, plan)
	if err != nil || len(known) == 0 {
		return nil, err
	}
	const newest = 20
	runs, err := e.store.Runs(ctx, plan, newest)
	if err != nil {
		return nil, err
	}
	known = slices.DeleteFunc(known, func(h lease.Hold) bool { return !e.mayHaveWritten(runs, h.By) })
	if e.ran == nil || len(known) == 0 {
		return known, nil
	}
	if runs, err = e.ran.Runs(ctx, plan, mostRuns); err != nil {
		return nil, err
	}
	until := e.now().UTC().Format(stampLayout) // it is looked at how things stood then
	return slices.DeleteFunc(known, func(h lease.Hold) bool {
		return slices.ContainsFunc(runs, func(r store.Told) bool { return r.ID == h.By && r.StartedAt > until })
	}), nil
}

// knownHolds are the holds on a plan as NetBox was last read.
func (e *Engine) knownHolds(ctx context.Context, plan string) (lease.Holds, error) {
	var rows []string
	err := e.selectAll(ctx, &rows, "query/lease_get", sql.Named("slug", lease.HoldSlug(plan)))
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return lease.ReadHolds(rows[0]), nil
}

// mayHaveWritten reports whether a run wrote something, as far as this store knows.
func (e *Engine) mayHaveWritten(newest []store.Told, run string) bool {
	for i := range newest {
		if r := &newest[i]; r.ID == run {
			return r.Requests > 0 || e.stateOf(r.Status, r.Active) == runRunning
		}
	}
	return true // it is another machine's, or an older one
}

// deedsOf are what an intent does, or what it is a part of, by a digest or a name: a plan by what
// it means, a destruction, what a rollback undoes. A hold keeps the first; one of an older diet has
// the digest of the plan's text, or none.
func deedsOf(intent Intent) []string {
	switch x := whole(intent).(type) {
	case *generate.Plan:
		info := x.Info()
		return []string{info.Meaning, info.Digest}
	case Destruction:
		return []string{deedDestroy}
	case Rollback:
		return []string{x.Run}
	}
	return nil
}

// deedDestroy is what a hold keeps of a plan whose destruction was rolled back.
const deedDestroy = "destroy"

// ofPlan reports whether it is a plan that does a deed.
func ofPlan(deed string) bool { return deed != deedDestroy && !strings.HasPrefix(deed, runID+"-") }

// heldAhead is the hold that a rollback put ahead of its first write.
type heldAhead struct {
	put  bool
	back lease.Holds // what held the plan before
}

// holdAhead has NetBox hold a plan ahead of the first write of a rollback, so that it is held also
// if the run is killed.
func (e *Engine) holdAhead(ctx context.Context, r *planRun) (heldAhead, error) {
	undo, ok := whole(r.intent).(Rollback)
	if !ok {
		return heldAhead{}, nil
	}
	was, err := lease.HoldsOn(ctx, e.client, undo.Plan.Key)
	if err == nil {
		err = e.holdAfter(ctx, undo, r.j.run, was)
	}
	if err != nil && r.opt.NoLease {
		return heldAhead{}, nil // it may have no rights on tags: settleHold tries again, and says so
	}
	return heldAhead{put: err == nil, back: was}, err
}

// holdAfter has NetBox hold a plan after a rollback, besides what holds it: but for what held it
// after the run that is undone, if that was a rollback.
func (e *Engine) holdAfter(ctx context.Context, undo Rollback, by string, was lease.Holds) error {
	deeds, err := e.undoneBy(ctx, undo)
	if err != nil {
		return err
	}
	var newer lease.Holds
	for _, deed := range slices.Backward(deeds) {
		newer = newer.With(lease.NewHold(undo.Run, by, deed))
	}
	was = slices.DeleteFunc(was, func(h lease.Hold) bool { return h.By == undo.Run })
	return e.putHolds(ctx, was.With(newer...), undo.Plan.Key)
}

// undoneBy are the deeds that a rollback undoes, and that are not done again unasked: the plan as
// it is in force, and what the run did. Where that was to undo the rollback of another run, that
// one is undone again.
func (e *Engine) undoneBy(ctx context.Context, undo Rollback) ([]string, error) {
	deeds := []string{undo.Plan.Digest}
	run, err := e.pastOf(ctx, undo)
	if err != nil || undo.Plan.Digest == "" {
		return deeds, err
	}
	for told, again := run.told, true; ; again = !again {
		deed := deedIn(&told)
		if again && deed != "" {
			deeds = append(deeds, deed)
		}
		if deed == "" || deed == deedDestroy || ofPlan(deed) {
			return deeds, nil
		}
		if told, _, err = e.store.Run(ctx, deed); errors.Is(err, store.ErrNotFound) {
			return deeds, nil
		} else if err != nil {
			return deeds, err
		}
	}
}

// putHolds has NetBox hold a plan like that, or without holds let go of it.
func (e *Engine) putHolds(ctx context.Context, holds lease.Holds, plan string) error {
	if len(holds) == 0 {
		gone, err := lease.Release(ctx, e.client, plan)
		e.haveTags(ctx, nil, gone)
		return err
	}
	there, err := holds.Put(ctx, e.client, plan)
	e.haveTags(ctx, there, nil)
	return err
}

// settleHold leaves a plan held of which a run was rolled back, and as it was before where nothing
// was written. It lets go of one that was applied, or a part of one, and of one that was destroyed
// after all. Where that fails the result says so: what was written stands.
func (e *Engine) settleHold(ctx context.Context, r *planRun, ahead heldAhead, result *apply.Result, failed error) {
	ctx, done := netbox.Linger(ctx)
	defer done()
	var err error
	undo, undoes := whole(r.intent).(Rollback)
	switch {
	case undoes && (result == nil || result.Requests == 0):
		if ahead.put {
			err = e.putHolds(ctx, ahead.back, undo.Plan.Key)
		}
	case undoes && !ahead.put:
		if ahead.back, err = lease.HoldsOn(ctx, e.client, undo.Plan.Key); err == nil {
			err = e.holdAfter(ctx, undo, r.j.run, ahead.back)
		}
	case !undoes && failed == nil:
		err = e.letGo(ctx, r.intent)
	}
	if err != nil && result != nil && !errors.Is(err, context.Canceled) {
		result.Findings = append(result.Findings, change.Notice{ID: "hold", Severity: change.Warning, Message: err.Error()})
	}
}

// whole is the intent that another one may be a part of.
func whole(intent Intent) Intent {
	for {
		switch x := intent.(type) {
		case Narrowed:
			intent = x.Intent
		case Carried:
			intent = x.Intent
		default:
			return intent
		}
	}
}

// letGo ends the holds on what was done, if the mirror knows of any; a plan that was applied is no
// longer held on what it was before either.
func (e *Engine) letGo(ctx context.Context, intent Intent) error {
	key := intent.Info().Key
	known, err := e.knownHolds(ctx, key)
	if err != nil || len(known) == 0 {
		return err
	}
	_, plan := whole(intent).(*generate.Plan)
	left := slices.DeleteFunc(slices.Clone(known), func(h lease.Hold) bool {
		return slices.ContainsFunc(deedsOf(intent), h.On) || plan && ofPlan(h.Digest)
	})
	if len(left) == len(known) {
		return nil
	}
	return e.putHolds(ctx, left, key)
}

// tellHold says that a plan will be held, or that it is not held any more, where it would write
// something.
func (p *Preview) tellHold(intent Intent, freed lease.Hold) {
	if p.Pending() == 0 {
		return
	}
	var text string
	switch x := whole(intent).(type) {
	case Rollback:
		text = "after this, " + heldAs(x) + " somebody approves, so that no schedule undoes the rollback"
	case *generate.Plan:
		if freed.Run != "" {
			text = freed.Run + " was rolled back, and the plan has changed since: it is not held any more"
		}
	}
	if text != "" {
		p.Findings = append(p.Findings, change.Notice{ID: "hold", Severity: change.Warning, Message: text})
	}
}

// heldAs says what is not done again unasked after a rollback.
func heldAs(r Rollback) string {
	switch deed := r.Plan.Digest; {
	case deed == deedDestroy:
		return "plan " + r.Plan.Key + " is not destroyed again until"
	case !ofPlan(deed):
		return deed + " is not rolled back again until"
	case deed == "":
		return "plan " + r.Plan.Key + " is held: it is not applied until"
	}
	return "plan " + r.Plan.Key + " is held: it is not applied as it was last, until it changes or"
}

// haveTags writes into the mirror which tags of its own a run has made and deleted since the
// last sync, so that whoever reads it ahead of the next one is not told of them. Where that
// fails, the next sync finds out.
func (e *Engine) haveTags(ctx context.Context, made []netbox.Object, gone []int64) {
	ctx = context.WithoutCancel(ctx)
	var err error
	if len(gone) > 0 {
		err = e.db.Forget(ctx, lease.Kind, gone...)
	}
	if len(made) > 0 {
		err = errors.Join(err, e.db.Learn(ctx, lease.Kind, pageOf(made)))
	}
	if err != nil && e.cfg.Logger != nil {
		e.cfg.Logger.Warn("the mirror does not know yet which tags a run has made and deleted", "error", err)
	}
}

// pageOf is a page of a list with the objects that NetBox answered a write with.
func pageOf(objects []netbox.Object) []byte {
	page := []byte(`{"results":[`)
	for i, o := range objects {
		if i > 0 {
			page = append(page, ',')
		}
		page = append(page, o.Raw...)
	}
	return append(page, `]}`...)
}
