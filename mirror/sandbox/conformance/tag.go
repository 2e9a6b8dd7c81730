package conformance

import "fmt"

func tagChecks() []check {
	return []check{
		{name: "tag/replace", run: checkTagReplace},
		{name: "tag/shape", run: checkTagShape},
		{name: "tag/missing", run: checkTagMissing},
		{name: "tag/add and remove", since: 6, run: checkTagAdd},
		{name: "tag/add and remove ignored", until: 6, run: checkTagAddIgnored},
		{name: "tag/clear", run: checkTagClear},
		{name: "tag/filter", run: checkTagFilter},
		{name: "tag/delete", run: checkTagDelete},
		{name: "tag/rename", run: checkTagRename},
		{name: "tag/object types", run: checkTagTypes},
		{name: "tag/as a lock", run: checkTagLock},
	}
}

func (s *suite) tag() (name string, id int) {
	s.Helper()
	name = s.name()
	return name, s.create(tags, object{"name": name, "slug": name}).id()
}

func tagged(o object) []string {
	names := []string{}
	list, _ := o["tags"].([]any)
	for _, x := range list {
		names = append(names, x.(map[string]any)["name"].(string))
	}
	return names
}

// tagSite makes a site with tags.
func (s *suite) tagSite(list ...any) reply {
	s.Helper()
	n := s.name()
	return s.create(sites, object{"name": n, "slug": n, "tags": list})
}

func checkTagReplace(s *suite) {
	a, ai := s.tag()
	b, _ := s.tag()
	r := s.tagSite(object{"slug": a}, object{"name": b})
	s.equal("at creation", tagged(r.object()), []string{a, b})
	got := s.rowsOf(r.request())
	s.equal("rows", len(got), 1)
	s.equal("logged", got[0].at("postchange_data", "tags"), []string{a, b})
	r = s.want(200, "PATCH", one(sites, r.id()), object{"tags": []any{ai}})
	s.equal("replaced", tagged(r.object()), []string{a})
	got = s.rowsOf(r.request())
	s.equal("logged", []any{len(got), got[0].at("prechange_data", "tags"), got[0].at("postchange_data", "tags")},
		[]any{1, []string{a, b}, []string{a}})
	r = s.want(200, "PATCH", one(sites, r.id()), object{"description": "d"})
	s.equal("kept", tagged(r.object()), []string{a})
}

func checkTagShape(s *suite) {
	a, id := s.tag()
	o := s.tagSite(id).object()
	s.equal("embedded", o["tags"], []object{{
		"id": id, "url": s.base + one(tags, id), "display_url": fmt.Sprintf("%s/extras/tags/%d/", s.base, id),
		"display": a, "name": a, "slug": a, "color": "9e9e9e",
	}})
	s.equal("tagged_items", s.get(tags, id)["tagged_items"], 1)
}

func checkTagMissing(s *suite) {
	n := s.name()
	r := s.send("POST", sites, object{"name": n, "slug": n, "tags": []object{{"slug": "nope-nope"}}})
	s.fault(r, 400, `{"tags":["Related object not found using the provided attributes: {'slug': 'nope-nope'}"]}`)
	s.fault(s.send("POST", sites, object{"name": n, "slug": n, "tags": []string{"nope"}}), 400,
		`{"tags":["Related objects must be referenced by numeric ID or by dictionary of attributes. Received an unrecognized value: nope"]}`)
	s.fault(s.send("POST", sites, object{"name": n, "slug": n, "tags": "nope"}), 400,
		s.choose(`{"tags":{"non_field_errors":["Expected a list of items but got type \"str\"."]}}`,
			`{"tags":{"__all__":["Expected a list of items but got type \"str\"."]}}`))
}

func checkTagAdd(s *suite) {
	a, ai := s.tag()
	b, bi := s.tag()
	site := s.tagSite(ai).id()
	o := s.want(200, "PATCH", one(sites, site), object{"add_tags": []any{object{"slug": b}}}).object()
	s.equal("added", tagged(o), []string{a, b})
	r := s.want(200, "PATCH", one(sites, site), object{"remove_tags": []any{ai}})
	s.equal("removed", tagged(r.object()), []string{b})
	got := s.rowsOf(r.request())
	s.equal("logged", []any{len(got), got[0].at("prechange_data", "tags"), got[0].at("postchange_data", "tags")},
		[]any{1, []string{a, b}, []string{b}})
	r = s.send("PATCH", one(sites, site), object{"tags": []int{ai}, "add_tags": []int{bi}})
	s.mention(r, 400, `Cannot specify \"tags\" together with \"add_tags\" or \"remove_tags\".`)
	n := s.name()
	r = s.send("POST", sites, object{"name": n, "slug": n, "remove_tags": []int{bi}})
	s.mention(r, 400, `Cannot use \"remove_tags\" when creating a new object.`)
	bulk := s.want(200, "PATCH", sites, []object{{"id": site, "add_tags": []int{ai}}})
	s.equal("in bulk", tagged(bulk.list()[0]), []string{a, b})
}

func checkTagAddIgnored(s *suite) {
	a, ai := s.tag()
	_, bi := s.tag()
	site := s.tagSite(ai).id()
	o := s.want(200, "PATCH", one(sites, site), object{"add_tags": []int{bi}, "remove_tags": []int{ai}}).object()
	s.equal("ignored", tagged(o), []string{a})
}

func checkTagClear(s *suite) {
	_, ai := s.tag()
	site := s.tagSite(ai).id()
	r := s.want(200, "PATCH", one(sites, site), object{"tags": []int{}})
	s.equal("cleared", tagged(s.get(sites, site)), []string{})
	want := []string{row("update", "dcim.site", site)}
	if s.release <= 2 {
		want = []string{}
	}
	s.equal("rows", s.rows(r.request()), want)
}

func checkTagFilter(s *suite) {
	a, ai := s.tag()
	b, bi := s.tag()
	x := s.tagSite(ai).id()
	y := s.tagSite(ai, bi).id()
	s.equal("tag", ids(s.find(sites, "ordering=id&tag="+a)), []int{x, y})
	s.equal("both", ids(s.find(sites, "ordering=id&tag="+a+"&tag="+b)), []int{y})
	s.equal("not", ids(s.find(sites, fmt.Sprintf("id=%d&id=%d&tag__n=%s", x, y, b))), []int{x})
}

func checkTagDelete(s *suite) {
	_, ai := s.tag()
	site := s.tagSite(ai).object()
	r := s.want(204, "DELETE", one(tags, ai), nil)
	after := s.get(sites, site.id())
	s.equal("tags", tagged(after), []string{})
	s.equal("date", after["last_updated"], site["last_updated"])
	got := s.rows(r.request())
	s.contains("rows", got, row("delete", "extras.tag", ai))
	s.contains("rows", got, row("update", "dcim.site", site.id()))
	s.equal("rows", len(got), 2)
}

func checkTagRename(s *suite) {
	a, ai := s.tag()
	site := s.tagSite(ai).object()
	r := s.want(200, "PATCH", one(tags, ai), object{"name": a + "x", "description": "lease"})
	s.equal("rows", s.rows(r.request()), []string{row("update", "extras.tag", ai)})
	after := s.get(sites, site.id())
	s.equal("tags", tagged(after), []string{a + "x"})
	s.equal("date", after["last_updated"], site["last_updated"])
}

func checkTagTypes(s *suite) {
	n := s.name()
	id := s.create(tags, object{"name": n, "slug": n, "object_types": []string{"dcim.device"}}).id()
	r := s.send("POST", sites, object{"name": n, "slug": n, "tags": []int{id}})
	s.mention(r, 400, "cannot be assigned to site objects.")
	s.equal("nothing made", len(s.find(sites, "name="+n)), 0)
}

func checkTagLock(s *suite) {
	n := s.name()
	results := make(chan reply, 6)
	for i := range 6 {
		go func() {
			c := newClient(s.target.BaseURL, s.target.Token)
			results <- c.do(s.T, "POST", tags, object{"name": fmt.Sprintf("%s-%d", n, i), "slug": n})
		}()
	}
	won := 0
	for range 6 {
		r := <-results
		switch r.status {
		case 201:
			won++
			s.discard(tags, r.id())
		case 400, 500:
		default:
			s.Errorf("status %d: %.200s", r.status, r.raw)
		}
	}
	s.equal("winners", won, 1)
}
