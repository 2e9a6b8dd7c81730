package engine_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror"
)

// hand is a person who builds in a NetBox what stands in another one.
type hand struct {
	*world
	from *world
	ids  map[string]any // in from, to here: by endpoint and id

	tamper func(endpoint string, body map[string]any) // has them build it otherwise; nil does not
	other  any                                        // a type of their own
}

// refers are the fields by which what is built refers to others.
var refers = map[string]string{
	"site": "sites", "location": "locations", "manufacturer": "manufacturers",
	"device_type": "device-types", "role": "device-roles", "rack": "racks", "device": "devices",
}

// build builds the objects of an endpoint of which some is true, with the fields named.
func (h *hand) build(endpoint string, some func(o map[string]any) bool, fields ...string) {
	h.Helper()
	for _, o := range h.from.server.Objects(endpoint) {
		if !some(o) {
			continue
		}
		body := map[string]any{}
		for _, name := range fields {
			v := o[name]
			nested, _ := v.(map[string]any)
			switch {
			case refers[name] != "" && nested != nil:
				v = h.ids[fmt.Sprint(refers[name], nested["id"])]
			case nested != nil:
				v = nested["value"]
			}
			if v != nil {
				body[name] = v
			}
		}
		if endpoint == "devices" && body["rack"] == nil {
			delete(body, "position")
			delete(body, "face")
		}
		if h.tamper != nil {
			h.tamper(endpoint, body)
		}
		h.ids[fmt.Sprint(endpoint, o["id"])] = h.built(endpoint, body)
	}
}

// catalog builds what the objects of a plan share; types may lack templates.
func (h *hand) catalog(some func() bool) {
	h.Helper()
	all := func(map[string]any) bool { return true }
	h.build("sites", all, "name", "slug", "status")
	h.build("locations", all, "name", "slug", "site")
	h.build("manufacturers", all, "name", "slug")
	h.build("device-roles", all, "name", "slug", "color")
	h.build("device-types", all, "model", "slug", "manufacturer", "u_height")
	for _, o := range h.from.server.Objects("interface-templates") {
		of := h.ids[fmt.Sprint("device-types", o["device_type"].(map[string]any)["id"])]
		if some() {
			h.built("interface-templates", map[string]any{"name": o["name"], "type": "25gbase-x-sfp28", "device_type": of})
		}
	}
}

// built makes one object, or finds the interface that NetBox made along with its device.
func (h *hand) built(endpoint string, body map[string]any) any {
	h.Helper()
	for _, o := range h.server.Objects(endpoint) {
		if on, _ := o["device"].(map[string]any); endpoint == "interfaces" && on["id"] == body["device"] && o["name"] == body["name"] {
			return o["id"]
		}
	}
	text, err := json.Marshal(body)
	if err != nil {
		h.Fatal(err)
	}
	h.byHandJSON("POST", "dcim/"+endpoint, string(text))
	made := h.server.Objects(endpoint)
	return made[len(made)-1]["id"]
}

// plug builds cables, each of which may lie the other way round.
func (h *hand) plug(some func() bool) {
	h.Helper()
	for _, o := range h.from.server.Objects("cables") {
		var ends []any
		for _, side := range []string{"a_terminations", "b_terminations"} {
			t := o[side].([]any)[0].(map[string]any)
			if id := h.ids[fmt.Sprint("interfaces", t["object_id"])]; id != nil {
				ends = append(ends, []any{map[string]any{"object_type": "dcim.interface", "object_id": id}})
			}
		}
		if len(ends) < 2 || !some() {
			continue
		}
		if some() {
			slices.Reverse(ends)
		}
		h.built("cables", map[string]any{"a_terminations": ends[0], "b_terminations": ends[1]})
	}
}

// shape is what is diet's: what is plugged into what, and where it stands, by names.
func (w *world) shape() []string {
	var out []string
	devices := map[any]any{}
	for _, o := range w.server.Objects("devices") {
		rack, _ := o["rack"].(map[string]any)
		devices[o["id"]] = o["name"]
		out = append(out, fmt.Sprint(o["name"], rack["name"], o["position"], o["description"]))
	}
	ports := map[string]string{}
	for _, o := range w.server.Objects("interfaces") {
		ports[fmt.Sprint(o["id"])] = fmt.Sprint(devices[o["device"].(map[string]any)["id"]], " ", o["name"])
		if custom, _ := o["custom_fields"].(map[string]any); custom["diet_object_id"] != nil {
			out = append(out, ports[fmt.Sprint(o["id"])])
		}
	}
	for _, o := range w.server.Objects("cables") {
		var ends []string
		for _, side := range []string{"a_terminations", "b_terminations"} {
			for _, t := range o[side].([]any) {
				ends = append(ends, ports[fmt.Sprint(t.(map[string]any)["object_id"])])
			}
		}
		slices.Sort(ends)
		out = append(out, strings.Join(ends, " - "))
	}
	slices.Sort(out)
	return out
}

// TestHalfBuiltByHand has a person build some of the plan under its own names, whatever
// comes to mind first. The team adopts it: one apply, and NetBox is as if diet had built
// all of it, with nothing twice.
func TestHalfBuiltByHand(t *testing.T) {
	t.Parallel()
	whole := setup(t, "4.6")
	whole.apply(whole.edited(halls))
	want := whole.shape()
	for _, version := range []string{"4.2", "4.4", "4.6", "4.7"} {
		for seed := range uint64(6) {
			t.Run(fmt.Sprint(version, " ", seed), func(t *testing.T) {
				t.Parallel()
				h := &hand{world: setup(t, version), from: whole, ids: map[string]any{}}
				random := rand.New(rand.NewPCG(seed, 1))
				share := []float64{1, 0.9, 0.5, 0.2}[seed%4]
				toss := func() bool { return random.Float64() < share }
				some := func(map[string]any) bool { return toss() }
				h.catalog(toss)
				h.build("racks", some, "name", "site", "location", "u_height", "status")
				h.build("devices", some, "name", "site", "location", "rack", "role", "device_type", "status", "position", "face")
				h.build("interfaces", func(o map[string]any) bool {
					return h.ids[fmt.Sprint("devices", o["device"].(map[string]any)["id"])] != nil && toss()
				}, "name", "device", "type")
				h.plug(toss)
				devices := len(h.server.Objects("devices"))

				h.answer("exists", "adopt")
				h.answer("conflict", "apply")
				plan := h.edited(halls)
				p := h.preview(plan)
				if n := p.Summary["device"][change.Adopt]; n != devices {
					t.Errorf("%d devices are taken over, of %d", n, devices)
				}
				h.apply(plan)
				if got := h.shape(); !slices.Equal(got, want) {
					t.Errorf("NetBox is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
				}
				h.law(plan)
				h.unique()
			})
		}
	}
}

// preview is what an apply would do.
func (w *world) preview(plan engine.Intent) *engine.Preview {
	w.Helper()
	if _, err := w.eng.Sync(w.Context(), mirror.Options{}); err != nil {
		w.Fatal(err)
	}
	p, err := w.eng.Preview(w.Context(), plan)
	if err != nil {
		w.Fatal(err)
	}
	w.foreseen(p)
	return p
}

// TestAPersonsPortsAreAskedFor has a person's devices and their interfaces asked for in one
// question, and adopted together, unless a rule says otherwise of the interfaces. Those
// are asked for later too: the device is not diet's work.
func TestAPersonsPortsAreAskedFor(t *testing.T) {
	t.Parallel()
	whole := setup(t, "4.6")
	whole.apply(whole.edited(halls))
	h := &hand{world: setup(t, "4.6"), from: whole, ids: map[string]any{}}
	h.catalog(func() bool { return true })
	all := func(map[string]any) bool { return true }
	h.build("racks", all, "name", "site", "location", "u_height", "status")
	h.build("devices", all, "name", "site", "location", "rack", "role", "device_type", "status", "position", "face")
	plan := h.edited(halls)
	asked := func() map[string]int {
		out := map[string]int{}
		for _, x := range h.preview(plan).Conflicts {
			if x.Verdict.Asks() {
				out[x.Kind]++
			}
		}
		return out
	}
	if got := asked(); !maps.Equal(got, map[string]int{"rack": 2, "device": 6}) {
		t.Errorf("a person is asked about %v", got)
	}
	h.answer("exists", "adopt", `input.kind != "interface"`)
	h.answer("conflict", "ask")
	rule := h.policies
	h.answer("exists", "ask", `input.kind == "interface"`)
	for range 2 {
		if got := asked(); got["interface"] != 4 {
			t.Errorf("a person is asked about %v", got)
		}
		h.apply(plan)
	}
	h.policies = rule
	h.open("mirror.db")
	if got := asked(); got["interface"] != 4 {
		t.Errorf("a person is asked about %v, once the devices are adopted", got)
	}
}
