package model

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/diet-project/diet/mirror/sandbox/table"
)

// componentNouns are what devices are made of.
var componentNouns = []noun{
	port("console-ports", "dcim_consoleport", nil),
	port("console-server-ports", "dcim_consoleserverport", nil),
	port("power-ports", "dcim_powerport", nil),
	port("power-outlets", "dcim_poweroutlet", fields{"status": def("enabled"), "power_port": to("power-ports", setNull)}),
	port("rear-ports", "dcim_rearport", fields{"positions": def(int64(1)), "front_ports": portList}),
	port("front-ports", "dcim_frontport", fields{
		"positions": def(int64(1)), "rear_ports": portList, "rear_port": to("rear-ports", cascade), "rear_port_position": def(int64(1)),
	}),
	component("cooling-intakes", "dcim_coolingintake", fields{"cooling_outflow": to("cooling-outflows", setNull)}),
	component("cooling-outflows", "dcim_coolingoutflow", fields{"cooling_intake": to("cooling-intakes", setNull)}),
	{
		at: "dcim/device-bays", order: byDevice, clean: cleanBay,
		unique: rules{together("dcim_devicebay_unique_device_name", "device", "name")},
		fields: fields{
			"device": to("devices", cascade), "enabled": def(true), "installed_device": to("devices", forget),
			"_occupied": calc(func(e *table.Encoder, r *table.Record) { e.Value(r.Ref("installed_device") != 0) }),
		},
	},
	{
		at: "dcim/module-bays", order: byDevice,
		unique: rules{together("dcim_modulebay_unique_device_module_name", "device", "module", "name")},
		fields: fields{
			"device": to("devices", cascade), "module": to("modules", cascade), "enabled": def(true), "module_bay_types": many("module-bay-types"),
			"installed_module": calc(func(e *table.Encoder, r *table.Record) { e.EmbedAny(inBay(e.Store, r)) }),
			"_occupied":        calc(func(e *table.Encoder, r *table.Record) { e.Value(inBay(e.Store, r) != nil) }),
		},
	},
	{
		at: "dcim/modules", title: moduleTitle, clean: cleanModule, created: createdModule, search: "serial asset_tag description comments",
		order:  func(a, b *table.Record) int { return cmp.Compare(a.Ref("module_bay"), b.Ref("module_bay")) },
		unique: rules{alone("module_bay"), alone("asset_tag")},
		fields: fields{
			"device": to("devices", cascade), "module_bay": to("module-bays", cascade), "module_type": to("module-types", protect),
			"status": def("active"), "asset_tag": assetTag, "replicate_components": writeOnly, "adopt_components": writeOnly,
		},
	},
	{
		at: "dcim/inventory-items", tree: true, order: byParent, belongs: [2]string{"component_type", "component_id"},
		unique: rules{
			together("dcim_inventoryitem_unique_device_parent_name", "device", "parent", "name"), alone("asset_tag"),
		},
		fields: fields{
			"device": to("devices", cascade), "parent": numbered("inventory-items", cascade), "status": def("active"),
			"role": to("inventory-item-roles", protect), "manufacturer": to("manufacturers", protect), "asset_tag": assetTag,
			"component_type": objectType, "component": generic("component_type", "component_id"),
		},
	},
}

// component is a part of a device, perhaps in a module.
func component(word, base string, own fields) noun {
	all := fields{"device": to("devices", cascade), "module": to("modules", cascade)}
	maps.Copy(all, own)
	return noun{
		at: "dcim/" + word, order: byDevice, fields: all,
		unique: rules{together(base+"_unique_device_name", "device", "name")},
	}
}

// port is a component that takes cables.
func port(word, base string, own fields) noun {
	n := component(word, base, own)
	n.port = true
	return n
}

// inBay is the module in a bay.
func inBay(s *table.Store, bay *table.Record) *table.Record {
	for _, m := range s.Referring("modules", "module_bay", bay.ID) {
		return m
	}
	return nil
}

func moduleTitle(s *table.Store, r *table.Record) string {
	return fmt.Sprintf("%s: %s (%d)", s.TitleOf(s.To(r, "module_bay")), s.TitleOf(s.To(r, "module_type")), r.ID)
}

func cleanModule(t *table.Tx, old *table.Record, d *table.Draft) {
	r := d.Record
	bay := t.To(r, "module_bay")
	if bay == nil {
		return
	}
	if bay.Ref("device") != r.Ref("device") {
		d.Faults.Add(table.ObjectFault, "Module must be installed within a module bay belonging to the assigned device (%s).",
			t.TitleOf(t.To(r, "device")))
		return
	}
	moved := old == nil || old.Ref("module_bay") != bay.ID
	if other := inBay(t.Store, bay); t.Rel.BaysCheckedFirst && moved && other != nil {
		d.Faults.Add("module_bay", "Module bay %s is already occupied by module %s.", t.TitleOf(bay), t.TitleOf(other))
		return
	}
	if t.Rel.BaysCheckedFirst && moved && !bay.Flag("enabled") {
		d.Faults.Add("module_bay", "Cannot install a module in a disabled module bay.")
		return
	}
	if old == nil && inBay(t.Store, bay) == nil {
		cleanNames(t, d)
	}
}

// cleanNames reports components of the device that have the name of one of a new module.
func cleanNames(t *table.Tx, d *table.Draft) {
	adopts := flagOf(d, "adopt_components", false)
	if !adopts && !flagOf(d, "replicate_components", true) {
		return
	}
	eachOf(t, d.Record, func(pair instance, tpl *table.Record) bool {
		if pair.component == "module-bays" {
			return true
		}
		bay := t.To(d.Record, "module_bay")
		if strings.Contains(tpl.Text("name"), "{module}") && bay.Text("position") == "" {
			d.Faults.Add(table.ObjectFault, "Cannot install module with placeholder values in a module bay with no position defined.")
			return false
		}
		name := resolveName(t, place{device: t.To(d.Record, "device"), module: d.Record}, tpl.Text("name"))
		for _, there := range t.Referring(pair.component, "device", d.Record.Ref("device")) {
			switch {
			case there.Text("name") != name:
			case !adopts:
				d.Faults.Add(table.ObjectFault, "A %s named %s already exists", modelName(pair.component), name)
				return false
			case there.Ref("module") != 0:
				d.Faults.Add(table.ObjectFault, "Cannot adopt %s %s as it already belongs to a module", modelName(pair.component), name)
				return false
			}
		}
		return true
	})
}

// modelName is what NetBox's program calls a component: PowerPort.
func modelName(word string) string {
	words := strings.Split(strings.TrimSuffix(word, "s"), "-")
	for i, w := range words {
		words[i] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, "")
}

// eachOf visits the templates of a module's type, in the order in which NetBox does, until visit
// says no.
func eachOf(t *table.Tx, module *table.Record, visit func(pair instance, tpl *table.Record) bool) {
	for _, pair := range instances {
		if t.Tables[pair.template] == nil || t.Tables[pair.template].Refs["module_type"] == nil {
			continue
		}
		templates := t.Referring(pair.template, "module_type", module.Ref("module_type"))
		slices.SortStableFunc(templates, byTemplate)
		for _, tpl := range templates {
			if !visit(pair, tpl) {
				return
			}
		}
	}
}

// flagOf is a flag that a request may give with an object.
func flagOf(d *table.Draft, name string, otherwise bool) bool {
	if v, is := d.Record.Get(name).(bool); is && d.Given[name] {
		return v
	}
	return otherwise
}

// createdModule makes the components of the module's type, or has the module adopt those that are
// there.
func createdModule(t *table.Tx, r *table.Record, d *table.Draft) {
	adopted := map[string]bool{}
	if flagOf(d, "adopt_components", false) {
		eachOf(t, r, func(pair instance, tpl *table.Record) bool {
			name := resolveName(t, place{device: t.To(r, "device"), module: r}, tpl.Text("name"))
			for _, there := range t.Referring(pair.component, "device", r.Ref("device")) {
				if there.Text("name") == name && there.Ref("module") == 0 {
					t.Change(there, func(c *table.Record) { c.Set("module", r.ID) })
					adopted[pair.component+"/"+name] = true
				}
			}
			return true
		})
	}
	if flagOf(d, "replicate_components", true) {
		furnish(t, place{device: t.To(r, "device"), module: r, by: "module_type", kind: r.Ref("module_type"), has: adopted})
	}
}

func byParent(a, b *table.Record) int {
	return cmp.Or(cmp.Compare(a.Ref("device"), b.Ref("device")), cmp.Compare(a.Ref("parent"), b.Ref("parent")), table.ByName(a, b))
}

func cleanBay(t *table.Tx, _ *table.Record, d *table.Draft) {
	r := d.Record
	dev, in := t.To(r, "device"), t.To(r, "installed_device")
	switch dt := t.To(dev, "device_type"); {
	case dt.Text("subdevice_role") != "parent":
		d.Faults.Add(table.ObjectFault, "This type of device (%s) does not support device bays.", t.TitleOf(dt))
	case in == nil:
	case in.ID == dev.ID:
		d.Faults.Add(table.ObjectFault, "Cannot install a device into itself.")
	default:
		for _, bay := range t.Referring("device-bays", "installed_device", in.ID) {
			if bay.ID != r.ID {
				d.Faults.Add("installed_device", "Cannot install the specified device; device is already installed in %s.", t.TitleOf(bay))
			}
		}
	}
}

// parentDevice is the device in whose bay another one is installed.
func parentDevice(e *table.Encoder, r *table.Record) {
	for _, bay := range e.Store.Referring("device-bays", "installed_device", r.ID) {
		dev := e.Store.To(bay, "device")
		e.Embed(dev, slimDevice)
		e.Bytes = e.Bytes[:len(e.Bytes)-1] // one member more
		e.Raw(`,"device_bay":`)
		e.Raw(`{"id":`)
		e.Value(bay.ID)
		e.Raw(`,"url":`)
		e.Value(e.Base + e.Store.URLOf(bay))
		e.Raw(`,"display_url":`)
		e.Value(e.Base + table.Browse(bay))
		e.Raw(`,"display":`)
		e.Value(e.Store.TitleOf(bay))
		e.Raw(`,"device":`)
		e.Embed(dev, slimDevice)
		e.Raw(`,"name":`)
		e.Value(bay.Get("name"))
		e.Raw("}}")
		return
	}
	e.Raw("null")
}

// byDevice orders components: those of one device together, by name.
func byDevice(a, b *table.Record) int {
	if n := cmp.Compare(a.Ref("device"), b.Ref("device")); n != 0 {
		return n
	}
	return table.ByName(a, b)
}
