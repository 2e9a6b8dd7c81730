package model

import (
	"cmp"

	"github.com/diet-project/diet/mirror/sandbox/table"
)

var vpnNouns = []noun{
	{
		at: "vpn/tunnel-groups", order: table.ByName, unique: rules{alone("name"), alone("slug")},
		fields: fields{"tunnel_count": counts("tunnels", "group")},
	},
	{
		at: "vpn/tunnels", order: table.ByName, unique: rules{alone("name")},
		fields: fields{
			"group": to("tunnel-groups", protect), "ipsec_profile": to("ipsec-profiles", protect), "tenant": to("tenants", protect),
			"terminations_count": counts("tunnel-terminations", "tunnel"),
		},
	},
	{
		at: "vpn/tunnel-terminations", belongs: [2]string{"termination_type", "termination_id"}, order: byTunnel,
		title: func(s *table.Store, r *table.Record) string {
			return s.TitleOf(s.To(r, "tunnel")) + ": Termination " + table.Plain(r.ID)
		},
		unique: rules{{
			Name: "vpn_tunneltermination_termination", Fields: []string{"termination_type", "termination_id"},
			Message: "An object may be terminated to only one tunnel at a time.",
		}},
		fields: fields{
			"tunnel": to("tunnels", cascade), "termination_type": objectType, "termination": generic("termination_type", "termination_id"),
			"outside_ip": to("ip-addresses", protect),
		},
	},
	{at: "vpn/ike-proposals", order: table.ByName, unique: rules{alone("name")}},
	{at: "vpn/ike-policies", order: table.ByName, unique: rules{alone("name")}, fields: fields{"proposals": many("ike-proposals")}},
	{at: "vpn/ipsec-proposals", order: table.ByName, unique: rules{alone("name")}},
	{at: "vpn/ipsec-policies", order: table.ByName, unique: rules{alone("name")}, fields: fields{"proposals": many("ipsec-proposals")}},
	{
		at: "vpn/ipsec-profiles", order: table.ByName, unique: rules{alone("name")},
		fields: fields{"ike_policy": to("ike-policies", protect), "ipsec_policy": to("ipsec-policies", protect)},
	},
	{
		at: "vpn/l2vpns", order: table.ByName, unique: rules{alone("name"), alone("slug")},
		title: func(_ *table.Store, r *table.Record) string {
			if n := r.Get("identifier"); n != nil {
				return r.Text("name") + " (" + table.Plain(n) + ")"
			}
			return r.Text("name")
		},
		fields: fields{
			"status": def("active"), "import_targets": many("route-targets"), "export_targets": many("route-targets"),
			"tenant": to("tenants", protect),
		},
	},
	{
		at: "vpn/l2vpn-terminations", belongs: [2]string{"assigned_object_type", "assigned_object_id"}, title: l2vpnEndTitle,
		unique: rules{together("vpn_l2vpntermination_assigned_object", "assigned_object_type", "assigned_object_id")},
		fields: fields{
			"l2vpn": to("l2vpns", cascade), "assigned_object_type": objectType,
			"assigned_object": generic("assigned_object_type", "assigned_object_id"),
		},
	},
}

func byTunnel(a, b *table.Record) int {
	return cmp.Or(cmp.Compare(a.Ref("tunnel"), b.Ref("tunnel")), cmp.Compare(a.Text("role"), b.Text("role")))
}

func l2vpnEndTitle(s *table.Store, r *table.Record) string {
	if o := s.Generic(r, "assigned_object_type", "assigned_object_id"); o != nil {
		return s.TitleOf(o) + " <> " + s.TitleOf(s.To(r, "l2vpn"))
	}
	return "None"
}
