package sandbox

import "slices"

func rackRoleModel() *model {
	return &model{
		kind: "rack-roles", app: "dcim", name: "rackrole", label: "rack role", plural: "rack roles", order: byName,
		brief:  briefly("rack_count"),
		unique: []constraint{uniqueField("dcim_rackrole", "name"), uniqueField("dcim_rackrole", "slug")},
		fields: together(head(true), nameField(), slugField(), typed("color", color, defaults("9e9e9e")), description(), owner(),
			comments(since(5)), marks(), dates(), counter("rack_count", "racks", "role", omitNested)),
	}
}

func rackModel() *model {
	return &model{
		kind: "racks", app: "dcim", name: "rack", label: "rack", plural: "racks",
		brief: []string{"id", "url", "display", "name", "description", "device_count"},
		order: byRack, title: rackTitle, clean: cleanRack, prepare: prepareRack, updated: movedRack,
		unique: []constraint{
			uniqueTogether("dcim_rack_unique_location_name", "location", "name"),
			uniqueTogether("dcim_rack_unique_location_facility_id", "location", "facility_id"),
			uniqueField("dcim_rack", "asset_tag"),
		},
		extra: map[string]filterFunc{
			"region_id": along(true, "site", "region"), "region": along(false, "site", "region"),
			"site_group_id": along(true, "site", "group"), "site_group": along(false, "site", "group"),
		},
		fields: rackFields(),
	}
}

func rackFields() []*field {
	return together(head(true), nameField(), textField("facility_id", nullable, maxLen(50)),
		refField("site", "sites", required, deleting(protect)), refField("location", "locations"),
		absent("group", since(6)), refField("tenant", "tenants", deleting(protect)),
		choiceField("status", rackStatuses, defaults("active")), refField("role", "rack-roles", deleting(protect)),
		textField("serial", maxLen(50), labelled("serial number")), assetTag(), absent("rack_type"),
		choiceField("form_factor", rackFormFactors, nullable, blankable),
		typed("width", numberChoice, withChoices(rackWidths), defaults(int64(19))),
		typed("u_height", integer, defaults(int64(42)), between(1, 100)), typed("starting_unit", integer, defaults(int64(1)), between(1, 32767)),
		typed("weight", decimal, nullable, digits(8, 2)), typed("max_weight", integer, nullable, between(0, 2147483647)),
		choiceField("weight_unit", weightUnits, nullable, blankable), boolField("desc_units", false),
		typed("outer_width", integer, nullable, between(0, 32767)), typed("outer_height", integer, nullable, since(3), between(0, 32767)),
		typed("outer_depth", integer, nullable, between(0, 32767)), choiceField("outer_unit", rackDimensionUnits, nullable, blankable),
		typed("mounting_depth", integer, nullable, between(0, 32767)), choiceField("airflow", rackAirflows, nullable, blankable),
		fixedField("cooling_capability", "null", since(7)), fixedField("cooling_capacity", "null", since(7)),
		description(), owner(), comments(), marks(), dates(),
		counter("device_count", "devices", "rack", omitNested), naught("powerfeed_count"))
}

// assetTag is unique; from 4.5 on empty is none.
func assetTag() []*field {
	var both []*field
	for _, when := range [][]option{{until(5)}, {since(5), emptyIsNull}} {
		both = append(both, textField("asset_tag", append(when, nullable, maxLen(50), indexed, labelled("asset tag"))...))
	}
	return both
}

func withChoices(c choices) option { return func(f *field) { f.choices = c } }

func byRack(a, b *record) int {
	if n := int(a.ref("site") - b.ref("site")); n != 0 {
		return n
	}
	if n := int(a.ref("location") - b.ref("location")); n != 0 {
		return n
	}
	return byName(a, b)
}

func rackTitle(_ *state, r *record) string {
	if f := r.text("facility_id"); f != "" {
		return r.text("name") + " (" + f + ")"
	}
	return r.text("name")
}

// prepareRack clears units of what is not measured.
func prepareRack(_ *tx, _ *record, d *draft) {
	r := d.r
	if r.get("outer_width") == nil && r.get("outer_depth") == nil && r.get("outer_height") == nil {
		r.set("outer_unit", nil)
	}
	if r.get("weight") == nil && r.get("max_weight") == nil {
		r.set("weight_unit", nil)
	}
}

func cleanRack(t *tx, old *record, d *draft) {
	r := d.r
	location := t.to(r, "location")
	switch {
	case location != nil && location.ref("site") != r.ref("site"):
		d.faults.add(objectFault, "Assigned location must belong to parent site (%s).", t.titleOf(t.to(r, "site")))
	case (r.get("outer_width") != nil || r.get("outer_depth") != nil) && r.text("outer_unit") == "":
		d.faults.add(objectFault, "Must specify a unit when setting an outer dimension")
	case (r.get("weight") != nil || r.get("max_weight") != nil) && r.text("weight_unit") == "":
		d.faults.add(objectFault, "Must specify a unit when setting a maximum weight")
	case old != nil:
		t.cleanMounted(d)
	}
}

// cleanMounted sees that the devices in a rack still fit.
func (t *tx) cleanMounted(d *draft) {
	r := d.r
	var top, bottom float64
	for _, dev := range t.all("devices", t.tables["devices"].pointing("rack", r.id)) {
		if at := dev.number("position"); at > 0 {
			top = max(top, at+t.height(dev)-1)
			if bottom == 0 || at < bottom {
				bottom = at
			}
		}
	}
	start := r.number("starting_unit")
	if top > 0 && start+r.number("u_height")-1 < top {
		d.faults.add("u_height", "Rack must be at least %sU tall to house currently installed devices.", plain(top-start+1))
	} else if bottom > 0 && start > bottom {
		d.faults.add("starting_unit", "Rack unit numbering must begin at %s or less to house currently installed devices.", plain(bottom))
	}
}

// movedRack carries the devices of a rack along, unlogged.
func movedRack(t *tx, old, r *record, _ *draft) {
	if old.ref("site") == r.ref("site") && old.ref("location") == r.ref("location") {
		return
	}
	t.slipAll("devices", "rack", r.id, func(c *record) {
		c.set("site", r.get("site"))
		c.set("location", r.get("location"))
	})
}

// height is how many units a device takes.
func (s *state) height(dev *record) float64 {
	if dt := s.to(dev, "device_type"); dt != nil {
		return dt.number("u_height")
	}
	return 0
}

// room says whether a device fits where it wants to be: half units count, and
// a full-depth device takes both faces.
func (s *state) room(rack, dev *record) bool {
	dt := s.to(dev, "device_type")
	need := units(dev.number("position"), dt.number("u_height"))
	first := rack.number("starting_unit")
	if need[0] < first || need[len(need)-1] > first+rack.number("u_height")-0.5 {
		return false
	}
	for _, other := range s.all("devices", s.tables["devices"].pointing("rack", rack.id)) {
		at := other.number("position")
		if other.id == dev.id || at == 0 || !s.sharesFace(dev, dt, other) {
			continue
		}
		taken := units(at, s.height(other))
		if slices.ContainsFunc(need, func(u float64) bool { return slices.Contains(taken, u) }) {
			return false
		}
	}
	return true
}

// sharesFace says whether two devices of a rack can get in each other's way.
func (s *state) sharesFace(dev, dt, other *record) bool {
	odt := s.to(other, "device_type")
	return dt.flag("is_full_depth") || odt == nil || odt.flag("is_full_depth") || dev.text("face") == other.text("face")
}

// units lists the half units from a position on.
func units(at, height float64) []float64 {
	list := []float64{at}
	for u := at + 0.5; u < at+height; u += 0.5 {
		list = append(list, u)
	}
	return list
}
