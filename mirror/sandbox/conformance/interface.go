package conformance

import "fmt"

func interfaceChecks() []check {
	return []check{
		{name: "interface/own MAC address", since: 7, run: checkOwnMAC},
		{name: "interface/name", run: checkInterfaceName},
		{name: "interface/type", run: checkInterfaceType},
		{name: "interface/kin", run: checkKin},
		{name: "interface/order", run: checkInterfaceOrder},
		{name: "interface/parent deletion", run: checkParentDeletion},
	}
}

func checkInterfaceName(s *suite) {
	h := s.hall()
	a, b, _, pb := s.pair(h)
	s.fault(s.send("POST", interfaces, object{"device": a, "name": "eth0", "type": "virtual"}), 400,
		`{"__all__":["Interface with this Device and Name already exists."]}`)
	s.want(201, "POST", interfaces, object{"device": a, "name": "ETH0", "type": "virtual"})
	s.mention(s.send("PATCH", one(interfaces, pb[0]), object{"device": a, "name": "z"}), 400,
		"Components cannot be moved to a different device.")
	s.equal("ports of b", len(s.portsOf(b)), ports)
	s.mention(s.send("POST", interfaces, object{"device": a, "name": fmt.Sprintf("%065d", 1), "type": "virtual"}), 400,
		"Ensure this field has no more than 64 characters.")
}

func checkInterfaceType(s *suite) {
	h := s.hall()
	d := s.create(devices, h.device(s.name())).id()
	s.fault(s.send("POST", interfaces, object{"device": d, "name": "x", "type": "nope"}), 400, `{"type":["nope is not a valid choice."]}`)
	for i, kind := range []string{"1000base-t", "100gbase-x-qsfp28", "400gbase-x-osfp", "800gbase-x-osfp", "25gbase-x-sfp28", "lag",
		"virtual", "bridge", "other", "infiniband-ndr"} {
		s.want(201, "POST", interfaces, object{"device": d, "name": fmt.Sprintf("x%d", i), "type": kind})
	}
	fresh := s.send("POST", interfaces, object{"device": d, "name": "y", "type": "1.6tbase-x-osfp1600"}).status
	want := 400
	if s.release >= 5 {
		want = 201
	}
	s.equal("1.6T", fresh, want)
}

func checkKin(s *suite) {
	h := s.hall()
	a, _, pa, pb := s.pair(h)
	r := s.send("POST", interfaces, object{"device": a, "name": "x", "type": "10gbase-t", "parent": pa[0]})
	if s.release < 7 {
		s.fault(r, 400, `{"parent":["Only virtual interfaces may be assigned to a parent interface."]}`)
	} else {
		s.mention(r, 400, `"parent"`)
	}
	s.mention(s.send("POST", interfaces, object{"device": a, "name": "x", "type": "virtual", "parent": pb[0]}), 400,
		"belongs to a different device")
	sub := s.want(201, "POST", interfaces, object{"device": a, "name": "eth0.1", "type": "virtual", "parent": pa[0]}).object()
	s.equal("parent", sub.at("parent", "id"), pa[0])
	lag := s.want(201, "POST", interfaces, object{"device": a, "name": "lag", "type": "lag"}).id()
	o := s.want(200, "PATCH", one(interfaces, pa[1]), object{"lag": lag, "mtu": 9000, "description": "d", "enabled": false}).object()
	s.equal("member", []any{o.at("lag", "id"), o["mtu"], o["description"], o["enabled"]}, []any{lag, 9000, "d", false})
	r = s.want(204, "DELETE", one(interfaces, lag), nil)
	s.equal("member after", s.get(interfaces, pa[1])["lag"], nil)
	s.contains("rows", s.rows(r.request()), row("update", "dcim.interface", pa[1]))
}

func checkInterfaceOrder(s *suite) {
	h := s.hall()
	d := s.create(devices, h.device(s.name())).id()
	for _, name := range []string{"eth10", "eth9"} {
		s.want(201, "POST", interfaces, object{"device": d, "name": name, "type": "virtual"})
	}
	var names []any
	for _, o := range s.find(interfaces, fmt.Sprintf("device_id=%d", d)) {
		names = append(names, o["name"])
	}
	s.equal("order", names, []any{"eth0", "eth1", "eth2", "eth9", "eth10"})
}

func checkParentDeletion(s *suite) {
	h := s.hall()
	d := s.create(devices, h.device(s.name())).id()
	p := s.portsOf(d)
	sub := s.want(201, "POST", interfaces, object{"device": d, "name": "eth0.1", "type": "virtual", "parent": p[0]}).id()
	s.fault(s.send("DELETE", one(interfaces, p[0]), nil), 409,
		fmt.Sprintf(`{"detail":"Unable to delete object. 1 dependent objects were found: eth0.1 (%d)"}`, sub))
	s.want(204, "DELETE", interfaces, []object{{"id": p[0]}, {"id": sub}})
	sub = s.want(201, "POST", interfaces, object{"device": d, "name": "eth1.1", "type": "virtual", "parent": p[1]}).id()
	s.want(204, "DELETE", one(devices, d), nil)
	s.equal("child", s.send("GET", one(interfaces, sub), nil).status, 404)
}

// checkOwnMAC writes an interface's address beside its other fields.
func checkOwnMAC(s *suite) {
	h := s.hall()
	d := s.create(devices, h.device(s.name())).id()
	p := one(interfaces, s.portsOf(d)[0])
	s.fault(s.send("PATCH", p, object{"mac_address": "x"}), 400, `{"mac_address":["Enter a valid MAC address (e.g. 00:11:22:33:44:55)."]}`)
	r := s.want(200, "PATCH", p, object{"mac_address": "00:11:22:aa:bb:01"})
	s.equal("address", []any{r.object()["mac_address"], len(r.object()["mac_addresses"].([]any))}, []any{"00:11:22:AA:BB:01", 1})
	mac, _ := r.object().at("primary_mac_address", "id").(float64)
	s.equal("rows", s.rows(r.request()), []string{row("create", "dcim.macaddress", int(mac)), row("update", "dcim.interface", r.id())})
	r = s.want(200, "PATCH", p, object{"mac_address": nil})
	s.equal("none", []any{r.object()["mac_address"], len(r.object()["mac_addresses"].([]any))}, []any{nil, 1})
	s.equal("rows", s.rows(r.request()), []string{row("update", "dcim.interface", r.id())})
	made := s.create(interfaces, object{"device": d, "name": "m", "type": "other", "mac_address": "00:11:22:aa:bb:02"})
	s.equal("made with it", made.object()["mac_address"], "00:11:22:AA:BB:02")
}
