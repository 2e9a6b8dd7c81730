package conformance

import "fmt"

func deletionChecks() []check {
	return []check{
		{name: "deletion/protected", run: checkProtected},
		{name: "deletion/cascade", run: checkCascade},
		{name: "deletion/type", run: checkTypeDeletion},
		{name: "deletion/body", run: checkDeletionBody},
	}
}

func checkProtected(s *suite) {
	h := s.hall()
	n := s.name()
	d := s.create(devices, h.device(n)).id()
	words := fmt.Sprintf("%s (%d)", n, d)
	for path, id := range map[string]int{sites: h.site, roles: h.role, types: h.kind} {
		s.fault(s.send("DELETE", one(path, id), nil), 409, `{"detail":"Unable to delete object. 1 dependent objects were found: `+words+`"}`)
	}
	s.mention(s.send("DELETE", one(makers, h.maker), nil), 409, "Unable to delete object. 1 dependent objects were found: ")
}

func checkCascade(s *suite) {
	h := s.hall()
	n := s.name()
	place := s.create(locations, object{"name": n, "slug": n, "site": h.site}).id()
	below := s.create(locations, object{"name": n + "x", "slug": n + "x", "site": h.site, "parent": place}).id()
	network := s.create(prefixes, object{"prefix": "192.0.2.0/24", "scope_type": "dcim.site", "scope_id": h.site}).id()
	r := s.want(204, "DELETE", one(sites, h.site), nil)
	s.equal("left", []int{s.send("GET", one(locations, below), nil).status, s.send("GET", one(prefixes, network), nil).status},
		[]int{404, 404})
	got := s.rows(r.request())
	for _, want := range []string{
		row("delete", "dcim.location", place), row("delete", "dcim.location", below),
		row("delete", "ipam.prefix", network), row("delete", "dcim.site", h.site),
	} {
		s.contains("rows", got, want)
	}
}

func checkTypeDeletion(s *suite) {
	h := s.hall()
	r := s.want(204, "DELETE", one(types, h.kind), nil)
	s.equal("rows", len(s.rows(r.request())), ports+1)
	s.equal("templates", s.send("GET", fmt.Sprintf("%s?device_type_id=%d", templates, h.kind), nil).status, 400)
}

func checkDeletionBody(s *suite) {
	n := s.name()
	r := s.create(sites, object{"name": n, "slug": n})
	got := s.want(204, "DELETE", one(sites, r.id()), object{"changelog_message": "bye"})
	s.equal("body", string(got.raw), "")
	s.equal("again", s.send("DELETE", one(sites, r.id()), nil).status, 404)
}
