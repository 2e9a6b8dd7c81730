package sandbox

func bayModel() *model {
	return &model{
		kind: "device-bays", app: "dcim", name: "devicebay", label: "device bay", plural: "device bays", order: byDevice,
		brief: []string{"id", "url", "display", "device", "name", "enabled", "description", "_occupied"}, clean: cleanBay,
		unique: []constraint{uniqueTogether("dcim_devicebay_unique_device_name", "device", "name")},
		fields: together(head(true), refField("device", "devices", required, deleting(cascade)), textField("name", required, maxLen(64), indexed),
			textField("label", maxLen(64)), boolField("enabled", true, since(6)), description(),
			refField("installed_device", "devices", deleting(forget)), owner(), marks(), dates(),
			computedField("_occupied", func(e *encoder, r *record) { e.value(r.ref("installed_device") != 0) }, since(6))),
	}
}

func cleanBay(t *tx, _ *record, d *draft) {
	r := d.r
	dev, in := t.to(r, "device"), t.to(r, "installed_device")
	switch dt := t.to(dev, "device_type"); {
	case dt.text("subdevice_role") != "parent":
		d.faults.add(objectFault, "This type of device (%s) does not support device bays.", t.titleOf(dt))
	case in == nil:
	case in.id == dev.id:
		d.faults.add(objectFault, "Cannot install a device into itself.")
	default:
		for _, bay := range t.referring("device-bays", "installed_device", in.id) {
			if bay.id != r.id {
				d.faults.add("installed_device", "Cannot install the specified device; device is already installed in %s.", t.titleOf(bay))
			}
		}
	}
}

// parentDevice is the device in whose bay another one is installed.
func parentDevice(e *encoder, r *record) {
	for _, bay := range e.s.referring("device-bays", "installed_device", r.id) {
		dev := e.s.to(bay, "device")
		e.embed(dev, slimDevice)
		e.b = e.b[:len(e.b)-1] // one member more
		e.raw(`,"device_bay":`)
		e.raw(`{"id":`)
		e.value(bay.id)
		e.raw(`,"url":`)
		e.value(e.base + e.s.urlOf(bay))
		e.raw(`,"display_url":`)
		e.value(e.base + browse(bay))
		e.raw(`,"display":`)
		e.value(e.s.titleOf(bay))
		e.raw(`,"device":`)
		e.embed(dev, slimDevice)
		e.raw(`,"name":`)
		e.value(bay.get("name"))
		e.raw("}}")
		return
	}
	e.raw("null")
}
