package sandbox

import (
	"slices"
	"strings"
)

// owners are filters of nearly everything, from 4.5 on.
const owners = "owner owner_group owner_group_id owner_id"

// foreign are filters that NetBox has and the sandbox has not, by kind (those
// of 4.6.8). To ignore them would be to answer with everything, so they fail.
var foreign = map[string]string{
	"cable-terminations": "circuittermination_id consoleport_id consoleserverport_id frontport_id interface_id powerfeed_id " +
		"poweroutlet_id powerport_id rearport_id",
	"cables": "bundle bundle_id circuittermination_id consoleport_id consoleserverport_id frontport_id powerfeed_id " +
		"poweroutlet_id powerport_id rearport_id tenant_group tenant_group_id " +
		owners,
	"cluster-types": owners,
	"clusters": "contact contact_group contact_role group group_id location location_id region region_id site_group " +
		"site_group_id tenant_group tenant_group_id " +
		owners,
	"contact-assignments": "group group_id object_type_id",
	"contact-roles":       owners,
	"contacts": "group group_id " +
		owners,
	"custom-field-choice-sets": "base_choices choice choice_colors " +
		owners,
	"custom-fields": "object_type_id " +
		owners,
	"device-bays": "device_role device_role_id device_status device_type device_type_id location location_id rack " +
		"rack_id region region_id site site_group site_group_id site_id tenant tenant_id virtual_chassis " +
		"virtual_chassis_id " +
		owners,
	"device-roles": "ancestor ancestor_id config_template_id " +
		owners,
	"device-types": "console_port_template_count console_ports console_server_port_template_count console_server_ports " +
		"device_bay_template_count device_bays device_count front_port_template_count has_front_image " +
		"has_rear_image interface_template_count interfaces inventory_item_template_count inventory_items " +
		"module_bay_template_count module_bays pass_through_ports power_outlet_template_count power_outlets " +
		"power_port_template_count power_ports rear_port_template_count " +
		owners,
	"devices": "cluster_group cluster_group_id config_template_id console_port_count console_ports " +
		"console_server_port_count console_server_ports contact contact_group contact_role device_bay_count " +
		"device_bays front_port_count has_virtual_device_context inventory_item_count local_context_data " +
		"module_bay_count module_bays parent_bay_id parent_device_id pass_through_ports power_outlet_count " +
		"power_outlets power_port_count power_ports rear_port_count tenant_group tenant_group_id " +
		owners,
	"interface-templates": "module_type_id rf_role",
	"interfaces": "cable_connector device_status l2vpn l2vpn_id module_id rf_channel rf_channel_frequency " +
		"rf_channel_width rf_role site_group site_group_id vdc vdc_identifier virtual_chassis_member " +
		"virtual_chassis_member_id virtual_chassis_member_or_master virtual_chassis_member_or_master_id " +
		"virtual_circuit_id virtual_circuit_termination_id vlan vlan_translation_policy " +
		"vlan_translation_policy_id vrf vrf_id wireless_lan_id wireless_link_id " +
		owners,
	"inventory-items": "device_role device_role_id device_status device_type device_type_id location location_id rack " +
		"rack_id region region_id role role_id site site_group site_group_id site_id tenant tenant_id " +
		"virtual_chassis virtual_chassis_id " +
		owners,
	"ip-addresses": "contact contact_group contact_role fhrpgroup_id present_in_vrf present_in_vrf_id service_id " +
		"tenant_group tenant_group_id virtual_machine virtual_machine_id vminterface vminterface_id vrf " +
		"vrf_id " +
		owners,
	"journal-entries": "assigned_object_type_id created_after created_before created_by_id",
	"locations": "contact contact_group contact_role site_group site_group_id tenant_group tenant_group_id " +
		owners,
	"mac-addresses": "primary virtual_machine virtual_machine_id vminterface vminterface_id " +
		owners,
	"manufacturers": "contact contact_group contact_role " +
		owners,
	"permissions": "can_add can_change can_delete can_view group group_id object_type object_type_id object_types user " +
		"user_id",
	"platforms": "ancestor ancestor_id available_for_device_type config_template_id " +
		owners,
	"prefixes": "children contact contact_group contact_role depth present_in_vrf present_in_vrf_id region region_id " +
		"role role_id site_group site_group_id tenant_group tenant_group_id vlan_group vlan_group_id vlan_vid " +
		"vrf vrf_id " +
		owners,
	"rack-reservations": "group group_id location location_id region region_id site site_group site_group_id site_id " +
		"tenant_group tenant_group_id unit unit_count_max unit_count_min " +
		owners,
	"rack-roles": owners,
	"racks": "contact contact_group contact_role group group_id manufacturer manufacturer_id rack_type " +
		"rack_type_id tenant_group tenant_group_id " +
		owners,
	"regions": "ancestor ancestor_id contact contact_group contact_role " +
		owners,
	"services": "contact contact_group contact_role fhrpgroup fhrpgroup_id ip_address ip_address_id port " +
		"virtual_machine virtual_machine_id " +
		owners,
	"site-groups": "ancestor ancestor_id contact contact_group contact_role " +
		owners,
	"sites": "asn asn_id contact contact_group contact_role tenant_group tenant_group_id time_zone " +
		owners,
	"tags": "content_type content_type_id " +
		owners,
	"tenant-groups": "ancestor ancestor_id " +
		owners,
	"tenants": "contact contact_group contact_role " +
		owners,
	"tokens":              "expires last_used",
	"tunnel-terminations": "interface vminterface vminterface_id",
	"tunnels": "contact contact_group contact_role group group_id ipsec_profile ipsec_profile_id tenant_group " +
		"tenant_group_id " +
		owners,
	"users": "date_joined group group_id is_superuser last_login notification_group_id permission_id " +
		owners,
	"virtual-chassis": "member_count region region_id site site_group site_group_id site_id tenant tenant_id " +
		owners,
	"virtual-device-contexts": "has_primary_ip interface_id tenant_group tenant_group_id " +
		owners,
	"virtual-machines": "cluster_group cluster_group_id cluster_type cluster_type_id config_template_id contact contact_group " +
		"contact_role has_primary_ip interface_count local_context_data mac_address region region_id " +
		"site_group site_group_id tenant_group tenant_group_id virtual_disk_count virtual_machine_type " +
		"virtual_machine_type_id " +
		owners,
	"vlan-groups": "cluster cluster_group contains_vid rack_group region site_group tenant_group tenant_group_id " +
		"total_vlan_ids " +
		owners,
	"vlans": "available_at_site available_at_site_group available_on_device available_on_virtualmachine " +
		"interface_id l2vpn l2vpn_id qinq_role qinq_svlan_id qinq_svlan_vid region region_id role role_id " +
		"site_group site_group_id tenant_group tenant_group_id vminterface_id " +
		owners,
	"wireless-links": "tenant_group tenant_group_id " +
		owners,
}

// unfiltered are fields by which NetBox does not filter: as any unknown
// parameter they are ignored.
var unfiltered = map[string]string{ //nolint:gosec // names of fields
	"cable-terminations":      "connector q",
	"cables":                  "comments",
	"cluster-types":           "comments",
	"clusters":                "comments",
	"contact-assignments":     "contact",
	"contact-roles":           "comments",
	"contacts":                "comments",
	"custom-fields":           "comments object_types",
	"device-roles":            "comments",
	"device-types":            "comments",
	"devices":                 "cluster comments oob_ip rack virtual_chassis",
	"interface-templates":     "bridge device_type",
	"interfaces":              "bridge cable device_tenant device_tenant_id lag parent untagged_vlan untagged_vlan_id",
	"inventory-items":         "parent",
	"ip-addresses":            "comments nat_inside",
	"journal-entries":         "comments created",
	"locations":               "comments",
	"mac-addresses":           "comments",
	"manufacturers":           "comments",
	"permissions":             "created created_by_request last_updated modified_by_request updated_by_request",
	"platforms":               "comments",
	"prefixes":                "comments vlan",
	"rack-reservations":       "comments rack",
	"rack-roles":              "comments",
	"racks":                   "comments",
	"regions":                 "comments",
	"services":                "comments",
	"site-groups":             "comments",
	"sites":                   "comments physical_address shipping_address",
	"tenant-groups":           "comments",
	"tenants":                 "comments",
	"tokens":                  "created_by_request last_updated modified_by_request updated_by_request",
	"tunnel-terminations":     "outside_ip",
	"tunnels":                 "comments",
	"users":                   "created created_by_request last_updated modified_by_request password updated_by_request",
	"virtual-chassis":         "comments",
	"virtual-device-contexts": "comments",
	"virtual-machines":        "comments",
	"vlan-groups":             "comments",
	"vlans":                   "comments",
	"wireless-links":          "comments interface_a interface_b",
}

// foreignFilter says whether a parameter is a filter that only NetBox has.
func (s *state) foreignFilter(m *model, name string) bool {
	base, _, _ := strings.Cut(name, "__")
	if strings.HasPrefix(base, "owner") && s.rel.minor < 5 {
		return false
	}
	return slices.Contains(strings.Fields(foreign[m.kind]), base)
}

// unfiltered says whether NetBox ignores a parameter that names a field.
func (m *model) unfiltered(name string) bool {
	base, _, _ := strings.Cut(name, "__")
	return slices.Contains(strings.Fields(unfiltered[m.kind]), base)
}
