package sandbox

import "slices"

// annotations are members that the database works out as objects are read. Up
// to 4.4 the answer to a creation lacks them: nothing was read.
var annotations = map[string][]string{
	"sites":       {"circuit_count", "device_count", "prefix_count", "rack_count", "virtualmachine_count", "vlan_count"},
	"regions":     {"prefix_count"},
	"site-groups": {"prefix_count"},
	"locations":   {"prefix_count"},
	"tenants": {
		"circuit_count", "device_count", "ipaddress_count", "prefix_count", "rack_count", "site_count",
		"virtualmachine_count", "vlan_count", "vrf_count", "cluster_count",
	},
	"rack-roles":              {"rack_count"},
	"racks":                   {"device_count", "powerfeed_count"},
	"manufacturers":           {"devicetype_count", "inventoryitem_count", "platform_count"},
	"device-types":            {"device_count"},
	"tags":                    {"tagged_items"},
	"cluster-types":           {"cluster_count"},
	"clusters":                {"device_count", "virtualmachine_count", "allocated_vcpus", "allocated_memory", "allocated_disk"},
	"vlan-groups":             {"vlan_count", "utilization"},
	"vlans":                   {"prefix_count"},
	"tunnels":                 {"terminations_count"},
	"virtual-device-contexts": {"interface_count"},
}

// shown lists the fields of an answer.
func (s *Server) shown(c *call, m *model) []*field {
	fields := selectionOf(c, s.rel).fields(m)
	if !s.stale(c) {
		return fields
	}
	late := func(f *field) bool { return slices.Contains(annotations[m.kind], f.name) }
	return slices.DeleteFunc(slices.Clone(fields), late)
}
