package engine_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate"
)

// onParts is hung on what NetBox made along with a server, which says nothing by itself, or at the
// end of two or three steps: what is made, in order, and the kind that the preview must tell; "" for
// a protection. The names in capitals are ids of what the server has.
var onParts = map[string]hung{
	"journal entry on a console port": {"journal_entry", []string{
		`extras/journal-entries {"assigned_object_type": "dcim.consoleport", "assigned_object_id": CONSOLE, "comments": "evidence"}`}},
	"journal entry on a part of the stock": {"journal_entry", []string{
		`extras/journal-entries {"assigned_object_type": "dcim.inventoryitem", "assigned_object_id": ITEM, "comments": "evidence"}`}},
	"journal entry on a module": {"module", []string{`dcim/module-types {"manufacturer": 1, "model": "A"}`,
		`dcim/modules {"device": DEVICE, "module_bay": BAY, "module_type": #1}`,
		`extras/journal-entries {"assigned_object_type": "dcim.module", "assigned_object_id": #2, "comments": "evidence"}`}},
	"image": {"image_attachment", []string{
		`extras/image-attachments {"object_type": "dcim.device", "object_id": DEVICE, "name": "front", "image": "x.png"}`}},
	"bookmark of a rear port": {"bookmark", []string{
		`extras/bookmarks {"object_type": "dcim.rearport", "object_id": REAR, "user": 1}`}},
	"subscription to a power port": {"subscription", []string{
		`extras/subscriptions {"object_type": "dcim.powerport", "object_id": POWER, "user": 1}`}},
	"power cable": {"cable", []string{`dcim/power-outlets {"device": LEAF, "name": "DEVICE"}`,
		`dcim/cables {"a_terminations": [{"object_type": "dcim.powerport", "object_id": POWER}],
		              "b_terminations": [{"object_type": "dcim.poweroutlet", "object_id": #1}]}`}},
	"cable on a rear port": {"cable", []string{`dcim/rear-ports {"device": LEAF, "name": "DEVICE", "type": "8p8c"}`,
		`dcim/cables {"a_terminations": [{"object_type": "dcim.rearport", "object_id": REAR}],
		              "b_terminations": [{"object_type": "dcim.rearport", "object_id": #1}]}`}},
	"cable on a front port": {"cable", []string{`dcim/interfaces {"device": LEAF, "name": "DEVICE", "type": "other"}`,
		`dcim/cables {"a_terminations": [{"object_type": "dcim.frontport", "object_id": FRONT}],
		              "b_terminations": [{"object_type": "dcim.interface", "object_id": #1}]}`}},
	"device in a bay": {"device_bay", []string{
		`dcim/device-types {"manufacturer": 1, "model": "Blade", "slug": "blade", "u_height": 0, "subdevice_role": "child"}`,
		`dcim/devices {"name": "blade", "device_type": #1, "role": ROLE, "site": SITE}`,
		`PATCH dcim/device-bays/CHASSIS {"installed_device": #2}`}},
	"cable on the port of a module": {"module", []string{`dcim/module-types {"manufacturer": 1, "model": "B"}`,
		`dcim/interface-templates {"module_type": #1, "name": "m0", "type": "other"}`,
		`dcim/modules {"device": DEVICE, "module_bay": BAY, "module_type": #1}`,
		`dcim/interfaces {"device": LEAF, "name": "to DEVICE", "type": "other"}`,
		`dcim/cables {"a_terminations": [{"object_type": "dcim.interface", "object_id": {interfaces/DEVICE/m0}}],
		              "b_terminations": [{"object_type": "dcim.interface", "object_id": #4}]}`}},
	"optic on a console port": {"inventory_item", []string{
		`dcim/inventory-items {"device": DEVICE, "name": "o", "component_type": "dcim.consoleport", "component_id": CONSOLE}`}},
	"part of a part": {"inventory_item", []string{`dcim/inventory-items {"device": DEVICE, "name": "of", "parent": ITEM}`}},
	"master of a virtual chassis": {"virtual_chassis", []string{`dcim/virtual-chassis {"name": "c"}`,
		`PATCH dcim/devices/DEVICE {"virtual_chassis": #1, "vc_position": 1}`, `PATCH dcim/virtual-chassis/#1 {"master": DEVICE}`}},
	"member of a virtual chassis": {"edited", []string{`dcim/virtual-chassis {"name": "d"}`,
		`PATCH dcim/devices/DEVICE {"virtual_chassis": #1, "vc_position": 2}`}},
	"virtual machine": {"virtual_machine", []string{`virtualization/cluster-types {"name": "t", "slug": "t"}`,
		`virtualization/clusters {"name": "c", "type": #1}`, `PATCH dcim/devices/DEVICE {"cluster": #2}`,
		`virtualization/virtual-machines {"name": "v", "cluster": #2, "site": SITE, "device": DEVICE}`}},
	"service on an address": {"ip_address", []string{
		`ipam/ip-addresses {"address": "192.0.2.7/24", "assigned_object_type": "dcim.interface", "assigned_object_id": PORT}`,
		`ipam/services {"name": "web", "protocol": "tcp", "ports": [80], "ipaddresses": [#1],
		                "parent_object_type": "dcim.device", "parent_object_id": LEAF}`}},
	"primary address": {"ip_address", []string{
		`ipam/ip-addresses {"address": "192.0.2.8/24", "assigned_object_type": "dcim.interface", "assigned_object_id": PORT}`,
		`PATCH dcim/devices/DEVICE {"primary_ip4": #1}`}},
	"address that another is translated to": {"ip_address", []string{
		`ipam/ip-addresses {"address": "10.0.0.8/24", "assigned_object_type": "dcim.interface", "assigned_object_id": PORT}`,
		`ipam/ip-addresses {"address": "203.0.113.8/32", "nat_inside": #1}`}},
	"context with a port": {"virtual_device_context", []string{
		`dcim/virtual-device-contexts {"device": DEVICE, "name": "w", "status": "active", "identifier": 2}`,
		`PATCH dcim/interfaces/PORT {"vdcs": [#1]}`}},
	"custom field of a power port": {"site", []string{
		`extras/custom-fields {"name": "feed", "type": "object", "related_object_type": "dcim.powerport", "object_types": ["dcim.site"]}`,
		`dcim/sites {"name": "near", "slug": "near", "custom_fields": {"feed": POWER}}`}},
	"protected console port": {"", []string{`PATCH dcim/console-ports/CONSOLE {"custom_fields": {"diet_deletion_protected": true}}`}},
	"protected part":         {"", []string{`PATCH dcim/inventory-items/ITEM {"custom_fields": {"diet_deletion_protected": true}}`}},
	"protected address": {"ip_address", []string{`ipam/ip-addresses {"address": "192.0.2.9/24", "assigned_object_type": "dcim.interface",
		"assigned_object_id": PORT, "custom_fields": {"diet_deletion_protected": true}}`}},
	"protected port": {"", []string{`PATCH dcim/interfaces/PORT {"custom_fields": {"diet_deletion_protected": true}}`}},
}

// onPorts is hung on an interface that goes while its server stays.
var onPorts = map[string]hung{
	"child":  {"interface", []string{`dcim/interfaces {"device": DEVICE, "name": "e.1", "type": "virtual", "parent": PORT}`}},
	"bridge": {"interface", []string{`dcim/interfaces {"device": DEVICE, "name": "b", "type": "other", "bridge": PORT}`}},
	"VLAN": {"edited", []string{`ipam/vlans {"vid": 7, "name": "v"}`,
		`PATCH dcim/interfaces/PORT {"mode": "access", "untagged_vlan": #1}`}},
	"protected":         {"", []string{`PATCH dcim/interfaces/PORT {"custom_fields": {"diet_deletion_protected": true}}`}},
	"context":           hung{"edited", onParts["context with a port"].made},
	"service's address": onParts["service on an address"],
}

// onCables is hung on a cable that goes while what it connects stays.
var onCables = map[string]hung{
	"journal entry": {"journal_entry", []string{
		`extras/journal-entries {"assigned_object_type": "dcim.cable", "assigned_object_id": CABLE, "comments": "evidence"}`}},
	"bookmark":     {"bookmark", []string{`extras/bookmarks {"object_type": "dcim.cable", "object_id": CABLE, "user": 1}`}},
	"subscription": {"subscription", []string{`extras/subscriptions {"object_type": "dcim.cable", "object_id": CABLE, "user": 1}`}},
	"custom field": {"site", []string{
		`extras/custom-fields {"name": "line", "type": "object", "related_object_type": "dcim.cable", "object_types": ["dcim.site"]}`,
		`dcim/sites {"name": "near", "slug": "near", "custom_fields": {"line": CABLE}}`}},
	"protected": {"", []string{`PATCH dcim/cables/CABLE {"custom_fields": {"diet_deletion_protected": true}}`}},
}

// hangingOn are those of all that can be hung on a device's interface.
func hangingOn(port string) map[string]hung {
	out := maps.Clone(onPorts)
	for name, h := range hungs {
		if strings.Contains(strings.Join(h.made, " "), port) {
			out[name] = h
		}
	}
	return out
}

// parts are templates of what NetBox makes along with a server, and the name of its id.
var parts = []struct{ kind, name, body string }{
	{"console-port", "CONSOLE", `"name": "c"`},
	{"power-port", "POWER", `"name": "p"`},
	{"rear-port", "REAR", `"name": "r", "type": "8p8c", "positions": 1`},
	{"front-port", "FRONT", `"name": "f", "type": "8p8c", "rear_ports": [{"position": 1, "rear_port": REAR, "rear_port_position": 1}]`},
	{"module-bay", "BAY", `"name": "b"`},
	{"device-bay", "CHASSIS", `"name": "d"`},
	{"inventory-item", "ITEM", `"name": "i"`},
}

// cascade is a test of what would die along: a plan that has an object for each of what is hung, and
// one that has none.
type cascade struct {
	hung         map[string]hung
	had, has     func(n int) []string // texts replaced in the plan
	kind, object string               // of what goes, by number
}

// TestCascades hangs something at the end of one, two or three steps on what diet comes to delete.
// The preview asks or tells, and nothing of it dies.
func TestCascades(t *testing.T) {
	t.Parallel()
	many := []string{"E1/{1-8}", "E1/{1-64}", "ports: 1-8", "ports: 1-64", "count: 1, units", "count: 2, units"}
	count := func(n int) []string { return append([]string{"count: 1\n", fmt.Sprintf("count: %d\n", n)}, many...) }
	for name, c := range map[string]cascade{
		"device": {hung: onParts, had: count, has: func(int) []string { return many }, kind: "device", object: "web/web[%d]"},
		"interface": {
			hung: hangingOn("PORT"), had: count, kind: "interface", object: "web/web[%d]/lom.eth1",
			has: func(n int) []string { return append(count(n), "[eth0, eth1]", "[eth0]") },
		},
		"cable": {
			hung: onCables, had: count, kind: "cable", object: "web/web[%d]/lom.eth0~",
			has: func(n int) []string {
				return append(count(n), "      links: {data: {from: lom, to: dc.leaf/server, spread: alternate}}\n", "")
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.play(setup(t, "4.6"))
		})
	}
}

func (c cascade) play(w *world) {
	w.Helper()
	names := slices.Sorted(maps.Keys(c.hung))
	text := fmt.Sprintf(small, "a", 1)
	w.apply(w.edited(text, c.had(1)...))
	w.partsOfServers()
	w.apply(w.edited(text, c.had(1+len(names))...))
	less := w.edited(text, c.has(1+len(names))...)
	tried := map[string]bool{}
	for i, name := range names {
		w.hangOn(c.hung[name], w.atServer(2+i, c.kind)...)
		for _, line := range c.hung[name].made {
			tried[strings.Split(strings.TrimPrefix(line, "PATCH "), " ")[0]] = true
		}
	}
	lists := map[string]bool{"devices": true, "interfaces": true, "cables": true, "cable-terminations": true}
	for endpoint := range tried {
		lists[strings.Split(endpoint, "/")[1]] = true
	}
	before := w.linesOf(lists)
	w.apply(less)
	for i, name := range names {
		c.told(w, less, name, fmt.Sprintf(c.object, 2+i))
	}
	for line := range before {
		if after := w.linesOf(lists); !after[line] {
			w.Errorf("%s is gone", line)
		}
	}
	w.law(less)
}

// told holds that the preview tells of what is hung, and does not delete.
func (c cascade) told(w *world, plan *generate.Plan, name, object string) {
	w.Helper()
	is, kind := w.judged(plan, c.kind, object), c.hung[name].kind
	told := slices.ContainsFunc(is.References, func(r change.Reference) bool { return r.Kind == kind })
	switch kind {
	case "":
		told = is.Protected
	case "edited":
		told = len(is.Edited) > 0
	}
	if !told || is.Action == change.Delete && is.Verdict.Acts() {
		w.Errorf("%s: %+v, references %+v, edited %+v, protected %v, unjudged %q", name, is.Verdict, is.References, is.Edited,
			is.Protected, is.Unjudged)
	}
}

// linesOf are the objects of some lists, but what diet deletes of the first server.
func (w *world) linesOf(lists map[string]bool) map[string]bool {
	out := map[string]bool{}
	for list := range lists {
		for _, o := range w.server.Objects(list) {
			custom, _ := o["custom_fields"].(map[string]any)
			if id, _ := custom["diet_object_id"].(string); !strings.HasPrefix(id, "web/web[1]/") {
				out[fmt.Sprintf("%s %v %v", list, o["id"], cmp.Or(o["display"], any("")))] = true
			}
		}
	}
	return out
}

// partsOfServers has NetBox make parts along with each new server.
func (w *world) partsOfServers() {
	w.Helper()
	w.patch("device-types", "server", `{"subdevice_role": "parent"}`)
	made := []string{}
	for _, p := range parts {
		body := fmt.Sprintf(`{"device_type": %v, %s}`, w.slugged("device-types", "server"), strings.NewReplacer(made...).Replace(p.body))
		made = append(made, p.name, fmt.Sprint(w.makeAt("dcim/"+p.kind+"-templates", body)))
	}
	for _, o := range w.server.Objects("custom-fields") {
		if o["name"] == "diet_deletion_protected" {
			w.byHandJSON("PATCH", fmt.Sprintf("extras/custom-fields/%v", o["id"]), `{"object_types": ["dcim.rack", "dcim.device",
				"dcim.interface", "dcim.cable", "dcim.consoleport", "dcim.inventoryitem", "ipam.ipaddress"]}`)
		}
	}
}

// slugged is the id of what has a slug.
func (w *world) slugged(list, slug string) any {
	w.Helper()
	for _, o := range w.server.Objects(list) {
		if o["slug"] == slug {
			return o["id"]
		}
	}
	w.Fatalf("no %s has the slug %s", list, slug)
	return nil
}

// atServer are the ids of a server and of what it has, by name.
func (w *world) atServer(n int, kind string) []string {
	w.Helper()
	server := fmt.Sprintf("web/web[%d]", n)
	device := w.object("devices", server)
	id := func(field string) string { return fmt.Sprint(device[field].(map[string]any)["id"]) }
	port := server + "/lom.eth0"
	if kind == "interface" {
		port = server + "/lom.eth1"
	}
	out := []string{
		"DEVICE", fmt.Sprint(device["id"]), "PORT", fmt.Sprint(w.object("interfaces", port)["id"]),
		"LEAF", fmt.Sprint(w.object("devices", "web/dc.leaf[1]")["id"]), "SITE", id("site"), "ROLE", id("role"),
		"CABLE", fmt.Sprint(w.object("cables", server+"/lom.eth0~")["id"]),
	}
	for _, p := range parts {
		for _, o := range w.server.Objects(p.kind + "s") {
			if of, _ := o["device"].(map[string]any); of["id"] == device["id"] {
				out = append(out, p.name, fmt.Sprint(o["id"]))
			}
		}
	}
	return out
}
