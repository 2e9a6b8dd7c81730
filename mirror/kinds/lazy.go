package kinds

import (
	"slices"
	"strings"
)

// lazy are the kinds that may refer to what diet deletes, and that are not synced. A
// NetBox release may lack some of them.
var lazy = []Kind{
	template("cooling_intake_template", "dcim/cooling-intake-templates", "dcim.coolingintaketemplate"),
	template("cooling_outflow_template", "dcim/cooling-outflow-templates", "dcim.coolingoutflowtemplate"),

	component("device_bay", "dcim/device-bays", "dcim.devicebay", "a bay for a device within a device",
		Field{Name: "installed_device", Type: Reference, To: "device", OnDelete: SetNull, Personal: true}),
	component("front_port", "dcim/front-ports", "dcim.frontport", "a front port"),
	component("rear_port", "dcim/rear-ports", "dcim.rearport", "a rear port"),
	component("cooling_intake", "dcim/cooling-intakes", "dcim.coolingintake", "a cooling intake"),
	component("cooling_outflow", "dcim/cooling-outflows", "dcim.coolingoutflow", "a cooling outflow"),
	component("inventory_item", "dcim/inventory-items", "dcim.inventoryitem", "a part that a device is made of",
		generic("component_type", "component_id", ""), serial, assetTag),

	referring("mac_address", "dcim/mac-addresses", "dcim.macaddress", "a MAC address",
		generic("assigned_object_type", "assigned_object_id", "interface_id", "dcim.interface")),
	referring("virtual_chassis", "dcim/virtual-chassis", "dcim.virtualchassis", "a virtual chassis",
		reference("master", "device", Protect)),
	referring("virtual_device_context", "dcim/virtual-device-contexts", "dcim.virtualdevicecontext", "a virtual device context",
		reference("device", "device", Protect)),
	referring("rack_reservation", "dcim/rack-reservations", "dcim.rackreservation", "a reservation of units of a rack",
		reference("rack", "rack", Cascade)),
	referring("cooling_feed", "dcim/cooling-feeds", "dcim.coolingfeed", "a cooling feed", reference("rack", "rack", Protect)),
	referring("virtual_machine", "virtualization/virtual-machines", "virtualization.virtualmachine", "a virtual machine",
		reference("device", "device", Protect)),
	referring("service", "ipam/services", "ipam.service", "a service",
		reference("device", "device", Cascade), generic("parent_object_type", "parent_object_id", "device_id", "dcim.device")),
	referring("vlan_group", "ipam/vlan-groups", "ipam.vlangroup", "a group of VLANs",
		generic("scope_type", "scope_id", "", "dcim.rack")),
	referring("fhrp_group_assignment", "ipam/fhrp-group-assignments", "ipam.fhrpgroupassignment", "an interface in an FHRP group",
		generic("interface_type", "interface_id", "", "dcim.interface")),
	referring("l2vpn_termination", "vpn/l2vpn-terminations", "vpn.l2vpntermination", "an end of an L2VPN",
		generic("assigned_object_type", "assigned_object_id", "interface_id", "dcim.interface")),
	referring("tunnel_termination", "vpn/tunnel-terminations", "vpn.tunneltermination", "an end of a tunnel",
		generic("termination_type", "termination_id", "interface_id", "dcim.interface")),
	referring("virtual_circuit_termination", "circuits/virtual-circuit-terminations",
		"circuits.virtualcircuittermination", "an end of a virtual circuit",
		reference("interface", "interface", Cascade)),
	referring("wireless_link", "wireless/wireless-links", "wireless.wirelesslink", "a wireless link",
		reference("interface_a", "interface", Protect), reference("interface_b", "interface", Protect)),

	referring("contact_assignment", "tenancy/contact-assignments", "tenancy.contactassignment", "a contact of an object",
		generic("object_type", "object_id", "")),
	referring("image_attachment", "extras/image-attachments", "extras.imageattachment", "an image of an object",
		generic("object_type", "object_id", "")),
	referring("journal_entry", "extras/journal-entries", "extras.journalentry", "a journal entry on an object",
		generic("assigned_object_type", "assigned_object_id", "")),
	referring("bookmark", "extras/bookmarks", "extras.bookmark", "a bookmark of a user", generic("object_type", "object_id", "")),
	referring("subscription", "extras/subscriptions", "extras.subscription", "a user's subscription to changes of an object",
		generic("object_type", "object_id", "")),
}

// referring makes a lazy kind whose objects are shown as NetBox displays them.
func referring(name, endpoint, objectType, doc string, fields ...Field) Kind {
	k := Kind{
		Name: name, Endpoint: endpoint, ObjectType: objectType, Role: Mirrored, Lazy: true, Label: "display", Doc: doc,
		Fields: append([]Field{{Name: "display", Type: Text}, description, comments, tags, customFields}, fields...),
	}
	for _, f := range fields {
		if f.TypeField != "" {
			k.Fields = append(k.Fields, Field{Name: f.TypeField, Type: Text})
		}
	}
	return k
}

// component makes a lazy kind of parts of devices, which NetBox makes from templates.
func component(name, endpoint, objectType, doc string, fields ...Field) Kind {
	k := referring(name, endpoint, objectType, doc, append([]Field{
		reference("device", "device", Cascade),
		{Name: "name", Type: Text, Required: true}, label, {Name: "module", Type: Reference, To: "module", OnDelete: Cascade},
	}, fields...)...)
	k.Parent, k.Attached, k.Templates, k.Counter = "device", true, name+"_template", name+"_count"
	return k
}

// made makes a shared kind of the templates of components: diet makes those of the types
// that it makes.
func made(name, endpoint, objectType string, fields ...Field) Kind {
	k := template(name, endpoint, objectType)
	k.Role, k.Lazy, k.Attached, k.Parent, k.Key = Shared, false, true, "device_type", []string{"device_type", "name"}
	k.Doc = strings.TrimSuffix(k.Doc, " template") + " that NetBox creates on each new device of a type"
	k.Fields = append([]Field{
		ofDeviceType, {Name: "name", Type: Text, Required: true}, label,
	}, fields...)
	return k
}

// modular makes a kind of templates one of module types too.
func (k Kind) modular() Kind {
	k.OrParent, k.Key = ofModuleType.Name, []string{"device_type", ofModuleType.Name, "name"}
	k.Fields = slices.Insert(slices.Clone(k.Fields), 1, ofModuleType)
	return k
}

// template makes a lazy kind of the templates of components.
func template(name, endpoint, objectType string) Kind {
	return Kind{
		Name: name, Endpoint: endpoint, ObjectType: objectType, Role: Mirrored, Lazy: true, Label: "name",
		Doc:    "a " + strings.ReplaceAll(name, "_", " "),
		Fields: []Field{reference("device_type", "device_type", Cascade), {Name: "name", Type: Text, Required: true}, label},
	}
}

func reference(name, to string, deleting OnDelete) Field {
	return Field{Name: name, Type: Reference, To: to, OnDelete: deleting}
}

// generic is a reference to an object of one of some types. filter is the query
// parameter with which NetBox finds it by their ids, if there is one.
func generic(typeField, field, filter string, types ...string) Field {
	return Field{Name: field, Type: Generic, TypeField: typeField, OnDelete: Cascade, Types: types, Filter: filter}
}
