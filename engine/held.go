package engine

import (
	"context"
	"database/sql"
	"errors"

	"github.com/diet-project/diet/engine/apply"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/lease"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror/netbox"
)

// heldBy is the run that was rolled back and must not be applied again unasked: the plan is
// as it was then. "" if there is none.
func (e *Engine) heldBy(ctx context.Context, plan *generate.Plan) (string, error) {
	var rows []string
	info := plan.Info()
	err := e.selectAll(ctx, &rows, "query/lease_get", sql.Named("slug", lease.HoldSlug(info.Key)))
	if err != nil || len(rows) == 0 {
		return "", err
	}
	if hold := lease.ReadHold(rows[0]); hold.On(info.Digest) {
		return hold.Run, nil
	}
	return "", nil
}

// settleHold has NetBox hold a plan of which a run was rolled back, and let go of one that
// was applied, or a part of one. Where that fails the result says so: what was written
// stands.
func (e *Engine) settleHold(ctx context.Context, intent Intent, result *apply.Result) {
	ctx, done := netbox.Linger(ctx)
	defer done()
	var err error
	switch x := whole(intent).(type) {
	case Rollback:
		var made []netbox.Object
		var gone []int64
		made, gone, err = lease.NewHold(x.Run, result.Run, x.Plan.Digest).Put(ctx, e.client, x.Plan.Key)
		e.haveTags(ctx, made, gone)
	case *generate.Plan:
		err = e.letGo(ctx, x.Info().Key)
	}
	if err != nil && !errors.Is(err, context.Canceled) {
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

// letGo ends the hold on a plan, if the mirror knows of one.
func (e *Engine) letGo(ctx context.Context, plan string) error {
	var rows []string
	err := e.selectAll(ctx, &rows, "query/lease_get", sql.Named("slug", lease.HoldSlug(plan)))
	if err != nil || len(rows) == 0 {
		return err
	}
	gone, err := lease.Release(ctx, e.client, plan)
	e.haveTags(ctx, nil, gone)
	return err
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
