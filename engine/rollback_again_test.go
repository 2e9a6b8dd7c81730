package engine_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
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
