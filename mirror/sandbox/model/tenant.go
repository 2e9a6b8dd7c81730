package model

import (
	"cmp"

	"github.com/diet-project/diet/mirror/sandbox/table"
)

var tenantNouns = []noun{
	{
		at: "tenancy/tenant-groups", tree: true, unique: rules{alone("name"), alone("slug")},
		fields: fields{"parent": to("tenant-groups", cascade), "tenant_count": within("tenants", "group")},
	},
	{
		at: "tenancy/tenants", order: table.ByName, unique: tenantRules(),
		fields: fields{
			"group": to("tenant-groups", setNull), "circuit_count": counts("circuits", "tenant"),
			"device_count": counts("devices", "tenant"), "ipaddress_count": counts("ip-addresses", "tenant"),
			"prefix_count": counts("prefixes", "tenant"), "rack_count": counts("racks", "tenant"), "site_count": counts("sites", "tenant"),
			"virtualmachine_count": counts("virtual-machines", "tenant"), "vlan_count": counts("vlans", "tenant"),
			"vrf_count": counts("vrfs", "tenant"), "cluster_count": counts("clusters", "tenant"),
		},
	},
	{
		at: "tenancy/contact-groups", tree: true,
		unique: rules{together("tenancy_contactgroup_unique_parent_name", "parent", "name")},
		fields: fields{"parent": to("contact-groups", cascade), "contact_count": fixed("0")},
	},
	{at: "tenancy/contact-roles", order: table.ByName, unique: rules{alone("name"), alone("slug")}},
	{
		at: "tenancy/contacts", order: table.ByName,
		fields: fields{"group": to("contact-groups", setNull), "groups": many("contact-groups")},
	},
	{
		at: "tenancy/contact-assignments", belongs: [2]string{"object_type", "object_id"}, title: assignmentTitle,
		order:  func(a, b *table.Record) int { return cmp.Compare(a.Ref("contact"), b.Ref("contact")) },
		unique: rules{together("tenancy_contactassignment_unique_object_contact_role", "object_type", "object_id", "contact", "role")},
		fields: fields{
			"object_type": objectType, "object": generic("object_type", "object_id"),
			"contact": to("contacts", protect), "role": to("contact-roles", protect),
		},
	},
}

func tenantRules() []table.Constraint {
	alone := func(name string) table.Constraint {
		return table.Constraint{
			Name: "tenancy_tenant_unique_" + name, Fields: []string{name},
			Message: "Tenant " + name + " must be unique per group.",
			Key:     func(r *table.Record) (string, bool) { return r.Text(name), r.Get("group") == nil },
		}
	}
	inGroup := func(name string) table.Constraint {
		return table.Constraint{
			Name: "tenancy_tenant_unique_group_" + name, Fields: []string{"group", name},
			Message: "Tenant " + name + " must be unique per group.",
		}
	}
	return []table.Constraint{inGroup("name"), alone("name"), inGroup("slug"), alone("slug")}
}

func assignmentTitle(s *table.Store, r *table.Record) string {
	who := s.TitleOf(s.To(r, "contact"))
	if p := r.Text("priority"); p != "" {
		who += " (" + r.Model.ByName["priority"].Labels[p] + ")"
	}
	if o := s.Generic(r, "object_type", "object_id"); o != nil {
		return who + " -> " + s.TitleOf(o)
	}
	return who + " -> None"
}
