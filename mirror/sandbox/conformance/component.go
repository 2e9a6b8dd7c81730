package conformance

import "fmt"

// What devices are made of, beside interfaces, and what depends on them.
func componentChecks() []check {
	return []check{
		{name: "component/templates", run: checkTemplates},
		{name: "component/cables", run: checkOtherCables},
		{name: "component/module", run: checkModule},
		{name: "component/module names", since: 7, run: checkModuleNames},
		{name: "component/inventory item", run: checkItemTree},
		{name: "referrer/power", run: checkPower},
		{name: "referrer/circuit", run: checkCircuit},
		{name: "referrer/virtual circuit", run: checkVirtualCircuit},
		{name: "referrer/FHRP group", run: checkFHRP},
		{name: "referrer/L2VPN", run: checkL2VPN},
		{name: "referrer/wireless LAN", run: checkWirelessLAN},
		{name: "referrer/service", run: checkService},
		{name: "referrer/VRF", run: checkVRF},
	}
}

// portKinds are the ports that a device's type may give it, by template.
var portKinds = []struct{ template, port string }{
	{"console-port-templates", "console-ports"}, {"console-server-port-templates", "console-server-ports"},
	{"power-port-templates", "power-ports"}, {"power-outlet-templates", "power-outlets"},
}

func checkTemplates(s *suite) {
	h := s.hall()
	for i, k := range portKinds {
		s.want(201, "POST", "/api/dcim/"+k.template+"/", object{"device_type": h.kind, "name": fmt.Sprintf("p%d", i), "label": "L"})
	}
	s.want(201, "POST", "/api/dcim/module-bay-templates/", object{"device_type": h.kind, "name": "bay", "position": "1"})
	item := s.want(201, "POST", "/api/dcim/inventory-item-templates/", object{"device_type": h.kind, "name": "fan", "part_id": "F"}).id()
	rotor := object{"device_type": h.kind, "name": "rotor", "parent": item}
	part := s.want(201, "POST", "/api/dcim/inventory-item-templates/", rotor).id()
	if s.release >= 6 { // NetBox looks for the parent before that is made
		s.fault(s.send("POST", devices, h.device(s.name())), 403, notAllowed)
		s.want(200, "PATCH", one("/api/dcim/inventory-item-templates/", part), object{"parent": nil})
	}
	s.equal("counted", s.get(types, h.kind)["console_port_template_count"], 1)
	r := s.create(devices, h.device(s.name()))
	d := r.id()
	for i, k := range portKinds {
		found := s.find("/api/dcim/"+k.port+"/", fmt.Sprintf("device_id=%d", d))
		if len(found) != 1 {
			s.Fatalf("%s: %d, want 1", k.port, len(found))
		}
		s.equal(k.port, []any{found[0]["name"], found[0]["label"], found[0]["cable"]}, []any{fmt.Sprintf("p%d", i), "L", nil})
	}
	s.equal("bays", len(s.find("/api/dcim/module-bays/", fmt.Sprintf("device_id=%d", d))), 1)
	items := s.find("/api/dcim/inventory-items/", fmt.Sprintf("device_id=%d&ordering=id", d))
	if len(items) != 2 {
		s.Fatalf("%d inventory items, want 2", len(items))
	}
	s.equal("items", []any{items[0]["part_id"], items[1]["name"]}, []any{"F", "rotor"})
	if s.release < 6 {
		s.equal("parent", items[1]["parent"], items[0].id())
	}
	s.equal("device", []any{s.get(devices, d)["power_port_count"], s.get(devices, d)["inventory_item_count"]}, []any{1, 2})
	s.contains("rows", s.rows(r.request()), row("create", "dcim.inventoryitem", items[1].id()))
	gone := s.want(204, "DELETE", one(devices, d), nil)
	s.contains("rows", s.rows(gone.request()), row("delete", "dcim.inventoryitem", items[1].id()))
	s.equal("gone", s.send("GET", one("/api/dcim/inventory-items/", items[0].id()), nil).status, 404)
}

// otherEnd is one side of a cable that ends at a port of another kind.
func otherEnd(objectType string, id int) []object {
	return []object{{"object_type": objectType, "object_id": id}}
}

func checkOtherCables(s *suite) {
	h := s.hall()
	d := s.create(devices, h.device(s.name())).id()
	port := func(path string) int { return s.create("/api/dcim/"+path+"/", object{"device": d, "name": path}).id() }
	console, server, power, outlet := port("console-ports"), port("console-server-ports"), port("power-ports"), port("power-outlets")
	c := s.create(cables, object{"a_terminations": otherEnd("dcim.consoleport", console),
		"b_terminations": otherEnd("dcim.consoleserverport", server)}).id()
	o := s.get("/api/dcim/console-ports/", console)
	s.equal("console port", []any{o.at("cable", "id"), o["cable_end"], o["link_peers_type"], o["_occupied"]},
		[]any{c, "A", "dcim.consoleserverport", true})
	s.equal("peer", o["link_peers"].([]any)[0].(map[string]any)["id"], server)
	s.fault(s.send("POST", cables, object{"a_terminations": otherEnd("dcim.powerport", power), "b_terminations": end(s.portsOf(d)[0])}), 400,
		`{"__all__":["Incompatible termination types: powerport and interface"]}`)
	p := s.create(cables, object{"a_terminations": otherEnd("dcim.powerport", power),
		"b_terminations": otherEnd("dcim.poweroutlet", outlet)}).id()
	r := s.want(204, "DELETE", one("/api/dcim/power-ports/", power), nil)
	s.contains("rows", s.rows(r.request()), row("delete", "dcim.powerport", power))
	s.equal("the cable dangles", []any{len(s.get(cables, p)["a_terminations"].([]any)),
		len(s.get(cables, p)["b_terminations"].([]any))}, []any{0, 1})
	s.equal("terminations", len(s.find(ends, fmt.Sprintf("termination_type=dcim.poweroutlet&termination_id=%d", outlet))), 1)
}

func checkModule(s *suite) {
	h := s.hall()
	n := s.name()
	d := s.create(devices, h.device(n)).id()
	bay := s.create("/api/dcim/module-bays/", object{"device": d, "name": "bay 1", "position": "7"}).id()
	kind := s.create("/api/dcim/module-types/", object{"manufacturer": h.maker, "model": n}).id()
	s.want(201, "POST", templates, object{"module_type": kind, "name": "mod{module}/0", "type": "10gbase-t"})
	m := s.create("/api/dcim/modules/", object{"device": d, "module_bay": bay, "module_type": kind}).id()
	found := s.find(interfaces, fmt.Sprintf("device_id=%d&name=mod7/0", d))
	s.equal("its interface", len(found), 1)
	s.equal("bay", s.get("/api/dcim/module-bays/", bay).at("installed_module", "id"), m)
	s.equal("of the device", ids(s.find("/api/dcim/modules/", fmt.Sprintf("device_id=%d", d))), []int{m})
	r := s.want(204, "DELETE", one("/api/dcim/modules/", m), nil)
	s.contains("rows", s.rows(r.request()), row("delete", "dcim.interface", found[0].id()))
}

// checkModuleNames: a module comes in where its names are free, or adopts what has them.
func checkModuleNames(s *suite) {
	h := s.hall()
	n := s.name()
	const modules, bays = "/api/dcim/modules/", "/api/dcim/module-bays/"
	d, other := s.create(devices, h.device(n)).id(), s.create(devices, h.device(n+"o")).id()
	bay := s.create(bays, object{"device": d, "name": "bay 1", "position": "7"}).id()
	bare := s.create(bays, object{"device": d, "name": "bay 2"}).id()
	third := s.create(bays, object{"device": d, "name": "bay 3", "position": "9"}).id()
	kind := s.create("/api/dcim/module-types/", object{"manufacturer": h.maker, "model": n}).id()
	s.want(201, "POST", templates, object{"module_type": kind, "name": "mod{module}/0", "type": "10gbase-t", "label": "L{module}"})
	s.want(201, "POST", "/api/dcim/power-port-templates/", object{"module_type": kind, "name": "PSU{module}"})
	s.want(201, "POST", "/api/dcim/module-bay-templates/", object{"module_type": kind, "name": "Sub {module}", "position": "{module}a"})
	s.fault(s.send("POST", "/api/dcim/module-types/", object{"manufacturer": h.maker, "model": n}), 400,
		`{"__all__":["Module type with this Manufacturer and Model already exists."]}`)
	into := func(device, bay int, more object) object {
		out := object{"device": device, "module_bay": bay, "module_type": kind}
		for k, v := range more {
			out[k] = v
		}
		return out
	}
	s.fault(s.send("POST", modules, into(d, bare, nil)), 400,
		`{"__all__":["Cannot install module with placeholder values in a module bay with no position defined."]}`)
	s.fault(s.send("POST", modules, into(other, bay, nil)), 400,
		`{"__all__":["Module must be installed within a module bay belonging to the assigned device (`+n+`o)."]}`)
	hers := s.create(interfaces, object{"device": d, "name": "mod7/0", "type": "other"}).id()
	s.fault(s.send("POST", modules, into(d, bay, nil)), 400, `{"__all__":["A Interface named mod7/0 already exists"]}`)
	m := s.create(modules, into(d, bay, object{"adopt_components": true})).id()
	s.equal("adopted", []any{s.get(interfaces, hers).at("module", "id"), s.get(interfaces, hers).at("type", "value")}, []any{m, "other"})
	s.equal("and made", len(s.find("/api/dcim/power-ports/", fmt.Sprintf("device_id=%d&name=PSU7", d))), 1)
	nested := s.find(bays, fmt.Sprintf("device_id=%d&name=Sub+7", d))
	s.equal("its bay", []any{nested[0].at("position"), nested[0].at("module", "id")}, []any{"7a", m})
	full := s.send("POST", modules, into(d, bay, nil))
	s.equal("full", full.status, 400)
	s.create(modules, into(d, third, object{"replicate_components": false}))
	s.equal("nothing came", len(s.find(interfaces, fmt.Sprintf("device_id=%d&name=mod9/0", d))), 0)
	s.want(200, "PATCH", one(interfaces, hers), object{"module": nil})
	s.want(204, "DELETE", one(modules, m), nil)
	s.equal("what was taken off it stays", s.get(interfaces, hers).id(), hers)
	s.want(409, "DELETE", one("/api/dcim/module-types/", kind), nil)
	eighth := s.create(bays, object{"device": d, "name": "bay 8", "position": "8"}).id()
	made := s.create(modules, into(d, eighth, nil)).object()
	s.equal("label", s.find(interfaces, fmt.Sprintf("device_id=%d&name=mod8/0", d))[0].at("label"), "L8")
	s.equal("module", made.at("module_type", "id"), kind)
}

func checkItemTree(s *suite) {
	h := s.hall()
	d := s.create(devices, h.device(s.name())).id()
	const items = "/api/dcim/inventory-items/"
	top := s.create(items, object{"device": d, "name": "top"}).id()
	below := s.create(items, object{"device": d, "name": "below", "parent": top}).id()
	r := s.want(204, "DELETE", one(items, top), nil)
	s.contains("rows", s.rows(r.request()), row("delete", "dcim.inventoryitem", below))
}

func checkPower(s *suite) {
	h := s.hall()
	n := s.name()
	rack := s.create(racks, object{"name": n, "site": h.site}).id()
	location := s.create(locations, object{"name": n, "slug": n, "site": h.site}).id()
	panel := s.create("/api/dcim/power-panels/", object{"name": n + "p", "site": h.site, "location": location}).id()
	feed := s.create("/api/dcim/power-feeds/", object{"name": n + "f", "power_panel": panel, "rack": rack}).object()
	s.equal("feed", []any{feed.at("status", "value"), feed.at("type", "value"), feed.at("supply", "value"), feed.at("phase", "value")},
		[]any{"active", "primary", "ac", "single-phase"})
	s.equal("feeds of the rack", ids(s.find("/api/dcim/power-feeds/", fmt.Sprintf("rack_id=%d", rack))), []int{feed.id()})
	s.blocked(racks, rack, n+"f", feed.id())
	s.blocked(locations, location, n+"p", panel)
	s.blocked("/api/dcim/power-panels/", panel, n+"f", feed.id())
}

func checkCircuit(s *suite) {
	n := s.name()
	site := s.create(sites, object{"name": n, "slug": n}).id()
	provider := s.create("/api/circuits/providers/", object{"name": n, "slug": n}).id()
	kind := s.create("/api/circuits/circuit-types/", object{"name": n, "slug": n}).id()
	circuit := s.create("/api/circuits/circuits/", object{"cid": n, "provider": provider, "type": kind}).id()
	tail := s.create("/api/circuits/circuit-terminations/", object{
		"circuit": circuit, "term_side": "A", "termination_type": "dcim.site", "termination_id": site,
	}).id()
	s.equal("of the site", ids(s.find("/api/circuits/circuit-terminations/", fmt.Sprintf("site_id=%d", site))), []int{tail})
	s.blocked("/api/circuits/providers/", provider, n, circuit)
	r := s.want(204, "DELETE", one(sites, site), nil)
	s.contains("rows", s.rows(r.request()), row("delete", "circuits.circuittermination", tail))
}

func checkVirtualCircuit(s *suite) {
	h := s.hall()
	n := s.name()
	d := s.create(devices, h.device(n)).id()
	v := s.create(interfaces, object{"device": d, "name": "v", "type": "virtual"}).id()
	provider := s.create("/api/circuits/providers/", object{"name": n, "slug": n}).id()
	network := s.create("/api/circuits/provider-networks/", object{"name": n, "provider": provider}).id()
	kind := s.create("/api/circuits/virtual-circuit-types/", object{"name": n, "slug": n}).id()
	circuit := s.create("/api/circuits/virtual-circuits/", object{"cid": n, "provider_network": network, "type": kind}).id()
	tail := s.create("/api/circuits/virtual-circuit-terminations/", object{"virtual_circuit": circuit, "interface": v}).id()
	s.equal("of the interface", ids(s.find("/api/circuits/virtual-circuit-terminations/", fmt.Sprintf("interface_id=%d", v))), []int{tail})
	r := s.want(204, "DELETE", one(devices, d), nil)
	s.contains("rows", s.rows(r.request()), row("delete", "circuits.virtualcircuittermination", tail))
}

func checkFHRP(s *suite) {
	h := s.hall()
	d := s.create(devices, h.device(s.name())).id()
	p := s.portsOf(d)
	group := s.create("/api/ipam/fhrp-groups/", object{"protocol": "vrrp2", "group_id": 10}).id()
	const path = "/api/ipam/fhrp-group-assignments/"
	a := s.create(path, object{"group": group, "interface_type": "dcim.interface", "interface_id": p[0], "priority": 100}).id()
	ip := s.create(addresses, object{"address": "192.0.2.99/24", "assigned_object_type": "ipam.fhrpgroup", "assigned_object_id": group}).id()
	s.equal("of the device", ids(s.find(path, fmt.Sprintf("device_id=%d", d))), []int{a})
	s.equal("counted", s.get(interfaces, p[0])["count_fhrp_groups"], 1)
	r := s.want(204, "DELETE", one(interfaces, p[0]), nil)
	s.contains("rows", s.rows(r.request()), row("delete", "ipam.fhrpgroupassignment", a))
	r = s.want(204, "DELETE", one("/api/ipam/fhrp-groups/", group), nil)
	s.contains("rows", s.rows(r.request()), row("delete", "ipam.ipaddress", ip))
}

func checkL2VPN(s *suite) {
	h := s.hall()
	n := s.name()
	d := s.create(devices, h.device(n)).id()
	p := s.portsOf(d)
	vpn := s.create("/api/vpn/l2vpns/", object{"name": n, "slug": n, "type": "vxlan"}).id()
	const path = "/api/vpn/l2vpn-terminations/"
	e := s.create(path, object{"l2vpn": vpn, "assigned_object_type": "dcim.interface", "assigned_object_id": p[0]}).id()
	s.equal("of the interface", ids(s.find(path, fmt.Sprintf("interface_id=%d", p[0]))), []int{e})
	s.equal("seen from it", s.get(interfaces, p[0]).at("l2vpn_termination", "id"), e)
	r := s.want(204, "DELETE", one(devices, d), nil)
	s.contains("rows", s.rows(r.request()), row("delete", "vpn.l2vpntermination", e))
}

func checkWirelessLAN(s *suite) {
	n := s.name()
	site := s.create(sites, object{"name": n, "slug": n}).id()
	lan := s.create("/api/wireless/wireless-lans/", object{"ssid": n, "scope_type": "dcim.site", "scope_id": site}).id()
	s.equal("of the site", ids(s.find("/api/wireless/wireless-lans/", fmt.Sprintf("site_id=%d", site))), []int{lan})
	r := s.want(204, "DELETE", one(sites, site), nil)
	s.contains("rows", s.rows(r.request()), row("delete", "wireless.wirelesslan", lan))
}

func checkService(s *suite) {
	h := s.hall()
	d := s.create(devices, h.device(s.name())).id()
	body := object{"name": "ssh", "protocol": "tcp", "ports": []int{22}, "parent_object_type": "dcim.device", "parent_object_id": d}
	if s.release <= 2 {
		body = object{"name": "ssh", "protocol": "tcp", "ports": []int{22}, "device": d}
	}
	const services = "/api/ipam/services/"
	v := s.create(services, body).object()
	s.equal("ports", v["ports"], []int{22})
	s.equal("of the device", ids(s.find(services, fmt.Sprintf("device_id=%d", d))), []int{v.id()})
	r := s.want(204, "DELETE", one(devices, d), nil)
	s.contains("rows", s.rows(r.request()), row("delete", "ipam.service", v.id()))
}

func checkVRF(s *suite) {
	h := s.hall()
	n := s.name()
	p := s.portsOf(s.create(devices, h.device(n)).id())
	vrf := s.create("/api/ipam/vrfs/", object{"name": n}).id()
	before := s.want(200, "PATCH", one(interfaces, p[0]), object{"vrf": vrf}).object()
	ip := s.create(addresses, object{"address": "192.0.2.98/24", "vrf": vrf}).id()
	s.blocked("/api/ipam/vrfs/", vrf, "192.0.2.98/24", ip)
	s.want(204, "DELETE", one(addresses, ip), nil)
	r := s.want(204, "DELETE", one("/api/ipam/vrfs/", vrf), nil)
	s.contains("rows", s.rows(r.request()), row("update", "dcim.interface", p[0]))
	after := s.get(interfaces, p[0])
	s.equal("emptied and dated", []any{after["vrf"], after["last_updated"] != before["last_updated"]}, []any{nil, true})
}
