package model

import (
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/diet-project/diet/mirror/sandbox/table"
)

// macAddress is kept in capitals, with colons.
var macAddress = &table.Kind{Stored: true, Filter: "text", Read: table.Plainly(readMAC)}

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

// primaryMAC is an interface's own address, by way of its primary one.
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

// byMAC filters by the MAC addresses that interfaces bear.
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
