package engine

import (
	"context"
	"fmt"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/refer"
	"github.com/diet-project/diet/generate/plain"
)

// judge finds what depends on the objects that a set would delete, in the mirror and, if
// ask is set, in NetBox itself, and records it in the changes.
// It returns what of the plan itself refers to each of them.
func (e *Engine) judge(ctx context.Context, set *change.Set, ask bool) (map[refer.Object][]refer.Tie, error) {
	cfg := refer.Config{DB: e.db, Plan: set.Plan, Others: othersOf(set)}
	if ask && e.client != nil {
		cfg.NetBox = e.client
	}
	doomed := map[refer.Object]*change.Change{}
	var objects []refer.Object
	for i := range set.Changes {
		if c := &set.Changes[i]; c.Class == change.Orphaned || c.Class == change.Parking {
			o := refer.Object{Kind: c.Kind, ID: c.NetBoxID}
			doomed[o] = c
			objects = append(objects, o)
		}
	}
	if ask && len(objects) > 0 {
		e.cfg.Step("asking what depends on " + plain.Count(len(objects), "object", "objects") + " to delete")
	}
	judged, err := refer.Judge(ctx, cfg, objects)
	if err != nil {
		return nil, fmt.Errorf("check what depends on the objects to delete: %w", err)
	}
	ties := make(map[refer.Object][]refer.Tie, len(doomed))
	for o, c := range doomed {
		j := judged[o]
		ties[o] = j.Ties
		c.References = j.References
		c.Edited = append(c.Edited, j.Edited...)
		c.Protected = c.Protected || j.Protected
		if ask {
			c.Unjudged = j.Unknown
		}
		if c.Class == change.Parking && (c.Protected || len(c.References)+len(c.Edited) > 0) {
			c.Verdict = change.Verdict{Decision: change.DecisionSkip, Message: "diet made it temporarily, and somebody uses it now"}
		}
	}
	return ties, nil
}

// othersOf are the objects with the plan's marks that a person took over, or of which it is in
// doubt whose they are: they are deleted with nothing.
func othersOf(set *change.Set) map[refer.Object]bool {
	out := map[refer.Object]bool{}
	for i := range set.Changes {
		c := &set.Changes[i]
		if c.Settled || c.Action != change.None || c.Class != change.Identity && c.Class != change.Unmanaged {
			continue
		}
		out[refer.Object{Kind: c.Kind, ID: c.NetBoxID}] = true
		for _, r := range c.References {
			out[refer.Object{Kind: r.Kind, ID: r.ID}] = true
		}
	}
	return out
}
