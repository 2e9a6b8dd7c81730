package conformance

import (
	"fmt"
	"slices"
	"strings"
)

func pageChecks() []check {
	return []check{
		{name: "page/offset", run: checkOffset},
		{name: "page/limit", run: checkLimit},
		{name: "page/cursor", since: 6, run: checkCursor},
		{name: "page/no cursor", until: 6, run: checkNoCursor},
		{name: "page/ordering", run: checkOrdering},
	}
}

// fiveSites makes sites whose names sort against their ids.
func (s *suite) fiveSites() (list []object, query string) {
	s.Helper()
	n := s.name()
	var body []object
	for i := range 5 {
		name := fmt.Sprintf("%s-%d", n, 20-5*i)
		body = append(body, object{"name": name, "slug": name})
	}
	return s.create(sites, body).list(), "name__isw=" + n
}

func ids(list []object) []int {
	all := []int{}
	for _, o := range list {
		all = append(all, o.id())
	}
	return all
}

func checkOffset(s *suite) {
	made, q := s.fiveSites()
	r := s.want(200, "GET", sites+"?"+q+"&limit=2&ordering=id", nil)
	s.equal("count", r.object()["count"], 5)
	s.equal("first page", ids(r.list()), ids(made)[:2])
	s.equal("previous of first", r.object()["previous"], nil)
	next, _ := r.object()["next"].(string)
	for _, part := range []string{"limit=2", "offset=2", "ordering=id"} {
		if !strings.Contains(next, part) {
			s.Errorf("next %q lacks %s", next, part)
		}
	}
	r = s.want(200, "GET", sites+"?"+q+"&limit=2&offset=4&ordering=id", nil)
	s.equal("last page", ids(r.list()), ids(made)[4:])
	s.equal("next of last", r.object()["next"], nil)
	previous, _ := r.object()["previous"].(string)
	if !strings.Contains(previous, "offset=2") {
		s.Errorf("previous of last: %q", previous)
	}
	r = s.want(200, "GET", sites+"?"+q+"&offset=50", nil)
	s.equal("beyond the end", ids(r.list()), []int{})
}

func checkLimit(s *suite) {
	_, q := s.fiveSites()
	s.equal("limit=0", len(s.find(sites, q+"&limit=0")), 5)
	s.equal("limit=-1", len(s.find(sites, q+"&limit=-1")), 5)
	s.equal("limit=x", len(s.find(sites, q+"&limit=x")), 5)
	next, _ := s.want(200, "GET", changes+"?limit=100000", nil).object()["next"].(string)
	if next != "" && strings.Contains(next, "limit=100000") {
		s.Errorf("limit is not clamped: %s", next)
	}
}

func checkCursor(s *suite) {
	made, q := s.fiveSites()
	all := ids(made)
	r := s.want(200, "GET", fmt.Sprintf("%s?%s&limit=2&start=%d&fields=id", sites, q, all[1]), nil)
	s.equal("page", ids(r.list()), all[1:3])
	s.equal("count and previous", []any{r.object()["count"], r.object()["previous"]}, []any{nil, nil})
	next, _ := r.object()["next"].(string)
	if !strings.Contains(next, fmt.Sprintf("start=%d", all[2]+1)) || strings.Contains(next, "offset") {
		s.Errorf("next: %q", next)
	}
	r = s.want(200, "GET", fmt.Sprintf("%s?%s&limit=2&start=%d", sites, q, all[3]), nil)
	if r.object()["next"] == nil {
		s.Error("a full last page must have a next")
	}
	r = s.want(200, "GET", fmt.Sprintf("%s?%s&limit=2&start=%d", sites, q, all[4]), nil)
	s.equal("next of a short page", r.object()["next"], nil)
	s.fault(s.send("GET", sites+"?start=0&offset=0", nil), 400, `["'start' and 'offset' are mutually exclusive."]`)
	s.fault(s.send("GET", sites+"?start=0&ordering=id", nil), 400,
		`["Ordering cannot be specified in conjunction with cursor-based pagination."]`)
	s.fault(s.send("GET", sites+"?start=x", nil), 400, `["Invalid 'start' parameter: must be a non-negative integer."]`)
	s.equal("changes by cursor", s.want(200, "GET", changes+"?start=0&limit=1", nil).object()["count"], nil)
}

func checkNoCursor(s *suite) {
	made, q := s.fiveSites()
	r := s.want(200, "GET", fmt.Sprintf("%s?%s&start=%d&ordering=id", sites, q, made[3].id()), nil)
	s.equal("start is ignored", ids(r.list()), ids(made))
}

func checkOrdering(s *suite) {
	made, q := s.fiveSites()
	up := ids(made)
	down := slices.Clone(up)
	slices.Reverse(down)
	s.equal("by default by name, numbers as numbers", ids(s.find(sites, q)), down)
	s.equal("ordering=id", ids(s.find(sites, q+"&ordering=id")), up)
	s.equal("ordering=-id", ids(s.find(sites, q+"&ordering=-id")), down)
	s.equal("ordering=-name", ids(s.find(sites, q+"&ordering=-name")), up)
	s.equal("an unknown ordering is ignored", ids(s.find(sites, q+"&ordering=nonsense")), down)
}
