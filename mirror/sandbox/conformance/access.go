package conformance

import "strings"

func accessChecks() []check {
	return []check{
		{name: "access/status", run: checkStatus},
		{name: "access/unauthenticated", run: checkUnauthenticated},
		{name: "access/wrong token", run: checkWrongToken},
		{name: "access/read-only token", run: checkReadOnly},
		{name: "access/authentication-check", since: 5, run: checkAuthentication},
		{name: "access/missing slash", run: checkSlash},
		{name: "access/not found", run: checkNotFound},
		{name: "access/root", run: checkRoot},
		{name: "access/parse error", run: checkParse},
		{name: "access/method", run: checkMethod},
		{name: "access/page", run: checkPage},
	}
}

func checkStatus(s *suite) {
	r := s.want(200, "GET", "/api/status/", nil, "Content-Type", "application/json")
	if got := r.header.Get("API-Version"); !strings.HasPrefix(got, "4.") {
		s.Errorf("API-Version is %q", got)
	}
	if r.request() == "" {
		s.Error("no X-Request-ID")
	}
	_, full := r.object()["netbox-full-version"]
	s.equal("netbox-full-version", full, s.release >= 3)
	if _, ok := r.object()["plugins"].(map[string]any); !ok {
		s.Errorf("plugins: %v", r.object()["plugins"])
	}
}

func checkUnauthenticated(s *suite) {
	c := newClient(s.target.BaseURL, "")
	for _, path := range []string{"/api/status/", sites, "/api/"} {
		s.fault(c.do(s.T, "GET", path, nil), 403, `{"detail":"Authentication credentials were not provided."}`)
	}
}

func checkWrongToken(s *suite) {
	c := newClient(s.target.BaseURL, strings.Repeat("e", 40))
	want := `{"detail":"Invalid token"}`
	if s.release >= 5 {
		want = `{"detail":"Invalid v1 token"}`
	}
	s.fault(c.do(s.T, "GET", sites, nil), 403, want)
}

func checkReadOnly(s *suite) {
	if s.target.ReadOnlyToken == "" {
		s.Skip("no read-only token")
	}
	c := newClient(s.target.BaseURL, s.target.ReadOnlyToken)
	if r := c.do(s.T, "GET", sites, nil); r.status != 200 {
		s.Errorf("GET: status %d", r.status)
	}
	n := s.name()
	s.fault(c.do(s.T, "POST", sites, object{"name": n, "slug": n}), 403, `{"detail":"You do not have permission to perform this action."}`)
	s.fault(c.do(s.T, "PATCH", sites, []object{}), 403, `{"detail":"You do not have permission to perform this action."}`)
}

func checkAuthentication(s *suite) {
	r := s.want(200, "GET", "/api/authentication-check/", nil)
	if r.object()["username"] == nil {
		s.Errorf("no username: %s", r.raw)
	}
}

func checkSlash(s *suite) {
	r := s.want(301, "GET", strings.TrimSuffix(sites, "/")+"?limit=1", nil)
	if to := r.header.Get("Location"); !strings.HasSuffix(to, sites+"?limit=1") {
		s.Errorf("redirects to %q", to)
	}
	n := s.name()
	r = s.send("POST", strings.TrimSuffix(sites, "/"), object{"name": n, "slug": n})
	want := 301
	if s.release >= 5 {
		want = 404
	}
	s.equal("POST without slash", r.status, want)
	s.equal("objects made", len(s.find(sites, "name="+n)), 0)
}

func checkNotFound(s *suite) {
	s.fault(s.send("GET", one(devices, 2147480000), nil), 404, `{"detail":"No Device matches the given query."}`)
	s.fault(s.send("DELETE", one(sites, 2147480000), nil), 404, `{"detail":"No Site matches the given query."}`)
	s.fault(s.send("PATCH", one(interfaces, 2147480000), object{"name": "x"}), 404, `{"detail":"No Interface matches the given query."}`)
	for _, path := range []string{"/api/dcim/nonsense/", "/api/nonsense/"} {
		if r := s.send("GET", path, nil); r.status != 404 || !strings.Contains(r.header.Get("Content-Type"), "html") {
			s.Errorf("%s: status %d, %s", path, r.status, r.header.Get("Content-Type"))
		}
	}
	old := s.send("GET", "/api/extras/object-types/", nil).status
	fresh := s.send("GET", "/api/core/object-types/", nil).status
	wantOld, wantFresh := 200, 404
	if s.release >= 4 {
		wantFresh = 200
	}
	if s.release >= 5 {
		wantOld = 404
	}
	s.equal("extras/object-types, core/object-types", []int{old, fresh}, []int{wantOld, wantFresh})
}

func checkRoot(s *suite) {
	r := s.want(200, "GET", "/api/", nil)
	for _, app := range []string{"core", "dcim", "extras", "ipam", "tenancy", "status"} {
		if r.object()[app] == nil {
			s.Errorf("root lacks %s", app)
		}
	}
	r = s.want(200, "GET", "/api/dcim/", nil)
	for _, kind := range []string{"sites", "racks", "devices", "interfaces", "cables", "cable-terminations"} {
		if r.object()[kind] == nil {
			s.Errorf("dcim lacks %s", kind)
		}
	}
}

func checkParse(s *suite) {
	s.mention(s.send("POST", sites, raw("{nonsense")), 400, "JSON parse error")
}

func checkMethod(s *suite) {
	s.fault(s.send("POST", changes, object{}), 405, `{"detail":"Method \"POST\" not allowed."}`)
	if s.release >= 5 {
		s.fault(s.send("POST", ends, object{}), 405, `{"detail":"Method \"POST\" not allowed."}`)
		s.fault(s.send("DELETE", ends, []object{}), 405, `{"detail":"Method \"DELETE\" not allowed."}`)
	}
	s.fault(s.send("POST", one(sites, 1), object{}), 405, `{"detail":"Method \"POST\" not allowed."}`)
}

// checkPage checks that a browser gets a page, and a program never does.
func checkPage(s *suite) {
	const browser = "text/html,application/xhtml+xml,*/*;q=0.8"
	kind := func(r reply) string { return strings.Split(r.header.Get("Content-Type"), ";")[0] }
	path := sites + "?limit=1"
	s.equal("browser", kind(s.want(200, "GET", path, nil, "Accept", browser)), "text/html")
	s.equal("browser that asks for JSON", kind(s.want(200, "GET", path+"&format=json", nil, "Accept", browser)), "application/json")
	s.equal("program that asks for a page", kind(s.want(200, "GET", path+"&format=api", nil)), "text/html")
	s.equal("program", kind(s.want(200, "GET", path, nil, "Accept", "application/json, text/html")), "application/json")
	c := newClient(s.target.BaseURL, "")
	r := c.do(s.T, "GET", path, nil, "Accept", browser)
	s.equal("browser without a session", []any{r.status, kind(r)}, []any{403, "text/html"})
}
