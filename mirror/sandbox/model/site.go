package model

import (
	"github.com/diet-project/diet/mirror/sandbox/table"
)

var siteNouns = []noun{
	{
		at: "dcim/regions", tree: true, unique: inTree("dcim_region", "region"),
		fields: fields{"parent": to("regions", cascade), "site_count": within("sites", "region"), "prefix_count": none},
	},
	{
		at: "dcim/site-groups", tree: true, unique: inTree("dcim_sitegroup", "site group"),
		fields: fields{"parent": to("site-groups", cascade), "site_count": within("sites", "group"), "prefix_count": none},
	},
	{
		at: "dcim/sites", order: table.ByName, unique: rules{alone("name"), alone("slug")},
		fields: fields{
			"status": def("active"), "region": to("regions", setNull), "group": to("site-groups", setNull),
			"tenant": to("tenants", protect), "time_zone": both(is(zone), null), "asns": many("asns"),
			"circuit_count": counts("circuit-terminations", "_site"), "device_count": counts("devices", "site"),
			"prefix_count": counts("prefixes", "_site"), "rack_count": counts("racks", "site"),
			"virtualmachine_count": counts("virtual-machines", "site"), "vlan_count": counts("vlans", "site"),
		},
	},
	{
		at: "dcim/locations", tree: true, unique: locationRules(), clean: cleanLocation, updated: movedLocation,
		fields: fields{
			"site": to("sites", cascade), "parent": to("locations", cascade), "status": def("active"), "tenant": to("tenants", protect),
			"rack_count": within("racks", "location"), "device_count": within("devices", "location"),
			"prefix_count": counts("prefixes", "_location"),
		},
	},
}

// inTree are the rules of names in a tree: unique below one parent.
func inTree(base, label string) []table.Constraint {
	top := func(name string) table.Constraint {
		return table.Constraint{
			Name: base + "_" + name, Fields: []string{name},
			Message: "A top-level " + label + " with this " + name + " already exists.",
			Key:     func(r *table.Record) (string, bool) { return r.Text(name), r.Get("parent") == nil },
		}
	}
	return []table.Constraint{
		together(base+"_parent_name", "parent", "name"), top("name"),
		together(base+"_parent_slug", "parent", "slug"), top("slug"),
	}
}

// depth is how far down its tree an object stands.
func depth(e *table.Encoder, r *table.Record) {
	n := 0
	for at := e.Store.To(r, "parent"); at != nil; at = e.Store.To(at, "parent") {
		n++
	}
	e.Value(n)
}

// locationRules are as in any tree, within a site.
func locationRules() []table.Constraint {
	top := func(name string) table.Constraint {
		return table.Constraint{
			Name: "dcim_location_" + name, Fields: []string{"site", name},
			Message: "A location with this " + name + " already exists within the specified site.",
			Key: func(r *table.Record) (string, bool) {
				return table.Plain(r.Get("site")) + "\x00" + r.Text(name), r.Get("parent") == nil
			},
		}
	}
	return []table.Constraint{
		together("dcim_location_parent_name", "site", "parent", "name"), top("name"),
		together("dcim_location_parent_slug", "site", "parent", "slug"), top("slug"),
	}
}

func cleanLocation(t *table.Tx, _ *table.Record, d *table.Draft) {
	parent := t.To(d.Record, "parent")
	if parent != nil && parent.Ref("site") != d.Record.Ref("site") {
		d.Faults.Add("parent", "Parent location (%s) must belong to the same site (%s).",
			t.TitleOf(parent), t.TitleOf(t.To(d.Record, "site")))
	}
}

// movedLocation carries racks, devices and sub-locations along to another
// site, unlogged.
func movedLocation(t *table.Tx, old, r *table.Record, _ *table.Draft) {
	if old.Ref("site") == r.Ref("site") {
		return
	}
	site := r.Get("site")
	for _, id := range t.Descendants("locations", []int64{r.ID}) {
		if sub := t.Find("locations", id); sub.Ref("site") != r.Ref("site") {
			t.Slip(sub, func(c *table.Record) { c.Set("site", site) })
		}
		for _, kind := range []string{"racks", "devices"} {
			t.SlipAll(kind, "location", id, func(c *table.Record) { c.Set("site", site) })
		}
	}
}
