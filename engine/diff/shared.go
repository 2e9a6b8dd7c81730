package diff

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine/change"
)

// MissingError lists shared objects that a plan names, that it gives no body,
// and that are not in NetBox.
type MissingError struct {
	Plan    string
	Missing []string // kind and slug, sorted
}

func (e *MissingError) Error() string {
	return fmt.Sprintf("plan %q needs what is not in NetBox: %s", e.Plan, strings.Join(e.Missing, ", "))
}

// Hint says the way out.
func (e *MissingError) Hint() string {
	return "create it in NetBox, or give it a body in the plan's spec.catalog; check its spelling"
}

// sharedWant is one shared object that the plan wants.
type sharedWant struct {
	kind, slug, name string
	ensured          bool
	fields           map[string]any // for a create
	compare          []string       // the fields whose difference is a finding
}

// loadShared creates what is absent of the shared kinds, and reports what differs.
func (d *differ) loadShared() error {
	missing := &MissingError{Plan: d.plan}
	for _, w := range d.sharedWants() {
		have, ok := d.ids.bySlug[key{w.kind, w.slug}]
		switch {
		case !ok && !w.ensured:
			missing.Missing = append(missing.Missing, fmt.Sprintf("%s %q", strings.ReplaceAll(w.kind, "_", " "), w.slug))
		case !ok:
			d.changes = append(d.changes, d.createShared(w))
		default:
			d.findShared(w, have)
		}
	}
	if err := d.templates(); err != nil {
		return err
	}
	if len(missing.Missing) > 0 {
		slices.Sort(missing.Missing)
		missing.Missing = slices.Compact(missing.Missing)
		return missing
	}
	return nil
}

// sharedWants lists the shared objects of the topology, in order of rank.
func (d *differ) sharedWants() []sharedWant {
	t := d.topo
	var out []sharedWant
	for _, x := range t.Tags {
		out = append(out, sharedWant{kind: "tag", slug: x.Slug, name: x.Name, ensured: true, fields: map[string]any{"name": x.Name, "slug": x.Slug}})
	}
	for _, x := range t.Manufacturers {
		out = append(out, sharedWant{kind: "manufacturer", slug: x.Slug, name: x.Name, ensured: x.Ensure, fields: map[string]any{"name": x.Name, "slug": x.Slug}})
	}
	for _, x := range t.DeviceTypes {
		w := sharedWant{kind: "device_type", slug: x.Slug, name: x.Model, ensured: x.Ensure}
		if x.Ensure {
			w.fields = map[string]any{
				"model": x.Model, "slug": x.Slug, "u_height": x.UHeight, "is_full_depth": x.FullDepth,
				"manufacturer": d.ids.shared("manufacturer", x.Manufacturer),
			}
			w.compare = []string{"model", "u_height"}
		}
		out = append(out, w)
	}
	for _, x := range t.Roles {
		out = append(out, sharedWant{kind: "device_role", slug: x.Slug, name: x.Name, ensured: x.Ensure, fields: map[string]any{"name": x.Name, "slug": x.Slug, "color": x.Color}})
	}
	site := map[string]any{"name": t.Site.Name, "slug": t.Site.Slug, "status": "active"}
	if t.Site.Region != "" {
		site["region"] = map[string]any{"slug": t.Site.Region}
	}
	out = append(out, sharedWant{kind: "site", slug: t.Site.Slug, name: t.Site.Name, ensured: true, fields: site})
	for _, x := range t.Locations {
		out = append(out, sharedWant{kind: "location", slug: x.Slug, name: x.Name, ensured: true, fields: map[string]any{
			"name": x.Name, "slug": x.Slug, "site": d.ids.shared("site", t.Site.Slug),
		}})
	}
	return append(out, d.mentioned()...)
}

// mentioned lists the tenants and platforms that devices name: they must exist.
func (d *differ) mentioned() []sharedWant {
	seen := map[key]struct{}{}
	var out []sharedWant
	add := func(kind string, slug *string) {
		if slug == nil || *slug == "" {
			return
		}
		k := key{kind, *slug}
		if _, ok := seen[k]; !ok {
			seen[k] = struct{}{}
			out = append(out, sharedWant{kind: kind, slug: *slug, name: *slug})
		}
	}
	for i := range d.topo.Devices {
		add("tenant", d.topo.Devices[i].Tenant)
		add("platform", d.topo.Devices[i].Platform)
	}
	return out
}

// createShared is the change that creates a shared object.
func (d *differ) createShared(w sharedWant) change.Change {
	c := change.Change{
		Kind: w.kind, Object: w.kind + ":" + w.slug, Name: w.name, Plan: d.plan,
		Class: change.Absent, Action: change.Create,
		Fields: createFields(w.fields, nil),
	}
	c.Needs = needs(c.Fields)
	return c
}

// findShared reports where a shared object is not what the plan says. It is
// never changed: others use it too.
func (d *differ) findShared(w sharedWant, have sharedObject) {
	var fields []change.Field
	for _, name := range w.compare {
		want := w.fields[name]
		if !same(want, have.Doc[name]) {
			fields = append(fields, change.Field{Name: name, Class: change.Conflict, Want: want, Have: have.Doc[name], Stated: true})
		}
	}
	if fields != nil {
		d.changes = append(d.changes, change.Change{
			Kind: w.kind, Object: w.kind + ":" + w.slug, Name: w.name, NetBoxID: have.ID, Plan: d.plan,
			Class: change.Finding, Action: change.None, Fields: fields,
		})
	}
}

// same compares canonical values; numbers by value.
func same(a, b any) bool {
	x, xok := number(a)
	y, yok := number(b)
	if xok && yok {
		return x == y
	}
	return a == b
}

func number(v any) (float64, bool) {
	switch n := v.(type) {
	case int:
		return float64(n), true
	case int64:
		return float64(n), true
	case float64:
		return n, true
	case bool:
		if n {
			return 1, true
		}
		return 0, true
	}
	return 0, false
}

// templates creates the interface templates of the types that the plan creates,
// and completes a type that has none and no device: one that an earlier run of
// diet was stopped at. Other differences are findings.
func (d *differ) templates() error {
	for _, t := range d.topo.DeviceTypes {
		if !t.Ensure || len(t.Ports) == 0 {
			continue
		}
		have, exists := d.ids.bySlug[key{"device_type", t.Slug}]
		if exists {
			held, err := d.heldTemplates(have.ID)
			if err != nil {
				return err
			}
			if len(held) > 0 {
				d.compareTemplates(t.Slug, t.Model, have.ID, held)
				continue
			}
			used, err := d.typeInUse(have.ID)
			if err != nil {
				return err
			}
			if used {
				d.compareTemplates(t.Slug, t.Model, have.ID, held)
				continue
			}
		}
		for _, p := range t.Ports {
			c := change.Change{
				Kind: "interface_template", Object: "interface_template:" + t.Slug + "/" + p.Name, Name: p.Name, Plan: d.plan,
				Owner: "device_type:" + t.Slug, Class: change.Absent, Action: change.Create,
				Fields: createFields(map[string]any{"name": p.Name, "type": p.Type, "device_type": d.ids.shared("device_type", t.Slug)}, nil),
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
	if err := d.selectAll(&rows, "query/interface_template_names", sql.Named("id", id)); err != nil {
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
	if err := d.selectAll(&n, "query/device_type_devices", sql.Named("id", id)); err != nil {
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
	}
}
