package generate

// libraryType is one file in the format of the community's device type library: a device
// type or, without a slug, a module type. What diet has no use for is not here.
type libraryType struct {
	Manufacturer string `json:"manufacturer" jsonschema:"required,maxLength=100"`
	Model        string `json:"model" jsonschema:"required,maxLength=100"`
	Slug         string `json:"slug" jsonschema:"maxLength=100,pattern=^[-a-zA-Z0-9_]+$"`

	Height        *float64 `json:"u_height" jsonschema:"minimum=0,maximum=100,multipleOf=0.5"`
	FullDepth     *bool    `json:"is_full_depth"`
	PartNumber    *string  `json:"part_number" jsonschema:"maxLength=50"`
	SubdeviceRole *string  `json:"subdevice_role" jsonschema:"enum=parent,enum=child"`
	Airflow       *string  `json:"airflow"`
	Weight        *float64 `json:"weight" jsonschema:"minimum=0,maximum=999999.99,multipleOf=0.01"`
	WeightUnit    *string  `json:"weight_unit" jsonschema:"enum=kg,enum=g,enum=lb,enum=oz"`
	Description   *string  `json:"description" jsonschema:"maxLength=200"`
	Comments      *string  `json:"comments"`
	Powered       *bool    `json:"is_powered"`

	Consoles     []libraryPort    `json:"console-ports"`
	Servers      []libraryPort    `json:"console-server-ports"`
	Powers       []libraryPort    `json:"power-ports"`
	Outlets      []libraryPort    `json:"power-outlets"`
	Interfaces   []libraryPort    `json:"interfaces"`
	Rears        []libraryPort    `json:"rear-ports"`
	Fronts       []libraryPort    `json:"front-ports"`
	ModuleBays   []libraryPort    `json:"module-bays"`
	DeviceBays   []libraryPort    `json:"device-bays"`
	Items        []libraryPort    `json:"inventory-items"`
	PortMappings []libraryMapping `json:"port-mappings"`
}

// libraryPort is a component of any sort; each sort has some of the keys.
type libraryPort struct {
	Name        string  `json:"name" jsonschema:"required,maxLength=64"`
	Label       *string `json:"label" jsonschema:"maxLength=64"`
	Type        *string `json:"type"`
	Description *string `json:"description" jsonschema:"maxLength=200"`
	Color       *string `json:"color" jsonschema:"pattern=^[0-9a-f]{6}$"`

	Enabled  *bool   `json:"enabled"`
	MgmtOnly *bool   `json:"mgmt_only"`
	PoEMode  *string `json:"poe_mode"`
	PoEType  *string `json:"poe_type"`
	RFRole   *string `json:"rf_role"`
	Bridge   *string `json:"bridge"`

	MaximumDraw   *int    `json:"maximum_draw" jsonschema:"minimum=1"`
	AllocatedDraw *int    `json:"allocated_draw" jsonschema:"minimum=1"`
	PowerPort     *string `json:"power_port"`
	FeedLeg       *string `json:"feed_leg"`

	Positions        *int    `json:"positions" jsonschema:"minimum=1,maximum=1024"`
	RearPort         *string `json:"rear_port"`
	RearPortPosition *int    `json:"rear_port_position" jsonschema:"minimum=1,maximum=1024"`
	Position         *string `json:"position" jsonschema:"maxLength=30"`

	Manufacturer *string `json:"manufacturer"`
	PartID       *string `json:"part_id" jsonschema:"maxLength=50"`
}

// libraryMapping says which position of a rear port is behind one of a front port; files
// have them here, or at the front port.
type libraryMapping struct {
	Front         string `json:"front_port" jsonschema:"required"`
	FrontPosition int    `json:"front_port_position"`
	Rear          string `json:"rear_port" jsonschema:"required"`
	RearPosition  int    `json:"rear_port_position"`
}

// section is a list of components of a type, and the kind of template that they become.
type section struct {
	kind, key string
	typed     bool // NetBox wants a type
	ports     []libraryPort
}

// sections are the components of a type, those that others refer to first.
func (t *libraryType) sections() []section {
	return []section{
		{"console_port_template", "console-ports", false, t.Consoles},
		{"console_server_port_template", "console-server-ports", false, t.Servers},
		{"power_port_template", "power-ports", false, t.Powers},
		{"power_outlet_template", "power-outlets", false, t.Outlets},
		{"interface_template", "interfaces", true, t.Interfaces},
		{"rear_port_template", "rear-ports", true, t.Rears},
		{"front_port_template", "front-ports", true, t.Fronts},
		{"module_bay_template", "module-bays", false, t.ModuleBays},
		{"device_bay_template", "device-bays", false, t.DeviceBays},
		{"inventory_item_template", "inventory-items", false, t.Items},
	}
}

// parts are the templates that NetBox's own import would make of the type.
func (t *libraryType) parts() []Part {
	var out []Part
	for _, s := range t.sections() {
		for i := range s.ports {
			out = append(out, Part{Kind: s.kind, Name: s.ports[i].Name, Fields: t.fields(&s.ports[i])})
		}
	}
	return out
}

// fields are what a file says of a component, by NetBox's names.
func (t *libraryType) fields(p *libraryPort) map[string]any {
	f := map[string]any{"name": p.Name}
	given(f, "label", p.Label)
	given(f, "type", p.Type)
	given(f, "description", p.Description)
	given(f, "color", p.Color)
	given(f, "enabled", p.Enabled)
	given(f, "mgmt_only", p.MgmtOnly)
	given(f, "poe_mode", p.PoEMode)
	given(f, "poe_type", p.PoEType)
	given(f, "rf_role", p.RFRole)
	given(f, "maximum_draw", p.MaximumDraw)
	given(f, "allocated_draw", p.AllocatedDraw)
	given(f, "feed_leg", p.FeedLeg)
	given(f, "positions", p.Positions)
	given(f, "position", p.Position)
	given(f, "part_id", p.PartID)
	t.refer(f, "power_port", "power_port_template", p.PowerPort)
	t.refer(f, "bridge", "interface_template", p.Bridge)
	t.refer(f, "rear_port", "rear_port_template", p.RearPort)
	given(f, "rear_port_position", p.RearPortPosition)
	if p.Manufacturer != nil {
		f["manufacturer"] = Ref{Kind: "manufacturer", Object: slugOf(*p.Manufacturer)}
	}
	return f
}

// given states a field that a file has.
func given[T any](fields map[string]any, name string, v *T) {
	if v != nil {
		fields[name] = *v
	}
}

// refer states a reference to another component of the type.
func (t *libraryType) refer(fields map[string]any, field, kind string, name *string) {
	if name != nil && *name != "" {
		fields[field] = Ref{Kind: kind, Object: t.Slug + "/" + *name}
	}
}

// more are the type's own fields beside those that every type has.
func (t *libraryType) more() map[string]any {
	f := map[string]any{}
	given(f, "part_number", t.PartNumber)
	given(f, "subdevice_role", t.SubdeviceRole)
	given(f, "airflow", t.Airflow)
	given(f, "weight", t.Weight)
	given(f, "weight_unit", t.WeightUnit)
	given(f, "description", t.Description)
	given(f, "comments", t.Comments)
	return f
}

// interfacePorts are the interface types of a type by name.
func (t *libraryType) interfacePorts() map[string]string {
	out := make(map[string]string, len(t.Interfaces))
	for i := range t.Interfaces {
		out[t.Interfaces[i].Name] = *t.Interfaces[i].Type
	}
	return out
}
