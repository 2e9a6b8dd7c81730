package conformance

import "fmt"

// What refers to devices, interfaces, racks and sites, and what becomes of it.
func referrerChecks() []check {
	return []check{
		{name: "referrer/virtual chassis", run: checkChassis},
		{name: "referrer/virtual device context", run: checkContext},
		{name: "referrer/virtual machine", run: checkMachine},
		{name: "referrer/wireless link", run: checkWireless},
		{name: "referrer/tunnel", run: checkTunnel},
		{name: "referrer/MAC address", run: checkMAC},
		{name: "referrer/device bay", run: checkBay},
		{name: "referrer/inventory item", run: checkItem},
		{name: "referrer/contact", run: checkContact},
		{name: "referrer/VLAN", run: checkVLAN},
		{name: "referrer/rack reservation", run: checkReservation},
		{name: "referrer/scope", run: checkScope},
		{name: "referrer/site", run: checkSiteDelete},
	}
}

const (
	chassis  = "/api/dcim/virtual-chassis/"
	macs     = "/api/dcim/mac-addresses/"
	bays     = "/api/dcim/device-bays/"
	vlans    = "/api/ipam/vlans/"
	machines = "/api/virtualization/virtual-machines/"
	wireless = "/api/wireless/wireless-links/"
)

// blocked expects the deletion of an object to fail for the sake of another.
func (s *suite) blocked(path string, id int, by string, byID int) {
	s.Helper()
	s.fault(s.send("DELETE", one(path, id), nil), 409,
		fmt.Sprintf(`{"detail":"Unable to delete object. 1 dependent objects were found: %s (%d)"}`, by, byID))
}

func checkChassis(s *suite) {
	h := s.hall()
	n := s.name()
	d := s.create(devices, h.device(n+"-a")).id()
	other := s.create(devices, h.device(n+"-b")).id()
	r := s.create(chassis, object{"name": n, "master": d})
	s.equal("rows", s.rows(r.request()), []string{row("create", "dcim.virtualchassis", r.id()), row("update", "dcim.device", d)})
	o := s.get(devices, d)
	s.equal("master", []any{o.at("virtual_chassis", "id"), o["vc_position"]}, []any{r.id(), 1})
	s.equal("by master", ids(s.find(chassis, fmt.Sprintf("master_id=%d", d))), []int{r.id()})
	s.blocked(devices, d, n, r.id())
	s.mention(s.send("PATCH", one(devices, other), object{"virtual_chassis": r.id()}), 400,
		`{"vc_position":["A device assigned to a virtual chassis must have its position defined."]}`)
	s.want(200, "PATCH", one(devices, other), object{"virtual_chassis": r.id(), "vc_position": 2})
	s.equal("members", s.get(chassis, r.id())["member_count"], 2)
	s.mention(s.send("PATCH", one(devices, d), object{"virtual_chassis": nil}), 400, "Device cannot be removed from virtual chassis")
	ports := s.portsOf(d)
	far := s.portsOf(other)
	lag := s.want(201, "POST", interfaces, object{"device": d, "name": "lag", "type": "lag"}).id()
	s.equal("lag across", s.want(200, "PATCH", one(interfaces, far[0]), object{"lag": lag}).object().at("lag", "id"), lag)
	s.want(200, "PATCH", one(interfaces, far[0]), object{"lag": nil})
	stranger := s.portsOf(s.create(devices, h.device(n+"-c")).id())
	s.mention(s.send("PATCH", one(interfaces, ports[0]), object{"bridge": stranger[0]}), 400, "is not part of virtual chassis")
	r = s.want(204, "DELETE", one(chassis, r.id()), nil)
	s.contains("rows", s.rows(r.request()), row("update", "dcim.device", other))
	after := s.get(devices, other)
	s.equal("afterwards", []any{after["virtual_chassis"], after["vc_position"]}, []any{nil, nil})
}

func checkContext(s *suite) {
	h := s.hall()
	n := s.name()
	d := s.create(devices, h.device(n)).id()
	const contexts = "/api/dcim/virtual-device-contexts/"
	c := s.create(contexts, object{"name": n + "x", "device": d, "status": "active", "identifier": 1}).id()
	s.equal("of the device", ids(s.find(contexts, fmt.Sprintf("device_id=%d", d))), []int{c})
	s.blocked(devices, d, n+"x", c)
}

func checkMachine(s *suite) {
	h := s.hall()
	n := s.name()
	kind := s.create("/api/virtualization/cluster-types/", object{"name": n, "slug": n}).id()
	cluster := s.create("/api/virtualization/clusters/", object{"name": n, "type": kind}).id()
	d := s.create(devices, h.device(n, "cluster", cluster)).id()
	m := s.create(machines, object{"name": n + "x", "cluster": cluster, "device": d}).id()
	s.equal("of the device", ids(s.find(machines, fmt.Sprintf("device_id=%d", d))), []int{m})
	s.blocked(devices, d, n+"x", m)
	s.mention(s.send("POST", machines, object{"name": n + "X", "cluster": cluster}), 400, "Virtual machine name must be unique per cluster")
	s.want(204, "DELETE", one(machines, m), nil)
	s.want(204, "DELETE", one("/api/virtualization/clusters/", cluster), nil)
	s.equal("cluster of the device", s.get(devices, d)["cluster"], nil)
}

func checkWireless(s *suite) {
	h := s.hall()
	a, b, pa, _ := s.pair(h)
	w1 := s.create(interfaces, object{"device": a, "name": "w", "type": "ieee802.11ac"}).id()
	w2 := s.create(interfaces, object{"device": b, "name": "w", "type": "ieee802.11ac"}).id()
	s.mention(s.send("POST", wireless, object{"interface_a": pa[0], "interface_b": w2}), 400, "10GBASE-T (10GE) is not a wireless interface.")
	n := s.name()
	l := s.create(wireless, object{"interface_a": w1, "interface_b": w2, "ssid": n}).id()
	s.equal("by interface", ids(s.find(wireless, fmt.Sprintf("interface_a_id=%d", w1))), []int{l})
	s.blocked(devices, a, n, l)
	s.blocked(interfaces, w2, n, l)
}

func checkTunnel(s *suite) {
	h := s.hall()
	a, _, pa, pb := s.pair(h)
	n := s.name()
	ip := s.create(addresses, object{"address": "192.0.2.7/24", "assigned_object_type": "dcim.interface", "assigned_object_id": pa[0]}).id()
	tunnel := s.create("/api/vpn/tunnels/", object{"name": n, "status": "active", "encapsulation": "gre"}).id()
	const tails = "/api/vpn/tunnel-terminations/"
	e := s.create(tails, object{"tunnel": tunnel, "role": "peer", "termination_type": "dcim.interface", "termination_id": pb[0],
		"outside_ip": ip}).id()
	s.equal("by address", ids(s.find(tails, fmt.Sprintf("outside_ip_id=%d", ip))), []int{e})
	s.equal("by interface", ids(s.find(tails, fmt.Sprintf("interface_id=%d", pb[0]))), []int{e})
	s.blocked(devices, a, fmt.Sprintf("%s: Termination %d", n, e), e)
	r := s.want(204, "DELETE", one(interfaces, pb[0]), nil)
	s.contains("rows", s.rows(r.request()), row("delete", "vpn.tunneltermination", e))
	s.want(204, "DELETE", one(devices, a), nil)
}

func checkMAC(s *suite) {
	h := s.hall()
	d := s.create(devices, h.device(s.name())).id()
	p := s.portsOf(d)
	r := s.create(macs, object{"mac_address": "00:11:22:aa:bb:cc", "assigned_object_type": "dcim.interface", "assigned_object_id": p[0]})
	s.equal("address", []any{r.object()["mac_address"], r.object().at("assigned_object", "id")}, []any{"00:11:22:AA:BB:CC", p[0]})
	s.equal("not the primary one", []any{s.get(interfaces, p[0])["mac_address"],
		len(s.get(interfaces, p[0])["mac_addresses"].([]any))}, []any{nil, 1})
	o := s.want(200, "PATCH", one(interfaces, p[0]), object{"primary_mac_address": r.id()}).object()
	s.equal("primary", []any{o["mac_address"], o.at("primary_mac_address", "id")}, []any{"00:11:22:AA:BB:CC", r.id()})
	s.mention(s.send("PATCH", one(macs, r.id()), object{"assigned_object_id": p[1]}), 400,
		"Cannot reassign MAC Address while it is designated as the primary MAC")
	s.mention(s.send("POST", macs, object{"mac_address": "nonsense"}), 400, `"mac_address"`)
	s.equal("of the device", ids(s.find(macs, fmt.Sprintf("device_id=%d", d))), []int{r.id()})
	gone := s.want(204, "DELETE", one(macs, r.id()), nil)
	after := s.get(interfaces, p[0])
	s.equal("rows", s.rows(gone.request()), []string{row("delete", "dcim.macaddress", r.id())})
	s.equal("interface", []any{after["mac_address"], after["last_updated"]}, []any{nil, o["last_updated"]})
	m := s.create(macs, object{"mac_address": "00:11:22:aa:bb:cd", "assigned_object_type": "dcim.interface", "assigned_object_id": p[0]}).id()
	gone = s.want(204, "DELETE", one(devices, d), nil)
	s.contains("rows", s.rows(gone.request()), row("delete", "dcim.macaddress", m))
	s.equal("goes with the device", s.send("GET", one(macs, m), nil).status, 404)
}

func checkBay(s *suite) {
	h := s.hall()
	n := s.name()
	parent := s.create(types, object{"manufacturer": h.maker, "model": n + "p", "slug": n + "p", "subdevice_role": "parent"}).id()
	child := s.create(types, object{"manufacturer": h.maker, "model": n + "c", "slug": n + "c", "subdevice_role": "child",
		"u_height": 0}).id()
	d := s.create(devices, h.device(n, "device_type", parent)).id()
	c := s.create(devices, h.device(n+"c", "device_type", child)).id()
	plain := s.create(devices, h.device(n+"x")).id()
	s.mention(s.send("POST", bays, object{"device": plain, "name": "b"}), 400, "does not support device bays.")
	bay := s.create(bays, object{"device": d, "name": "b", "installed_device": c}).object()
	s.equal("parent", s.get(devices, c).at("parent_device", "id"), d)
	s.equal("by child", ids(s.find(bays, fmt.Sprintf("installed_device_id=%d", c))), []int{bay.id()})
	s.mention(s.send("POST", bays, object{"device": d, "name": "b2", "installed_device": c}), 400, "device is already installed in b.")
	r := s.want(204, "DELETE", one(devices, c), nil)
	after := s.get(bays, bay.id())
	s.equal("emptied without a trace", []any{after["installed_device"], after["last_updated"]}, []any{nil, bay["last_updated"]})
	s.lacks("rows", s.rows(r.request()), row("update", "dcim.devicebay", bay.id()))
	r = s.want(204, "DELETE", one(devices, d), nil)
	s.contains("rows", s.rows(r.request()), row("delete", "dcim.devicebay", bay.id()))
}

func checkItem(s *suite) {
	h := s.hall()
	d := s.create(devices, h.device(s.name())).id()
	p := s.portsOf(d)
	const items = "/api/dcim/inventory-items/"
	i := s.create(items, object{"device": d, "name": "optic", "component_type": "dcim.interface", "component_id": p[0]}).id()
	s.equal("of the device", ids(s.find(items, fmt.Sprintf("device_id=%d", d))), []int{i})
	r := s.want(204, "DELETE", one(interfaces, p[0]), nil)
	s.contains("rows", s.rows(r.request()), row("delete", "dcim.inventoryitem", i))
	s.equal("goes with the interface", s.send("GET", one(items, i), nil).status, 404)
}

func checkContact(s *suite) {
	h := s.hall()
	n := s.name()
	d := s.create(devices, h.device(n)).id()
	role := s.create("/api/tenancy/contact-roles/", object{"name": n, "slug": n}).id()
	who := s.create("/api/tenancy/contacts/", object{"name": n}).id()
	const contacts = "/api/tenancy/contact-assignments/"
	a := s.create(contacts, object{"object_type": "dcim.device", "object_id": d, "contact": who, "role": role}).id()
	s.equal("of the device", ids(s.find(contacts, fmt.Sprintf("object_type=dcim.device&object_id=%d", d))), []int{a})
	s.want(204, "DELETE", one(devices, d), nil)
	s.equal("goes with the device", s.send("GET", one(contacts, a), nil).status, 404)
}

func checkVLAN(s *suite) {
	h := s.hall()
	n := s.name()
	d := s.create(devices, h.device(n)).id()
	p := s.portsOf(d)
	a := s.create(vlans, object{"vid": 10, "name": n + "a", "site": h.site}).id()
	b := s.create(vlans, object{"vid": 11, "name": n + "b"}).id()
	s.mention(s.send("PATCH", one(interfaces, p[0]), object{"untagged_vlan": a}), 400, "Interface mode does not support untagged vlan")
	s.mention(s.send("PATCH", one(interfaces, p[0]), object{"mode": "access", "tagged_vlans": []int{b}}), 400,
		"Interface mode does not support tagged vlans")
	s.want(200, "PATCH", one(interfaces, p[1]), object{"mode": "access", "untagged_vlan": a})
	o := s.want(200, "PATCH", one(interfaces, p[0]), object{"mode": "tagged", "tagged_vlans": []int{b}}).object()
	s.equal("tagged", o["tagged_vlans"].([]any)[0].(map[string]any)["vid"], 11)
	elsewhere := s.hall()
	far := s.create(vlans, object{"vid": 12, "name": n + "c", "site": elsewhere.site}).id()
	s.mention(s.send("PATCH", one(interfaces, p[1]), object{"untagged_vlan": far}), 400,
		"must belong to the same site as the interface's parent device")
	r := s.want(204, "DELETE", one(vlans, b), nil)
	s.contains("tagged: rows", s.rows(r.request()), row("update", "dcim.interface", p[0]))
	after := s.get(interfaces, p[0])
	s.equal("tagged: not dated", []any{after["tagged_vlans"], after["last_updated"]}, []any{[]any{}, o["last_updated"]})
	before := s.get(interfaces, p[1])
	r = s.want(204, "DELETE", one(vlans, a), nil)
	s.contains("untagged: rows", s.rows(r.request()), row("update", "dcim.interface", p[1]))
	after = s.get(interfaces, p[1])
	s.equal("untagged: dated", []any{after["untagged_vlan"], after["last_updated"] != before["last_updated"]}, []any{nil, true})
}

func checkReservation(s *suite) {
	h := s.hall()
	n := s.name()
	rack := s.create(racks, object{"name": n, "site": h.site, "u_height": 10}).id()
	user := s.rowsOf(s.create(sites, object{"name": n, "slug": n}).request())[0].at("user", "id")
	const reservations = "/api/dcim/rack-reservations/"
	body := object{"rack": rack, "units": []int{1, 2}, "user": user, "description": "d"}
	r := s.create(reservations, body).id()
	body["units"] = []int{2, 3}
	s.mention(s.send("POST", reservations, body), 400, "The following units have already been reserved: 2")
	body["units"] = []int{99}
	s.mention(s.send("POST", reservations, body), 400, "Invalid unit(s) for 10U rack: 99")
	gone := s.want(204, "DELETE", one(racks, rack), nil)
	s.contains("rows", s.rows(gone.request()), row("delete", "dcim.rackreservation", r))
}

func checkScope(s *suite) {
	n := s.name()
	site := s.create(sites, object{"name": n, "slug": n}).id()
	p := s.create(prefixes, object{"prefix": "198.51.100.0/24", "scope_type": "dcim.site", "scope_id": site}).id()
	g := s.create("/api/ipam/vlan-groups/", object{"name": n, "slug": n, "scope_type": "dcim.site", "scope_id": site}).id()
	s.equal("prefixes of the site", ids(s.find(prefixes, fmt.Sprintf("site_id=%d", site))), []int{p})
	r := s.want(204, "DELETE", one(sites, site), nil)
	got := s.rows(r.request())
	s.contains("rows", got, row("delete", "ipam.prefix", p))
	s.contains("rows", got, row("delete", "ipam.vlangroup", g))
}

func checkSiteDelete(s *suite) {
	n := s.name()
	site := s.create(sites, object{"name": n, "slug": n}).id()
	v := s.create(vlans, object{"vid": 10, "name": n + "v", "site": site}).id()
	s.blocked(sites, site, n+"v (10)", v)
	rack := s.create(racks, object{"name": n + "r", "site": site}).id()
	s.mention(s.send("DELETE", one(sites, site), nil), 409, "Unable to delete object. 2 dependent objects were found: ",
		fmt.Sprintf("%sv (10) (%d)", n, v), fmt.Sprintf("%sr (%d)", n, rack))
}
