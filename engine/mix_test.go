package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
)

// TestMix has a person put a device into another unit before the plan gives it another type
// and another place: its place is asked for, and its type is written only where it stands if
// there is room.
func TestMix(t *testing.T) {
	t.Parallel()
	const deep = `{"position": %v, "face": "rear"}`
	shelf := []string{"      tall:", "      slim: {manufacturer: acme, model: Slim, u: 1, fullDepth: false}\n      tall:", inRow,
		"rack: {pool: row, per: 8, fromU: 11}", ofType, "      type: tall\n"}
	for name, tt := range map[string]struct {
		ahead    func(w *world)
		excluded []string
		held     string // a part of what is told; "" where it is written
	}{
		"with room": {func(*world) {}, nil, ""},
		"below one that a person put there": {
			func(w *world) { w.edit("devices", "web/dc.leaf[1]", fmt.Sprintf(deep, 29)) }, nil, "web/dc.leaf[1] is in the way",
		},
		"below one of somebody else's": {func(w *world) { w.put("fw", "web/rack:row[1]", 29) }, nil, `device "fw" is in the way`},
		"below one that goes":          {func(w *world) { w.edit("devices", "web/web[4]", `{"position": 29}`); w.goes("web/web[4]") }, nil, ""},
		"below one that would go, and is excluded": {
			func(w *world) { w.edit("devices", "web/web[4]", `{"position": 29}`); w.goes("web/web[4]") },
			[]string{"web/web[4]"}, "web/web[4] is in the way",
		},
		"at the top of the rack": {func(w *world) { w.edit("devices", "web/web[1]", `{"position": 48}`) }, nil, `rack "row-01" is in the way`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			w.apply(w.edited(halls))
			w.edit("devices", "web/web[1]", `{"position": 28}`)
			tt.ahead(w)
			plan := engine.Narrowed{Intent: w.edited(halls, shelf...), Excluded: tt.excluded}
			c := w.preview(plan).Set().Find("device", "web/web[1]")
			if c == nil || (c.Held != "") != (tt.held != "") || !strings.Contains(c.Held, tt.held) {
				t.Fatalf("%+v, want held %q", c, tt.held)
			}
			result, _, err := w.eng.Apply(t.Context(), plan, engine.ApplyOptions{})
			if err != nil || len(result.Failed) > 0 {
				t.Errorf("apply: %v, failed %+v", err, result.Errors)
			}
			w.law(plan)
		})
	}
}

// TestNameMix gives racks another name and another place, of which one is asked for: the other
// is written only if the name is free there.
func TestNameMix(t *testing.T) {
	t.Parallel()
	const row = "row: {count: 2, units: 48, location: hall-a}"
	for name, tt := range map[string]struct {
		asked  string    // the field that a person is asked for
		theirs [2]string // a person's rack, and where it is
		held   string    // a part of what is told; "" where it is written
	}{
		"a name without the place": {"location", [2]string{"col-02", "hall-a"}, `rack "col-02" is in the way`},
		"a name that is free":      {"location", [2]string{"col-03", "hall-a"}, ""},
		"a name taken elsewhere":   {"location", [2]string{"col-02", "hall-c"}, ""},
		"a place without the name": {"name", [2]string{"row-02", "hall-b"}, `rack "row-02" is in the way`},
		"a place that is free":     {"name", [2]string{"row-03", "hall-b"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			w.apply(w.edited(halls))
			w.rackIn(tt.theirs[0], tt.theirs[1])
			w.answer("planned", "ask", `input.kind == "rack"`, `input.field == "`+tt.asked+`"`)
			plan := w.edited(halls, row, `row: {count: 2, units: 48, location: hall-b, name: "col-{n:02}"}`)
			c := w.preview(plan).Set().Find("rack", "web/rack:row[2]")
			if c == nil || (c.Held != "") != (tt.held != "") || !strings.Contains(c.Held, tt.held) {
				t.Fatalf("%+v, want held %q", c, tt.held)
			}
			result, _, err := w.eng.Apply(t.Context(), plan, engine.ApplyOptions{})
			if err != nil || len(result.Failed) > 0 {
				t.Errorf("apply: %v, failed %+v", err, result.Errors)
			}
			w.law(plan)
		})
	}
}

// rackIn is a rack that a person makes in a location, which is made too if it is not there.
func (w *world) rackIn(name, location string) {
	w.Helper()
	site := w.server.Objects("sites")[0]["id"]
	var id any
	for _, o := range w.server.Objects("locations") {
		if o["name"] == location {
			id = o["id"]
		}
	}
	if id == nil {
		id = w.make("locations", fmt.Sprintf(`{"site": %v, "name": %q, "slug": %[2]q}`, site, location))
	}
	w.make("racks", fmt.Sprintf(`{"site": %v, "location": %v, "name": %q}`, site, id, name))
}

// TestNoRoomYet has somebody keep a rack lower than the plan wants it, or give a server a type
// of no units: what has no room until that is decided is held, and the apply fails at nothing.
func TestNoRoomYet(t *testing.T) {
	t.Parallel()
	const up = "rack: {pool: row, per: 8, fromU: 45}"
	low, lower := []string{"units: 48", "units: 44"}, func(w *world) { w.edit("racks", "web/rack:row[1]", `{"u_height": 45}`) }
	for name, tt := range map[string]struct {
		from      []string
		ahead     func(w *world)
		to        []string
		object    string
		held, not string // a part of what is told, and an object that is not held
	}{
		"a server that moves up": {low, lower, []string{inRow, up}, "web/web[2]", "waits for web/rack:row[1]", "web/web[1]"},
		"a new server": {
			append([]string{"count: 4", "count: 1"}, low...), lower, []string{inRow, up}, "web/web[3]", "waits for web/rack:row[1]", "web/web[1]",
		},
		"a rack that a person lowered": {
			nil, func(w *world) { w.edit("racks", "web/rack:row[1]", `{"u_height": 44}`) },
			[]string{"count: 4", "count: 5", inRow, "rack: {pool: row, per: 8, fromU: 44}", "fromU: 43", "fromU: 40"},
			"web/web[5]", "waits for web/rack:row[1]", "web/web[1]",
		},
		"a type of no units": {
			nil, func(w *world) {
				w.remediate("web/web[1]", "position")
				pdu := w.make("device-types", `{"manufacturer": 1, "model": "PDU", "slug": "pdu", "u_height": 0}`)
				w.edit("devices", "web/web[1]", fmt.Sprintf(`{"position": null, "device_type": %v}`, pdu))
			}, []string{ofType, "      type: tall\n"}, "web/web[1]", `device_type "PDU" is in the way`, "web/web[2]",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			w.apply(w.edited(halls, tt.from...))
			tt.ahead(w)
			plan := w.edited(halls, tt.to...)
			set := w.preview(plan).Set()
			if c := set.Find("device", tt.object); c == nil || !strings.Contains(c.Held, tt.held) {
				t.Fatalf("%+v, want held %q", c, tt.held)
			}
			if c := set.Find("device", tt.not); c != nil && c.Held != "" {
				t.Errorf("%s is held, %q", tt.not, c.Held)
			}
			result, _, err := w.eng.Apply(t.Context(), plan, engine.ApplyOptions{})
			if err != nil || len(result.Failed) > 0 {
				t.Fatalf("apply: %v, failed %+v", err, result)
			}
			w.law(plan)
		})
	}
}

// goes lets the plan win where an object is in conflict.
func (w *world) goes(object string) {
	w.Helper()
	w.team("defaults", "apply", fmt.Sprintf(`input.class == "conflict"; input.object == %q`, object))
}

// remediate puts the drift of a field right.
func (w *world) remediate(object, field string) {
	w.Helper()
	w.team("defaults", "remediate", fmt.Sprintf(`input.class == "drift"; input.object == %q; input.field == %q`, object, field))
}

// TestExcludedParts excludes a kind of which a part would be made along with its device: it
// is not made, and what needs it is left alone.
func TestExcludedParts(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.edited(halls)
	w.apply(plan)
	w.answer("missing", "recreate")
	w.remove("devices", "web/web[2]")
	part := engine.Narrowed{Intent: plan, Excluded: []string{"interface"}}
	w.apply(part)
	if w.object("devices", "web/web[2]") == nil {
		t.Error("the server is not made again")
	}
	for _, object := range w.made() {
		if object == "web/web[2]/lom.eth0" {
			t.Error("an interface is made although it is excluded")
		}
	}
	w.law(part)
	w.apply(plan)
	w.law(plan)
}
