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

// tellTakenAlong says what others have in what goes elsewhere, or would if somebody answered so: NetBox
// moves it too.
func (e *Engine) tellTakenAlong(ctx context.Context, p *Preview, set *change.Set) error {
	for _, kind := range e.db.Kinds().Owned() {
		follows := map[string][]string{} // by reference
		for _, f := range kind.Fields {
			if f.Follows != "" {
				follows[f.Follows] = append(follows[f.Follows], f.Name)
			}
		}
		for _, reference := range slices.Sorted(maps.Keys(follows)) {
			if goes := goesElsewhere(set, kind.Refers(reference), follows[reference]); len(goes) > 0 {
				if err := e.tellFollowers(ctx, p, kind, reference, follows[reference], goes); err != nil {
					return err
				}
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

// tellFollowers says what of a kind is in objects that go elsewhere, which change some of its fields, and is not the plan's.
func (e *Engine) tellFollowers(
	ctx context.Context, p *Preview, kind kinds.Kind, reference string, fields []string, goes map[int64]*change.Change,
) error {
	ids, err := json.Marshal(slices.Sorted(maps.Keys(goes)))
	if err != nil {
		return fmt.Errorf("look for what goes along: %w", err)
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
		return err
	}
	along := map[int64][]string{}
	for _, r := range rows {
		if r.Plan == p.Plan {
			continue
		}
		name := calledBy(kind.Name, r.Name)
		if r.Plan != "" {
			name += " of plan " + r.Plan
		}
		along[r.Target] = append(along[r.Target], name)
	}
	for _, id := range slices.Sorted(maps.Keys(along)) {
		p.Findings = append(p.Findings, change.Notice{
			ID: "taken-along", Severity: change.Warning, Objects: along[id],
			Message: fmt.Sprintf("with %s, NetBox changes the %s of what others have in it: %s",
				calledBy(to.Name, goes[id].Name), strings.Join(fields, " and the "), some(along[id])),
		})
	}
	return nil
}
