package sandbox

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/diet-project/diet/mirror/sandbox/table"
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
		return s.failure(table.Detail(http.StatusNotFound, "Not found."))
	}
	switch {
	case parts[0] == "":
		return s.apps(c)
	case path == "/api/plugins/":
		return jsonAnswer(http.StatusOK, table.Dict{{"installed-plugins", c.base + "/api/plugins/installed-plugins/"}})
	case path == "/api/plugins/installed-plugins/":
		return s.plugins()
	case len(parts) > 2 && parts[0] == "plugins" && parts[1] == "branching" && s.hasBranches():
		return s.branching(c, parts[2:])
	case path == "/api/users/config/":
		return jsonAnswer(http.StatusOK, table.Dict{})
	case len(parts) == 1 && parts[0] == "status":
		return s.status()
	case len(parts) == 1 && parts[0] == "authentication-check" && s.rel.AuthenticationCheck:
		return jsonAnswer(http.StatusOK, profile(c.account, c.base))
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
	if !safe && s.rel.SlashRequired {
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
	m := s.state.ByPath[parts[0]+"/"+parts[1]]
	if special == nil && m == nil {
		return notFoundPage()
	}
	var id int64
	if len(parts) == 3 {
		var err error
		if id, err = strconv.ParseInt(parts[2], 10, 64); err != nil {
			return s.failure(table.Detail(http.StatusNotFound, "Not found."))
		}
		if id == 0 {
			id = -1 // an object that nothing can be
		}
	}
	subject := singular(parts)
	if m != nil {
		subject = m.ObjectType()
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
	if s.rel.CoreObjectTypes {
		all["core/object-types"] = s.objectTypes
	}
	if s.rel.ExtrasObjectTypes {
		all["extras/object-types"] = s.objectTypes
	}
	return all
}

func (s *Server) model(c *call, m *table.Model, id int64) *answer {
	methods := allowedMethods(m, id)
	a := s.dispatch(c, m, id, methods)
	a.header.Set("Allow", strings.Join(methods, ", "))
	return a
}

// allowedMethods is what the Allow header says.
func allowedMethods(m *table.Model, id int64) []string {
	switch {
	case m.Frozen:
		return []string{"GET", "HEAD", "OPTIONS"}
	case id != 0:
		return []string{"GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"}
	}
	return []string{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"}
}

func (s *Server) dispatch(c *call, m *table.Model, id int64, methods []string) *answer {
	if !slices.Contains(methods, c.Method) {
		return s.failure(table.Detail(http.StatusMethodNotAllowed, "Method %q not allowed.", c.Method))
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
func (s *Server) read(c *call, m *table.Model, id int64) *answer {
	if id == 0 {
		return s.list(c, m)
	}
	r := s.state.Find(m.Kind, id)
	if r == nil || !c.account.Sees(s.state, r, "view") {
		return s.failure(table.Missing(m))
	}
	return s.one(c, http.StatusOK, r)
}

// one answers with a single object.
func (s *Server) one(c *call, status int, r *table.Record) *answer {
	e := s.encoder(c)
	e.Object(r, s.shown(c, r.Model), false)
	a := newAnswer(status)
	a.body = e.Bytes
	if s.state.Tagged(r.Model) {
		a.header.Set("ETag", table.ETagOf(r))
	}
	return a
}

// write carries out a write in a transaction.
func (s *Server) write(c *call, m *table.Model, id int64) (a *answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.state.Customs.Refresh(s.state)
	t := s.state.Begin(c.id, c.account)
	defer func() {
		x := recover()
		p, ok := x.(*table.Problem)
		if x == nil {
			return
		}
		t.Rollback()
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
	o := &table.Operation{
		Tx: t, Model: m, Body: body, Chosen: selectionOf(c, s.rel), Guard: matchers(c.Header),
		Whole: c.Method == http.MethodPut,
	}
	a = s.perform(c, o, id)
	if c.hold != nil {
		s.holdBack(c, t)
	}
	t.Commit()
	return a
}

// holdBack takes a transaction's effects back, lets others write, and brings
// them forth again.
func (s *Server) holdBack(c *call, t *table.Tx) {
	effects := t.Suspend()
	t.Customs.Refresh(t.Store)
	s.mu.Unlock()
	if c.held != nil {
		close(c.held)
	}
	select {
	case <-c.hold:
	case <-c.Context().Done():
	}
	s.mu.Lock()
	t.Resume(effects)
}

// perform does what the method says.
func (s *Server) perform(c *call, o *table.Operation, id int64) *answer {
	switch {
	case c.Method == http.MethodPost:
		o.Post()
		return s.createdAnswer(c, o)
	case c.Method == http.MethodDelete && id != 0:
		o.DeleteOne(id)
		return newAnswer(http.StatusNoContent)
	case c.Method == http.MethodDelete:
		o.Chosen = nil
		o.DeleteMany()
		return newAnswer(http.StatusNoContent)
	case id != 0:
		return s.one(c, http.StatusOK, o.PatchSingle(id))
	}
	o.PatchMany()
	return s.many(c, http.StatusOK, o.Results)
}

func (s *Server) createdAnswer(c *call, o *table.Operation) *answer {
	if _, list := o.Body.([]any); list {
		return s.many(c, http.StatusCreated, o.Results)
	}
	r := o.Find(o.Model.Kind, o.Results[0].ID)
	a := s.one(c, http.StatusCreated, r)
	a.header.Set("Location", c.base+s.state.URLOf(r))
	return a
}

func (s *Server) encoder(c *call) *table.Encoder {
	return &table.Encoder{Store: s.state, Base: c.base, Stale: s.stale(c), Fresh: c.Method == http.MethodPost}
}

// stale says whether an answer shows what was before its own write.
func (s *Server) stale(c *call) bool { return c.Method == http.MethodPost && s.rel.FreshAnswersStale }

// shown lists the fields of an answer.
func (s *Server) shown(c *call, m *table.Model) []*table.Field {
	fields := selectionOf(c, s.rel).Fields(m)
	if !s.stale(c) {
		return fields
	}
	return slices.DeleteFunc(slices.Clone(fields), func(f *table.Field) bool { return f.Annotated })
}

// many answers with a bare list of objects.
func (s *Server) many(c *call, status int, records []*table.Record) *answer {
	e := s.encoder(c)
	var fields []*table.Field
	if len(records) > 0 {
		fields = s.shown(c, records[0].Model)
	}
	e.Each(records, func(r *table.Record) { e.Object(s.state.Find(r.Model.Kind, r.ID), fields, false) })
	a := newAnswer(status)
	a.body = e.Bytes
	return a
}

// readBody decodes a request's body; none is an empty object.
func readBody(c *call) (any, *table.Problem) {
	if len(c.body) == 0 {
		return map[string]any{}, nil
	}
	kind := c.Header.Get("Content-Type")
	if base, _, _ := strings.Cut(kind, ";"); strings.TrimSpace(base) != "application/json" {
		return nil, table.Detail(http.StatusUnsupportedMediaType, "Unsupported media type %q in request.", kind)
	}
	v, err := table.Decode(c.body)
	if err != nil {
		return nil, table.Detail(http.StatusBadRequest, "JSON parse error - %s", err)
	}
	return v, nil
}
