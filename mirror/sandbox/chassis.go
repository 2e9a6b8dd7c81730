package sandbox

func chassisModel() *model {
	return &model{
		kind: "virtual-chassis", app: "dcim", name: "virtualchassis", label: "virtual chassis", plural: "virtual chassis", order: byName,
		brief: []string{"id", "url", "display", "name", "master", "description", "member_count"},
		clean: cleanChassis, created: createdChassis, doomed: doomedChassis, logExtra: countedMembers,
		fields: together(head(true), textField("name", required, maxLen(64), indexed), textField("domain", maxLen(30)),
			refField("master", "devices", deleting(protect), showing(slimDevice...)), description(), owner(), comments(), marks(), dates(),
			counter("member_count", "devices", "virtual_chassis"), computedField("members", showMembers)),
	}
}

// countedMembers is a stored counter, as the changelog shows it.
func countedMembers(s *state, r *record) dict {
	return dict{{"member_count", s.count("devices", "virtual_chassis", r.id)}}
}

func showMembers(e *encoder, r *record) {
	e.each(e.s.referring("devices", "virtual_chassis", r.id), func(d *record) { e.embed(d, slimDevice) })
}

// slimDevice is what some objects show of a device.
var slimDevice = []string{"id", "url", "display_url", "display", "name"}

func cleanChassis(t *tx, old *record, d *draft) {
	if master := t.to(d.r, "master"); old != nil && master != nil && master.ref("virtual_chassis") != d.r.id {
		d.faults.add("master", "The selected master (%s) is not assigned to this virtual chassis.", t.titleOf(master))
	}
}

// createdChassis takes the master in, at the first position.
func createdChassis(t *tx, r *record, _ *draft) {
	if master := t.to(r, "master"); master != nil {
		t.change(master, func(c *record) {
			c.set("virtual_chassis", r.id)
			c.set("vc_position", int64(1))
		})
	}
}

// doomedChassis gives the members back their place, before the deletion.
func doomedChassis(t *tx, r *record) {
	for _, member := range t.referring("devices", "virtual_chassis", r.id) {
		t.change(member, func(c *record) {
			c.set("vc_position", nil)
			c.set("vc_priority", nil)
		})
	}
}

// cleanMember sees to a device's place in a virtual chassis.
func cleanMember(t *tx, d *draft) {
	chassis := d.r.ref("virtual_chassis")
	if chassis != 0 && d.r.get("vc_position") == nil {
		d.faults.add("vc_position", "A device assigned to a virtual chassis must have its position defined.")
		return
	}
	for _, vc := range t.referring("virtual-chassis", "master", d.r.id) {
		if d.r.id != 0 && vc.id != chassis {
			d.faults.add("virtual_chassis",
				"Device cannot be removed from virtual chassis %s because it is currently designated as its master.", t.titleOf(vc))
		}
	}
}

func contextModel() *model {
	return &model{
		kind: "virtual-device-contexts", app: "dcim", name: "virtualdevicecontext", label: "virtual device context",
		plural: "virtual device contexts", order: byName,
		brief: []string{"id", "url", "display", "name", "identifier", "device", "description"},
		unique: []constraint{
			uniqueTogether("dcim_virtualdevicecontext_device_identifier", "device", "identifier"),
			uniqueTogether("dcim_virtualdevicecontext_device_name", "device", "name"),
		},
		fields: together(head(true), textField("name", required, maxLen(64), indexed), refField("device", "devices", required, deleting(protect)),
			typed("identifier", integer, nullable, between(0, 32767)), refField("tenant", "tenants", deleting(protect)),
			computedField("primary_ip", primaryIP), primary("primary_ip4"), primary("primary_ip6"),
			choiceField("status", contextStatuses, required), description(), owner(), comments(), marks(), dates(), naught("interface_count")),
	}
}

var contextStatuses = choices{{"active", "Active", 0, 0}, {"planned", "Planned", 0, 0}, {"offline", "Offline", 0, 0}}
