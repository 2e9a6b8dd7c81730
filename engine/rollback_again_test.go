package engine_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/kinds"
)

// wholeOf is what NetBox has of the objects of a plan, by diet id: every field that can be written, of
// references what that is called, without ids.
func (w *world) wholeOf() map[string]map[string]string {
	w.Helper()
	ends := map[any]string{}
	for _, o := range w.server.Objects("interfaces") {
		device, _ := o["device"].(map[string]any)
		ends[fmt.Sprint(o["id"])] = fmt.Sprint(device["name"], " ", o["name"])
	}
	out := map[string]map[string]string{}
	for _, endpoint := range []string{"racks", "devices", "interfaces", "cables"} {
		for _, o := range w.server.Objects(endpoint) {
			custom, _ := o["custom_fields"].(map[string]any)
			id, _ := custom["diet_object_id"].(string)
			fields := map[string]string{}
			for name, v := range o {
				switch x := v.(type) {
				case map[string]any:
					v = [...]any{x["value"], x["slug"], x["name"]}
				case []any:
					var list []string
					for _, e := range x {
						of, _ := e.(map[string]any)
						list = append(list, fmt.Sprint(of["slug"], ends[fmt.Sprint(of["object_id"])]))
					}
					slices.Sort(list)
					v = list
				}
				if text, _ := json.Marshal(v); id != "" && !slices.Contains(derived, name) {
					fields[name] = string(text)
				}
			}
			for name, v := range custom {
				if !strings.HasPrefix(name, "diet_") {
					fields["cf."+name] = fmt.Sprint(v)
				}
			}
			if id != "" {
				out[id] = fields
			}
		}
	}
	return out
}

// derived are the fields that NetBox makes itself.
var derived = []string{
	"id", "url", "display", "display_url", "created", "last_updated", "custom_fields", "cable", "cable_end", "link_peers", "link_peers_type",
	"connected_endpoints", "connected_endpoints_type", "connected_endpoints_reachable", "_occupied", "device_count",
}

// deletedAfter is what a person did to what a run then deletes.
type deletedAfter struct {
	does func(w *world)
	told []string // what a preview of the rollback names as not there again
}

// TestRollbackOfADeletionBringsBackAll deletes what a person had moved, plugged elsewhere or written on,
// because somebody approved that: what is made again is as NetBox had it, of every kind, in every field;
// what cannot be is named.
func TestRollbackOfADeletionBringsBackAll(t *testing.T) {
	t.Parallel()
	const server, port, wire, rack = "web/web[4]", "web/web[4]/lom.eth0", "web/web[4]/lom.eth0~", "web/rack:row[3]"
	for name, x := range map[string]deletedAfter{
		"a place": {does: patched("devices", server, `{"position": 30}`)},
		"another rack": {does: func(w *world) {
			w.edit("devices", server, fmt.Sprintf(`{"rack": %v, "position": 20, "face": "rear"}`, w.object("racks", "web/rack:row[2]")["id"]))
		}},
		"no rack": {does: patched("devices", server, `{"rack": null, "position": null, "face": ""}`)},
		"a rack that goes too": {does: func(w *world) {
			w.edit("devices", server, fmt.Sprintf(`{"rack": %v, "position": 20}`, w.object("racks", rack)["id"]))
		}},
		"a name and texts": {does: patched("devices", server,
			`{"name": "hers", "serial": "S", "asset_tag": "A", "comments": "c", "description": "d", "status": "active"}`)},
		"tags and custom fields": {does: all(gold, func(w *world) {
			w.post("extras/custom-fields", `{"name": "owner", "type": "text", "object_types":
				["dcim.device", "dcim.rack", "dcim.cable", "dcim.interface"]}`)
			const body = `{"tags": [{"slug": "gold"}], "custom_fields": {"owner": "maria"}}`
			w.edit("devices", server, body)
			w.edit("racks", rack, body)
			w.edit("cables", wire, body)
			w.edit("interfaces", port, body)
		})},
		"a tenant and a platform": {does: func(w *world) {
			w.post("tenancy/tenants", `{"name": "T", "slug": "t"}`)
			w.post("dcim/platforms", `{"name": "P", "slug": "p"}`)
			w.edit("devices", server, fmt.Sprintf(`{"tenant": %v, "platform": %v}`, w.named("tenants", "T")["id"], w.named("platforms", "P")["id"]))
			w.edit("racks", rack, fmt.Sprintf(`{"tenant": %v}`, w.named("tenants", "T")["id"]))
			w.edit("cables", wire, fmt.Sprintf(`{"tenant": %v}`, w.named("tenants", "T")["id"]))
		}},
		"an interface":        {does: patched("interfaces", port, `{"description": "d", "label": "l", "enabled": false, "type": "10gbase-t"}`)},
		"an interface's name": {does: patched("interfaces", port, `{"name": "hers"}`)},
		"a cable": {does: patched("cables", wire,
			`{"label": "l", "color": "ff0000", "length": 3, "length_unit": "m", "type": "cat6", "status": "planned", "description": "d"}`)},
		"a cable's end": {does: func(w *world) {
			w.edit("cables", wire, fmt.Sprintf(`{"b_terminations": %s}`, plugged(w.port("leaf-01", "E1/8")["object_id"])))
		}},
		"a rack": {does: patched("racks", rack,
			`{"name": "hers", "u_height": 40, "serial": "S", "asset_tag": "R", "comments": "c", "status": "reserved", "description": "d"}`)},
		"an airflow": {does: patched("devices", server, `{"airflow": "side-to-rear"}`)},
		"what NetBox gives a port": {
			does: patched("interfaces", port, `{"mgmt_only": true, "poe_mode": "pse", "speed": 1000000, "duplex": "full"}`),
			told: []string{"mgmt_only", "poe_mode", "speed", "duplex"},
		},
		"what diet knows nothing of at a rack": {
			does: patched("racks", rack, `{"width": 23, "desc_units": true, "airflow": "front-to-rear", "mounting_depth": 800, "weight": 12,
				"weight_unit": "kg", "form_factor": "2-post-frame"}`),
			told: []string{"width", "desc_units", "airflow", "mounting_depth", "weight", "weight_unit", "form_factor"},
		},
		"what the mirror does not hold": {
			does: all(patched("interfaces", port, `{"mtu": 9000}`), patched("devices", server, `{"local_context_data": {"a": 1}}`)),
			told: []string{"mtu", "local_context_data"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			text := strings.Replace(halls, "count: 2, units", "count: 3, units", 1)
			before := w.edited(text)
			w.apply(before)
			x.does(w)
			was := w.wholeOf()
			less := w.edited(text, "count: 4\n", "count: 3\n", "count: 3, units", "count: 2, units")
			w.approvesAll(less)
			w.apply(less)
			if now := w.wholeOf(); now[server] != nil || now[rack] != nil {
				t.Fatal("they are there")
			}
			back := w.back(before)
			told := fmt.Sprint(w.preview(back).Findings)
			for _, field := range x.told {
				if !strings.Contains(told, field) {
					t.Errorf("%s is not named: %s", field, told)
				}
			}
			w.apply(back)
			is := w.wholeOf()
			for _, object := range slices.Sorted(maps.Keys(was)) {
				for _, field := range slices.Sorted(maps.Keys(was[object])) {
					if is[object][field] != was[object][field] && !slices.Contains(x.told, field) {
						t.Errorf("%s %s was %s and is %s: %s", object, field, was[object][field], is[object][field], told)
					}
				}
			}
			w.law(back)
		})
	}
}

// approvesAll has a person approve each deletion of a plan that she is asked about.
func (w *world) approvesAll(plan engine.Intent) {
	w.Helper()
	for _, c := range w.preview(plan).Changes {
		if c.Class == change.Orphaned && c.With == "" && !c.Acts() {
			w.answers(plan, c.Object, "", "force_delete")
		}
	}
}

// TestEveryFieldIsLookedAt holds the registry against what NetBox says of its objects: whatever a person may
// write on one of diet's comes back in a rollback, or is named, and nothing else is written.
func TestEveryFieldIsLookedAt(t *testing.T) {
	t.Parallel()
	apart := []string{ // objects of their own that refer to it, what it is plugged into, and how it is to be made
		"primary_ip4", "primary_ip6", "oob_ip", "mac_address", "primary_mac_address", "installed_module", "a_terminations", "b_terminations",
		"adopt_components", "replicate_components",
	}
	for _, version := range []string{"4.2", "4.4", "4.5", "4.6", "4.7"} {
		w := setup(t, version)
		for _, k := range kinds.Standard().Owned() {
			req := httptest.NewRequestWithContext(t.Context(), http.MethodOptions, "/api/"+k.Endpoint+"/", http.NoBody)
			req.Header.Set("Authorization", "Token "+person)
			rec := httptest.NewRecorder()
			w.server.ServeHTTP(rec, req)
			var said struct {
				Actions map[string]map[string]struct {
					ReadOnly bool `json:"read_only"`
				}
			}
			if err := json.Unmarshal(rec.Body.Bytes(), &said); err != nil || len(said.Actions["POST"]) == 0 {
				t.Fatalf("%s %s: %s", version, k.Name, rec.Body)
			}
			for name, f := range said.Actions["POST"] {
				held, is := k.Field(name)
				_, given := k.Given[name]
				looked := is || given || slices.Contains(k.Content, name) || slices.Contains(apart, name)
				if !f.ReadOnly && !looked || is && held.Shown != f.ReadOnly {
					t.Errorf("%s: %s %s, read-only %v, is held as %+v", version, k.Name, name, f.ReadOnly, held)
				}
			}
		}
	}
}
