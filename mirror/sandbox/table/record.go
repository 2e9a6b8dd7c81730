package table

import (
	"slices"
	"strconv"
	"time"
)

// Record is one object. A record that a table holds is never changed: an
// update stores a new one, so that the changelog and the undo log can keep
// the old.
type Record struct {
	Model   *Model
	ID      int64
	Values  []any
	Tags    []int64
	Custom  map[string]any
	Created time.Time
	Updated time.Time
}

// NewRecord makes an empty record.
func NewRecord(m *Model) *Record {
	return &Record{Model: m, Values: make([]any, m.columns)}
}

// Copy is a record that may be changed.
func (r *Record) Copy() *Record {
	c := *r
	c.Values = slices.Clone(r.Values)
	return &c
}

// Get is the value of a field, nil where the release does not have it.
func (r *Record) Get(name string) any {
	f := r.Model.ByName[name]
	if f == nil || f.Column < 0 {
		return nil
	}
	return r.Values[f.Column]
}

// Set gives a field a value, where the release has it.
func (r *Record) Set(name string, v any) {
	if f := r.Model.ByName[name]; f != nil && f.Column >= 0 {
		r.Values[f.Column] = v
	}
}

// Text is a field's value as text; empty if it is none.
func (r *Record) Text(name string) string {
	s, _ := r.Get(name).(string)
	return s
}

// Ref is a field's value as a whole number or an id; 0 if it is none.
func (r *Record) Ref(name string) int64 {
	n, _ := r.Get(name).(int64)
	return n
}

// Number is a field's value as a number; 0 if it is none.
func (r *Record) Number(name string) float64 {
	switch n := r.Get(name).(type) {
	case float64:
		return n
	case int64:
		return float64(n)
	}
	return 0
}

// Flag is a field's value as true or false.
func (r *Record) Flag(name string) bool {
	b, _ := r.Get(name).(bool)
	return b
}

// Plain is a value as text, for keys and filters.
func Plain(v any) string {
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
	return string(AppendJSON(nil, v))
}
