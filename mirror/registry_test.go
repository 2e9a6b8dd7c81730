package mirror_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/sandbox/model"
	"github.com/diet-project/diet/mirror/sandbox/release"
	"github.com/diet-project/diet/mirror/sandbox/table"
)

// models are what the sandbox knows of NetBox's objects, by endpoint and release: the
// other side of the registry, made from what releases tell of themselves.
func models(t *testing.T) map[string][]*table.Model {
	t.Helper()
	out := map[string][]*table.Model{}
	for _, name := range release.Names {
		rel, err := release.Of(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range table.New(rel, time.Now, model.Schema(rel)).Models {
			path := m.App + "/" + m.Endpoint
			out[path] = append(out[path], m)
		}
	}
	return out
}

// fieldOf finds a field of a model.
func fieldOf(m *table.Model, name string) *table.Field {
	for _, f := range m.Fields {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// asked are the fields that every lazy kind is asked for, whether NetBox has them or not.
var asked = []string{"description", "comments", "tags", "custom_fields", "module"}

// TestRegistryIsNetBox holds every entry of the registry against NetBox's own objects: a
// field that is not there, of another type, or whose deletion works otherwise.
func TestRegistryIsNetBox(t *testing.T) {
	t.Parallel()
	objects, registry := models(t), kinds.Standard()
	for _, k := range registry.Known() {
		listed := objects[k.Endpoint]
		if len(listed) == 0 {
			t.Errorf("%s: no release has %s", k.Name, k.Endpoint)
			continue
		}
		for _, m := range listed {
			if m.ObjectType() != k.ObjectType {
				t.Errorf("%s is %s, not %s", k.Endpoint, m.ObjectType(), k.ObjectType)
			}
		}
		for _, name := range slices.AppendSeq(slices.Clone(k.Content), maps.Keys(k.Signs)) {
			if !slices.ContainsFunc(listed, func(m *table.Model) bool { return fieldOf(m, name) != nil }) {
				t.Errorf("%s: no release has the field %s", k.Name, name)
			}
		}
		for _, f := range k.Fields {
			told := slices.DeleteFunc(each(listed, f.Name), func(n *table.Field) bool { return n == nil })
			if len(told) == 0 && f.Type != kinds.End && !(k.Lazy && slices.Contains(asked, f.Name)) {
				t.Errorf("%s: no release has the field %s", k.Name, f.Name)
			}
			for _, n := range told {
				if want := typeOf(n, f); want != f.Type {
					t.Errorf("%s.%s is a %s, not a %s", k.Name, f.Name, want, f.Type)
				}
				if f.Type == kinds.Reference && f.To != "" {
					checkReference(t, registry, objects, k, f, n)
				}
				if k.IsOwned() && (f.Type == kinds.Text || f.Type == kinds.Choice) && f.Blank != (!n.Null && !n.Required && n.Default == "") {
					t.Errorf("%s.%s: Blank is %v", k.Name, f.Name, f.Blank)
				}
			}
		}
	}
}

// each finds a field in each of the models.
func each(models []*table.Model, name string) []*table.Field {
	out := make([]*table.Field, len(models))
	for i, m := range models {
		out[i] = fieldOf(m, name)
	}
	return out
}

// typeOf is the registry's type for a field of NetBox, where one follows from the other: an
// id may be a generic reference, a number may be whole, a choice may be answered bare.
func typeOf(n *table.Field, f kinds.Field) kinds.Type {
	switch n.Kind {
	case table.Text, table.Slug, table.Color, table.TypeName, table.Display:
		return kinds.Text
	case table.Choice, table.NumberChoice:
		return kinds.Choice
	case table.Integer:
		if f.Type != kinds.Generic && f.Type != kinds.Number {
			return kinds.Integer
		}
	case table.Decimal:
		return kinds.Number
	case table.Boolean:
		return kinds.Bool
	case table.Reference:
		return kinds.Reference
	case table.TypeNames:
		return kinds.Texts
	}
	return f.Type
}

// checkReference compares what a field refers to, and what becomes of it.
func checkReference(t *testing.T, r kinds.Registry, objects map[string][]*table.Model, k kinds.Kind, f kinds.Field, n *table.Field) {
	t.Helper()
	to := r.Must(f.To)
	if !slices.ContainsFunc(objects[to.Endpoint], func(m *table.Model) bool { return m.Kind == n.Target }) {
		t.Errorf("%s.%s refers to %s, not to %s", k.Name, f.Name, n.Target, to.Endpoint)
	}
	if got := deletionOf(n); got != f.OnDelete {
		t.Errorf("%s.%s: if that is deleted, %s, not %s", k.Name, f.Name, got, f.OnDelete)
	}
}

func deletionOf(n *table.Field) kinds.OnDelete {
	switch n.OnDelete {
	case table.Cascade:
		return kinds.Cascade
	case table.Protect, table.Restrict:
		return kinds.Protect
	}
	return kinds.SetNull
}

// TestNothingRefersUnknown finds what the registry leaves out: objects that NetBox deletes
// along with one of diet's, or for which it refuses its deletion, or that it changes. What
// a cable ends on is in its terminations.
func TestNothingRefersUnknown(t *testing.T) {
	t.Parallel()
	objects, registry := models(t), kinds.Standard()
	owned := map[string]kinds.Kind{}
	for _, k := range registry.Owned() {
		owned[objects[k.Endpoint][0].Kind] = k
	}
	entries := map[string]kinds.Kind{}
	for _, k := range registry.Known() {
		entries[k.Endpoint] = k
	}
	for path, listed := range objects {
		for _, m := range listed {
			for _, n := range m.Fields {
				to, ours := owned[n.Target]
				if !ours || n.Kind != table.Reference || n.Hidden || n.Name == "cable" {
					continue
				}
				if f, ok := entries[path].Field(n.Name); !ok || !f.MayReferTo(to) {
					t.Errorf("%s.%s refers to a %s and %s: no entry says so", path, n.Name, to.Name, deletionOf(n))
				}
			}
		}
	}
}
