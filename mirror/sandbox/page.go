package sandbox

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/diet-project/diet/mirror/sandbox/table"
)

// page is the part of a list that is asked for.
type page struct {
	limit  int
	offset int
	start  int64 // the cursor
	cursor bool
}

// list answers with one page of a model's objects.
func (s *Server) list(c *call, m *table.Model) *answer {
	p, bad := s.pageOf(c)
	if bad != nil {
		return s.failure(bad)
	}
	q := s.state.Understand(m, c.params)
	if bad := q.BadFilter(); bad != nil {
		return s.failure(bad)
	}
	if c.account.Bounded("view", m) {
		q.Matches = append(q.Matches, &table.Match{Test: func(r *table.Record) bool { return c.account.Sees(s.state, r, "view") }})
	}
	most := 0
	if p.cursor {
		most = p.limit
	}
	found := s.state.SelectFrom(m, q, p.start, most)
	total := len(found)
	if !p.cursor {
		s.state.Arrange(m, found, q.Sort)
		found = found[min(p.offset, len(found)):]
	}
	found = found[:min(p.limit, len(found))]
	more := len(found) == p.limit // the cursor does not look ahead
	return s.pageAnswer(c, m, p, total, more, found)
}

func (s *Server) pageAnswer(c *call, m *table.Model, p page, total int, more bool, found []*table.Record) *answer {
	e := &table.Encoder{Store: s.state, Base: c.base}
	e.Raw(`{"count":`)
	next, previous := p.links(c, total)
	if p.cursor {
		e.Raw("null")
		next = nil
		if more {
			next = p.linkTo(c, "start", found[len(found)-1].ID+1)
		}
	} else {
		e.Value(total)
	}
	e.Raw(`,"next":`)
	e.Value(next)
	e.Raw(`,"previous":`)
	e.Value(previous)
	e.Raw(`,"results":`)
	fields := selectionOf(c, s.rel).Fields(m)
	e.Each(found, func(r *table.Record) { e.Object(r, fields, false) })
	e.Raw("}")
	a := newAnswer(http.StatusOK)
	a.body = e.Bytes
	return a
}

// pageOf reads limit, offset and start; nonsense counts as nothing.
func (s *Server) pageOf(c *call) (page, *table.Problem) {
	p := page{limit: s.config.PageSize}
	if n, err := strconv.Atoi(param(c, "limit")); err == nil && n >= 0 {
		p.limit = n
		if n == 0 || n > s.config.MaxPageSize {
			p.limit = s.config.MaxPageSize
		}
	}
	if n, err := strconv.Atoi(param(c, "offset")); err == nil && n > 0 {
		p.offset = n
	}
	if _, asked := c.params["start"]; !s.rel.CursorPages || !asked {
		return p, nil
	}
	return p.withCursor(c)
}

func (p page) withCursor(c *call) (page, *table.Problem) {
	n, err := strconv.ParseInt(param(c, "start"), 10, 64)
	switch {
	case err != nil || n < 0:
		return p, cursorFault("Invalid 'start' parameter: must be a non-negative integer.")
	case c.params["offset"] != nil:
		return p, cursorFault("'start' and 'offset' are mutually exclusive.")
	case c.params["ordering"] != nil:
		return p, cursorFault("Ordering cannot be specified in conjunction with cursor-based pagination.")
	}
	p.start, p.cursor = n, true
	return p, nil
}

func cursorFault(msg string) *table.Problem {
	return &table.Problem{Status: http.StatusBadRequest, Body: []any{msg}}
}

// links are the addresses of the pages after and before.
func (p page) links(c *call, total int) (next, previous any) {
	if p.cursor {
		return nil, nil
	}
	if p.offset+p.limit < total {
		next = p.linkTo(c, "offset", int64(p.offset+p.limit))
	}
	if p.offset > 0 {
		previous = p.linkTo(c, "offset", int64(max(p.offset-p.limit, 0)))
	}
	return next, previous
}

func (p page) linkTo(c *call, name string, value int64) any {
	params := url.Values{}
	for k, v := range c.params {
		params[k] = v
	}
	params.Set("limit", strconv.Itoa(p.limit))
	if params.Del(name); name == "start" || value > 0 {
		params.Set(name, strconv.FormatInt(value, 10))
	}
	return c.base + c.URL.Path + "?" + params.Encode()
}
