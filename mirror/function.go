package mirror

import (
	"bytes"
	"database/sql/driver"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"modernc.org/sqlite"

	"github.com/diet-project/diet/mirror/value"
)

// registerFunctions teaches SQLite the functions of the statements under sql/:
//
//	diet_hash(value, ...)             64-bit hash of a list of values
//	diet_sign(keys, released, doc)    64-bit hash of the values of doc at keys less released
//	diet_custom(custom_fields, types) the custom fields with a value, without diet's own; types maps name to type
//	diet_changed(before, after, tags) JSON array of the fields that differ; tags maps name to slug
//	diet_base(base)                   what diet last applied, references to shared objects as their ids
//	diet_keys(base)                   by field, the natural keys that those had then
//	diet_wrote(before, after, tags)   JSON object of those fields' values after
//	diet_fold(name)                   the form in which NetBox compares names without regard to case
//
// No view and no index uses them, so that any SQLite can open the file.
var registerFunctions = sync.OnceFunc(func() {
	sqlite.MustRegisterDeterministicScalarFunction("diet_hash", -1, scalar(hashValues))
	sqlite.MustRegisterDeterministicScalarFunction("diet_sign", 3, scalar(sign))
	sqlite.MustRegisterDeterministicScalarFunction("diet_custom", 2, scalar(custom))
	sqlite.MustRegisterDeterministicScalarFunction("diet_changed", 3, scalar(changed))
	sqlite.MustRegisterDeterministicScalarFunction("diet_base", 1, scalar(baseIDs))
	sqlite.MustRegisterDeterministicScalarFunction("diet_keys", 1, scalar(baseKeys))
	sqlite.MustRegisterDeterministicScalarFunction("diet_wrote", 3, scalar(wrote))
	sqlite.MustRegisterDeterministicScalarFunction("diet_fold", 1, scalar(fold))
})

func scalar(f func(args []driver.Value) (driver.Value, error)) func(*sqlite.FunctionContext, []driver.Value) (driver.Value, error) {
	return func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) { return f(args) }
}

// hashValues is diet_hash.
func hashValues(args []driver.Value) (driver.Value, error) {
	values := make([]any, len(args))
	for i := range args {
		values[i] = args[i]
	}
	return value.Hash(values...), nil
}

// sign is diet_sign; NULL where keys or doc is no object.
func sign(args []driver.Value) (driver.Value, error) {
	keys, released, doc := split(args[0]), split(args[1]), split(args[2])
	if keys == nil || doc == nil {
		return nil, nil
	}
	hash, err := value.SignJSON(keys, released, doc)
	if err != nil {
		return nil, fmt.Errorf("diet_sign: %w", err)
	}
	return hash, nil
}

func split(arg driver.Value) value.Object {
	text, _ := value.Of(arg).(string)
	return value.Split(text)
}

// baseIDs is diet_base. A base that an older diet wrote has ids already.
func baseIDs(args []driver.Value) (driver.Value, error) {
	text, _ := value.Of(args[0]).(string)
	base := value.Split(text)
	if base == nil {
		return "{}", nil
	}
	if !strings.Contains(text, `"key"`) {
		return text, nil
	}
	return remake(base, func(name, v string) (any, bool) {
		if ref := reference(name, v); ref != nil {
			return ref["id"], true
		}
		v2, err := value.Decode([]byte(v))
		return v2, err == nil
	})
}

// baseKeys is diet_keys.
func baseKeys(args []driver.Value) (driver.Value, error) {
	text, _ := value.Of(args[0]).(string)
	if !strings.Contains(text, `"key"`) {
		return "{}", nil
	}
	return remake(value.Split(text), func(name, v string) (any, bool) {
		ref := reference(name, v)
		return ref["key"], ref != nil
	})
}

// remake makes a JSON object from the members of another one, through f.
func remake(object value.Object, f func(name, text string) (any, bool)) (driver.Value, error) {
	out := map[string]any{}
	for name, text := range object {
		if v, ok := f(name, text); ok {
			out[name] = v
		}
	}
	return value.Encode(out)
}

// reference reads a base's reference to a shared object: its id, and the natural key
// that it had when it was applied; nil for any other value.
func reference(field, text string) map[string]any {
	if strings.HasPrefix(field, "cf.") || !strings.HasPrefix(text, "{") {
		return nil
	}
	ref, err := value.DecodeObject([]byte(text))
	_, hasID := value.ID(ref["id"])
	_, hasKey := ref["key"].(string)
	if err != nil || len(ref) != 2 || !hasID || !hasKey {
		return nil
	}
	return ref
}

// fold is diet_fold. NetBox compares with PostgreSQL's lower(), which knows all of
// Unicode; SQLite's knows only ASCII.
func fold(args []driver.Value) (driver.Value, error) {
	text, ok := value.Of(args[0]).(string)
	if !ok {
		return nil, nil
	}
	return strings.ToLower(text), nil
}

// custom is diet_custom. NetBox shows every custom field, empty or not, so an empty one
// says nothing.
func custom(args []driver.Value) (driver.Value, error) {
	types := split(args[1])
	out := map[string]any{}
	for name, text := range split(args[0]) {
		if strings.HasPrefix(name, "diet_") || text == "null" {
			continue
		}
		v, err := value.Decode([]byte(text))
		if err != nil {
			return nil, fmt.Errorf("diet_custom: field %q: %w", name, err)
		}
		if types[name] != `"json"` {
			v = plain(v)
		}
		out[name] = v
	}
	if len(out) == 0 {
		return "{}", nil
	}
	return value.Encode(out)
}

// plain is a custom field's value as it is written: 4.7 answers a choice with its label,
// and every version an object with its name.
func plain(v any) any {
	if list, ok := v.([]any); ok {
		for i := range list {
			list[i] = plainOne(list[i])
		}
		return list
	}
	return plainOne(v)
}

func plainOne(v any) any {
	dict, ok := v.(map[string]any)
	if !ok {
		return v
	}
	choice, hasValue := dict["value"]
	_, hasLabel := dict["label"]
	if hasValue && hasLabel && len(dict) == 2 {
		return choice
	}
	id, hasID := dict["id"]
	_, hasURL := dict["url"]
	_, hasDisplay := dict["display"]
	if hasID && hasURL && hasDisplay {
		return id
	}
	return v
}

// renamed are fields that have another name in the changelog.
var renamed = map[string]string{"a_terminations": "a", "b_terminations": "b"}

// changed is diet_changed: what differs between an object before and after, under the
// mirror's names; a tag is tag.<slug>, a custom field cf.<name>. NULL if a side is
// missing.
func changed(args []driver.Value) (driver.Value, error) {
	fields := []any{}
	ok := eachChange(args, func(name, _ string) { fields = append(fields, name) })
	if !ok {
		return nil, nil
	}
	return value.Encode(fields)
}

// wrote is diet_wrote: the values after a change. A tag that is there is true.
func wrote(args []driver.Value) (driver.Value, error) {
	values := map[string]any{}
	var failed error
	ok := eachChange(args, func(name, text string) {
		if strings.HasPrefix(name, "cf.diet_") {
			return
		}
		if text == "" {
			text = "null"
		}
		v, err := value.Decode([]byte(text))
		if err != nil {
			failed = err
		}
		values[name] = v
	})
	if !ok || failed != nil {
		return nil, failed
	}
	return value.Encode(values)
}

// eachChange visits what differs between an object before and after, with the JSON of
// its value after, "" for none. It returns false if a side is missing.
func eachChange(args []driver.Value, visit func(name, after string)) bool {
	before, after := split(args[0]), split(args[1])
	if len(before) == 0 || len(after) == 0 {
		return false
	}
	for _, key := range differing(before, after) {
		switch key {
		case "tags":
			for _, c := range tagChanges(before[key], after[key], split(args[2])) {
				visit(c.field, c.after)
			}
		case "custom_fields":
			custom := value.Split(after[key])
			for _, name := range customChanges(value.Split(before[key]), custom) {
				visit(name, custom[strings.TrimPrefix(name, "cf.")])
			}
		default:
			name := key
			if other, ok := renamed[key]; ok {
				name = other
			}
			visit(name, after[key])
		}
	}
	return true
}

// record is the custom field that diet keeps its own record of an object in.
const record = "diet_managed_fields"

// customChanges names the custom fields that differ and, of diet's record, the parts
// that say whose the object is.
func customChanges(before, after value.Object) []string {
	var out []string
	for _, name := range differing(before, after) {
		out = append(out, "cf."+name)
		if name != record {
			continue
		}
		for _, part := range differing(value.Split(before[name]), value.Split(after[name])) {
			if part == "plan" || part == "object" || part == "base" {
				out = append(out, "cf."+name+"."+part)
			}
		}
	}
	return out
}

// differing returns the keys whose values are not the same, sorted. A null and
// an absent value are the same.
func differing(before, after value.Object) []string {
	union := map[string]bool{}
	for key := range before {
		union[key] = true
	}
	for key := range after {
		union[key] = true
	}
	return slices.DeleteFunc(slices.Sorted(maps.Keys(union)), func(key string) bool {
		a, errA := value.AppendJSON(nil, before[key])
		b, errB := value.AppendJSON(nil, after[key])
		return errA == nil && errB == nil && bytes.Equal(a, b)
	})
}

// tagChange is a tag that came or went.
type tagChange struct{ field, after string }

// tagChanges lists the tags on one side only. The changelog has their names; slugs maps
// names to slugs, as JSON text.
func tagChanges(before, after string, slugs value.Object) []tagChange {
	a, b := texts(before), texts(after)
	var out []tagChange
	for _, name := range append(slices.Clone(a), b...) {
		if slices.Contains(a, name) == slices.Contains(b, name) {
			continue
		}
		c := tagChange{field: "tag." + name}
		if found := texts("[" + slugs[name] + "]"); len(found) == 1 && found[0] != "" {
			c.field = "tag." + found[0]
		}
		if slices.Contains(b, name) {
			c.after = "true"
		}
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b tagChange) int { return strings.Compare(a.field, b.field) })
	return slices.Compact(out)
}

// texts reads a JSON list of texts; anything else is empty.
func texts(text string) []string {
	v, _ := value.Decode([]byte(text))
	list, _ := v.([]any)
	var out []string
	for _, entry := range list {
		if s, ok := entry.(string); ok {
			out = append(out, s)
		}
	}
	return out
}
