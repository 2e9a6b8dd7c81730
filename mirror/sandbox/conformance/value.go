package conformance

import "fmt"

func valueChecks() []check {
	return []check{
		{name: "value/trimmed", run: checkTrimmed},
		{name: "value/null", run: checkNull},
		{name: "value/required", run: checkRequired},
		{name: "value/choices", run: checkChoices},
		{name: "value/numbers", run: checkNumbers},
		{name: "value/references", run: checkReferences},
		{name: "value/unique", run: checkUnique},
		{name: "value/unknown keys", run: checkUnknownKeys},
		{name: "value/dates", run: checkCreated},
		{name: "value/embedded", run: checkEmbedded},
	}
}

func checkTrimmed(s *suite) {
	n := s.name()
	r := s.create(sites, object{"name": "  " + n + " ", "slug": n, "description": " a b ", "comments": "line\n"})
	s.equal("trimmed", []any{r.object()["name"], r.object()["description"], r.object()["comments"]}, []any{n, "a b", "line"})
	s.fault(s.send("PATCH", one(sites, r.id()), object{"name": "   "}), 400, `{"name":["This field may not be blank."]}`)
	s.mention(s.send("PATCH", one(sites, r.id()), object{"slug": "no slug"}), 400, "Enter a valid",
		"consisting of letters, numbers, underscores or hyphens.")
	s.mention(s.send("PATCH", one(sites, r.id()), object{"name": fmt.Sprintf("%0101d", 1)}), 400,
		"Ensure this field has no more than 100 characters.")
}

func checkNull(s *suite) {
	h := s.hall()
	d := s.create(devices, h.device(s.name(), "asset_tag", s.name())).id()
	s.fault(s.send("PATCH", one(devices, d), object{"serial": nil}), 400, `{"serial":["This field may not be null."]}`)
	s.fault(s.send("PATCH", one(devices, d), object{"site": nil}), 400, `{"site":["This field may not be null."]}`)
	var none any
	if s.release <= 4 {
		none = ""
	}
	s.equal("asset_tag", s.want(200, "PATCH", one(devices, d), object{"asset_tag": ""}).object()["asset_tag"], none)
	s.equal("tenant", s.want(200, "PATCH", one(devices, d), object{"tenant": nil}).object()["tenant"], nil)
	s.equal("airflow", s.want(200, "PATCH", one(devices, d), object{"airflow": ""}).object()["airflow"], nil)
	s.equal("name", s.want(200, "PATCH", one(devices, d), object{"name": nil}).object()["name"], nil)
	s.equal("face", s.want(200, "PATCH", one(devices, d), object{"face": ""}).object()["face"], nil)
}

func checkRequired(s *suite) {
	s.fault(s.send("POST", sites, object{}), 400, `{"name":["This field is required."],"slug":["This field is required."]}`)
	s.fault(s.send("POST", devices, object{}), 400,
		`{"device_type":["This field is required."],"role":["This field is required."],"site":["This field is required."]}`)
	s.fault(s.send("POST", interfaces, object{}), 400,
		`{"device":["This field is required."],"name":["This field is required."],"type":["This field is required."]}`)
	s.fault(s.send("POST", racks, object{}), 400, `{"name":["This field is required."],"site":["This field is required."]}`)
	s.fault(s.send("POST", types, object{}), 400,
		`{"manufacturer":["This field is required."],"model":["This field is required."],"slug":["This field is required."]}`)
	s.fault(s.send("POST", customs, object{}), 400,
		`{"object_types":["This field is required."],"type":["This field is required."],"name":["This field is required."]}`)
}

func checkChoices(s *suite) {
	n := s.name()
	site := s.create(sites, object{"name": n, "slug": n}).id()
	s.equal("default", s.get(sites, site)["status"], object{"value": "active", "label": "Active"})
	s.fault(s.send("PATCH", one(sites, site), object{"status": "x"}), 400, `{"status":["x is not a valid choice."]}`)
	s.fault(s.send("PATCH", one(sites, site), object{"status": object{"value": "active"}}), 400,
		`{"status":["Value must be passed directly (e.g. \"foo\": 123); do not use a dictionary or list."]}`)
	s.fault(s.send("PATCH", one(sites, site), object{"status": ""}), 400, `{"status":["This field may not be blank."]}`)
	rack := s.create(racks, object{"name": n, "site": site})
	s.equal("width", rack.object()["width"], object{"value": 19, "label": "19 inches"})
	s.equal("form factor", rack.object()["form_factor"], nil)
	h := s.hall()
	_, _, pa, pb := s.pair(h)
	c := s.create(cables, object{"a_terminations": end(pa[0]), "b_terminations": end(pb[0]), "type": "cat6"})
	s.equal("type of a cable", c.object()["type"], "cat6")
	s.equal("status of a cable", c.object()["status"], object{"value": "connected", "label": "Connected"})
	s.fault(s.send("PATCH", one(cables, c.id()), object{"type": "zz"}), 400, `{"type":["\"zz\" is not a valid choice."]}`)
}

func checkNumbers(s *suite) {
	h := s.hall()
	rack := s.create(racks, object{"name": s.name(), "site": h.site, "u_height": 40})
	s.equal("u_height", rack.object()["u_height"], 40)
	s.mention(s.send("PATCH", one(racks, rack.id()), object{"u_height": "x"}), 400, "A valid integer is required.")
	s.mention(s.send("PATCH", one(racks, rack.id()), object{"u_height": 101}), 400, "Ensure this value is less than or equal to 100.")
	s.mention(s.send("PATCH", one(racks, rack.id()), object{"u_height": 0}), 400, "Ensure this value is greater than or equal to 1.")
	s.equal("as text", s.want(200, "PATCH", one(racks, rack.id()), object{"u_height": "41"}).object()["u_height"], 41)
	r := s.want(200, "GET", one(types, h.kind), nil)
	s.mention(r, 200, `"u_height":1.0`)
	s.mention(s.send("PATCH", one(sites, h.site), object{"latitude": 12.3456789}), 400, "Ensure that there are no more than")
	s.mention(s.send("PATCH", one(sites, h.site), object{"latitude": "x"}), 400, "A valid number is required.")
	s.mention(s.send("PATCH", one(racks, rack.id()), object{"desc_units": "x"}), 400, "Must be a valid boolean.")
}

func checkReferences(s *suite) {
	h := s.hall()
	n := s.name()
	o := s.get(sites, h.site)
	forms := []any{h.site, fmt.Sprint(h.site), object{"id": h.site}, object{"name": o["name"]}, object{"slug": o["slug"]}}
	for i, form := range forms {
		body := h.device(fmt.Sprintf("%s-%d", n, i))
		body["site"] = form
		s.equal(text(form), s.create(devices, body).object().at("site", "id"), h.site)
	}
	kind := s.get(types, h.kind)
	body := h.device(n)
	body["device_type"] = object{"slug": kind["slug"], "manufacturer": object{"slug": kind["slug"]}}
	s.create(devices, body)
	body = h.device(n + "x")
	body["device_type"] = object{"slug": kind["slug"], "manufacturer__slug": kind["slug"]}
	s.create(devices, body)
	bad := func(v any, want string) {
		s.Helper()
		s.fault(s.send("POST", racks, object{"name": n, "site": v}), 400, `{"site":["`+want+`"]}`)
	}
	bad(2147480000, "Related object not found using the provided numeric ID: 2147480000")
	bad(object{"slug": "nope-nope"}, "Related object not found using the provided attributes: {'slug': 'nope-nope'}")
	bad("nope", "Related objects must be referenced by numeric ID or by dictionary of attributes. Received an unrecognized value: nope")
	s.create(racks, []object{{"name": n, "site": h.site}, {"name": n, "site": h.site}})
	s.mention(s.send("POST", devices, h.device(n+"y", "rack", object{"name": n})), 400,
		"Multiple objects match the provided attributes: {'name': '"+n+"'}")
}

func checkUnique(s *suite) {
	n := s.name()
	s.create(sites, object{"name": n, "slug": n})
	s.fault(s.send("POST", sites, object{"name": n, "slug": n}), 400,
		`{"name":["site with this name already exists."],"slug":["site with this slug already exists."]}`)
	s.create(tags, object{"name": n, "slug": n})
	s.fault(s.send("POST", tags, object{"name": n + "x", "slug": n}), 400, `{"slug":["tag with this slug already exists."]}`)
	h := s.hall()
	k := s.get(types, h.kind)
	s.mention(s.send("POST", types, object{"manufacturer": h.maker, "model": k["model"], "slug": "x" + n}), 400,
		"Device type with this Manufacturer and Model already exists.")
	s.create(devices, h.device(s.name(), "asset_tag", n))
	s.fault(s.send("POST", devices, h.device(s.name(), "asset_tag", n)), 400, `{"asset_tag":["device with this asset tag already exists."]}`)
	s.mention(s.send("POST", templates, object{"device_type": h.kind, "name": "eth0", "type": "virtual"}), 400,
		"Interface template with this Device type and Name already exists.")
}

func checkUnknownKeys(s *suite) {
	n := s.name()
	r := s.create(sites, object{"name": n, "slug": n, "nonsense": 1, "id": 5})
	if r.id() == 5 {
		s.Error("the id in a body counts")
	}
	s.want(200, "PATCH", one(sites, r.id()), object{"nonsense": 1})
}

func checkCreated(s *suite) {
	n := s.name()
	o := s.create(sites, object{"name": n, "slug": n}).object()
	created, updated := s.moment(o["created"]), s.moment(o["last_updated"])
	if !updated.After(created) {
		s.Errorf("created %v, last_updated %v", created, updated)
	}
	str := o["last_updated"].(string)
	if str[len(str)-1] != 'Z' {
		s.Errorf("last_updated %q is not in UTC", str)
	}
	_, counted := o["device_count"]
	s.equal("counts in the answer to a creation", counted, s.release >= 5)
	again := s.want(200, "PATCH", one(sites, o.id()), object{"description": ""}).object()
	s.equal("counts in the answer to a change", again["device_count"], 0)
	if !s.moment(again["last_updated"]).After(updated) {
		s.Error("a PATCH that changes nothing does not date")
	}
	s.equal("created", again["created"], o["created"])
}

func checkEmbedded(s *suite) {
	h := s.hall()
	n := s.name()
	d := s.create(devices, h.device(n)).object()
	site := s.get(sites, h.site)
	s.equal("site", d["site"], object{
		"id": h.site, "url": s.base + one(sites, h.site), "display": site["name"],
		"name": site["name"], "slug": site["slug"], "description": "",
	})
	s.equal("addresses", []any{d["url"], d["display_url"], d["display"]}, []any{
		s.base + one(devices, d.id()), fmt.Sprintf("%s/dcim/devices/%d/", s.base, d.id()), n,
	})
}
