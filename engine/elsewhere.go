package engine

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/diff"
)

// elsewhere says of what a plan has no object which object of NetBox is called so, or had that diet id, and
// whose it is now; "" for none.
func (e *Engine) elsewhere(ctx context.Context, plan, object string) (string, error) {
	at, err := e.bore(ctx, object)
	if err == nil && at == nil {
		at, err = e.anyCalled(ctx, object)
	}
	if err != nil || at == nil {
		return "", err
	}
	bears, err := e.bears(ctx, at.Kind, at.ID)
	if err != nil || bears == nil || bears.Plan == plan {
		return "", err
	}
	whose, err := e.whose(ctx, *at, bears)
	return fmt.Sprintf("%s is %s in NetBox, and is none of plan %s: %s", object, at, plan, whose), err
}

// bore is the object that had a diet id last, as far back as the mirror knows; nil for none.
func (e *Engine) bore(ctx context.Context, object string) (*diff.Place, error) {
	rows, err := e.past(ctx, "", 0, object)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	last := slices.MaxFunc(rows, func(a, b pastRow) int { return strings.Compare(a.Until, b.Until) })
	return &diff.Place{Kind: last.Kind, ID: last.ID}, nil
}

// anyCalled is an object that has a name, and is no part of another one; nil for none.
func (e *Engine) anyCalled(ctx context.Context, name string) (*diff.Place, error) {
	for _, kind := range e.db.Kinds().Owned() {
		if kind.Label == "" || kind.Attached || kind.Parent != "" {
			continue
		}
		var ids []int64
		st := e.db.Statements().For("query/object_named", kind)
		if err := e.selectStatement(ctx, &ids, st, sql.Named("name", name)); err != nil {
			return nil, err
		}
		if len(ids) > 0 {
			return &diff.Place{Kind: kind.Name, ID: ids[0]}, nil
		}
	}
	return nil, nil
}

// whose says who owns an object that bears no marks of a plan, or those of another one, and since when.
func (e *Engine) whose(ctx context.Context, at diff.Place, bears *bearer) (string, error) {
	if bears.Plan != "" {
		return "it belongs to plan " + bears.Plan, nil
	}
	edits, err := e.Blame(ctx, at.String(), "cf.diet_plan_id")
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(edits, func(edit Edit) bool { return slices.Contains(edit.Fields, "cf.diet_plan_id") })
	switch {
	case i < 0:
		return "no plan owns it", nil
	case edits[i].Actor == change.ActorDiet:
		return fmt.Sprintf("diet released it at %s (%s), and people manage it since", edits[i].Time, edits[i].Message), nil
	}
	return fmt.Sprintf("%s took it from its plan at %s, and people manage it since", edits[i].User, edits[i].Time), nil
}
