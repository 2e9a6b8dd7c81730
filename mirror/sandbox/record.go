package sandbox

import (
	"slices"
	"strconv"
	"time"
)

// record is one object. A record that a table holds is never changed: an
// update stores a new one, so that the changelog and the undo log can keep
// the old.
type record struct {
	model   *model
	id      int64
	values  []any
	tags    []int64
	custom  map[string]any
	created time.Time
	updated time.Time
}

func newRecord(m *model) *record {
	return &record{model: m, values: make([]any, m.columns)}
}

// copy is a record that may be changed.
func (r *record) copy() *record {
	c := *r
	c.values = slices.Clone(r.values)
	return &c
}

// get is the value of a field, nil where the release does not have it.
func (r *record) get(name string) any {
	f := r.model.byName[name]
	if f == nil || f.column < 0 {
		return nil
	}
	return r.values[f.column]
}

func (r *record) set(name string, v any) {
	if f := r.model.byName[name]; f != nil && f.column >= 0 {
		r.values[f.column] = v
	}
}

func (r *record) text(name string) string {
	s, _ := r.get(name).(string)
	return s
}

func (r *record) ref(name string) int64 {
	n, _ := r.get(name).(int64)
	return n
}

func (r *record) number(name string) float64 {
	switch n := r.get(name).(type) {
	case float64:
		return n
	case int64:
		return float64(n)
	}
	return 0
}

func (r *record) flag(name string) bool {
	b, _ := r.get(name).(bool)
	return b
}

// plain is a value as text, for keys and filters.
func plain(v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case string:
		return x
	case int64:
		return strconv.FormatInt(x, 10)
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(x)
	}
	return string(appendJSON(nil, v))
}
