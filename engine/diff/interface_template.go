package diff

import (
	"database/sql"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate"
)

// templates creates the interface templates of the types that the plan creates. It also
// completes a type that has no templates and no devices: an earlier run was stopped
// there. Other differences are findings.
func (d *differ) templates() error {
	for _, t := range d.topo.DeviceTypes {
		if !t.Ensure || len(t.Ports) == 0 {
			continue
		}
		have, exists := d.ids.bySlug[key{"device_type", t.Slug}]
		if exists {
			held, err := d.heldTemplates(have.id)
			if err != nil {
				return err
			}
			if len(held) > 0 {
				d.compareTemplates(t.Slug, t.Model, have.id, held)
				continue
			}
			used, err := d.typeInUse(have.id)
			if err != nil {
				return err
			}
			if used {
				d.compareTemplates(t.Slug, t.Model, have.id, held)
				continue
			}
		}
		deviceType := d.ids.reference(generate.Ref{Kind: "device_type", Object: t.Slug})
		for _, p := range t.Ports {
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

func (d *differ) heldTemplates(id int64) (map[string]string, error) {
	var rows []struct {
		Name string `db:"name"`
		Type string `db:"type"`
	}
	if err := d.selectAll(&rows, d.statements.Get("query/interface_template_names"), sql.Named("id", id)); err != nil {
		return nil, err
	}
	held := make(map[string]string, len(rows))
	for _, r := range rows {
		held[r.Name] = r.Type
	}
	return held, nil
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
func (d *differ) compareTemplates(slug, model string, id int64, held map[string]string) {
	var fields []change.Field
	for _, t := range d.topo.DeviceTypes {
		if t.Slug != slug {
			continue
		}
		for _, p := range t.Ports {
			if have, ok := held[p.Name]; !ok || have != p.Type {
				f := change.Field{Name: "port " + p.Name, Class: change.Conflict, Want: p.Type, Stated: true}
				if ok {
					f.Have = have
				}
				fields = append(fields, f)
			}
		}
	}
	if fields != nil {
		d.changes = append(d.changes, change.Change{
			Kind: "device_type", Object: "device_type:" + slug, Name: model, NetBoxID: id, Plan: d.plan,
			Class: change.Finding, Action: change.None, Fields: fields,
		})
		d.warnOfDifference("device_type", slug, fields)
	}
}
