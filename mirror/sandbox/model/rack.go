package model

import (
	"cmp"
	"slices"
	"strings"

	"github.com/diet-project/diet/mirror/sandbox/release"
	"github.com/diet-project/diet/mirror/sandbox/table"
)

var rackNouns = []noun{
	{
		at: "dcim/rack-roles", order: table.ByName, unique: rules{alone("name"), alone("slug")},
		fields: fields{"color": def("9e9e9e"), "rack_count": counts("racks", "role")},
	},
	{
		at: "dcim/rack-groups", order: table.ByName, unique: rules{alone("name"), alone("slug")},
		fields: fields{"rack_count": counts("racks", "group")},
	},
	{
		at: "dcim/rack-types", order: byMakerAndModel, title: byField("model"),
		unique: rules{alone("slug"), together("dcim_racktype_unique_manufacturer_model", "manufacturer", "model")},
		fields: fields{
			"manufacturer": to("manufacturers", protect), "width": def(int64(19)), "u_height": def(int64(42)), "starting_unit": def(int64(1)),
			"rack_count": stored("racks", "rack_type"),
		},
	},
	{
		at: "dcim/racks", order: byRack, title: rackTitle, clean: cleanRack, prepare: prepareRack, updated: movedRack,
		unique: rules{
			together("dcim_rack_unique_location_name", "location", "name"),
			together("dcim_rack_unique_location_facility_id", "location", "facility_id"), alone("asset_tag"),
		},
		fields: fields{
			"facility_id": null, "site": to("sites", protect), "location": to("locations", setNull), "group": to("rack-groups", protect),
			"tenant": to("tenants", protect), "status": def("active"), "role": to("rack-roles", protect), "asset_tag": assetTag,
			"rack_type": to("rack-types", protect), "width": def(int64(19)), "u_height": def(int64(42)), "starting_unit": def(int64(1)),
			"device_count": counts("devices", "rack"), "powerfeed_count": counts("power-feeds", "rack"),
		},
	},
	{
		at: "dcim/rack-reservations", title: reservationTitle, clean: cleanReservation, search: "description",
		order: func(a, b *table.Record) int { return a.Created.Compare(b.Created) },
		fields: fields{
			"rack": to("racks", cascade), "units": is(table.Integers), "unit_count": calc(countUnits), "status": def("active"),
			"user": to("users", protect), "tenant": to("tenants", protect),
		},
	},
}

// assetTag is unique; where a release knows better, empty is none.
var assetTag = both(null, indexed, where(func(b release.Behaviour) bool { return b.EmptyAssetTagIsNull },
	option(func(f *table.Field) { f.EmptyNull = true }), nil))

// byField makes a title of a field.
func byField(name string) func(*table.Store, *table.Record) string {
	return func(_ *table.Store, r *table.Record) string { return r.Text(name) }
}

func byMakerAndModel(a, b *table.Record) int {
	return cmp.Or(cmp.Compare(a.Ref("manufacturer"), b.Ref("manufacturer")), table.Natural(a.Text("model"), b.Text("model")))
}

func byRack(a, b *table.Record) int {
	return cmp.Or(cmp.Compare(a.Ref("site"), b.Ref("site")), cmp.Compare(a.Ref("location"), b.Ref("location")), table.ByName(a, b))
}

func rackTitle(_ *table.Store, r *table.Record) string {
	if f := r.Text("facility_id"); f != "" {
		return r.Text("name") + " (" + f + ")"
	}
	return r.Text("name")
}

// prepareRack clears units of what is not measured.
func prepareRack(_ *table.Tx, _ *table.Record, d *table.Draft) {
	r := d.Record
	if r.Get("outer_width") == nil && r.Get("outer_depth") == nil && r.Get("outer_height") == nil {
		r.Set("outer_unit", nil)
	}
	if r.Get("weight") == nil && r.Get("max_weight") == nil {
		r.Set("weight_unit", nil)
	}
}

func cleanRack(t *table.Tx, old *table.Record, d *table.Draft) {
	r := d.Record
	location := t.To(r, "location")
	switch {
	case location != nil && location.Ref("site") != r.Ref("site"):
		d.Faults.Add(table.ObjectFault, "Assigned location must belong to parent site (%s).", t.TitleOf(t.To(r, "site")))
	case (r.Get("outer_width") != nil || r.Get("outer_depth") != nil) && r.Text("outer_unit") == "":
		d.Faults.Add(table.ObjectFault, "Must specify a unit when setting an outer dimension")
	case (r.Get("weight") != nil || r.Get("max_weight") != nil) && r.Text("weight_unit") == "":
		d.Faults.Add(table.ObjectFault, "Must specify a unit when setting a maximum weight")
	case old != nil:
		cleanMounted(t, d)
	}
}

// cleanMounted checks that the devices in a rack still fit.
func cleanMounted(t *table.Tx, d *table.Draft) {
	r := d.Record
	var top, bottom float64
	for _, dev := range t.All("devices", t.Tables["devices"].Pointing("rack", r.ID)) {
		if at := dev.Number("position"); at > 0 {
			top = max(top, at+height(t.Store, dev)-1)
			if bottom == 0 || at < bottom {
				bottom = at
			}
		}
	}
	start := r.Number("starting_unit")
	if top > 0 && start+r.Number("u_height")-1 < top {
		d.Faults.Add("u_height", "Rack must be at least %sU tall to house currently installed devices.", table.Plain(top-start+1))
	} else if bottom > 0 && start > bottom {
		d.Faults.Add("starting_unit", "Rack unit numbering must begin at %s or less to house currently installed devices.", table.Plain(bottom))
	}
}

// movedRack carries the devices of a rack along, unlogged.
func movedRack(t *table.Tx, old, r *table.Record, _ *table.Draft) {
	if old.Ref("site") == r.Ref("site") && old.Ref("location") == r.Ref("location") {
		return
	}
	t.SlipAll("devices", "rack", r.ID, func(c *table.Record) {
		c.Set("site", r.Get("site"))
		c.Set("location", r.Get("location"))
	})
}

// height is how many units a device takes.
func height(s *table.Store, dev *table.Record) float64 {
	if dt := s.To(dev, "device_type"); dt != nil {
		return dt.Number("u_height")
	}
	return 0
}

// room says whether a device fits where it wants to be: half units count, and
// a full-depth device takes both faces.
func room(s *table.Store, rack, dev *table.Record) bool {
	dt := s.To(dev, "device_type")
	need := units(dev.Number("position"), dt.Number("u_height"))
	first := rack.Number("starting_unit")
	if need[0] < first || need[len(need)-1] > first+rack.Number("u_height")-0.5 {
		return false
	}
	for _, other := range s.All("devices", s.Tables["devices"].Pointing("rack", rack.ID)) {
		at := other.Number("position")
		if other.ID == dev.ID || at == 0 || !sharesFace(s, dev, dt, other) {
			continue
		}
		taken := units(at, height(s, other))
		if slices.ContainsFunc(need, func(u float64) bool { return slices.Contains(taken, u) }) {
			return false
		}
	}
	return true
}

// sharesFace says whether two devices of a rack can get in each other's way.
func sharesFace(s *table.Store, dev, dt, other *table.Record) bool {
	odt := s.To(other, "device_type")
	return dt.Flag("is_full_depth") || odt == nil || odt.Flag("is_full_depth") || dev.Text("face") == other.Text("face")
}

// units lists the half units from a position on.
func units(at, height float64) []float64 {
	list := []float64{at}
	for u := at + 0.5; u < at+height; u += 0.5 {
		list = append(list, u)
	}
	return list
}

func reservationTitle(s *table.Store, r *table.Record) string {
	return "Reservation for rack " + s.TitleOf(s.To(r, "rack"))
}

func countUnits(e *table.Encoder, r *table.Record) {
	list, _ := r.Get("units").([]int64)
	e.Value(len(list))
}

func cleanReservation(t *table.Tx, _ *table.Record, d *table.Draft) {
	rack := t.To(d.Record, "rack")
	wanted, _ := d.Record.Get("units").([]int64)
	first, height := rack.Ref("starting_unit"), rack.Ref("u_height")
	if bad := slices.DeleteFunc(slices.Clone(wanted), func(u int64) bool { return u >= first && u < first+height }); len(bad) > 0 {
		d.Faults.Add("units", "Invalid unit(s) for %dU rack: %s", height, joined(bad))
		return
	}
	var taken []int64
	for _, other := range t.Referring("rack-reservations", "rack", rack.ID) {
		if list, _ := other.Get("units").([]int64); other.ID != d.Record.ID {
			taken = append(taken, list...)
		}
	}
	if both := slices.DeleteFunc(slices.Clone(wanted), func(u int64) bool { return !slices.Contains(taken, u) }); len(both) > 0 {
		d.Faults.Add("units", "The following units have already been reserved: %s", joined(both))
	}
}

// joined prints numbers with commas between.
func joined(numbers []int64) string {
	words := make([]string, len(numbers))
	for i, n := range numbers {
		words[i] = table.Plain(n)
	}
	return strings.Join(words, ", ")
}
