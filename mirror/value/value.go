// Package value is diet's one notion of a value: what a plan states, what diet last
// applied and what NetBox holds are decoded into the same few Go types, compared by
// [Equal] and hashed by [Append].
//
// A value is nil, bool, int64, float64, string, []any or map[string]any. A whole number
// is an int64, however it was written: 1, 1.0 and 1e0 are one value. One too large for
// int64 is a [json.Number] with all its digits. Null and absent are the same to [Equal];
// null and "" are not.
package value

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
)

// Decode reads one JSON value.
func Decode(text []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, fmt.Errorf("decode value: %w", err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, fmt.Errorf("decode value: text after it")
	}
	return Of(v), nil
}

// DecodeObject reads one JSON object. Any other text is an error.
func DecodeObject(text []byte) (map[string]any, error) {
	v, err := Decode(text)
	if err != nil {
		return nil, err
	}
	object, ok := v.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("decode value: not an object")
	}
	return object, nil
}

// Of makes a value from what Go, encoding/json, YAML or SQLite use for it. Lists and
// maps are changed in place.
func Of(v any) any {
	switch v := v.(type) {
	case int:
		return int64(v)
	case int32:
		return int64(v)
	case uint64:
		if v > math.MaxInt64 {
			return json.Number(strconv.FormatUint(v, 10))
		}
		return int64(v)
	case float32:
		return whole(float64(v))
	case float64:
		return whole(v)
	case json.Number:
		return number(string(v))
	case []byte:
		return string(v)
	case []string:
		list := make([]any, len(v))
		for i := range v {
			list[i] = v[i]
		}
		return list
	case []any:
		for i := range v {
			v[i] = Of(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = Of(v[key])
		}
	}
	return v
}

// whole turns a float64 with a whole number into an int64.
func whole(f float64) any {
	switch {
	case f != math.Trunc(f) || math.IsInf(f, 0):
		return f
	case f >= math.MinInt64 && f < math.MaxInt64:
		return int64(f)
	}
	return json.Number(strconv.FormatFloat(f, 'f', 0, 64))
}

// number reads a JSON number. A whole one too large for int64 keeps its digits.
func number(text string) any {
	if i, err := strconv.ParseInt(text, 10, 64); err == nil {
		return i
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || !bytes.ContainsAny([]byte(text), ".eE") {
		return json.Number(text)
	}
	return whole(f)
}

// Equal reports whether two values are the same to diet.
func Equal(a, b any) bool {
	switch x := a.(type) {
	case []any:
		y, ok := b.([]any)
		return ok && slices.EqualFunc(x, y, Equal)
	case map[string]any:
		y, ok := b.(map[string]any)
		return ok && maps.EqualFunc(x, y, Equal)
	}
	switch b.(type) {
	case []any, map[string]any:
		return false
	}
	return Of(a) == Of(b)
}

// Empty reports whether a value says nothing: null or "".
func Empty(v any) bool { return v == nil || v == "" }

// ID reads a NetBox id: a positive whole number.
func ID(v any) (int64, bool) {
	id, ok := Of(v).(int64)
	return id, ok && id > 0
}

// Append appends the canonical form of a value to buf: equal values, and only those,
// have the same one. A letter names the type, so that no two run together.
func Append(buf []byte, v any) []byte {
	switch v := Of(v).(type) {
	case nil:
		return append(buf, 'n')
	case bool:
		if v {
			return append(buf, 't')
		}
		return append(buf, 'f')
	case int64:
		return binary.AppendVarint(append(buf, 'i'), v)
	case float64:
		return binary.BigEndian.AppendUint64(append(buf, 'd'), math.Float64bits(v))
	case json.Number:
		return appendText(append(buf, '#'), string(v))
	case string:
		return appendText(append(buf, 's'), v)
	case []any:
		buf = binary.AppendUvarint(append(buf, '['), uint64(len(v)))
		for _, entry := range v {
			buf = Append(buf, entry)
		}
		return buf
	case map[string]any:
		buf = binary.AppendUvarint(append(buf, '{'), uint64(len(v)))
		for _, key := range slices.Sorted(maps.Keys(v)) {
			buf = Append(appendText(buf, key), v[key])
		}
		return buf
	}
	return appendText(append(buf, '?'), fmt.Sprint(v))
}

func appendText(buf []byte, s string) []byte {
	return append(binary.AppendUvarint(buf, uint64(len(s))), s...)
}
