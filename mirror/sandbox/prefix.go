package sandbox

import "net/netip"

func prefixModel() *model {
	return &model{
		kind: "prefixes", app: "ipam", name: "prefix", label: "prefix", plural: "prefixes",
		brief: []string{"id", "url", "display", "family", "prefix", "description", "_depth"},
		title: func(_ *state, r *record) string { return r.text("prefix") }, order: byAddress("prefix"),
		actions: map[string]detailAction{"available-ips": {show: showFree, made: "ip-addresses", fill: fillFree}},
		prepare: prepareScope, searchable: []string{"prefix", "description"},
		extra: map[string]filterFunc{
			"family": familyFilter, "mask_length": maskFilter("prefix"), "within_include": netFilter("prefix", inside),
			"within":   netFilter("prefix", func(have, want netip.Prefix) bool { return inside(have, want) && have.Bits() > want.Bits() }),
			"contains": netFilter("prefix", func(have, want netip.Prefix) bool { return inside(want, have) }),
			"site_id":  along(true, "_site"), "site": along(false, "_site"),
			"location_id": along(true, "_location"), "location": along(false, "_location"),
		},
		fields: together(head(true), computedField("family", family), typed("prefix", prefix, required, indexed),
			absent("vrf"), typed("scope_type", typeName, nullable), typed("scope_id", integer, nullable),
			computedField("scope", showScope), refField("tenant", "tenants", deleting(protect)), refField("vlan", "vlans", deleting(protect)),
			choiceField("status", prefixStatuses, defaults("active")), absent("role"),
			boolField("is_pool", false), boolField("mark_utilized", false), description(), owner(), comments(), marks(), dates(),
			naught("children"), fixedField("_depth", "0"),
			scopeSite()),
	}
}

// scopeSite is the site that a scope means: what is scoped goes with it.
func scopeSite() []*field {
	return []*field{
		refField("_site", "sites", hidden, unlogged, deleting(cascade)),
		refField("_location", "locations", hidden, unlogged, deleting(cascade)),
	}
}

// prepareScope notes what the scope means, so that it goes when that goes.
func prepareScope(t *tx, _ *record, d *draft) {
	r := d.r
	scope := t.generic(r, "scope_type", "scope_id")
	r.set("_site", nil)
	r.set("_location", nil)
	switch {
	case r.text("scope_type") != "" && scope == nil:
		d.faults.add("scope_id", "Invalid scope object: %s ID %s", r.text("scope_type"), plain(r.get("scope_id")))
	case scope == nil:
	case scope.model.kind == "sites":
		r.set("_site", scope.id)
	case scope.model.kind == "locations":
		r.set("_location", scope.id)
		r.set("_site", scope.get("site"))
	}
}

func showScope(e *encoder, r *record) {
	if o := e.s.generic(r, "scope_type", "scope_id"); o != nil {
		e.embed(o, nil)
		return
	}
	e.raw("null")
}
