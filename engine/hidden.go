package engine

import (
	"context"
	"fmt"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror"
)

// HiddenFinding is the id of the finding about an object that the token cannot see.
const HiddenFinding = "hidden"

// hidden reports objects that a plan's objects refer to and that the token cannot see.
// Nothing of such a kind is created: it could duplicate what is only hidden.
func (e *Engine) hidden(ctx context.Context, set *change.Set) error {
	var rows []mirror.Hidden
	if err := e.selectAll(ctx, &rows, "query/hidden_list"); err != nil {
		return err
	}
	held, err := e.unseen(ctx, set)
	if err != nil {
		return err
	}
	for _, h := range rows {
		if h.Plan != set.Plan {
			continue
		}
		kind, referrer := e.db.Kinds().Must(h.Kind), e.db.Kinds().Must(h.Referrer)
		f := change.Notice{
			ID: HiddenFinding, Severity: change.Error, Objects: []string{fmt.Sprintf("%s %d", kind.Name, h.ID)},
			Message: fmt.Sprintf("the token does not see %s %d, which %d of the plan's objects of kind %s refer to: "+
				"it needs the permission to view %s",
				kind.Words(), h.ID, h.Objects, referrer.Words(), kind.ObjectType),
		}
		set.Findings = append(set.Findings, f)
		held[kind.Name] = f.Message
	}
	for i := range set.Changes {
		if c := &set.Changes[i]; c.Action == change.Create && held[c.Kind] != "" {
			c.Held = held[c.Kind]
		}
	}
	return nil
}

// unseen reports kinds that the token may not view and that a plan has objects of: what is to be
// created may be there.
func (e *Engine) unseen(ctx context.Context, set *change.Set) (held map[string]string, err error) {
	names, err := e.db.Unseen(ctx)
	held = map[string]string{}
	for _, name := range names {
		kind, wanted := e.db.Kinds().Must(name), 0
		for i := range set.Changes {
			if c := &set.Changes[i]; c.Kind == name && c.Action == change.Create {
				wanted++
			}
		}
		if wanted == 0 {
			continue
		}
		held[name] = fmt.Sprintf("the token may not view %s (%s), of which the plan has %d: it needs the permission to view %s",
			kind.Words(), kind.Endpoint, wanted, kind.ObjectType)
		set.Findings = append(set.Findings, change.Notice{
			ID: HiddenFinding, Severity: change.Error, Objects: []string{name}, Message: held[name],
		})
	}
	return held, err
}
