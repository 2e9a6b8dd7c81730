package diff

import (
	"database/sql"
	"maps"
	"slices"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/generate/natural"
)

// templates creates the interface templates of the types that the plan creates, but for
// those that an unfinished one has already. It also completes a type of diet's that has no
// templates and no devices: an earlier diet was stopped there. Other differences are
// findings.
func (d *differ) templates() error {
	for _, t := range d.topo.DeviceTypes {
		if !t.Ensure || len(t.Ports) == 0 {
			continue
		}
		held, err := d.partsOf(t.Slug)
		if err != nil {
			return err
		}
		if have, exists := d.ids.bySlug[key{"device_type", t.Slug}]; exists {
			bare, err := d.leftBare(have.id, held)
			if err != nil {
				return err
			}
			if !bare {
				d.compareTemplates(t.Slug, t.Model, have.id, held)
				continue
			}
		}
		deviceType := d.ids.reference(generate.Ref{Kind: "device_type", Object: t.Slug})
		for _, p := range t.Ports {
			if _, there := held[p.Name]; there {
				continue
			}
			c := change.Change{
				Kind: "interface_template", Object: "interface_template:" + t.Slug + "/" + p.Name, Name: p.Name, Plan: d.plan,
				Owner: "device_type:" + t.Slug, Class: change.Absent, Action: change.Create,
				Fields: createFields(map[string]any{"name": p.Name, "type": p.Type, "device_type": deviceType}, nil),
			}
			c.Needs = needs(c.Fields)
			d.changes = append(d.changes, c)
		}
	}
	return nil
}

// part is a template that a type has.
type part struct {
	kind string
	ID   int64  `db:"id"`
	Name string `db:"name"`
	Type string `db:"type"`
}

// partsOf are the templates of a type of the plan, finished or not, by name.
func (d *differ) partsOf(slug string) (map[string]part, error) {
	if o, exists := d.ids.bySlug[key{"device_type", slug}]; exists {
		return d.parts(o.id)
	}
	for at, of := range d.begun {
		if at.kind == "device_type" && of == slug {
			return d.parts(at.id)
		}
	}
	return nil, nil
}

// parts are the templates of a type, by name.
func (d *differ) parts(id int64) (map[string]part, error) {
	var rows []part
	if err := d.selectAll(&rows, d.statements.Get("query/interface_template_names"), sql.Named("id", id)); err != nil {
		return nil, err
	}
	held := make(map[string]part, len(rows))
	for _, r := range rows {
		r.kind = "interface_template"
		held[r.Name] = r
	}
	return held, nil
}

// ports are the ports of a type of the plan: their types, by name.
func (d *differ) ports(slug string) map[string]string {
	out := map[string]string{}
	for _, t := range d.topo.DeviceTypes {
		if t.Slug != slug {
			continue
		}
		for _, p := range t.Ports {
			out[p.Name] = p.Type
		}
	}
	return out
}

// leftBare reports whether diet made a type and nothing else: it has neither templates nor
// devices. What others made so is as they want it.
func (d *differ) leftBare(id int64, held map[string]part) (bool, error) {
	if len(held) > 0 {
		return false, nil
	}
	if used, err := d.typeInUse(id); err != nil || used {
		return false, err
	}
	return d.madeByDiet(place{"device_type", id})
}

func (d *differ) typeInUse(id int64) (bool, error) {
	var n []int
	if err := d.selectAll(&n, d.statements.Get("query/device_type_devices"), sql.Named("id", id)); err != nil {
		return false, err
	}
	return len(n) > 0 && n[0] > 0, nil
}

// compareTemplates reports the catalog's ports that a type in NetBox lacks or
// has with another interface type.
func (d *differ) compareTemplates(slug, model string, id int64, held map[string]part) {
	var fields []change.Field
	want := d.ports(slug)
	for _, name := range slices.SortedFunc(maps.Keys(want), natural.Compare) {
		have, ok := held[name]
		if ok && have.Type == want[name] {
			continue
		}
		f := change.Field{Name: "port " + name, Class: change.Conflict, Want: want[name], Stated: true}
		if ok {
			f.Have = have.Type
		}
		fields = append(fields, f)
	}
	if fields != nil {
		d.changes = append(d.changes, change.Change{
			Kind: "device_type", Object: "device_type:" + slug, Name: model, NetBoxID: id, Plan: d.plan,
			Class: change.Finding, Action: change.None, Fields: fields,
		})
		d.warnOfDifference("device_type", slug, fields)
	}
}
