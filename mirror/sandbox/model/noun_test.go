package model

import (
	"slices"
	"testing"

	"github.com/diet-project/diet/mirror/sandbox/release"
	"github.com/diet-project/diet/mirror/sandbox/table"
)

func releases(t *testing.T) []*release.Release {
	t.Helper()
	var all []*release.Release
	for _, name := range release.Names {
		rel, err := release.Of(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, rel)
	}
	return all
}

// Each endpoint that a release lists has its noun, and each noun an endpoint.
func TestNounsAndEndpoints(t *testing.T) {
	var nouned, listed []string
	for _, n := range nouns() {
		nouned = append(nouned, n.at)
	}
	for _, rel := range releases(t) {
		for path := range rel.Endpoints {
			if listed = append(listed, path); !slices.Contains(nouned, path) {
				t.Errorf("%s of %s has no noun", path, rel.Version.Full)
			}
		}
	}
	for _, path := range nouned {
		if !slices.Contains(listed, path) {
			t.Errorf("no release lists %s", path)
		}
	}
}

// What a noun says of fields is true of some release: no name is misspelt.
func TestNounsNameFields(t *testing.T) {
	for _, n := range nouns() {
		for name := range n.fields {
			there := false
			for _, rel := range releases(t) {
				if end := rel.Endpoints[n.at]; end != nil {
					there = there || slices.ContainsFunc(end.Fields, func(f release.Field) bool { return f.Name == name })
				}
			}
			if !there {
				t.Errorf("%s has no field %s in any release", n.at, name)
			}
		}
	}
}

// References lead somewhere, and what OPTIONS show as an embedded object is a
// reference, or told to be something else.
func TestReferencesLeadSomewhere(t *testing.T) {
	for _, rel := range releases(t) {
		made := Schema(rel)
		kinds := map[string]bool{}
		for _, m := range made.Models {
			kinds[m.Kind] = true
		}
		for _, m := range made.Models {
			for _, f := range m.Fields {
				if f.Target != "" && !kinds[f.Target] {
					t.Errorf("%s: %s.%s refers to %s, which is not there", rel.Version.Full, m.Kind, f.Name, f.Target)
				}
				if f.Count != nil && f.Count.Kind != "" && !kinds[f.Count.Kind] && rel.Minor >= 7 {
					t.Errorf("%s: %s.%s counts %s, which is not there", rel.Version.Full, m.Kind, f.Name, f.Count.Kind)
				}
			}
		}
	}
}

func TestEmbeddedObjectsAreReferences(t *testing.T) {
	for _, rel := range releases(t) {
		for _, n := range nouns() {
			m := n.model(rel)
			if m == nil {
				continue
			}
			for _, told := range rel.Endpoints[n.at].Fields {
				i := slices.IndexFunc(m.Fields, func(f *table.Field) bool { return f.Name == told.Name })
				if f := m.Fields[i]; told.Type == "nested object" && f.Target == "" && f.Kind == table.JSON {
					t.Errorf("%s: %s.%s is taken for JSON", rel.Version.Full, n.at, told.Name)
				}
			}
		}
	}
}

// Names of constraints tell of whom they are.
func TestConstraints(t *testing.T) {
	for _, rel := range releases(t) {
		for _, n := range nouns() {
			m := n.model(rel)
			if m == nil {
				continue
			}
			for _, c := range m.Unique {
				if c.Name == "" || len(c.Fields) == 0 {
					t.Errorf("%s: a constraint of %s has no name or no fields", rel.Version.Full, n.at)
				}
			}
		}
	}
}
