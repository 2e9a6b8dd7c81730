package kinds

import "slices"

//go:generate go test .. -run TestTablesAreDocumented -update
//go:generate go test . -run TestRightsAreDocumented -update

var standard = NewRegistry(mirrored...).With(lazy...).With(aside...)

// mirrored are the kinds that every sync reads.
var mirrored = []Kind{
	{
		Name: "custom_field", Endpoint: "extras/custom-fields", ObjectType: "extras.customfield", Role: Mirrored, Label: "name",
		Doc: "a custom field that is defined in NetBox", Key: []string{"name"},
		Fields: []Field{
			{Name: "name", Type: Text, Required: true},
			{Name: "type", Type: Choice, Required: true},
			{Name: "object_types", Type: Texts, Required: true, Doc: "JSON list of the object types that have it, such as dcim.device"},
			{Name: "filter_logic", Type: Choice},
			{Name: "required", Type: Bool, Required: true},
			{Name: "related_object_type", Type: Text, Doc: "of a field that refers to objects: their type"},
		},
	},
	{
		Name: "tag", Endpoint: "extras/tags", ObjectType: "extras.tag", Role: Shared, Label: "name", Key: []string{"slug"},
		Doc: "a tag",
		Fields: []Field{
			{Name: "slug", Type: Text, Required: true},
			{Name: "name", Type: Text, Required: true},
			{Name: "color", Type: Text},
			{Name: "description", Type: Text},
			{Name: "object_types", Type: Texts, Doc: "JSON list of the object types that may have it; none for all"},
		},
	},
	{
		Name: "tenant", Endpoint: "tenancy/tenants", ObjectType: "tenancy.tenant", Role: Mirrored, Label: "name", Key: []string{"slug"},
		Doc:    "a tenant",
		Fields: slugged,
	},
	{
		Name: "manufacturer", Endpoint: "dcim/manufacturers", ObjectType: "dcim.manufacturer", Role: Shared, Label: "name", Key: []string{"slug"},
		Doc:    "a manufacturer",
		Fields: slugged,
	},
	{
		Name: "platform", Endpoint: "dcim/platforms", ObjectType: "dcim.platform", Role: Mirrored, Label: "name", Key: []string{"slug"},
		Doc:    "a platform",
		Fields: slugged,
	},
	{
		Name: "device_role", Endpoint: "dcim/device-roles", ObjectType: "dcim.devicerole", Role: Shared, Label: "name", Key: []string{"slug"},
		Doc: "a device role",
		Fields: []Field{
			{Name: "slug", Type: Text, Required: true},
			{Name: "name", Type: Text, Required: true},
			{Name: "color", Type: Text},
		},
	},
	{
		Name: "region", Endpoint: "dcim/regions", ObjectType: "dcim.region", Role: Mirrored, Label: "name", Key: []string{"slug"},
		Doc:    "a region of sites",
		Fields: slugged,
	},
	{
		Name: "site", Endpoint: "dcim/sites", ObjectType: "dcim.site", Role: Shared, Label: "name", Key: []string{"slug"},
		Doc: "a site", Signs: map[string]string{"rack_count": "rack", "device_count": "device"},
		Fields: []Field{
			{Name: "slug", Type: Text, Required: true},
			{Name: "name", Type: Text, Required: true},
			{Name: "status", Type: Choice},
			{Name: "region", Type: Reference, To: "region", OnDelete: SetNull},
		},
	},
	{
		Name: "location", Endpoint: "dcim/locations", ObjectType: "dcim.location", Role: Shared, Label: "name",
		Doc: "a location within a site", Key: []string{"site", "parent", "slug"},
		Fields: []Field{
			{Name: "slug", Type: Text, Required: true},
			{Name: "name", Type: Text, Required: true},
			{Name: "site", Type: Reference, To: "site", Required: true, OnDelete: Cascade, Follows: "parent"},
			{Name: "parent", Type: Reference, To: "location", OnDelete: Cascade},
		},
	},
	{
		Name: "power_panel", Endpoint: "dcim/power-panels", ObjectType: "dcim.powerpanel", Role: Shared, Label: "name",
		Doc: "a power panel, which feeds come from", Key: []string{"site", "name"},
		Fields: []Field{
			{Name: "name", Type: Text, Required: true},
			{Name: "site", Type: Reference, To: "site", Required: true, OnDelete: Protect, Follows: "location"},
			{Name: "location", Type: Reference, To: "location", OnDelete: Protect},
		},
	},
	{
		Name: "device_type", Endpoint: "dcim/device-types", ObjectType: "dcim.devicetype", Role: Shared, Label: "model",
		Doc: "a device type", Key: []string{"manufacturer", "slug"},
		Fields: []Field{
			{Name: "slug", Type: Text, Required: true},
			{Name: "model", Type: Text, Required: true},
			{Name: "manufacturer", Type: Reference, To: "manufacturer", Required: true, OnDelete: Protect},
			{Name: "u_height", Type: Number, Required: true},
			{Name: "is_full_depth", Type: Bool, Required: true},
			{Name: "subdevice_role", Type: Choice, Doc: "parent has bays for devices, child is a device in one"},
		},
	},
	{
		Name: "module_type", Endpoint: "dcim/module-types", ObjectType: "dcim.moduletype", Role: Shared, Later: true, Label: "model",
		Doc: "a module type", Key: []string{"manufacturer", "model"},
		Fields: []Field{
			{Name: "model", Type: Text, Required: true},
			{Name: "manufacturer", Type: Reference, To: "manufacturer", Required: true, OnDelete: Protect},
		},
	},
	{
		Name: "interface_template", Endpoint: "dcim/interface-templates", ObjectType: "dcim.interfacetemplate", Role: Shared, Label: "name",
		Doc: "an interface that NetBox creates on each new device of a type",
		Key: []string{"device_type", "module_type", "name"}, Parent: "device_type", OrParent: "module_type", Attached: true,
		Fields: []Field{
			ofDeviceType, ofModuleType,
			{Name: "name", Type: Text, Required: true},
			label,
			{Name: "type", Type: Choice, Required: true},
			{Name: "bridge", Type: Reference, To: "interface_template", OnDelete: SetNull},
		},
	},
	made("console_port_template", "dcim/console-port-templates", "dcim.consoleporttemplate", sort).modular(),
	made("console_server_port_template", "dcim/console-server-port-templates", "dcim.consoleserverporttemplate", sort).modular(),
	made("power_port_template", "dcim/power-port-templates", "dcim.powerporttemplate", sort).modular(),
	made("power_outlet_template", "dcim/power-outlet-templates", "dcim.poweroutlettemplate", sort).
		writing("power_port", "power_port_template").modular(),
	made("rear_port_template", "dcim/rear-port-templates", "dcim.rearporttemplate", sort).modular(),
	made("front_port_template", "dcim/front-port-templates", "dcim.frontporttemplate", sort).mapping("rear_port", "rear_ports").
		writing("rear_port", "rear_port_template").modular(),
	made("module_bay_template", "dcim/module-bay-templates", "dcim.modulebaytemplate").modular(),
	made("device_bay_template", "dcim/device-bay-templates", "dcim.devicebaytemplate"),
	made("inventory_item_template", "dcim/inventory-item-templates", "dcim.inventoryitemtemplate").writing("manufacturer", "manufacturer"),
	{
		Name: "rack", Endpoint: "dcim/racks", ObjectType: "dcim.rack", Role: Owned, Label: "name", Key: []string{"site", "location", "name"},
		Doc: "a rack", Watched: true, Placed: BySite, Content: []string{
			"facility_id", "owner", "rack_type", "airflow", "form_factor", "group", "outer_width", "outer_height", "outer_depth", "outer_unit",
			"mounting_depth", "weight", "max_weight", "weight_unit", "cooling_capability", "cooling_capacity",
		},
		Given:    map[string]any{"width": int64(19), "desc_units": false},
		Signs:    map[string]string{"device_count": "device", "powerfeed_count": "power_feed"},
		Together: [][]string{{"site", "location"}},
		Fields: []Field{
			{Name: "name", Type: Text, Required: true},
			{Name: "site", Type: Reference, To: "site", Required: true, OnDelete: Protect, Follows: "location"},
			{Name: "location", Type: Reference, To: "location", OnDelete: SetNull},
			{Name: "tenant", Type: Reference, To: "tenant", OnDelete: Protect},
			{Name: "role", Type: Reference},
			{Name: "status", Type: Choice},
			serial, assetTag,
			{Name: "u_height", Type: Number},
			{Name: "starting_unit", Type: Number, Doc: "the lowest unit"},
			description, comments, tags, customFields,
		},
	},
	{
		Name: "power_feed", Endpoint: "dcim/power-feeds", ObjectType: "dcim.powerfeed", Role: Owned, Later: true, Label: "name",
		Key: []string{"power_panel", "name"}, Doc: "a power feed of a rack", Watched: true, Content: []string{"owner"},
		Fields: []Field{
			{Name: "power_panel", Type: Reference, To: "power_panel", Required: true, OnDelete: Protect},
			{Name: "name", Type: Text, Required: true},
			{Name: "rack", Type: Reference, To: "rack", OnDelete: Protect},
			{Name: "status", Type: Choice},
			sort,
			{Name: "supply", Type: Choice},
			{Name: "phase", Type: Choice},
			{Name: "voltage", Type: Integer},
			{Name: "amperage", Type: Integer},
			{Name: "max_utilization", Type: Integer},
			{Name: "mark_connected", Type: Bool, Doc: "people say that something is plugged in: NetBox takes no cable there"},
			{Name: "tenant", Type: Reference, To: "tenant", OnDelete: Protect},
			description, comments, tags, customFields,
		},
	},
	{
		Name: "device", Endpoint: "dcim/devices", ObjectType: "dcim.device", Role: Owned, Label: "name", Key: []string{"site", "name"},
		Doc: "a device", Watched: true, Placed: BySite,
		Content: []string{
			"virtual_chassis", "vc_position", "vc_priority", "cluster", "local_context_data", "config_template", "latitude", "longitude", "owner",
		},
		Given:    map[string]any{"airflow": nil, "cooling_method": nil},
		Signs:    map[string]string{"parent_device": "device_bay"},
		Together: [][]string{{"rack", "position", "face"}},
		Fields: []Field{
			{Name: "name", Type: Text, Folded: true},
			{Name: "site", Type: Reference, To: "site", Required: true, OnDelete: Protect, Follows: "rack"},
			{Name: "location", Type: Reference, To: "location", OnDelete: Protect, Follows: "rack"},
			{Name: "rack", Type: Reference, To: "rack", OnDelete: Protect},
			{Name: "position", Type: Number, Vacant: true},
			{Name: "face", Type: Choice, Blank: true},
			{Name: "device_type", Type: Reference, To: "device_type", Required: true, Defining: true, Counted: true, OnDelete: Protect},
			{Name: "role", Type: Reference, To: "device_role", Required: true, OnDelete: Protect},
			{Name: "tenant", Type: Reference, To: "tenant", OnDelete: Protect},
			{Name: "platform", Type: Reference, To: "platform", OnDelete: SetNull},
			{Name: "status", Type: Choice},
			{Name: "airflow", Type: Choice, Doc: "NetBox takes that of the type where nobody says"},
			serial, assetTag, description, comments, tags, customFields,
		},
	},
	{
		Name: "module_bay", Endpoint: "dcim/module-bays", ObjectType: "dcim.modulebay", Role: Owned, Later: true, Label: "name",
		Key: []string{"device", "module", "name"}, Doc: "a bay for modules of a device",
		Watched: true, Placed: ByParent, Attached: true, Parent: "device", Templates: "module_bay_template", Counter: "module_bay_count",
		Content: []string{"owner"}, Given: map[string]any{"enabled": true, "module_bay_types": nil},
		Fields: []Field{
			{Name: "device", Type: Reference, To: "device", Required: true, OnDelete: Cascade},
			{Name: "name", Type: Text, Required: true},
			{Name: "position", Type: Text, Blank: true, Doc: "what {module} stands for in the names of a module's ports"},
			label, description, module, tags, customFields,
		},
	},
	{
		Name: "module", Endpoint: "dcim/modules", ObjectType: "dcim.module", Role: Owned, Later: true, Label: "display",
		Key: []string{"module_bay"}, Doc: "a module in a bay of a device",
		Watched: true, Placed: ByParent, Attached: true, Parent: "device", Content: []string{"owner"},
		Fields: []Field{
			{Name: "device", Type: Reference, To: "device", Required: true, OnDelete: Cascade},
			{Name: "display", Type: Text, Shown: true, Doc: "how NetBox shows it"},
			{Name: "module_bay", Type: Reference, To: "module_bay", Required: true, OnDelete: Cascade},
			{Name: "module_type", Type: Reference, To: "module_type", Required: true, Defining: true, Counted: true, OnDelete: Protect},
			{Name: "status", Type: Choice},
			serial, assetTag, description, comments, tags, customFields,
		},
	},
	{
		Name: "interface", Endpoint: "dcim/interfaces", ObjectType: "dcim.interface", Role: Owned, Label: "name", Key: []string{"device", "name"},
		Doc: "an interface of a device", Watched: true, Placed: ByParent, Attached: true, Parent: "device",
		Templates: "interface_template", Counter: "interface_count",
		Content: []string{
			"vrf", "mode", "untagged_vlan", "tagged_vlans", "qinq_svlan", "vlan_translation_policy", "vdcs", "wireless_lans", "wwn",
			"mtu", "tx_power", "owner", "speed", "duplex", "rf_channel", "rf_channel_frequency", "rf_channel_width",
		},
		Given: map[string]any{"mgmt_only": false, "poe_mode": nil, "poe_type": nil, "rf_role": nil, "channels": nil, "channel_id": nil},
		Signs: map[string]string{
			"count_ipaddresses": "ip_address", "count_fhrp_groups": "fhrp_group_assignment", "mac_addresses": "mac_address",
			"l2vpn_termination": "l2vpn_termination", "wireless_link": "wireless_link",
		},
		Fields: []Field{
			{Name: "device", Type: Reference, To: "device", Required: true, OnDelete: Cascade},
			{Name: "name", Type: Text, Required: true},
			{Name: "type", Type: Choice, Required: true},
			{Name: "enabled", Type: Bool, Usual: true},
			{Name: "mark_connected", Type: Bool, Doc: "people say that something is plugged in: NetBox takes no cable there"},
			{Name: "label", Type: Text, Blank: true, Personal: true, Usual: ""}, description,
			{Name: "parent", Type: Reference, To: "interface", OnDelete: Protect},
			{Name: "lag", Type: Reference, To: "interface", OnDelete: SetNull, Gathers: true},
			{Name: "bridge", Type: Reference, To: "interface", OnDelete: SetNull},
			module, tags, customFields,
		},
	},
	socket("console_port", "dcim/console-ports", "dcim.consoleport", "a console port of a device").holding("speed"),
	socket("console_server_port", "dcim/console-server-ports", "dcim.consoleserverport", "a port of a console server").holding("speed"),
	socket("power_port", "dcim/power-ports", "dcim.powerport", "a power port of a device").
		given(map[string]any{"allocated_draw": nil, "maximum_draw": nil}),
	socket("power_outlet", "dcim/power-outlets", "dcim.poweroutlet", "a power outlet of a device",
		Field{Name: "power_port", Type: Reference, To: "power_port", OnDelete: SetNull}).
		given(map[string]any{"feed_leg": nil, "color": nil, "status": "enabled"}),
	{
		Name: "cable", Endpoint: "dcim/cables", ObjectType: "dcim.cable", Role: Owned, Label: "label",
		Doc: "a cable; what it is plugged into is in cable_termination", Watched: true, Placed: ByEnds, Attached: true,
		Content:  []string{"bundle", "owner"},
		Together: [][]string{{"length", "length_unit"}, {"b", "b2", "b3", "b4", "b5", "b6", "b7", "b8"}},
		Fields: []Field{
			{Name: "a", Type: End, To: "interface"},
			{Name: "b", Type: End, To: "interface"},
			plug("b2"), plug("b3"), plug("b4"), plug("b5"), plug("b6"), plug("b7"), plug("b8"),
			{Name: "power_port", Type: End, To: "power_port", Beside: "a"},
			{Name: "power_outlet", Type: End, To: "power_outlet", Beside: "b"},
			{Name: "power_feed", Type: End, To: "power_feed", Beside: "b"},
			{Name: "console_port", Type: End, To: "console_port", Beside: "a"},
			{Name: "console_server_port", Type: End, To: "console_server_port", Beside: "b"},
			{Name: "profile", Type: Choice, Doc: "from NetBox 4.5 on: how many plugs it has at its ends, such as breakout-1c4p-4c1p"},
			{Name: "type", Type: Choice, Bare: true},
			{Name: "status", Type: Choice},
			{Name: "color", Type: Text, Blank: true},
			label,
			{Name: "length", Type: Number},
			{Name: "length_unit", Type: Choice},
			{Name: "tenant", Type: Reference, To: "tenant", OnDelete: Protect},
			description, comments, tags, customFields,
		},
	},
	{
		Name: "cable_termination", Endpoint: "dcim/cable-terminations", ObjectType: "dcim.cabletermination", Role: Mirrored, Label: "cable_end",
		Doc: "one plug of a cable", Watched: true, StandsFor: "cable",
		Fields: []Field{
			{Name: "cable", Type: Reference, Bare: true, To: "cable", Required: true, OnDelete: Cascade},
			{Name: "cable_end", Type: Text, Required: true, Doc: "A or B"},
			{Name: "connector", Type: Integer, Doc: "of a cable with a profile: which plug of that end it is"},
			{Name: "termination_type", Type: Text, Required: true, Doc: "dcim.interface, dcim.frontport, ..."},
			{Name: "termination_id", Type: Generic, TypeField: "termination_type", Required: true, OnDelete: Cascade},
		},
	},
	{
		Name: "ip_address", Endpoint: "ipam/ip-addresses", ObjectType: "ipam.ipaddress", Role: Mirrored, Label: "address",
		Doc: "an IP address",
		Fields: []Field{
			{Name: "address", Type: Text, Required: true},
			{Name: "assigned_object_type", Type: Text},
			{Name: "assigned_object_id", Type: Generic, TypeField: "assigned_object_type", OnDelete: Cascade},
			{Name: "status", Type: Choice},
			{Name: "dns_name", Type: Text},
		},
	},
}

// Fields that many kinds have.
var (
	slugged = []Field{
		{Name: "slug", Type: Text, Required: true},
		{Name: "name", Type: Text, Required: true},
	}
	sort         = Field{Name: "type", Type: Choice}
	serial       = Field{Name: "serial", Type: Text, Blank: true, Personal: true}
	assetTag     = Field{Name: "asset_tag", Type: Text, Unique: true, Personal: true}
	label        = Field{Name: "label", Type: Text, Blank: true, Personal: true}
	description  = Field{Name: "description", Type: Text, Blank: true, Personal: true}
	comments     = Field{Name: "comments", Type: Text, Blank: true, Personal: true}
	module       = Field{Name: "module", Type: Reference, To: "module", OnDelete: Cascade, Doc: "the module that it came with"}
	ofDeviceType = Field{
		Name: "device_type", Type: Reference, To: "device_type", OnDelete: Cascade, Doc: "NULL for a template of a module type",
	}
	ofModuleType = Field{Name: "module_type", Type: Reference, To: "module_type", OnDelete: Cascade}
	tags         = Field{Name: "tags", Type: Tags, Required: true, Doc: "JSON list of tag ids, sorted"}
	customFields = Field{
		Name: "custom_fields", Type: Custom, Required: true,
		Doc: "JSON object, without diet's own fields and without empty ones",
	}
)

// plug is a further plug at the b end of a breakout cable.
func plug(name string) Field { return Field{Name: name, Type: End, To: "interface", On: name[:1]} }

// socket is a kind of parts of devices that cables of another sort than those of interfaces are
// plugged into: a plan owns those that it plugs something into.
func socket(name, endpoint, objectType, doc string, fields ...Field) Kind {
	return Kind{
		Name: name, Endpoint: endpoint, ObjectType: objectType, Role: Owned, Later: true, Label: "name", Key: []string{"device", "name"},
		Doc: doc, Watched: true, Placed: ByParent, Attached: true, Parent: "device", Templates: name + "_template", Counter: name + "_count",
		Content: []string{"owner"},
		Fields: slices.Concat([]Field{
			{Name: "device", Type: Reference, To: "device", Required: true, OnDelete: Cascade},
			{Name: "name", Type: Text, Required: true},
			sort,
			{Name: "mark_connected", Type: Bool, Doc: "people say that something is plugged in: NetBox takes no cable there"},
			label, description,
		}, fields, []Field{module, tags, customFields}),
	}
}

// Standard is the registry of the kinds that diet itself needs.
func Standard() Registry { return standard }
