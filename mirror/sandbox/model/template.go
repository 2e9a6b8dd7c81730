package model

import (
	"cmp"
	"slices"
	"strings"

	"github.com/diet-project/diet/mirror/sandbox/table"
)

// templateNouns are the components that device types and module types give to
// each device and module.
var templateNouns = []noun{
	componentTemplate("console-port-templates", "dcim_consoleporttemplate", nil),
	componentTemplate("console-server-port-templates", "dcim_consoleserverporttemplate", nil),
	componentTemplate("power-port-templates", "dcim_powerporttemplate", nil),
	componentTemplate("power-outlet-templates", "dcim_poweroutlettemplate", fields{"power_port": to("power-port-templates", setNull)}),
	componentTemplate("cooling-intake-templates", "dcim_coolingintaketemplate", nil),
	componentTemplate("cooling-outflow-templates", "dcim_coolingoutflowtemplate",
		fields{"cooling_intake": to("cooling-intake-templates", setNull)}),
	componentTemplate("interface-templates", "dcim_interfacetemplate", fields{
		"enabled": def(true), "parent": to("interface-templates", restrict), "bridge": to("interface-templates", setNull),
	}),
	componentTemplate("rear-port-templates", "dcim_rearporttemplate", fields{"positions": def(int64(1)), "front_ports": portList}),
	componentTemplate("front-port-templates", "dcim_frontporttemplate", fields{
		"positions": def(int64(1)), "rear_ports": portList, "rear_port": to("rear-port-templates", cascade), "rear_port_position": def(int64(1)),
	}),
	componentTemplate("module-bay-templates", "dcim_modulebaytemplate",
		fields{"enabled": def(true), "module_bay_types": many("module-bay-types")}),
	{
		at: "dcim/device-bay-templates", order: byTemplate,
		unique: rules{together("dcim_devicebaytemplate_unique_device_type_name", "device_type", "name")},
		fields: fields{"device_type": to("device-types", cascade), "enabled": def(true)},
	},
	{
		at: "dcim/inventory-item-templates", tree: true, order: byTemplate,
		unique: rules{together("dcim_inventoryitemtemplate_unique_device_type_parent_name", "device_type", "parent", "name")},
		fields: fields{
			"device_type": to("device-types", cascade), "parent": numbered("inventory-item-templates", cascade),
			"role": to("inventory-item-roles", protect), "manufacturer": to("manufacturers", protect),
			"component_type": objectType, "component": generic("component_type", "component_id"),
		},
	},
}

// portList is how front and rear ports map to one another; it is kept as given.
var portList = both(is(table.JSON), option(func(f *table.Field) { f.Default, f.Null, f.Required = []any{}, true, false }))

// componentTemplate is a component template.
func componentTemplate(word, base string, own fields) noun {
	all := fields{"device_type": to("device-types", cascade), "module_type": to("module-types", cascade)}
	for name, set := range own {
		all[name] = set
	}
	return noun{
		at: "dcim/" + word, order: byTemplate, clean: cleanTemplate, fields: all,
		unique: rules{
			together(base+"_unique_device_type_name", "device_type", "name"),
			together(base+"_unique_module_type_name", "module_type", "name"),
		},
	}
}

func cleanTemplate(t *table.Tx, _ *table.Record, d *table.Draft) {
	if d.Record.Get("device_type") == nil && d.Record.Get("module_type") == nil {
		d.Faults.Add(table.ObjectFault, "A component template must be associated with either a device type or a module type.")
		return
	}
	if rule := templateRules[d.Record.Model.Kind]; rule != nil {
		rule(t, d)
	}
}

// instance is a template and the component that it becomes.
type instance struct{ template, component string }

// instances are the components that templates become, in the order in which
// NetBox makes them.
var instances = []instance{
	{"console-port-templates", "console-ports"}, {"console-server-port-templates", "console-server-ports"},
	{"power-port-templates", "power-ports"}, {"power-outlet-templates", "power-outlets"},
	{"cooling-intake-templates", "cooling-intakes"}, {"cooling-outflow-templates", "cooling-outflows"},
	{"interface-templates", "interfaces"}, {"rear-port-templates", "rear-ports"}, {"front-port-templates", "front-ports"},
	{"module-bay-templates", "module-bays"}, {"device-bay-templates", "device-bays"}, {"inventory-item-templates", "inventory-items"},
}

// place is where components are made: in a device, perhaps in a module of it.
type place struct {
	device, module *table.Record
	by             string // the field by which templates name the type
	kind           int64  // the type's id

	has map[string]bool // components that are there already, by noun and name
}

// furnish makes the components of a device or a module.
func furnish(t *table.Tx, at place) {
	message := t.Message
	t.Message = "" // components carry none
	defer func() { t.Message = message }()
	made := map[*table.Record]*table.Record{}
	for _, pair := range instances {
		if t.Tables[pair.template] == nil || t.Tables[pair.template].Refs[at.by] == nil {
			continue
		}
		templates := t.Referring(pair.template, at.by, at.kind)
		slices.SortStableFunc(templates, byTemplate)
		for _, tpl := range templates {
			if t.Rel.ParentsSoughtEarly && tpl.Model.Tree && tpl.Ref("parent") > 0 {
				panic(table.Detail(403, "You do not have permission to perform this action."))
			}
			if !at.has[pair.component+"/"+resolveName(t, at, tpl.Text("name"))] {
				made[tpl] = instantiate(t, at, tpl, t.ByKind[pair.component])
			}
		}
		connect(t, templates, made)
	}
}

// notInherited are fields of templates that are not those of the component.
var notInherited = []string{"description", "component_type", "component_id"}

// instantiate makes one component of a template.
func instantiate(t *table.Tx, at place, tpl *table.Record, m *table.Model) *table.Record {
	r := table.NewRecord(m)
	for _, f := range m.Fields {
		if f.Column < 0 {
			continue
		}
		r.Values[f.Column] = f.Default
		from := tpl.Model.ByName[f.Name]
		if from != nil && from.Column >= 0 && from.Target == f.Target && !slices.Contains(notInherited, f.Name) {
			r.Values[f.Column] = tpl.Get(f.Name)
		}
	}
	r.Set("name", resolveName(t, at, tpl.Text("name")))
	for _, text := range []string{"label", "position"} {
		if f := m.ByName[text]; f != nil && f.Column >= 0 && tpl.Model.ByName[text] != nil {
			r.Set(text, resolveName(t, at, tpl.Text(text)))
		}
	}
	r.Set("device", at.device.ID)
	if at.module != nil {
		r.Set("module", at.module.ID)
	}
	r.Custom = t.Customs.Fill(m, nil)
	t.Insert(r)
	return r
}

// connect has components refer to one another as their templates do.
func connect(t *table.Tx, templates []*table.Record, made map[*table.Record]*table.Record) {
	for _, tpl := range templates {
		for _, f := range tpl.Model.Parents {
			other := made[t.To(tpl, f.Name)]
			if made[tpl] == nil || other == nil || f.Name == "device_type" || f.Name == "module_type" {
				continue
			}
			made[tpl] = t.Change(made[tpl], func(c *table.Record) { c.Set(f.Name, other.ID) })
		}
	}
}

// resolveName fills in a template's name.
func resolveName(t *table.Tx, at place, name string) string {
	if bay := t.To(at.module, "module_bay"); bay != nil {
		name = strings.ReplaceAll(name, "{module}", bay.Text("position"))
	}
	if t.Rel.PositionsInNames {
		name = strings.ReplaceAll(name, "{vc_position}", table.Plain(cmp.Or(at.device.Ref("vc_position"), 1)))
	}
	return name
}
