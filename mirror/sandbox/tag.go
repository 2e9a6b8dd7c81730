package sandbox

import (
	"cmp"
	"fmt"
	"slices"
)

func tagModel() *model {
	return &model{
		kind: "tags", app: "extras", name: "tag", label: "tag", plural: "tags", order: byTag,
		brief:  []string{"id", "url", "display", "name", "slug", "color", "description"},
		nested: []string{"id", "url", "display_url", "display", "name", "slug", "color"},
		unique: []constraint{uniqueField("extras_tag", "name"), uniqueField("extras_tag", "slug")}, removed: removedTag,
		extra: map[string]filterFunc{"object_types": typesFilter("object_types"), "for_object_type_id": ignored},
		fields: together(head(true), nameField(), slugField(), typed("color", color, defaults("9e9e9e")), description(),
			typed("weight", integer, defaults(int64(1000)), since(3), between(0, 32767)),
			typed("object_types", typeNames, emptyList), computedField("tagged_items", taggedItems, omitNested), dates()),
		logExtra: tagOwner,
	}
}

// tagOwner is a column that the API does not show.
func tagOwner(s *state, _ *record) dict {
	if s.rel.minor < 5 {
		return nil
	}
	return dict{{"owner", nil}}
}

func emptyList(f *field) { f.def = []string{} }

func ignored(*state, string, []string) (*match, string) { return nil, "" }

// byTag orders by weight, where there is one, then by name.
func byTag(a, b *record) int {
	if n := cmp.Compare(a.ref("weight"), b.ref("weight")); n != 0 {
		return n
	}
	return byName(a, b)
}

func taggedItems(e *encoder, r *record) {
	n := 0
	for _, t := range e.s.tables {
		n += len(t.tagged[r.id])
	}
	e.value(n)
}

// typesFilter finds those that apply to an object type.
func typesFilter(name string) filterFunc {
	return func(_ *state, lookup string, values []string) (*match, string) {
		if lookup != "" {
			return nil, ""
		}
		return &match{test: func(r *record) bool {
			types, _ := r.get(name).([]string)
			return slices.ContainsFunc(values, func(v string) bool { return slices.Contains(types, v) })
		}}, ""
	}
}

// acceptTags reads tags (all of them), add_tags or remove_tags.
func (t *tx) acceptTags(d *draft, f *field, v any, old *record) {
	ids, fault := t.readTags(v)
	if fault != nil {
		d.faults.put(f.name, fault)
		return
	}
	for _, id := range ids {
		if name := t.barred(d.r.model, id); name != "" && f.kind != removeTags {
			panic(detail(400, "%s cannot be assigned to %s objects.", name, d.r.model.label))
		}
	}
	switch {
	case f.kind == tags:
		d.r.tags = slices.Clip(ids)
	case d.given["tags"] && len(ids) > 0 && len(d.r.tags) > 0:
		d.faults.add("tags", `Cannot specify "tags" together with "add_tags" or "remove_tags".`)
	case f.kind == removeTags && old == nil && len(ids) > 0:
		d.faults.add("remove_tags", `Cannot use "remove_tags" when creating a new object.`)
	default:
		d.r.tags = merged(d.r.tags, ids, f.kind == addTags)
	}
}

// merged adds to a set of tags or takes away from it.
func merged(have, ids []int64, add bool) []int64 {
	have = slices.Clone(have)
	for _, id := range ids {
		if add {
			have = with(have, id)
		} else {
			have = without(have, id)
		}
	}
	return have
}

// readTags resolves a list of tags; they must exist.
func (t *tx) readTags(v any) ([]int64, any) {
	list, ok := v.([]any)
	switch {
	case v == nil:
		return nil, []any{"This field may not be null."}
	case !ok:
		return nil, dict{{t.wholeKey(), []any{fmt.Sprintf("Expected a list of items but got type %q.", pythonType(v))}}}
	}
	f := &field{target: "tags"}
	var ids []int64
	for _, x := range list {
		if x == nil {
			return nil, []any{[]any{"This field may not be null."}}
		}
		id, msg := t.readReference(f, x)
		if msg != "" {
			return nil, []any{msg}
		}
		ids = with(ids, id.(int64))
	}
	return ids, nil
}

// barred names a tag that may not be on objects of the model.
func (s *state) barred(m *model, id int64) string {
	r := s.find("tags", id)
	types, _ := r.get("object_types").([]string)
	if len(types) == 0 || slices.Contains(types, m.objectType()) {
		return ""
	}
	return "Tag " + r.text("name")
}

// removedTag takes the tag off everything: logged, but without a new date.
func removedTag(t *tx, r *record) {
	for _, m := range t.models {
		for _, id := range slices.Clone(t.tables[m.kind].tagged[r.id]) {
			old := t.find(m.kind, id)
			bare := old.copy()
			bare.tags = without(slices.Clone(old.tags), r.id)
			t.put(m, id, bare)
			t.log("update", old, bare)
		}
	}
}

// tagFilter filters by tag: all of those named must be there.
func (s *state) tagFilter(m *model, base, lookup string, values []string) (*match, string) {
	if !m.tagged || lookup != "" && lookup != "n" && lookup != "any" {
		return nil, ""
	}
	var sets [][]int64
	for _, v := range values {
		found := s.named("tags", base == "tag_id", v)
		if len(found) == 0 {
			return nil, fmt.Sprintf("Select a valid choice. %s is not one of the available choices.", v)
		}
		sets = append(sets, s.tables[m.kind].tagged[found[0]])
	}
	has := func(r *record) func([]int64) bool {
		return func(set []int64) bool { _, in := slices.BinarySearch(set, r.id); return in }
	}
	switch lookup {
	case "n":
		return &match{test: func(r *record) bool { return !slices.ContainsFunc(sets, has(r)) }}, ""
	case "any":
		return &match{test: func(r *record) bool { return slices.ContainsFunc(sets, has(r)) }}, ""
	}
	return &match{ids: sets[0], known: true, test: func(r *record) bool {
		return !slices.ContainsFunc(sets, func(set []int64) bool { return !has(r)(set) })
	}}, ""
}
