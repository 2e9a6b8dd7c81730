package generate_test

import (
	"bytes"
	"fmt"
	"reflect"
	"testing"

	"github.com/diet-project/diet/generate"
)

// TestStatedIsWhole changes every member of every object of a topology, one at a time: what
// makes another object has other bytes.
func TestStatedIsWhole(t *testing.T) {
	t.Parallel()
	text, number := "text", 1.5
	topo := &generate.Topology{
		Racks:      []generate.Rack{{ID: "r"}},
		Devices:    []generate.Device{{ID: "d", Position: 1, Tags: []string{"x"}, CustomFields: map[string]any{"x": 1}}},
		Modules:    []generate.Module{{ID: "m", Bay: "y"}},
		Interfaces: []generate.Interface{{ID: "i", PortTraits: &generate.PortTraits{}}},
		Cables:     []generate.Cable{{ID: "c", CableTraits: &generate.CableTraits{}}},
	}
	n := 0
	for i, object := range []any{&topo.Racks[0], &topo.Devices[0], &topo.Modules[0], &topo.Modules[0], &topo.Interfaces[0], &topo.Cables[0]} {
		v := reflect.ValueOf(object).Elem()
		for _, f := range reflect.VisibleFields(v.Type()) {
			if !f.IsExported() || f.Anonymous {
				continue
			}
			field := v.FieldByIndex(f.Index)
			was, before, stated := reflect.ValueOf(field.Interface()), topo.At(i), bytesAt(topo, i)
			for _, to := range []any{"other", 7, 2.5, &text, &number, []string{"x", "y"}, map[string]any{"x": "1"}} {
				if reflect.TypeOf(to) != field.Type() {
					continue
				}
				field.Set(reflect.ValueOf(to))
				n++
				if !reflect.DeepEqual(before, topo.At(i)) && bytes.Equal(stated, bytesAt(topo, i)) {
					t.Errorf("%s.%s is not stated", v.Type(), f.Name)
				}
			}
			field.Set(was)
		}
	}
	if n < 30 {
		t.Errorf("only %d members were changed", n)
	}
}

func bytesAt(topo *generate.Topology, i int) []byte {
	kind, id := topo.IDAt(i)
	if o := topo.At(i); o.Kind != kind || o.ID != id {
		panic(fmt.Sprintf("object %d is %s %s, not %s %s", i, o.Kind, o.ID, kind, id))
	}
	return topo.StatedAt(nil, i)
}
