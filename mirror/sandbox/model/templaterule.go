package model

import (
	"encoding/json"
	"strconv"

	"github.com/diet-project/diet/mirror/sandbox/table"
)

// cleanDeviceType checks what a type may be by its own fields.
func cleanDeviceType(_ *table.Tx, _ *table.Record, d *table.Draft) {
	if r := d.Record; r.Number("u_height") > 0 && r.Text("subdevice_role") == "child" {
		d.Faults.Add("u_height", "Child device types must be 0U.")
	}
}

// templateRules are what templates of a kind may not be, beside what all may not be.
var templateRules = map[string]func(t *table.Tx, d *table.Draft){
	"interface-templates":  func(_ *table.Tx, d *table.Draft) { cleanRadio(d) },
	"power-port-templates": func(_ *table.Tx, d *table.Draft) { cleanDraw(d) },
	"front-port-templates": cleanFrontTemplate,
}

// cleanRadio checks what power and radio an interface, or a template of one, has.
func cleanRadio(d *table.Draft) {
	r := d.Record
	kind := r.Text("type")
	switch {
	case r.Text("poe_mode") != "" && virtual(kind):
		d.Faults.Add("poe_mode", "Virtual interfaces cannot have a PoE mode.")
	case r.Text("poe_type") != "" && virtual(kind):
		d.Faults.Add("poe_type", "Virtual interfaces cannot have a PoE type.")
	case r.Text("poe_type") != "" && r.Text("poe_mode") == "":
		d.Faults.Add("poe_type", "Must specify PoE mode when designating a PoE type.")
	case r.Text("rf_role") != "" && (virtual(kind) || !uncabled(kind)):
		d.Faults.Add("rf_role", "Wireless role may be set only on wireless interfaces.")
	}
}

func virtual(kind string) bool { return kind == "virtual" || kind == "lag" || kind == "bridge" }

// cleanDraw checks what power a port, or a template of one, draws.
func cleanDraw(d *table.Draft) {
	r := d.Record
	if most := r.Get("maximum_draw"); most != nil && r.Get("allocated_draw") != nil && r.Number("allocated_draw") > r.Number("maximum_draw") {
		d.Faults.Add("allocated_draw", "Allocated draw cannot exceed the maximum draw (%sW).", table.Plain(most))
	}
}

// behind is one position of a rear port that a front port takes.
type behind struct {
	Rear     int64 `json:"rear_port"`
	Position int64 `json:"rear_port_position"`
}

// cleanFrontTemplate checks that a position of a rear port is behind one front port only and, in
// releases that map one to one, that the rear port has it.
func cleanFrontTemplate(t *table.Tx, d *table.Draft) {
	r := d.Record
	rear := t.To(r, "rear_port")
	if rear != nil && r.Number("rear_port_position") > rear.Number("positions") {
		d.Faults.Add(table.ObjectFault, "Invalid rear port position (%s); rear port %s has only %s positions.",
			table.Plain(r.Get("rear_port_position")), rear.Text("name"), table.Plain(rear.Get("positions")))
	}
	if rear != nil {
		return
	}
	taken := map[behind]bool{}
	for _, by := range []string{"device_type", "module_type"} {
		if r.Ref(by) == 0 {
			continue
		}
		for _, other := range t.Referring("front-port-templates", by, r.Ref(by)) {
			for _, b := range behinds(other) {
				taken[b] = taken[b] || other.ID != r.ID
			}
		}
	}
	for i, b := range behinds(r) {
		if taken[b] {
			const message = "The fields rear_port, rear_port_position must make a unique set."
			fault := table.Dict{{t.WholeKey(), []any{message}}}
			if t.Rel.StructuredErrors {
				d.Faults.Put("rear_ports", table.Dict{{strconv.Itoa(i), fault}})
				return
			}
			list := make([]any, i+1)
			for at := range list {
				list[at] = table.Dict{}
			}
			list[i] = fault
			d.Faults.Put("rear_ports", list)
			return
		}
	}
}

// behinds are the positions of rear ports that a template of a front port takes.
func behinds(r *table.Record) (out []behind) {
	list, err := json.Marshal(r.Get("rear_ports"))
	if err != nil || json.Unmarshal(list, &out) != nil {
		return nil
	}
	return out
}
