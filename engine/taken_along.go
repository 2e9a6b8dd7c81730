package engine

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/kinds"
)

// takeAlong notes what others have in what goes elsewhere, or would if somebody answered so, and says it: NetBox
// moves it too.
func (e *Engine) takeAlong(ctx context.Context, set *change.Set) error {
	for _, kind := range e.db.Kinds().Owned() {
		follows := map[string][]string{} // by reference
		for _, f := range kind.Fields {
			if f.Follows != "" {
				follows[f.Follows] = append(follows[f.Follows], f.Name)
			}
		}
		for _, reference := range slices.Sorted(maps.Keys(follows)) {
			if goes := goesElsewhere(set, kind.Refers(reference), follows[reference]); len(goes) > 0 {
				notices, err := e.followers(ctx, set.Plan, kind, reference, follows[reference], goes)
				if err != nil {
					return err
				}
				set.Findings = append(set.Findings, notices...)
			}
		}
	}
	return nil
}

// goesElsewhere are the objects of a kind of which one of some fields is written, or asked about.
func goesElsewhere(set *change.Set, kind string, fields []string) map[int64]*change.Change {
	out := map[int64]*change.Change{}
	for i := range set.Changes {
		c := &set.Changes[i]
		goes := func(f change.Field) bool {
			return slices.Contains(fields, f.Name) && (f.Writes() || f.Verdict.Asks())
		}
		if c.Kind == kind && c.NetBoxID != 0 && !c.Deletes() && slices.ContainsFunc(c.Fields, goes) {
			out[c.NetBoxID] = c
		}
	}
	return out
}

// followers notes what of a kind is in objects that go elsewhere, which change some of its fields, and is not the plan's.
func (e *Engine) followers(
	ctx context.Context, plan string, kind kinds.Kind, reference string, fields []string, goes map[int64]*change.Change,
) (told []change.Notice, err error) {
	ids, err := json.Marshal(slices.Sorted(maps.Keys(goes)))
	if err != nil {
		return nil, fmt.Errorf("look for what goes along: %w", err)
	}
	field, _ := kind.Field(reference)
	to := e.db.Kinds().Must(field.To)
	var rows []struct {
		Target, ID         int64
		Name, Plan, Object string
	}
	err = e.selectStatement(ctx, &rows, e.db.Statements().ForField("query/referrer", kind, field),
		sql.Named("ids", string(ids)), sql.Named("type", to.ObjectType))
	if err != nil {
		return nil, err
	}
	along := map[int64][]string{}
	for _, r := range rows {
		if r.Plan == plan {
			continue
		}
		name := calledBy(kind.Name, r.Name)
		if r.Plan != "" {
			name += " of plan " + r.Plan
		}
		along[r.Target] = append(along[r.Target], name)
		goes[r.Target].TakesAlong = append(goes[r.Target].TakesAlong, change.Reference{Kind: kind.Name, ID: r.ID, Name: name})
	}
	for _, id := range slices.Sorted(maps.Keys(along)) {
		told = append(told, change.Notice{
			ID: "taken-along", Severity: change.Warning, Objects: along[id],
			Message: fmt.Sprintf("with %s, NetBox changes the %s of what others have in it: %s",
				calledBy(to.Name, goes[id].Name), strings.Join(fields, " and the "), some(along[id])),
		})
	}
	return told, nil
}
