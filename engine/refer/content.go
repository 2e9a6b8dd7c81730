package refer

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/netbox"
	"github.com/diet-project/diet/mirror/value"
)

// content reads what the mirror does not hold about the objects of a kind: fields that
// somebody filled in, and how many parts NetBox counts.
func (w *walk) content(kind kinds.Kind) error {
	counters := w.counters(kind)
	if w.NetBox == nil || len(kind.Content)+len(kind.Given)+len(kind.Signs)+len(counters) == 0 {
		return nil
	}
	fields := append([]string{"id", "display"}, kind.Content...)
	fields = slices.AppendSeq(fields, maps.Keys(kind.Signs))
	fields = slices.AppendSeq(fields, maps.Keys(kind.Given))
	for _, part := range counters {
		fields = append(fields, part.Counter)
	}
	slices.Sort(fields)
	for part := range slices.Chunk(w.ids(kind), perPage) {
		query := url.Values{"fields": {strings.Join(fields, ",")}}
		for _, id := range part {
			query.Add("id", strconv.FormatInt(id, 10))
		}
		rows, err := w.pages(kind, query)
		if err != nil {
			return err
		}
		if err := w.addGiven(kind, rows); err != nil {
			return err
		}
		for _, row := range rows {
			w.addContent(kind, row)
			for _, part := range counters {
				w.compareCount(kind, part, row[part.Counter], row)
			}
			for _, field := range slices.Sorted(maps.Keys(kind.Signs)) {
				w.compareCount(kind, w.kinds.Must(kind.Signs[field]), row[field], row)
			}
		}
	}
	return nil
}

// counters are the kinds of parts that objects of a kind count.
func (w *walk) counters(kind kinds.Kind) []kinds.Kind {
	return slices.DeleteFunc(w.kinds.Known(), func(k kinds.Kind) bool { return k.Counter == "" || k.ParentKind() != kind.Name })
}

func (w *walk) addContent(kind kinds.Kind, row map[string]any) {
	for _, field := range kind.Content {
		if holds(row[field]) {
			w.wrote(kind, row, field)
		}
	}
}

// wrote notes that a field of an object is somebody's work.
func (w *walk) wrote(kind kinds.Kind, row map[string]any, field string) {
	id, v := idOf(row), row[field]
	for _, root := range w.roots[kind.Name][id] {
		if root == (Object{kind.Name, id}) {
			w.out[root].Edited = append(w.out[root].Edited, change.Reference{Kind: field, Name: shown(v), Value: plain(v)})
		} else if _, doomed := w.out[Object{kind.Name, id}]; !doomed {
			w.found[root][Object{kind.Name, id}] = change.Reference{Kind: kind.Name, ID: id, Name: name(row, id)}
		}
	}
}

// addGiven adds the fields that NetBox fills itself and in which a person wrote since, as far as the changelog
// knows: what an object was made with may be NetBox's.
func (w *walk) addGiven(kind kinds.Kind, rows []map[string]any) error {
	type filled struct {
		row   map[string]any
		field string
	}
	var asked []any
	var about []filled
	for _, row := range rows {
		for _, field := range slices.Sorted(maps.Keys(kind.Given)) {
			if v := plain(row[field]); holds(v) && !value.Equal(value.Of(v), kind.Given[field]) {
				asked = append(asked, []any{kind.ObjectType, idOf(row), field})
				about = append(about, filled{row, field})
			}
		}
	}
	touched, err := w.touched(asked)
	for _, t := range touched {
		if f := about[t.At]; t.Typed(value.Of(plain(f.row[f.field]))) {
			w.wrote(kind, f.row, f.field)
		}
	}
	return err
}

// shown is the name of a value for people.
func shown(v any) string {
	switch v := v.(type) {
	case map[string]any:
		if text, ok := v["display"].(string); ok {
			return text
		}
		if text, ok := v["label"].(string); ok && isChoice(v) {
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
		if isChoice(v) {
			return v["value"]
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

// isChoice reports whether a value is that of a choice, with its label.
func isChoice(v map[string]any) bool {
	_, valued := v["value"]
	_, labelled := v["label"]
	return valued && labelled && len(v) == 2
}

// compareCount checks what NetBox shows of the objects that refer to one, a number or
// themselves: where that is more than was found, the token cannot see some of them.
func (w *walk) compareCount(kind, referring kinds.Kind, shown any, row map[string]any) {
	whole := Object{kind.Name, idOf(row)}
	if there, here := manyIn(shown), w.seen[whole][referring.Name]; there > here {
		w.doubtOf(w.roots[kind.Name][whole.ID],
			fmt.Sprintf("NetBox counts %s %d on %s, the token sees %d", referring.Words(), there, name(row, whole.ID), here))
	}
}

// manyIn is how many objects a value tells of: a number of them, a list, or one.
func manyIn(v any) int {
	switch v := v.(type) {
	case int64:
		return int(v)
	case []any:
		return len(v)
	case map[string]any:
		return 1
	}
	return 0
}

// absent reports an endpoint that this NetBox does not have.
func absent(err error) bool { return errors.Is(err, netbox.ErrNotFound) }
