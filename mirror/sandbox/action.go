package sandbox

import (
	"net/http"
	"net/netip"
	"strconv"
)

// detailAction is what an object answers for below its own address.
type detailAction struct {
	show func(s *Server, c *call, r *record) *answer
	// made is the kind that a POST creates, and fill completes its body.
	made string
	fill func(t *tx, r *record, body any) any
}

// act answers for something below an object: an interface's trace, a prefix's
// free addresses.
func (s *Server) act(c *call, parts []string) *answer {
	m := s.state.byKind[parts[1]]
	id, err := strconv.ParseInt(parts[2], 10, 64)
	if m == nil || m.app != parts[0] || err != nil {
		return notFoundPage()
	}
	action, known := m.actions[parts[3]]
	if !known {
		return notFoundPage()
	}
	reading := c.Method == http.MethodGet || c.Method == http.MethodHead
	subject := m
	if !reading && action.fill != nil && c.Method == http.MethodPost {
		subject = s.state.byKind[action.made]
	} else if !reading {
		return s.failure(detail(http.StatusMethodNotAllowed, "Method %q not allowed.", c.Method))
	}
	if a := s.authorise(c, subject.objectType()); a != nil {
		return a
	}
	s.mu.RLock()
	r := s.state.find(m.kind, id)
	if r != nil && !c.account.sees(s.state, r, "view") {
		r = nil
	}
	if reading && r != nil {
		defer s.mu.RUnlock()
		return action.show(s, c, r)
	}
	s.mu.RUnlock()
	if r == nil {
		return s.failure(missing(m))
	}
	c.fill = func(t *tx, body any) any { return action.fill(t, r, body) }
	return s.write(c, subject, 0)
}

// trace follows an interface's cable.
func trace(s *Server, c *call, r *record) *answer {
	e := &encoder{s: s.state, base: c.base}
	cable := s.state.to(r, "cable")
	if cable == nil {
		return jsonAnswer(http.StatusOK, []any{})
	}
	near := s.state.endRecords(cable.id, r.text("cable_end"))
	e.raw("[[")
	e.each(near, func(i *record) { e.embed(i, nil) })
	e.raw(",")
	e.value(dict{
		{"id", cable.id},
		{"url", c.base + s.state.urlOf(cable)},
		{"display_url", c.base + browse(cable)},
		{"type", nullIfEmpty(cable.get("type"))},
		{"status", cable.get("status")},
		{"label", cable.get("label")},
		{"color", cable.get("color")},
		{"length", cable.get("length")},
		{"length_unit", cable.get("length_unit")},
		{"description", cable.get("description")},
	})
	e.raw(",")
	e.each(s.state.peers(r), func(i *record) { e.embed(i, nil) })
	e.raw("]]")
	return jsonAnswer(http.StatusOK, raw(e.b))
}

func nullIfEmpty(v any) any {
	if v == "" {
		return nil
	}
	return v
}

// showFree lists the free addresses of a prefix.
func showFree(s *Server, c *call, r *record) *answer {
	p, bad := s.pageOf(c)
	if bad != nil {
		return s.failure(bad)
	}
	list := []any{}
	for _, a := range s.state.free(r, p.limit) {
		list = append(list, dict{{"family", familyOf(a)}, {"address", a}, {"vrf", nil}})
	}
	return jsonAnswer(http.StatusOK, list)
}

// fillFree gives new addresses the first free ones of a prefix.
func fillFree(t *tx, r *record, body any) any {
	items, many := body.([]any)
	if !many {
		items = []any{body}
	}
	free := t.free(r, len(items))
	if len(free) < len(items) {
		panic(detail(http.StatusConflict, "Insufficient resources are available to satisfy the request"))
	}
	for i, item := range items {
		if in, ok := item.(map[string]any); ok {
			in["address"] = free[i]
		}
	}
	return body
}

// free lists the first addresses of a prefix that nothing has.
func (s *state) free(r *record, most int) []string {
	p, err := netip.ParsePrefix(r.text("prefix"))
	if err != nil {
		return nil
	}
	taken := map[netip.Addr]bool{}
	for _, a := range s.all("ip-addresses", s.tables["ip-addresses"].ids) {
		if q, err := netip.ParsePrefix(a.text("address")); err == nil {
			taken[q.Addr()] = true
		}
	}
	// The first address is the network's, the last of IPv4 the broadcast, unless
	// there are two at the most, or the prefix is a pool.
	whole := r.flag("is_pool") || p.Addr().BitLen()-p.Bits() < 2
	var found []string
	for a := p.Addr(); p.Contains(a) && len(found) < most; a = a.Next() {
		edge := a == p.Addr() || a.Is4() && !p.Contains(a.Next())
		if !taken[a] && (whole || !edge) {
			found = append(found, netip.PrefixFrom(a, p.Bits()).String())
		}
	}
	return found
}
