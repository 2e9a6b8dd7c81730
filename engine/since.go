package engine

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/diet-project/diet/engine/answer"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror"
)

// dateChanges finds out since when what exists, or is to go, has had its name and its marks, as far as the
// changelog tells: an answer that was carried out is none to what came to be so later.
func (e *Engine) dateChanges(ctx context.Context, matters []answer.Matter) error {
	var list []any
	var dated []*change.Change
	for _, m := range matters {
		c := m.Change
		if m.Field != nil || c == nil || c.Since != "" {
			continue
		}
		kind, id := c.Kind, c.NetBoxID
		switch {
		case c.Class == change.Orphaned:
		case (c.Class == change.Exists || c.Class == change.Blocked) && c.Other != nil:
			kind, id = c.Other.Kind, c.Other.ID
		default:
			continue
		}
		of, known := e.db.Kinds().Of(kind)
		if !known {
			continue
		}
		for _, field := range []string{"cf.diet_object_id", of.Label} {
			list, dated = append(list, []any{of.ObjectType, id, field}), append(dated, c)
		}
	}
	if len(list) == 0 {
		return nil
	}
	text, err := json.Marshal(list)
	if err != nil {
		return fmt.Errorf("encode objects: %w", err)
	}
	var rows []struct {
		At int
		mirror.Touched
	}
	if err := e.selectAll(ctx, &rows, "query/blame_field_each", sql.Named("asked", string(text))); err != nil {
		return err
	}
	for _, r := range rows {
		c := dated[r.At]
		c.Since = max(c.Since, r.Time)
	}
	return nil
}
