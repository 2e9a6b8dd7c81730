package conformance

import (
	"fmt"
	"strings"
)

func permissionChecks() []check {
	return []check{
		{name: "permission/none", run: checkNoPermission},
		{name: "permission/constraint", run: checkConstraint},
		{name: "permission/bulk", run: checkConstraintInBulk},
		{name: "permission/token flags", run: checkTokenFlags},
		{name: "permission/options", run: checkOptions},
		{name: "permission/nothing asked", run: checkNothingAsked},
		{name: "permission/chosen token", since: 7, run: checkChosenToken},
	}
}

const (
	users       = "/api/users/users/"
	permissions = "/api/users/permissions/"
	tokens      = "/api/users/tokens/" //nolint:gosec // an address
)

// guest makes a user without any permission, and a client that is that user. The
// newest servers choose the token themselves, and tell it once.
func (s *suite) guest(flags object) (*client, int, int) {
	s.Helper()
	n := s.name()
	user := s.create(users, object{"username": n, "password": "Correct-Horse-9-" + n}).id()
	plain := strings.ReplaceAll(fmt.Sprintf("%40s", n), " ", "0")
	body := object{"user": user, "key": plain}
	if s.release >= 5 {
		body = object{"user": user, "version": 1, "token": plain}
	}
	for k, v := range flags {
		body[k] = v
	}
	made := s.create(tokens, body)
	if chosen, _ := made.object()["token"].(string); chosen != "" {
		plain = chosen
	}
	return newClient(s.target.BaseURL, plain), user, made.id()
}

// grant lets a user do things to objects of a type.
func (s *suite) grant(user int, objectType string, constraints any, actions ...string) {
	s.Helper()
	s.create(permissions, object{
		"name": s.name(), "object_types": []string{objectType}, "actions": actions, "constraints": constraints, "users": []int{user},
	})
}

// checkNothingAsked holds what `diet init --check` rests on: a request that cannot succeed
// is refused for want of the right first.
func checkNothingAsked(s *suite) {
	c, user, _ := s.guest(nil)
	none := one(sites, 0)
	ask := func(post, patch, remove int) {
		s.Helper()
		s.equal("POST of nothing", c.do(s.T, "POST", sites, object{}).status, post)
		s.equal("PATCH of nobody", c.do(s.T, "PATCH", none, object{}).status, patch)
		s.equal("DELETE of nobody", c.do(s.T, "DELETE", none, nil).status, remove)
	}
	ask(403, 403, 403)
	s.grant(user, "dcim.site", nil, "view", "add")
	ask(400, 403, 403)
	s.grant(user, "dcim.site", nil, "change", "delete")
	ask(400, 404, 404)
	s.grant(user, "core.objectchange", nil, "view")
	s.equal("changelog", c.do(s.T, "GET", changes, nil).status, 200)
}

const notAllowed = `{"detail":"You do not have permission to perform this action."}`

func checkNoPermission(s *suite) {
	c, user, _ := s.guest(nil)
	s.equal("status", c.do(s.T, "GET", "/api/status/", nil).status, 200)
	for _, path := range []string{sites, one(sites, 1), changes, "/api/dcim/device-bays/"} {
		s.fault(c.do(s.T, "GET", path, nil), 403, notAllowed)
	}
	s.grant(user, "dcim.site", nil, "view")
	s.equal("with the permission", c.do(s.T, "GET", sites, nil).status, 200)
	n := s.name()
	s.fault(c.do(s.T, "POST", sites, object{"name": n, "slug": n}), 403, notAllowed)
	s.fault(c.do(s.T, "GET", racks, nil), 403, notAllowed)
}

func checkConstraint(s *suite) {
	c, user, _ := s.guest(nil)
	mine, other := s.name(), s.name()
	a := s.create(sites, object{"name": mine, "slug": mine}).id()
	b := s.create(sites, object{"name": other, "slug": other}).id()
	s.grant(user, "dcim.site", object{"name__startswith": mine}, "view", "add", "change", "delete")
	s.grant(user, "dcim.rack", []object{{"site__slug": mine}, {"site__slug__in": []string{mine}}}, "view", "add", "change")
	q := sites + "?name=" + mine + "&name=" + other
	s.equal("listed", ids(c.do(s.T, "GET", q, nil).list()), []int{a})
	s.fault(c.do(s.T, "GET", one(sites, b), nil), 404, `{"detail":"No Site matches the given query."}`)
	s.fault(c.do(s.T, "PATCH", one(sites, b), object{"description": "x"}), 404, `{"detail":"No Site matches the given query."}`)
	s.fault(c.do(s.T, "DELETE", one(sites, b), nil), 404, `{"detail":"No Site matches the given query."}`)
	s.equal("within", c.do(s.T, "PATCH", one(sites, a), object{"description": "x"}).status, 200)
	s.fault(c.do(s.T, "PATCH", one(sites, a), object{"name": other + "-z"}), 403, notAllowed)
	s.equal("undone", s.get(sites, a)["name"], mine)
	s.fault(c.do(s.T, "POST", sites, object{"name": other + "-new", "slug": other + "-new"}), 403, notAllowed)
	s.equal("none made", len(s.find(sites, "name="+other+"-new")), 0)
	rack := c.do(s.T, "POST", racks, object{"name": mine, "site": a})
	s.equal("rack within", rack.status, 201)
	s.discard(racks, rack.id())
	s.fault(c.do(s.T, "PATCH", one(racks, rack.id()), object{"site": b}), 403, notAllowed)
	s.equal("its author", s.rowsOf(rack.request())[0].at("user", "id"), user)
}

func checkConstraintInBulk(s *suite) {
	c, user, _ := s.guest(nil)
	mine, other := s.name(), s.name()
	a := s.create(sites, object{"name": mine, "slug": mine}).id()
	b := s.create(sites, object{"name": other, "slug": other}).id()
	s.grant(user, "dcim.site", object{"name__startswith": mine}, "view", "change", "delete")
	r := c.do(s.T, "PATCH", sites, []object{{"id": a, "description": "x"}, {"id": b, "description": "x"}})
	if s.release >= 7 {
		s.mention(r, 400, "1 of 2 objects could not be found.")
	} else {
		s.equal("changed", []any{r.status, ids(r.list())}, []any{200, []int{a}})
	}
	s.equal("not changed", s.get(sites, b)["description"], "")
	r = c.do(s.T, "DELETE", sites, []object{{"id": b}})
	want := 204 // in silence
	if s.release >= 7 {
		want = 400
	}
	s.equal("deletion", r.status, want)
	s.equal("not deleted", s.get(sites, b).id(), b)
}

func checkTokenFlags(s *suite) {
	c, user, token := s.guest(object{"write_enabled": false})
	s.grant(user, "dcim.site", nil, "view", "add")
	n := s.name()
	s.equal("read", c.do(s.T, "GET", sites, nil).status, 200)
	s.fault(c.do(s.T, "POST", sites, object{"name": n, "slug": n}), 403, notAllowed)
	s.want(200, "PATCH", one(tokens, token), object{"expires": "2020-01-01T00:00:00Z"})
	s.fault(c.do(s.T, "GET", sites, nil), 403, `{"detail":"Token expired"}`)
	s.want(200, "PATCH", one(tokens, token), object{"expires": nil})
	if s.release >= 5 {
		s.want(200, "PATCH", one(tokens, token), object{"enabled": false})
		s.fault(c.do(s.T, "GET", sites, nil), 403, `{"detail":"Token disabled"}`)
		s.want(200, "PATCH", one(tokens, token), object{"enabled": true})
	}
	s.want(200, "PATCH", one(users, user), object{"is_active": false})
	s.fault(c.do(s.T, "GET", sites, nil), 403, `{"detail":"User inactive"}`)
	s.want(204, "DELETE", one(tokens, token), nil)
	s.equal("a deleted token", c.do(s.T, "GET", sites, nil).status, 403)
}

func checkOptions(s *suite) {
	r := s.want(200, "OPTIONS", devices, nil)
	s.equal("status", r.object().at("actions", "POST", "status"), object{
		"type": "field", "required": false, "read_only": false, "label": "Status", "choices": []object{
			{"value": "offline", "display_name": "Offline"}, {"value": "active", "display_name": "Active"},
			{"value": "planned", "display_name": "Planned"}, {"value": "staged", "display_name": "Staged"},
			{"value": "failed", "display_name": "Failed"}, {"value": "inventory", "display_name": "Inventory"},
			{"value": "decommissioning", "display_name": "Decommissioning"},
		},
	})
	s.equal("name", r.object().at("actions", "POST", "name"),
		object{"type": "string", "required": false, "read_only": false, "label": "Name", "max_length": 64})
	s.equal("id", r.object().at("actions", "PUT", "id"), object{"type": "integer", "required": false, "read_only": true, "label": "ID"})
	s.equal("site", r.object().at("actions", "POST", "site", "required"), true)
	s.equal("renders", r.object()["renders"], []string{"application/json", "text/html"})
	r = s.want(200, "OPTIONS", cables, nil)
	s.equal("cable type", r.object().at("actions", "POST", "type", "type"), "choice")
	s.equal("name of a list", r.object()["name"], "Cable List")
	c, _, _ := s.guest(nil)
	r = c.do(s.T, "OPTIONS", sites, nil)
	_, there := r.object()["actions"]
	s.equal("without permission", []any{r.status, there}, []any{200, false})
	one := s.want(200, "OPTIONS", fmt.Sprintf("%s%d/", sites, s.siteWith(nil).id()), nil)
	s.equal("of an object", one.object().at("actions", "POST"), nil)
}

// checkChosenToken checks that a server chooses tokens itself, and tells them once.
func checkChosenToken(s *suite) {
	n := s.name()
	user := s.create(users, object{"username": n, "password": "Correct-Horse-9-" + n}).id()
	mine := strings.Repeat("a", 40)
	for version := 1; version <= 2; version++ {
		made := s.create(tokens, object{"user": user, "version": version, "token": mine}).object()
		chosen, _ := made["token"].(string)
		if len(chosen) != 40 || chosen == mine {
			s.Errorf("version %d: token %q", version, chosen)
		}
		full := chosen
		if version == 2 {
			full = fmt.Sprintf("nbt_%v.%s", made["key"], chosen)
		}
		s.equal("shown once", s.get(tokens, made.id())["token"], nil)
		s.equal("used", newClient(s.target.BaseURL, full).do(s.T, "GET", "/api/status/", nil).status, 200)
		s.equal("not used", newClient(s.target.BaseURL, mine).do(s.T, "GET", "/api/status/", nil).status, 403)
	}
}
