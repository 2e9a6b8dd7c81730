package sandbox

import (
	"regexp"
	"slices"
	"strings"
)

func interfaceModel() *model {
	return &model{
		kind: "interfaces", app: "dcim", name: "interface", label: "interface", plural: "interfaces",
		brief: []string{"id", "url", "display", "device", "name", "description", "cable", "_occupied"},
		order: byDevice, clean: cleanInterface, children: interfaceChildren, logExtra: cablePosition,
		title: func(_ *state, r *record) string {
			if l := r.text("label"); l != "" {
				return r.text("name") + " (" + l + ")"
			}
			return r.text("name")
		},
		unique: []constraint{uniqueTogether("dcim_interface_unique_device_name", "device", "name")},
		extra:  interfaceFilters(), fields: interfaceFields(), actions: map[string]detailAction{"trace": {show: trace}},
	}
}

func interfaceFields() []*field {
	kin := func(name, target string, opts ...option) *field {
		f := refField(name, target, opts...)
		f.write = nestedInterface
		return f
	}
	return together(head(true), refField("device", "devices", required, deleting(cascade)), typed("vdcs", references, toContexts),
		absent("module"), textField("name", required, maxLen(64), indexed), textField("label", maxLen(64)),
		choiceField("type", interfaceTypes, required), apart("channels", "null", since(7)), apart("channel_id", "null", since(7)),
		boolField("enabled", true), kin("parent", "interfaces", deleting(restrict)), kin("bridge", "interfaces"),
		computedField("bridge_interfaces", bridged, since(4)), kin("lag", "interfaces"),
		typed("mtu", integer, nullable, between(1, 65536)), computedField("mac_address", primaryMAC), refField("primary_mac_address", "mac-addresses", deleting(forget)),
		computedField("mac_addresses", allMACs), typed("speed", integer, nullable, between(0, 9223372036854775807)),
		choiceField("duplex", interfaceDuplexs, nullable, blankable), textField("wwn", nullable, blankable),
		boolField("mgmt_only", false), description(), choiceField("mode", interfaceModes, nullable, blankable),
		apart("rf_role", "null"), apart("rf_channel", "null"),
		choiceField("poe_mode", interfacePoEModes, nullable, blankable), choiceField("poe_type", interfacePoETypes, nullable, blankable),
		apart("rf_channel_frequency", "null"), apart("rf_channel_width", "null"),
		typed("tx_power", integer, nullable, between(-40, 127)), refField("untagged_vlan", "vlans"), typed("tagged_vlans", references, toVLANs),
		absent("qinq_svlan"), absent("vlan_translation_policy"), boolField("mark_connected", false),
		refField("cable", "cables", readOnly, deleting(forget)), textField("cable_end", readOnly, nullable),
		fixedField("wireless_link", "null", logged(raw("null"))), computedField("link_peers", linkPeers), computedField("link_peers_type", linkPeersType),
		absentList("wireless_lans"), absent("vrf"), fixedField("l2vpn_termination", "null"),
		computedField("connected_endpoints", endpoints), computedField("connected_endpoints_type", endpointsType),
		computedField("connected_endpoints_reachable", reachable),
		owner(), marks(), dates(), computedField("count_ipaddresses", countAddresses, omitNested), naught("count_fhrp_groups"),
		computedField("_occupied", func(e *encoder, r *record) { e.value(r.ref("cable") != 0 || r.flag("mark_connected")) }))
}

func toContexts(f *field) { f.target, f.def = "virtual-device-contexts", []int64{} }

func toVLANs(f *field) { f.target, f.def = "vlans", []int64{} }

func withEnds(f *field) { f.choices = choices{{"A", "A", 0, 0}, {"B", "B", 0, 0}} }

// nestedInterface is how interfaces show their kin.
func nestedInterface(e *encoder, r *record) {
	var cable any
	if id := r.ref("cable"); id != 0 {
		cable = id
	}
	e.raw(`{"id":`)
	e.value(r.id)
	e.raw(`,"url":`)
	e.value(e.base + e.s.urlOf(r))
	e.raw(`,"display_url":`)
	e.value(e.base + browse(r))
	e.raw(`,"display":`)
	e.value(e.s.titleOf(r))
	e.raw(`,"device":`)
	e.embed(e.s.to(r, "device"), []string{"id", "url", "display_url", "display", "name"})
	e.raw(`,"name":`)
	e.value(r.get("name"))
	e.raw(`,"cable":`)
	e.value(cable)
	e.raw(`,"_occupied":`)
	e.value(cable != nil || r.flag("mark_connected"))
	e.raw("}")
}

func bridged(e *encoder, r *record) {
	e.each(e.s.referring("interfaces", "bridge", r.id), func(b *record) { nestedInterface(e, b) })
}

func countAddresses(e *encoder, r *record) {
	e.value(len(e.s.tables["ip-addresses"].texts["assigned"][assignedKey("dcim.interface", r.id)]))
}

// peers are the interfaces at the other end of an interface's cable.
func (s *state) peers(r *record) []*record {
	var found []*record
	cable := r.ref("cable")
	if cable == 0 {
		return nil
	}
	for _, ct := range s.referring("cable-terminations", "cable", cable) {
		if ct.text("cable_end") != r.text("cable_end") {
			if i := s.terminated(ct); i != nil {
				found = append(found, i)
			}
		}
	}
	return found
}

func linkPeers(e *encoder, r *record) {
	e.each(e.s.peers(r), func(p *record) { e.embed(p, nil) })
}

func linkPeersType(e *encoder, r *record) {
	if peers := e.s.peers(r); len(peers) > 0 {
		e.value(peers[0].model.objectType())
		return
	}
	e.raw("null")
}

// endpoints is what lies at the end of the path; without patch panels that is
// the peer.
func endpoints(e *encoder, r *record) {
	if r.ref("cable") == 0 || len(e.s.peers(r)) == 0 {
		e.raw("null")
		return
	}
	linkPeers(e, r)
}

func endpointsType(e *encoder, r *record) { linkPeersType(e, r) }

func reachable(e *encoder, r *record) {
	cable := e.s.to(r, "cable")
	switch {
	case cable != nil && len(e.s.peers(r)) > 0:
		e.value(cable.text("status") == "connected")
	case e.s.rel.minor >= 5 || cable != nil:
		e.value(false)
	default:
		e.raw("null")
	}
}

// cablePosition are columns that cable profiles fill, as the changelog shows
// them.
func cablePosition(s *state, _ *record) dict {
	if s.rel.minor < 5 {
		return nil
	}
	return dict{{"cable_connector", nil}, {"cable_positions", nil}}
}

// wireless, virtual and such interfaces take no cable.
func uncabled(kind string) bool {
	switch kind {
	case "virtual", "bridge", "lag", "channel", "other-wireless":
		return true
	}
	return strings.HasPrefix(kind, "ieee802.11") || strings.HasPrefix(kind, "ieee802.15")
}

// wwnForm is a World Wide Name: eight octets.
var wwnForm = regexp.MustCompile(`^[0-9a-fA-F]{2}([:-]?[0-9a-fA-F]{2}){7}$`)

func cleanInterface(t *tx, old *record, d *draft) {
	r := d.r
	kind := r.text("type")
	label := r.model.byName["type"].labels[kind]
	switch {
	case uncabled(kind) && r.ref("cable") != 0:
		d.faults.add("type", "%s interfaces cannot have a cable attached.", label)
	case uncabled(kind) && r.flag("mark_connected"):
		d.faults.add("mark_connected", "%s interfaces cannot be marked as connected.", label)
	case r.ref("cable") != 0 && r.flag("mark_connected"):
		d.faults.add(objectFault, "Cannot mark as connected with a cable attached.")
	case old != nil && old.ref("device") != r.ref("device"):
		d.faults.add("device", "Components cannot be moved to a different device.")
	case r.get("parent") != nil && kind != "virtual":
		d.faults.add("parent", "Only virtual interfaces may be assigned to a parent interface.")
	case r.text("poe_type") != "" && r.text("poe_mode") == "":
		d.faults.add("poe_type", "Must specify PoE mode when designating a PoE type.")
	case r.text("wwn") != "" && !wwnForm.MatchString(r.text("wwn")):
		d.faults.add("wwn", "Invalid WWN format: %s", r.text("wwn"))
	case kind == "virtual" && r.get("lag") != nil:
		d.faults.add("lag", "Virtual interfaces cannot have a parent LAG interface.")
	default:
		t.cleanKin(d)
	}
}

// cleanKin sees that parent, bridge and LAG are of the same device, or virtual
// chassis, and other than the interface itself.
func (t *tx) cleanKin(d *draft) {
	r := d.r
	for _, name := range []string{"parent", "bridge", "lag"} {
		kin := t.to(r, name)
		switch {
		case kin == nil:
		case kin.id == r.id && name == "parent":
			d.faults.add(name, "An interface cannot be its own parent.")
		case kin.id == r.id && name == "bridge":
			d.faults.add(name, "An interface cannot be bridged to itself.")
		case kin.id == r.id:
			d.faults.add(name, "A LAG interface cannot be its own parent.")
		case kin.ref("device") != r.ref("device"):
			t.cleanStranger(d, name, kin)
		}
		if d.faults.any() {
			return
		}
	}
	t.cleanVLANs(d)
}

// cleanStranger lets an interface of another device be kin within one virtual
// chassis.
func (t *tx) cleanStranger(d *draft, name string, kin *record) {
	words := map[string]string{"parent": "selected parent interface", "bridge": "selected bridge interface", "lag": "selected LAG interface"}
	mine, other := t.to(d.r, "device"), t.to(kin, "device")
	switch chassis := t.to(mine, "virtual_chassis"); {
	case chassis == nil:
		d.faults.add(name, "The %s (%s) belongs to a different device (%s).", words[name], t.titleOf(kin), t.titleOf(other))
	case chassis.id != other.ref("virtual_chassis"):
		d.faults.add(name, "The %s (%s) belongs to %s, which is not part of virtual chassis %s.",
			words[name], t.titleOf(kin), t.titleOf(other), t.titleOf(chassis))
	}
}

func interfaceFilters() map[string]filterFunc {
	filters := map[string]filterFunc{
		"cabled": func(_ *state, _ string, values []string) (*match, string) {
			want := truthy(values[0])
			return &match{test: func(r *record) bool { return (r.ref("cable") != 0) == want }}, ""
		},
		"occupied": func(_ *state, _ string, values []string) (*match, string) {
			want := truthy(values[0])
			return &match{test: func(r *record) bool { return (r.ref("cable") != 0 || r.flag("mark_connected")) == want }}, ""
		},
		"kind":        interfaceKind,
		"mac_address": byMAC(func(_ *state, r *record) []*record { return []*record{r} }),
		"vlan_id":     byVLAN(true), "vlan": byVLAN(false),
		"region_id": along(true, "device", "site", "region"), "region": along(false, "device", "site", "region"),
		"vdc_id": func(_ *state, _ string, values []string) (*match, string) {
			return &match{test: func(r *record) bool { return listsAny(r.get("vdcs"), values) }}, ""
		},
		"connected": func(s *state, _ string, values []string) (*match, string) {
			want := truthy(values[0])
			return &match{test: func(r *record) bool { return (len(s.peers(r)) > 0) == want }}, ""
		},
	}
	for _, step := range []string{"site", "rack", "location", "tenant", "role", "device_type", "virtual_chassis"} {
		name := step
		if name == "role" {
			name = "device_" + name
		}
		filters[name+"_id"] = through("device", step, true)
		filters[name] = through("device", step, false)
	}
	return filters
}

// interfaceKind tells physical interfaces from others.
func interfaceKind(_ *state, _ string, values []string) (*match, string) {
	kinds := map[string][]string{"virtual": {"virtual", "bridge", "lag"}, "wireless": nil}
	return &match{test: func(r *record) bool {
		kind := r.text("type")
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

// byMAC filters by the MAC addresses that interfaces bear.
func byMAC(of func(s *state, r *record) []*record) filterFunc {
	return func(s *state, lookup string, values []string) (*match, string) {
		how := textLookup(lookup)
		if how == nil {
			return nil, ""
		}
		return &match{test: func(r *record) bool {
			return slices.ContainsFunc(of(s, r), func(i *record) bool {
				macs := s.all("mac-addresses", s.tables["mac-addresses"].texts["assigned"][assignedKey("dcim.interface", i.id)])
				return slices.ContainsFunc(macs, func(m *record) bool {
					return slices.ContainsFunc(values, func(v string) bool { return how(m.text("mac_address"), strings.ToUpper(v)) })
				})
			})
		}}, ""
	}
}

// byVLAN filters by a VLAN, tagged or not.
func byVLAN(byID bool) filterFunc {
	return func(s *state, lookup string, values []string) (*match, string) {
		if lookup != "" {
			return nil, ""
		}
		return &match{test: func(r *record) bool {
			carried := []int64{r.ref("untagged_vlan")}
			tagged, _ := r.get("tagged_vlans").([]int64)
			for _, v := range s.all("vlans", append(carried, tagged...)) {
				if byID && slices.Contains(values, plain(v.id)) || !byID && slices.Contains(values, plain(v.get("vid"))) {
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
	return slices.ContainsFunc(ids, func(id int64) bool { return slices.Contains(values, plain(id)) })
}

// through filters components by what their device refers to, by way of the
// indexes.
func through(first, second string, byID bool) filterFunc {
	return func(s *state, lookup string, values []string) (*match, string) {
		if lookup != "" || slices.Contains(values, "null") {
			return along(byID, first, second)(s, lookup, values)
		}
		middle := s.byKind["devices"]
		f := middle.byName[second]
		ids, _, msg := s.resolve(f.target, byID, values)
		if msg != "" {
			return nil, msg
		}
		ids = s.descendants(f.target, ids)
		found := &match{known: true}
		for _, id := range ids {
			for _, dev := range s.tables["devices"].pointing(second, id) {
				found.ids = append(found.ids, s.tables["interfaces"].pointing(first, dev)...)
			}
		}
		found.ids = sortedIDs(found.ids)
		return found, ""
	}
}
