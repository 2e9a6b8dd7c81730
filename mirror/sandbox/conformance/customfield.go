package conformance

import "fmt"

func customChecks() []check {
	return []check{
		{name: "custom/definition", run: checkDefinition},
		{name: "custom/merge", run: checkMerge},
		{name: "custom/unknown name", run: checkUnknownCustom},
		{name: "custom/required", run: checkRequiredCustom},
		{name: "custom/unique", run: checkUniqueCustom},
		{name: "custom/values", run: checkCustomValues},
		{name: "custom/filters", run: checkCustomFilters},
		{name: "custom/filter of several", run: checkFilterOfSeveral},
		{name: "custom/default", run: checkDefault},
		{name: "custom/rename and unassign", run: checkRename},
		{name: "custom/json", run: checkJSON},
	}
}

// custom makes a custom field on sites and returns its name and id.
func (s *suite) custom(kind string, more ...any) (name string, id int) {
	s.Helper()
	s.taken++
	name = fmt.Sprintf("%s_%d", s.prefix, s.taken)
	body := object{"name": name, "type": kind, "object_types": []string{"dcim.site"}}
	for i := 0; i+1 < len(more); i += 2 {
		body[more[i].(string)] = more[i+1]
	}
	return name, s.create(customs, body).id()
}

// siteWith makes a site with custom fields.
func (s *suite) siteWith(fields object) reply {
	s.Helper()
	n := s.name()
	body := object{"name": n, "slug": n}
	if fields != nil {
		body["custom_fields"] = fields
	}
	return s.create(sites, body)
}

// What refers to an object among several others is found by its id.
func checkFilterOfSeveral(s *suite) {
	name, _ := s.custom("multiobject", "related_object_type", "dcim.site")
	a, b := s.siteWith(nil).id(), s.siteWith(nil).id()
	both, one := s.siteWith(object{name: []int{a, b}}).id(), s.siteWith(object{name: []int{b}}).id()
	s.equal("among others", ids(s.find(sites, fmt.Sprintf("cf_%s=%d", name, a))), []int{both})
	s.equal("any of them", ids(s.find(sites, fmt.Sprintf("cf_%s=%d&cf_%s=%d&ordering=id", name, a, name, b))), []int{both, one})
	s.equal("none", ids(s.find(sites, fmt.Sprintf("cf_%s=%d", name, one))), []int{})
}

func checkDefinition(s *suite) {
	name, id := s.custom("text", "filter_logic", "exact", "is_cloneable", false, "ui_visible", "if-set", "ui_editable", "hidden",
		"label", "Lbl")
	o := s.get(customs, id)
	s.equal("definition", []any{
		o["name"], o.at("type", "value"), o.at("filter_logic", "value"), o["is_cloneable"], o.at("ui_visible", "value"),
		o.at("ui_editable", "value"), o["object_types"], o["display"], o["data_type"], o["required"], o["unique"], o["default"], o["weight"],
	},
		[]any{name, "text", "exact", false, "if-set", "hidden", []string{"dcim.site"}, "Lbl", "string", false, false, nil, 100})
	bad := func(body object, words string) {
		s.Helper()
		for k, v := range (object{"type": "text", "object_types": []string{"dcim.site"}, "name": s.prefix + "bad"}) {
			if _, said := body[k]; !said {
				body[k] = v
			}
		}
		s.mention(s.send("POST", customs, body), 400, words)
	}
	bad(object{"name": "no-name"}, "Only alphanumeric characters and underscores are allowed.")
	bad(object{"name": "a__b"}, "Double underscores are not permitted in custom field names.")
	bad(object{"name": name}, "custom field with this name already exists.")
	bad(object{"type": "nope"}, "nope is not a valid choice.")
	bad(object{"object_types": []string{"dcim.nope"}}, `{"object_types":["Invalid content type: dcim.nope"]}`)
	bad(object{"type": "boolean", "unique": true}, "Uniqueness cannot be enforced for boolean fields")
	bad(object{"type": "integer", "default": "x"}, `{"default":["Invalid default value \"x\": Value must be an integer."]}`)
	bad(object{"type": "select"}, "Selection fields must specify a set of choices.")
	s.mention(s.send("PATCH", one(customs, id), object{"type": "integer"}), 400, "Changing the type of custom fields is not supported.")
	s.equal("found by name", ids(s.find(customs, "name="+name)), []int{id})
}

func checkMerge(s *suite) {
	a, _ := s.custom("text")
	b, _ := s.custom("text")
	site := s.siteWith(object{a: "1", b: "2"})
	o := s.want(200, "PATCH", one(sites, site.id()), object{"custom_fields": object{a: "3"}}).object()
	s.equal("merged", []any{o.at("custom_fields", a), o.at("custom_fields", b)}, []any{"3", "2"})
	o = s.want(200, "PATCH", one(sites, site.id()), object{"custom_fields": object{a: nil}}).object()
	s.equal("null clears", []any{o.at("custom_fields", a), o.at("custom_fields", b)}, []any{nil, "2"})
	o = s.want(200, "PATCH", one(sites, site.id()), object{"custom_fields": object{a: ""}}).object()
	s.equal("empty stays", o.at("custom_fields", a), "")
	s.want(400, "PATCH", one(sites, site.id()), object{"custom_fields": nil})
	s.mention(s.send("PATCH", one(sites, site.id()), object{"custom_fields": []int{1}}), 400,
		"Invalid data format. Custom field data must be passed as a dictionary")
	bare := s.siteWith(nil).object()
	v, there := bare["custom_fields"].(map[string]any)[a]
	s.equal("unset is null", []any{v, there}, []any{nil, true})
}

func checkUnknownCustom(s *suite) {
	site := s.siteWith(nil).id()
	r := s.send("PATCH", one(sites, site), object{"custom_fields": object{"nope_nope": 1}})
	switch {
	case s.release >= 5:
		s.fault(r, 400, `{"custom_fields":{"nope_nope":"Custom field 'nope_nope' does not exist for this object type."}}`)
	case s.release >= 3:
		s.equal("ignored", r.status, 200)
	default:
		s.fault(r, 400, `{"__all__":["Unknown field name 'nope_nope' in custom field data."]}`)
	}
}

func checkRequiredCustom(s *suite) {
	name, id := s.custom("text", "required", true)
	n := s.name()
	r := s.send("POST", sites, object{"name": n, "slug": n})
	if r.status != 400 {
		s.discard(sites, r.id())
	}
	s.fault(r, 400, fmt.Sprintf(`{"__all__":["Invalid value for custom field '%s': Required field cannot be empty."]}`, name))
	s.fault(s.send("POST", sites, object{"name": n, "slug": n, "custom_fields": object{}}), 400,
		fmt.Sprintf(`{"__all__":["Missing required custom field '%s'."]}`, name))
	site := s.siteWith(object{name: "x"}).id()
	s.want(200, "PATCH", one(customs, id), object{"required": false})
	s.want(200, "PATCH", one(sites, site), object{"custom_fields": object{name: nil}})
	s.want(200, "PATCH", one(customs, id), object{"required": true})
	s.fault(s.send("PATCH", one(sites, site), object{"description": "other"}), 400,
		fmt.Sprintf(`{"__all__":["Invalid value for custom field '%s': Required field cannot be empty."]}`, name))
	s.want(200, "PATCH", one(customs, id), object{"required": false})
}

func checkUniqueCustom(s *suite) {
	name, _ := s.custom("text", "unique", true)
	s.siteWith(object{name: "x"})
	n := s.name()
	s.fault(s.send("POST", sites, object{"name": n, "slug": n, "custom_fields": object{name: "x"}}), 400,
		fmt.Sprintf(`{"__all__":["Custom field '%s' must have a unique value."]}`, name))
	body := []object{{"name": n, "slug": n, "custom_fields": object{name: "y"}},
		{"name": n + "x", "slug": n + "x", "custom_fields": object{name: "y"}}}
	r := s.send("POST", sites, body)
	for _, o := range r.list() {
		s.discard(sites, o.id())
	}
	want := 201 // not seen within a batch
	if s.release >= 7 {
		want = 400
	}
	s.equal("duplicate in a batch", r.status, want)
}

func checkCustomValues(s *suite) {
	site := s.siteWith(nil).id()
	try := func(kind string, good, bad any, words string) {
		s.Helper()
		name, _ := s.custom(kind)
		r := s.send("PATCH", one(sites, site), object{"custom_fields": object{name: good}})
		s.equal(kind, []any{r.status, r.object().at("custom_fields", name)}, []any{200, good})
		s.mention(s.send("PATCH", one(sites, site), object{"custom_fields": object{name: bad}}), 400, words)
	}
	try("text", "a", 1, "Value must be a string.")
	try("integer", 5, "5", "Value must be an integer.")
	try("boolean", true, "yes", "Value must be true or false.")
	try("date", "2026-01-02", "02.01.2026", "Date values must be in ISO 8601 format (YYYY-MM-DD).")
	try("url", "http://x/", 1, "Value must be a string.")
	try("decimal", 1.5, "x", "Value must be a decimal.")
	name, _ := s.custom("datetime")
	s.want(200, "PATCH", one(sites, site), object{"custom_fields": object{name: "2026-01-02T03:04:05+00:00"}})
	s.mention(s.send("PATCH", one(sites, site), object{"custom_fields": object{name: "x"}}), 400,
		"Date and time values must be in ISO 8601 format")
}

func checkCustomFilters(s *suite) {
	loose, _ := s.custom("text")
	exact, _ := s.custom("text", "filter_logic", "exact")
	off, _ := s.custom("text", "filter_logic", "disabled")
	flag, _ := s.custom("boolean")
	num, _ := s.custom("integer")
	v := s.name()
	a := s.siteWith(object{loose: v, exact: v, off: v, flag: true, num: 5}).id()
	b := s.siteWith(object{loose: v + "x", exact: v + "x", off: v, flag: false, num: 6}).id()
	q := "ordering=id&name__isw=" + s.prefix + "&"
	s.equal("loose", ids(s.find(sites, q+"cf_"+loose+"="+v)), []int{a, b})
	s.equal("exact", ids(s.find(sites, q+"cf_"+exact+"="+v)), []int{a})
	s.equal("exact, several", ids(s.find(sites, q+"cf_"+exact+"="+v+"&cf_"+exact+"="+v+"x")), []int{a, b})
	s.equal("exact, isw", ids(s.find(sites, q+"cf_"+exact+"__isw="+v)), []int{a, b})
	s.equal("loose, isw is ignored", ids(s.find(sites, q+"cf_"+loose+"__isw=nope")), []int{a, b})
	s.equal("loose, empty is ignored", ids(s.find(sites, q+"cf_"+loose+"__empty=true")), []int{a, b})
	s.equal("loose, n is ignored", ids(s.find(sites, q+"cf_"+loose+"__n="+v)), []int{a, b})
	s.equal("exact, n", ids(s.find(sites, q+"cf_"+exact+"__n="+v)), []int{b})
	data, _ := s.custom("json")
	s.equal("json is ignored", ids(s.find(sites, q+"cf_"+data+"=1")), []int{a, b})
	s.equal("disabled is ignored", ids(s.find(sites, q+"cf_"+off+"=nope")), []int{a, b})
	s.equal("boolean", ids(s.find(sites, q+"cf_"+flag+"=true")), []int{a})
	s.equal("integer", ids(s.find(sites, q+"cf_"+num+"=6")), []int{b})
	s.equal("integer gte", ids(s.find(sites, q+"cf_"+num+"__gte=5")), []int{a, b})
	c := s.siteWith(nil).id()
	s.equal("empty", ids(s.find(sites, q+"cf_"+exact+"__empty=true")), []int{c})
}

func checkDefault(s *suite) {
	old := s.siteWith(nil).object()
	name, _ := s.custom("text", "default", "d")
	after := s.get(sites, old.id())
	s.equal("default on old objects", after.at("custom_fields", name), "d")
	s.equal("date", after["last_updated"], old["last_updated"])
	s.equal("default on new objects", s.siteWith(nil).object().at("custom_fields", name), "d")
	s.equal("default beside others", s.siteWith(object{}).object().at("custom_fields", name), "d")
	s.equal("null instead", s.siteWith(object{name: nil}).object().at("custom_fields", name), nil)
}

func checkRename(s *suite) {
	name, id := s.custom("text")
	old := s.siteWith(object{name: "v"}).object()
	r := s.want(200, "PATCH", one(customs, id), object{"name": name + "x"})
	after := s.get(sites, old.id())
	s.equal("value under the new name", after.at("custom_fields", name+"x"), "v")
	s.equal("date", after["last_updated"], old["last_updated"])
	s.equal("rows", s.rows(r.request()), []string{row("update", "extras.customfield", id)})
	s.want(200, "PATCH", one(customs, id), object{"object_types": []string{"dcim.device"}})
	s.want(200, "PATCH", one(customs, id), object{"object_types": []string{"dcim.device", "dcim.site"}})
	s.equal("value after unassigning", s.get(sites, old.id()).at("custom_fields", name+"x"), nil)
}

func checkJSON(s *suite) {
	name, _ := s.custom("json")
	site := s.siteWith(object{name: object{"b": 1.50, "aa": []int{1}, "a": nil}}).id()
	r := s.want(200, "GET", one(sites, site)+"?fields=custom_fields", nil)
	s.mention(r, 200, `{"a":null,"b":1.5,"aa":[1]}`)
	o := s.want(200, "PATCH", one(sites, site), object{"custom_fields": object{name: object{}}}).object()
	s.equal("empty object", o.at("custom_fields", name), object{})
	o = s.want(200, "PATCH", one(sites, site), object{"custom_fields": object{name: []int{}}}).object()
	s.equal("empty list", o.at("custom_fields", name), []int{})
	o = s.want(200, "PATCH", one(sites, site), object{"custom_fields": object{name: object{"v": object{"x": "y"}}}}).object()
	s.equal("nested", o.at("custom_fields", name, "v", "x"), "y")
}
