package mirror

import (
	"bytes"
	"maps"
	"slices"
	"strings"

	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// renamed are fields that have another name in the changelog.
var renamed = map[string]string{"a_terminations": "a", "b_terminations": "b"}

// changes says what differs between an object before and after, under the mirror's names,
// as a JSON array of fields and a JSON object of their values after it: a tag is tag.<slug>,
// a custom field cf.<name>; a tag that is there is true. Both are nil if a side is missing.
func changes(before, after string, slugs value.Object) (fields, wrote any, err error) {
	names, values := []any{}, map[string]any{}
	ok := eachChange(before, after, slugs, func(name, text string) {
		names = append(names, name)
		if custom, is := strings.CutPrefix(name, "cf."); is && kinds.IsMark(custom) || err != nil {
			return
		}
		if text == "" {
			text = "null"
		}
		values[name], err = value.Decode([]byte(text))
	})
	if !ok || err != nil {
		return nil, nil, err
	}
	if fields, err = value.Encode(names); err != nil {
		return nil, nil, err
	}
	wrote, err = value.Encode(values)
	return fields, wrote, err
}

// eachChange visits what differs between an object before and after, with the JSON of
// its value after, "" for none. It returns false if a side is missing.
func eachChange(was, is string, slugs value.Object, visit func(name, after string)) bool {
	before, after := value.Split(was), value.Split(is)
	if len(before) == 0 || len(after) == 0 {
		return false
	}
	for _, key := range differing(before, after) {
		switch key {
		case "tags":
			for _, c := range tagChanges(before[key], after[key], slugs) {
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

// parts are those of diet's record that say whose an object is, since when a person has settled that,
// and what diet applied.
var parts = []string{"plan", "uid", "object", "base", "initial", "settled"}

// customChanges names the custom fields that differ and, of diet's record, the parts
// that say whose the object is.
func customChanges(before, after value.Object) []string {
	var out []string
	for _, name := range differing(before, after) {
		out = append(out, "cf."+name)
		if name != kinds.Record {
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
		if before[key] == after[key] {
			return true
		}
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
		c := tagChange{field: kinds.TagField(name)}
		if found := texts("[" + slugs[name] + "]"); len(found) == 1 && found[0] != "" {
			c.field = kinds.TagField(found[0])
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
	if text == "" {
		return nil
	}
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
