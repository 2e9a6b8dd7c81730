package model

import (
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/diet-project/diet/mirror/sandbox/table"
)

// follows lists the filters that follow from what a noun refers to, those of
// its own before all.
func (n noun) follows(m *table.Model) map[string]table.Filter {
	filters := maps.Clone(n.filters)
	if filters == nil {
		filters = map[string]table.Filter{}
	}
	add := func(name string, f table.Filter) {
		if filters[name] == nil {
			filters[name] = f
		}
	}
	pair := func(name string, path ...string) {
		add(name+"_id", table.Along(true, path...))
		add(name, table.Along(false, path...))
	}
	fields := map[string]bool{}
	for _, f := range m.Fields {
		fields[f.Name] = f.Target != ""
	}
	if n.tree {
		add("ancestor_id", under(m.Kind, true))
		add("ancestor", under(m.Kind, false))
	}
	if n.belongs[0] != "" {
		add("interface_id", attachedTo(m.Kind))
		if !fields["device"] {
			add("device_id", ofDevice(m.Kind, true))
			add("device", ofDevice(m.Kind, false))
		}
		add("interface", ofInterfaceNamed(n.belongs))
	}
	if fields["device"] {
		for step, name := range ofTheDevice {
			add(name+"_id", through(m.Kind, "device", step, true))
			add(name, through(m.Kind, "device", step, false))
		}
		pair("region", "device", "site", "region")
	}
	if fields["site"] {
		pair("region", "site", "region")
		pair("site_group", "site", "group")
	}
	for _, scope := range []string{"site", "location", "device"} {
		if fields["_"+scope] {
			pair(scope, "_"+scope)
		}
	}
	return filters
}

// ofTheDevice are references of devices by which their components are filtered.
var ofTheDevice = map[string]string{
	"site": "site", "rack": "rack", "location": "location", "tenant": "tenant", "role": "device_role",
	"device_type": "device_type", "virtual_chassis": "virtual_chassis",
}

// under filters a tree by what lies above.
func under(kind string, byID bool) table.Filter {
	return func(s *table.Store, lookup string, values []string) (*table.Match, string) {
		ids, _, msg := s.Resolve(kind, byID, values)
		if msg != "" || lookup != "" {
			return nil, msg
		}
		below := s.Descendants(kind, ids)
		below = sortedIDs(slices.DeleteFunc(below, func(id int64) bool { return slices.Contains(ids, id) }))
		return &table.Match{IDs: below, Known: true}, ""
	}
}

// through filters components by what their device refers to, through the
// indexes.
func through(kind, first, second string, byID bool) table.Filter {
	return func(s *table.Store, lookup string, values []string) (*table.Match, string) {
		if lookup != "" || slices.Contains(values, "null") {
			return table.Along(byID, first, second)(s, lookup, values)
		}
		f := s.ByKind["devices"].ByName[second]
		ids, _, msg := s.Resolve(f.Target, byID, values)
		if msg != "" {
			return nil, msg
		}
		ids = s.Descendants(f.Target, ids)
		found := &table.Match{Known: true}
		for _, id := range ids {
			for _, dev := range s.Tables["devices"].Pointing(second, id) {
				found.IDs = append(found.IDs, s.Tables[kind].Pointing(first, dev)...)
			}
		}
		found.IDs = sortedIDs(found.IDs)
		return found, ""
	}
}

// attachedTo filters by the id of the interface that something is assigned to.
func attachedTo(kind string) table.Filter {
	return func(s *table.Store, lookup string, values []string) (*table.Match, string) {
		if lookup != "" {
			return nil, ""
		}
		var ids []int64
		for _, v := range values {
			id, _ := strconv.ParseInt(v, 10, 64)
			ids = append(ids, s.Tables[kind].Texts[table.Assigned][table.AssignedKey("dcim.interface", id)]...)
		}
		return &table.Match{IDs: sortedIDs(ids), Known: true}, ""
	}
}

// ofDevice filters what is assigned to interfaces by their device.
func ofDevice(kind string, byID bool) table.Filter {
	return func(s *table.Store, lookup string, values []string) (*table.Match, string) {
		if lookup != "" {
			return nil, ""
		}
		var ids []int64
		for _, v := range values {
			for _, dev := range s.Named("devices", byID, v) {
				for _, i := range s.Tables["interfaces"].Pointing("device", dev) {
					ids = append(ids, s.Tables[kind].Texts[table.Assigned][table.AssignedKey("dcim.interface", i)]...)
				}
			}
		}
		return &table.Match{IDs: sortedIDs(ids), Known: true}, ""
	}
}

// ofInterfaceNamed filters by the name of the interface that something is
// assigned to.
func ofInterfaceNamed(belongs [2]string) table.Filter {
	return func(s *table.Store, _ string, values []string) (*table.Match, string) {
		return &table.Match{Test: func(r *table.Record) bool {
			i := s.Generic(r, belongs[0], belongs[1])
			return i != nil && slices.Contains(values, i.Text("name"))
		}}, ""
	}
}

// flagged filters by what is so or not.
func flagged(so func(s *table.Store, r *table.Record) bool) table.Filter {
	return func(s *table.Store, lookup string, values []string) (*table.Match, string) {
		want := table.Truthy(values[0])
		if lookup != "" || !want && !slices.Contains([]string{"false", "0"}, strings.ToLower(values[0])) {
			return nil, ""
		}
		return &table.Match{Test: func(r *table.Record) bool { return so(s, r) == want }}, ""
	}
}

// scopedTo filters by the id of a scope of one type.
func scopedTo(objectType string) table.Filter {
	return func(_ *table.Store, lookup string, values []string) (*table.Match, string) {
		if lookup != "" {
			return nil, ""
		}
		return &table.Match{Test: func(r *table.Record) bool {
			return r.Text("scope_type") == objectType && slices.Contains(values, table.Plain(r.Get("scope_id")))
		}}, ""
	}
}

// byObjectTypes finds those that apply to an object type.
func byObjectTypes(_ *table.Store, lookup string, values []string) (*table.Match, string) {
	if lookup != "" {
		return nil, ""
	}
	return &table.Match{Test: func(r *table.Record) bool {
		types, _ := r.Get("object_types").([]string)
		return slices.ContainsFunc(values, func(v string) bool { return slices.Contains(types, v) })
	}}, ""
}

func ignored(*table.Store, string, []string) (*table.Match, string) { return nil, "" }

func assignedAtAll(_ *table.Store, _ string, values []string) (*table.Match, string) {
	want := table.Truthy(values[0])
	return &table.Match{Test: func(r *table.Record) bool { return (r.Ref("assigned_object_id") != 0) == want }}, ""
}

// inside says whether a network lies within another, which may be the same.
func inside(have, want netip.Prefix) bool {
	return want.Contains(have.Addr()) && have.Bits() >= want.Bits()
}

// netFilter compares networks.
func netFilter(field string, fits func(have, want netip.Prefix) bool) table.Filter {
	return func(_ *table.Store, _ string, values []string) (*table.Match, string) {
		var wanted []netip.Prefix
		for _, v := range values {
			if p, err := netip.ParsePrefix(v); err == nil {
				wanted = append(wanted, p.Masked())
			} else if a, err := netip.ParseAddr(v); err == nil {
				wanted = append(wanted, netip.PrefixFrom(a, a.BitLen()))
			}
		}
		return &table.Match{Test: func(r *table.Record) bool {
			have, err := netip.ParsePrefix(r.Text(field))
			return err == nil && slices.ContainsFunc(wanted, func(w netip.Prefix) bool { return fits(have, w) })
		}}, ""
	}
}

func maskFilter(field string) table.Filter {
	return func(_ *table.Store, lookup string, values []string) (*table.Match, string) {
		return table.NumberFilter(func(r *table.Record) any {
			p, err := netip.ParsePrefix(r.Text(field))
			if err != nil {
				return nil
			}
			return int64(p.Bits())
		}, lookup, values)
	}
}

func familyFilter(_ *table.Store, _ string, values []string) (*table.Match, string) {
	return &table.Match{Test: func(r *table.Record) bool {
		return strconv.Itoa(familyOf(r.Text("address")+r.Text("prefix"))) == values[0]
	}}, ""
}
