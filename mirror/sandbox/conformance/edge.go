package conformance

import (
	"maps"
	"strings"
)

// Odd requests, each with the answer that real servers gave.
func edgeChecks() []check {
	return []check{
		{name: "edge/media type", run: checkMediaType},
		{name: "edge/null bodies", until: 7, run: checkNullBodies},
		{name: "edge/broken bodies", run: checkBrokenBodies},
		{name: "edge/bulk entries", until: 7, run: checkOddEntries},
		{name: "edge/addresses of objects", run: checkOddAddresses},
		{name: "edge/brief and format", run: checkBriefFormat},
		{name: "edge/filters", run: checkOddFilters},
		{name: "edge/fields that do not filter", run: checkUnfiltered},
		{name: "edge/further filters", run: checkFurtherFilters},
		{name: "edge/changelog filters", run: checkOddChangeFilters},
		{name: "edge/values", run: checkOddValues},
		{name: "edge/types", run: checkOddTypes},
		{name: "edge/references", run: checkOddReferences},
		{name: "edge/json values", run: checkOddJSON},
		{name: "edge/faults side by side", run: checkManyFaults},
		{name: "edge/cable ends", run: checkOddEnds},
		{name: "edge/cyclic parents", run: checkCyclicParents},
	}
}

func checkMediaType(s *suite) {
	for _, kind := range []string{"text/plain", "application/x-www-form-urlencoded", ""} {
		s.fault(s.send("POST", sites, raw("{}"), "Content-Type", kind), 415, `{"detail":"Unsupported media type \"`+kind+`\" in request."}`)
	}
	s.equal("with a charset", s.send("POST", sites, raw("{}"), "Content-Type", "application/json; charset=utf-8").status, 400)
}

func checkNullBodies(s *suite) {
	const want = `{"non_field_errors":["No data provided"]}`
	site := s.siteWith(nil).id()
	s.fault(s.send("POST", sites, raw("null")), 400, want)
	s.fault(s.send("PATCH", sites, raw("null")), 400, want)
	s.fault(s.send("DELETE", sites, raw("null")), 400, want)
	s.fault(s.send("PATCH", one(sites, site), raw("null")), 400, want)
	s.fault(s.send("DELETE", sites, nil), 400, `{"non_field_errors":["Expected a list of items but got type \"dict\"."]}`)
	s.fault(s.send("POST", sites, raw(`"x"`)), 400, `{"non_field_errors":["Invalid data. Expected a dictionary, but got str."]}`)
}

func checkBrokenBodies(s *suite) {
	s.fault(s.send("POST", sites, raw(`{} x`)), 400, `{"detail":"JSON parse error - Extra data: line 1 column 4 (char 3)"}`)
	s.mention(s.send("POST", sites, raw(`{"latitude": NaN}`)), 400, "JSON parse error")
}

func checkOddEntries(s *suite) {
	site := s.siteWith(nil).id()
	for _, method := range []string{"PATCH", "DELETE"} {
		s.fault(s.send(method, sites, raw(`[{"id":null}]`)), 400, `[{"id":["This field may not be null."]}]`)
		s.fault(s.send(method, sites, []any{object{"id": site}, nil}), 400, `[{},["This field may not be null."]]`)
		s.fault(s.send(method, sites, raw(`[{"id":"abc"}]`)), 400, `[{"id":["A valid integer is required."]}]`)
		s.fault(s.send(method, sites, raw(`["x"]`)), 400, `[{"non_field_errors":["Invalid data. Expected a dictionary, but got str."]}]`)
	}
}

func checkOddAddresses(s *suite) {
	s.fault(s.send("GET", sites+"abc/", nil), 404, `{"detail":"Not found."}`)
	s.fault(s.send("GET", sites+"0/", nil), 404, `{"detail":"No Site matches the given query."}`)
	s.fault(s.send("GET", changes+"0/", nil), 404, `{"detail":"No ObjectChange matches the given query."}`)
	s.equal("below an object", s.send("GET", sites+"1/nonsense/", nil).status, 404)
}

func checkBriefFormat(s *suite) {
	n := s.siteWith(nil).object()["name"].(string)
	for _, value := range []string{"1", "true", "0", "false"} {
		s.equal("brief="+value, len(s.find(sites, "name="+n+"&brief="+value)[0]), 6)
	}
	s.fault(s.send("GET", sites+"?format=xml", nil), 404, `{"detail":"Not found."}`)
}

func checkOddFilters(s *suite) {
	bad := func(path, query, want string) {
		s.Helper()
		s.fault(s.send("GET", path+"?"+query, nil), 400, want)
	}
	bad(sites, "id=1,2,3", `{"id":["Enter a whole number."]}`)
	bad(sites, "tenant_id=", `{"tenant_id":["“” is not a valid value."]}`)
	bad(devices, "site_id=abc", `{"site_id":["“abc” is not a valid value."]}`)
	bad(devices, "site_id=2147480000", `{"site_id":["Select a valid choice. 2147480000 is not one of the available choices."]}`)
	bad(sites, "created_by_request=x", `{"created_by_request":["Enter a valid UUID."]}`)
	bad(sites, "status=nope", `{"status":["Select a valid choice. nope is not one of the available choices."]}`)
	bad(sites, "last_updated__gte=nope", `{"last_updated__gte":["Enter a valid date/time."]}`)
	n := s.siteWith(nil).object()["name"].(string)
	for _, query := range []string{"name__foo=x", "id__in=1", "status__gte=x", "name="} {
		s.equal(query+" is ignored", len(s.find(sites, "slug="+n+"&"+query)), 1)
	}
}

func checkOddChangeFilters(s *suite) {
	bad := func(query, field, message string) {
		s.Helper()
		s.fault(s.send("GET", changes+"?"+query, nil), 400, text(object{field: []string{message}}))
	}
	bad("time_after=x", "time", "Enter a valid date/time.")
	bad("request_id=x", "request_id", "Enter a valid UUID.")
	bad("user_id=abc", "user_id", "“abc” is not a valid value.")
	bad("user=nobody-nope", "user", "Select a valid choice. nobody-nope is not one of the available choices.")
	bad("action=nope", "action", "Select a valid choice. nope is not one of the available choices.")
	bad("changed_object_id=abc", "changed_object_id", "Enter a whole number.")
	bad("changed_object_type_id=2147480000", "changed_object_type_id",
		"Select a valid choice. 2147480000 is not one of the available choices.")
}

func checkOddValues(s *suite) {
	h := s.hall()
	site, d := one(sites, h.site), one(devices, s.create(devices, h.device(s.name())).id())
	port := one(interfaces, s.portsOf(s.find(devices, "site_id="+text(h.site))[0].id())[0])
	bad := func(path string, body object, want string) {
		s.Helper()
		s.fault(s.send("PATCH", path, body), 400, want)
	}
	bad(site, object{"name": "a\x00b"}, `{"name":["Null characters are not allowed."]}`)
	if s.release >= 4 { // before, nothing bounds it
		bad(site, object{"latitude": 91}, `{"latitude":["Ensure this value is less than or equal to 90.0."]}`)
	}
	bad(site, object{"status": nil}, `{"status":["This field may not be blank."]}`)
	bad(site, object{"time_zone": "nope"}, `{"time_zone":["A valid timezone is required."]}`)
	s.equal("time zone", s.want(200, "PATCH", site, object{"time_zone": "Europe/Berlin"}).object()["time_zone"], "Europe/Berlin")
	bad(site, object{"tags": nil}, `{"tags":["This field may not be null."]}`)
	bad(site, object{"tags": []any{nil}}, s.choose(`{"tags":[["This field may not be null."]]}`,
		`{"tags":{"0":["This field may not be null."]}}`))
	s.fault(s.send("PATCH", site, object{"tags": []any{object{"slug": "nope-nope"}, nil}}), 400,
		`{"tags":["Related object not found using the provided attributes: {'slug': 'nope-nope'}"]}`)
	bad(d, object{"position": 0}, `{"position":["Ensure this value is greater than or equal to 0.5."]}`)
	bad(d, object{"local_context_data": []int{1}}, `{"local_context_data":["JSON data must be in object form. Example: {\"foo\": 123}"]}`)
	bad(port, object{"type": nil}, `{"type":["This field may not be blank."]}`)
	bad(port, object{"wwn": "x"}, `{"wwn":["Invalid WWN format: x"]}`)
	bad(port, object{"poe_type": "type1-ieee802.3af"}, `{"poe_type":["Must specify PoE mode when designating a PoE type."]}`)
}

// checkOddTypes posts device types and templates of components that no release takes.
func checkOddTypes(s *suite) {
	h := s.hall()
	n := s.name()
	bad := func(path string, body object, want string) {
		s.Helper()
		s.fault(s.send("POST", path, body), 400, want)
	}
	bad(types, object{"manufacturer": h.maker, "model": n + "c", "slug": n + "c", "subdevice_role": "child"},
		`{"u_height":["Child device types must be 0U."]}`)
	typ := s.create(types, object{"manufacturer": h.maker, "model": n, "slug": n}).id()
	of := func(name string, more object) object {
		body := object{"device_type": typ, "name": name}
		maps.Copy(body, more)
		return body
	}
	const templates = "/api/dcim/interface-templates/"
	bad(templates, of("a", object{"type": "1000base-t", "poe_type": "type1-ieee802.3af"}),
		`{"poe_type":["Must specify PoE mode when designating a PoE type."]}`)
	bad(templates, of("a", object{"type": "virtual", "poe_mode": "pd"}), `{"poe_mode":["Virtual interfaces cannot have a PoE mode."]}`)
	bad(templates, of("a", object{"type": "1000base-t", "rf_role": "ap"}),
		`{"rf_role":["Wireless role may be set only on wireless interfaces."]}`)
	bad("/api/dcim/power-port-templates/", of("p", object{"maximum_draw": 100, "allocated_draw": 200}),
		`{"allocated_draw":["Allocated draw cannot exceed the maximum draw (100W)."]}`)
	if s.release < 5 {
		return // a front port was mapped by fields of its own
	}
	const fronts = "/api/dcim/front-port-templates/"
	rear := s.create("/api/dcim/rear-port-templates/", of("r", object{"type": "lc"})).id()
	front := func(name string) object {
		return of(name, object{"type": "lc", "rear_ports": []object{{"position": 1, "rear_port": rear, "rear_port_position": 1}}})
	}
	s.create(fronts, front("f1"))
	bad(fronts, front("f2"), s.choose(
		`{"rear_ports":[{"non_field_errors":["The fields rear_port, rear_port_position must make a unique set."]}]}`,
		`{"rear_ports":{"0":{"__all__":["The fields rear_port, rear_port_position must make a unique set."]}}}`,
	))
}

func checkOddReferences(s *suite) {
	h := s.hall()
	site := one(sites, h.site)
	port := one(interfaces, s.portsOf(s.create(devices, h.device(s.name())).id())[0])
	bad := func(path string, body object, want string) {
		s.Helper()
		s.fault(s.send("PATCH", path, body), 400, want)
	}
	bad(site, object{"region": 0}, `{"region":["Related object not found using the provided numeric ID: 0"]}`)
	bad(site, object{"region": []int{}}, `{"region":["Related objects must be referenced by numeric ID or by dictionary of attributes. `+
		`Received an unrecognized value: []"]}`)
	s.mention(s.send("PATCH", site, object{"region": object{"foo": 1}}), 400, "Cannot resolve keyword 'foo' into field. Choices are: ")
	bad(site, object{"asns": []int{2147480000}}, `{"asns":["Invalid pk \"2147480000\" - object does not exist."]}`)
	bad(port, object{"vrf": 2147480000}, `{"vrf":["Related object not found using the provided numeric ID: 2147480000"]}`)
	bad(port, object{"vdcs": []int{2147480000}}, `{"vdcs":["Invalid pk \"2147480000\" - object does not exist."]}`)
	bad(port, object{"wireless_lans": []int{2147480000}}, `{"wireless_lans":["Invalid pk \"2147480000\" - object does not exist."]}`)
	bad(port, object{"tagged_vlans": []int{2147480000}}, `{"tagged_vlans":["Invalid pk \"2147480000\" - object does not exist."]}`)
}

func checkOddJSON(s *suite) {
	name, _ := s.custom("json")
	site := s.siteWith(nil).id()
	s.want(200, "PATCH", one(sites, site), raw(`{"custom_fields":{"`+name+`":{"bb":1.50,"a":[12345678901234567890,-0.0,1e2],"":{}}}}`))
	got := string(s.want(200, "GET", one(sites, site), nil).raw)
	for _, part := range []string{`"":{},"a":[12345678901234567890,`, `"bb":1.5`} {
		if !strings.Contains(got, part) {
			s.Errorf("stored JSON lacks %s: %s", part, got)
		}
	}
	if strings.Contains(got, "-0.0") {
		s.Errorf("stored JSON has a negative zero: %s", got)
	}
}

func checkManyFaults(s *suite) {
	n := s.siteWith(nil).object()["name"].(string)
	s.fault(s.send("POST", sites, object{"name": n}), 400,
		`{"name":["site with this name already exists."],"slug":["This field is required."]}`)
	h := s.hall()
	_, b, pa, _ := s.pair(h)
	s.fault(s.send("PATCH", one(interfaces, pa[0]), object{"device": b}), 400,
		`{"device":["Components cannot be moved to a different device."]}`)
}

func checkOddEnds(s *suite) {
	h := s.hall()
	_, _, pa, pb := s.pair(h)
	s.mention(s.send("POST", cables, object{"a_terminations": []object{{"object_type": "dcim.site", "object_id": h.site}},
		"b_terminations": end(pb[0])}), 500, "TypeError")
	s.mention(s.send("POST", cables, object{"a_terminations": []object{{"object_type": "dcim.consoleport", "object_id": 2147480000}},
		"b_terminations": end(pb[0])}),
		500, "ConsolePort matching query does not exist.")
	s.mention(s.send("POST", cables, object{"a_terminations": end(pa[0], pa[0]), "b_terminations": end(pb[0])}), 500,
		"Key (termination_type_id, termination_id)=(")
	s.equal("nothing made", s.get(interfaces, pb[0])["cable"], nil)
}

// checkUnfiltered checks that fields by which NetBox does not filter are ignored
// as any unknown parameter: all is returned.
func checkUnfiltered(s *suite) {
	h := s.hall()
	d := s.create(devices, h.device(s.name())).id()
	p := s.portsOf(d)
	for _, query := range []string{"comments=nope", "rack=2147480000", "cluster=2147480000", "virtual_chassis=2147480000",
		"oob_ip=2147480000"} {
		s.equal("devices by "+query, ids(s.find(devices, "id="+text(d)+"&"+query)), []int{d})
	}
	for _, query := range []string{"lag=2147480000", "parent=2147480000", "bridge=2147480000", "cable=2147480000", "untagged_vlan=1"} {
		s.equal("interfaces by "+query, ids(s.find(interfaces, "id="+text(p[0])+"&"+query)), []int{p[0]})
	}
	s.equal("sites by comments", ids(s.find(sites, "id="+text(h.site)+"&comments=nope")), []int{h.site})
}

func checkFurtherFilters(s *suite) {
	h := s.hall()
	a, _, pa, pb := s.pair(h)
	c := s.cable(pa[0], pb[0]).id()
	v := s.create(interfaces, object{"device": a, "name": "v", "type": "virtual"}).id()
	mac := s.create(macs, object{"mac_address": "02:aa:bb:cc:dd:ee", "assigned_object_type": "dcim.interface",
		"assigned_object_id": pa[1]}).id()
	mine := "device_id=" + text(a) + "&ordering=id&"
	s.equal("kind", ids(s.find(interfaces, mine+"kind=virtual")), []int{v})
	s.equal("kind", ids(s.find(interfaces, mine+"kind=physical")), pa)
	s.equal("tenant", len(s.find(interfaces, mine+"tenant_id=null")), ports+1)
	s.equal("region", len(s.find(interfaces, mine+"region=null")), ports+1)
	s.equal("MAC of interfaces", ids(s.find(interfaces, mine+"mac_address=02:aa:bb:cc:dd:ee")), []int{pa[1]})
	s.equal("MAC of devices", ids(s.find(devices, "site_id="+text(h.site)+"&mac_address=02:aa:bb:cc:dd:ee")), []int{a})
	s.equal("MACs by interface", ids(s.find(macs, "device_id="+text(a)+"&interface=eth1")), []int{mac})
	s.equal("model", len(s.find(devices, "model="+s.get(types, h.kind)["slug"].(string))), 2)
	s.equal("full depth", len(s.find(devices, "site_id="+text(h.site)+"&is_full_depth=true")), 2)
	s.equal("ends", ids(s.find(cables, "termination_a_type=dcim.interface&termination_a_id="+text(pa[0]))), []int{c})
	s.equal("other end", len(s.find(cables, "termination_b_type=dcim.interface&termination_b_id="+text(pa[0]))), 0)
	p := s.create(prefixes, object{"prefix": "198.51.100.64/28"}).id()
	ip := s.create(addresses, object{"address": "198.51.100.65/28"}).id()
	s.equal("within", ids(s.find(prefixes, "within=198.51.100.0/24&id="+text(p))), []int{p})
	s.equal("not within itself", len(s.find(prefixes, "within=198.51.100.64/28&id="+text(p))), 0)
	s.equal("contains", ids(s.find(prefixes, "contains=198.51.100.66&id="+text(p))), []int{p})
	s.equal("parent", ids(s.find(addresses, "parent=198.51.100.64/28&id="+text(ip))), []int{ip})
	s.equal("mask", ids(s.find(addresses, "mask_length=28&id="+text(ip))), []int{ip})
	s.equal("assigned", ids(s.find(addresses, "assigned=false&id="+text(ip))), []int{ip})
}

// checkCyclicParents checks that no object becomes its own ancestor.
func checkCyclicParents(s *suite) {
	const regions = "/api/dcim/regions/"
	site := s.siteWith(nil).id()
	refused := func(path, label string, more object) int {
		s.Helper()
		a, b := s.name(), s.name()
		top := object{"name": a, "slug": a}
		below := object{"name": b, "slug": b}
		for k, v := range more {
			top[k], below[k] = v, v
		}
		upper := s.create(path, top).id()
		below["parent"] = upper
		lower := s.create(path, below).id()
		want := s.choose("Cannot assign self or child "+label+" as parent.", "Cannot assign self or a descendant as parent.")
		for _, parent := range []int{upper, lower} {
			s.fault(s.send("PATCH", one(path, upper), object{"parent": parent}), 400, text(object{"parent": []string{want}}))
		}
		s.want(200, "PATCH", one(path, lower), object{"parent": upper})
		s.equal("below", ids(s.find(path, "parent_id="+text(upper))), []int{lower})
		return upper
	}
	refused(locations, "location", object{"site": site})
	region := refused(regions, "region", nil)
	s.equal("sites of the region", len(s.find(sites, "region_id="+text(region))), 0)
}
