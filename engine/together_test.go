package engine_test

import (
	"fmt"
	"testing"

	"github.com/diet-project/diet/engine/change"
)

// TestTogether has a person change one field of a group and the plan another: neither is
// written until somebody decides over both.
func TestTogether(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	cable := func(length int) []string {
		return []string{"spread: alternate}", fmt.Sprintf("spread: alternate, cable: {length: %d, lengthUnit: m}}", length)}
	}
	w.apply(w.replanned(2, cable(3)...))
	const server, wire = "web/web[2]", "web/web[1]/lom.eth0~"
	site := w.object("devices", server)["site"].(map[string]any)["id"]
	w.post("dcim/racks", fmt.Sprintf(`{"name": "spare", "site": %v, "u_height": 48}`, site))
	w.edit("devices", server, `{"rack": {"name": "spare"}}`)
	w.edit("cables", wire, `{"length_unit": "ft"}`)
	was := w.object("devices", server)["position"]

	plan := w.replanned(2, append(cable(5), "per: 32, fromU: 1}", "per: 32, fromU: 11}")...)
	w.apply(plan)
	w.law(plan)
	device, held := w.object("devices", server), w.object("cables", wire)
	if device["rack"].(map[string]any)["name"] != "spare" || device["position"] != was {
		t.Errorf("the server stands at %v of %v", device["position"], device["rack"])
	}
	if length := fmt.Sprint(held["length"]); length[0] != '3' {
		t.Errorf("the cable is %v %v", length, held["length_unit"])
	}
	p, err := w.eng.Diff(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	for object, fields := range map[string][]string{server: {"rack", "position"}, wire: {"length", "length_unit"}} {
		for _, name := range fields {
			f := fieldOf(p.Set(), object, name)
			if f == nil || f.Class != change.Conflict || !f.Verdict.Asks() {
				t.Errorf("%s %s: %+v", object, name, f)
			}
		}
	}

	w.team("defaults", "apply", `input.class == "conflict"; input.field == "length"`)
	w.apply(plan)
	if got := w.object("cables", wire); fmt.Sprint(got["length"])[0] != '3' {
		t.Errorf("half of it is decided, and written: %v", got["length"])
	}
	w.law(plan)
	w.team("defaults", "apply", `input.class == "conflict"`)
	w.apply(plan)
	w.law(plan)
	got := w.object("cables", wire)
	if fmt.Sprint(got["length"])[0] != '5' || fmt.Sprint(got["length_unit"]) == fmt.Sprint(held["length_unit"]) {
		t.Errorf("decided, the cable is %v %v", got["length"], got["length_unit"])
	}
}

func fieldOf(set *change.Set, object, name string) *change.Field {
	for i := range set.Changes {
		for j := range set.Changes[i].Fields {
			if f := &set.Changes[i].Fields[j]; set.Changes[i].Object == object && f.Name == name {
				return f
			}
		}
	}
	return nil
}

// TestRequiredCustomField has an administrator require what the plan does not set.
func TestRequiredCustomField(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.plan("one", 2))
	w.post("extras/custom-fields", `{"name": "team", "type": "text", "required": true, "object_types": ["dcim.device"]}`)
	p := w.stays(w.plan("one", 3))
	if len(p.Findings) != 1 || p.Findings[0].Severity != change.Error || !p.Waits() {
		t.Errorf("findings %+v", p.Findings)
	}
	set := w.replanned(3, `defaults: {description: "one"}`, `defaults: {description: "one", customFields: {team: net}}`)
	w.apply(set)
	w.law(set)
	if n := len(w.server.Objects("devices")); n != 5 {
		t.Errorf("%d devices", n)
	}
}
