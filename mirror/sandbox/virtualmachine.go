package sandbox

import "strings"

func clusterTypeModel() *model {
	return &model{
		kind: "cluster-types", app: "virtualization", name: "clustertype", label: "cluster type", plural: "cluster types", order: byName,
		brief:  briefly("cluster_count"),
		unique: []constraint{uniqueField("virtualization_clustertype", "name"), uniqueField("virtualization_clustertype", "slug")},
		fields: together(head(true), nameField(), slugField(), description(), owner(), comments(since(5)), marks(), dates(),
			counter("cluster_count", "clusters", "type", omitNested)),
	}
}

func clusterModel() *model {
	return &model{
		kind: "clusters", app: "virtualization", name: "cluster", label: "cluster", plural: "clusters", order: byName,
		brief: []string{"id", "url", "display", "name", "description", "virtualmachine_count"}, prepare: prepareScope,
		extra: map[string]filterFunc{"site_id": along(true, "_site"), "site": along(false, "_site")},
		fields: together(head(true), nameField(), refField("type", "cluster-types", required, deleting(protect)), absent("group"),
			choiceField("status", clusterStatuses, defaults("active")), refField("tenant", "tenants", deleting(protect)),
			typed("scope_type", typeName, nullable), typed("scope_id", integer, nullable), computedField("scope", showScope),
			description(), owner(), comments(), marks(), dates(), counter("device_count", "devices", "cluster", omitNested),
			counter("virtualmachine_count", "virtual-machines", "cluster", omitNested),
			fixedField("allocated_vcpus", "null"), fixedField("allocated_memory", "null"), fixedField("allocated_disk", "null"), scopeSite()),
	}
}

func machineModel() *model {
	return &model{
		kind: "virtual-machines", app: "virtualization", name: "virtualmachine", label: "virtual machine", plural: "virtual machines",
		order: byName, brief: []string{"id", "url", "display", "name", "description"}, unique: machineRules(),
		prepare: prepareMachine, clean: cleanMachine, searchable: []string{"name", "description", "comments", "serial"},
		fields: machineFields(), logExtra: func(*state, *record) dict { return dict{{"interface_count", 0}, {"virtual_disk_count", 0}} },
	}
}

// machineFields stand in another order from 4.6 on.
func machineFields() []*field {
	nature := func(opts ...option) []*field {
		return []*field{
			textField("serial", append(opts, maxLen(50), labelled("serial number"))...),
			refField("role", "device-roles", append(opts, deleting(protect))...),
			refField("tenant", "tenants", append(opts, deleting(protect))...),
		}
	}
	old, now := nature(until(6)), nature(since(6))
	return together(head(true), textField("name", required, maxLen(64), indexed), absent("virtual_machine_type", since(6)), now[1],
		choiceField("status", machineStatuses, defaults("active")), startOnBoot(),
		refField("site", "sites", deleting(protect)), refField("cluster", "clusters", deleting(protect)),
		refField("device", "devices", deleting(protect)), old, refField("platform", "platforms"),
		computedField("primary_ip", primaryIP), primary("primary_ip4"), primary("primary_ip6"),
		typed("vcpus", decimal, nullable, digits(6, 2)), typed("memory", integer, nullable, between(0, 2147483647)),
		typed("disk", integer, nullable, between(0, 2147483647)), description(), now[0], now[2], owner(), comments(),
		absent("config_template", until(6)), typed("local_context_data", jsonValue, nullable, until(6)),
		typed("tags", tags), typed("add_tags", addTags, hiddenInput, since(6)), typed("remove_tags", removeTags, hiddenInput, since(6)),
		typed("local_context_data", jsonValue, nullable, since(6)), absent("config_template", since(6)),
		typed("custom_fields", customFields), fixedField("config_context", "{}", until(6)), dates(),
		naught("interface_count"), naught("virtual_disk_count"), fixedField("config_context", "{}", since(6)))
}

func startOnBoot() *field {
	return choiceField("start_on_boot", choices{{"on", "On", 0, 0}, {"off", "Off", 0, 0}, {"laststate", "Last State", 0, 0}}, since(5), defaults("off"))
}

func machineRules() []constraint {
	return []constraint{{
		name: "virtualization_virtualmachine_unique_name_cluster", fields: []string{"name", "cluster"},
		message: "Virtual machine name must be unique per cluster.",
		key: func(r *record) (string, bool) {
			return strings.ToLower(r.text("name")) + "\x00" + plain(r.get("cluster")), r.get("cluster") != nil && r.get("tenant") == nil
		},
	}}
}

// prepareMachine takes the site over from the cluster or the host.
func prepareMachine(t *tx, _ *record, d *draft) {
	r := d.r
	if r.get("site") != nil {
		return
	}
	if c := t.to(r, "cluster"); c != nil && c.get("_site") != nil {
		r.set("site", c.get("_site"))
	} else if dev := t.to(r, "device"); dev != nil {
		r.set("site", dev.get("site"))
	}
}

func cleanMachine(t *tx, _ *record, d *draft) {
	cleanData(t, d)
	site, cluster, host := t.to(d.r, "site"), t.to(d.r, "cluster"), t.to(d.r, "device")
	switch {
	case site == nil && cluster == nil && host == nil && t.rel.minor >= 6:
		d.faults.add(objectFault, "A virtual machine must be assigned to a site, cluster, or device.")
	case site == nil && cluster == nil && t.rel.minor < 6:
		d.faults.add("cluster", "A virtual machine must be assigned to a site and/or cluster.")
	case host != nil && cluster == nil && t.rel.minor < 6:
		d.faults.add("device", "Must specify a cluster when assigning a host device.")
	case host != nil && cluster != nil && host.ref("cluster") != cluster.id:
		d.faults.add("device", "The selected device (%s) is not assigned to this cluster (%s).", t.titleOf(host), t.titleOf(cluster))
	}
}

var clusterStatuses = choices{
	{"planned", "Planned", 0, 0}, {"staging", "Staging", 0, 0}, {"active", "Active", 0, 0},
	{"decommissioning", "Decommissioning", 0, 0}, {"offline", "Offline", 0, 0},
}

var machineStatuses = choices{
	{"offline", "Offline", 0, 0}, {"active", "Active", 0, 0}, {"planned", "Planned", 0, 0}, {"staged", "Staged", 0, 0},
	{"failed", "Failed", 0, 0}, {"decommissioning", "Decommissioning", 0, 0}, {"paused", "Paused", 0, 0},
}
