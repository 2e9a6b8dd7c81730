package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
)

// TestForeseen has somebody else hold what the plan comes to want. The preview says who
// holds what; the apply writes all the rest, fails at nothing, and the law holds.
func TestForeseen(t *testing.T) {
	t.Parallel()
	const grown = "count: 6"
	cable := func(w *world, a, b any) {
		end := func(id any) string { return fmt.Sprintf(`[{"object_type": "dcim.interface", "object_id": %v}]`, id) }
		w.byHandJSON("POST", "dcim/cables", fmt.Sprintf(`{"a_terminations": %s, "b_terminations": %s}`, end(a), end(b)))
	}
	spare := func(w *world) any {
		w.foreign("fw", map[string]any{})
		return w.make("interfaces", fmt.Sprintf(`{"device": %v, "name": "x0", "type": "other"}`, w.named("devices", "fw")["id"]))
	}
	for name, tt := range map[string]struct {
		ahead func(w *world)
		to    []string // texts replaced in the plan
		held  []string // what is held, and why: kind, object, a part of the text
		class change.Class
	}{
		"a port that a foreign cable holds": {
			func(w *world) { cable(w, spare(w), w.port("leaf-01", "E1/5")["object_id"]) },
			[]string{"count: 4", grown}, []string{"cable", "web/web[5]/lom.eth0~", `cable "#5"`}, change.Blocked,
		},
		"a port that is marked as connected": {
			func(w *world) {
				w.byHandJSON("PATCH", fmt.Sprintf("dcim/interfaces/%v", w.port("leaf-01", "E1/5")["object_id"]), `{"mark_connected": true}`)
			},
			[]string{"count: 4", grown},
			[]string{"cable", "web/web[5]/lom.eth0~", `interface "leaf-01 E1/5"`, "mark_connected) by maria"}, change.Blocked,
		},
		"a port of a cable that moves": {
			func(w *world) { cable(w, spare(w), w.port("leaf-01", "E1/7")["object_id"]) },
			[]string{"ports: 1-8", "ports: 5-8"}, []string{"cable", "web/web[3]/lom.eth0~", `cable "#5"`}, change.Blocked,
		},
		"a unit that a foreign device holds": {
			func(w *world) { w.put("fw", "web/rack:row[1]", 5) },
			[]string{"count: 4", grown}, []string{"device", "web/web[5]", `device "fw"`}, change.Exists,
		},
		"a unit that is moved to": {
			func(w *world) { w.put("fw", "web/rack:row[1]", 12) },
			[]string{inRow, "rack: {pool: row, per: 8, fromU: 11}"}, []string{"device", "web/web[2]", `device "fw"`}, change.Blocked,
		},
		"a unit above what the rack shall have": {
			func(w *world) { w.put("fw", "web/rack:row[1]", 47) },
			[]string{"units: 48", "units: 46"}, []string{"rack", "web/rack:row[1]", `device "fw"`}, change.Blocked,
		},
		"a unit above that, where a person put one of ours": {
			func(w *world) { w.edit("devices", "web/web[4]", `{"position": 47}`) },
			[]string{"units: 48", "units: 46"}, []string{"rack", "web/rack:row[1]", "waits for web/web[4]"}, change.Changed,
		},
		"a unit that a taller type needs": {
			func(w *world) { w.put("fw", "web/rack:row[1]", 8) },
			[]string{ofType, "      type: tall\n"}, []string{"device", "web/web[4]", `device "fw"`}, change.Blocked,
		},
		"a unit that a type needs that is yet to be made": {
			func(w *world) { w.put("fw", "web/rack:row[1]", 11) },
			[]string{ofType, "      type: huge\n", "      tall:", "      huge: {manufacturer: acme, model: Huge, u: 3}\n      tall:"},
			[]string{"device", "web/web[4]", `device "fw"`}, change.Blocked,
		},
		"the name of a device": {
			func(w *world) { w.foreign("SRV-2", map[string]any{}) },
			[]string{ofType, ofType + "      name: \"srv-{n}\"\n"}, []string{"device", "web/web[2]", `device "SRV-2"`}, change.Blocked,
		},
		"the name of a rack": {
			func(w *world) {
				w.answer("drift", "remediate")
				w.edit("racks", "web/rack:row[2]", `{"name": "x"}`)
				rack := w.object("racks", "web/rack:row[1]")
				of := func(field string) any { return rack[field].(map[string]any)["id"] }
				w.make("racks", fmt.Sprintf(`{"name": "row-02", "site": %v, "location": %v}`, of("site"), of("location")))
			},
			nil, []string{"rack", "web/rack:row[2]", `rack "row-02"`}, change.Blocked,
		},
		"a unit of ours that a person moved": {
			func(w *world) { w.edit("devices", "web/web[4]", `{"position": 6}`) },
			[]string{"count: 4", grown}, []string{"device", "web/web[6]", "waits for web/web[4]"}, change.Absent,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			w.apply(w.edited(halls))
			tt.ahead(w)
			plan := w.edited(halls, tt.to...)
			p := w.preview(plan)
			c := p.Set().Find(tt.held[0], tt.held[1])
			if c == nil || c.Class != tt.class || c.Acts() {
				t.Fatalf("%s is not held: %+v", tt.held[1], c)
			}
			for _, part := range tt.held[2:] {
				if said := c.Held + c.Verdict.Message; !strings.Contains(said, part) {
					t.Errorf("%s: %q does not tell %q", tt.held[1], said, part)
				}
			}
			result, _, err := w.eng.Apply(t.Context(), plan, engine.ApplyOptions{})
			if err != nil || len(result.Failed) > 0 {
				t.Errorf("apply: %v, failed %+v", err, result.Errors)
			}
			w.law(plan)
		})
	}
}

// named is an object by its name.
func (w *world) named(endpoint, name string) map[string]any {
	w.Helper()
	for _, o := range w.server.Objects(endpoint) {
		if o["name"] == name {
			return o
		}
	}
	w.Fatalf("no %s is called %s", endpoint, name)
	return nil
}

// put has a person put a device of their own into a rack of the plan.
func (w *world) put(name, rack string, unit int) {
	w.Helper()
	w.foreign(name, map[string]any{})
	in := w.object("racks", rack)
	location := "null"
	if l, ok := in["location"].(map[string]any); ok {
		location = fmt.Sprint(l["id"])
	}
	w.byHandJSON("PATCH", fmt.Sprintf("dcim/devices/%v", w.named("devices", name)["id"]),
		fmt.Sprintf(`{"rack": %v, "location": %s, "position": %d, "face": "front"}`, in["id"], location, unit))
}
