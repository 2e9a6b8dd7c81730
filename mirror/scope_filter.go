package mirror

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"

	"github.com/diet-project/diet/mirror/kinds"
)

// marks are the custom fields that people see diet's marks in; the second is searched
// where the first is empty.
var marks = []string{"diet_object_id", "diet_plan_id"}

// filters find the objects of a kind that are in the sites of the mirror, and those that
// bear marks.
func (ss *session) filters(ctx context.Context, kind kinds.Kind) ([]url.Values, error) {
	var out []url.Values
	if kind.Placed != kinds.ByEnds {
		for part := range slices.Chunk(ss.scope.sites, sitesAtOnce) {
			out = append(out, url.Values{kinds.SiteFilter: texted(part)})
		}
	}
	byMarks, err := ss.markFilters(ctx, kind)
	return append(out, byMarks...), err
}

// sitesAtOnce is how many sites go into one URL, beside ids.
const sitesAtOnce = 50

// markFilters find the objects of a kind that bear marks: none where they cannot. Where
// NetBox does not filter by them exactly, all are read.
func (ss *session) markFilters(ctx context.Context, kind kinds.Kind) ([]url.Values, error) {
	names, err := json.Marshal(marks)
	if err != nil {
		return nil, err
	}
	fields, err := pick[struct{ Name, Logic string }](ctx, ss.tx, ss.statement("query/custom_field_logic"),
		sql.Named("names", string(names)), sql.Named("type", kind.ObjectType))
	if err != nil || len(fields) == 0 {
		return nil, err
	}
	var out []url.Values
	for i, f := range fields {
		if f.Logic != "exact" {
			return []url.Values{{}}, nil
		}
		query := url.Values{"cf_" + f.Name + "__empty": {"false"}}
		for _, other := range fields[:i] {
			query.Set("cf_"+other.Name+"__empty", "true")
		}
		out = append(out, query)
	}
	return out, nil
}

func texted(ids []int64) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = fmt.Sprint(id)
	}
	return out
}

// joined are the conditions of all queries.
func joined(queries ...url.Values) url.Values {
	out := url.Values{}
	for _, q := range queries {
		maps.Copy(out, q)
	}
	return out
}

// listing reads what the mirror is to hold of a kind and matches a query.
func (ss *session) listing(ctx context.Context, kind kinds.Kind, query url.Values) ([]source, error) {
	if !ss.scope.narrows(kind) {
		return []source{ss.all(kind, query)}, nil
	}
	filters, err := ss.filters(ctx, kind)
	var out []source
	for _, f := range filters {
		out = append(out, ss.all(kind, joined(query, f)))
	}
	return out, err
}

// tally is a number of objects that NetBox and the mirror should agree on.
type tally struct {
	kind  kinds.Kind
	query url.Values
	here  int
}

// tallies are what to count of some kinds.
func (ss *session) tallies(ctx context.Context, list []kinds.Kind) ([]tally, error) {
	here, err := ss.s.db.counts(ctx, ss.tx)
	if err != nil {
		return nil, err
	}
	var out []tally
	for _, kind := range list {
		if !ss.scope.narrows(kind) {
			out = append(out, tally{kind, nil, here[kind.Name]})
			continue
		}
		part, err := ss.talliesOf(ctx, kind)
		if err != nil {
			return nil, err
		}
		out = append(out, part...)
	}
	return out, nil
}

// talliesOf are those of a kind of which the mirror holds a part.
func (ss *session) talliesOf(ctx context.Context, kind kinds.Kind) ([]tally, error) {
	rows, err := pick[struct {
		Inside   int
		ByObject int `db:"by_object"`
		ByPlan   int `db:"by_plan"`
	}](ctx, ss.tx, ss.statementFor("query/scope_count", kind))
	if err != nil {
		return nil, err
	}
	var out []tally
	if n := len(ss.scope.sites); kind.Placed != kinds.ByEnds && n > 0 && n <= sitesAtOnce {
		out = append(out, tally{kind, url.Values{kinds.SiteFilter: texted(ss.scope.sites)}, rows[0].Inside})
	}
	filters, err := ss.markFilters(ctx, kind)
	if err != nil || len(filters) != len(marks) {
		return out, err
	}
	return append(out, tally{kind, filters[0], rows[0].ByObject}, tally{kind, filters[1], rows[0].ByPlan}), nil
}
