package model

import (
	"github.com/diet-project/diet/mirror/sandbox/table"
)

var serviceNouns = []noun{
	{
		at: "ipam/services", order: table.ByName, title: serviceTitle, prepare: prepareService, clean: cleanService,
		fields: fields{
			"device": to("devices", cascade), "virtual_machine": to("virtual-machines", cascade), "parent_object_type": objectType,
			"parent": generic("parent_object_type", "parent_object_id"), "protocol": required, "ports": both(is(table.Integers), required),
			"port_mappings": unkeptList, "ipaddresses": many("ip-addresses"),
		},
		also: []*table.Field{hiddenRef("_device", "devices", cascade)},
	},
	{
		at: "ipam/service-templates", order: table.ByName, unique: rules{alone("name")},
		fields: fields{"protocol": required, "ports": both(is(table.Integers), required), "port_mappings": unkeptList},
	},
}

func serviceTitle(_ *table.Store, r *table.Record) string {
	return r.Text("name") + " (" + r.Model.ByName["protocol"].Labels[r.Text("protocol")] + "/" + joined(listOf(r, "ports")) + ")"
}

// listOf is a list of numbers that a record keeps.
func listOf(r *table.Record, name string) []int64 {
	list, _ := r.Get(name).([]int64)
	return list
}

// prepareService notes the device that the service goes with.
func prepareService(_ *table.Tx, _ *table.Record, d *table.Draft) {
	r := d.Record
	r.Set("_device", r.Get("device"))
	if r.Text("parent_object_type") == "dcim.device" {
		r.Set("_device", r.Get("parent_object_id"))
	}
}

func cleanService(t *table.Tx, _ *table.Record, d *table.Draft) {
	if id := d.Record.Ref("_device"); id != 0 && t.Find("devices", id) == nil {
		d.Faults.Add(table.ObjectFault, "Invalid parent object: %s ID %d", d.Record.Text("parent_object_type"), id)
	}
}
