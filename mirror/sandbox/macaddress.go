package sandbox

import (
	"fmt"
	"net"
	"slices"
	"strings"
)

func macModel() *model {
	return &model{
		kind: "mac-addresses", app: "dcim", name: "macaddress", label: "MAC address", plural: "MAC addresses",
		brief: []string{"id", "url", "display", "mac_address", "description"},
		order: func(a, b *record) int { return strings.Compare(a.text("mac_address"), b.text("mac_address")) },
		title: func(_ *state, r *record) string { return r.text("mac_address") }, clean: cleanMAC, searchable: []string{"mac_address", "description"},
		keys:  []keyIndex{assignment("assigned_object_type", "assigned_object_id")},
		extra: map[string]filterFunc{"assigned": assignedAtAll, "interface": ofInterfaceNamed, "interface_id": attachedTo("mac-addresses"), "device_id": ofDevice("mac-addresses", true), "device": ofDevice("mac-addresses", false)},
		fields: together(head(true), typed("mac_address", macAddress, required, indexed),
			typed("assigned_object_type", typeName, nullable), typed("assigned_object_id", integer, nullable),
			computedField("assigned_object", showAssigned), description(), owner(), comments(), marks(), dates()),
	}
}

// ofInterfaceNamed filters by the name of the interface that bears an address.
func ofInterfaceNamed(s *state, _ string, values []string) (*match, string) {
	return &match{test: func(r *record) bool {
		i := s.generic(r, "assigned_object_type", "assigned_object_id")
		return i != nil && slices.Contains(values, i.text("name"))
	}}, ""
}

func readMAC(v any) (any, string) {
	hw, err := net.ParseMAC(plain(v))
	if err != nil || len(hw) != 6 {
		return nil, fmt.Sprintf("Invalid MAC address format: %s", plain(v))
	}
	return strings.ToUpper(hw.String()), ""
}

// cleanMAC keeps an interface's primary address where it is.
func cleanMAC(t *tx, old *record, d *draft) {
	if old == nil {
		return
	}
	was, is := t.generic(old, "assigned_object_type", "assigned_object_id"), t.generic(d.r, "assigned_object_type", "assigned_object_id")
	switch {
	case was == nil || was.ref("primary_mac_address") != old.id:
	case is == nil:
		d.faults.add(objectFault, "Cannot unassign MAC Address while it is designated as the primary MAC for an object")
	case is.id != was.id || is.model != was.model:
		d.faults.add(objectFault, "Cannot reassign MAC Address while it is designated as the primary MAC for an object")
	}
}

// primaryMAC is an interface's own address, by way of its primary one.
func primaryMAC(e *encoder, r *record) {
	if m := e.s.to(r, "primary_mac_address"); m != nil {
		e.value(m.text("mac_address"))
		return
	}
	e.raw("null")
}

func allMACs(e *encoder, r *record) {
	found := e.s.all("mac-addresses", e.s.tables["mac-addresses"].texts["assigned"][assignedKey("dcim.interface", r.id)])
	e.each(found, func(m *record) { e.embed(m, nil) })
}
