package sandbox

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

func deviceModel() *model {
	return &model{
		kind: "devices", app: "dcim", name: "device", label: "device", plural: "devices", sequential: true,
		brief: []string{"id", "url", "display", "name", "description"},
		order: byDeviceName, title: deviceTitle, unique: deviceRules(),
		prepare: prepareDevice, clean: cleanDevice, created: createdDevice, logExtra: deviceCounters,
		extra: map[string]filterFunc{
			"region_id": along(true, "site", "region"), "region": along(false, "site", "region"),
			"site_group_id": along(true, "site", "group"), "site_group": along(false, "site", "group"),
			"manufacturer_id": along(true, "device_type", "manufacturer"), "manufacturer": along(false, "device_type", "manufacturer"),
			"has_primary_ip": hasPrimary, "model": modelSlug,
			"mac_address":            byMAC(func(s *state, r *record) []*record { return s.referring("interfaces", "device", r.id) }),
			"is_full_depth":          flagged(func(s *state, r *record) bool { return s.to(r, "device_type").flag("is_full_depth") }),
			"interfaces":             flagged(func(s *state, r *record) bool { return s.count("interfaces", "device", r.id) > 0 }),
			"virtual_chassis_member": flagged(func(_ *state, r *record) bool { return r.ref("virtual_chassis") != 0 }),
			"has_oob_ip":             flagged(func(_ *state, r *record) bool { return r.ref("oob_ip") != 0 }),
			"interface_count": func(s *state, lookup string, values []string) (*match, string) {
				return numberFilter(func(r *record) any { return int64(s.count("interfaces", "device", r.id)) }, lookup, values)
			},
		},
		fields: deviceFields(),
	}
}

func deviceFields() []*field {
	return together(head(true), textField("name", nullable, blankable, maxLen(64), indexed),
		refField("device_type", "device-types", required, deleting(protect)),
		refField("role", "device-roles", required, deleting(protect)), refField("tenant", "tenants", deleting(protect)),
		refField("platform", "platforms"), textField("serial", maxLen(50), labelled("serial number")), assetTag(),
		refField("site", "sites", required, deleting(protect)), refField("location", "locations", deleting(protect)),
		refField("rack", "racks", deleting(protect)),
		typed("position", decimal, nullable, digits(4, 1), between(0.5, 100.5)),
		choiceField("face", deviceFaces, blankable, defaults("")),
		typed("latitude", decimal, nullable, digits(8, 6), between(-90, 90)),
		typed("longitude", decimal, nullable, digits(9, 6), between(-180, 180)),
		computedField("parent_device", parentDevice), choiceField("status", deviceStatuses, defaults("active")),
		choiceField("airflow", deviceAirflows, nullable, blankable), apart("cooling_method", "null", since(7)),
		computedField("primary_ip", primaryIP),
		primary("primary_ip4"), primary("primary_ip6"), primary("oob_ip"),
		refField("cluster", "clusters"), refField("virtual_chassis", "virtual-chassis"),
		typed("vc_position", integer, nullable, between(0, 255)), typed("vc_priority", integer, nullable, between(0, 255)),
		description(), owner(), comments(), absent("config_template"), fixedField("config_context", "{}"),
		typed("local_context_data", jsonValue, nullable), marks(), dates(),
		naught("console_port_count"), naught("console_server_port_count"), naught("power_port_count"), naught("power_outlet_count"),
		naught("cooling_intake_count", since(7)), naught("cooling_outflow_count", since(7)),
		counter("interface_count", "interfaces", "device", omitNested), naught("front_port_count"), naught("rear_port_count"),
		counter("device_bay_count", "device-bays", "device", omitNested), naught("module_bay_count"),
		counter("inventory_item_count", "inventory-items", "device", omitNested))
}

// primary is a reference to one of the device's addresses, embedded with a
// little more from 4.6 on.
func primary(name string) []*field {
	short := []string{"id", "url", "display", "family", "address", "description"}
	long := []string{"id", "url", "display", "family", "address", "nat_inside", "nat_outside", "dns_name", "description"}
	return []*field{
		refField(name, "ip-addresses", until(6), showing(short...)),
		refField(name, "ip-addresses", since(6), showing(long...)),
	}
}

func primaryIP(e *encoder, r *record) {
	for _, name := range []string{"primary_ip6", "primary_ip4"} {
		if ip := e.s.to(r, name); ip != nil {
			e.reference(r.model.byName[name], ip.id)
			return
		}
	}
	e.raw("null")
}

// flagged filters by what is so or not.
func flagged(so func(s *state, r *record) bool) filterFunc {
	return func(s *state, lookup string, values []string) (*match, string) {
		want := truthy(values[0])
		if lookup != "" || !want && !slices.Contains([]string{"false", "0"}, strings.ToLower(values[0])) {
			return nil, ""
		}
		return &match{test: func(r *record) bool { return so(s, r) == want }}, ""
	}
}

// modelSlug filters devices by the slug of their type.
func modelSlug(s *state, lookup string, values []string) (*match, string) {
	if lookup != "" && lookup != "n" {
		return nil, ""
	}
	return &match{test: func(r *record) bool {
		return slices.Contains(values, s.to(r, "device_type").text("slug")) == (lookup == "")
	}}, ""
}

func hasPrimary(_ *state, _ string, values []string) (*match, string) {
	want := truthy(values[0])
	return &match{test: func(r *record) bool {
		return (r.ref("primary_ip4") != 0 || r.ref("primary_ip6") != 0) == want
	}}, ""
}

// byDeviceName orders by name, the nameless last.
func byDeviceName(a, b *record) int { return compareValues(a.get("name"), b.get("name")) }

func deviceTitle(s *state, r *record) string {
	tag := r.text("asset_tag")
	name := r.text("name")
	if dt := s.to(r, "device_type"); name == "" && dt != nil {
		name = s.titleOf(s.to(dt, "manufacturer")) + " " + dt.text("model")
		if tag == "" {
			tag = plain(r.id)
		}
	}
	if tag != "" {
		return name + " (" + tag + ")"
	}
	return name
}

func deviceRules() []constraint {
	place := func(r *record) string { return strings.ToLower(r.text("name")) + "\x00" + plain(r.get("site")) }
	return []constraint{
		{
			name: "dcim_device_unique_name_site_tenant", fields: []string{"name", "site", "tenant"}, since: 7,
			message: "Device name must be unique per site and tenant.",
			key: func(r *record) (string, bool) {
				return place(r) + "\x00" + plain(r.get("tenant")), r.get("name") != nil
			},
		},
		{
			name: "dcim_device_unique_name_site_tenant", fields: []string{"name", "site", "tenant"}, until: 7,
			message: "Constraint “dcim_device_unique_name_site_tenant” is violated.",
			key: func(r *record) (string, bool) {
				return place(r) + "\x00" + plain(r.get("tenant")), r.get("name") != nil && r.get("tenant") != nil
			},
		},
		{
			name: "dcim_device_unique_name_site", fields: []string{"name", "site"}, until: 7,
			message: "Device name must be unique per site.",
			key:     func(r *record) (string, bool) { return place(r), r.get("name") != nil && r.get("tenant") == nil },
		},
		uniqueTogether("dcim_device_unique_rack_position_face", "rack", "position", "face"),
		uniqueTogether("dcim_device_unique_virtual_chassis_vc_position", "virtual_chassis", "vc_position"),
		uniqueField("dcim_device", "asset_tag"),
	}
}

// prepareDevice fills in what a device takes over from its type and rack.
func prepareDevice(t *tx, old *record, d *draft) {
	r := d.r
	dt := t.to(r, "device_type")
	if old == nil && r.text("airflow") == "" && dt.text("airflow") != "" {
		r.set("airflow", dt.get("airflow"))
	}
	if old == nil && r.get("platform") == nil {
		r.set("platform", dt.get("default_platform"))
	}
}

func cleanDevice(t *tx, _ *record, d *draft) {
	for _, rule := range []func(*tx, *draft){cleanPlace, cleanPosition, cleanType, cleanRoom, cleanPrimaries, cleanPlatform, cleanMember, cleanData} {
		if rule(t, d); d.faults.any() {
			return
		}
	}
	// A rack's location is taken over at every save.
	if rack := t.to(d.r, "rack"); rack != nil && rack.get("location") != nil {
		d.r.set("location", rack.get("location"))
	}
}

// cleanPlace sees that site, location and rack agree.
func cleanPlace(t *tx, d *draft) {
	r := d.r
	site, rack, location := t.to(r, "site"), t.to(r, "rack"), t.to(r, "location")
	switch {
	case rack != nil && rack.ref("site") != site.id:
		d.faults.add("rack", "Rack %s does not belong to site %s.", t.titleOf(rack), t.titleOf(site))
	case location != nil && location.ref("site") != site.id:
		d.faults.add("location", "Location %s does not belong to site %s.", t.titleOf(location), t.titleOf(site))
	case rack != nil && location != nil && rack.ref("location") != location.id:
		d.faults.add("rack", "Rack %s does not belong to location %s.", t.titleOf(rack), t.titleOf(location))
	case rack == nil && r.text("face") != "":
		d.faults.add("face", "Cannot select a rack face without assigning a rack.")
	case rack == nil && r.number("position") != 0:
		d.faults.add("position", "Cannot select a rack position without assigning a rack.")
	}
}

// cleanData sees that local context data are an object.
func cleanData(_ *tx, d *draft) {
	v := d.r.get("local_context_data")
	if _, ok := v.(map[string]any); v != nil && !ok {
		d.faults.add("local_context_data", `JSON data must be in object form. Example: {"foo": 123}`)
	}
}

func cleanPosition(_ *tx, d *draft) {
	at := d.r.number("position")
	switch {
	case at != 0 && math.Mod(at, 0.5) != 0:
		d.faults.add("position", "Position must be in increments of 0.5 rack units.")
	case at != 0 && d.r.text("face") == "":
		d.faults.add("face", "Must specify rack face when defining rack position.")
	}
}

// cleanType sees that the type may stand where the device does.
func cleanType(t *tx, d *draft) {
	r := d.r
	dt := t.to(r, "device_type")
	child := dt.text("subdevice_role") == "child"
	racked, at := r.get("rack") != nil, r.number("position")
	switch {
	case at != 0 && dt.number("u_height") == 0:
		d.faults.add("position", "A 0U device type (%s) cannot be assigned to a rack position.", t.titleOf(dt))
	case racked && child && r.text("face") != "":
		d.faults.add("face", "Child device types cannot be assigned to a rack face. This is an attribute of the parent device.")
	case racked && child && at != 0:
		d.faults.add("position", "Child device types cannot be assigned to a rack position. This is an attribute of the parent device.")
	}
}

func cleanRoom(t *tx, d *draft) {
	r := d.r
	rack := t.to(r, "rack")
	if rack == nil || r.number("position") == 0 || t.room(rack, r) {
		return
	}
	dt := t.to(r, "device_type")
	d.faults.add("position", "U%s is already occupied or does not have sufficient space to accommodate this device type: %s (%sU)",
		fixed(r.number("position"), 1), t.titleOf(dt), fixed(dt.number("u_height"), 1))
}

// cleanPrimaries sees that the device's addresses are its own.
func cleanPrimaries(t *tx, d *draft) {
	for _, name := range []string{"primary_ip4", "primary_ip6", "oob_ip"} {
		ip := t.to(d.r, name)
		switch {
		case ip == nil:
		case name == "primary_ip4" && familyOf(ip.text("address")) != 4:
			d.faults.add(name, "%s is not an IPv4 address.", t.titleOf(ip))
		case name == "primary_ip6" && familyOf(ip.text("address")) != 6:
			d.faults.add(name, "%s is not an IPv6 address.", t.titleOf(ip))
		case !t.ownsAddress(d.r, ip) && !t.ownsAddress(d.r, t.to(ip, "nat_inside")):
			d.faults.add(name, "The specified IP address (%s) is not assigned to this device.", t.titleOf(ip))
		}
		if d.faults.any() {
			return
		}
	}
}

func (s *state) ownsAddress(dev, ip *record) bool {
	if ip == nil || ip.text("assigned_object_type") != "dcim.interface" {
		return false
	}
	i := s.find("interfaces", ip.ref("assigned_object_id"))
	return i != nil && i.ref("device") == dev.id && dev.id != 0
}

func cleanPlatform(t *tx, d *draft) {
	platform, dt := t.to(d.r, "platform"), t.to(d.r, "device_type")
	if platform == nil || platform.get("manufacturer") == nil || platform.ref("manufacturer") == dt.ref("manufacturer") {
		return
	}
	d.faults.add("platform", "The assigned platform is limited to %s device types, but this device's type belongs to %s.",
		t.titleOf(t.to(platform, "manufacturer")), t.titleOf(t.to(dt, "manufacturer")))
}

// createdDevice makes the interfaces of the device's type.
func createdDevice(t *tx, dev *record, _ *draft) {
	message := t.message
	t.message = "" // components carry none
	defer func() { t.message = message }()
	templates := t.all("interface-templates", t.tables["interface-templates"].pointing("device_type", dev.ref("device_type")))
	slices.SortStableFunc(templates, byTemplate)
	made := map[int64]*record{}
	for _, tpl := range templates {
		made[tpl.id] = t.instantiate(dev, tpl)
	}
	for _, tpl := range templates {
		if bridge := made[tpl.ref("bridge")]; bridge != nil {
			t.change(made[tpl.id], func(c *record) { c.set("bridge", bridge.id) })
		}
	}
}

// instantiate makes one interface of a template.
func (t *tx) instantiate(dev, tpl *record) *record {
	m := t.byKind["interfaces"]
	r := newRecord(m)
	for _, f := range m.fields {
		if f.column >= 0 {
			r.values[f.column] = f.def
		}
	}
	for _, name := range []string{"label", "type", "enabled", "mgmt_only", "poe_mode", "poe_type"} {
		r.set(name, tpl.get(name))
	}
	name := strings.ReplaceAll(tpl.text("name"), "{module}", "{module}")
	if t.rel.minor >= 6 {
		name = strings.ReplaceAll(name, "{vc_position}", plain(cmp.Or(dev.ref("vc_position"), 1)))
	}
	r.set("name", name)
	r.set("device", dev.id)
	r.custom = t.fillCustom(m, nil)
	t.insert(r)
	return r
}

// deviceCounters are the columns that count components, as the changelog
// shows them.
func deviceCounters(s *state, r *record) dict {
	var d dict
	for _, f := range r.model.fields {
		if strings.HasSuffix(f.name, "_count") {
			n := 0
			switch f.name {
			case "interface_count":
				n = s.count("interfaces", "device", r.id)
			case "device_bay_count":
				n = s.count("device-bays", "device", r.id)
			case "inventory_item_count":
				n = s.count("inventory-items", "device", r.id)
			}
			d = append(d, pair{f.name, n})
		}
	}
	return d
}
