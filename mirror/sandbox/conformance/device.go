package conformance

import "fmt"

func deviceChecks() []check {
	return []check{
		{name: "device/instantiates interfaces", run: checkInstantiation},
		{name: "device/name", run: checkDeviceName},
		{name: "device/site and rack", run: checkDevicePlace},
		{name: "device/takes over", run: checkTakesOver},
		{name: "device/primary address", run: checkPrimary},
		{name: "device/delete", run: checkDeviceDelete},
		{name: "device/delete leaves cables", run: checkDangling},
	}
}

func checkInstantiation(s *suite) {
	h := s.hall()
	bare := s.create(types, object{"manufacturer": h.maker, "model": s.name(), "slug": s.name()}).id()
	r := s.create(devices, h.device(s.name()))
	d := r.id()
	p := s.portsOf(d)
	s.equal("rows", s.rows(r.request()), []string{
		row("create", "dcim.device", d), row("create", "dcim.interface", p[0]),
		row("create", "dcim.interface", p[1]), row("create", "dcim.interface", p[2]),
	})
	o := s.get(interfaces, p[0])
	s.equal("interface", []any{o["name"], o.at("type", "value"), o["enabled"], o["mgmt_only"], o.at("device", "id")},
		[]any{"eth0", "10gbase-t", true, false, d})
	s.equal("count", s.get(devices, d)["interface_count"], ports)
	s.want(200, "PATCH", one(devices, d), object{"device_type": bare})
	s.equal("ports after a change of type", s.portsOf(d), p)
}

func checkDeviceName(s *suite) {
	h := s.hall()
	n := s.name()
	s.create(devices, h.device(n))
	message := "Device name must be unique per site."
	if s.release >= 7 {
		message = "Device name must be unique per site and tenant."
	}
	s.fault(s.send("POST", devices, h.device("CT"+n[2:])), 400, `{"__all__":["`+message+`"]}`)
	other := s.hall()
	s.create(devices, other.device(n))
	tenant := s.create("/api/tenancy/tenants/", object{"name": n, "slug": n}).id()
	s.create(devices, h.device(n, "tenant", tenant))
	again := s.send("POST", devices, h.device(n, "tenant", tenant))
	want := `{"__all__":["Constraint “dcim_device_unique_name_site_tenant” is violated."]}`
	if s.release >= 7 {
		want = `{"__all__":["` + message + `"]}`
	}
	s.fault(again, 400, want)
	s.create(devices, []object{h.device("", "name", nil), h.device("", "name", nil)})
}

func checkDevicePlace(s *suite) {
	h, other := s.hall(), s.hall()
	n := s.name()
	rack := s.create(racks, object{"name": n, "site": other.site}).id()
	siteName := s.get(sites, h.site)["name"]
	s.fault(s.send("POST", devices, h.device(n, "rack", rack)), 400,
		fmt.Sprintf(`{"rack":["Rack %s does not belong to site %s."]}`, n, siteName))
	place := s.create(locations, object{"name": n, "slug": n, "site": other.site}).id()
	s.fault(s.send("POST", devices, h.device(n, "location", place)), 400,
		fmt.Sprintf(`{"location":["Location %s does not belong to site %s."]}`, n, siteName))
	d := s.create(devices, h.device(n)).id()
	s.fault(s.send("PATCH", one(devices, d), object{"position": 1}), 400,
		`{"position":["Cannot select a rack position without assigning a rack."]}`)
	s.fault(s.send("PATCH", one(devices, d), object{"face": "front"}), 400,
		`{"face":["Cannot select a rack face without assigning a rack."]}`)
}

func checkTakesOver(s *suite) {
	h := s.hall()
	n := s.name()
	place := s.create(locations, object{"name": n, "slug": n, "site": h.site}).id()
	rack := s.create(racks, object{"name": n, "site": h.site, "location": place}).id()
	s.want(200, "PATCH", one(types, h.kind), object{"airflow": "front-to-rear"})
	o := s.create(devices, h.device(n, "rack", rack)).object()
	s.equal("location and airflow", []any{o.at("location", "id"), o.at("airflow", "value")}, []any{place, "front-to-rear"})
	o = s.want(200, "PATCH", one(devices, o.id()), object{"location": nil}).object()
	s.equal("location comes back", o.at("location", "id"), place)
}

func checkPrimary(s *suite) {
	h := s.hall()
	a, b, pa, _ := s.pair(h)
	ip := s.create(addresses, object{"address": "192.0.2.1/24", "assigned_object_type": "dcim.interface", "assigned_object_id": pa[0]})
	s.equal("family", ip.object()["family"], object{"value": 4, "label": "IPv4"})
	s.equal("assigned", ip.object().at("assigned_object", "id"), pa[0])
	s.fault(s.send("PATCH", one(devices, b), object{"primary_ip4": ip.id()}), 400,
		`{"primary_ip4":["The specified IP address (192.0.2.1/24) is not assigned to this device."]}`)
	s.fault(s.send("PATCH", one(devices, a), object{"primary_ip6": ip.id()}), 400,
		`{"primary_ip6":["192.0.2.1/24 is not an IPv6 address."]}`)
	o := s.want(200, "PATCH", one(devices, a), object{"primary_ip4": ip.id()}).object()
	s.equal("primary", o.at("primary_ip", "id"), ip.id())
	s.equal("addresses of the device", len(s.find(addresses, fmt.Sprintf("device_id=%d", a))), 1)
	r := s.want(204, "DELETE", one(addresses, ip.id()), nil)
	s.equal("primary afterwards", s.get(devices, a)["primary_ip4"], nil)
	got := s.rows(r.request())
	s.equal("rows", len(got), 2)
}

func checkDeviceDelete(s *suite) {
	h := s.hall()
	d := s.create(devices, h.device(s.name())).id()
	p := s.portsOf(d)
	ip := s.create(addresses, object{"address": "192.0.2.2/24", "assigned_object_type": "dcim.interface", "assigned_object_id": p[1]}).id()
	r := s.want(204, "DELETE", one(devices, d), nil)
	want := []string{
		row("delete", "ipam.ipaddress", ip), row("delete", "dcim.interface", p[0]), row("delete", "dcim.interface", p[1]),
		row("delete", "dcim.interface", p[2]), row("delete", "dcim.device", d),
	}
	if s.release <= 2 {
		want = append(append(want[1:4:4], want[0]), want[4])
	}
	s.equal("rows", s.rows(r.request()), want)
	s.equal("address", s.send("GET", one(addresses, ip), nil).status, 404)
	s.equal("interface", s.send("GET", one(interfaces, p[0]), nil).status, 404)
	for _, o := range s.rowsOf(r.request()) {
		if o["changed_object_type"] == "ipam.ipaddress" {
			s.equal("what was deleted", o.at("prechange_data", "address"), "192.0.2.2/24")
		}
	}
}

func checkDangling(s *suite) {
	h := s.hall()
	a, b, pa, pb := s.pair(h)
	c := s.cable(pa[0], pb[0])
	before := s.get(cables, c.id())
	peer := s.get(interfaces, pb[0])
	cts := ids(s.find(ends, fmt.Sprintf("ordering=id&cable=%d", c.id())))
	r := s.want(204, "DELETE", one(devices, a), nil)
	after := s.get(cables, c.id())
	s.equal("dates of the cable", after["last_updated"], before["last_updated"])
	s.equal("A side", len(after["a_terminations"].([]any)), 0)
	s.equal("B side", len(after["b_terminations"].([]any)), 1)
	got := s.rows(r.request())
	s.contains("rows", got, row("delete", "dcim.cabletermination", cts[0]))
	s.lacks("rows", got, row("update", "dcim.cable", c.id()))
	s.equal("unterminated", ids(s.find(cables, fmt.Sprintf("device_id=%d&unterminated=true", b))), []int{c.id()})
	left := s.get(interfaces, pb[0])
	s.equal("cable at the peer", left.at("cable", "id"), c.id())
	s.equal("peers", left["link_peers"], []any{})
	s.equal("date of the peer", left["last_updated"], peer["last_updated"])
	d := s.create(devices, h.device(s.name())).id()
	p := s.portsOf(d)
	moved := s.want(200, "PATCH", one(cables, c.id()), object{"a_terminations": end(p[0])}).object()
	s.equal("re-terminated", moved["a_terminations"].([]any)[0].(map[string]any)["object_id"], p[0])
}
