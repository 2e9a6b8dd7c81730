package engine_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/diff"
	"github.com/diet-project/diet/mirror/sandbox"
)

// refill is an export of a NetBox on its way into an empty one.
type refill struct {
	w   *world
	ids map[string]any // those that objects have by now, by endpoint and those that they had
}

// refilled has a person fill an empty NetBox with all that there is, where other things have the first ids: shared
// ones too, or what plans own alone. It stands at the same address then.
func (w *world) refilled(shared bool) {
	w.Helper()
	was := w.server
	server, err := sandbox.New(sandbox.Config{Version: "4.6", Token: token, Tokens: map[string]string{person: "maria"}, Now: w.now})
	if err != nil {
		w.Fatal(err)
	}
	w.server, w.handler = server, server
	w.open("refilled.db")
	if _, err := w.eng.Init(w.Context()); err != nil {
		w.Fatal(err)
	}
	r := refill{w, map[string]any{}}
	if shared {
		w.post("dcim/sites", `{"name": "Other", "slug": "other"}`)
		w.post("dcim/manufacturers", `{"name": "Other", "slug": "other"}`)
		w.post("dcim/device-roles", `{"name": "Other", "slug": "other", "color": "ff0000"}`)
		w.post("dcim/device-types", `{"model": "Other", "slug": "other", "manufacturer": 1}`)
	}
	for _, endpoint := range []string{"sites", "locations", "manufacturers", "device-roles", "device-types", "interface-templates"} {
		r.fill(was, endpoint)
	}
	w.post("dcim/racks", `{"name": "other", "site": 1}`)
	w.post("dcim/devices", `{"name": "other", "site": 1, "device_type": 1, "role": 1}`)
	for n := range 3 {
		w.post("dcim/interfaces", fmt.Sprintf(`{"name": "other%d", "device": 1, "type": "25gbase-x-sfp28"}`, n))
	}
	ports := w.server.Objects("interfaces")
	w.post("dcim/cables", fmt.Sprintf(`{"a_terminations": [{"object_type": "dcim.interface", "object_id": %v}], `+
		`"b_terminations": [{"object_type": "dcim.interface", "object_id": %v}]}`, ports[len(ports)-1]["id"], ports[len(ports)-2]["id"]))
	for _, endpoint := range []string{"racks", "devices", "interfaces", "cables"} {
		r.fill(was, endpoint)
	}
	w.open("refilled.db")
}

// fill makes all objects of an endpoint, but for those that came with a device.
func (r *refill) fill(was *sandbox.Server, endpoint string) {
	for _, o := range was.Objects(endpoint) {
		body := r.body(o)
		there := r.find(endpoint, body)
		text, _ := json.Marshal(body)
		if there == nil {
			r.w.post("dcim/"+endpoint, string(text))
			all := r.w.server.Objects(endpoint)
			there = all[len(all)-1]["id"]
		} else {
			r.w.byHandJSON(http.MethodPatch, fmt.Sprintf("dcim/%s/%v", endpoint, there), string(text))
		}
		r.ids[fmt.Sprint(endpoint, o["id"])] = there
	}
}

// find is the id of an interface that its device came with.
func (r *refill) find(endpoint string, body map[string]any) any {
	for _, o := range r.w.server.Objects(endpoint) {
		if endpoint == "interfaces" && o["name"] == body["name"] && fmt.Sprint(nested(o["device"])) == fmt.Sprint(body["device"]) {
			return o["id"]
		}
	}
	return nil
}

// body is what makes an object that is like another one.
func (r *refill) body(o map[string]any) map[string]any {
	out := map[string]any{}
	refers := map[string]string{
		"site": "sites", "location": "locations", "manufacturer": "manufacturers", "device_type": "device-types", "role": "device-roles",
		"rack": "racks", "device": "devices",
	}
	for _, name := range []string{
		"name", "slug", "model", "color", "u_height", "type", "position", "status", "face", "label", "description", "custom_fields", "site",
		"location", "manufacturer", "device_type", "role", "rack", "device", "a_terminations", "b_terminations",
	} {
		v := o[name]
		if choice, is := v.(map[string]any); is && choice["value"] != nil {
			v = choice["value"]
		}
		if to := refers[name]; to != "" && v != nil {
			v = r.ids[fmt.Sprint(to, nested(v))]
		}
		if plugs, is := v.([]any); is {
			var list []any
			for _, p := range plugs {
				port := maps.Clone(p.(map[string]any))
				delete(port, "object")
				port["object_id"] = r.ids[fmt.Sprint("interfaces", port["object_id"])]
				list = append(list, port)
			}
			v = list
		}
		if v != nil {
			out[name] = v
		}
	}
	return out
}

// TestRollbackWhereNetBoxWasFilledAnew refuses to undo runs that wrote no more than ports and cables, where NetBox
// was filled anew since, though nothing in their journals is shared; and where shared objects have the ids that
// they had.
func TestRollbackWhereNetBoxWasFilledAnew(t *testing.T) {
	t.Parallel()
	for name, shared := range map[string]bool{"all of it": true, "shared objects have the same ids": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			w.store = filepath.Join(w.dir, "runs.db")
			w.open("first.db")
			plan := w.plan("one", 3)
			w.apply(plan)
			for _, o := range w.server.Objects("interfaces") {
				if on, _ := o["device"].(map[string]any); o["name"] == "E1/8" && on["name"] == "leaf-01" {
					w.edit("cables", "web/web[2]/lom.eth0~",
						fmt.Sprintf(`{"b_terminations": [{"object_type": "dcim.interface", "object_id": %v}]}`, o["id"]))
				}
			}
			w.edit("interfaces", "web/web[1]/lom.eth1", `{"type": "1000base-t"}`)
			w.answers(plan, "web/web[2]/lom.eth0~", "b", "use_diet")
			w.answers(plan, "web/web[1]/lom.eth1", "type", "use_diet")
			w.apply(plan)
			run := w.lastRun()
			told, err := w.eng.Run(t.Context(), run)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range told.Journal {
				if r.Kind != "interface" && r.Kind != "cable" {
					t.Fatalf("it wrote a %s", r.Kind)
				}
			}
			if len(told.Journal) == 0 {
				t.Fatal("it wrote nothing")
			}
			back, err := w.eng.Rollback(t.Context(), run)
			if err != nil {
				t.Fatal(err)
			}
			if n := len(w.preview(back).Changes); n != 2 { // it can be undone here
				t.Errorf("%d changes undo it", n)
			}
			w.refilled(shared)
			if shared {
				w.rebased(plan)
			}
			w.law(plan)
			was := w.dietIDs()
			if back, err = w.eng.Rollback(t.Context(), run); err != nil {
				t.Fatal(err)
			}
			var moved *diff.MovedError
			if _, _, err := w.eng.Apply(t.Context(), back, engine.ApplyOptions{}); !errors.As(err, &moved) || moved.Undoes != run {
				t.Errorf("roll back %s: %v", run, err)
			}
			if is := w.dietIDs(); is != was {
				t.Errorf("there were\n%s, and are\n%s", was, is)
			}
		})
	}
}

// TestRollbackOfWhatWasMadeAgain undoes a run of whose objects all have other ids since, as a person deleted them
// and diet made them again: that is the same NetBox, whether the mirror is new or not.
func TestRollbackOfWhatWasMadeAgain(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.store = filepath.Join(w.dir, "runs.db")
	w.open("first.db")
	plan := w.plan("one", 3)
	w.apply(plan)
	w.edit("interfaces", "web/web[1]/lom.eth1", `{"type": "1000base-t"}`)
	w.answers(plan, "web/web[1]/lom.eth1", "type", "use_diet")
	w.apply(plan)
	run, was := w.lastRun(), w.object("devices", "web/web[1]")["id"]
	w.remove("devices", "web/web[1]")
	w.answersAsked(plan, "use_diet")
	w.apply(plan)
	if is := w.object("devices", "web/web[1]"); is == nil || is["id"] == was {
		t.Fatalf("the server is %v", is)
	}
	for _, file := range []string{"first.db", "second.db"} {
		w.open(file)
		w.sync()
		back, err := w.eng.Rollback(t.Context(), run)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.eng.Preview(t.Context(), back); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}
