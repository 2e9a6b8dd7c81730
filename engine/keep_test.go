package engine

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/store"
)

// TestKept is what the store keeps of a preview: all of it, also as an older diet kept it.
func TestKept(t *testing.T) {
	t.Parallel()
	p := &Preview{
		ID: "pv-1", Plan: "web", Changed: map[string]string{"device web/a": "1", "device web/b": "2"},
		Changes: []change.Change{
			{Kind: "device", Object: "web/a", Fields: []change.Field{{Name: "position", Want: int64(3), Have: 2.5, Base: nil}}},
			{Kind: "device", Object: "web/b"},
		},
		Conflicts: []Conflict{{Object: "web/a", Options: []string{"skip"}}}, Unmanaged: []Unmanaged{{Object: "web/b"}},
		names: map[string]map[int64]string{"role": {7: "leaf"}},
	}
	kept, err := split(p, "http://netbox")
	if err != nil || len(kept.Rows[partChanges]) != 2 || len(kept.Document) > 1000 {
		t.Fatalf("%d rows, %v", len(kept.Rows[partChanges]), err)
	}
	whole, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	for name, kept := range map[string]store.Preview{"rows": kept, "one text": {Document: string(whole)}} {
		got, err := joined(kept)
		if err != nil {
			t.Fatal(err)
		}
		names := p.names
		if name != "rows" {
			names = map[string]map[int64]string{}
		}
		if !reflect.DeepEqual(got.Changes, p.Changes) || !reflect.DeepEqual(got.Changed, p.Changed) || !reflect.DeepEqual(got.names, names) ||
			len(got.Conflicts) != 1 || len(got.Unmanaged) != 1 || got.Questions == nil {
			t.Errorf("%s: got %+v", name, got)
		}
	}
}
