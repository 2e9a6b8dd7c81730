package conformance

import "fmt"

func fieldChecks() []check {
	return []check{
		{name: "field/selection", run: checkSelection},
		{name: "field/selection filters bodies", run: checkSelectedBody},
		{name: "field/brief", run: checkBrief},
		{name: "field/omit", since: 5, run: checkOmit},
	}
}

func checkSelection(s *suite) {
	h := s.hall()
	d := s.create(devices, h.device(s.name())).id()
	s.equal("one", s.want(200, "GET", one(devices, d)+"?fields=id,serial,nonsense", nil).object(), object{"id": d, "serial": ""})
	s.equal("many", s.find(devices, fmt.Sprintf("fields=id&site_id=%d", h.site)), []object{{"id": d}})
	r := s.want(200, "PATCH", one(devices, d)+"?fields=id,serial", object{"serial": "7"})
	s.equal("after a PATCH", r.object(), object{"id": d, "serial": "7"})
}

func checkSelectedBody(s *suite) {
	h := s.hall()
	d := s.create(devices, h.device(s.name())).id()
	s.want(200, "PATCH", one(devices, d)+"?fields=id,name", object{"serial": "7"})
	s.equal("serial", s.get(devices, d)["serial"], "")
	s.want(200, "PATCH", devices+"?fields=id,name", []object{{"id": d, "serial": "8"}})
	s.equal("serial", s.get(devices, d)["serial"], "")
	r := s.send("POST", devices+"?fields=id", h.device(s.name()))
	s.mention(r, 400, "device_type")
}

func checkBrief(s *suite) {
	h := s.hall()
	n := s.name()
	d := s.create(devices, h.device(n)).id()
	got := s.find(devices, fmt.Sprintf("brief=1&site_id=%d", h.site))
	want := []object{{"id": d, "url": fmt.Sprintf("%s%s%d/", s.base, devices, d), "display": n, "name": n, "description": ""}}
	s.equal("brief", got, want)
}

func checkOmit(s *suite) {
	h := s.hall()
	d := s.create(devices, h.device(s.name())).id()
	o := s.want(200, "GET", one(devices, d)+"?omit=serial,name", nil).object()
	if _, there := o["serial"]; there || o["id"] == nil {
		s.Errorf("omit=serial: %v", o)
	}
	s.want(200, "PATCH", one(devices, d)+"?omit=serial", object{"serial": "7"})
	s.equal("serial", s.get(devices, d)["serial"], "")
}
