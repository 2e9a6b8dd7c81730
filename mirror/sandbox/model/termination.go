package model

import (
	"fmt"
	"slices"

	"github.com/diet-project/diet/mirror/sandbox/table"
)

// terminations is a side of a cable: objects that it ends at, each by its type
// and id. They are objects of their own.
var terminations = &table.Kind{Accept: acceptEnds, Write: writeEnds}

// terminal is an object that a cable ends at.
type terminal struct {
	model *table.Model
	id    int64
}

// acceptEnds reads a list of terminations; what does not exist fails as it
// does in NetBox, unhandled.
func acceptEnds(t *table.Tx, d *table.Draft, f *table.Field, v any, _ *table.Record) {
	list, ok := v.([]any)
	if v == nil {
		d.Faults.Add(f.Name, "This field may not be null.")
		return
	}
	if !ok {
		d.Faults.Put(f.Name, table.Dict{{t.WholeKey(), []any{
			fmt.Sprintf("Expected a list of items but got type %q.", table.PythonType(v)),
		}}})
		return
	}
	ends := []terminal{}
	for _, x := range list {
		end, fault := readEnd(t, x)
		if fault != nil {
			d.Faults.Put(f.Name, []any{fault})
			return
		}
		ends = append(ends, end)
	}
	d.More[f.Name] = ends
}

func readEnd(t *table.Tx, x any) (terminal, table.Dict) {
	in, ok := x.(map[string]any)
	if !ok {
		return terminal{}, table.Dict{{t.WholeKey(), []any{
			fmt.Sprintf("Invalid data. Expected a dictionary, but got %s.", table.PythonType(x)),
		}}}
	}
	missing := table.Dict{}
	for _, name := range []string{"object_type", "object_id"} {
		if in[name] == nil {
			missing = append(missing, table.Pair{name, []any{"This field is required."}})
		}
	}
	if len(missing) > 0 {
		return terminal{}, missing
	}
	kind, msg := table.ReadType(t, nil, in["object_type"])
	if msg != "" {
		return terminal{}, table.Dict{{"object_type", []any{msg}}}
	}
	id, ok := table.WholeNumber(in["object_id"])
	if !ok {
		return terminal{}, table.Dict{{"object_id", []any{"A valid integer is required."}}}
	}
	m := t.ByType[kind.(string)]
	switch {
	case t.Find(m.Kind, id) == nil:
		panic(table.Crash("DoesNotExist", "%s matching query does not exist.", table.ClassName(m)))
	case compatible[m.Name] == nil:
		panic(table.Crash("TypeError", "argument of type 'NoneType' is not iterable"))
	}
	return terminal{m, id}, nil
}

// compatible are the models that cables can end at, and what may be at the
// other end.
var compatible = map[string][]string{
	"circuittermination": {"interface", "frontport", "rearport", "circuittermination"},
	"consoleport":        {"consoleserverport", "frontport", "rearport"},
	"consoleserverport":  {"consoleport", "frontport", "rearport"},
	"interface":          {"interface", "circuittermination", "frontport", "rearport"},
	"frontport":          {"consoleport", "consoleserverport", "interface", "frontport", "rearport", "circuittermination"},
	"rearport":           {"consoleport", "consoleserverport", "interface", "frontport", "rearport", "circuittermination"},
	"powerfeed":          {"powerport"},
	"poweroutlet":        {"powerport"},
	"powerport":          {"poweroutlet", "powerfeed"},
}

// endsGiven are the terminations that a body gives a side, if it does.
func endsGiven(d *table.Draft, side string) ([]terminal, bool) {
	ends, said := d.More[side].([]terminal)
	return ends, said
}

// sides are the terminations that a draft will have, A and B.
func sides(t *table.Tx, d *table.Draft) [2][]terminal {
	var sides [2][]terminal
	for i, name := range []string{"a_terminations", "b_terminations"} {
		if ends, said := endsGiven(d, name); said && (len(ends) > 0 || t.Rel.CableSideEmptied) {
			sides[i] = ends
		} else {
			sides[i] = endsOf(t.Store, d.Record.ID, string("AB"[i]))
		}
	}
	return sides
}

func endsOf(s *table.Store, cable int64, end string) []terminal {
	var ends []terminal
	for _, ct := range byConnector(s, cable) {
		if m := s.ByType[ct.Text("termination_type")]; ct.Text("cable_end") == end && m != nil {
			ends = append(ends, terminal{m, ct.Ref("termination_id")})
		}
	}
	return ends
}

// byConnector are the terminations of a cable, those of one end by their plugs.
func byConnector(s *table.Store, cable int64) []*table.Record {
	list := s.Referring("cable-terminations", "cable", cable)
	number := func(r *table.Record) int64 {
		n, _ := r.Get("connector").(int64)
		return n
	}
	slices.SortStableFunc(list, func(a, b *table.Record) int { return int(number(a) - number(b)) })
	return list
}

func cleanEnds(t *table.Tx, d *table.Draft) {
	if len(d.More) == 0 {
		return
	}
	sides := sides(t, d)
	for _, side := range sides {
		for _, e := range side {
			if e.model != side[0].model {
				d.Faults.Add(table.ObjectFault, "Cannot connect different termination types to same end of cable.")
				return
			}
		}
	}
	if len(sides[0]) > 0 && len(sides[1]) > 0 {
		if a, b := sides[0][0].model.Name, sides[1][0].model.Name; !slices.Contains(compatible[a], b) {
			d.Faults.Add(table.ObjectFault, "Incompatible termination types: %s and %s", a, b)
			return
		}
	}
	for _, a := range sides[0] {
		if slices.Contains(sides[1], a) {
			d.Faults.Add(table.ObjectFault, "A and B terminations cannot connect to the same object.")
			return
		}
	}
	for _, e := range append(slices.Clone(sides[0]), sides[1]...) {
		if cleanEnd(t, d, e); d.Faults.Any() {
			return
		}
	}
}

// cleanEnd checks that an object can take the cable.
func cleanEnd(t *table.Tx, d *table.Draft, e terminal) {
	r := t.Find(e.model.Kind, e.id)
	if r == nil {
		return
	}
	for _, id := range t.Tables["cable-terminations"].Texts["termination"][table.AssignedKey(e.model.ObjectType(), e.id)] {
		if other := t.Find("cable-terminations", id).Ref("cable"); other != d.Record.ID {
			d.Faults.Add(table.ObjectFault, "Duplicate termination found for %s %d: cable %d", e.model.ObjectType(), e.id, other)
			return
		}
	}
	kind := r.Text("type")
	switch {
	case e.model.Kind == "interfaces" && uncabled(kind):
		d.Faults.Add(table.ObjectFault, "Cables cannot be terminated to %s interfaces", e.model.ByName["type"].Labels[kind])
	case r.Flag("mark_connected"):
		d.Faults.Add(table.ObjectFault, "Cannot connect a cable to %s > %s because it is marked as connected.",
			t.TitleOf(holder(t.Store, r)), t.TitleOf(r))
	}
}

// writeEnds writes one side of a cable. Up to 4.4 the answer to a creation shows
// the interfaces as they were before.
func writeEnds(e *table.Encoder, r *table.Record, f *table.Field) {
	end := "A"
	if f.Name == "b_terminations" {
		end = "B"
	}
	e.Each(endRecords(e.Store, r.ID, end), func(i *table.Record) {
		e.Raw(`{"object_type":`)
		e.Value(i.Model.ObjectType())
		e.Raw(`,"object_id":`)
		e.Value(i.ID)
		e.Raw(`,"object":`)
		if e.Stale {
			i = i.Copy()
			i.Set("cable", nil)
		}
		e.Embed(i, nil)
		e.Raw("}")
	})
}

func endRecords(s *table.Store, cable int64, end string) []*table.Record {
	var found []*table.Record
	for _, e := range endsOf(s, cable, end) {
		if r := s.Find(e.model.Kind, e.id); r != nil {
			found = append(found, r)
		}
	}
	return found
}
