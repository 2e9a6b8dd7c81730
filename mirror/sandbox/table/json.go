package table

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Pair is a member of a dict: its name and its value.
type Pair [2]any

// Key is the member's name.
func (p Pair) Key() string {
	s, _ := p[0].(string)
	return s
}

// Value is the member's value.
func (p Pair) Value() any { return p[1] }

// Dict is a JSON object that keeps its order.
type Dict []Pair

// Get finds a member.
func (d Dict) Get(key string) (any, bool) {
	for _, p := range d {
		if p[0] == key {
			return p[1], true
		}
	}
	return nil, false
}

// Raw is JSON already.
type Raw string

// AppendJSON writes a value the way NetBox does: a float always shows its
// fraction, a map is written as PostgreSQL's jsonb would.
func AppendJSON(b []byte, v any) []byte {
	switch x := v.(type) {
	case nil:
		return append(b, "null"...)
	case string:
		return AppendString(b, x)
	case int64:
		return strconv.AppendInt(b, x, 10)
	case int:
		return strconv.AppendInt(b, int64(x), 10)
	case float64:
		return appendFloat(b, x)
	case bool:
		return strconv.AppendBool(b, x)
	case Raw:
		return append(b, x...)
	case time.Time:
		return AppendString(b, stamp(x))
	}
	return appendCompound(b, v)
}

func appendCompound(b []byte, v any) []byte {
	switch x := v.(type) {
	case Dict:
		return appendDict(b, x)
	case map[string]any:
		return appendDict(b, SortedDict(x))
	case []any:
		return appendList(b, x)
	case []string:
		return appendList(b, x)
	case []int64:
		return appendList(b, x)
	case []Dict:
		return appendList(b, x)
	}
	out, err := json.Marshal(v)
	if err != nil {
		return append(b, "null"...)
	}
	return append(b, out...)
}

func appendDict(b []byte, d Dict) []byte {
	b = append(b, '{')
	for i, p := range d {
		if i > 0 {
			b = append(b, ',')
		}
		b = AppendString(b, p.Key())
		b = append(b, ':')
		b = AppendJSON(b, p.Value())
	}
	return append(b, '}')
}

func appendList[T any](b []byte, list []T) []byte {
	b = append(b, '[')
	for i, x := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = AppendJSON(b, x)
	}
	return append(b, ']')
}

// SortedDict orders keys as jsonb does: the short ones first.
func SortedDict(m map[string]any) Dict {
	d := make(Dict, 0, len(m))
	for k, v := range m {
		d = append(d, Pair{k, v})
	}
	return sortedPairs(d)
}

// sortedPairs orders members by the length of their names, then by name.
func sortedPairs(d Dict) Dict {
	slices.SortStableFunc(d, func(a, b Pair) int {
		x, y := a.Key(), b.Key()
		return cmp.Or(cmp.Compare(len(x), len(y)), strings.Compare(x, y))
	})
	return d
}

func appendFloat(b []byte, f float64) []byte {
	if f == math.Trunc(f) && math.Abs(f) < 1e15 {
		return strconv.AppendFloat(b, f, 'f', 1, 64)
	}
	return strconv.AppendFloat(b, f, 'g', -1, 64)
}

// isPlain reports whether a string is printable ASCII that needs no escape.
func isPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// AppendString quotes a string; the usual one without the encoder.
func AppendString(b []byte, s string) []byte {
	if isPlain(s) {
		b = append(b, '"')
		b = append(b, s...)
		return append(b, '"')
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		return append(b, `""`...)
	}
	return append(b, bytes.TrimRight(buf.Bytes(), "\n")...)
}

// stamp is a time as the API shows it.
func stamp(t time.Time) string {
	if t.Nanosecond() == 0 {
		return t.UTC().Format("2006-01-02T15:04:05Z")
	}
	return t.UTC().Format("2006-01-02T15:04:05.000000Z")
}

// Decode reads a body; numbers become int64 or float64.
func Decode(body []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, fmt.Errorf("Expecting value: line 1 column 1 (char 0) (%w)", err) //nolint:staticcheck // Python's words
	}
	if dec.More() {
		at := dec.InputOffset()
		return nil, fmt.Errorf("Extra data: line 1 column %d (char %d)", at+1, at) //nolint:staticcheck // Python's words
	}
	return numbers(v), nil
}

func numbers(v any) any {
	switch x := v.(type) {
	case json.Number:
		return number(x)
	case []any:
		for i := range x {
			x[i] = numbers(x[i])
		}
	case map[string]any:
		for k := range x {
			x[k] = numbers(x[k])
		}
	}
	return v
}

func number(n json.Number) any {
	if i, err := n.Int64(); err == nil && !strings.ContainsAny(string(n), ".eE") {
		return i
	}
	f, err := n.Float64()
	switch {
	case err != nil, !strings.ContainsAny(string(n), ".eE"):
		return Raw(n) // larger than an int64: kept as it is
	case f == 0:
		return 0.0 // and never -0.0
	}
	return f
}

// Equal compares two values as JSON.
func Equal(a, b any) bool {
	return bytes.Equal(AppendJSON(nil, a), AppendJSON(nil, b))
}
