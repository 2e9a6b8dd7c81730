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
//	diet_sign(keys, released, doc, initial)  64-bit hash of the values of doc at keys less released, and of initial
//	diet_changed(before, after, tags)        JSON array of the fields that differ; tags maps name to slug
//	diet_wrote(before, after, tags)          JSON object of those fields' values after
//	diet_fold(name)                          the form in which NetBox compares names without regard to case
//
// No view and no index uses them, so that any SQLite can open the file.
var registerFunctions = sync.OnceFunc(func() {
	sqlite.MustRegisterDeterministicScalarFunction("diet_sign", 4, scalar(sign))
	sqlite.MustRegisterDeterministicScalarFunction("diet_changed", 3, scalar(changed))
	sqlite.MustRegisterDeterministicScalarFunction("diet_wrote", 3, scalar(wrote))
	sqlite.MustRegisterDeterministicScalarFunction("diet_fold", 1, scalar(fold))
})

func scalar(f func(args []driver.Value) (driver.Value, error)) func(*sqlite.FunctionContext, []driver.Value) (driver.Value, error) {
	return func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) { return f(args) }
}

// sign is diet_sign; NULL where keys or doc is no object.
func sign(args []driver.Value) (driver.Value, error) {
	keys, released, doc := split(args[0]), split(args[1]), split(args[2])
	if keys == nil || doc == nil {
		return nil, nil
	}
	hash, err := value.SignJSON(keys, released, doc, split(args[3]))
	if err != nil {
		return nil, fmt.Errorf("diet_sign: %w", err)
	}
	return hash, nil
}

func split(arg driver.Value) value.Object {
	text, _ := value.Of(arg).(string)
	return value.Split(text)
}

// fold is diet_fold.
func fold(args []driver.Value) (driver.Value, error) { return folded(value.Of(args[0])), nil }

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

// parts are those of it that say whose an object is, and what diet applied.
var parts = []string{"plan", "uid", "object", "base", "initial"}

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
			if slices.Contains(parts, part) {
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
