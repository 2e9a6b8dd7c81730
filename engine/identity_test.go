package engine_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate"
)

// stays applies a plan and asserts that every device that was there is still there, that
// none was made, and that the law holds.
func (w *world) stays(plan *generate.Plan) *engine.Preview {
	w.Helper()
	was := w.devices()
	_, p, err := w.eng.Apply(w.Context(), plan, engine.ApplyOptions{})
	if err != nil {
		w.Fatal(err)
	}
	if is := w.devices(); is != was {
		w.Errorf("the devices were %s, and are %s", was, is)
	}
	w.law(plan)
	return p
}

// devices are those of NetBox with their marks.
func (w *world) devices() string {
	out := ""
	for _, o := range w.server.Objects("devices") {
		custom, _ := o["custom_fields"].(map[string]any)
		out += fmt.Sprintf("%v %v %v %v; ", o["id"], o["name"], custom["diet_plan_id"], custom["diet_object_id"])
	}
	return out
}

// foreign is a device that a person makes, with custom fields.
func (w *world) foreign(name string, custom map[string]any) {
	w.Helper()
	like := w.object("devices", "web/web[1]")
	id := func(field string) any { return like[field].(map[string]any)["id"] }
	fields, err := json.Marshal(custom)
	if err != nil {
		w.Fatal(err)
	}
	w.post("dcim/devices", fmt.Sprintf(`{"name": %q, "site": %v, "device_type": %v, "role": %v, "custom_fields": %s}`,
		name, id("site"), id("device_type"), id("role"), fields))
}

// conflict is the conflict of an object as a whole.
func conflict(p *engine.Preview, object string) *engine.Conflict {
	for i := range p.Conflicts {
		if x := &p.Conflicts[i]; x.Object == object && x.Field == "" {
			return x
		}
	}
	return nil
}

// TestMarksAreNoProof has a person write on objects whose they are.
func TestMarksAreNoProof(t *testing.T) {
	t.Parallel()
	marks := func(object string) map[string]any {
		return map[string]any{"diet_managed": true, "diet_plan_id": "web", "diet_object_id": object, "diet_source": "web"}
	}
	t.Run("on a foreign device, an id that the plan does not want", func(t *testing.T) {
		t.Parallel()
		w := setup(t, "4.6")
		plan := w.plan("one", 2)
		w.apply(plan)
		w.foreign("db", marks("web/web[77]"))
		p := w.stays(plan)
		if len(p.Findings) != 1 || p.Findings[0].Severity != change.Warning || p.Waits() {
			t.Errorf("findings %+v, waits %v", p.Findings, p.Waits())
		}
	})
	t.Run("on a foreign device, the id of another one", func(t *testing.T) {
		t.Parallel()
		w := setup(t, "4.6")
		plan := w.plan("one", 2)
		w.apply(plan)
		w.foreign("db", marks("web/web[1]"))
		two := w.plan("two", 2)
		w.apply(two)
		if p := w.stays(two); len(p.Findings) != 1 {
			t.Errorf("findings %+v", p.Findings)
		}
	})
	t.Run("on a foreign device, an id that the plan wants", func(t *testing.T) {
		t.Parallel()
		w := setup(t, "4.6")
		w.apply(w.plan("one", 2))
		w.foreign("db", marks("web/web[3]"))
		x := conflict(w.stays(w.plan("one", 3)), "web/web[3]")
		if x == nil || x.Type != engine.ObjectExistence || x.Recommended != "adopt" || x.Blame == nil || x.Blame.User != "maria" {
			t.Errorf("conflict %+v", x)
		}
	})
	t.Run("mistyped, emptied, of another plan", func(t *testing.T) {
		t.Parallel()
		for _, edit := range []string{
			`{"diet_object_id": "web/web[22]"}`, `{"diet_object_id": null}`, `{"diet_object_id": "web/web[1]"}`,
			`{"diet_plan_id": null}`, `{"diet_plan_id": "other"}`,
		} {
			w := setup(t, "4.6")
			plan := w.plan("one", 2)
			w.apply(plan)
			w.edit("devices", "web/web[2]", `{"name": "x", "custom_fields": `+edit+`}`)
			for _, servers := range []int{2, 1} {
				x := conflict(w.stays(w.plan("one", servers)), "web/web[2]")
				if x == nil || x.Type != engine.Identity || !x.Verdict.Asks() || x.Blame == nil || x.Blame.User != "maria" {
					t.Errorf("%s, %d servers: conflict %+v", edit, servers, x)
				}
			}
		}
	})
	t.Run("a record copied onto a foreign device", func(t *testing.T) {
		t.Parallel()
		w := setup(t, "4.6")
		plan := w.plan("one", 3)
		w.apply(plan)
		custom := w.object("devices", "web/web[3]")["custom_fields"].(map[string]any)
		forged := marks("web/web[9]")
		base := custom["diet_managed_fields"].(map[string]any)["base"]
		forged["diet_managed_fields"] = map[string]any{"v": 2, "plan": "web", "object": "web/web[9]", "base": base}
		w.foreign("db", forged)
		if x := conflict(w.stays(plan), "web/web[9]"); x == nil || x.Type != engine.Identity || x.Blame == nil || x.Blame.User != "maria" {
			t.Errorf("conflict %+v", x)
		}
	})
	t.Run("a base that a person wrote", func(t *testing.T) {
		t.Parallel()
		w := setup(t, "4.6")
		w.apply(w.plan("one", 2))
		w.edit("devices", "web/web[2]", `{"custom_fields": {"diet_managed_fields": {"v": 2, "plan": "web", "object": "web/web[2]", "base": {}}}}`)
		if x := conflict(w.stays(w.plan("one", 1)), "web/web[2]"); x == nil || x.Type != engine.Identity {
			t.Errorf("conflict %+v", x)
		}
	})
}

// TestMarksPutRight has a person undo an edit of the marks: nothing is open any more.
func TestMarksPutRight(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.plan("one", 2))
	w.edit("devices", "web/web[2]", `{"custom_fields": {"diet_object_id": "web/web[22]"}}`)
	w.stays(w.plan("one", 2))
	w.edit("devices", "web/web[22]", `{"custom_fields": {"diet_object_id": "web/web[2]"}}`)
	two := w.plan("two", 2)
	w.apply(two)
	if got := w.object("devices", "web/web[2]")["description"]; got != "two" {
		t.Errorf("the description is %q", got)
	}
	w.law(two)
}

// TestNewerRecord stops a run on what a newer diet has written.
func TestNewerRecord(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.plan("one", 2)
	w.apply(plan)
	w.edit("devices", "web/web[2]", `{"custom_fields": {"diet_managed_fields": {"v": 9, "plan": "web", "object": "web/web[2]", "base": {}}}}`)
	if _, _, err := w.eng.Apply(t.Context(), plan, engine.ApplyOptions{}); err == nil {
		t.Error("it went on")
	}
}

// TestUnmanaged has a person take a server over: it is skipped and counted, and neither
// made again nor its name or place taken.
func TestUnmanaged(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.plan("one", 3)
	w.apply(plan)
	w.edit("devices", "web/web[2]", `{"name": "mine", "position": 20, "custom_fields": {"diet_managed": false}}`)
	w.remove("interfaces", "web/web[2]/lom.eth1")
	for _, mirror := range []string{"mirror.db", "another.db"} {
		w.open(mirror)
		p := w.stays(plan)
		for _, c := range p.Changes {
			if c.Object == "web/web[2]" && c.Class != change.Unmanaged {
				t.Errorf("%s %s %s", c.Class, c.Action, c.Object)
			}
		}
		status, err := w.eng.Status(t.Context(), []*generate.Plan{plan}, "")
		if err != nil || status[0].Summary.Released != 1 {
			t.Errorf("status %+v, %v", status, err)
		}
	}
	two := w.plan("two", 1)
	w.apply(two)
	w.law(two)
	if got := w.object("devices", "web/web[2]"); got["description"] != "one" || got["position"] != 20.0 {
		t.Errorf("%v at %v", got["description"], got["position"])
	}
}

// TestUnmanagedKeepsItsPlace has another object want the name and the place of a device
// that a person took over.
func TestUnmanagedKeepsItsPlace(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.plan("one", 2))
	w.edit("devices", "web/web[2]", `{"name": "web-0003", "position": 3, "custom_fields": {"diet_managed": false}}`)
	name := w.object("devices", "web/web[1]")["name"]
	w.edit("devices", "web/web[2]", fmt.Sprintf(`{"name": %q}`, fmt.Sprint(name)[:len(fmt.Sprint(name))-1]+"3"))
	if x := conflict(w.stays(w.plan("one", 3)), "web/web[3]"); x == nil || x.Type != engine.Taken || !x.Verdict.Waits() {
		t.Errorf("conflict %+v", x)
	}
}

// TestNothingIsMadeOnADoubtfulDevice has a person mistype the id of a device, and the plan
// grow a port on it: nothing is made on what may be somebody else's.
func TestNothingIsMadeOnADoubtfulDevice(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.plan("one", 2)
	w.apply(plan)
	id := w.object("devices", "web/web[2]")["id"]
	w.edit("devices", "web/web[2]", `{"custom_fields": {"diet_object_id": "web/web[22]"}}`)
	grown := w.planned(strings.Replace(fmt.Sprintf(small, "one", 2), "[eth0, eth1]", "[eth0, eth1, eth2]", 1))
	w.stays(grown)
	for _, o := range w.server.Objects("interfaces") {
		if o["name"] == "lom-eth2" && o["device"].(map[string]any)["id"] == id {
			t.Errorf("it made %v on it", o["name"])
		}
	}
}
