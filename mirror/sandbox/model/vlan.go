package model

import (
	"cmp"
	"slices"

	"github.com/diet-project/diet/mirror/sandbox/table"
)

var vlanNouns = []noun{
	{
		at: "ipam/vlan-groups", belongs: [2]string{"scope_type", "scope_id"}, order: table.ByName,
		unique: rules{
			together("ipam_vlangroup_unique_scope_name", "scope_type", "scope_id", "name"),
			together("ipam_vlangroup_unique_scope_slug", "scope_type", "scope_id", "slug"),
		},
		filters: map[string]table.Filter{"site": scopedTo("dcim.site"), "location": scopedTo("dcim.location"), "rack": scopedTo("dcim.rack")},
		fields: fields{
			"scope_type": objectType, "scope": generic("scope_type", "scope_id"),
			"vid_ranges":     both(is(table.JSON), def([]any{[]any{int64(1), int64(4094)}})),
			"total_vlan_ids": both(fixed("4094"), logs(4094)), "tenant": to("tenants", protect), "vlan_count": counts("vlans", "group"),
			"utilization": both(fixed(`"0 of 4094"`), annotated),
		},
	},
	{
		at: "ipam/vlans", order: byVID, title: vlanTitle, clean: cleanVLAN, removed: removedVLAN,
		unique: rules{together("ipam_vlan_unique_group_vid", "group", "vid"), together("ipam_vlan_unique_group_name", "group", "name")},
		fields: fields{
			"site": to("sites", protect), "group": to("vlan-groups", protect), "tenant": to("tenants", protect), "status": def("active"),
			"role": to("roles", setNull), "qinq_svlan": to("vlans", protect), "l2vpn_termination": calc(ofL2VPN),
			"prefix_count": counts("prefixes", "vlan"),
		},
	},
	{
		at: "ipam/vlan-translation-policies", order: table.ByName, unique: rules{alone("name")},
		fields: fields{"rules": calc(func(e *table.Encoder, r *table.Record) {
			e.Each(e.Store.Referring("vlan-translation-rules", "policy", r.ID), func(rule *table.Record) { e.Embed(rule, nil) })
		})},
	},
	{
		at: "ipam/vlan-translation-rules", title: func(_ *table.Store, r *table.Record) string {
			return table.Plain(r.Get("local_vid")) + " -> " + table.Plain(r.Get("remote_vid"))
		},
		unique: rules{
			together("ipam_vlantranslationrule_unique_policy_local_vid", "policy", "local_vid"),
			together("ipam_vlantranslationrule_unique_policy_remote_vid", "policy", "remote_vid"),
		},
		fields: fields{"policy": numbered("vlan-translation-policies", cascade)},
	},
}

func vlanTitle(_ *table.Store, r *table.Record) string {
	return r.Text("name") + " (" + table.Plain(r.Get("vid")) + ")"
}

func byVID(a, b *table.Record) int {
	last := func(n int64) int64 { return cmp.Or(n, 1<<62) }
	return cmp.Or(cmp.Compare(last(a.Ref("site")), last(b.Ref("site"))),
		cmp.Compare(last(a.Ref("group")), last(b.Ref("group"))), cmp.Compare(a.Ref("vid"), b.Ref("vid")))
}

func cleanVLAN(t *table.Tx, _ *table.Record, d *table.Draft) {
	group, site := t.To(d.Record, "group"), t.To(d.Record, "site")
	if group == nil || site == nil || group.Text("scope_type") != "dcim.site" || group.Ref("scope_id") == site.ID {
		return
	}
	d.Faults.Add(table.ObjectFault, "VLAN is assigned to group %s (scope: %s); cannot also assign to site %s.",
		t.TitleOf(group), t.TitleOf(t.Generic(group, "scope_type", "scope_id")), t.TitleOf(site))
}

// removedVLAN takes a VLAN off the interfaces that carry it: logged, but
// without a new date.
func removedVLAN(t *table.Tx, r *table.Record) {
	for _, id := range slices.Clone(t.Tables["interfaces"].IDs) {
		old := t.Find("interfaces", id)
		list, _ := old.Get("tagged_vlans").([]int64)
		if !slices.Contains(list, r.ID) {
			continue
		}
		bare := old.Copy()
		bare.Set("tagged_vlans", table.Without(slices.Clone(list), r.ID))
		t.Put(old.Model, id, bare)
		t.Log("update", old, bare)
	}
}

// cleanVLANs checks that an interface's VLANs suit its mode and its site.
func cleanVLANs(t *table.Tx, d *table.Draft) {
	r := d.Record
	mode, untagged := r.Text("mode"), t.To(r, "untagged_vlan")
	tagged, _ := r.Get("tagged_vlans").([]int64)
	if mode == "" && untagged != nil {
		d.Faults.Add("untagged_vlan", "Interface mode does not support untagged vlan")
	}
	if mode != "tagged" && mode != "q-in-q" && len(tagged) > 0 {
		d.Faults.Add("tagged_vlans", "Interface mode does not support tagged vlans")
	}
	if d.Faults.Any() || untagged == nil || untagged.Get("site") == nil {
		return
	}
	if dev := t.To(r, "device"); untagged.Ref("site") != dev.Ref("site") {
		d.Faults.Add("untagged_vlan", "The untagged VLAN (%s) must belong to the same site as "+
			"the interface's parent device, or it must be global.",
			t.TitleOf(untagged))
	}
}
