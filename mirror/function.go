package mirror

import (
	"bytes"
	"database/sql/driver"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/cespare/xxhash/v2"
	"modernc.org/sqlite"
)

// registerFunctions teaches SQLite the functions of the statements under sql/:
//
//	diet_hash(value, ...)             64-bit hash of a list of values
//	diet_sign(keys, released, doc)    64-bit hash of the values of doc at keys less released
//	diet_custom(custom_fields)        canonical JSON without the diet_* fields and the empty ones
//	diet_changed(before, after, tags) JSON array of the fields that differ; tags maps name to slug
var registerFunctions = sync.OnceFunc(func() {
	sqlite.MustRegisterDeterministicScalarFunction("diet_hash", -1, scalar(hashValues))
	sqlite.MustRegisterDeterministicScalarFunction("diet_sign", 3, scalar(sign))
	sqlite.MustRegisterDeterministicScalarFunction("diet_custom", 1, scalar(custom))
	sqlite.MustRegisterDeterministicScalarFunction("diet_changed", 3, scalar(changed))
})

func scalar(f func(args []driver.Value) (driver.Value, error)) func(*sqlite.FunctionContext, []driver.Value) (driver.Value, error) {
	return func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) { return f(args) }
}

// hashValues is diet_hash. A type and a length go before each value, so that no
// two lists run together.
func hashValues(args []driver.Value) (driver.Value, error) {
	buf := make([]byte, 0, 512)
	for _, arg := range args {
		switch v := arg.(type) {
		case nil:
			buf = append(buf, 'n')
		case string:
			buf = appendString(buf, v)
		case []byte:
			buf = append(binary.AppendUvarint(append(buf, 'b'), uint64(len(v))), v...)
		case int64:
			buf = binary.AppendVarint(append(buf, 'i'), v)
		case float64:
			buf = binary.AppendUvarint(append(buf, 'f'), math.Float64bits(v))
		default:
			return nil, fmt.Errorf("diet_hash: unexpected %T", arg)
		}
	}
	return int64(xxhash.Sum64(buf)), nil
}

// sign is diet_sign. Keys are hashed in order, each with the canonical form of
// its value; what is null and what is absent are the same. NULL where keys or
// doc is no object.
func sign(args []driver.Value) (driver.Value, error) {
	keys, released, doc := parse(args[0]), parse(args[1]), parse(args[2])
	if keys == nil || doc == nil {
		return nil, nil
	}
	buf := make([]byte, 0, 512)
	for _, key := range ordered(keys) {
		if _, ok := released[key]; ok {
			continue
		}
		buf = appendString(buf, key)
		var err error
		if buf, err = appendCanonical(buf, doc[key]); err != nil {
			return nil, fmt.Errorf("diet_sign: field %q: %w", key, err)
		}
	}
	return int64(xxhash.Sum64(buf)), nil
}

func ordered[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// appendCanonical appends a form of a JSON value that equal values share:
// a letter for the type, and the value. Booleans are the numbers 1 and 0.
func appendCanonical(buf []byte, raw json.RawMessage) ([]byte, error) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		return append(buf, 'n'), nil
	}
	switch raw[0] {
	case 'n':
		return append(buf, 'n'), nil
	case 't':
		return append(buf, "#1;"...), nil
	case 'f':
		return append(buf, "#0;"...), nil
	case '"':
		var s string
		if err := json.Unmarshal(raw, &s); err != nil {
			return nil, err
		}
		return appendString(buf, s), nil
	case '{', '[':
		v, err := canonical(raw)
		if err != nil {
			return nil, err
		}
		return appendString(append(buf, 'j'), string(v)), nil
	}
	return append(append(append(buf, '#'), numeral(string(raw))...), ';'), nil
}

func appendString(buf []byte, s string) []byte {
	buf = binary.AppendUvarint(append(buf, 's'), uint64(len(s)))
	return append(buf, s...)
}

// exact is up to where every whole number has a float64 of its own.
const exact = 1 << 53

// numeral writes a number so that 1, 1.0 and 1e0 are the same.
func numeral(s string) string {
	if i, err := strconv.ParseInt(s, 10, 64); err == nil {
		return strconv.FormatInt(i, 10)
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return s
	}
	if f == float64(int64(f)) && f > -exact && f < exact {
		return strconv.FormatInt(int64(f), 10)
	}
	return strconv.FormatFloat(f, 'g', -1, 64)
}

// canonical rewrites JSON with sorted keys, canonical numbers and no HTML
// escapes.
func canonical(raw []byte) ([]byte, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, err
	}
	return encode(plainNumbers(v))
}

// plainNumbers makes numbers canonical, in place where it can.
func plainNumbers(v any) any {
	switch v := v.(type) {
	case json.Number:
		return json.Number(numeral(string(v)))
	case []any:
		for i := range v {
			v[i] = plainNumbers(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = plainNumbers(v[key])
		}
	}
	return v
}

func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// custom is diet_custom: the custom fields of other people that have a value.
// NetBox shows every field it knows, empty or not, so an empty one says nothing.
func custom(args []driver.Value) (driver.Value, error) {
	out := map[string]json.RawMessage{}
	for key, raw := range parse(args[0]) {
		if strings.HasPrefix(key, "diet_") || string(raw) == "null" {
			continue
		}
		value, err := reduced(raw)
		if err != nil {
			return nil, fmt.Errorf("diet_custom: field %q: %w", key, err)
		}
		out[key] = value
	}
	if len(out) == 0 {
		return "{}", nil
	}
	text, err := encode(out)
	return string(text), err
}

// reduced is a custom field's value as it is written: 4.7 answers a choice with
// its label, and every version an object with its name.
func reduced(raw json.RawMessage) (json.RawMessage, error) {
	if raw[0] != '{' && raw[0] != '[' {
		return raw, nil
	}
	var v any
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if err := dec.Decode(&v); err != nil {
		return nil, err
	}
	if list, ok := v.([]any); ok {
		for i := range list {
			list[i] = bare(list[i])
		}
	}
	return encode(plainNumbers(bare(v)))
}

func bare(v any) any {
	dict, ok := v.(map[string]any)
	if !ok {
		return v
	}
	value, hasValue := dict["value"]
	_, hasLabel := dict["label"]
	if hasValue && hasLabel && len(dict) == 2 {
		return value
	}
	id, hasID := dict["id"]
	_, hasURL := dict["url"]
	_, hasDisplay := dict["display"]
	if hasID && hasURL && hasDisplay {
		return id
	}
	return v
}

// renamed are fields that the changelog calls otherwise than the mirror.
var renamed = map[string]string{"a_terminations": "a", "b_terminations": "b"}

// changed is diet_changed: what differs between an object before and after, as
// the mirror names fields; a tag is tag.<slug>, a custom field cf.<name>. NULL
// where a side is missing.
func changed(args []driver.Value) (driver.Value, error) {
	before, after := parse(args[0]), parse(args[1])
	if len(before) == 0 || len(after) == 0 {
		return nil, nil
	}
	slugs := map[string]string{}
	for name, raw := range parse(args[2]) {
		var slug string
		_ = json.Unmarshal(raw, &slug)
		slugs[name] = slug
	}
	fields := []string{}
	for _, key := range differing(before, after) {
		switch key {
		case "tags":
			fields = append(fields, tagChanges(before[key], after[key], slugs)...)
		case "custom_fields":
			for _, name := range differing(parse([]byte(before[key])), parse([]byte(after[key]))) {
				fields = append(fields, "cf."+name)
			}
		default:
			if name, ok := renamed[key]; ok {
				key = name
			}
			fields = append(fields, key)
		}
	}
	text, err := encode(fields)
	return string(text), err
}

// differing returns the keys whose values are not the same, sorted. A null and
// an absent value are the same.
func differing(before, after document) []string {
	union := map[string]bool{}
	for key := range before {
		union[key] = true
	}
	for key := range after {
		union[key] = true
	}
	return slices.DeleteFunc(ordered(union), func(key string) bool {
		a, errA := appendCanonical(nil, before[key])
		b, errB := appendCanonical(nil, after[key])
		return errA == nil && errB == nil && bytes.Equal(a, b)
	})
}

// tagChanges names the tags on one side only. The changelog has their names.
func tagChanges(before, after json.RawMessage, slugs map[string]string) []string {
	var a, b []string
	_ = json.Unmarshal(before, &a)
	_ = json.Unmarshal(after, &b)
	var out []string
	for _, name := range append(slices.Clone(a), b...) {
		if slices.Contains(a, name) == slices.Contains(b, name) {
			continue
		}
		slug := slugs[name]
		if slug == "" {
			slug = name
		}
		out = append(out, "tag."+slug)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
