package engine_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror/kinds"
)

// hung is something that a person hangs on a server: what is made, in order, and the kind
// that the preview must tell. #n is the id of what was made n-th.
type hung struct {
	kind string
	made []string // endpoint and body
}

var hungs = map[string]hung{
	"service": {"service", []string{
		`ipam/services {"name": "ssh", "protocol": "tcp", "ports": [22], "parent_object_type": "dcim.device", "parent_object_id": DEVICE}`}},
	"inventory item": {"inventory_item", []string{`dcim/inventory-items {"device": DEVICE, "name": "DIMM 0"}`}},
	"optic": {"inventory_item", []string{
		`dcim/inventory-items {"device": DEVICE, "name": "optic", "component_type": "dcim.interface", "component_id": PORT}`}},
	"journal entry": {"journal_entry", []string{
		`extras/journal-entries {"assigned_object_type": "dcim.device", "assigned_object_id": DEVICE, "comments": "evidence"}`}},
	"journal entry on a port": {"journal_entry", []string{
		`extras/journal-entries {"assigned_object_type": "dcim.interface", "assigned_object_id": PORT, "comments": "evidence"}`}},
	"contact": {"contact_assignment", []string{`tenancy/contacts {"name": "on call"}`, `tenancy/contact-roles {"name": "o", "slug": "o"}`,
		`tenancy/contact-assignments {"object_type": "dcim.device", "object_id": DEVICE, "contact": #1, "role": #2}`}},
	"bookmark":     {"bookmark", []string{`extras/bookmarks {"object_type": "dcim.device", "object_id": DEVICE, "user": 1}`}},
	"subscription": {"subscription", []string{`extras/subscriptions {"object_type": "dcim.device", "object_id": DEVICE, "user": 1}`}},
	"MAC address": {"mac_address", []string{
		`dcim/mac-addresses {"mac_address": "02:00:00:00:00:04", "assigned_object_type": "dcim.interface", "assigned_object_id": PORT}`}},
	"IP address": {"ip_address", []string{
		`ipam/ip-addresses {"address": "192.0.2.1/24", "assigned_object_type": "dcim.interface", "assigned_object_id": PORT}`}},
	"FHRP group": {"fhrp_group_assignment", []string{`ipam/fhrp-groups {"group_id": 7, "protocol": "vrrp2"}`,
		`ipam/fhrp-group-assignments {"group": #1, "interface_type": "dcim.interface", "interface_id": PORT, "priority": 10}`}},
	"L2VPN": {"l2vpn_termination", []string{`vpn/l2vpns {"name": "l", "slug": "l", "type": "vxlan"}`,
		`vpn/l2vpn-terminations {"l2vpn": #1, "assigned_object_type": "dcim.interface", "assigned_object_id": PORT}`}},
	"tunnel": {"tunnel_termination", []string{`vpn/tunnels {"name": "t", "status": "active", "encapsulation": "gre"}`,
		`vpn/tunnel-terminations {"tunnel": #1, "role": "peer", "termination_type": "dcim.interface", "termination_id": PORT}`}},
	"tunnel by its address": {"ip_address", []string{
		`ipam/ip-addresses {"address": "192.0.2.2/24", "assigned_object_type": "dcim.interface", "assigned_object_id": PORT}`,
		`vpn/tunnels {"name": "u", "status": "active", "encapsulation": "gre"}`,
		`vpn/tunnel-terminations {"tunnel": #2, "role": "peer", "termination_type": "dcim.interface", "outside_ip": #1}`}},
	"console port":        {"console_port", []string{`dcim/console-ports {"device": DEVICE, "name": "c"}`}},
	"console server port": {"console_server_port", []string{`dcim/console-server-ports {"device": DEVICE, "name": "c"}`}},
	"power port":          {"power_port", []string{`dcim/power-ports {"device": DEVICE, "name": "c"}`}},
	"power outlet":        {"power_outlet", []string{`dcim/power-outlets {"device": DEVICE, "name": "c"}`}},
	"rear port":           {"rear_port", []string{`dcim/rear-ports {"device": DEVICE, "name": "c", "type": "8p8c"}`}},
	"module bay":          {"module_bay", []string{`dcim/module-bays {"device": DEVICE, "name": "c"}`}},
	"module": {"module", []string{`dcim/module-bays {"device": DEVICE, "name": "c"}`,
		`dcim/module-types {"manufacturer": 1, "model": "GPU"}`,
		`dcim/modules {"device": DEVICE, "module_bay": #1, "module_type": #2}`}},
	"context": {"virtual_device_context", []string{
		`dcim/virtual-device-contexts {"device": DEVICE, "name": "v", "status": "active", "identifier": 1}`}},
	"interface":       {"interface", []string{`dcim/interfaces {"device": DEVICE, "name": "bond0", "type": "lag"}`}},
	"child interface": {"interface", []string{`dcim/interfaces {"device": DEVICE, "name": "e.1", "type": "virtual", "parent": PORT}`}},
	"bridge":          {"interface", []string{`dcim/interfaces {"device": DEVICE, "name": "b", "type": "other", "bridge": PORT}`}},
	"virtual circuit": {"interface", []string{`dcim/interfaces {"device": DEVICE, "name": "v", "type": "virtual"}`,
		`circuits/providers {"name": "p", "slug": "p"}`, `circuits/provider-networks {"provider": #2, "name": "n"}`,
		`circuits/virtual-circuit-types {"name": "t", "slug": "t"}`,
		`circuits/virtual-circuits {"cid": "c", "provider_network": #3, "type": #4}`,
		`circuits/virtual-circuit-terminations {"virtual_circuit": #5, "interface": #1}`}},
	"wireless link": {"interface", []string{`dcim/interfaces {"device": DEVICE, "name": "w", "type": "ieee802.11ac"}`,
		`dcim/interfaces {"device": DEVICE, "name": "x", "type": "ieee802.11ac"}`,
		`wireless/wireless-links {"interface_a": #1, "interface_b": #2}`}},
	"cable on a console port": {"console_port", []string{`dcim/console-ports {"device": DEVICE, "name": "c"}`,
		`dcim/console-server-ports {"device": LEAF, "name": "c"}`,
		`dcim/cables {"a_terminations": [{"object_type": "dcim.consoleport", "object_id": #1}],
		              "b_terminations": [{"object_type": "dcim.consoleserverport", "object_id": #2}]}`}},
	"custom field": {"site", []string{
		`extras/custom-fields {"name": "gateway", "type": "object", "related_object_type": "dcim.device", "object_types": ["dcim.site"]}`,
		`dcim/sites {"name": "far", "slug": "far", "custom_fields": {"gateway": DEVICE}}`}},
	"custom field of several": {"ipam.prefix", []string{
		`extras/custom-fields {"name": "hosts", "type": "multiobject", "related_object_type": "dcim.interface", "object_types": ["ipam.prefix"]}`,
		`ipam/prefixes {"prefix": "198.51.100.0/24", "custom_fields": {"hosts": [PORT]}}`}},
}

// hangOn makes what a person hangs on an object.
func (w *world) hangOn(h hung, names ...string) {
	w.Helper()
	for _, line := range h.made {
		line = w.looked(strings.NewReplacer(names...).Replace(line))
		if edit, ok := strings.CutPrefix(line, "PATCH "); ok {
			path, body, _ := strings.Cut(edit, " ")
			w.byHandJSON("PATCH", path, body)
			continue
		}
		endpoint, body, _ := strings.Cut(line, " ")
		id := w.makeAt(endpoint, body)
		at := 1
		for slices.Contains(names, fmt.Sprintf("#%d", at)) {
			at++
		}
		names = append(names, fmt.Sprintf("#%d", at), fmt.Sprint(id))
	}
}

// looked puts ids in the place of {list/device id/name}.
func (w *world) looked(line string) string {
	for {
		before, rest, ok := strings.Cut(line, "{interfaces/")
		if !ok {
			return line
		}
		of, after, _ := strings.Cut(rest, "}")
		id, name, _ := strings.Cut(of, "/")
		for _, o := range w.server.Objects("interfaces") {
			if fmt.Sprint(o["device"].(map[string]any)["id"]) == id && o["name"] == name {
				line = before + fmt.Sprint(o["id"]) + after
			}
		}
		if strings.Contains(line, of) {
			w.Fatalf("no interface %s", of)
		}
	}
}

// TestEveryReference hangs something of every kind on servers, each on one, and takes all
// out of the plan: each stays, with what hangs on it, and the preview tells what that is.
func TestEveryReference(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	names := slices.Sorted(maps.Keys(hungs))
	plan := func(servers int) *generate.Plan {
		return w.edited(fmt.Sprintf(small, "a", servers),
			"E1/{1-8}", "E1/{1-64}", "ports: 1-8", "ports: 1-64", "count: 1, units", "count: 2, units")
	}
	w.apply(plan(1 + len(names)))
	leaf := fmt.Sprint(w.object("devices", "web/dc.leaf[1]")["id"])
	server := func(i int) string { return fmt.Sprintf("web/web[%d]", 2+i) }
	tried := map[string]bool{}
	for i, name := range names {
		device, port := w.object("devices", server(i))["id"], w.object("interfaces", server(i)+"/lom.eth0")["id"]
		w.hangOn(hungs[name], "DEVICE", fmt.Sprint(device), "PORT", fmt.Sprint(port), "LEAF", leaf)
		for _, line := range hungs[name].made {
			endpoint, _, _ := strings.Cut(line, " ")
			tried[endpoint] = true
		}
	}
	before := map[string]int{}
	for endpoint := range tried {
		before[endpoint] = len(w.server.Objects(endpoint[strings.Index(endpoint, "/")+1:]))
	}
	less := plan(1)
	w.apply(less)
	for i, name := range names {
		c := w.judged(less, "device", server(i))
		told := slices.ContainsFunc(c.References, func(r change.Reference) bool { return r.Kind == hungs[name].kind })
		if !told || c.Action == change.Delete && c.Verdict.Acts() {
			t.Errorf("%s: %+v, references %+v, unjudged %q", name, c.Verdict, c.References, c.Unjudged)
		}
	}
	for endpoint, n := range before {
		if after := len(w.server.Objects(endpoint[strings.Index(endpoint, "/")+1:])); after != n {
			t.Errorf("%d %s, were %d", after, endpoint, n)
		}
	}
	w.law(less)
	for _, to := range []string{"device", "interface"} {
		for _, ref := range kinds.Standard().LazyReferrers(kinds.Standard().Must(to)) {
			if !tried[ref.Kind.Endpoint] && !beyond[ref.Kind.Name] {
				t.Errorf("nothing tries %s", ref.Kind.Name)
			}
		}
	}
}

// beyond are kinds that need other devices, or a newer NetBox, than these.
var beyond = map[string]bool{
	"device_bay": true, "front_port": true, "image_attachment": true, "cooling_intake": true, "cooling_outflow": true,
	"virtual_chassis": true, "virtual_machine": true,
}

var hungOnRacks = map[string]hung{
	"reservation": {"rack_reservation", []string{
		`dcim/rack-reservations {"rack": RACK, "units": [9], "user": 1, "description": "for the lab"}`}},
	"VLAN group": {"vlan_group", []string{`ipam/vlan-groups {"name": "g", "slug": "g", "scope_type": "dcim.rack", "scope_id": RACK}`}},
	"power feed": {"power_feed", []string{`dcim/power-panels {"site": SITE, "name": "p"}`,
		`dcim/power-feeds {"power_panel": #1, "rack": RACK, "name": "f"}`}},
	"contact": {"contact_assignment", []string{`tenancy/contacts {"name": "on call"}`, `tenancy/contact-roles {"name": "o", "slug": "o"}`,
		`tenancy/contact-assignments {"object_type": "dcim.rack", "object_id": RACK, "contact": #1, "role": #2}`}},
	"journal entry": {"journal_entry", []string{
		`extras/journal-entries {"assigned_object_type": "dcim.rack", "assigned_object_id": RACK, "comments": "evidence"}`}},
	"custom field": {"site", []string{
		`extras/custom-fields {"name": "core", "type": "object", "related_object_type": "dcim.rack", "object_types": ["dcim.site"]}`,
		`dcim/sites {"name": "far", "slug": "far", "custom_fields": {"core": RACK}}`}},
}

// TestEveryRackReference is TestEveryReference for racks.
func TestEveryRackReference(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	names := slices.Sorted(maps.Keys(hungOnRacks))
	text := strings.ReplaceAll(fmt.Sprintf(small, "a", 2), "count: 1, units", fmt.Sprintf("count: %d, units", len(names)))
	w.apply(w.edited(text))
	rack := func(i int) string { return fmt.Sprintf("web/rack:row[%d]", 1+i) }
	for i, name := range names {
		site := w.object("racks", rack(i))["site"].(map[string]any)["id"]
		w.hangOn(hungOnRacks[name], "RACK", fmt.Sprint(w.object("racks", rack(i))["id"]), "SITE", fmt.Sprint(site))
	}
	moved := w.edited(text, "row", "line")
	w.apply(moved)
	for i, name := range names {
		c := w.judged(moved, "rack", rack(i))
		told := slices.ContainsFunc(c.References, func(r change.Reference) bool { return r.Kind == hungOnRacks[name].kind })
		if !told || c.Action == change.Delete && c.Verdict.Acts() {
			t.Errorf("%s: %+v, references %+v, unjudged %q", name, c.Verdict, c.References, c.Unjudged)
		}
		w.object("racks", rack(i))
	}
	w.law(moved)
}
