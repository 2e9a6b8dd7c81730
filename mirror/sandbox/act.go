package sandbox

import (
	"net/http"
	"strconv"

	"github.com/diet-project/diet/mirror/sandbox/table"
)

// act answers for something below an object: an interface's trace, a prefix's
// free addresses.
func (s *Server) act(c *call, parts []string) *answer {
	m := s.state.ByPath[parts[0]+"/"+parts[1]]
	id, err := strconv.ParseInt(parts[2], 10, 64)
	if m == nil || err != nil {
		return notFoundPage()
	}
	what, known := m.Actions[parts[3]]
	if !known {
		return notFoundPage()
	}
	reading := c.Method == http.MethodGet || c.Method == http.MethodHead
	subject := m
	if !reading && what.Fill != nil && c.Method == http.MethodPost {
		subject = s.state.ByKind[what.Made]
	} else if !reading {
		return s.failure(table.Detail(http.StatusMethodNotAllowed, "Method %q not allowed.", c.Method))
	}
	if a := s.authorise(c, subject.ObjectType()); a != nil {
		return a
	}
	s.mu.RLock()
	r := s.state.Find(m.Kind, id)
	if r != nil && !c.account.Sees(s.state, r, "view") {
		r = nil
	}
	if reading && r != nil {
		defer s.mu.RUnlock()
		return s.below(c, what, r)
	}
	s.mu.RUnlock()
	if r == nil {
		return s.failure(table.Missing(m))
	}
	c.fill = func(t *table.Tx, body any) any { return what.Fill(t, r, body) }
	return s.write(c, subject, 0)
}

// below shows what an action shows of an object.
func (s *Server) below(c *call, what table.Action, r *table.Record) *answer {
	p, bad := s.pageOf(c)
	if bad != nil {
		return s.failure(bad)
	}
	return jsonAnswer(http.StatusOK, what.Show(&table.Encoder{Store: s.state, Base: c.base}, r, p.limit))
}
