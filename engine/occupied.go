package engine

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// occupied holds what plugs a cable into a port where NetBox shows one that the token does not see,
// and what takes a cable for unplugged of which NetBox shows ends that the token does not see.
func (e *Engine) occupied(ctx context.Context, set *change.Set) error {
	for _, cable := range e.db.Kinds().Owned() {
		if len(cable.Ends()) == 0 {
			continue
		}
		if err := e.holdTaken(ctx, set, cable); err != nil {
			return fmt.Errorf("look for hidden cables: %w", err)
		}
		if err := e.holdLoose(ctx, set, cable); err != nil {
			return fmt.Errorf("look for hidden ends of cables: %w", err)
		}
	}
	return nil
}

// holdTaken holds what is plugged into ports that hold a cable which the token does not see.
func (e *Engine) holdTaken(ctx context.Context, set *change.Set, cable kinds.Kind) error {
	takers := takersOf(set, cable)
	held := map[int64][]*change.Change{} // by the cable that NetBox shows
	for _, name := range slices.Sorted(maps.Keys(takers)) {
		there, err := e.cablesAt(ctx, cable, e.db.Kinds().Must(name), slices.Sorted(maps.Keys(takers[name])))
		if err != nil {
			return err
		}
		for port, id := range there {
			held[id] = append(held[id], takers[name][port]...)
		}
	}
	if len(held) == 0 {
		return nil
	}
	for page, err := range e.client.ByID(ctx, cable, slices.Sorted(maps.Keys(held)), url.Values{"fields": {"id"}}) {
		if err != nil {
			return err
		}
		for _, id := range page.IDs {
			delete(held, id) // plugged in since the last sync
		}
	}
	for _, id := range slices.Sorted(maps.Keys(held)) {
		message := fmt.Sprintf("the token does not see %s %d, which is plugged into a port that the plan wants for another: "+
			"it needs the permission to view %s", cable.Words(), id, cable.ObjectType)
		holdUnseen(set, message, []string{fmt.Sprintf("%s %d", cable.Name, id)}, held[id])
	}
	return nil
}

// takersOf are the changes that plug something into ports, by kind and NetBox id of these.
func takersOf(set *change.Set, cable kinds.Kind) map[string]map[int64][]*change.Change {
	out := map[string]map[int64][]*change.Change{}
	for i := range set.Changes {
		c := &set.Changes[i]
		if c.Kind != cable.Name || c.Action == change.Delete || c.Held != "" {
			continue
		}
		for _, f := range c.Fields {
			known, ok := cable.Field(f.Name)
			id, isID := value.ID(f.Want)
			if !ok || known.Type != kinds.End || !isID || slices.Contains(change.Plugs(c.Kind, f.Name, f.Have), id) {
				continue
			}
			if out[known.To] == nil {
				out[known.To] = map[int64][]*change.Change{}
			}
			out[known.To][id] = append(out[known.To][id], c)
		}
	}
	return out
}

// cablesAt are the cables that NetBox shows at ports where the mirror has none.
func (e *Engine) cablesAt(ctx context.Context, cable, port kinds.Kind, ids []int64) (map[int64]int64, error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	var bare []int64
	err = e.selectAll(ctx, &bare, "query/cable_free", sql.Named("type", port.ObjectType), sql.Named("ids", string(list)))
	if err != nil {
		return nil, err
	}
	out := map[int64]int64{}
	err = e.rows(ctx, port, bare, []string{cable.Name}, func(id int64, row map[string]any) {
		if nested, ok := row[cable.Name].(map[string]any); ok {
			out[id], _ = value.ID(nested["id"])
		}
	})
	return out, err
}

// holdLoose holds what takes cables for unplugged that NetBox shows plugged in.
func (e *Engine) holdLoose(ctx context.Context, set *change.Set, cable kinds.Kind) error {
	loose := map[int64][]*change.Change{}
	for i := range set.Changes {
		c := &set.Changes[i]
		unplugged := slices.ContainsFunc(c.Fields, func(f change.Field) bool {
			return f.Have == nil && f.Base != nil && slices.Contains(cable.Sockets(), f.Name)
		})
		if c.Kind == cable.Name && c.NetBoxID != 0 && c.Action != change.Delete && c.Held == "" && unplugged {
			loose[c.NetBoxID] = append(loose[c.NetBoxID], c)
		}
	}
	for _, r := range e.db.Kinds().Referrers(cable) {
		if r.Kind.StandsFor != cable.Name || len(loose) == 0 {
			continue
		}
		seen, err := e.referring(ctx, r.Kind, r.Field, slices.Sorted(maps.Keys(loose)))
		if err != nil {
			return err
		}
		bare := slices.DeleteFunc(slices.Sorted(maps.Keys(loose)), func(id int64) bool { return seen[id] > 0 })
		shown := map[int64]map[string]any{}
		fields := []string{"a_terminations", "b_terminations"}
		err = e.rows(ctx, cable, bare, fields, func(id int64, row map[string]any) {
			for _, side := range fields {
				if list, _ := row[side].([]any); len(list) > 0 {
					shown[id], _ = list[0].(map[string]any)
				}
			}
		})
		if err != nil {
			return err
		}
		for _, id := range slices.Sorted(maps.Keys(shown)) {
			if seen, err := e.plugSeen(ctx, r.Kind, shown[id]); err != nil {
				return err
			} else if seen {
				continue
			}
			message := fmt.Sprintf("the token does not see what %s %d is plugged into: it needs the permission to view %s",
				cable.Words(), id, r.Kind.ObjectType)
			holdUnseen(set, message, []string{fmt.Sprintf("%s %d", cable.Name, id)}, loose[id])
		}
	}
	return nil
}

// plugSeen reports whether the token sees a plug of a cable, which NetBox shows at that.
func (e *Engine) plugSeen(ctx context.Context, plug kinds.Kind, shown map[string]any) (bool, error) {
	query := url.Values{}
	for _, f := range plug.Fields {
		if f.Type == kinds.Generic {
			query.Set(f.TypeField, fmt.Sprint(shown["object_type"]))
			query.Set(f.Name, fmt.Sprint(shown["object_id"]))
		}
	}
	n, err := e.client.Count(ctx, plug, query)
	return n > 0, err
}

// rows reads fields of objects from NetBox.
func (e *Engine) rows(
	ctx context.Context, kind kinds.Kind, ids []int64, fields []string, each func(id int64, row map[string]any),
) error {
	query := url.Values{"fields": {strings.Join(append([]string{"id"}, fields...), ",")}}
	for page, err := range e.client.ByID(ctx, kind, ids, query) {
		if err != nil {
			return err
		}
		body, err := value.DecodeObject(page.Body)
		if err != nil {
			return err
		}
		results, _ := body["results"].([]any)
		for _, r := range results {
			row, _ := r.(map[string]any)
			id, _ := value.ID(row["id"])
			each(id, row)
		}
	}
	return nil
}

// holdUnseen holds changes for what the token does not see of objects.
func holdUnseen(set *change.Set, message string, objects []string, changes []*change.Change) {
	set.Findings = append(set.Findings, change.Notice{
		ID: HiddenFinding, Severity: change.Error, Objects: objects, Message: message,
	})
	for _, c := range changes {
		c.Held = message
	}
}
