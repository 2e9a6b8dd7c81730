package conformance

import "strings"

func etagChecks() []check {
	return []check{
		{name: "etag/none", until: 6, run: checkNoETag},
		{name: "etag/form", since: 6, run: checkETag},
		{name: "etag/if-match", since: 6, run: checkIfMatch},
		{name: "etag/bulk", since: 6, run: checkBulkMatch},
	}
}

// weak is the tag that an object should have.
func weak(o object) string {
	return `W/"` + strings.Replace(o["last_updated"].(string), "Z", "+00:00", 1) + `"`
}

func checkNoETag(s *suite) {
	n := s.name()
	r := s.create(sites, object{"name": n, "slug": n})
	s.equal("ETag", r.header.Get("ETag"), "")
	s.want(200, "PATCH", one(sites, r.id()), object{"description": "d"}, "If-Match", `W/"nonsense"`)
}

func checkETag(s *suite) {
	n := s.name()
	r := s.create(sites, object{"name": n, "slug": n})
	s.equal("after POST", r.header.Get("ETag"), weak(r.object()))
	r = s.want(200, "GET", one(sites, r.id()), nil)
	s.equal("after GET", r.header.Get("ETag"), weak(r.object()))
	s.equal("If-None-Match", s.send("GET", one(sites, r.id()), nil, "If-None-Match", weak(r.object())).status, 200)
	r = s.want(200, "PATCH", one(sites, r.id()), object{"description": "d"})
	s.equal("after PATCH", r.header.Get("ETag"), weak(r.object()))
	s.equal("on a list", s.want(200, "GET", sites+"?limit=1", nil).header.Get("ETag"), "")
	s.equal("on two at once", s.create(sites, []object{{"name": n + "x", "slug": n + "x"}}).header.Get("ETag"), "")
}

func checkIfMatch(s *suite) {
	n := s.name()
	r := s.create(sites, object{"name": n, "slug": n})
	stale := r.header.Get("ETag")
	fresh := s.want(200, "PATCH", one(sites, r.id()), object{"description": "a"}, "If-Match", stale).header.Get("ETag")
	bad := s.send("PATCH", one(sites, r.id()), object{"description": "b"}, "If-Match", stale)
	s.fault(bad, 412, `{"detail":"Precondition failed."}`)
	s.equal("current tag", bad.header.Get("ETag"), fresh)
	s.want(200, "PATCH", one(sites, r.id()), object{"description": "c"}, "If-Match", "*")
	s.equal("delete", s.send("DELETE", one(sites, r.id()), nil, "If-Match", stale).status, 412)
	again := s.want(200, "GET", one(sites, r.id()), nil).header.Get("ETag")
	s.want(204, "DELETE", one(sites, r.id()), nil, "If-Match", stale+", "+again)
}

func checkBulkMatch(s *suite) {
	made, q := s.fiveSites()
	both := func() string {
		return weak(s.get(sites, made[0].id())) + ", " + weak(s.get(sites, made[1].id()))
	}
	old := both()
	body := []object{{"id": made[0].id(), "description": "a"}, {"id": made[1].id(), "description": "a"}}
	s.want(200, "PATCH", sites, body, "If-Match", old)
	fresh := both()
	s.want(200, "PATCH", one(sites, made[1].id()), object{"description": "other"})
	r := s.send("PATCH", sites, []object{{"id": made[0].id(), "description": "b"}, {"id": made[1].id(), "description": "b"}},
		"If-Match", fresh)
	s.fault(r, 412, `{"detail":"Precondition failed."}`)
	s.equal("rolled back", len(s.find(sites, q+"&description=b")), 0)
	s.equal("bulk delete", s.send("DELETE", sites, []object{{"id": made[0].id()}, {"id": made[1].id()}}, "If-Match", fresh).status, 412)
	s.equal("all there", len(s.find(sites, q)), 5)
	s.want(204, "DELETE", sites, []object{{"id": made[0].id()}, {"id": made[1].id()}}, "If-Match", both())
}
