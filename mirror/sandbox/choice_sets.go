package sandbox

var siteStatuses = choices{
	{"planned", "Planned", 0, 0},
	{"staging", "Staging", 0, 0},
	{"active", "Active", 0, 0},
	{"decommissioning", "Decommissioning", 0, 0},
	{"retired", "Retired", 0, 0},
}

var locationStatuses = choices{
	{"planned", "Planned", 0, 0},
	{"staging", "Staging", 0, 0},
	{"active", "Active", 0, 0},
	{"decommissioning", "Decommissioning", 0, 0},
	{"retired", "Retired", 0, 0},
}

var rackStatuses = choices{
	{"reserved", "Reserved", 0, 0},
	{"available", "Available", 0, 0},
	{"planned", "Planned", 0, 0},
	{"active", "Active", 0, 0},
	{"deprecated", "Deprecated", 0, 0},
}

var rackWidths = choices{
	{"10", "10 inches", 0, 0},
	{"19", "19 inches", 0, 0},
	{"21", "21 inches", 0, 0},
	{"23", "23 inches", 0, 0},
}

var rackFormFactors = choices{
	{"2-post-frame", "2-post frame", 0, 0},
	{"4-post-frame", "4-post frame", 0, 0},
	{"4-post-cabinet", "4-post cabinet", 0, 0},
	{"wall-frame", "Wall-mounted frame", 0, 0},
	{"wall-frame-vertical", "Wall-mounted frame (vertical)", 0, 0},
	{"wall-cabinet", "Wall-mounted cabinet", 0, 0},
	{"wall-cabinet-vertical", "Wall-mounted cabinet (vertical)", 0, 0},
}

var rackDimensionUnits = choices{
	{"mm", "Millimeters", 0, 0},
	{"in", "Inches", 0, 0},
}

var rackAirflows = choices{
	{"front-to-rear", "Front to rear", 0, 0},
	{"rear-to-front", "Rear to front", 0, 0},
}

var deviceStatuses = choices{
	{"offline", "Offline", 0, 0},
	{"active", "Active", 0, 0},
	{"planned", "Planned", 0, 0},
	{"staged", "Staged", 0, 0},
	{"failed", "Failed", 0, 0},
	{"inventory", "Inventory", 0, 0},
	{"decommissioning", "Decommissioning", 0, 0},
}

var deviceFaces = choices{
	{"front", "Front", 0, 0},
	{"rear", "Rear", 0, 0},
}

var deviceAirflows = choices{
	{"front-to-rear", "Front to rear", 0, 0},
	{"rear-to-front", "Rear to front", 0, 0},
	{"left-to-right", "Left to right", 0, 0},
	{"right-to-left", "Right to left", 0, 0},
	{"side-to-rear", "Side to rear", 0, 0},
	{"rear-to-side", "Rear to side", 0, 0},
	{"bottom-to-top", "Bottom to top", 0, 0},
	{"top-to-bottom", "Top to bottom", 0, 0},
	{"passive", "Passive", 0, 0},
	{"mixed", "Mixed", 0, 0},
}

var subdeviceRoles = choices{
	{"parent", "Parent", 0, 0},
	{"child", "Child", 0, 0},
}

var interfaceDuplexs = choices{
	{"half", "Half", 0, 0},
	{"full", "Full", 0, 0},
	{"auto", "Auto", 0, 0},
}

var interfaceModes = choices{
	{"access", "Access", 0, 0},
	{"tagged", "Tagged", 0, 0},
	{"tagged-all", "Tagged (All)", 0, 0},
	{"q-in-q", "Q-in-Q (802.1ad)", 0, 0},
}

var interfacePoEModes = choices{
	{"pd", "PD", 0, 0},
	{"pse", "PSE", 0, 0},
}

var interfacePoETypes = choices{
	{"type1-ieee802.3af", "802.3af (Type 1)", 0, 0},
	{"type2-ieee802.3at", "802.3at (Type 2)", 0, 0},
	{"type3-ieee802.3bt", "802.3bt (Type 3)", 0, 0},
	{"type4-ieee802.3bt", "802.3bt (Type 4)", 0, 0},
	{"passive-24v-2pair", "Passive 24V (2-pair)", 0, 0},
	{"passive-24v-4pair", "Passive 24V (4-pair)", 0, 0},
	{"passive-48v-2pair", "Passive 48V (2-pair)", 0, 0},
	{"passive-48v-4pair", "Passive 48V (4-pair)", 0, 0},
}

var linkStatuses = choices{
	{"connected", "Connected", 0, 0},
	{"planned", "Planned", 0, 0},
	{"decommissioning", "Decommissioning", 0, 0},
}

var cableLengthUnits = choices{
	{"km", "Kilometers", 0, 0},
	{"m", "Meters", 0, 0},
	{"cm", "Centimeters", 0, 0},
	{"mi", "Miles", 0, 0},
	{"ft", "Feet", 0, 0},
	{"in", "Inches", 0, 0},
}

var prefixStatuses = choices{
	{"container", "Container", 0, 0},
	{"active", "Active", 0, 0},
	{"reserved", "Reserved", 0, 0},
	{"deprecated", "Deprecated", 0, 0},
}

var ipAddressStatuses = choices{
	{"active", "Active", 0, 0},
	{"reserved", "Reserved", 0, 0},
	{"deprecated", "Deprecated", 0, 0},
	{"dhcp", "DHCP", 0, 0},
	{"slaac", "SLAAC", 0, 0},
}

var ipAddressRoles = choices{
	{"loopback", "Loopback", 0, 0},
	{"secondary", "Secondary", 0, 0},
	{"anycast", "Anycast", 0, 0},
	{"vip", "VIP", 0, 0},
	{"vrrp", "VRRP", 0, 0},
	{"hsrp", "HSRP", 0, 0},
	{"glbp", "GLBP", 0, 0},
	{"carp", "CARP", 0, 0},
}

var serviceProtocols = choices{
	{"tcp", "TCP", 0, 0},
	{"udp", "UDP", 0, 0},
	{"sctp", "SCTP", 0, 0},
}

var customFieldTypes = choices{
	{"text", "Text", 0, 0},
	{"longtext", "Text (long)", 0, 0},
	{"integer", "Integer", 0, 0},
	{"decimal", "Decimal", 0, 0},
	{"boolean", "Boolean (true/false)", 0, 7},
	{"date", "Date", 0, 0},
	{"datetime", "Date & time", 0, 0},
	{"url", "URL", 0, 0},
	{"json", "JSON", 0, 0},
	{"select", "Selection", 0, 0},
	{"multiselect", "Multiple selection", 0, 0},
	{"object", "Object", 0, 0},
	{"multiobject", "Multiple objects", 0, 0},
	{"boolean", "Boolean", 7, 0},
}

var customFieldFilterLogics = choices{
	{"disabled", "Disabled", 0, 0},
	{"loose", "Loose", 0, 0},
	{"exact", "Exact", 0, 0},
}

var customFieldUIVisibles = choices{
	{"always", "Always", 0, 0},
	{"if-set", "If set", 0, 0},
	{"hidden", "Hidden", 0, 0},
}

var customFieldUIEditables = choices{
	{"yes", "Yes", 0, 0},
	{"no", "No", 0, 0},
	{"hidden", "Hidden", 0, 0},
}

var journalEntryKinds = choices{
	{"info", "Info", 0, 0},
	{"success", "Success", 0, 0},
	{"warning", "Warning", 0, 0},
	{"danger", "Danger", 0, 0},
}

var weightUnits = choices{
	{"kg", "Kilograms", 0, 0},
	{"g", "Grams", 0, 0},
	{"lb", "Pounds", 0, 0},
	{"oz", "Ounces", 0, 0},
}
