package model

import (
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/diet-project/diet/mirror/sandbox/release"
	"github.com/diet-project/diet/mirror/sandbox/table"
)

// macAddress is kept in capitals, with colons.
var macAddress = &table.Kind{Stored: true, Filter: "text", Read: table.Plainly(readMAC)}

// ownMAC shows an interface's primary address. Where a release lets it be
// written, it stands for the address itself, which is made if it is not there.
var ownMAC = setting(func(f *table.Field, rel *release.Release) {
	calc(primaryMAC)(f, rel)
	if rel.MACsInInterfaces {
		f.Kind, f.ReadOnly = macShortcut, false
	}
})

var macShortcut = &table.Kind{Accept: acceptOwnMAC, Write: func(e *table.Encoder, r *table.Record, _ *table.Field) { primaryMAC(e, r) }}

// acceptOwnMAC notes an address, or that there shall be none.
func acceptOwnMAC(_ *table.Tx, d *table.Draft, f *table.Field, v any, _ *table.Record) {
	if v == nil {
		d.More[f.Name] = ""
		return
	}
	mac, msg := readMAC(f, v)
	if msg != "" {
		d.Faults.Add(f.Name, "Enter a valid MAC address (e.g. 00:11:22:33:44:55).")
		return
	}
	d.More[f.Name] = mac
}

func createdInterface(t *table.Tx, r *table.Record, d *table.Draft) { setOwnMAC(t, r, d) }

func updatedInterface(t *table.Tx, _, r *table.Record, d *table.Draft) { setOwnMAC(t, r, d) }

// setOwnMAC makes an address the primary one of an interface.
func setOwnMAC(t *table.Tx, r *table.Record, d *table.Draft) {
	want, said := d.More["mac_address"].(string)
	if !said {
		return
	}
	var primary any
	for _, m := range t.AssignedTo("mac-addresses", r.Model.ObjectType(), r.ID) {
		if m.Text("mac_address") == want {
			primary = m.ID
		}
	}
	if primary == nil && want != "" {
		made := t.Create(t.Compose(t.ByKind["mac-addresses"], map[string]any{
			"mac_address": want, "assigned_object_type": r.Model.ObjectType(), "assigned_object_id": r.ID,
		}, &table.Selection{}))
		primary = made.ID
	}
	if now := t.Find(r.Model.Kind, r.ID); now.Get("primary_mac_address") != primary {
		t.Change(now, func(c *table.Record) { c.Set("primary_mac_address", primary) })
	}
}

func readMAC(_ *table.Field, v any) (any, string) {
	hw, err := net.ParseMAC(table.Plain(v))
	if err != nil || len(hw) != 6 {
		return nil, fmt.Sprintf("Invalid MAC address format: %s", table.Plain(v))
	}
	return strings.ToUpper(hw.String()), ""
}

// cleanMAC keeps an interface's primary address where it is.
func cleanMAC(t *table.Tx, old *table.Record, d *table.Draft) {
	if old == nil {
		return
	}
	was, is := t.Generic(old, "assigned_object_type", "assigned_object_id"), t.Generic(d.Record, "assigned_object_type", "assigned_object_id")
	switch {
	case was == nil || was.Ref("primary_mac_address") != old.ID:
	case is == nil:
		d.Faults.Add(table.ObjectFault, "Cannot unassign MAC Address while it is designated as the primary MAC for an object")
	case is.ID != was.ID || is.Model != was.Model:
		d.Faults.Add(table.ObjectFault, "Cannot reassign MAC Address while it is designated as the primary MAC for an object")
	}
}

// primaryMAC is the address of an interface's primary MAC address.
func primaryMAC(e *table.Encoder, r *table.Record) {
	if m := e.Store.To(r, "primary_mac_address"); m != nil {
		e.Value(m.Text("mac_address"))
		return
	}
	e.Raw("null")
}

func allMACs(e *table.Encoder, r *table.Record) {
	e.Each(e.Store.AssignedTo("mac-addresses", r.Model.ObjectType(), r.ID), func(m *table.Record) { e.Embed(m, nil) })
}

// isPrimary says whether an address is the own one of its interface.
func isPrimary(e *table.Encoder, r *table.Record) {
	i := e.Store.Generic(r, "assigned_object_type", "assigned_object_id")
	e.Value(i != nil && i.Ref("primary_mac_address") == r.ID)
}

// byMAC filters by the MAC addresses that interfaces have.
func byMAC(of func(s *table.Store, r *table.Record) []*table.Record) table.Filter {
	return func(s *table.Store, lookup string, values []string) (*table.Match, string) {
		how := table.TextLookup(lookup)
		if how == nil {
			return nil, ""
		}
		return &table.Match{Test: func(r *table.Record) bool {
			return slices.ContainsFunc(of(s, r), func(i *table.Record) bool {
				macs := s.AssignedTo("mac-addresses", i.Model.ObjectType(), i.ID)
				return slices.ContainsFunc(macs, func(m *table.Record) bool {
					return slices.ContainsFunc(values, func(v string) bool { return how(m.Text("mac_address"), strings.ToUpper(v)) })
				})
			})
		}}, ""
	}
}
