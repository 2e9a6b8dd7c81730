package conformance

import (
	"fmt"
	"net/url"
)

func changeChecks() []check {
	return []check{
		{name: "changelog/row", run: checkRow},
		{name: "changelog/data", run: checkData},
		{name: "changelog/no-op", run: checkNoOp},
		{name: "changelog/message", since: 4, run: checkMessage},
		{name: "changelog/filters", run: checkChangeFilters},
		{name: "changelog/types", run: checkChangedTypes},
		{name: "changelog/set null", run: checkSetNull},
	}
}

func checkRow(s *suite) {
	n := s.name()
	r := s.create(sites, object{"name": n, "slug": n})
	got := s.rowsOf(r.request())
	if len(got) != 1 {
		s.Fatalf("rows: %v", got)
	}
	o := got[0]
	user, _ := o["user_name"].(string)
	s.equal("row", []any{o["request_id"], o["action"], o["changed_object_type"], o["changed_object_id"], o["display"],
		o.at("user", "username")},
		[]any{
			r.request(),
			object{"value": "create", "label": "Created"},
			"dcim.site", r.id(),
			fmt.Sprintf("DCIM | site %s created by %s", n, user), user,
		})
	s.equal("changed object", o.at("changed_object", "name"), n)
	s.equal("before", o["prechange_data"], object{})
	_, repr := o["object_repr"]
	_, message := o["message"]
	s.equal("newer members", []bool{message, repr}, []bool{s.release >= 4, s.release >= 5})
	s.equal("alone", s.want(200, "GET", one(changes, o.id()), nil).object()["request_id"], r.request())
	slim := s.find(changes, "fields=id&request_id="+r.request())[0]
	s.equal("fields= is heeded", len(slim) == 1, s.release >= 5)
	s.want(204, "DELETE", one(sites, r.id()), nil)
	s.equal("changed object when gone", s.rowsOf(r.request())[0]["changed_object"], nil)
}

func checkData(s *suite) {
	h := s.hall()
	n := s.name()
	_, ti := s.tag()
	rack := s.create(racks, object{"name": n, "site": h.site}).id()
	r := s.create(devices, h.device(n, "rack", rack, "position", 5, "face", "front", "tags", []int{ti}))
	post := object(s.rowsOf(r.request())[0]["postchange_data"].(map[string]any))
	s.equal("post", []any{
		post["name"], post["site"], post["role"], post["device_type"], post["rack"], post["position"], post["face"], post["status"],
		post["asset_tag"], post["tenant"], post["airflow"], post["serial"], post["tags"],
	},
		[]any{n, h.site, h.role, h.kind, rack, "5.0", "front", "active", nil, nil, nil, "", []string{s.get(tags, ti)["name"].(string)}})
	if post["created"] != nil || post["last_updated"] != nil || post["custom_fields"] == nil {
		s.Errorf("post: %v", post)
	}
	r = s.want(200, "PATCH", one(devices, r.id()), object{"serial": "1"})
	got := s.rowsOf(r.request())[0]
	s.equal("serial", []any{got.at("prechange_data", "serial"), got.at("postchange_data", "serial")}, []any{"", "1"})
	r = s.want(204, "DELETE", one(devices, r.id()), nil)
	all := s.rowsOf(r.request())
	last := all[len(all)-1]
	s.equal("delete", []any{last.at("prechange_data", "serial"), last["postchange_data"]}, []any{"1", object{}})
}

func checkNoOp(s *suite) {
	n := s.name()
	o := s.create(sites, object{"name": n, "slug": n}).object()
	r := s.want(200, "PATCH", one(sites, o.id()), object{"name": n})
	s.equal("rows", s.rows(r.request()), []string{})
	s.equal("dated", r.object()["last_updated"] != o["last_updated"], true)
}

func checkMessage(s *suite) {
	n := s.name()
	r := s.create(sites, object{"name": n, "slug": n, "changelog_message": n + "-made"})
	s.equal("create", s.rowsOf(r.request())[0]["message"], n+"-made")
	s.equal("found by q", len(s.find(changes, "q="+n+"-made")), 1)
	r = s.want(200, "PATCH", sites, []object{{"id": r.id(), "description": "d", "changelog_message": n + "-bulk"}})
	s.equal("bulk", s.rowsOf(r.request())[0]["message"], n+"-bulk")
	site := r.list()[0].id()
	r = s.want(204, "DELETE", sites, []object{{"id": site, "changelog_message": n + "-gone"}})
	s.equal("delete", s.rowsOf(r.request())[0]["message"], n+"-gone")
	h := s.hall()
	r = s.create(devices, h.device(n, "changelog_message", n+"-dev"))
	all := s.rowsOf(r.request())
	s.equal("components carry none", []any{all[0]["message"], all[1]["message"]}, []any{n + "-dev", ""})
	r = s.want(204, "DELETE", one(devices, r.id()), object{"changelog_message": n + "-del"})
	all = s.rowsOf(r.request())
	s.equal("single delete", []any{all[0]["message"], all[len(all)-1]["message"]}, []any{"", n + "-del"})
}

func checkChangeFilters(s *suite) {
	n := s.name()
	first := s.create(sites, object{"name": n, "slug": n})
	second := s.want(200, "PATCH", one(sites, first.id()), object{"description": "d"})
	a, b := s.rowsOf(first.request())[0], s.rowsOf(second.request())[0]
	mine := fmt.Sprintf("changed_object_type=dcim.site&changed_object_id=%d", first.id())
	s.equal("newest first", ids(s.find(changes, mine)), []int{b.id(), a.id()})
	s.equal("by id", ids(s.find(changes, mine+"&ordering=id")), []int{a.id(), b.id()})
	s.equal("id__gt", ids(s.find(changes, fmt.Sprintf("%s&id__gt=%d", mine, a.id()))), []int{b.id()})
	s.equal("action", ids(s.find(changes, mine+"&action=create")), []int{a.id()})
	s.equal("time_after", ids(s.find(changes, mine+"&time_after="+url.QueryEscape(b["time"].(string)))), []int{b.id()})
	s.equal("time_before", ids(s.find(changes, mine+"&time_before="+url.QueryEscape(a["time"].(string)))), []int{a.id()})
	s.equal("user_name", len(s.find(changes, mine+"&user_name="+a["user_name"].(string))), 2)
	other := s.create(sites, object{"name": n + "-2", "slug": n + "-2"})
	both := fmt.Sprintf("%s&changed_object_id=%d&ordering=id", mine, other.id())
	s.equal("two objects", ids(s.find(changes, both)), []int{a.id(), b.id(), s.rowsOf(other.request())[0].id()})
	s.equal("other user", len(s.find(changes, mine+"&user_name=nobody-nope")), 0)
}

func checkChangedTypes(s *suite) {
	n := s.name()
	site := s.create(sites, object{"name": n, "slug": n})
	rack := s.create(racks, object{"name": n, "site": site.id()})
	base := fmt.Sprintf("ordering=id&id__gte=%d", s.rowsOf(site.request())[0].id())
	got := s.find(changes, base+"&changed_object_type=dcim.site&changed_object_type=dcim.rack&limit=1000")
	kinds := map[any]bool{}
	for _, o := range got {
		kinds[o["changed_object_type"]] = true
	}
	s.equal("both", kinds["dcim.site"], s.release >= 5)
	s.equal("the last", kinds["dcim.rack"], true)
	_ = rack
	s.equal("unknown type", len(s.find(changes, "changed_object_type=dcim.nope")), 0)
}

func checkSetNull(s *suite) {
	h := s.hall()
	n := s.name()
	platform := s.create("/api/dcim/platforms/", object{"name": n, "slug": n}).id()
	d := s.create(devices, h.device(n, "platform", platform)).object()
	r := s.want(204, "DELETE", one("/api/dcim/platforms/", platform), nil)
	s.contains("rows", s.rows(r.request()), row("update", "dcim.device", d.id()))
	after := s.get(devices, d.id())
	s.equal("platform", after["platform"], nil)
	s.equal("dated", after["last_updated"] != d["last_updated"], true)
}
