package model

import (
	"regexp"
	"slices"
	"strings"

	"github.com/diet-project/diet/mirror/sandbox/table"
)

var interfaceNouns = []noun{
	{
		at: "dcim/interfaces", port: true, childrenFirst: true, order: byDevice, title: interfaceTitle, clean: cleanInterface,
		created: createdInterface, updated: updatedInterface,
		unique: rules{together("dcim_interface_unique_device_name", "device", "name")}, filters: interfaceFilters(),
		actions: map[string]table.Action{"trace": {Show: trace}},
		fields: fields{
			"device": to("devices", cascade), "vdcs": many("virtual-device-contexts"), "module": to("modules", cascade), "enabled": def(true),
			"parent": kin("interfaces", restrict), "bridge": kin("interfaces", setNull), "lag": kin("interfaces", setNull),
			"bridge_interfaces": calc(bridged), "mac_address": ownMAC, "primary_mac_address": to("mac-addresses", forget),
			"mac_addresses": calc(allMACs), "wwn": null, "untagged_vlan": to("vlans", setNull), "tagged_vlans": many("vlans"),
			"qinq_svlan": to("vlans", setNull), "vlan_translation_policy": to("vlan-translation-policies", protect),
			"wireless_link": both(fixed("null"), logs(table.Raw("null"))), "wireless_lans": many("wireless-lans"), "vrf": to("vrfs", setNull),
			"l2vpn_termination": calc(ofL2VPN), "count_ipaddresses": both(calc(countAddresses), annotatedEmbedded),
			"count_fhrp_groups": both(calc(countGroups), annotatedEmbedded),
		},
	},
	{
		at: "dcim/mac-addresses", belongs: [2]string{"assigned_object_type", "assigned_object_id"}, title: byField("mac_address"),
		order: func(a, b *table.Record) int { return strings.Compare(a.Text("mac_address"), b.Text("mac_address")) },
		clean: cleanMAC, search: "mac_address description", filters: map[string]table.Filter{"assigned": assignedAtAll},
		fields: fields{
			"mac_address": both(is(macAddress), indexed), "assigned_object_type": objectType,
			"assigned_object": generic("assigned_object_type", "assigned_object_id"), "is_primary": calc(isPrimary),
		},
	},
}

// annotatedEmbedded is left out where an object is embedded.
var annotatedEmbedded = option(func(f *table.Field) { f.Unembedded = true })

// kin refers to an interface of the same device.
func kin(target string, on table.Deletion) setting {
	return both(to(target, on), option(func(f *table.Field) { f.Write = nestedInterface }))
}

func interfaceTitle(_ *table.Store, r *table.Record) string {
	if l := r.Text("label"); l != "" {
		return r.Text("name") + " (" + l + ")"
	}
	return r.Text("name")
}

// nestedInterface is how interfaces show their kin.
func nestedInterface(e *table.Encoder, r *table.Record) {
	var cable any
	if id := r.Ref("cable"); id != 0 {
		cable = id
	}
	e.Raw(`{"id":`)
	e.Value(r.ID)
	e.Raw(`,"url":`)
	e.Value(e.Base + e.Store.URLOf(r))
	e.Raw(`,"display_url":`)
	e.Value(e.Base + table.Browse(r))
	e.Raw(`,"display":`)
	e.Value(e.Store.TitleOf(r))
	e.Raw(`,"device":`)
	e.Embed(e.Store.To(r, "device"), []string{"id", "url", "display_url", "display", "name"})
	e.Raw(`,"name":`)
	e.Value(r.Get("name"))
	e.Raw(`,"cable":`)
	e.Value(cable)
	e.Raw(`,"_occupied":`)
	e.Value(cable != nil || r.Flag("mark_connected"))
	e.Raw("}")
}

func bridged(e *table.Encoder, r *table.Record) {
	e.Each(e.Store.Referring(r.Model.Kind, "bridge", r.ID), func(b *table.Record) { nestedInterface(e, b) })
}

func countAddresses(e *table.Encoder, r *table.Record) {
	e.Value(len(e.Store.AssignedTo("ip-addresses", r.Model.ObjectType(), r.ID)))
}

func countGroups(e *table.Encoder, r *table.Record) {
	e.Value(len(e.Store.AssignedTo("fhrp-group-assignments", r.Model.ObjectType(), r.ID)))
}

// ofL2VPN is the termination by which an object belongs to an L2VPN.
func ofL2VPN(e *table.Encoder, r *table.Record) {
	for _, end := range e.Store.AssignedTo("l2vpn-terminations", r.Model.ObjectType(), r.ID) {
		e.Embed(end, nil)
		return
	}
	e.Raw("null")
}

// wireless, virtual and such interfaces take no cable.
func uncabled(kind string) bool {
	switch kind {
	case "virtual", "bridge", "lag", "channel", "other-wireless", "gsm", "cdma", "lte", "4g", "5g":
		return true
	}
	return strings.HasPrefix(kind, "ieee802.11") || strings.HasPrefix(kind, "ieee802.15")
}

// wwnForm is a World Wide Name: eight octets.
var wwnForm = regexp.MustCompile(`^[0-9a-fA-F]{2}([:-]?[0-9a-fA-F]{2}){7}$`)

func cleanInterface(t *table.Tx, old *table.Record, d *table.Draft) {
	r := d.Record
	kind := r.Text("type")
	label := r.Model.ByName["type"].Labels[kind]
	switch {
	case uncabled(kind) && r.Ref("cable") != 0:
		d.Faults.Add("type", "%s interfaces cannot have a cable attached.", label)
	case uncabled(kind) && r.Flag("mark_connected"):
		d.Faults.Add("mark_connected", "%s interfaces cannot be marked as connected.", label)
	case r.Ref("cable") != 0 && r.Flag("mark_connected"):
		d.Faults.Add(table.ObjectFault, "Cannot mark as connected with a cable attached.")
	case old != nil && old.Ref("device") != r.Ref("device"):
		d.Faults.Add("device", "Components cannot be moved to a different device.")
	case r.Get("parent") != nil && kind != "virtual":
		d.Faults.Add("parent", "Only virtual interfaces may be assigned to a parent interface.")
	case r.Text("wwn") != "" && !wwnForm.MatchString(r.Text("wwn")):
		d.Faults.Add("wwn", "Invalid WWN format: %s", r.Text("wwn"))
	case kind == "virtual" && r.Get("lag") != nil:
		d.Faults.Add("lag", "Virtual interfaces cannot have a parent LAG interface.")
	default:
		if cleanRadio(d); !d.Faults.Any() {
			cleanKin(t, d)
		}
	}
}

// cleanKin checks that parent, bridge and LAG are of the same device, or virtual
// chassis, and other than the interface itself.
func cleanKin(t *table.Tx, d *table.Draft) {
	r := d.Record
	for _, name := range []string{"parent", "bridge", "lag"} {
		kin := t.To(r, name)
		switch {
		case kin == nil:
		case kin.ID == r.ID && name == "parent":
			d.Faults.Add(name, "An interface cannot be its own parent.")
		case kin.ID == r.ID && name == "bridge":
			d.Faults.Add(name, "An interface cannot be bridged to itself.")
		case kin.ID == r.ID:
			d.Faults.Add(name, "A LAG interface cannot be its own parent.")
		case kin.Ref("device") != r.Ref("device"):
			cleanStranger(t, d, name, kin)
		}
		if d.Faults.Any() {
			return
		}
	}
	cleanVLANs(t, d)
}

// cleanStranger lets an interface of another device be kin within one virtual
// chassis.
func cleanStranger(t *table.Tx, d *table.Draft, name string, kin *table.Record) {
	words := map[string]string{"parent": "selected parent interface", "bridge": "selected bridge interface", "lag": "selected LAG interface"}
	mine, other := t.To(d.Record, "device"), t.To(kin, "device")
	switch chassis := t.To(mine, "virtual_chassis"); {
	case chassis == nil:
		d.Faults.Add(name, "The %s (%s) belongs to a different device (%s).", words[name], t.TitleOf(kin), t.TitleOf(other))
	case chassis.ID != other.Ref("virtual_chassis"):
		d.Faults.Add(name, "The %s (%s) belongs to %s, which is not part of virtual chassis %s.",
			words[name], t.TitleOf(kin), t.TitleOf(other), t.TitleOf(chassis))
	}
}

func interfaceFilters() map[string]table.Filter {
	filters := map[string]table.Filter{
		"cabled": func(_ *table.Store, _ string, values []string) (*table.Match, string) {
			want := table.Truthy(values[0])
			return &table.Match{Test: func(r *table.Record) bool { return (r.Ref("cable") != 0) == want }}, ""
		},
		"occupied": func(_ *table.Store, _ string, values []string) (*table.Match, string) {
			want := table.Truthy(values[0])
			return &table.Match{Test: func(r *table.Record) bool { return (r.Ref("cable") != 0 || r.Flag("mark_connected")) == want }}, ""
		},
		"kind":        interfaceKind,
		"mac_address": byMAC(func(_ *table.Store, r *table.Record) []*table.Record { return []*table.Record{r} }),
		"vlan_id":     byVLAN(true), "vlan": byVLAN(false),
		"vdc_id": func(_ *table.Store, _ string, values []string) (*table.Match, string) {
			return &table.Match{Test: func(r *table.Record) bool { return listsAny(r.Get("vdcs"), values) }}, ""
		},
		"connected": func(s *table.Store, _ string, values []string) (*table.Match, string) {
			want := table.Truthy(values[0])
			return &table.Match{Test: func(r *table.Record) bool { return (len(peers(s, r)) > 0) == want }}, ""
		},
	}
	return filters
}

// interfaceKind tells physical interfaces from others.
func interfaceKind(_ *table.Store, _ string, values []string) (*table.Match, string) {
	kinds := map[string][]string{"virtual": {"virtual", "bridge", "lag"}, "wireless": nil}
	return &table.Match{Test: func(r *table.Record) bool {
		kind := r.Text("type")
		wireless := strings.HasPrefix(kind, "ieee802.11") || strings.HasPrefix(kind, "ieee802.15") || kind == "other-wireless"
		is := "physical"
		switch {
		case slices.Contains(kinds["virtual"], kind):
			is = "virtual"
		case wireless:
			is = "wireless"
		}
		return slices.Contains(values, is)
	}}, ""
}

// byVLAN filters by a VLAN, tagged or not.
func byVLAN(byID bool) table.Filter {
	return func(s *table.Store, lookup string, values []string) (*table.Match, string) {
		if lookup != "" {
			return nil, ""
		}
		return &table.Match{Test: func(r *table.Record) bool {
			carried := []int64{r.Ref("untagged_vlan")}
			tagged, _ := r.Get("tagged_vlans").([]int64)
			for _, v := range s.All("vlans", append(carried, tagged...)) {
				if byID && slices.Contains(values, table.Plain(v.ID)) || !byID && slices.Contains(values, table.Plain(v.Get("vid"))) {
					return true
				}
			}
			return false
		}}, ""
	}
}

// listsAny says whether a list of ids has one of those given.
func listsAny(list any, values []string) bool {
	ids, _ := list.([]int64)
	return slices.ContainsFunc(ids, func(id int64) bool { return slices.Contains(values, table.Plain(id)) })
}
