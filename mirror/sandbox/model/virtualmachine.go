package model

import (
	"strings"

	"github.com/diet-project/diet/mirror/sandbox/table"
)

var machineNouns = []noun{
	{
		at: "virtualization/cluster-types", order: table.ByName, unique: rules{alone("name"), alone("slug")},
		fields: fields{"cluster_count": counts("clusters", "type")},
	},
	{
		at: "virtualization/cluster-groups", order: table.ByName, unique: rules{alone("name"), alone("slug")},
		fields: fields{"cluster_count": counts("clusters", "group")},
	},
	{
		at: "virtualization/clusters", order: table.ByName, prepare: prepareScope,
		unique: rules{
			together("virtualization_cluster_unique_group_name", "group", "name"),
			together("virtualization_cluster_unique__site_name", "_site", "name"),
		},
		fields: fields{
			"type": to("cluster-types", protect), "group": to("cluster-groups", protect), "status": def("active"),
			"tenant": to("tenants", protect), "scope_type": objectType, "scope": generic("scope_type", "scope_id"),
			"device_count": counts("devices", "cluster"), "virtualmachine_count": counts("virtual-machines", "cluster"),
			"allocated_vcpus": both(fixed("null"), annotated), "allocated_memory": both(fixed("null"), annotated),
			"allocated_disk": both(fixed("null"), annotated),
		},
		also: scoped(),
	},
	{
		at: "virtualization/virtual-machine-types", order: table.ByName, unique: rules{alone("slug")},
		fields: fields{
			"default_platform": to("platforms", setNull), "virtual_machine_count": stored("virtual-machines", "virtual_machine_type"),
		},
	},
	{
		at: "virtualization/virtual-machines", order: table.ByName, unique: machineRules(), prepare: prepareMachine, clean: cleanMachine,
		search: "name description comments serial",
		fields: fields{
			"virtual_machine_type": to("virtual-machine-types", protect), "role": to("device-roles", protect), "status": def("active"),
			"start_on_boot": def("off"), "site": to("sites", protect), "cluster": to("clusters", protect), "device": to("devices", protect),
			"platform": to("platforms", setNull), "primary_ip": calc(primaryIP), "primary_ip4": to("ip-addresses", setNull),
			"primary_ip6": to("ip-addresses", setNull), "tenant": to("tenants", protect), "config_template": to("config-templates", protect),
			"local_context_data": objectJSON, "config_context": fixed("{}"), "interface_count": stored("vm-interfaces", "virtual_machine"),
			"virtual_disk_count": stored("virtual-disks", "virtual_machine"),
		},
	},
	{
		at: "virtualization/interfaces", kind: "vm-interfaces", order: table.ByName, childrenFirst: true, created: createdInterface,
		updated: updatedInterface,
		unique:  rules{together("virtualization_vminterface_unique_virtual_machine_name", "virtual_machine", "name")},
		fields: fields{
			"virtual_machine": to("virtual-machines", cascade), "enabled": def(true), "parent": to("vm-interfaces", restrict),
			"bridge": to("vm-interfaces", setNull), "mac_address": ownMAC, "primary_mac_address": to("mac-addresses", forget),
			"mac_addresses": calc(allMACs), "untagged_vlan": to("vlans", setNull), "tagged_vlans": many("vlans"),
			"qinq_svlan": to("vlans", setNull), "vlan_translation_policy": to("vlan-translation-policies", protect), "vrf": to("vrfs", setNull),
			"l2vpn_termination": calc(ofL2VPN), "count_ipaddresses": calc(countAddresses), "count_fhrp_groups": calc(countGroups),
		},
	},
	{
		at: "virtualization/virtual-disks", order: table.ByName,
		unique: rules{together("virtualization_virtualdisk_unique_virtual_machine_name", "virtual_machine", "name")},
		fields: fields{"virtual_machine": to("virtual-machines", cascade)},
	},
}

func machineRules() []table.Constraint {
	return []table.Constraint{{
		Name: "virtualization_virtualmachine_unique_name_cluster", Fields: []string{"name", "cluster"},
		Message: "Virtual machine name must be unique per cluster.",
		Key: func(r *table.Record) (string, bool) {
			return strings.ToLower(r.Text("name")) + "\x00" + table.Plain(r.Get("cluster")), r.Get("cluster") != nil && r.Get("tenant") == nil
		},
	}}
}

// prepareMachine takes the site over from the cluster or the host.
func prepareMachine(t *table.Tx, _ *table.Record, d *table.Draft) {
	r := d.Record
	if r.Get("site") != nil {
		return
	}
	if c := t.To(r, "cluster"); c != nil && c.Get("_site") != nil {
		r.Set("site", c.Get("_site"))
	} else if dev := t.To(r, "device"); dev != nil {
		r.Set("site", dev.Get("site"))
	}
}

func cleanMachine(t *table.Tx, _ *table.Record, d *table.Draft) {
	cleanData(t, d)
	site, cluster, host := t.To(d.Record, "site"), t.To(d.Record, "cluster"), t.To(d.Record, "device")
	switch {
	case site == nil && cluster == nil && host == nil && t.Rel.MachinesByDevice:
		d.Faults.Add(table.ObjectFault, "A virtual machine must be assigned to a site, cluster, or device.")
	case site == nil && cluster == nil && !t.Rel.MachinesByDevice:
		d.Faults.Add("cluster", "A virtual machine must be assigned to a site and/or cluster.")
	case host != nil && cluster == nil && !t.Rel.MachinesByDevice:
		d.Faults.Add("device", "Must specify a cluster when assigning a host device.")
	case host != nil && cluster != nil && host.Ref("cluster") != cluster.ID:
		d.Faults.Add("device", "The selected device (%s) is not assigned to this cluster (%s).", t.TitleOf(host), t.TitleOf(cluster))
	}
}
