package model

import (
	"github.com/diet-project/diet/mirror/sandbox/table"
)

var cableNouns = []noun{
	{
		at: "dcim/cable-bundles", order: table.ByName, unique: rules{alone("name")},
		fields: fields{"cable_count": counts("cables", "bundle")},
	},
	{
		at: "dcim/cables", title: cableTitle, prepare: prepareCable, clean: cleanCable, created: createdCable, updated: updatedCable,
		logExtra: cableEnds, filters: cableFilters(),
		fields: fields{
			"type": null, "a_terminations": is(terminations), "b_terminations": is(terminations), "status": def("connected"),
			"profile": both(def(""), blank, option(func(f *table.Field) { f.Null = true })), "tenant": to("tenants", protect),
			"bundle": to("cable-bundles", setNull),
			"color":  option(func(f *table.Field) { f.Kind, f.Blank = table.Color, true }),
		},
	},
	{
		at: "dcim/cable-terminations", readOnly: true, index: []table.Index{terminationKey}, order: byEnd, title: terminationTitle,
		removed: removedTermination,
		unique:  []table.Constraint{together("dcim_cabletermination_unique_termination", "termination_type", "termination_id")},
		filters: map[string]table.Filter{"cable": byCable, "cable_id": byCable},
		fields: fields{
			"cable": both(numbered("cables", cascade), readOnly), "cable_end": is(table.PlainChoice), "termination_type": objectType,
			"termination": generic("termination_type", "termination_id"), "termination_id": is(table.Integer),
			"connector": is(table.Integer), "positions": is(table.JSON),
		},
	},
}

func cableTitle(_ *table.Store, r *table.Record) string {
	if l := r.Text("label"); l != "" {
		return l
	}
	return "#" + table.Plain(r.ID)
}

// terminationKey finds a termination by what it stands for.
var terminationKey = table.Index{Name: "termination", Key: func(r *table.Record) string {
	return table.AssignedKey(r.Text("termination_type"), r.Ref("termination_id"))
}}

// byCable filters terminations by their cable's id.
func byCable(s *table.Store, lookup string, values []string) (*table.Match, string) {
	m := s.ByKind["cable-terminations"]
	return s.ReferenceFilter(m, m.ByName["cable"], true, lookup, values)
}

func byEnd(a, b *table.Record) int {
	if n := int(a.Ref("cable") - b.Ref("cable")); n != 0 {
		return n
	}
	if a.Text("cable_end") < b.Text("cable_end") {
		return -1
	}
	if a.Text("cable_end") > b.Text("cable_end") {
		return 1
	}
	return 0
}

func terminationTitle(s *table.Store, r *table.Record) string {
	to := "None"
	if i := terminated(s, r); i != nil {
		to = s.TitleOf(i)
	}
	cable := "None"
	if c := s.To(r, "cable"); c != nil {
		cable = s.TitleOf(c)
	}
	return "Cable " + cable + " to " + to
}

// terminated is the object that a termination stands for.
func terminated(s *table.Store, ct *table.Record) *table.Record {
	if m := s.ByType[ct.Text("termination_type")]; m != nil {
		return s.Find(m.Kind, ct.Ref("termination_id"))
	}
	return nil
}

func prepareCable(_ *table.Tx, _ *table.Record, d *table.Draft) {
	if d.Record.Get("length") == nil {
		d.Record.Set("length_unit", nil)
	}
}

// unsaid says whether a body gives a side of a cable nothing.
func unsaid(d *table.Draft, side string) bool {
	ends, _ := endsGiven(d, side)
	return len(ends) == 0
}

func cleanCable(t *table.Tx, old *table.Record, d *table.Draft) {
	r := d.Record
	switch {
	case r.Get("length") != nil && r.Text("length_unit") == "":
		d.Faults.Add(table.ObjectFault, "Must specify a unit when setting a cable length")
	case old == nil && (unsaid(d, "a_terminations") || unsaid(d, "b_terminations")):
		d.Faults.Add(table.ObjectFault, "Must define A and B terminations when creating a new cable.")
	default:
		if cleanProfile(t, d); !d.Faults.Any() {
			cleanEnds(t, d)
		}
	}
}
