package engine

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror/store"
)

// known is what is known of a plan without its file: at least its key.
func (e *Engine) known(ctx context.Context, address, key string) (generate.PlanInfo, error) {
	plan := generate.PlanInfo{Key: key, Reconcile: generate.DefaultReconcile()}
	applied, err := e.applied(ctx, address, key)
	if applied != nil {
		plan = *applied
	}
	if err == nil && plan.Site == "" { // an older diet applied it, or another machine
		plan.Site, err = e.siteOf(ctx, key)
	}
	return plan, err
}

// siteOf is the slug of the site that most of what a plan owns stands in; "" for none.
func (e *Engine) siteOf(ctx context.Context, plan string) (string, error) {
	var rows []struct {
		Slug string `db:"slug"`
	}
	if err := e.selectAll(ctx, &rows, "query/plan_site", sql.Named("plan", plan)); err != nil || len(rows) == 0 {
		return "", err
	}
	return rows[0].Slug, nil
}

// toldBy is what a plan tells the policies, as a run keeps it; "" for what is no plan.
func toldBy(intent Intent) string {
	plan, is := whole(intent).(*generate.Plan)
	if !is {
		return ""
	}
	info := plan.Info()
	text, err := json.Marshal(generate.PlanInfo{Key: info.Key, UID: info.UID, Site: info.Site, Labels: info.Labels, Reconcile: info.Reconcile})
	if err != nil {
		return "" // it was read from text
	}
	return string(text)
}

// applied is what the store knows of a plan as it was applied last to a NetBox: its uid, site, labels and
// spec.reconcile. It is nil where no run of it says that.
func (e *Engine) applied(ctx context.Context, address, key string) (*generate.PlanInfo, error) {
	runs, err := e.store.Runs(ctx, key, 50)
	if err != nil {
		return nil, err
	}
	for i := range runs {
		r := &runs[i]
		if r.NetBox != address {
			continue
		}
		var info *generate.PlanInfo
		if r.Told != "" && json.Unmarshal([]byte(r.Told), &info) == nil {
			return info, nil
		}
		info, err := e.planIn(ctx, address, r.Preview) // an older diet noted no more
		if err != nil || info != nil && info.Key == key {
			return info, err
		}
	}
	return nil, nil //nolint:nilnil // no run of it is left
}

// planIn is the plan in a stored preview, nil for one that is of something else, or is not there any more.
func (e *Engine) planIn(ctx context.Context, address, preview string) (*generate.PlanInfo, error) {
	kept, err := e.store.PreviewHead(ctx, address, preview)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil //nolint:nilnil // it is not there any more
	}
	if err != nil {
		return nil, err
	}
	rows, err := e.store.PreviewRows(ctx, preview, partPlan, []int{0})
	var text string
	if err != nil || json.Unmarshal([]byte(rows[0]), &text) != nil || text == "" {
		return nil, err
	}
	plan, err := generate.Load(kept.PlanFile, []byte(text))
	if err != nil {
		return nil, nil //nolint:nilerr,nilnil // an older diet took it
	}
	info := plan.Info()
	info.File = ""
	return &info, nil
}
