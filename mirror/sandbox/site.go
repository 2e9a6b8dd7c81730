package sandbox

import "slices"

func regionModel() *model {
	return &model{
		kind: "regions", app: "dcim", name: "region", label: "region", plural: "regions", order: byName,
		brief: briefly("site_count", "_depth"), unique: inTree("dcim_region", "region"),
		fields: together(head(true), nameField(), slugField(),
			refField("parent", "regions", deleting(cascade), showing("id", "url", "display_url", "display", "name", "slug", "_depth")),
			description(), marks(), dates(), counter("site_count", "sites", "region", zeroNested),
			naught("prefix_count"), owner(), comments(since(4)), depth()),
	}
}

func siteGroupModel() *model {
	return &model{
		kind: "site-groups", app: "dcim", name: "sitegroup", label: "site group", plural: "site groups", order: byName,
		brief: briefly("site_count", "_depth"), unique: inTree("dcim_sitegroup", "site group"),
		fields: together(head(true), nameField(), slugField(),
			refField("parent", "site-groups", deleting(cascade), showing("id", "url", "display_url", "display", "name", "slug", "_depth")),
			description(), marks(), dates(), counter("site_count", "sites", "group", zeroNested),
			naught("prefix_count"), owner(), comments(since(4)), depth()),
	}
}

func siteModel() *model {
	return &model{
		kind: "sites", app: "dcim", name: "site", label: "site", plural: "sites", order: byName,
		brief:  []string{"id", "url", "display", "name", "slug", "description"},
		unique: []constraint{uniqueField("dcim_site", "name"), uniqueField("dcim_site", "slug")},
		fields: together(head(true), nameField(), slugField(),
			choiceField("status", siteStatuses, defaults("active")),
			refField("region", "regions"), refField("group", "site-groups"), refField("tenant", "tenants", deleting(protect)),
			textField("facility", maxLen(50)), typed("time_zone", zone, nullable), description(),
			textField("physical_address", maxLen(200)), textField("shipping_address", maxLen(200)),
			typed("latitude", decimal, nullable, digits(8, 6), between(-90, 90)),
			typed("longitude", decimal, nullable, digits(9, 6), between(-180, 180)),
			owner(), comments(), absentList("asns"), marks(), dates(),
			naught("circuit_count"), counter("device_count", "devices", "site", omitNested),
			counter("prefix_count", "prefixes", "_site", omitNested),
			counter("rack_count", "racks", "site", omitNested), counter("virtualmachine_count", "virtual-machines", "site", omitNested),
			counter("vlan_count", "vlans", "site", omitNested)),
	}
}

func locationModel() *model {
	return &model{
		kind: "locations", app: "dcim", name: "location", label: "location", plural: "locations", order: byName,
		brief: briefly("rack_count", "_depth"), unique: locationRules(), clean: cleanLocation, updated: movedLocation,
		extra: map[string]filterFunc{"ancestor_id": under("locations", true), "ancestor": under("locations", false), "region_id": along(true, "site", "region"), "region": along(false, "site", "region")},
		fields: together(head(true), nameField(), slugField(), refField("site", "sites", required, deleting(cascade)),
			refField("parent", "locations", deleting(cascade), showing("id", "url", "display_url", "display", "name", "slug", "_depth")),
			choiceField("status", locationStatuses, defaults("active")), refField("tenant", "tenants", deleting(protect)),
			textField("facility", maxLen(50)), description(), marks(), dates(),
			counter("rack_count", "racks", "location", zeroNested), counter("device_count", "devices", "location", zeroNested),
			naught("prefix_count"), owner(), comments(since(4)), depth()),
	}
}

// under filters a tree by what lies above.
func under(kind string, byID bool) filterFunc {
	return func(s *state, lookup string, values []string) (*match, string) {
		ids, _, msg := s.resolve(kind, byID, values)
		if msg != "" || lookup != "" {
			return nil, msg
		}
		below := s.descendants(kind, ids)
		below = sortedIDs(slices.DeleteFunc(below, func(id int64) bool { return slices.Contains(ids, id) }))
		return &match{ids: below, known: true}, ""
	}
}

// locationRules are as in any tree, within a site.
func locationRules() []constraint {
	top := func(name string) constraint {
		return constraint{
			name: "dcim_location_" + name, fields: []string{"site", name},
			message: "A location with this " + name + " already exists within the specified site.",
			key: func(r *record) (string, bool) {
				return plain(r.get("site")) + "\x00" + r.text(name), r.get("parent") == nil
			},
		}
	}
	return []constraint{
		uniqueTogether("dcim_location_parent_name", "site", "parent", "name"), top("name"),
		uniqueTogether("dcim_location_parent_slug", "site", "parent", "slug"), top("slug"),
	}
}

func cleanLocation(t *tx, _ *record, d *draft) {
	parent := t.to(d.r, "parent")
	if parent != nil && parent.ref("site") != d.r.ref("site") {
		d.faults.add("parent", "Parent location (%s) must belong to the same site (%s).",
			t.titleOf(parent), t.titleOf(t.to(d.r, "site")))
	}
}

// movedLocation carries racks, devices and sub-locations along to another
// site, unlogged.
func movedLocation(t *tx, old, r *record, _ *draft) {
	if old.ref("site") == r.ref("site") {
		return
	}
	site := r.get("site")
	for _, id := range t.descendants("locations", []int64{r.id}) {
		if sub := t.find("locations", id); sub.ref("site") != r.ref("site") {
			t.slip(sub, func(c *record) { c.set("site", site) })
		}
		for _, kind := range []string{"racks", "devices"} {
			t.slipAll(kind, "location", id, func(c *record) { c.set("site", site) })
		}
	}
}

// slipAll alters, unlogged, all objects of a kind that refer to id.
func (t *tx) slipAll(kind, field string, id int64, alter func(*record)) {
	for _, r := range t.referring(kind, field, id) {
		t.slip(r, alter)
	}
}
