package model

import (
	"math"
	"slices"
	"strings"

	"github.com/diet-project/diet/mirror/sandbox/release"
	"github.com/diet-project/diet/mirror/sandbox/table"
)

var deviceNouns = []noun{
	{
		at: "dcim/devices", sequential: true, savedWhileDoomed: true, order: byDeviceName, title: deviceTitle, unique: deviceRules(),
		prepare: prepareDevice, clean: cleanDevice, created: createdDevice, filters: deviceFilters(),
		fields: fields{
			"name": both(null, blank), "device_type": to("device-types", protect), "role": to("device-roles", protect),
			"tenant": to("tenants", protect), "platform": to("platforms", setNull), "asset_tag": assetTag, "site": to("sites", protect),
			"location": to("locations", protect), "rack": to("racks", protect), "face": both(def(""), blank), "status": def("active"),
			"parent_device": calc(parentDevice), "primary_ip": calc(primaryIP), "primary_ip4": to("ip-addresses", setNull),
			"primary_ip6": to("ip-addresses", setNull), "oob_ip": to("ip-addresses", setNull), "cluster": to("clusters", setNull),
			"virtual_chassis": to("virtual-chassis", setNull), "config_template": to("config-templates", protect),
			"config_context": fixed("{}"), "local_context_data": objectJSON,
			"console_port_count": stored("console-ports", "device"), "console_server_port_count": stored("console-server-ports", "device"),
			"power_port_count": stored("power-ports", "device"), "power_outlet_count": stored("power-outlets", "device"),
			"cooling_intake_count": stored("cooling-intakes", "device"), "cooling_outflow_count": stored("cooling-outflows", "device"),
			"interface_count": stored("interfaces", "device"), "front_port_count": stored("front-ports", "device"),
			"rear_port_count": stored("rear-ports", "device"), "device_bay_count": stored("device-bays", "device"),
			"module_bay_count": stored("module-bays", "device"), "inventory_item_count": stored("inventory-items", "device"),
		},
	},
	{
		at: "dcim/virtual-chassis", order: table.ByName, clean: cleanChassis, created: createdChassis, doomed: doomedChassis,
		fields: fields{
			"master": to("devices", protect), "member_count": stored("devices", "virtual_chassis"), "members": calc(showMembers),
		},
	},
	{
		at: "dcim/virtual-device-contexts", order: table.ByName,
		unique: rules{
			together("dcim_virtualdevicecontext_device_identifier", "device", "identifier"),
			together("dcim_virtualdevicecontext_device_name", "device", "name"),
		},
		fields: fields{
			"device": both(to("devices", protect), required), "tenant": to("tenants", protect), "primary_ip": calc(primaryIP),
			"primary_ip4": to("ip-addresses", setNull), "primary_ip6": to("ip-addresses", setNull), "interface_count": none,
		},
	},
}

func deviceFilters() map[string]table.Filter {
	return map[string]table.Filter{
		"manufacturer_id": table.Along(true, "device_type", "manufacturer"), "manufacturer": table.Along(false, "device_type", "manufacturer"),
		"has_primary_ip": hasPrimary, "model": modelSlug,
		"mac_address": byMAC(func(s *table.Store, r *table.Record) []*table.Record {
			return s.Referring("interfaces", "device", r.ID)
		}),
		"is_full_depth":          flagged(func(s *table.Store, r *table.Record) bool { return s.To(r, "device_type").Flag("is_full_depth") }),
		"interfaces":             flagged(func(s *table.Store, r *table.Record) bool { return s.Count("interfaces", "device", r.ID) > 0 }),
		"virtual_chassis_member": flagged(func(_ *table.Store, r *table.Record) bool { return r.Ref("virtual_chassis") != 0 }),
		"has_oob_ip":             flagged(func(_ *table.Store, r *table.Record) bool { return r.Ref("oob_ip") != 0 }),
		"interface_count": func(s *table.Store, lookup string, values []string) (*table.Match, string) {
			return table.NumberFilter(func(r *table.Record) any { return int64(s.Count("interfaces", "device", r.ID)) }, lookup, values)
		},
	}
}

func primaryIP(e *table.Encoder, r *table.Record) {
	for _, name := range []string{"primary_ip6", "primary_ip4"} {
		if ip := e.Store.To(r, name); ip != nil {
			e.Reference(r.Model.ByName[name], ip.ID)
			return
		}
	}
	e.Raw("null")
}

// modelSlug filters devices by the slug of their type.
func modelSlug(s *table.Store, lookup string, values []string) (*table.Match, string) {
	if lookup != "" && lookup != "n" {
		return nil, ""
	}
	return &table.Match{Test: func(r *table.Record) bool {
		return slices.Contains(values, s.To(r, "device_type").Text("slug")) == (lookup == "")
	}}, ""
}

func hasPrimary(_ *table.Store, _ string, values []string) (*table.Match, string) {
	want := table.Truthy(values[0])
	return &table.Match{Test: func(r *table.Record) bool {
		return (r.Ref("primary_ip4") != 0 || r.Ref("primary_ip6") != 0) == want
	}}, ""
}

// byDeviceName orders by name, the nameless last.
func byDeviceName(a, b *table.Record) int { return table.CompareValues(a.Get("name"), b.Get("name")) }

func deviceTitle(s *table.Store, r *table.Record) string {
	tag := r.Text("asset_tag")
	name := r.Text("name")
	if dt := s.To(r, "device_type"); name == "" && dt != nil {
		name = s.TitleOf(s.To(dt, "manufacturer")) + " " + dt.Text("model")
		if tag == "" {
			tag = table.Plain(r.ID)
		}
	}
	if tag != "" {
		return name + " (" + tag + ")"
	}
	return name
}

// deviceRules are those of names, by a release's own words, and of places.
func deviceRules() []table.Constraint {
	place := func(r *table.Record) string {
		return strings.ToLower(r.Text("name")) + "\x00" + table.Plain(r.Get("site"))
	}
	withTenant := func(r *table.Record) string { return place(r) + "\x00" + table.Plain(r.Get("tenant")) }
	named := func(r *table.Record) bool { return r.Get("name") != nil }
	return []table.Constraint{
		{
			Name: "dcim_device_unique_name_site_tenant", Fields: []string{"name", "site", "tenant"},
			In:      func(b release.Behaviour) bool { return b.UniqueNullsCompared },
			Message: "Device name must be unique per site and tenant.",
			Key:     func(r *table.Record) (string, bool) { return withTenant(r), named(r) },
		},
		{
			Name: "dcim_device_unique_name_site_tenant", Fields: []string{"name", "site", "tenant"},
			In:      func(b release.Behaviour) bool { return !b.UniqueNullsCompared },
			Message: "Constraint “dcim_device_unique_name_site_tenant” is violated.",
			Key:     func(r *table.Record) (string, bool) { return withTenant(r), named(r) && r.Get("tenant") != nil },
		},
		{
			Name: "dcim_device_unique_name_site", Fields: []string{"name", "site"},
			In:      func(b release.Behaviour) bool { return !b.UniqueNullsCompared },
			Message: "Device name must be unique per site.",
			Key:     func(r *table.Record) (string, bool) { return place(r), named(r) && r.Get("tenant") == nil },
		},
		together("dcim_device_unique_rack_position_face", "rack", "position", "face"),
		together("dcim_device_unique_virtual_chassis_vc_position", "virtual_chassis", "vc_position"),
		alone("asset_tag"),
	}
}

// prepareDevice fills in what a device takes over from its type and rack.
func prepareDevice(t *table.Tx, old *table.Record, d *table.Draft) {
	r := d.Record
	dt := t.To(r, "device_type")
	if old == nil && r.Text("airflow") == "" && dt.Text("airflow") != "" {
		r.Set("airflow", dt.Get("airflow"))
	}
	if old == nil && r.Get("platform") == nil {
		r.Set("platform", dt.Get("default_platform"))
	}
}

func cleanDevice(t *table.Tx, _ *table.Record, d *table.Draft) {
	for _, rule := range []func(*table.Tx, *table.Draft){cleanPlace, cleanPosition, cleanType, cleanRoom, cleanPrimaries,
		cleanPlatform, cleanMember, cleanData} {
		if rule(t, d); d.Faults.Any() {
			return
		}
	}
	// A rack's location is taken over at every save.
	if rack := t.To(d.Record, "rack"); rack != nil && rack.Get("location") != nil {
		d.Record.Set("location", rack.Get("location"))
	}
}

// cleanPlace checks that site, location and rack agree.
func cleanPlace(t *table.Tx, d *table.Draft) {
	r := d.Record
	site, rack, location := t.To(r, "site"), t.To(r, "rack"), t.To(r, "location")
	switch {
	case rack != nil && rack.Ref("site") != site.ID:
		d.Faults.Add("rack", "Rack %s does not belong to site %s.", t.TitleOf(rack), t.TitleOf(site))
	case location != nil && location.Ref("site") != site.ID:
		d.Faults.Add("location", "Location %s does not belong to site %s.", t.TitleOf(location), t.TitleOf(site))
	case rack != nil && location != nil && rack.Ref("location") != location.ID:
		d.Faults.Add("rack", "Rack %s does not belong to location %s.", t.TitleOf(rack), t.TitleOf(location))
	case rack == nil && r.Text("face") != "":
		d.Faults.Add("face", "Cannot select a rack face without assigning a rack.")
	case rack == nil && r.Number("position") != 0:
		d.Faults.Add("position", "Cannot select a rack position without assigning a rack.")
	}
}

// cleanData checks that local context data are an object.
func cleanData(_ *table.Tx, d *table.Draft) {
	v := d.Record.Get("local_context_data")
	if _, ok := v.(map[string]any); v != nil && !ok {
		d.Faults.Add("local_context_data", `JSON data must be in object form. Example: {"foo": 123}`)
	}
}

func cleanPosition(_ *table.Tx, d *table.Draft) {
	at := d.Record.Number("position")
	switch {
	case at != 0 && math.Mod(at, 0.5) != 0:
		d.Faults.Add("position", "Position must be in increments of 0.5 rack units.")
	case at != 0 && d.Record.Text("face") == "":
		d.Faults.Add("face", "Must specify rack face when defining rack position.")
	}
}

// cleanType checks that the type may stand where the device does.
func cleanType(t *table.Tx, d *table.Draft) {
	r := d.Record
	dt := t.To(r, "device_type")
	child := dt.Text("subdevice_role") == "child"
	racked, at := r.Get("rack") != nil, r.Number("position")
	switch {
	case at != 0 && dt.Number("u_height") == 0:
		d.Faults.Add("position", "A 0U device type (%s) cannot be assigned to a rack position.", t.TitleOf(dt))
	case racked && child && r.Text("face") != "":
		d.Faults.Add("face", "Child device types cannot be assigned to a rack face. This is an attribute of the parent device.")
	case racked && child && at != 0:
		d.Faults.Add("position", "Child device types cannot be assigned to a rack position. This is an attribute of the parent device.")
	}
}

func cleanRoom(t *table.Tx, d *table.Draft) {
	r := d.Record
	rack := t.To(r, "rack")
	if rack == nil || r.Number("position") == 0 || room(t.Store, rack, r) {
		return
	}
	dt := t.To(r, "device_type")
	d.Faults.Add("position", "U%s is already occupied or does not have sufficient space to accommodate this device type: %s (%sU)",
		table.Places(r.Number("position"), 1), t.TitleOf(dt), table.Places(dt.Number("u_height"), 1))
}

// cleanPrimaries checks that the device's addresses are its own.
func cleanPrimaries(t *table.Tx, d *table.Draft) {
	for _, name := range []string{"primary_ip4", "primary_ip6", "oob_ip"} {
		ip := t.To(d.Record, name)
		switch {
		case ip == nil:
		case name == "primary_ip4" && familyOf(ip.Text("address")) != 4:
			d.Faults.Add(name, "%s is not an IPv4 address.", t.TitleOf(ip))
		case name == "primary_ip6" && familyOf(ip.Text("address")) != 6:
			d.Faults.Add(name, "%s is not an IPv6 address.", t.TitleOf(ip))
		case !ownsAddress(t.Store, d.Record, ip) && !ownsAddress(t.Store, d.Record, t.To(ip, "nat_inside")):
			d.Faults.Add(name, "The specified IP address (%s) is not assigned to this device.", t.TitleOf(ip))
		}
		if d.Faults.Any() {
			return
		}
	}
}

func ownsAddress(s *table.Store, dev, ip *table.Record) bool {
	if ip == nil || ip.Text("assigned_object_type") != "dcim.interface" {
		return false
	}
	i := s.Find("interfaces", ip.Ref("assigned_object_id"))
	return i != nil && i.Ref("device") == dev.ID && dev.ID != 0
}

func cleanPlatform(t *table.Tx, d *table.Draft) {
	platform, dt := t.To(d.Record, "platform"), t.To(d.Record, "device_type")
	if platform == nil || platform.Get("manufacturer") == nil || platform.Ref("manufacturer") == dt.Ref("manufacturer") {
		return
	}
	d.Faults.Add("platform", "The assigned platform is limited to %s device types, but this device's type belongs to %s.",
		t.TitleOf(t.To(platform, "manufacturer")), t.TitleOf(t.To(dt, "manufacturer")))
}

// createdDevice makes the components of the device's type.
func createdDevice(t *table.Tx, dev *table.Record, _ *table.Draft) {
	furnish(t, place{device: dev, by: "device_type", kind: dev.Ref("device_type")})
}

func showMembers(e *table.Encoder, r *table.Record) {
	e.Each(e.Store.Referring("devices", "virtual_chassis", r.ID), func(d *table.Record) { e.Embed(d, slimDevice) })
}

// slimDevice is what some objects show of a device.
var slimDevice = []string{"id", "url", "display_url", "display", "name"}

func cleanChassis(t *table.Tx, old *table.Record, d *table.Draft) {
	if master := t.To(d.Record, "master"); old != nil && master != nil && master.Ref("virtual_chassis") != d.Record.ID {
		d.Faults.Add("master", "The selected master (%s) is not assigned to this virtual chassis.", t.TitleOf(master))
	}
}

// createdChassis makes the master a member, at the first position.
func createdChassis(t *table.Tx, r *table.Record, _ *table.Draft) {
	if master := t.To(r, "master"); master != nil {
		t.Change(master, func(c *table.Record) {
			c.Set("virtual_chassis", r.ID)
			c.Set("vc_position", int64(1))
		})
	}
}

// doomedChassis clears the members' positions before the deletion.
func doomedChassis(t *table.Tx, r *table.Record) {
	for _, member := range t.Referring("devices", "virtual_chassis", r.ID) {
		t.Change(member, func(c *table.Record) {
			c.Set("vc_position", nil)
			c.Set("vc_priority", nil)
		})
	}
}

// cleanMember checks a device's place in a virtual chassis.
func cleanMember(t *table.Tx, d *table.Draft) {
	chassis := d.Record.Ref("virtual_chassis")
	if chassis != 0 && d.Record.Get("vc_position") == nil {
		d.Faults.Add("vc_position", "A device assigned to a virtual chassis must have its position defined.")
		return
	}
	for _, vc := range t.Referring("virtual-chassis", "master", d.Record.ID) {
		if d.Record.ID != 0 && vc.ID != chassis {
			d.Faults.Add("virtual_chassis",
				"Device cannot be removed from virtual chassis %s because it is currently designated as its master.", t.TitleOf(vc))
		}
	}
}
