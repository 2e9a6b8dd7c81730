package sandbox

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// route finds who answers a request.
func (s *Server) route(c *call) *answer {
	path := c.URL.Path
	switch {
	case path == "/":
		return s.welcome(c)
	case path == "/login/":
		return s.login(c)
	case path == "/logout/":
		return s.logout(c)
	case !strings.HasPrefix(path, "/api/") && path != "/api":
		return s.toAPI(c)
	}
	if !strings.HasSuffix(path, "/") {
		return s.slashless(c)
	}
	if path == "/api/schema/" {
		return s.schema()
	}
	if a := s.authenticate(c); a != nil {
		return a
	}
	parts := strings.Split(strings.Trim(strings.TrimPrefix(path, "/api/"), "/"), "/")
	if f := param(c, "format"); f != "" && f != "json" && f != "api" {
		return s.failure(detail(http.StatusNotFound, "Not found."))
	}
	switch {
	case parts[0] == "":
		return s.apps(c)
	case path == "/api/plugins/":
		return jsonAnswer(http.StatusOK, dict{{"installed-plugins", c.base + "/api/plugins/installed-plugins/"}})
	case path == "/api/plugins/installed-plugins/":
		return s.plugins()
	case path == "/api/users/config/":
		return jsonAnswer(http.StatusOK, dict{})
	case len(parts) == 1 && parts[0] == "status":
		return s.status()
	case len(parts) == 1 && parts[0] == "authentication-check" && s.rel.minor >= 5:
		return jsonAnswer(http.StatusOK, c.account.profile(c.base))
	case len(parts) == 1:
		return s.endpoints(c, parts[0])
	case len(parts) <= 3:
		return s.resource(c, parts)
	case len(parts) == 4:
		return s.act(c, parts)
	}
	return notFoundPage()
}

// slashless answers a path without its trailing slash: with a redirect, which
// makes a GET of a POST, or with 404 where a release knows better.
func (s *Server) slashless(c *call) *answer {
	safe := c.Method == http.MethodGet || c.Method == http.MethodHead
	if !safe && s.rel.minor >= 5 {
		return notFoundPage()
	}
	to := c.URL.Path + "/"
	if c.URL.RawQuery != "" {
		to += "?" + c.URL.RawQuery
	}
	a := newAnswer(http.StatusMovedPermanently)
	a.header.Set("Location", to)
	a.header.Set("Content-Type", "text/html; charset=utf-8")
	return a
}

func notFoundPage() *answer {
	return htmlAnswer(http.StatusNotFound, "<!DOCTYPE html>\n<html lang=\"en\">\n<head><title>Page Not Found</title></head>\n"+
		"<body><h1>Page Not Found</h1><p>The requested page does not exist.</p></body>\n</html>\n")
}

// resource answers for a list or an object.
func (s *Server) resource(c *call, parts []string) *answer {
	special := s.special[parts[0]+"/"+parts[1]]
	m := s.state.byKind[parts[1]]
	if special == nil && (m == nil || m.app != parts[0]) {
		return notFoundPage()
	}
	var id int64
	if len(parts) == 3 {
		var err error
		if id, err = strconv.ParseInt(parts[2], 10, 64); err != nil {
			return s.failure(detail(http.StatusNotFound, "Not found."))
		}
		if id == 0 {
			id = -1 // an object that nothing can be
		}
	}
	subject := singular(parts)
	if m != nil {
		subject = m.objectType()
	}
	if a := s.authorise(c, subject); a != nil {
		return a
	}
	if special != nil {
		return special(c, id)
	}
	return s.model(c, m, id)
}

// specials are endpoints whose objects are not records.
func (s *Server) specials() map[string]func(*call, int64) *answer {
	all := map[string]func(*call, int64) *answer{"core/object-changes": s.changes}
	for _, path := range vacant {
		all[path] = s.empty
	}
	if s.rel.minor >= 4 {
		all["core/object-types"] = s.objectTypes
	}
	if s.rel.minor <= 4 {
		all["extras/object-types"] = s.objectTypes
	}
	return all
}

func (s *Server) model(c *call, m *model, id int64) *answer {
	methods := allowedMethods(m, id)
	a := s.dispatch(c, m, id, methods)
	a.header.Set("Allow", strings.Join(methods, ", "))
	return a
}

// allowedMethods is what the Allow header says.
func allowedMethods(m *model, id int64) []string {
	switch {
	case m.frozen:
		return []string{"GET", "HEAD", "OPTIONS"}
	case id != 0:
		return []string{"GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"}
	}
	return []string{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"}
}

func (s *Server) dispatch(c *call, m *model, id int64, methods []string) *answer {
	if !slices.Contains(methods, c.Method) {
		return s.failure(detail(http.StatusMethodNotAllowed, "Method %q not allowed.", c.Method))
	}
	switch c.Method {
	case http.MethodOptions:
		return jsonAnswer(http.StatusOK, s.describe(c, m, methods))
	case http.MethodGet, http.MethodHead:
		s.mu.RLock()
		defer s.mu.RUnlock()
		return s.read(c, m, id)
	}
	return s.write(c, m, id)
}

// read answers a GET.
func (s *Server) read(c *call, m *model, id int64) *answer {
	if id == 0 {
		return s.list(c, m)
	}
	r := s.state.find(m.kind, id)
	if r == nil || !c.account.sees(s.state, r, "view") {
		return s.failure(missing(m))
	}
	return s.one(c, http.StatusOK, r)
}

// missing is the answer for an object that is not there. NetBox names the
// class.
func missing(m *model) *problem {
	return detail(http.StatusNotFound, "No %s matches the given query.", className(m))
}

// className is the model's name in Python.
func className(m *model) string {
	words := strings.Fields(m.label)
	for i, w := range words {
		words[i] = capital(w)
	}
	return strings.Join(words, "")
}

// one answers with a single object.
func (s *Server) one(c *call, status int, r *record) *answer {
	e := s.encoder(c)
	e.object(r, s.shown(c, r.model), false)
	a := newAnswer(status)
	a.body = e.b
	if s.state.tagged(r.model) {
		a.header.Set("ETag", etagOf(r))
	}
	return a
}

// write carries out a write in a transaction.
func (s *Server) write(c *call, m *model, id int64) (a *answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.state.refresh()
	t := s.state.begin(c.id, c.account)
	defer func() {
		x := recover()
		p, ok := x.(*problem)
		if x == nil {
			return
		}
		t.rollback()
		if !ok {
			panic(x)
		}
		a = s.failure(p)
	}()
	body, p := readBody(c)
	if p != nil {
		panic(p)
	}
	if c.fill != nil {
		body = c.fill(t, body)
	}
	o := &operation{
		tx: t, model: m, body: body, chosen: selectionOf(c, s.rel), guard: matchers(c.Header),
		whole: c.Method == http.MethodPut,
	}
	a = s.perform(c, o, id)
	if c.hold != nil {
		s.holdBack(c, t)
	}
	t.commit()
	return a
}

// holdBack takes a transaction's effects back, lets others write, and brings
// them forth again.
func (s *Server) holdBack(c *call, t *tx) {
	effects := t.suspend()
	t.refresh()
	s.mu.Unlock()
	if c.held != nil {
		close(c.held)
	}
	select {
	case <-c.hold:
	case <-c.Context().Done():
	}
	s.mu.Lock()
	t.resume(effects)
}

// perform does what the method says.
func (s *Server) perform(c *call, o *operation, id int64) *answer {
	switch {
	case c.Method == http.MethodPost:
		o.post()
		return s.createdAnswer(c, o)
	case c.Method == http.MethodDelete && id != 0:
		o.deleteOne(id)
		return newAnswer(http.StatusNoContent)
	case c.Method == http.MethodDelete:
		o.chosen = nil
		o.deleteMany()
		return newAnswer(http.StatusNoContent)
	case id != 0:
		return s.one(c, http.StatusOK, o.patchSingle(id))
	}
	o.patchMany()
	return s.many(c, http.StatusOK, o.results)
}

func (s *Server) createdAnswer(c *call, o *operation) *answer {
	if _, list := o.body.([]any); list {
		return s.many(c, http.StatusCreated, o.results)
	}
	r := o.find(o.model.kind, o.results[0].id)
	a := s.one(c, http.StatusCreated, r)
	a.header.Set("Location", c.base+s.state.urlOf(r))
	return a
}

func (s *Server) encoder(c *call) *encoder {
	return &encoder{s: s.state, base: c.base, stale: s.stale(c), fresh: c.Method == http.MethodPost}
}

// stale says whether an answer shows what was before its own write.
func (s *Server) stale(c *call) bool { return c.Method == http.MethodPost && s.rel.minor <= 4 }

// many answers with a bare list of objects.
func (s *Server) many(c *call, status int, records []*record) *answer {
	e := s.encoder(c)
	var fields []*field
	if len(records) > 0 {
		fields = s.shown(c, records[0].model)
	}
	e.each(records, func(r *record) { e.object(s.state.find(r.model.kind, r.id), fields, false) })
	a := newAnswer(status)
	a.body = e.b
	return a
}

func (o *operation) deleteOne(id int64) {
	r := o.reach(id, "delete")
	if r == nil {
		panic(missing(o.model))
	}
	if in, ok := o.body.(map[string]any); ok {
		o.annotate(in)
	}
	o.precondition(r)
	o.remove(r)
}

func (o *operation) patchSingle(id int64) *record {
	r := o.reach(id, "change")
	if r == nil {
		panic(missing(o.model))
	}
	return o.patchOne(r, o.asDict(o.body))
}

// readBody decodes a request's body; none is an empty object.
func readBody(c *call) (any, *problem) {
	if len(c.body) == 0 {
		return map[string]any{}, nil
	}
	kind := c.Header.Get("Content-Type")
	if base, _, _ := strings.Cut(kind, ";"); strings.TrimSpace(base) != "application/json" {
		return nil, detail(http.StatusUnsupportedMediaType, "Unsupported media type %q in request.", kind)
	}
	v, err := decode(c.body)
	if err != nil {
		return nil, detail(http.StatusBadRequest, "JSON parse error - %s", err)
	}
	return v, nil
}
