package sandbox

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// page is the part of a list that is asked for.
type page struct {
	limit  int
	offset int
	start  int64 // the cursor
	cursor bool
}

// list answers with one page of a model's objects.
func (s *Server) list(c *call, m *model) *answer {
	p, bad := s.pageOf(c)
	if bad != nil {
		return s.failure(bad)
	}
	q := s.state.understand(m, c.params)
	if bad := q.badFilter(); bad != nil {
		return s.failure(bad)
	}
	if c.account.bounded("view", m) {
		q.matches = append(q.matches, &match{test: func(r *record) bool { return c.account.sees(s.state, r, "view") }})
	}
	most := 0
	if p.cursor {
		most = p.limit
	}
	found := s.state.selectFrom(m, q, p.start, most)
	total := len(found)
	if !p.cursor {
		s.state.arrange(m, found, q.sort)
		found = found[min(p.offset, len(found)):]
	}
	found = found[:min(p.limit, len(found))]
	more := len(found) == p.limit // the cursor does not look ahead
	return s.pageAnswer(c, m, p, total, more, found)
}

func (s *Server) pageAnswer(c *call, m *model, p page, total int, more bool, found []*record) *answer {
	e := &encoder{s: s.state, base: c.base}
	e.raw(`{"count":`)
	next, previous := p.links(c, total)
	if p.cursor {
		e.raw("null")
		next = nil
		if more {
			next = p.linkTo(c, "start", found[len(found)-1].id+1)
		}
	} else {
		e.value(total)
	}
	e.raw(`,"next":`)
	e.value(next)
	e.raw(`,"previous":`)
	e.value(previous)
	e.raw(`,"results":`)
	fields := selectionOf(c, s.rel).fields(m)
	e.each(found, func(r *record) { e.object(r, fields, false) })
	e.raw("}")
	a := newAnswer(http.StatusOK)
	a.body = e.b
	return a
}

// pageOf reads limit, offset and start; nonsense counts as nothing.
func (s *Server) pageOf(c *call) (page, *problem) {
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
	if _, asked := c.params["start"]; s.rel.minor < 6 || !asked {
		return p, nil
	}
	return p.withCursor(c)
}

func (p page) withCursor(c *call) (page, *problem) {
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

func cursorFault(msg string) *problem {
	return &problem{status: http.StatusBadRequest, body: []any{msg}}
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

// arrange sorts by ?ordering=, or by the model's own order. An unknown
// ordering is ignored.
func (s *state) arrange(m *model, found []*record, by []string) {
	var keys []sortKey
	for _, name := range by {
		if k, ok := s.keyFor(m, strings.TrimSpace(name)); ok {
			keys = append(keys, k)
		}
	}
	if len(keys) == 1 && keys[0].id && !keys[0].down {
		return // they are sorted by id
	}
	if len(keys) == 0 {
		slices.SortStableFunc(found, s.compare)
		return
	}
	slices.SortStableFunc(found, func(a, b *record) int {
		for _, k := range keys {
			if n := k.compare(a, b); n != 0 {
				return n
			}
		}
		return 0
	})
}

type sortKey struct {
	field *field
	id    bool
	down  bool
}

func (s *state) keyFor(m *model, name string) (sortKey, bool) {
	k := sortKey{down: strings.HasPrefix(name, "-")}
	name = strings.TrimPrefix(name, "-")
	if name == "id" || name == "pk" {
		k.id = true
		return k, true
	}
	k.field = m.byName[name]
	if k.field == nil || k.field.kind == computed {
		return k, false
	}
	return k, k.field.column >= 0 || k.field.kind == created || k.field.kind == lastUpdated
}

func (k sortKey) compare(a, b *record) int {
	var n int
	switch {
	case k.id:
		n = cmp.Compare(a.id, b.id)
	case k.field.kind == created:
		n = a.created.Compare(b.created)
	case k.field.kind == lastUpdated:
		n = a.updated.Compare(b.updated)
	default:
		n = compareValues(a.values[k.field.column], b.values[k.field.column])
	}
	if k.down {
		return -n
	}
	return n
}

// compareValues orders as the database does: null comes last.
func compareValues(a, b any) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return 1
	case b == nil:
		return -1
	}
	switch x := a.(type) {
	case string:
		y, _ := b.(string)
		return natural(x, y)
	case int64:
		y, _ := b.(int64)
		return cmp.Compare(x, y)
	case float64:
		y, _ := b.(float64)
		return cmp.Compare(x, y)
	}
	return cmp.Compare(plain(a), plain(b))
}
