package model

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/diet-project/diet/mirror/sandbox/table"
)

// tags are the labels of an object; add_tags and remove_tags change some.
var (
	tags    = &table.Kind{Accept: acceptTags, Write: writeTags}
	addTags = &table.Kind{Accept: func(t *table.Tx, d *table.Draft, f *table.Field, v any,
		_ *table.Record) {
		alterTags(t, d, f, v, true)
	}}
	removeTags = &table.Kind{Accept: acceptRemoval}
)

var tagNouns = []noun{
	{
		at: "extras/tags", order: byTag, unique: rules{alone("name"), alone("slug")}, removed: removedTag,
		filters: map[string]table.Filter{"object_types": byObjectTypes, "for_object_type_id": ignored},
		fields: fields{
			"color": def("9e9e9e"), "weight": def(int64(1000)), "object_types": objectTypes, "tagged_items": both(calc(taggedItems), annotated),
		},
	},
}

// byTag orders by weight, where there is one, then by name.
func byTag(a, b *table.Record) int {
	if n := cmp.Compare(a.Ref("weight"), b.Ref("weight")); n != 0 {
		return n
	}
	return table.ByName(a, b)
}

func taggedItems(e *table.Encoder, r *table.Record) {
	n := 0
	for _, t := range e.Store.Tables {
		n += len(t.Tagged[r.ID])
	}
	e.Value(n)
}

func writeTags(e *table.Encoder, r *table.Record, f *table.Field) {
	found := e.Store.All(e.Store.Labels, r.Tags)
	slices.SortFunc(found, byTag)
	e.Each(found, func(t *table.Record) { e.Embed(t, f.Nested) })
}

// acceptTags reads all of an object's tags.
func acceptTags(t *table.Tx, d *table.Draft, f *table.Field, v any, _ *table.Record) {
	ids, ok := acceptable(t, d, f, v, true)
	if ok {
		d.Record.Tags = slices.Clip(ids)
	}
}

func acceptRemoval(t *table.Tx, d *table.Draft, f *table.Field, v any, old *table.Record) {
	if list, _ := v.([]any); old == nil && len(list) > 0 {
		d.Faults.Add("remove_tags", `Cannot use "remove_tags" when creating a new object.`)
		return
	}
	alterTags(t, d, f, v, false)
}

// alterTags adds some tags or takes some away.
func alterTags(t *table.Tx, d *table.Draft, f *table.Field, v any, add bool) {
	ids, ok := acceptable(t, d, f, v, add)
	switch {
	case !ok:
	case d.Given["tags"] && len(ids) > 0 && len(d.Record.Tags) > 0:
		d.Faults.Add("tags", `Cannot specify "tags" together with "add_tags" or "remove_tags".`)
	default:
		d.Record.Tags = merged(d.Record.Tags, ids, add)
	}
}

// acceptable reads a list of tags, which must suit the object if they are to be
// on it.
func acceptable(t *table.Tx, d *table.Draft, f *table.Field, v any, wanted bool) ([]int64, bool) {
	ids, fault := readTags(t, v)
	if fault != nil {
		d.Faults.Put(f.Name, fault)
		return nil, false
	}
	for _, id := range ids {
		if name := barred(t.Store, d.Record.Model, id); name != "" && wanted {
			panic(table.Detail(400, "%s cannot be assigned to %s objects.", name, d.Record.Model.Label))
		}
	}
	return ids, true
}

// merged adds to a set of tags or takes away from it.
func merged(have, ids []int64, add bool) []int64 {
	have = slices.Clone(have)
	for _, id := range ids {
		if add {
			have = table.With(have, id)
		} else {
			have = table.Without(have, id)
		}
	}
	return have
}

// readTags resolves a list of tags; they must exist.
func readTags(t *table.Tx, v any) ([]int64, any) {
	list, ok := v.([]any)
	switch {
	case v == nil:
		return nil, []any{"This field may not be null."}
	case !ok:
		return nil, table.Dict{{t.WholeKey(), []any{fmt.Sprintf("Expected a list of items but got type %q.", table.PythonType(v))}}}
	}
	f := &table.Field{Target: "tags"}
	var ids []int64
	var nulls []int
	for n, x := range list {
		if x == nil {
			nulls = append(nulls, n)
			continue
		}
		id, msg := table.ReadReference(t, f, x)
		if msg != "" {
			return nil, []any{msg}
		}
		ids = table.With(ids, id.(int64))
	}
	return ids, nullItems(t, nulls)
}

// nullItems complains of items that are null, in a release's own form.
func nullItems(t *table.Tx, at []int) any {
	fault := []any{"This field may not be null."}
	switch {
	case len(at) == 0:
		return nil
	case !t.Rel.IndexedListFaults:
		return []any{fault}
	}
	d := table.Dict{}
	for _, n := range at {
		d = append(d, table.Pair{strconv.Itoa(n), fault})
	}
	return d
}

// barred names a tag that may not be on objects of the model.
func barred(s *table.Store, m *table.Model, id int64) string {
	r := s.Find("tags", id)
	types, _ := r.Get("object_types").([]string)
	if len(types) == 0 || slices.Contains(types, m.ObjectType()) {
		return ""
	}
	return "Tag " + r.Text("name")
}

// removedTag takes the tag off everything: logged, but without a new date.
func removedTag(t *table.Tx, r *table.Record) {
	for _, m := range t.Models {
		for _, id := range slices.Clone(t.Tables[m.Kind].Tagged[r.ID]) {
			old := t.Find(m.Kind, id)
			bare := old.Copy()
			bare.Tags = table.Without(slices.Clone(old.Tags), r.ID)
			t.Put(m, id, bare)
			t.Log("update", old, bare)
		}
	}
}
