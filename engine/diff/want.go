package diff

import (
	"slices"
	"strings"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate"
)

// wanted is one owned object of the topology, its references resolved.
type wanted struct {
	kind, object, source, name string

	bears   string         // the object id that NetBox has it under: an older one where its key was renamed
	owner   string         // of an interface: its device's object id
	id      int64          // NetBox id of what bears the object id; 0 for none
	fields  map[string]any // stated and owned, canonical
	initial map[string]any // set at creation, not owned afterwards
	changed bool           // a change has been found
}

// split moves the plan's initial fields out of the owned ones.
func (w *wanted) split(initial []string) {
	w.initial = map[string]any{}
	for _, name := range initial {
		if v, ok := w.fields[name]; ok {
			w.initial[name] = v
			delete(w.fields, name)
		}
	}
}

// wants lists every owned object of a topology, in order of rank.
func wants(topo *generate.Topology, ids index) []*wanted {
	out := make([]*wanted, 0, len(topo.Racks)+len(topo.Devices)+len(topo.Interfaces)+len(topo.Cables))
	for i := range topo.Racks {
		out = append(out, wantRack(topo, &topo.Racks[i], ids))
	}
	for i := range topo.Devices {
		out = append(out, wantDevice(topo, &topo.Devices[i], ids))
	}
	for i := range topo.Interfaces {
		out = append(out, wantInterface(&topo.Interfaces[i], ids))
	}
	for i := range topo.Cables {
		out = append(out, wantCable(&topo.Cables[i], ids))
	}
	for _, w := range out {
		w.bears, w.id = ids.bears(w.kind, w.object), ids.owned(w.kind, w.object)
		w.split(topo.Plan.Reconcile.Initial)
	}
	return out
}

func wantRack(topo *generate.Topology, r *generate.Rack, ids index) *wanted {
	fields := map[string]any{
		"name":     r.Name,
		"site":     ids.shared("site", topo.Site.Slug),
		"u_height": r.Units,
	}
	if r.Location != "" {
		fields["location"] = ids.shared("location", r.Location)
	}
	return &wanted{kind: "rack", object: r.ID, source: r.Source, name: r.Name, fields: fields}
}

func wantDevice(topo *generate.Topology, d *generate.Device, ids index) *wanted {
	fields := map[string]any{
		"name":        d.Name,
		"site":        ids.shared("site", topo.Site.Slug),
		"device_type": ids.shared("device_type", d.Type),
		"role":        ids.shared("device_role", d.Role),
		"status":      d.Status,
	}
	if d.Rack != "" {
		fields["rack"] = ids.ref("rack", d.Rack)
	}
	if d.Position != 0 {
		fields["position"] = d.Position
		fields["face"] = d.Face
	}
	text(fields, "description", d.Description)
	text(fields, "comments", d.Comments)
	reference(fields, ids, "tenant", d.Tenant)
	reference(fields, ids, "platform", d.Platform)
	for _, slug := range d.Tags {
		fields["tag."+slug] = true
	}
	for name, value := range d.CustomFields {
		fields["cf."+name] = value
	}
	return &wanted{kind: "device", object: d.ID, source: d.Source, name: d.Name, fields: fields}
}

func wantInterface(i *generate.Interface, ids index) *wanted {
	return &wanted{
		kind: "interface", object: i.ID, source: i.Source, name: i.Name, owner: i.Device,
		fields: map[string]any{
			"device": ids.ref("device", i.Device),
			"name":   i.Name,
			"type":   i.Type,
		},
	}
}

func wantCable(c *generate.Cable, ids index) *wanted {
	fields := map[string]any{
		"a":      ids.ref("interface", c.A),
		"b":      ids.ref("interface", c.B),
		"status": c.Status,
	}
	text(fields, "type", c.Type)
	text(fields, "color", c.Color)
	text(fields, "label", c.Label)
	text(fields, "length_unit", c.LengthUnit)
	if c.Length != nil {
		fields["length"] = *c.Length
	}
	return &wanted{kind: "cable", object: c.ID, source: c.Source, name: c.ID, fields: fields}
}

// text states a text field; nil is not stated. NetBox trims what it stores.
func text(fields map[string]any, name string, value *string) {
	if value != nil {
		fields[name] = strings.TrimSpace(*value)
	}
}

// reference states a reference by slug; nil is not stated, "" wants none.
func reference(fields map[string]any, ids index, name string, slug *string) {
	switch {
	case slug == nil:
	case *slug == "":
		fields[name] = nil
	default:
		fields[name] = ids.shared(name, *slug)
	}
}

// needs lists the objects that fields refer to and that are not in NetBox yet.
func needs(fields []change.Field) []string {
	var out []string
	for _, f := range fields {
		if ref, ok := change.Pending(f.Want); ok && !slices.Contains(out, ref) {
			out = append(out, ref)
		}
	}
	slices.Sort(out)
	return out
}
