package conformance

import (
	"fmt"
	"net/url"
)

func filterChecks() []check {
	return []check{
		{name: "filter/id", run: checkIDs},
		{name: "filter/unknown", run: checkUnknownFilter},
		{name: "filter/text", run: checkTextFilters},
		{name: "filter/dates", run: checkDates},
		{name: "filter/references", run: checkReferenceFilters},
		{name: "filter/bad values", run: checkBadFilters},
		{name: "filter/requests", run: checkRequestFilters},
		{name: "filter/cables", run: checkCableFilters},
	}
}

func checkIDs(s *suite) {
	made, q := s.fiveSites()
	all := ids(made)
	s.equal("repeated", ids(s.find(sites, fmt.Sprintf("ordering=id&id=%d&id=%d", all[1], all[3]))), []int{all[1], all[3]})
	s.equal("gt", ids(s.find(sites, fmt.Sprintf("%s&ordering=id&id__gt=%d", q, all[2]))), all[3:])
	s.equal("gte", ids(s.find(sites, fmt.Sprintf("%s&ordering=id&id__gte=%d", q, all[2]))), all[2:])
	s.equal("lt", ids(s.find(sites, fmt.Sprintf("%s&ordering=id&id__lt=%d", q, all[2]))), all[:2])
	s.equal("n", ids(s.find(sites, fmt.Sprintf("%s&ordering=id&id__n=%d", q, all[0]))), all[1:])
	s.equal("unknown id", ids(s.find(sites, "id=2147480000")), []int{})
	s.equal("id__in is ignored", len(s.find(sites, fmt.Sprintf("%s&id__in=%d", q, all[0]))), 5)
}

func checkUnknownFilter(s *suite) {
	_, q := s.fiveSites()
	s.equal("unknown parameter", len(s.find(sites, q+"&nonsense=1")), 5)
	s.equal("unknown lookup", len(s.find(sites, q+"&name__nonsense=1")), 5)
	s.equal("unknown custom field", len(s.find(sites, q+"&cf_nonsense=1")), 5)
	all := s.want(200, "GET", changes+"?limit=1", nil).object()["count"].(float64)
	late := s.want(200, "GET", changes+"?limit=1&time__gte=2100-01-01T00:00:00Z", nil).object()["count"].(float64)
	if late < all {
		s.Errorf("time__gte filters: %v of %v", late, all)
	}
}

func checkTextFilters(s *suite) {
	made, q := s.fiveSites()
	first, _ := made[0]["name"].(string)
	s.equal("name", ids(s.find(sites, "name="+first)), ids(made)[:1])
	s.equal("slug", ids(s.find(sites, "slug="+first)), ids(made)[:1])
	s.equal("name__n", len(s.find(sites, q+"&name__n="+first)), 4)
	s.equal("name__ic", len(s.find(sites, "name__ic="+s.prefix)), 5)
	s.equal("name__iew", len(s.find(sites, q+"&name__iew=-20")), 1)
	s.equal("description__empty", len(s.find(sites, q+"&description__empty=true")), 5)
	s.equal("q", len(s.find(sites, "q="+first)), 1)
	s.equal("status", len(s.find(sites, q+"&status=active")), 5)
	s.equal("status planned", len(s.find(sites, q+"&status=planned")), 0)
}

func checkDates(s *suite) {
	made, q := s.fiveSites()
	last := s.get(sites, made[2].id())["last_updated"].(string)
	got := s.find(sites, q+"&ordering=id&last_updated__gte="+url.QueryEscape(last))
	s.equal("last_updated__gte", ids(got), ids(made)[2:])
	got = s.find(sites, q+"&ordering=id&last_updated__lt="+url.QueryEscape(last))
	s.equal("last_updated__lt", ids(got), ids(made)[:2])
	got = s.find(sites, q+"&created__gte=2100-01-01T00:00:00Z")
	s.equal("created__gte", ids(got), []int{})
}

func checkReferenceFilters(s *suite) {
	h := s.hall()
	other := s.hall()
	rack := s.create(racks, object{"name": s.name(), "site": h.site}).id()
	a := s.create(devices, h.device(s.name(), "rack", rack)).id()
	b := s.create(devices, h.device(s.name())).id()
	c := s.create(devices, other.device(s.name())).id()
	slug := s.get(sites, h.site)["slug"].(string)
	s.equal("site_id", ids(s.find(devices, fmt.Sprintf("ordering=id&site_id=%d", h.site))), []int{a, b})
	s.equal("two sites", ids(s.find(devices, fmt.Sprintf("ordering=id&site_id=%d&site_id=%d", h.site, other.site))), []int{a, b, c})
	s.equal("site", ids(s.find(devices, "ordering=id&site="+slug)), []int{a, b})
	s.equal("rack_id", ids(s.find(devices, fmt.Sprintf("rack_id=%d", rack))), []int{a})
	s.equal("no rack", ids(s.find(devices, fmt.Sprintf("site_id=%d&rack_id=null", h.site))), []int{b})
	s.equal("role_id", ids(s.find(devices, fmt.Sprintf("role_id=%d", other.role))), []int{c})
	s.equal("device_type_id", ids(s.find(devices, fmt.Sprintf("device_type_id=%d", other.kind))), []int{c})
	s.equal("manufacturer_id", ids(s.find(devices, fmt.Sprintf("manufacturer_id=%d", other.maker))), []int{c})
	s.equal("interfaces by device_id", len(s.find(interfaces, fmt.Sprintf("device_id=%d&device_id=%d", a, b))), 2*ports)
	s.equal("interfaces by site_id", len(s.find(interfaces, fmt.Sprintf("site_id=%d", h.site))), 2*ports)
	s.equal("interfaces by rack_id", len(s.find(interfaces, fmt.Sprintf("rack_id=%d", rack))), ports)
	s.equal("interfaces by device and name", len(s.find(interfaces, fmt.Sprintf("device_id=%d&name=eth1", a))), 1)
	s.equal("templates", len(s.find(templates, fmt.Sprintf("device_type_id=%d", h.kind))), ports)
}

func checkBadFilters(s *suite) {
	s.fault(s.send("GET", devices+"?site=nope", nil), 400, `{"site":["Select a valid choice. nope is not one of the available choices."]}`)
	s.fault(s.send("GET", devices+"?site_id=2147480000", nil), 400,
		`{"site_id":["Select a valid choice. 2147480000 is not one of the available choices."]}`)
	s.fault(s.send("GET", interfaces+"?device_id=2147480000", nil), 400,
		`{"device_id":["Select a valid choice. 2147480000 is not one of the available choices."]}`)
	s.fault(s.send("GET", devices+"?tag=nope-nope", nil), 400,
		`{"tag":["Select a valid choice. nope-nope is not one of the available choices."]}`)
	s.fault(s.send("GET", devices+"?status=nope", nil), 400,
		`{"status":["Select a valid choice. nope is not one of the available choices."]}`)
	s.fault(s.send("GET", devices+"?id=1,2", nil), 400, `{"id":["Enter a whole number."]}`)
	s.fault(s.send("GET", devices+"?last_updated__gte=nope", nil), 400, `{"last_updated__gte":["Enter a valid date/time."]}`)
}

func checkRequestFilters(s *suite) {
	n := s.name()
	made := s.create(sites, object{"name": n, "slug": n})
	s.equal("created_by_request", ids(s.find(sites, "created_by_request="+made.request())), []int{made.id()})
	s.equal("updated_by_request", ids(s.find(sites, "updated_by_request="+made.request())), []int{})
	changed := s.want(200, "PATCH", one(sites, made.id()), object{"description": "x"})
	s.equal("updated_by_request", ids(s.find(sites, "updated_by_request="+changed.request())), []int{made.id()})
	s.equal("modified_by_request", ids(s.find(sites, "modified_by_request="+changed.request())), []int{made.id()})
}

func checkCableFilters(s *suite) {
	h := s.hall()
	a, b, pa, pb := s.pair(h)
	c := s.cable(pa[0], pb[0]).id()
	s.equal("cables by device", ids(s.find(cables, fmt.Sprintf("device_id=%d", a))), []int{c})
	s.equal("cables by site", ids(s.find(cables, fmt.Sprintf("site_id=%d", h.site))), []int{c})
	s.equal("terminations by cable", len(s.find(ends, fmt.Sprintf("cable=%d", c))), 2)
	s.equal("terminations by object", len(s.find(ends, fmt.Sprintf("termination_type=dcim.interface&termination_id=%d", pa[0]))), 1)
	s.equal("cabled", ids(s.find(interfaces, fmt.Sprintf("device_id=%d&cabled=true", b))), []int{pb[0]})
	s.equal("not cabled", len(s.find(interfaces, fmt.Sprintf("device_id=%d&cabled=false", b))), ports-1)
	s.equal("unterminated", ids(s.find(cables, fmt.Sprintf("device_id=%d&unterminated=true", a))), []int{})
}
