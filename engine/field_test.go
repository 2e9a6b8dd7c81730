package engine_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror/kinds"
)

// TestPlansKnowTheFields holds the fields that plans may name to the registry of kinds.
func TestPlansKnowTheFields(t *testing.T) {
	t.Parallel()
	var want []string
	for _, k := range kinds.Standard().Owned() {
		for _, f := range k.Compared() {
			want = append(want, f.Name)
		}
	}
	slices.Sort(want)
	if want, got := slices.Compact(want), generate.OwnedFields(); !slices.Equal(got, want) {
		t.Errorf("plans may name %q, diet owns %q", got, want)
	}
}

// TestReferencesAreKnown: whatever a plan states as a reference, the registry knows as one; what is
// yet to be made is told from a text by that.
func TestReferencesAreKnown(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.7")
	seen := map[string]bool{}
	look := func(kind string, fields map[string]any) {
		for name, v := range fields {
			ref, is := v.(generate.Ref)
			if !is {
				continue
			}
			seen[kind+"."+name] = true
			if to := change.Refers(kind, name); to == "" || to != ref.Kind && kind != "cable" {
				t.Errorf("%s of %s refers to a %s, and the registry says %q", name, kind, ref.Kind, to)
			}
		}
	}
	for _, plan := range []*generate.Plan{w.imported(), w.plan("one", 3)} {
		topo, err := generate.Generate(plan, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range topo.Objects() {
			look(o.Kind, o.Fields)
		}
		for _, o := range topo.Shared() {
			look(o.Kind, o.Fields)
		}
		for _, x := range slices.Concat(topo.DeviceTypes, topo.ModuleTypes) {
			for _, p := range x.Templates() {
				look(p.Kind, p.Fields)
			}
		}
	}
	for _, name := range []string{
		"device.rack", "cable.a", "device_type.manufacturer", "power_outlet_template.power_port", "front_port_template.rear_port",
		"inventory_item_template.manufacturer",
	} {
		if !seen[name] {
			t.Errorf("no plan states %s: %v", name, seen)
		}
	}
}

// TestMarks: diet's own custom fields are those that it makes, and no others that begin as they
// do: what people keep in such a one is theirs, and a plan may state it.
func TestMarks(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.7")
	var made []string
	for _, o := range w.server.Objects("custom-fields") {
		made = append(made, o["name"].(string))
	}
	slices.Sort(made)
	marks, refused := kinds.Marks(), generate.Marks()
	slices.Sort(marks)
	slices.Sort(refused)
	if !slices.Equal(made, marks) || !slices.Equal(refused, marks) {
		t.Errorf("diet makes the custom fields %q, the mirror knows %q, plans may not state %q", made, marks, refused)
	}
	w.post("extras/custom-fields", `{"name": "diet_room", "type": "text", "object_types": ["dcim.device"]}`)
	stated := func(room string) *generate.Plan {
		return w.edited(likeReferences, `"TEXT"`, fmt.Sprintf(`one, customFields: {diet_room: %q}`, room))
	}
	w.apply(stated("one"))
	w.apply(stated("two"))
	w.edit("devices", "web/web[1]", `{"custom_fields": {"diet_room": "hers"}}`)
	w.sync()
	c := w.judged(stated("two"), "device", "web/web[1]")
	if c == nil || c.Fields[0].Name != "cf.diet_room" || c.Fields[0].Class != change.Drift || c.Fields[0].Have != "hers" ||
		c.Fields[0].Blame == nil {
		t.Errorf("her edit: %+v", c)
	}
}
