package netbox

import "strings"

// Kind is a type of object that the mirror keeps.
type Kind struct {
	Name       string // device_type
	Endpoint   string // dcim/device-types
	ObjectType string // dcim.devicetype, as the changelog says
	Fields     string // for fields=: the columns to read, id first
	Table      string // of the mirror
}

// Columns that the kinds diet owns have in common.
const owned = ",tags,custom_fields,created,last_updated"

// kinds is in order of rank: what others refer to comes first.
var kinds = []Kind{
	{"custom_field", "extras/custom-fields", "extras.customfield", "id,name,type,object_types,filter_logic,required,last_updated", "custom_field"},
	{"tag", "extras/tags", "extras.tag", "id,slug,name,color,description,last_updated", "tag"},
	{"tenant", "tenancy/tenants", "tenancy.tenant", "id,slug,name,last_updated", "tenant"},
	{"manufacturer", "dcim/manufacturers", "dcim.manufacturer", "id,slug,name,last_updated", "manufacturer"},
	{"platform", "dcim/platforms", "dcim.platform", "id,slug,name,last_updated", "platform"},
	{"device_role", "dcim/device-roles", "dcim.devicerole", "id,slug,name,color,last_updated", "device_role"},
	{"site", "dcim/sites", "dcim.site", "id,slug,name,status,region,last_updated", "site"},
	{"location", "dcim/locations", "dcim.location", "id,slug,name,site,parent,last_updated", "location"},
	{"device_type", "dcim/device-types", "dcim.devicetype", "id,slug,model,manufacturer,u_height,is_full_depth,last_updated", "device_type"},
	{"interface_template", "dcim/interface-templates", "dcim.interfacetemplate", "id,device_type,name,type,last_updated", "interface_template"},
	{"rack", "dcim/racks", "dcim.rack", "id,name,site,location,tenant,role,status,serial,asset_tag,u_height,description,comments" + owned, "rack"},
	{"device", "dcim/devices", "dcim.device", "id,name,site,location,rack,position,face,device_type,role,tenant,platform,status,serial,asset_tag,description,comments" + owned, "device"},
	{"interface", "dcim/interfaces", "dcim.interface", "id,device,name,type,enabled,label,description,lag" + owned, "interface"},
	{"cable", "dcim/cables", "dcim.cable", "id,type,status,color,label,length,length_unit,tenant,description,comments" + owned, "cable"},
	{"cable_termination", "dcim/cable-terminations", "dcim.cabletermination", "id,cable,cable_end,termination_type,termination_id,last_updated", "cable_termination"},
	{"ip_address", "ipam/ip-addresses", "ipam.ipaddress", "id,address,assigned_object_type,assigned_object_id,status,dns_name,last_updated", "ip_address"},
}

// ObjectChange is the changelog: read-only, and no kind of [Kinds]. Its fields
// are the slim ones; add [ChangeData] for what an object was before and after.
var ObjectChange = Kind{
	Name:     "object_change",
	Endpoint: "core/object-changes",
	Fields:   "id,time,user_name,request_id,action,changed_object_type,changed_object_id,message",
	Table:    "object_change",
}

// ChangeData are the two costly columns of [ObjectChange], to be appended to
// its Fields.
const ChangeData = ",prechange_data,postchange_data"

// Kinds returns every mirrored kind, what others refer to first.
func Kinds() []Kind { return append([]Kind(nil), kinds...) }

// KindOf finds a kind by its name ("device_type") or by its object type
// ("dcim.devicetype").
func KindOf(name string) (Kind, bool) {
	byType := strings.Contains(name, ".")
	for _, k := range kinds {
		if k.Name == name || byType && k.ObjectType == name {
			return k, true
		}
	}
	return Kind{}, false
}
