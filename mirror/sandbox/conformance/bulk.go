package conformance

import (
	"fmt"
	"slices"
)

func bulkChecks() []check {
	return []check{
		{name: "bulk/create", run: checkBulkCreate},
		{name: "bulk/create rolls back", run: checkRollback},
		{name: "bulk/create duplicates", run: checkDuplicates},
		{name: "bulk/create devices", run: checkBulkDevices},
		{name: "bulk/create not an object", run: checkNotAnObject},
		{name: "bulk/patch", run: checkBulkPatch},
		{name: "bulk/patch rolls back", run: checkPatchRollback},
		{name: "bulk/patch unknown ids", run: checkUnknownIDs},
		{name: "bulk/patch twice the same", run: checkTwice},
		{name: "bulk/patch bad bodies", run: checkBadBodies},
		{name: "bulk/patch id as text", run: checkTextID},
		{name: "bulk/patch swaps collide", run: checkSwap},
		{name: "bulk/delete", run: checkBulkDelete},
		{name: "bulk/delete unknown ids", run: checkDeleteUnknown},
		{name: "bulk/delete blocked", run: checkDeleteBlocked},
	}
}

func checkBulkCreate(s *suite) {
	made, _ := s.fiveSites()
	if !slices.IsSorted(ids(made)) {
		s.Errorf("answers out of order: %v", ids(made))
	}
	for i, o := range made {
		if got := o["name"].(string); got[len(got)-2:] != fmt.Sprintf("%02d", 20-5*i)[:2] && i < 3 {
			s.Errorf("answer %d is %s", i, got)
		}
	}
	r := s.want(201, "POST", sites, []object{})
	s.equal("empty list", r.body, []any{})
}

func checkRollback(s *suite) {
	h := s.hall()
	d := s.create(devices, h.device(s.name())).id()
	before := s.portsOf(d)
	r := s.send("POST", interfaces, []object{
		{"device": d, "name": "x1"},
		{"device": d, "name": "x2", "type": "virtual"},
		{"device": d, "name": "eth0", "type": "virtual"},
		{"device": d, "name": "x3", "type": "zz"},
	})
	s.fault(r, 400, s.choose(
		`[{"type":["This field is required."]},{},{"__all__":["Interface with this Device and Name already exists."]},
		{"type":["zz is not a valid choice."]}]`,
		`{"detail":"3 of 4 objects could not be created.","errors":[{"index":0,"errors":{"type":["This field is required."]}},
		{"index":2,"errors":{"__all__":["Interface with this Device and Name already exists."]}},
		{"index":3,"errors":{"type":["zz is not a valid choice."]}}]}`))
	s.equal("interfaces", s.portsOf(d), before)
	s.equal("changes", s.rows(r.request()), []string{})
}

func checkDuplicates(s *suite) {
	n := s.name()
	r := s.send("POST", sites, []object{{"name": n, "slug": n}, {"name": n + "x", "slug": n}})
	if s.release >= 7 {
		s.fault(r, 400, `{"detail":"1 of 2 objects could not be created.","errors":[`+
			`{"index":1,"errors":{"slug":["site with this slug already exists."]}}]}`)
	} else {
		s.mention(r, 500, "duplicate key value violates unique constraint", "dcim_site_slug_key", "IntegrityError", "netbox_version",
			"python_version")
	}
	s.equal("sites", len(s.find(sites, "slug="+n)), 0)
	after := s.create(sites, object{"name": n, "slug": n})
	s.equal("changes of the failed request", s.rows(r.request()), []string{})
	before := s.create(sites, object{"name": n + "y", "slug": n + "y"})
	if after.id() >= before.id() {
		s.Errorf("ids %d, %d", after.id(), before.id())
	}
	h := s.hall()
	d := s.create(devices, h.device(s.name())).id()
	r = s.send("POST", interfaces, []object{{"device": d, "name": "n", "type": "virtual"}, {"device": d, "name": "n", "type": "virtual"}})
	if s.release >= 7 {
		s.mention(r, 400, "Interface with this Device and Name already exists.")
	} else {
		s.mention(r, 500, "dcim_interface_unique_device_name", "IntegrityError")
	}
}

func checkBulkDevices(s *suite) {
	h := s.hall()
	n := s.name()
	message := "Device name must be unique per site."
	if s.release >= 7 {
		message = "Device name must be unique per site and tenant."
	}
	r := s.send("POST", devices, []object{h.device(n), h.device(n), h.device(n+"x", "status", "x")})
	s.fault(r, 400, s.choose(`{"__all__":["`+message+`"]}`, `{"detail":"2 of 3 objects could not be created.","errors":[
		{"index":1,"errors":{"__all__":["`+message+`"]}},{"index":2,"errors":{"status":["x is not a valid choice."]}}]}`))
	s.equal("devices", len(s.find(devices, fmt.Sprintf("site_id=%d", h.site))), 0)
	made := s.create(devices, []object{h.device(n + "2"), h.device(n + "1")})
	s.equal("order", []any{made.list()[0]["name"], made.list()[1]["name"]}, []any{n + "2", n + "1"})
	s.equal("interfaces", len(s.portsOf(made.list()[1].id())), ports)
	if a, b := s.portsOf(made.list()[0].id()), s.portsOf(made.list()[1].id()); a[0] > b[0] {
		s.Errorf("interfaces out of order: %v, %v", a, b)
	}
}

func checkNotAnObject(s *suite) {
	r := s.send("POST", sites, []any{1})
	s.fault(r, 400, s.choose(`[{"non_field_errors":["Invalid data. Expected a dictionary, but got int."]}]`,
		`{"detail":"1 of 1 objects could not be created.","errors":[`+
			`{"index":0,"errors":{"__all__":["Invalid data. Expected a dictionary, but got int."]}}]}`))
}

func checkBulkPatch(s *suite) {
	made, q := s.fiveSites()
	all := ids(made)
	r := s.want(200, "PATCH", sites, []object{{"id": all[0], "description": "a"}, {"id": all[4], "description": "b"},
		{"id": all[2], "description": "c"}})
	s.equal("answers in the model's order", ids(r.list()), []int{all[4], all[2], all[0]})
	s.equal("rows in the model's order", s.rows(r.request()),
		[]string{row("update", "dcim.site", all[4]), row("update", "dcim.site", all[2]), row("update", "dcim.site", all[0])})
	s.equal("changed", len(s.find(sites, q+"&description__empty=false")), 3)
	s.equal("empty list", s.want(200, "PATCH", sites, []object{}).body, []any{})
}

func checkPatchRollback(s *suite) {
	made, q := s.fiveSites()
	all := ids(made)
	r := s.send("PATCH", sites, []object{{"id": all[4], "description": "a"}, {"id": all[3], "status": "x"},
		{"id": all[2], "region": 2147480000}})
	s.fault(r, 400, s.choose(`{"status":["x is not a valid choice."]}`, fmt.Sprintf(
		`{"detail":"2 of 3 objects could not be updated.","errors":[{"id":%d,"errors":{"status":["x is not a valid choice."]}},
		{"id":%d,"errors":{"region":["Related object not found using the provided numeric ID: 2147480000"]}}]}`, all[3], all[2])))
	s.equal("changed", len(s.find(sites, q+"&description__empty=false")), 0)
	s.equal("rows", s.rows(r.request()), []string{})
}

func checkUnknownIDs(s *suite) {
	n := s.name()
	site := s.create(sites, object{"name": n, "slug": n}).id()
	r := s.send("PATCH", sites, []object{{"id": site, "description": "a"}, {"id": 2147480000, "description": "b"}})
	if s.release >= 7 {
		s.fault(r, 400, `{"detail":"1 of 2 objects could not be found.","errors":[`+
			`{"id":2147480000,"errors":{"id":["Object with ID 2147480000 does not exist"]}}]}`)
		return
	}
	s.equal("status", r.status, 200)
	s.equal("answers", ids(r.list()), []int{site})
}

func checkTwice(s *suite) {
	n := s.name()
	site := s.create(sites, object{"name": n, "slug": n}).id()
	r := s.send("PATCH", sites, []object{{"id": site, "description": "a"}, {"id": site, "description": "b"}})
	if s.release >= 7 {
		s.mention(r, 400, "listed more than once")
		return
	}
	s.equal("last wins", r.list()[0]["description"], "b")
	s.equal("one row", len(s.rows(r.request())), 1)
}

func checkBadBodies(s *suite) {
	s.fault(s.send("PATCH", sites, object{"id": 1, "description": "a"}), 400, s.choose(
		`{"non_field_errors":["Expected a list of items but got type \"dict\"."]}`, `{"detail":"Expected a list of objects, but got dict."}`))
	s.fault(s.send("PATCH", sites, []object{{"description": "a"}}), 400, s.choose(
		`[{"id":["This field is required."]}]`,
		`{"detail":"1 of 1 objects failed validation.","errors":[{"index":0,"errors":{"id":["This field is required."]}}]}`))
	s.fault(s.send("DELETE", sites, []object{{"name": "a"}}), 400, s.choose(
		`[{"id":["This field is required."]}]`,
		`{"detail":"1 of 1 objects failed validation.","errors":[{"index":0,"errors":{"id":["This field is required."]}}]}`))
}

func checkTextID(s *suite) {
	n := s.name()
	site := s.create(sites, object{"name": n, "slug": n}).id()
	r := s.send("PATCH", sites, []object{{"id": fmt.Sprint(site), "description": "a"}})
	if s.release >= 7 {
		s.equal("status", r.status, 200)
		return
	}
	s.fault(r, 400, `{"non_field_errors":["No data provided"]}`)
}

func checkSwap(s *suite) {
	h := s.hall()
	n := s.name()
	a := s.create(devices, h.device(n+"-a")).id()
	b := s.create(devices, h.device(n+"-b")).id()
	r := s.send("PATCH", devices, []object{{"id": a, "name": n + "-b"}, {"id": b, "name": n + "-a"}})
	s.mention(r, 400, "Device name must be unique per site")
	r = s.send("PATCH", devices, []object{{"id": b, "name": n + "-c"}, {"id": a, "name": n + "-b"}})
	s.mention(r, 400, "Device name must be unique per site")
	r = s.send("PATCH", devices, []object{{"id": a, "name": n + "-0"}, {"id": b, "name": n + "-a"}})
	s.equal("a chain in the model's order", r.status, 200)
	s.equal("names", []any{s.get(devices, a)["name"], s.get(devices, b)["name"]}, []any{n + "-0", n + "-a"})
}

func checkBulkDelete(s *suite) {
	made, q := s.fiveSites()
	all := ids(made)
	r := s.want(204, "DELETE", sites, []object{{"id": all[0]}, {"id": all[2]}})
	s.equal("body", string(r.raw), "")
	s.equal("left", ids(s.find(sites, q+"&ordering=id")), []int{all[1], all[3], all[4]})
	s.equal("rows", len(s.rows(r.request())), 2)
}

func checkDeleteUnknown(s *suite) {
	n := s.name()
	site := s.create(sites, object{"name": n, "slug": n}).id()
	r := s.send("DELETE", sites, []object{{"id": site}, {"id": 2147480000}})
	if s.release >= 7 {
		s.mention(r, 400, "1 of 2 objects could not be found.")
		return
	}
	s.equal("status", r.status, 204)
	s.equal("left", len(s.find(sites, "name="+n)), 0)
}

func checkDeleteBlocked(s *suite) {
	h := s.hall()
	n := s.name()
	free := s.create(racks, object{"name": n, "site": h.site}).id()
	full := s.create(racks, object{"name": n + "x", "site": h.site}).id()
	a := s.create(devices, h.device(n+"-a", "rack", full)).id()
	b := s.create(devices, h.device(n+"-b", "rack", full)).id()
	r := s.send("DELETE", racks, []object{{"id": free}, {"id": full}})
	names := []string{"Unable to delete object. 2 dependent objects were found: ", fmt.Sprintf("%s-a (%d)", n, a),
		fmt.Sprintf("%s-b (%d)", n, b)}
	if s.release >= 7 {
		s.fault(r, 409, fmt.Sprintf(`{"detail":"1 of 2 objects could not be deleted.","errors":[`+
			`{"id":%d,"errors":{"__all__":["Unable to delete: 2 dependent object(s) prevent deletion."]}}]}`, full))
	} else {
		s.mention(r, 409, names...) // in any order
	}
	s.equal("racks", len(s.find(racks, fmt.Sprintf("site_id=%d", h.site))), 2)
	r = s.send("DELETE", one(racks, full), nil)
	s.mention(r, 409, names...)
}
