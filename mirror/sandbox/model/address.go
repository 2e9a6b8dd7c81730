package model

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/diet-project/diet/mirror/sandbox/table"
)

// address and prefix are networks: a host's, and one without host bits.
var (
	address = &table.Kind{Stored: true, Filter: "text", Read: readAddress}
	prefix  = &table.Kind{Stored: true, Filter: "text", Read: readPrefix}
)

var addressNouns = []noun{
	{
		at: "ipam/vrfs", order: table.ByName, title: vrfTitle, unique: rules{alone("rd")},
		fields: fields{
			"rd": null, "tenant": to("tenants", protect), "enforce_unique": def(true), "import_targets": many("route-targets"),
			"export_targets": many("route-targets"), "ipaddress_count": counts("ip-addresses", "vrf"), "prefix_count": counts("prefixes", "vrf"),
		},
	},
	{
		at: "ipam/route-targets", order: table.ByName, unique: rules{alone("name")}, fields: fields{"tenant": to("tenants", protect)},
	},
	{
		at: "ipam/rirs", order: table.ByName, unique: rules{alone("name"), alone("slug")},
		fields: fields{"aggregate_count": counts("aggregates", "rir")},
	},
	{
		at: "ipam/asns", title: asnTitle, unique: rules{alone("asn")}, search: "description",
		fields: fields{
			"rir": to("rirs", protect), "role": to("roles", setNull), "tenant": to("tenants", protect), "site_count": none,
			"provider_count": none, "sites": unkeptList,
		},
	},
	{
		at: "ipam/asn-ranges", order: table.ByName, unique: rules{alone("name"), alone("slug")},
		fields: fields{"rir": to("rirs", protect), "tenant": to("tenants", protect), "asn_count": fixed("0")},
	},
	{
		at: "ipam/aggregates", title: byField("prefix"), order: byAddress("prefix"), search: "description",
		fields: fields{"family": calc(family), "prefix": both(is(prefix), indexed), "rir": to("rirs", protect),
			"tenant": to("tenants", protect)},
	},
	{
		at: "ipam/roles", order: table.ByName, unique: rules{alone("name"), alone("slug")},
		fields: fields{
			"weight": def(int64(1000)), "prefix_count": counts("prefixes", "role"), "vlan_count": counts("vlans", "role"),
			"asn_count": counts("asns", "role"),
		},
	},
	{
		at: "ipam/prefixes", title: byField("prefix"), order: byAddress("prefix"), prepare: prepareScope, search: "prefix description",
		actions: map[string]table.Action{"available-ips": {Show: showFree, Made: "ip-addresses", Fill: fillFree}},
		filters: map[string]table.Filter{
			"family": familyFilter, "mask_length": maskFilter("prefix"), "within_include": netFilter("prefix", inside),
			"within":   netFilter("prefix", func(have, want netip.Prefix) bool { return inside(have, want) && have.Bits() > want.Bits() }),
			"contains": netFilter("prefix", func(have, want netip.Prefix) bool { return inside(want, have) }),
		},
		fields: fields{
			"family": calc(family), "prefix": both(is(prefix), indexed), "vrf": to("vrfs", protect), "scope_type": objectType,
			"scope": generic("scope_type", "scope_id"), "tenant": to("tenants", protect), "vlan": to("vlans", protect), "status": def("active"),
			"role": to("roles", setNull), "children": none, "_depth": fixed("0"),
		},
		also: scoped(),
	},
	{
		at: "ipam/ip-ranges", title: rangeTitle, search: "description",
		fields: fields{
			"family": calc(family), "start_address": both(is(address), indexed), "end_address": is(address), "vrf": to("vrfs", protect),
			"tenant": to("tenants", protect), "status": def("active"), "role": to("roles", setNull), "size": fixed("0"),
		},
	},
	{
		at: "ipam/ip-addresses", belongs: [2]string{"assigned_object_type", "assigned_object_id"}, title: byField("address"),
		order: byAddress("address"), clean: cleanAddress,
		filters: map[string]table.Filter{
			"family": familyFilter, "assigned_to_interface": assignedAtAll, "assigned": assignedAtAll,
			"parent": netFilter("address", inside), "mask_length": maskFilter("address"),
		},
		fields: fields{
			"family": calc(family), "address": both(is(address), indexed), "vrf": to("vrfs", protect), "tenant": to("tenants", protect),
			"status": def("active"), "assigned_object_type": objectType, "assigned_object": generic("assigned_object_type", "assigned_object_id"),
			"nat_inside":  both(to("ip-addresses", setNull), option(func(f *table.Field) { f.Write = nestedAddress })),
			"nat_outside": calc(natOutside),
		},
	},
	{
		at: "ipam/fhrp-groups", title: fhrpTitle, search: "name description",
		fields: fields{"ip_addresses": calc(groupAddresses)},
	},
	{
		at: "ipam/fhrp-group-assignments", belongs: [2]string{"interface_type", "interface_id"}, title: fhrpAssignmentTitle,
		unique: rules{together("ipam_fhrpgroupassignment_unique_interface_group", "interface_type", "interface_id", "group")},
		fields: fields{
			"group": to("fhrp-groups", cascade), "interface_type": objectType, "interface": generic("interface_type", "interface_id"),
		},
	},
}

func vrfTitle(_ *table.Store, r *table.Record) string {
	if rd := r.Text("rd"); rd != "" {
		return r.Text("name") + " (" + rd + ")"
	}
	return r.Text("name")
}

func asnTitle(_ *table.Store, r *table.Record) string { return "AS" + table.Plain(r.Get("asn")) }

func rangeTitle(_ *table.Store, r *table.Record) string {
	first, _, _ := strings.Cut(r.Text("start_address"), "/")
	return first + "-" + r.Text("end_address")
}

func fhrpTitle(_ *table.Store, r *table.Record) string {
	title := r.Model.ByName["protocol"].Labels[r.Text("protocol")] + ": " + table.Plain(r.Get("group_id"))
	if n := r.Text("name"); n != "" {
		return n + " (" + title + ")"
	}
	return title
}

func fhrpAssignmentTitle(s *table.Store, r *table.Record) string {
	at := "None"
	if i := s.Generic(r, "interface_type", "interface_id"); i != nil {
		at = s.TitleOf(i)
	}
	return at + ": " + s.TitleOf(s.To(r, "group")) + " (" + table.Plain(r.Get("priority")) + ")"
}

func groupAddresses(e *table.Encoder, r *table.Record) {
	e.Each(e.Store.AssignedTo("ip-addresses", r.Model.ObjectType(), r.ID), func(a *table.Record) { e.Embed(a, nil) })
}

// assignment is the index by which generic references are found; what it leads
// to is deleted along with what it is assigned to.
func assignment(typeField, idField string) table.Index {
	return table.Index{Name: table.Assigned, Key: func(r *table.Record) string {
		return table.AssignedKey(r.Text(typeField),
			r.Ref(idField))
	}}
}

func byAddress(name string) func(a, b *table.Record) int {
	return func(a, b *table.Record) int {
		x, _ := netip.ParsePrefix(a.Text(name))
		y, _ := netip.ParsePrefix(b.Text(name))
		if n := x.Addr().Compare(y.Addr()); n != 0 {
			return n
		}
		return x.Bits() - y.Bits()
	}
}

func familyOf(s string) int {
	if p, err := netip.ParsePrefix(s); err == nil && p.Addr().Is6() {
		return 6
	}
	return 4
}

func family(e *table.Encoder, r *table.Record) {
	n := familyOf(r.Text("address") + r.Text("prefix") + r.Text("start_address"))
	e.Value(table.Dict{{"value", n}, {"label", "IPv" + strconv.Itoa(n)}})
}

// readAddress reads an address with its mask.
func readAddress(t *table.Tx, _ *table.Field, v any) (any, string) {
	p, msg := readNetwork(t, v, "address")
	return p.String(), msg
}

// readPrefix reads a network, which has no host bits.
func readPrefix(t *table.Tx, _ *table.Field, v any) (any, string) {
	p, msg := readNetwork(t, v, "prefix")
	if msg == "" && p != p.Masked() {
		return nil, fmt.Sprintf("%s is not a valid prefix. Did you mean %s?", table.Plain(v), p.Masked())
	}
	return p.String(), msg
}

func readNetwork(t *table.Tx, v any, what string) (netip.Prefix, string) {
	s, ok := v.(string)
	if !ok {
		what = "address"
	}
	p, err := netip.ParsePrefix(s)
	if err == nil {
		return p, ""
	}
	if a, err := netip.ParseAddr(s); err == nil {
		return netip.PrefixFrom(a, a.BitLen()), ""
	}
	if t.Rel.NetworkFaultsCrash {
		panic(table.Crash("KeyError", "'data'")) // its own message trips it up
	}
	return p, "Invalid IP " + what + " format: " + table.Plain(v)
}

func nestedAddress(e *table.Encoder, r *table.Record) {
	e.Value(table.Dict{
		{"id", r.ID},
		{"url", e.Base + e.Store.URLOf(r)},
		{"display_url", e.Base + table.Browse(r)},
		{"display", e.Store.TitleOf(r)},
		{"family", familyOf(r.Text("address"))},
		{"address", r.Text("address")},
	})
}

func natOutside(e *table.Encoder, r *table.Record) {
	e.Each(e.Store.Referring("ip-addresses", "nat_inside", r.ID), func(o *table.Record) { nestedAddress(e, o) })
}

func cleanAddress(t *table.Tx, old *table.Record, d *table.Draft) {
	r := d.Record
	kind, id := r.Text("assigned_object_type"), r.Ref("assigned_object_id")
	if (kind == "") != (id == 0) {
		d.Faults.Add(table.ObjectFault, "IP address assignment requires both an object type and an object ID.")
		return
	}
	if kind == "dcim.interface" && t.Find("interfaces", id) == nil {
		d.Faults.Add("assigned_object_id", "Invalid assigned object: %s ID %d", kind, id)
		return
	}
	if old == nil {
		return
	}
	moved := old.Ref("assigned_object_id") != id
	for _, name := range []string{"primary_ip4", "primary_ip6"} {
		if moved && len(t.Referring("devices", name, r.ID)) > 0 {
			d.Faults.Add(table.ObjectFault, "Cannot reassign IP address while it is designated as the primary IP for the parent object")
			return
		}
	}
}
