package engine

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// sign is a field in which NetBox counts what refers to an object, whether the token may
// view that or not.
type sign struct {
	of    kinds.Kind // the object's
	field string
	by    kinds.Kind // what is counted, by its reference
	ref   kinds.Field
}

// unshown holds what NetBox tells of although the token does not see it.
func (e *Engine) unshown(ctx context.Context, set *change.Set) error {
	if !e.cfg.PartialView {
		if err := e.uncounted(ctx, set); err != nil {
			return err
		}
	}
	return e.occupied(ctx, set)
}

// uncounted holds creates where NetBox counts more of their kind than the token sees: what
// is hidden may be what the plan wants, and would be made twice.
func (e *Engine) uncounted(ctx context.Context, set *change.Set) error {
	for _, s := range e.signs() {
		holders := s.holders(set)
		if len(holders) == 0 {
			continue
		}
		fewer, err := e.fewer(ctx, s, slices.Sorted(maps.Keys(holders)))
		if err != nil {
			return fmt.Errorf("count %s: %w", s.by.Words(), err)
		}
		if err := e.tellUncounted(ctx, set, s, fewer, holders); err != nil {
			return fmt.Errorf("count %s: %w", s.by.Words(), err)
		}
	}
	return nil
}

// signs are those that count what diet may own.
func (e *Engine) signs() []sign {
	var out []sign
	for _, of := range e.db.Kinds().All() {
		for _, field := range slices.Sorted(maps.Keys(of.Signs)) {
			by := e.db.Kinds().Must(of.Signs[field])
			i := slices.IndexFunc(by.Fields, func(f kinds.Field) bool { return f.Type == kinds.Reference && f.To == of.Name })
			if by.IsOwned() && i >= 0 {
				out = append(out, sign{of, field, by, by.Fields[i]})
			}
		}
	}
	for _, part := range e.db.Kinds().Owned() {
		if ref, ok := part.Field(part.Parent); ok && part.Counter != "" {
			out = append(out, sign{e.db.Kinds().Must(part.ParentKind()), part.Counter, part, ref})
		}
	}
	return out
}

// holders are the objects in which a set makes what the sign counts, with the changes.
func (s sign) holders(set *change.Set) map[int64][]*change.Change {
	out := map[int64][]*change.Change{}
	for i := range set.Changes {
		c := &set.Changes[i]
		if c.Kind != s.by.Name || c.Action != change.Create || c.Held != "" {
			continue
		}
		for _, f := range c.Fields {
			if id, ok := value.ID(f.Want); ok && f.Name == s.ref.Name {
				out[id] = append(out[id], c)
			}
		}
	}
	return out
}

// fewer are the objects of which NetBox counts more than the mirror has.
func (e *Engine) fewer(ctx context.Context, s sign, ids []int64) ([]int64, error) {
	here, err := e.referring(ctx, s.by, s.ref, ids)
	if err != nil {
		return nil, err
	}
	there, err := e.counted(ctx, s, ids)
	return slices.DeleteFunc(ids, func(id int64) bool { return there[id] <= here[id] }), err
}

// referring is how many objects of a kind the mirror has that refer to each by a field.
func (e *Engine) referring(ctx context.Context, by kinds.Kind, ref kinds.Field, ids []int64) (map[int64]int, error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	var rows []struct {
		Target int64 `db:"target"`
		N      int   `db:"n"`
	}
	st := e.db.Statements().ForField("query/referrer_count", by, ref)
	if err := e.selectStatement(ctx, &rows, st, sql.Named("ids", string(list))); err != nil {
		return nil, err
	}
	out := map[int64]int{}
	for _, r := range rows {
		out[r.Target] = r.N
	}
	return out, nil
}

// counted is what NetBox counts, by object.
func (e *Engine) counted(ctx context.Context, s sign, ids []int64) (map[int64]int, error) {
	out := make(map[int64]int, len(ids))
	err := e.rows(ctx, s.of, ids, []string{s.field}, func(id int64, row map[string]any) {
		n, _ := row[s.field].(int64)
		out[id] = int(n)
	})
	return out, err
}

// visible is how many of what a sign counts the token sees by now, by object.
func (e *Engine) visible(ctx context.Context, s sign, ids []int64) (map[int64]int, error) {
	out := make(map[int64]int, len(ids))
	for some := range slices.Chunk(ids, asked) {
		query := url.Values{"fields": {"id," + s.ref.Name}}
		for _, id := range some {
			query.Add(s.ref.Column(), strconv.FormatInt(id, 10))
		}
		for page, err := range e.client.Pages(ctx, s.by, query) {
			if err != nil {
				return nil, err
			}
			body, err := value.DecodeObject(page.Body)
			if err != nil {
				return nil, err
			}
			results, _ := body["results"].([]any)
			for _, r := range results {
				row, _ := r.(map[string]any)
				whole, _ := row[s.ref.Name].(map[string]any)
				if id, ok := value.ID(whole["id"]); ok {
					out[id]++
				}
			}
		}
	}
	return out, nil
}

// asked is about how many objects are asked for in one request: addresses may not be long.
const asked = 100

// tellUncounted holds the creates in objects of which NetBox counts more than it shows
// by now: others may have made some since the mirror was synced.
func (e *Engine) tellUncounted(
	ctx context.Context, set *change.Set, s sign, ids []int64, holders map[int64][]*change.Change,
) error {
	if len(ids) == 0 {
		return nil
	}
	seen, err := e.visible(ctx, s, ids)
	if err != nil {
		return err
	}
	there, err := e.counted(ctx, s, ids)
	if err != nil {
		return err
	}
	ids = slices.DeleteFunc(ids, func(id int64) bool { return there[id] <= seen[id] })
	if len(ids) == 0 {
		return nil
	}
	var objects []string
	var creates []*change.Change
	for _, id := range ids {
		objects = append(objects, fmt.Sprintf("%s %d", s.of.Name, id))
		creates = append(creates, holders[id]...)
	}
	message := fmt.Sprintf("NetBox counts %d of kind %s in %s %d, and the token sees %d",
		there[ids[0]], s.by.Words(), s.of.Words(), ids[0], seen[ids[0]])
	if more := len(ids) - 1; more > 0 {
		message += fmt.Sprintf(", as of %d more", more)
	}
	message += fmt.Sprintf(": it needs the permission to view all %s, or netbox.partial_view in diet.yaml if that is meant", s.by.ObjectType)
	if s.field == s.by.Counter {
		message += "; where the token sees all, NetBox's count is wrong: manage.py calculate_cached_counts mends it"
	}
	holdUnseen(set, message, objects, creates)
	return nil
}
