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
	"github.com/diet-project/diet/mirror/value"
)

// nameReferences looks up the names of the objects that differing fields refer to:
// people read a preview, and fields hold NetBox ids.
func (e *Engine) nameReferences(ctx context.Context, set *change.Set) error {
	ids := map[string]map[int64]bool{}
	for i := range set.Changes {
		c := &set.Changes[i]
		for j := range c.Edited { // what others wrote, and would be lost
			edited := &c.Edited[j]
			if id, is := value.ID(edited.Value); is && change.Refers(c.Kind, edited.FieldName()) != "" {
				note(ids, change.Refers(c.Kind, edited.FieldName()), id)
			}
		}
		if !c.PerField() && !c.GivesBack() {
			continue
		}
		if kind, _ := e.db.Kinds().Of(c.Kind); kind.Attached && c.NetBoxID != 0 && slices.ContainsFunc(c.Fields, told) {
			note(ids, c.Kind, c.NetBoxID)
		}
		fields := c.Fields
		if c.AtCreation != nil {
			fields = append(slices.Clone(fields), *c.AtCreation)
		}
		for _, f := range fields {
			kind := change.Refers(c.Kind, f.Name)
			for _, v := range []any{f.Base, f.Want, f.Have} {
				refers := change.Plugs(c.Kind, f.Name, v)
				if id, ok := value.ID(v); ok && kind != "" {
					refers = []int64{id}
				}
				for _, id := range refers {
					note(ids, kind, id)
				}
			}
		}
	}
	var err error
	if set.Names, err = e.namesBy(ctx, ids); err == nil {
		nameApplied(set)
	}
	return err
}

// nameApplied calls what is gone, and what diet applied as the value of a field, by the key that it had
// then.
func nameApplied(set *change.Set) {
	for i := range set.Changes {
		c := &set.Changes[i]
		if c.Before == nil || !c.PerField() {
			continue
		}
		for _, f := range c.Fields {
			kind, refers := kinds.Standard().Of(change.Refers(c.Kind, f.Name))
			key, _ := c.Before.Keys[f.Name].(string)
			id, is := value.ID(f.Base)
			if !refers || !is || key == "" || set.Names[kind.Name][id] != "" {
				continue
			}
			if parts := strings.SplitN(key, "/", len(kind.Key)); !kind.IsOwned() {
				key = parts[len(parts)-1]
			}
			if set.Names[kind.Name] == nil {
				set.Names[kind.Name] = map[int64]string{}
			}
			set.Names[kind.Name][id] = key
		}
	}
}

// namesBy looks up what people call objects, by kind and NetBox id.
func (e *Engine) namesBy(ctx context.Context, ids map[string]map[int64]bool) (map[string]map[int64]string, error) {
	out := map[string]map[int64]string{}
	for _, kind := range slices.Sorted(maps.Keys(ids)) {
		list, err := json.Marshal(slices.Sorted(maps.Keys(ids[kind])))
		if err != nil {
			return nil, fmt.Errorf("encode ids: %w", err)
		}
		var rows []struct {
			ID   int64  `db:"id"`
			Name string `db:"name"`
		}
		st := e.db.Statements().For("query/object_name", e.db.Kinds().Must(kind))
		if err := e.selectStatement(ctx, &rows, st, sql.Named("ids", string(list))); err != nil {
			return nil, err
		}
		out[kind] = make(map[int64]string, len(rows))
		for _, r := range rows {
			out[kind][r.ID] = r.Name
		}
	}
	return out, nil
}

// told reports whether a preview tells of a field of an object by itself: then it says what the
// object is called.
func told(f change.Field) bool { return f.Class == change.Drift || f.Class == change.Conflict }
