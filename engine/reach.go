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
	if know.Since == "" {
		return "the mirror is new, and the token may not read NetBox's changelog: what people deleted looks as if it was never made"
	}
	return fmt.Sprintf("the mirror is new, and NetBox's changelog goes back to %s: "+
		"what people deleted before that looks as if it was never made", know.Since)
}
