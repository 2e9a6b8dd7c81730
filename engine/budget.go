package engine

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/diet-project/diet/engine/answer"
	"github.com/diet-project/diet/engine/change"
)

// dateOnce notes of each change when its object was last written or deleted, where a budget asks: an
// approval is of what is done once, and not of the same done again.
func (e *Engine) dateOnce(ctx context.Context, set *change.Set, verdicts []*change.Verdict) error {
	if !slices.ContainsFunc(verdicts, func(v *change.Verdict) bool { return v.Count > 0 }) {
		return nil
	}
	type object struct{ kind, id string }
	at := map[bool]map[object]string{true: {}, false: {}} // by whether it is made
	for statement, made := range map[string]bool{"query/once_applied": false, "query/once_deleted": true} {
		var rows []struct{ Kind, Object, At string }
		if err := e.selectAll(ctx, &rows, statement, sql.Named("plan", set.Plan)); err != nil {
			return err
		}
		for _, r := range rows {
			at[made][object{r.Kind, r.Object}] = r.At
		}
	}
	for i := range set.Changes {
		c := &set.Changes[i]
		c.Once = at[c.Action == change.Create][object{c.Kind, c.Object}]
	}
	return nil
}

// tellUsed says of the approvals of budgets by which a run goes ahead that it uses them up.
func (h *hearing) tellUsed(set *change.Set, matters []answer.Matter) {
	for _, m := range matters {
		v := m.Verdict()
		a := h.given[v]
		if a == nil || a.UpTo == 0 || v.Answer == "" || v.Waits() {
			continue
		}
		text := fmt.Sprintf("%s: %s. It is for what was shown then, done once, and this run uses it up", a.About, a.Says())
		set.Findings = append(set.Findings, change.Notice{ID: "used-up", Severity: change.Warning, Message: text})
	}
}
