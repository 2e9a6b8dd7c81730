package model

import (
	"strings"

	"github.com/diet-project/diet/mirror/sandbox/table"
)

var circuitNouns = []noun{
	{
		at: "circuits/providers", order: table.ByName, unique: rules{alone("name"), alone("slug")},
		fields: fields{"asns": many("asns"), "accounts": unkeptList, "circuit_count": counts("circuits", "provider")},
	},
	{
		at: "circuits/provider-accounts", order: table.ByName, title: accountTitle,
		unique: rules{together("circuits_provideraccount_unique_provider_account", "provider", "account")},
		fields: fields{"provider": to("providers", protect)},
	},
	{
		at: "circuits/provider-networks", order: table.ByName,
		unique: rules{together("circuits_providernetwork_unique_provider_name", "provider", "name")},
		fields: fields{"provider": to("providers", protect)},
	},
	{
		at: "circuits/circuit-types", order: table.ByName, unique: rules{alone("name"), alone("slug")},
		fields: fields{"circuit_count": counts("circuits", "type")},
	},
	{
		at: "circuits/circuits", title: byField("cid"), order: byCID, search: "cid description comments",
		unique: rules{
			together("circuits_circuit_unique_provider_cid", "provider", "cid"),
			together("circuits_circuit_unique_provideraccount_cid", "provider_account", "cid"),
		},
		fields: fields{
			"provider": to("providers", protect), "provider_account": to("provider-accounts", protect), "type": to("circuit-types", protect),
			"status": def("active"), "tenant": to("tenants", protect), "assignments": fixed("[]"),
		},
	},
	{
		at: "circuits/circuit-terminations", port: true, title: circuitEndTitle, prepare: prepareCircuitEnd,
		unique: rules{together("circuits_circuittermination_unique_circuit_term_side", "circuit", "term_side")},
		fields: fields{
			"circuit": to("circuits", cascade), "termination_type": objectType,
			"termination": generic("termination_type", "termination_id"),
		},
		also: scoped(),
	},
	{
		at: "circuits/circuit-groups", order: table.ByName, unique: rules{alone("name"), alone("slug")},
		fields: fields{"tenant": to("tenants", protect), "circuit_count": counts("circuit-group-assignments", "group")},
	},
	{
		at: "circuits/circuit-group-assignments", belongs: [2]string{"member_type", "member_id"}, title: groupedTitle,
		unique: rules{together("circuits_circuitgroupassignment_unique_member_group", "member_type", "member_id", "group")},
		fields: fields{"group": to("circuit-groups", cascade), "member_type": objectType, "member": generic("member_type", "member_id")},
	},
	{
		at: "circuits/virtual-circuit-types", order: table.ByName, unique: rules{alone("name"), alone("slug")},
		fields: fields{"virtual_circuit_count": counts("virtual-circuits", "type")},
	},
	{
		at: "circuits/virtual-circuits", title: byField("cid"), order: byCID, search: "cid description comments",
		unique: rules{
			together("circuits_virtualcircuit_unique_provider_network_cid", "provider_network", "cid"),
			together("circuits_virtualcircuit_unique_provideraccount_cid", "provider_account", "cid"),
		},
		fields: fields{
			"provider_network": to("provider-networks", protect), "provider_account": to("provider-accounts", protect),
			"type": to("virtual-circuit-types", protect), "status": def("active"), "tenant": to("tenants", protect),
		},
	},
	{
		at: "circuits/virtual-circuit-terminations", title: virtualEndTitle, unique: rules{alone("interface")},
		fields: fields{
			"virtual_circuit": to("virtual-circuits", cascade), "role": def("peer"), "interface": to("interfaces", cascade),
		},
	},
}

func byCID(a, b *table.Record) int { return table.Natural(a.Text("cid"), b.Text("cid")) }

func accountTitle(_ *table.Store, r *table.Record) string {
	if n := r.Text("name"); n != "" {
		return r.Text("account") + " (" + n + ")"
	}
	return r.Text("account")
}

func circuitEndTitle(s *table.Store, r *table.Record) string {
	return s.TitleOf(s.To(r, "circuit")) + ": Termination " + r.Text("term_side")
}

func virtualEndTitle(s *table.Store, r *table.Record) string {
	return s.TitleOf(s.To(r, "virtual_circuit")) + ": " + table.Capital(r.Text("role")) + " termination"
}

func groupedTitle(_ *table.Store, r *table.Record) string {
	words := []string{"Group Assignment"}
	if p := r.Text("priority"); p != "" {
		words = append(words, "("+table.Capital(p)+")")
	}
	return strings.Join(words, " ")
}

// prepareCircuitEnd notes the place at which a circuit ends.
func prepareCircuitEnd(t *table.Tx, _ *table.Record, d *table.Draft) {
	noteScope(t, d, "termination_type", "termination_id", "Invalid termination object: %s ID %s")
}
