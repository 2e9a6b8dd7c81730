package sandbox

import (
	"cmp"
	"slices"
)

func vlanGroupModel() *model {
	return &model{
		kind: "vlan-groups", app: "ipam", name: "vlangroup", label: "VLAN group", plural: "VLAN groups", order: byName,
		brief: briefly("vlan_count"), keys: []keyIndex{assignment("scope_type", "scope_id")},
		extra: map[string]filterFunc{"site": scopedTo("dcim.site"), "location": scopedTo("dcim.location"), "rack": scopedTo("dcim.rack")},
		unique: []constraint{
			uniqueTogether("ipam_vlangroup_unique_scope_name", "scope_type", "scope_id", "name"),
			uniqueTogether("ipam_vlangroup_unique_scope_slug", "scope_type", "scope_id", "slug"),
		},
		fields: together(head(true), nameField(), slugField(), typed("scope_type", typeName, nullable), typed("scope_id", integer, nullable),
			computedField("scope", showScope), typed("vid_ranges", jsonValue, defaultRanges), fixedField("total_vlan_ids", "4094", since(6), logged(4094)),
			refField("tenant", "tenants", since(4), deleting(protect)), description(), owner(), comments(since(5)), marks(), dates(),
			counter("vlan_count", "vlans", "group", omitNested), fixedField("utilization", `"0 of 4094"`)),
	}
}

func defaultRanges(f *field) { f.def = []any{[]any{int64(1), int64(4094)}} }

// scopedTo filters by the id of a scope of one type.
func scopedTo(objectType string) filterFunc {
	return func(_ *state, lookup string, values []string) (*match, string) {
		if lookup != "" {
			return nil, ""
		}
		return &match{test: func(r *record) bool {
			return r.text("scope_type") == objectType && slices.Contains(values, plain(r.get("scope_id")))
		}}, ""
	}
}

func vlanModel() *model {
	return &model{
		kind: "vlans", app: "ipam", name: "vlan", label: "VLAN", plural: "VLANs", order: byVID, removed: removedVLAN,
		brief: []string{"id", "url", "display", "vid", "name", "description"}, clean: cleanVLAN,
		title: func(_ *state, r *record) string { return r.text("name") + " (" + plain(r.get("vid")) + ")" },
		unique: []constraint{
			uniqueTogether("ipam_vlan_unique_group_vid", "group", "vid"),
			uniqueTogether("ipam_vlan_unique_group_name", "group", "name"),
		},
		fields: together(head(true), refField("site", "sites", deleting(protect)), refField("group", "vlan-groups", deleting(protect)),
			typed("vid", integer, required, labelled("VLAN ID"), between(1, 4094)), textField("name", required, maxLen(64), indexed),
			refField("tenant", "tenants", deleting(protect)), choiceField("status", vlanStatuses, defaults("active")), absent("role"),
			description(), apart("qinq_role", "null"), absent("qinq_svlan"), owner(), comments(), fixedField("l2vpn_termination", "null"),
			marks(), dates(), counter("prefix_count", "prefixes", "vlan", omitNested)),
	}
}

func byVID(a, b *record) int {
	last := func(n int64) int64 { return cmp.Or(n, 1<<62) }
	return cmp.Or(cmp.Compare(last(a.ref("site")), last(b.ref("site"))),
		cmp.Compare(last(a.ref("group")), last(b.ref("group"))), cmp.Compare(a.ref("vid"), b.ref("vid")))
}

func cleanVLAN(t *tx, _ *record, d *draft) {
	group, site := t.to(d.r, "group"), t.to(d.r, "site")
	if group == nil || site == nil || group.text("scope_type") != "dcim.site" || group.ref("scope_id") == site.id {
		return
	}
	d.faults.add(objectFault, "VLAN is assigned to group %s (scope: %s); cannot also assign to site %s.",
		t.titleOf(group), t.titleOf(t.generic(group, "scope_type", "scope_id")), t.titleOf(site))
}

// removedVLAN takes a VLAN off the interfaces that carry it: logged, but
// without a new date.
func removedVLAN(t *tx, r *record) {
	for _, id := range slices.Clone(t.tables["interfaces"].ids) {
		old := t.find("interfaces", id)
		list, _ := old.get("tagged_vlans").([]int64)
		if !slices.Contains(list, r.id) {
			continue
		}
		bare := old.copy()
		bare.set("tagged_vlans", without(slices.Clone(list), r.id))
		t.put(old.model, id, bare)
		t.log("update", old, bare)
	}
}

// cleanVLANs sees that an interface's VLANs suit its mode and its site.
func (t *tx) cleanVLANs(d *draft) {
	r := d.r
	mode, untagged := r.text("mode"), t.to(r, "untagged_vlan")
	tagged, _ := r.get("tagged_vlans").([]int64)
	if mode == "" && untagged != nil {
		d.faults.add("untagged_vlan", "Interface mode does not support untagged vlan")
	}
	if mode != "tagged" && mode != "q-in-q" && len(tagged) > 0 {
		d.faults.add("tagged_vlans", "Interface mode does not support tagged vlans")
	}
	if d.faults.any() || untagged == nil || untagged.get("site") == nil {
		return
	}
	if dev := t.to(r, "device"); untagged.ref("site") != dev.ref("site") {
		d.faults.add("untagged_vlan", "The untagged VLAN (%s) must belong to the same site as the interface's parent device, or it must be global.",
			t.titleOf(untagged))
	}
}

var vlanStatuses = choices{{"active", "Active", 0, 0}, {"reserved", "Reserved", 0, 0}, {"deprecated", "Deprecated", 0, 0}}
