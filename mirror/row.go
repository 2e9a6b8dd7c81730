package mirror

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/diet-project/diet/generate/natural"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// rowReader makes rows of the objects of a kind.
type rowReader struct {
	kind   kinds.Kind
	fields []kinds.Field     // those with a column
	place  map[string]int    // of each member of an object that is read, in texts
	types  map[string]string // of NetBox's custom fields, by name
	seed   string            // what a row depends on besides the object
}

// together is how many objects are read one after the other; more are side by side.
const together = 256

// readAll makes rows of objects.
func (r rowReader) readAll(objects []string) ([][]any, error) {
	rows := make([][]any, len(objects))
	errs := make([]error, len(objects)/together+1)
	var group sync.WaitGroup
	for i := range errs {
		first, end := i*together, min((i+1)*together, len(objects))
		group.Go(func() { errs[i] = r.readSome(rows[first:end], objects[first:end]) })
	}
	group.Wait()
	return rows, cmp.Or(errs...)
}

// readSome makes rows of objects, which share their memory.
func (r rowReader) readSome(rows [][]any, objects []string) error {
	width := len(r.kind.Columns()) + 3
	cells := make([]any, width*len(objects))
	texts := make([]string, len(r.fields)+len(others))
	for i, object := range objects {
		row, err := r.read(cells[i*width:i*width:(i+1)*width], object, texts)
		if err != nil {
			return err
		}
		rows[i] = row
	}
	return nil
}

// The members that are read besides the fields of the kind, after those.
var others = []string{"id", "created", "last_updated"}

func newRowReader(kind kinds.Kind, types map[string]string) rowReader {
	r := rowReader{kind: kind, fields: kind.Stored(), place: map[string]int{}, types: types, seed: readingDigest}
	for _, name := range slices.Sorted(maps.Keys(types)) {
		r.seed += " " + name + ":" + types[name]
	}
	for i, f := range r.fields {
		r.place[f.Name] = i
	}
	for i, name := range others {
		r.place[name] = len(r.fields) + i
	}
	return r
}

// read appends to a row an object as NetBox answers it: its id, [kinds.Kind.Columns], its
// digest, and a hash of its columns. texts is where the texts of its members go.
func (r rowReader) read(row []any, object string, texts []string) (_ []any, err error) {
	clear(texts)
	value.Members(object, func(key, text string) bool {
		if i, ok := r.place[key]; ok {
			texts[i] = text
		}
		return true
	})
	last := texts[len(r.fields):]
	id, ok := value.ID(value.Scalar(last[0]))
	if !ok {
		return nil, fmt.Errorf("it has no id: %.60s", object)
	}
	row = append(row, id)
	for i, f := range r.fields {
		if row, err = r.appendColumn(row, f, texts[i]); err != nil {
			return nil, fmt.Errorf("field %q of id %d: %w", f.Name, id, err)
		}
	}
	if r.kind.IsOwned() {
		if row, err = appendOwnership(row, texts[r.place["custom_fields"]]); err != nil {
			return nil, fmt.Errorf("diet's record of id %d: %w", id, err)
		}
		row = append(row, instant(last[1]))
	}
	row = append(row, instant(last[2]))
	return append(row, r.digest(object), value.Hash(row[1:]...)), nil
}

// digest is over the text of an object, and what else its row depends on.
func (r rowReader) digest(object string) int64 { return value.DigestText(r.seed, object) }

// appendColumn appends the columns of a field.
func (r rowReader) appendColumn(row []any, f kinds.Field, text string) ([]any, error) {
	switch {
	case f.Type == kinds.Tags:
		return appendSorted(row, text, func(element string) any { return value.Find(element, "id") })
	case f.Type == kinds.Texts:
		return appendSorted(row, text, value.Scalar)
	case f.Type == kinds.Custom:
		custom, err := r.custom(text)
		return append(row, custom), err
	case f.Type == kinds.Reference && !f.Bare:
		return append(row, plainSQL(value.Find(text, "id"))), nil
	case f.Type == kinds.Choice && !f.Bare:
		return append(row, plainSQL(value.Find(text, "value"))), nil
	}
	v := plainSQL(value.Scalar(text))
	if row = append(row, v); f.FoldColumn() != "" {
		row = append(row, folded(v))
	}
	return row, nil
}

// appendSorted appends a JSON list of what read makes of the elements of another one,
// sorted.
func appendSorted(row []any, text string, read func(string) any) ([]any, error) {
	list := value.List(text)
	if len(list) == 0 {
		return append(row, "[]"), nil
	}
	out := make([]any, len(list))
	for i, element := range list {
		out[i] = read(element)
	}
	slices.SortFunc(out, compareScalars)
	encoded, err := value.Encode(out)
	return append(row, encoded), err
}

// compareScalars orders numbers, and texts.
func compareScalars(a, b any) int {
	x, _ := a.(int64)
	y, _ := b.(int64)
	s, _ := a.(string)
	t, _ := b.(string)
	return cmp.Or(cmp.Compare(x, y), cmp.Compare(s, t))
}

// plainSQL is a value as SQLite stores it: what is no scalar is JSON text.
func plainSQL(v any) any {
	switch v := v.(type) {
	case bool:
		if v {
			return int64(1)
		}
		return int64(0)
	case json.Number:
		f, err := v.Float64()
		if err != nil {
			return v.String()
		}
		return f
	case []any, map[string]any:
		text, _ := value.Encode(v)
		return text
	}
	return v
}

// instant is a time as the mirror stores it.
func instant(text string) any {
	v := value.Scalar(text)
	if s, ok := v.(string); ok {
		return value.Instant(s)
	}
	return plainSQL(v)
}

// folded is a text as NetBox compares names that differ only in case.
func folded(v any) any {
	if text, ok := v.(string); ok {
		return natural.Fold(text)
	}
	return nil
}

// custom are the custom fields with a value, without diet's own. NetBox shows every
// field it knows, empty or not, so an empty one says nothing.
func (r rowReader) custom(text string) (string, error) {
	var out map[string]any
	value.Members(text, func(name, text string) bool {
		if kinds.IsMark(name) || text == "null" {
			return true
		}
		v := value.Scalar(text)
		if r.types[name] != "json" {
			v = plain(v)
		}
		if out == nil {
			out = map[string]any{}
		}
		out[name] = v
		return true
	})
	if out == nil {
		return "{}", nil
	}
	return value.Encode(out)
}

// plain is a custom field's value as it is written: 4.7 answers a choice with its
// label, and every version an object with its name.
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

// appendOwnership appends the columns that say whose an object is, of its custom fields.
func appendOwnership(row []any, custom string) ([]any, error) {
	cf := value.Pick(custom, "diet_object_id", "diet_plan_id", "diet_managed", "diet_deletion_protected", "diet_source", "diet_managed_fields")
	record := value.Pick(cf[5], "object", "plan", "v", "base", "released", "tmp", "ids", "uid", "initial")
	shownObject, shownPlan := text(cf[0]), text(cf[1])
	object, plan := text(record[0]), text(record[1])
	sealed := object != nil && plan != nil
	if strings.HasPrefix(record[3], "{") {
		row = append(row, cmp.Or(object, shownObject), cmp.Or(plan, shownPlan))
	} else {
		row = append(row, nil, nil)
	}
	ids, keys, err := references(record[3], record[6])
	if err != nil {
		return nil, err
	}
	base, initial, err := parted(ids, record[8])
	version, _ := value.Scalar(record[2]).(int64) // 0 is none
	row = append(row, text(record[7]), shownObject, shownPlan, plainSQL(sealed), version)
	row = append(row, managed(cf[2]), plainSQL(cf[3] == "true"), text(cf[4]))
	return append(row, base, initial, keys, compact(record[4]), compact(record[5])), err
}

// parted takes from what diet last applied the fields that were only set at creation, a
// JSON list of their names.
func parted(applied, names string) (base, initial string, err error) {
	list := texts(names)
	if len(list) == 0 {
		return applied, "{}", nil
	}
	owned, set := map[string]any{}, map[string]any{}
	value.Members(applied, func(name, text string) bool {
		if slices.Contains(list, name) {
			set[name] = value.Scalar(text)
		} else {
			owned[name] = value.Scalar(text)
		}
		return true
	})
	if base, err = value.Encode(owned); err != nil {
		return "", "", err
	}
	initial, err = value.Encode(set)
	return base, initial, err
}

// text is a text that is not empty, else nil.
func text(raw string) any {
	if s, ok := value.Scalar(raw).(string); ok && s != "" {
		return s
	}
	return nil
}

// managed is diet_managed: 1, 0, or nil where it is neither.
func managed(raw string) any {
	if v, ok := value.Scalar(raw).(bool); ok {
		return plainSQL(v)
	}
	return nil
}

// compact is a JSON object without spaces, "{}" where the text is none.
func compact(text string) string {
	if !strings.HasPrefix(text, "{") || text == "{}" || !value.Valid(text) {
		return "{}"
	}
	return value.Compact(text)
}

// references takes what diet last applied apart: the values, references as NetBox ids,
// and by field what those referred to then: natural keys of shared objects, object ids of
// diet's own, whose NetBox ids are beside base; and which tags those were, by their ids. A base
// that an older diet wrote has ids alone.
func references(base, beside string) (ids, keys string, err error) {
	if !strings.Contains(base, `"key"`) && !strings.HasPrefix(beside, "{") {
		return compact(base), "{}", nil
	}
	owned := value.Split(beside)
	values, natural := map[string]any{}, map[string]any{}
	value.Members(base, func(name, text string) bool {
		if ref := reference(name, text, owned[name]); ref != nil {
			values[name], natural[name] = ref["id"], ref["key"]
			return true
		}
		values[name] = value.Scalar(text)
		if id, is := value.ID(value.Scalar(owned[name])); is && kinds.IsTag(name) {
			natural[name] = id
		}
		return true
	})
	if ids, err = value.Encode(values); err != nil {
		return "", "", err
	}
	keys, err = value.Encode(natural)
	return ids, keys, err
}

// reference reads what a base holds of a reference, as id and key: of a shared object its
// id and the natural key that it had when it was applied, of one of diet's its object id,
// whose NetBox id is owned; nil for any other value.
func reference(field, text, owned string) map[string]any {
	object, isText := value.Scalar(text).(string)
	id, isID := value.ID(value.Scalar(owned))
	switch {
	case strings.HasPrefix(field, "cf."):
		return nil
	case strings.HasPrefix(text, `"`) && isText && isID:
		return map[string]any{"id": id, "key": object}
	case !strings.HasPrefix(text, "{"):
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
