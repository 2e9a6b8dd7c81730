package conformance

import "fmt"

func rackChecks() []check {
	return []check{
		{name: "rack/name", run: checkRackName},
		{name: "rack/space", run: checkRackSpace},
		{name: "rack/leaving", run: checkLeaving},
		{name: "rack/move carries devices", run: checkRackMove},
		{name: "rack/location move carries devices", run: checkLocationMove},
		{name: "rack/height", run: checkRackHeight},
	}
}

func checkRackName(s *suite) {
	h := s.hall()
	n := s.name()
	place := s.create(locations, object{"name": n, "slug": n, "site": h.site}).id()
	s.create(racks, []object{{"name": n, "site": h.site}, {"name": n, "site": h.site}})
	s.create(racks, object{"name": n, "site": h.site, "location": place})
	s.fault(s.send("POST", racks, object{"name": n, "site": h.site, "location": place}), 400,
		`{"__all__":["Rack with this Location and Name already exists."]}`)
	other := s.hall()
	s.mention(s.send("POST", racks, object{"name": n, "site": other.site, "location": place}), 400,
		"Assigned location must belong to parent site")
}

func checkRackSpace(s *suite) {
	h := s.hall()
	n := s.name()
	rack := s.create(racks, object{"name": n, "site": h.site, "u_height": 10}).id()
	model := s.get(types, h.kind)["model"]
	two := s.create(types, object{"manufacturer": h.maker, "model": n + "2", "slug": n + "2", "u_height": 2, "is_full_depth": false}).id()
	zero := s.create(types, object{"manufacturer": h.maker, "model": n + "0", "slug": n + "0", "u_height": 0}).id()
	in := func(name string, position any, face string, more ...any) object {
		return h.device(name, append([]any{"rack", rack, "position", position, "face", face}, more...)...)
	}
	s.create(devices, in(n+"-1", 5, "front"))
	s.equal("position", s.find(devices, fmt.Sprintf("rack_id=%d", rack))[0]["position"], 5)
	taken := fmt.Sprintf(`{"position":["U5.0 is already occupied or does not have sufficient space to `+
		`accommodate this device type: %s (1.0U)"]}`, model)
	s.fault(s.send("POST", devices, in(n+"-2", 5, "rear")), 400, taken)
	s.mention(s.send("POST", devices, in(n+"-2", 4, "front", "device_type", two)), 400, "U4.0 is already occupied")
	s.mention(s.send("POST", devices, in(n+"-2", 10, "front", "device_type", two)), 400, "U10.0 is already occupied")
	s.create(devices, in(n+"-3", 7, "front", "device_type", two))
	s.create(devices, in(n+"-4", 7, "rear", "device_type", two))
	s.mention(s.send("POST", devices, in(n+"-5", 8, "rear", "device_type", two)), 400, "U8.0 is already occupied")
	s.fault(s.send("POST", devices, in(n+"-6", 1.3, "front")), 400, `{"position":["Position must be in increments of 0.5 rack units."]}`)
	s.fault(s.send("POST", devices, h.device(n+"-6", "rack", rack, "position", 1)), 400,
		`{"face":["Must specify rack face when defining rack position."]}`)
	s.create(devices, in(n+"-7", 2.5, "front"))
	s.mention(s.send("POST", devices, in(n+"-8", 3, "front")), 400, "U3.0 is already occupied")
	s.mention(s.send("POST", devices, in(n+"-9", 1, "front", "device_type", zero)), 400,
		fmt.Sprintf("A 0U device type (%s0) cannot be assigned to a rack position.", n))
}

func checkLeaving(s *suite) {
	h := s.hall()
	n := s.name()
	rack := s.create(racks, object{"name": n, "site": h.site}).id()
	d := s.create(devices, h.device(n, "rack", rack, "position", 5, "face", "front")).id()
	s.mention(s.send("PATCH", one(devices, d), object{"rack": nil}), 400, "without assigning a rack.")
	other := s.hall()
	s.mention(s.send("PATCH", one(devices, d), object{"site": other.site}), 400, "does not belong to site")
	s.want(200, "PATCH", one(devices, d), object{"rack": nil, "position": nil, "face": ""})
}

func checkRackMove(s *suite) {
	h, other := s.hall(), s.hall()
	n := s.name()
	rack := s.create(racks, object{"name": n, "site": h.site}).id()
	d := s.create(devices, h.device(n, "rack", rack)).object()
	r := s.want(200, "PATCH", one(racks, rack), object{"site": other.site})
	after := s.get(devices, d.id())
	s.equal("site of the device", after.at("site", "id"), other.site)
	s.equal("date of the device", after["last_updated"], d["last_updated"])
	s.equal("rows", s.rows(r.request()), []string{row("update", "dcim.rack", rack)})
}

func checkLocationMove(s *suite) {
	h, other := s.hall(), s.hall()
	n := s.name()
	place := s.create(locations, object{"name": n, "slug": n, "site": h.site}).id()
	below := s.create(locations, object{"name": n + "x", "slug": n + "x", "site": h.site, "parent": place}).id()
	rack := s.create(racks, object{"name": n, "site": h.site, "location": below}).id()
	d := s.create(devices, h.device(n, "rack", rack)).id()
	s.equal("devices by the upper location", ids(s.find(devices, fmt.Sprintf("location_id=%d", place))), []int{d})
	r := s.want(200, "PATCH", one(locations, place), object{"site": other.site})
	s.equal("site of the rack", s.get(racks, rack).at("site", "id"), other.site)
	s.equal("site of the device", s.get(devices, d).at("site", "id"), other.site)
	s.equal("site below", s.get(locations, below).at("site", "id"), other.site)
	s.equal("rows", s.rows(r.request()), []string{row("update", "dcim.location", place)})
}

func checkRackHeight(s *suite) {
	h := s.hall()
	n := s.name()
	rack := s.create(racks, object{"name": n, "site": h.site, "u_height": 20}).id()
	s.create(devices, h.device(n, "rack", rack, "position", 15, "face", "front"))
	s.mention(s.send("PATCH", one(racks, rack), object{"u_height": 10}), 400, "Rack must be at least 15",
		"tall to house currently installed devices.")
	s.want(200, "PATCH", one(racks, rack), object{"u_height": 15})
}
