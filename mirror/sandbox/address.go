package sandbox

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
)

func addressModel() *model {
	return &model{
		kind: "ip-addresses", app: "ipam", name: "ipaddress", label: "IP address", plural: "IP addresses",
		brief: []string{"id", "url", "display", "family", "address", "description"},
		title: func(_ *state, r *record) string { return r.text("address") },
		order: byAddress("address"), clean: cleanAddress,
		keys: []keyIndex{assignment("assigned_object_type", "assigned_object_id")},
		extra: map[string]filterFunc{
			"interface_id": attachedTo("ip-addresses"), "device_id": ofDevice("ip-addresses", true), "device": ofDevice("ip-addresses", false),
			"family": familyFilter, "assigned_to_interface": assignedAtAll, "assigned": assignedAtAll,
			"parent": netFilter("address", inside), "mask_length": maskFilter("address"),
			"interface": ofInterfaceNamed,
		},
		fields: together(head(true), computedField("family", family), typed("address", address, required, indexed),
			absent("vrf"), refField("tenant", "tenants", deleting(protect)),
			choiceField("status", ipAddressStatuses, defaults("active")), choiceField("role", ipAddressRoles, nullable, blankable),
			typed("assigned_object_type", typeName, nullable), typed("assigned_object_id", integer, nullable),
			computedField("assigned_object", showAssigned), natInside(), computedField("nat_outside", natOutside),
			textField("dns_name", maxLen(255)), description(), owner(), comments(), marks(), dates()),
	}
}

func natInside() *field {
	f := refField("nat_inside", "ip-addresses")
	f.write = nestedAddress
	return f
}

// assignedKey names an object for the indexes of generic references.
func assignedKey(objectType string, id int64) string {
	if objectType == "" || id == 0 {
		return ""
	}
	return objectType + "/" + strconv.FormatInt(id, 10)
}

// assignment is the index by which generic references are found; what it leads
// to is deleted along with what it is assigned to.
func assignment(typeField, idField string) keyIndex {
	return keyIndex{"assigned", func(r *record) string { return assignedKey(r.text(typeField), r.ref(idField)) }}
}

func byAddress(name string) func(a, b *record) int {
	return func(a, b *record) int {
		x, _ := netip.ParsePrefix(a.text(name))
		y, _ := netip.ParsePrefix(b.text(name))
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

func family(e *encoder, r *record) {
	s := r.text("address") + r.text("prefix")
	n := familyOf(s)
	e.value(dict{{"value", n}, {"label", "IPv" + strconv.Itoa(n)}})
}

const badAddress = "Invalid IP "

// readNetwork reads an address with its mask, or a prefix.
func readNetwork(f *field, v any) (any, string) {
	s, ok := v.(string)
	if !ok {
		return nil, badAddress + "address format: " + plain(v)
	}
	p, err := netip.ParsePrefix(s)
	if err != nil {
		if a, err := netip.ParseAddr(s); err == nil {
			p = netip.PrefixFrom(a, a.BitLen())
		} else {
			return nil, badAddress + map[kind]string{address: "address", prefix: "prefix"}[f.kind] + " format: " + s
		}
	}
	if f.kind == prefix && p != p.Masked() {
		return nil, fmt.Sprintf("%s is not a valid prefix. Did you mean %s?", s, p.Masked())
	}
	return p.String(), ""
}

func nestedAddress(e *encoder, r *record) {
	e.value(dict{
		{"id", r.id},
		{"url", e.base + e.s.urlOf(r)},
		{"display_url", e.base + browse(r)},
		{"display", e.s.titleOf(r)},
		{"family", familyOf(r.text("address"))},
		{"address", r.text("address")},
	})
}

func natOutside(e *encoder, r *record) {
	e.each(e.s.referring("ip-addresses", "nat_inside", r.id), func(o *record) { nestedAddress(e, o) })
}

// generic is the object that a pair of type and id fields refers to.
func (s *state) generic(r *record, typeField, idField string) *record {
	if m := s.byType[r.text(typeField)]; m != nil {
		return s.find(m.kind, r.ref(idField))
	}
	return nil
}

func showAssigned(e *encoder, r *record) {
	if o := e.s.generic(r, "assigned_object_type", "assigned_object_id"); o != nil {
		e.embed(o, nil)
		return
	}
	e.raw("null")
}

func cleanAddress(t *tx, old *record, d *draft) {
	r := d.r
	kind, id := r.text("assigned_object_type"), r.ref("assigned_object_id")
	if (kind == "") != (id == 0) {
		d.faults.add(objectFault, "IP address assignment requires both an object type and an object ID.")
		return
	}
	if kind == "dcim.interface" && t.find("interfaces", id) == nil {
		d.faults.add("assigned_object_id", "Invalid assigned object: %s ID %d", kind, id)
		return
	}
	if old == nil {
		return
	}
	moved := old.ref("assigned_object_id") != id
	for _, name := range []string{"primary_ip4", "primary_ip6"} {
		if moved && len(t.referring("devices", name, r.id)) > 0 {
			d.faults.add(objectFault, "Cannot reassign IP address while it is designated as the primary IP for the parent object")
			return
		}
	}
}

// attachedTo filters by the id of the interface that something is assigned to.
func attachedTo(kind string) filterFunc {
	return func(s *state, lookup string, values []string) (*match, string) {
		if lookup != "" {
			return nil, ""
		}
		var ids []int64
		for _, v := range values {
			id, _ := strconv.ParseInt(v, 10, 64)
			ids = append(ids, s.tables[kind].texts["assigned"][assignedKey("dcim.interface", id)]...)
		}
		return &match{ids: sortedIDs(ids), known: true}, ""
	}
}

// ofDevice filters what is assigned to interfaces by their device.
func ofDevice(kind string, byID bool) filterFunc {
	return func(s *state, lookup string, values []string) (*match, string) {
		if lookup != "" {
			return nil, ""
		}
		var ids []int64
		for _, v := range values {
			for _, dev := range s.named("devices", byID, v) {
				for _, i := range s.tables["interfaces"].pointing("device", dev) {
					ids = append(ids, s.tables[kind].texts["assigned"][assignedKey("dcim.interface", i)]...)
				}
			}
		}
		return &match{ids: sortedIDs(ids), known: true}, ""
	}
}

// inside says whether a network lies within another, which may be the same.
func inside(have, want netip.Prefix) bool {
	return want.Contains(have.Addr()) && have.Bits() >= want.Bits()
}

// netFilter compares networks.
func netFilter(field string, fits func(have, want netip.Prefix) bool) filterFunc {
	return func(_ *state, _ string, values []string) (*match, string) {
		var wanted []netip.Prefix
		for _, v := range values {
			if p, err := netip.ParsePrefix(v); err == nil {
				wanted = append(wanted, p.Masked())
			} else if a, err := netip.ParseAddr(v); err == nil {
				wanted = append(wanted, netip.PrefixFrom(a, a.BitLen()))
			}
		}
		return &match{test: func(r *record) bool {
			have, err := netip.ParsePrefix(r.text(field))
			return err == nil && slices.ContainsFunc(wanted, func(w netip.Prefix) bool { return fits(have, w) })
		}}, ""
	}
}

func maskFilter(field string) filterFunc {
	return func(_ *state, lookup string, values []string) (*match, string) {
		return numberFilter(func(r *record) any {
			p, err := netip.ParsePrefix(r.text(field))
			if err != nil {
				return nil
			}
			return int64(p.Bits())
		}, lookup, values)
	}
}

func familyFilter(_ *state, _ string, values []string) (*match, string) {
	return &match{test: func(r *record) bool {
		return strconv.Itoa(familyOf(r.text("address")+r.text("prefix"))) == values[0]
	}}, ""
}

func assignedAtAll(_ *state, _ string, values []string) (*match, string) {
	want := truthy(values[0])
	return &match{test: func(r *record) bool { return (r.ref("assigned_object_id") != 0) == want }}, ""
}

// interfaceChildren is what goes with an interface, beyond what is assigned to
// it: its end of a cable.
func interfaceChildren(t *tx, r *record) []*record {
	key := assignedKey("dcim.interface", r.id)
	return t.all("cable-terminations", t.tables["cable-terminations"].texts["termination"][key])
}
