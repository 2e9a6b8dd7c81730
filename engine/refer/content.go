package refer

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/netbox"
)

// content reads what the mirror does not hold about the objects of a kind: fields that
// somebody filled in, and how many parts NetBox counts.
func (w *walk) content(kind kinds.Kind) error {
	counters := w.counters(kind)
	if w.NetBox == nil || len(kind.Content)+len(counters) == 0 {
		return nil
	}
	fields := append([]string{"id", "display"}, kind.Content...)
	for _, part := range counters {
		fields = append(fields, part.Counter)
	}
	for part := range slices.Chunk(w.ids(kind), perPage) {
		query := url.Values{"fields": {strings.Join(fields, ",")}}
		for _, id := range part {
			query.Add("id", strconv.FormatInt(id, 10))
		}
		rows, err := w.pages(kind, query)
		if err != nil {
			return err
		}
		for _, row := range rows {
			w.addContent(kind, row)
			w.compareCounts(kind, counters, row)
		}
	}
	return nil
}

// counters are the kinds of parts that objects of a kind count.
func (w *walk) counters(kind kinds.Kind) []kinds.Kind {
	return slices.DeleteFunc(w.kinds.Known(), func(k kinds.Kind) bool { return k.Counter == "" || k.ParentKind() != kind.Name })
}

func (w *walk) addContent(kind kinds.Kind, row map[string]any) {
	id := idOf(row)
	for _, field := range kind.Content {
		v := row[field]
		if !holds(v) {
			continue
		}
		for _, root := range w.roots[kind.Name][id] {
			if root == (Object{kind.Name, id}) {
				w.out[root].Edited = append(w.out[root].Edited, change.Reference{Kind: field, Name: shown(v), Value: plain(v)})
			} else if _, doomed := w.out[Object{kind.Name, id}]; !doomed {
				w.found[root][Object{kind.Name, id}] = change.Reference{Kind: kind.Name, ID: id, Name: name(row, id)}
			}
		}
	}
}

// shown is the name of a value for people.
func shown(v any) string {
	switch v := v.(type) {
	case map[string]any:
		if text, ok := v["display"].(string); ok {
			return text
		}
		return fmt.Sprintf("%d keys", len(v))
	case []any:
		texts := make([]string, len(v))
		for i := range v {
			texts[i] = shown(v[i])
		}
		return strings.Join(texts, ", ")
	}
	return fmt.Sprint(v)
}

// plain is a value without what NetBox nests in it, which changes on its own.
func plain(v any) any {
	switch v := v.(type) {
	case map[string]any:
		if id := idOf(v); id != 0 {
			return id
		}
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = plain(v[i])
		}
		return out
	}
	return v
}

// compareCounts checks NetBox's counts of parts: if it counts more than it shows, the
// token cannot see some of them.
func (w *walk) compareCounts(kind kinds.Kind, counters []kinds.Kind, row map[string]any) {
	whole := Object{kind.Name, idOf(row)}
	for _, part := range counters {
		there, ok := row[part.Counter].(int64)
		if here := w.seen[whole][part.Name]; ok && int(there) > here {
			w.doubtOf(w.roots[kind.Name][whole.ID],
				fmt.Sprintf("NetBox counts %s %d on %s, the token sees %d", part.Words(), there, name(row, whole.ID), here))
		}
	}
}

// absent reports an endpoint that this NetBox does not have.
func absent(err error) bool { return errors.Is(err, netbox.ErrNotFound) }
