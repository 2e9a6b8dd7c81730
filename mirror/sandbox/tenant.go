package sandbox

func tenantGroupModel() *model {
	return &model{
		kind: "tenant-groups", app: "tenancy", name: "tenantgroup", label: "tenant group", plural: "tenant groups", order: byName,
		brief:  briefly("tenant_count", "_depth"),
		unique: []constraint{uniqueField("tenancy_tenantgroup", "name"), uniqueField("tenancy_tenantgroup", "slug")},
		fields: together(head(true), nameField(), slugField(),
			refField("parent", "tenant-groups", deleting(cascade), showing("id", "url", "display_url", "display", "name", "slug", "_depth")),
			description(), marks(), dates(), counter("tenant_count", "tenants", "group", zeroNested), owner(), comments(since(4)), depth()),
	}
}

func tenantModel() *model {
	return &model{
		kind: "tenants", app: "tenancy", name: "tenant", label: "tenant", plural: "tenants", order: byName,
		brief: briefly(), unique: tenantRules(),
		fields: together(head(true), nameField(), slugField(), refField("group", "tenant-groups"), description(), owner(),
			comments(), marks(), dates(), naught("circuit_count"), counter("device_count", "devices", "tenant", omitNested),
			counter("ipaddress_count", "ip-addresses", "tenant", omitNested), counter("prefix_count", "prefixes", "tenant", omitNested),
			counter("rack_count", "racks", "tenant", omitNested), counter("site_count", "sites", "tenant", omitNested),
			naught("virtualmachine_count"), naught("vlan_count"), naught("vrf_count"), naught("cluster_count")),
	}
}

func tenantRules() []constraint {
	alone := func(name string) constraint {
		return constraint{
			name: "tenancy_tenant_unique_" + name, fields: []string{name},
			message: "Tenant " + name + " must be unique per group.",
			key:     func(r *record) (string, bool) { return r.text(name), r.get("group") == nil },
		}
	}
	inGroup := func(name string) constraint {
		return constraint{
			name: "tenancy_tenant_unique_group_" + name, fields: []string{"group", name},
			message: "Tenant " + name + " must be unique per group.",
		}
	}
	return []constraint{inGroup("name"), alone("name"), inGroup("slug"), alone("slug")}
}
