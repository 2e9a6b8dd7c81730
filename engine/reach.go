package engine

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror"
)

// ReachFinding is the id of the finding about how far back a new mirror knows deletions.
const ReachFinding = "reach"

// reach tells in the first preview of a plan that is older than the mirror how far back
// that knows who deleted what: what went before looks as if it was never made.
func (e *Engine) reach(ctx context.Context, p *Preview) error {
	var made []string
	if err := e.selectAll(ctx, &made, "query/plan_made", sql.Named("plan", p.Plan)); err != nil {
		return err
	}
	know, err := e.db.Reach(ctx, p.Plan)
	if err != nil || know.Told || made[0] == "" || made[0] >= know.Born {
		return err
	}
	p.Findings = append(p.Findings, change.Notice{ID: ReachFinding, Severity: change.Warning, Message: reachText(know)})
	return e.db.TellReach(ctx, p.Plan)
}

func reachText(know mirror.Reach) string {
	why := "the mirror is new"
	if know.Back != "" {
		why = fmt.Sprintf("at %s NetBox's changelog had lost what it had said before (was NetBox restored?)", know.Back)
	}
	const lost = "what people deleted before that looks as if it was never made"
	switch {
	case know.Denied:
		return why + ", and the token may not read NetBox's changelog: what people deleted looks as if it was never made"
	case know.Since == "":
		return why + ", and NetBox's changelog is empty: " + lost
	}
	return fmt.Sprintf("%s, and NetBox's changelog goes back to %s: %s", why, know.Since, lost)
}
