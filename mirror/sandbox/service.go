package sandbox

func serviceModel() *model {
	return &model{
		kind: "services", app: "ipam", name: "service", label: "service", plural: "services", order: byName,
		brief:   []string{"id", "url", "display", "name", "protocol", "ports", "description"},
		prepare: prepareService, clean: cleanService,
		title: func(_ *state, r *record) string {
			return r.text("name") + " (" + r.model.byName["protocol"].labels[r.text("protocol")] + "/" + portList(r) + ")"
		},
		extra: map[string]filterFunc{"device_id": along(true, "_device"), "device": along(false, "_device")},
		fields: together(head(true), refField("device", "devices", until(3), deleting(cascade)),
			refField("virtual_machine", "virtual-machines", until(3), deleting(cascade)),
			typed("parent_object_type", typeName, since(3), required), typed("parent_object_id", integer, since(3), required),
			computedField("parent", showParent, since(3)), nameField(),
			choiceField("protocol", serviceProtocols, required), typed("ports", integers, required),
			typed("ipaddresses", references, toAddresses), description(), owner(), comments(), marks(), dates(),
			refField("_device", "devices", hidden, unlogged, deleting(cascade))),
	}
}

func toAddresses(f *field) { f.target, f.def = "ip-addresses", []int64{} }

func portList(r *record) string {
	ports, _ := r.get("ports").([]int64)
	text := ""
	for i, p := range ports {
		if i > 0 {
			text += ", "
		}
		text += plain(p)
	}
	return text
}

// prepareService notes the device that the service goes with.
func prepareService(_ *tx, _ *record, d *draft) {
	r := d.r
	r.set("_device", r.get("device"))
	if r.text("parent_object_type") == "dcim.device" {
		r.set("_device", r.get("parent_object_id"))
	}
}

func cleanService(t *tx, _ *record, d *draft) {
	if id := d.r.ref("_device"); id != 0 && t.find("devices", id) == nil {
		d.faults.add(objectFault, "Invalid parent object: %s ID %d", d.r.text("parent_object_type"), id)
	}
}

func showParent(e *encoder, r *record) {
	if o := e.s.generic(r, "parent_object_type", "parent_object_id"); o != nil {
		e.embed(o, nil)
		return
	}
	e.raw("null")
}
