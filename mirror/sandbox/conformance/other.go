package conformance

import "fmt"

func otherChecks() []check {
	return []check{
		{name: "other/journal entries", run: checkJournal},
		{name: "other/services", run: checkServices},
		{name: "other/what may refer to a device", run: checkReferrers},
		{name: "other/object types", since: 4, run: checkObjectTypes},
		{name: "other/addresses", run: checkAddresses},
		{name: "other/free addresses", run: checkFree},
		{name: "other/trace", run: checkTrace},
		{name: "other/custom links", run: checkCustomLinks},
		{name: "other/saved filters", run: checkSavedFilters},
	}
}

func checkJournal(s *suite) {
	h := s.hall()
	d := s.create(devices, h.device(s.name())).id()
	const journal = "/api/extras/journal-entries/"
	e := s.create(journal, object{"assigned_object_type": "dcim.device", "assigned_object_id": d, "comments": "hello"})
	s.equal("entry", []any{e.object().at("kind", "value"), e.object()["comments"], e.object().at("assigned_object", "id")},
		[]any{"info", "hello", d})
	s.equal("of the device", ids(s.find(journal, fmt.Sprintf("assigned_object_type=dcim.device&assigned_object_id=%d", d))), []int{e.id()})
	s.want(204, "DELETE", one(devices, d), nil)
	s.equal("goes with the device", s.send("GET", one(journal, e.id()), nil).status, 404)
}

func checkServices(s *suite) {
	h := s.hall()
	d := s.create(devices, h.device(s.name())).id()
	const services = "/api/ipam/services/"
	body := object{"name": s.name(), "protocol": "tcp", "ports": []int{80, 443}}
	if s.release <= 2 {
		body["device"] = d
	} else {
		body["parent_object_type"], body["parent_object_id"] = "dcim.device", d
	}
	e := s.create(services, body)
	s.equal("ports", e.object()["ports"], []int{80, 443})
	s.equal("of the device", ids(s.find(services, fmt.Sprintf("device_id=%d", d))), []int{e.id()})
	s.want(204, "DELETE", one(devices, d), nil)
	s.equal("goes with the device", s.send("GET", one(services, e.id()), nil).status, 404)
}

func checkReferrers(s *suite) {
	h := s.hall()
	d := s.create(devices, h.device(s.name())).id()
	p := s.portsOf(d)[0]
	for _, query := range []string{
		"/api/dcim/virtual-chassis/?master_id=%d", "/api/dcim/virtual-device-contexts/?device_id=%d",
		"/api/virtualization/virtual-machines/?device_id=%d", "/api/dcim/modules/?device_id=%d", "/api/dcim/device-bays/?device_id=%d",
		"/api/dcim/inventory-items/?device_id=%d", "/api/dcim/console-ports/?device_id=%d", "/api/dcim/power-ports/?device_id=%d",
		"/api/dcim/front-ports/?device_id=%d", "/api/dcim/rear-ports/?device_id=%d",
		"/api/tenancy/contact-assignments/?object_type=dcim.device&object_id=%d",
		"/api/extras/image-attachments/?object_type=dcim.device&object_id=%d",
	} {
		s.equal(query, s.want(200, "GET", fmt.Sprintf(query, d), nil).object()["count"], 0)
	}
	for _, query := range []string{
		"/api/wireless/wireless-links/?interface_a_id=%d", "/api/dcim/mac-addresses/?interface_id=%d",
		"/api/vpn/l2vpn-terminations/?interface_id=%d", "/api/ipam/ip-addresses/?interface_id=%d",
	} {
		s.equal(query, s.want(200, "GET", fmt.Sprintf(query, p), nil).object()["count"], 0)
	}
}

func checkObjectTypes(s *suite) {
	list := s.find("/api/core/object-types/", "app_label=dcim&model=cabletermination")
	if len(list) != 1 {
		s.Fatalf("object types: %v", list)
	}
	o := list[0]
	s.equal("type", []any{o["app_label"], o["model"], o["model_name"], o["is_plugin_model"]},
		[]any{"dcim", "cabletermination", "cable termination", false})
	o = s.find("/api/core/object-types/", "app_label=dcim&model=device")[0]
	s.equal("endpoint", []any{o["rest_api_endpoint"], o["display"]}, []any{"/api/dcim/devices/", "DCIM > Device"})
}

func checkAddresses(s *suite) {
	h := s.hall()
	d := s.create(devices, h.device(s.name())).id()
	p := s.portsOf(d)
	v6 := s.create(addresses, object{"address": "2001:db8::1/64", "assigned_object_type": "dcim.interface", "assigned_object_id": p[0],
		"dns_name": "a.example"})
	s.equal("address", []any{v6.object()["family"], v6.object()["address"], v6.object()["display"]},
		[]any{object{"value": 6, "label": "IPv6"}, "2001:db8::1/64", "2001:db8::1/64"})
	s.equal("count", s.get(interfaces, p[0])["count_ipaddresses"], 1)
	s.equal("by interface", ids(s.find(addresses, fmt.Sprintf("interface_id=%d", p[0]))), []int{v6.id()})
	if bad := s.send("POST", addresses, object{"address": "nonsense"}); s.release <= 5 {
		s.mention(bad, 500, `'data'`, "KeyError") // its own message trips it up
	} else {
		s.fault(bad, 400, `{"address":["Invalid IP address format: nonsense"]}`)
	}
	r := s.want(204, "DELETE", one(interfaces, p[0]), nil)
	s.contains("rows", s.rows(r.request()), row("delete", "ipam.ipaddress", v6.id()))
	s.equal("goes with the interface", s.send("GET", one(addresses, v6.id()), nil).status, 404)
}

func checkFree(s *suite) {
	p := s.create(prefixes, object{"prefix": "203.0.113.0/29"}).id()
	s.create(addresses, object{"address": "203.0.113.1/29"})
	free := fmt.Sprintf("%s%d/available-ips/", prefixes, p)
	var got []any
	for _, o := range s.want(200, "GET", free+"?limit=2", nil).list() {
		got = append(got, o["address"])
	}
	s.equal("free", got, []any{"203.0.113.2/29", "203.0.113.3/29"})
	taken := s.want(201, "POST", free, object{"description": "a"}).object()
	s.discard(addresses, taken.id())
	s.equal("taken", taken["address"], "203.0.113.2/29")
	many := s.want(201, "POST", free, []object{{}, {}}).list()
	for _, o := range many {
		s.discard(addresses, o.id())
	}
	s.equal("more", []any{many[0]["address"], many[1]["address"]}, []any{"203.0.113.3/29", "203.0.113.4/29"})
	s.fault(s.send("POST", free, []object{{}, {}, {}}), 409, `{"detail":"Insufficient resources are available to satisfy the request"}`)
	s.fault(s.send("POST", free, object{"status": "zz"}), 400, `{"status":["zz is not a valid choice."]}`)
}

func checkTrace(s *suite) {
	h := s.hall()
	_, _, pa, pb := s.pair(h)
	path := fmt.Sprintf("%s%d/trace/", interfaces, pa[0])
	s.equal("free", s.want(200, "GET", path, nil).body, []any{})
	c := s.cable(pa[0], pb[0]).id()
	hops := s.want(200, "GET", path, nil).body.([]any)
	hop := hops[0].([]any)
	end := func(i int) any { return hop[i].([]any)[0].(map[string]any)["id"] }
	cable := hop[1].(map[string]any)
	s.equal("hop", []any{len(hops), end(0), cable["id"], cable["status"], end(2)}, []any{1, pa[0], c, "connected", pb[0]})
}

func checkCustomLinks(s *suite) {
	const links = "/api/extras/custom-links/"
	n := s.name()
	s.fault(s.send("POST", links, object{}), 400, `{"object_types":["This field is required."],"name":["This field is required."],
		"link_text":["This field is required."],"link_url":["This field is required."]}`)
	body := object{"name": n, "object_types": []string{"dcim.rack", "dcim.device"}, "link_text": "{# mine #}{% if object.cf.x %}x{% endif %}",
		"link_url": "https://diet.example.com/{{ object.cf.x|urlencode }}", "group_name": "diet"}
	l := s.create(links, []object{body}).list()[0]
	s.equal("link", []any{l["link_text"], l["link_url"], l["enabled"], l["weight"], l["button_class"], l["new_window"], l["group_name"]},
		[]any{body["link_text"], body["link_url"], true, 100, "default", false, "diet"})
	s.equal("object types", l["object_types"], []string{"dcim.device", "dcim.rack"})
	s.equal("by name", ids(s.find(links, "name="+n)), []int{l.id()})
	s.equal("changed", s.want(200, "PATCH", links, []object{{"id": l.id(), "link_url": "https://b.example.com"}}).list()[0]["link_url"],
		"https://b.example.com")
	s.mention(s.send("POST", links, body), 400, "custom link with this name already exists.")
}

func checkSavedFilters(s *suite) {
	const filters = "/api/extras/saved-filters/"
	n := s.name()
	body := object{"name": n, "slug": n, "object_types": []string{"dcim.site"}, "parameters": object{"name": []string{n + "-b", n + "-c"}}}
	s.fault(s.send("POST", filters, object{"name": n, "slug": n, "object_types": []string{"dcim.site"}, "parameters": []string{"x"}}), 400,
		`{"parameters":["Filter parameters must be stored as a dictionary of keyword arguments."]}`)
	f := s.create(filters, []object{body}).list()[0]
	s.equal("filter", []any{f["enabled"], f["shared"], f["weight"], f["user"], f["description"], f["parameters"], f["object_types"]},
		[]any{true, true, 100, nil, "", body["parameters"], body["object_types"]})
	var made []int
	for _, x := range []string{"-a", "-b", "-c"} {
		made = append(made, s.create(sites, object{"name": n + x, "slug": n + x}).id())
	}
	s.equal("by slug", ids(s.find(sites, "ordering=id&filter="+n)), made[1:])
	s.equal("by id", ids(s.find(sites, fmt.Sprintf("ordering=id&filter_id=%d", f.id()))), made[1:])
	s.equal("and more", ids(s.find(sites, "ordering=id&slug="+n+"-c&filter="+n)), made[2:])
	s.equal("the same parameter again", ids(s.find(sites, "ordering=id&filter="+n+"&name="+n+"-a")), made)
	s.mention(s.send("POST", filters, body), 400, "saved filter with this slug already exists.")
}
