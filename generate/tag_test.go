package generate_test

import (
	"reflect"
	"testing"

	"github.com/diet-project/diet/generate"
)

// TestTags keeps a tag as it is written, and makes its slug as NetBox does.
func TestTags(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		edit string
		want []generate.Tag
	}{
		"marks":            {"tags: [Größe]", []generate.Tag{{Slug: "groe", Name: "Größe"}}},
		"words":            {"tags: ['AI  Fabric #2']", []generate.Tag{{Slug: "ai-fabric-2", Name: "AI  Fabric #2"}}},
		"as before":        {"tags: [b, a, b]", []generate.Tag{{Slug: "a", Name: "a"}, {Slug: "b", Name: "b"}}},
		"slug in catalog":  {"tags: [日本, rocket]", []generate.Tag{{Slug: "nihon", Name: "日本"}, {Slug: "rocket", Name: "🚀"}}},
		"name and pattern": {"tags: ['Row {n}']", []generate.Tag{{Slug: "row-1", Name: "Row 1"}, {Slug: "row-2", Name: "Row 2"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := edit(t, small, "count: 4", "count: 2\n      set: {"+tc.edit+"}",
				"  fabrics:", "  catalog: {tags: {nihon: {name: 日本}, rocket: {name: 🚀}}}\n  fabrics:")
			if topo := MustGenerate(t, MustLoad(t, text), nil); !reflect.DeepEqual(topo.Tags, tc.want) {
				t.Errorf("the tags are %+v, want %+v", topo.Tags, tc.want)
			}
		})
	}
}

func TestTagsWithoutSlug(t *testing.T) {
	t.Parallel()
	for tags, want := range map[string]struct{ path, text string }{
		"[日本]":                   {"gpu.set.tags[0]", "the tag \"日本\" (choose one: spec.catalog.tags: {SLUG: {name: 日本}})"},
		"[a, 🚀]":                 {"gpu.set.tags[1]", "no slug can be made of the tag \"🚀\""},
		"[Größe, Groe]":          {"gpu.set.tags[1]", `the tags "Größe" and "Groe" share the slug "groe"`},
		"[AI Fabric, ai-fabric]": {"gpu.set.tags[1]", `the tags "AI Fabric" and "ai-fabric" share the slug "ai-fabric"`},
	} {
		list := findingsOf(t, edit(t, small, "count: 4", "count: 4\n      set: {tags: "+tags+"}"))
		wantFinding(t, list, want.path, want.text)
	}
	list := findingsOf(t, edit(t, small, "  fabrics:", "  catalog: {tags: {a: {name: X}, b: {name: X}}}\n  fabrics:"))
	wantFinding(t, list, "catalog.tags.b", `the tags a and b have one name, "X"`)
	list = findingsOf(t, edit(t, small, "site: lab", "site: Größe"))
	wantFinding(t, list, "spec.site", `"Größe" is no slug (write {slug: groe, name: Größe})`)
}
