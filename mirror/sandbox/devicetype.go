package sandbox

import "strings"

func manufacturerModel() *model {
	return &model{
		kind: "manufacturers", app: "dcim", name: "manufacturer", label: "manufacturer", plural: "manufacturers", order: byName,
		brief:  briefly(),
		unique: []constraint{uniqueField("dcim_manufacturer", "name"), uniqueField("dcim_manufacturer", "slug")},
		fields: together(head(true), nameField(), slugField(), description(), owner(), comments(since(5)), marks(), dates(),
			counter("devicetype_count", "device-types", "manufacturer", omitNested), naught("moduletype_count", since(5)),
			naught("inventoryitem_count"), counter("platform_count", "platforms", "manufacturer", omitNested)),
	}
}

func platformModel() *model {
	unique := inTree("dcim_platform", "platform")
	return &model{
		kind: "platforms", app: "dcim", name: "platform", label: "platform", plural: "platforms", order: byName,
		brief: briefly("device_count", "virtualmachine_count", "_depth"), unique: unique,
		fields: together(head(true),
			refField("parent", "platforms", since(4), deleting(cascade), showing("id", "url", "display_url", "display", "name")),
			nameField(), slugField(), refField("manufacturer", "manufacturers", deleting(protect)), absent("config_template"),
			description(), owner(), comments(since(4)), marks(), dates(),
			roleCounts("platform"), depth(since(4))),
	}
}

func deviceRoleModel() *model {
	return &model{
		kind: "device-roles", app: "dcim", name: "devicerole", label: "device role", plural: "device roles", order: byName,
		brief:  briefly("device_count", "virtualmachine_count", "_depth"),
		unique: inTree("dcim_devicerole", "device role"),
		fields: together(head(true), nameField(), slugField(), typed("color", color, defaults("9e9e9e")), boolField("vm_role", true),
			absent("config_template"),
			refField("parent", "device-roles", since(3), deleting(cascade), showing("id", "url", "display_url", "display", "name")),
			description(), marks(), dates(), roleCounts("role"), owner(), comments(since(4)), depth(since(3))),
	}
}

func deviceTypeModel() *model {
	return &model{
		kind: "device-types", app: "dcim", name: "devicetype", label: "device type", plural: "device types",
		brief: []string{"id", "url", "display", "manufacturer", "model", "slug", "description", "device_count"},
		order: byTypeName, title: func(_ *state, r *record) string { return r.text("model") },
		searchable: []string{"model", "slug", "part_number", "description", "comments"},
		unique: []constraint{
			uniqueTogether("dcim_devicetype_unique_manufacturer_model", "manufacturer", "model"),
			uniqueTogether("dcim_devicetype_unique_manufacturer_slug", "manufacturer", "slug"),
		},
		fields: deviceTypeFields(), logExtra: typeCounters,
	}
}

// typeCounters are columns that count, as the changelog shows them.
func typeCounters(s *state, r *record) dict {
	var d dict
	for _, f := range r.model.fields {
		switch {
		case f.name == "device_count" && s.rel.minor >= 5:
			d = append(d, pair{f.name, s.count("devices", "device_type", r.id)})
		case f.name == "interface_template_count":
			d = append(d, pair{f.name, s.count("interface-templates", "device_type", r.id)})
		case strings.HasSuffix(f.name, "_template_count"):
			d = append(d, pair{f.name, 0})
		}
	}
	return d
}

func deviceTypeFields() []*field {
	return together(head(true), refField("manufacturer", "manufacturers", required, deleting(protect)),
		refField("default_platform", "platforms"), textField("model", required, maxLen(100), indexed), slugField(),
		textField("part_number", maxLen(50)),
		typed("u_height", decimal, defaults(1.0), digits(4, 1), between(0, 1000)),
		boolField("exclude_from_utilization", false), boolField("is_full_depth", true),
		choiceField("subdevice_role", subdeviceRoles, nullable, blankable), choiceField("airflow", deviceAirflows, nullable, blankable),
		apart("cooling_method", "null", since(7)),
		typed("weight", decimal, nullable, digits(8, 2)), choiceField("weight_unit", weightUnits, nullable, blankable),
		apart("end_of_life", "null", since(7)),
		fixedField("front_image", "null", logged("")), fixedField("rear_image", "null", logged("")), description(), owner(), comments(), marks(), dates(),
		deviceTypeCount(), naught("console_port_template_count"), naught("console_server_port_template_count"),
		naught("power_port_template_count"), naught("power_outlet_template_count"),
		naught("cooling_intake_template_count", since(7)), naught("cooling_outflow_template_count", since(7)),
		counter("interface_template_count", "interface-templates", "device_type", omitNested),
		naught("front_port_template_count"), naught("rear_port_template_count"), naught("device_bay_template_count"),
		naught("module_bay_template_count"), naught("inventory_item_template_count"))
}

// deviceTypeCount is a stored counter from 4.5, so it is embedded too.
func deviceTypeCount() []*field {
	return []*field{
		counter("device_count", "devices", "device_type", omitNested, until(5)),
		counter("device_count", "devices", "device_type", since(5)),
	}
}

func byTypeName(a, b *record) int {
	if n := int(a.ref("manufacturer") - b.ref("manufacturer")); n != 0 {
		return n
	}
	return natural(a.text("model"), b.text("model"))
}

func interfaceTemplateModel() *model {
	return &model{
		kind: "interface-templates", app: "dcim", name: "interfacetemplate", label: "interface template",
		plural: "interface templates", noBrowse: true, brief: []string{"id", "url", "display", "name", "description"},
		order:  byTemplate,
		unique: []constraint{uniqueTogether("dcim_interfacetemplate_unique_device_type_name", "device_type", "name")},
		clean:  cleanTemplate,
		fields: together(head(false), refField("device_type", "device-types", deleting(cascade)), absent("module_type"),
			textField("name", required, maxLen(64), indexed), textField("label", maxLen(64)),
			choiceField("type", interfaceTypes, required), apart("channels", "null", since(7)), apart("channel_id", "null", since(7)),
			boolField("enabled", true), boolField("mgmt_only", false, labelled("management only")), description(),
			apart("parent", "null", since(7)),
			refField("bridge", "interface-templates", showing("id", "url", "display", "name")),
			choiceField("poe_mode", interfacePoEModes, nullable, blankable), choiceField("poe_type", interfacePoETypes, nullable, blankable),
			apart("rf_role", "null"), dates()),
	}
}

func byTemplate(a, b *record) int {
	if n := int(a.ref("device_type") - b.ref("device_type")); n != 0 {
		return n
	}
	return byName(a, b)
}

func cleanTemplate(_ *tx, _ *record, d *draft) {
	if d.r.get("device_type") == nil {
		d.faults.add(objectFault, "A component template must be associated with either a device type or a module type.")
	}
}

// roleCounts are embedded from 4.4 on, as 0. (4.4 leaves them out of the
// answer to a PATCH; the sandbox does not.)
func roleCounts(by string) []*field {
	return []*field{
		counter("device_count", "devices", by, omitNested, until(4)),
		counter("device_count", "devices", by, zeroNested, since(4)),
		naught("virtualmachine_count", until(4)), fixedField("virtualmachine_count", "0", since(4)),
	}
}
