package diff

import (
	"cmp"
	"database/sql"
	"maps"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/generate/natural"
)

// templates creates the templates of the types that the plan creates, but for those that an
// unfinished one has already. It also completes a type of diet's that has no templates and
// no devices: an earlier diet was stopped there. Other differences are findings.
func (d *differ) templates() error {
	for i := range d.topo.DeviceTypes {
		t := &d.topo.DeviceTypes[i]
		parts := t.Templates()
		if !t.Ensure || len(parts) == 0 {
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
		for _, p := range parts {
			if _, there := held[key{p.Kind, p.Name}]; !there {
				d.changes = append(d.changes, d.createPart(t, p, held))
			}
		}
		d.needForParts(t.Slug)
	}
	return nil
}

// needForParts has a type need what its parts need beside one another: it is not whole
// without them.
func (d *differ) needForParts(slug string) {
	object := "device_type:" + slug
	whole := slices.IndexFunc(d.changes, func(c change.Change) bool { return c.Object == object && c.Action == change.Create })
	if whole < 0 {
		return
	}
	for i := range d.changes {
		if d.changes[i].Owner != object {
			continue
		}
		for _, need := range d.changes[i].Needs {
			kind, _, _ := strings.Cut(need, ":")
			if needs := &d.changes[whole].Needs; need != object && !d.kinds.Must(kind).Attached && !slices.Contains(*needs, need) {
				*needs = append(*needs, need)
			}
		}
	}
}

// createPart makes a template of a type. What it refers to may be one that is there.
func (d *differ) createPart(t *generate.DeviceType, p generate.Part, held map[key]part) change.Change {
	fields := maps.Clone(p.Fields)
	fields["device_type"] = generate.Ref{Kind: "device_type", Object: t.Slug}
	for name, v := range fields {
		ref, ok := v.(generate.Ref)
		if there, held := held[key{ref.Kind, strings.TrimPrefix(ref.Object, t.Slug+"/")}]; ok && held {
			fields[name] = there.ID
		}
	}
	c := change.Change{
		Kind: p.Kind, Object: p.Kind + ":" + t.Slug + "/" + p.Name, Name: p.Name, Plan: d.plan,
		Owner: "device_type:" + t.Slug, Class: change.Absent, Action: change.Create,
		Fields: createFields(d.ids.resolve(fields), nil),
	}
	c.Needs = needs(c.Fields)
	return c
}

// part is a template that a type has.
type part struct {
	Kind string `db:"kind"`
	ID   int64  `db:"id"`
	Name string `db:"name"`
	Type string `db:"type"`
}

func byKindAndName(a, b key) int {
	return cmp.Or(cmp.Compare(change.Rank(a.kind), change.Rank(b.kind)), natural.Compare(a.object, b.object))
}

// partsOf are the templates of a type of the plan, finished or not, by kind and name.
func (d *differ) partsOf(slug string) (map[key]part, error) {
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

// parts are the templates of a type, by kind and name.
func (d *differ) parts(id int64) (map[key]part, error) {
	held := map[key]part{}
	for _, kind := range d.kinds.Parts(d.kinds.Must("device_type")) {
		var rows []part
		if err := d.selectAll(&rows, d.statements.For("query/template_names", kind), sql.Named("id", id)); err != nil {
			return nil, err
		}
		for _, r := range rows {
			held[key{kind.Name, r.Name}] = r
		}
	}
	return held, nil
}

// wantedParts are the templates of a type of the plan: their types, by kind and name.
func (d *differ) wantedParts(slug string) map[key]string {
	out := map[key]string{}
	for i := range d.topo.DeviceTypes {
		if d.topo.DeviceTypes[i].Slug != slug {
			continue
		}
		for _, p := range d.topo.DeviceTypes[i].Templates() {
			out[key{p.Kind, p.Name}], _ = p.Fields["type"].(string)
		}
	}
	return out
}

// leftBare reports whether diet made a type and nothing else: it has neither templates nor
// devices. What others made so is as they want it.
func (d *differ) leftBare(id int64, held map[key]part) (bool, error) {
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

// compareTemplates reports the plan's templates that a type in NetBox lacks or has with
// another type.
func (d *differ) compareTemplates(slug, model string, id int64, held map[key]part) {
	var fields []change.Field
	want := d.wantedParts(slug)
	for _, k := range slices.SortedFunc(maps.Keys(want), byKindAndName) {
		have, ok := held[k]
		if ok && have.Type == want[k] {
			continue
		}
		word := "port"
		if k.kind != "interface_template" {
			word = strings.TrimSuffix(d.kinds.Must(k.kind).Words(), " template")
		}
		f := change.Field{Name: word + " " + k.object, Class: change.Conflict, Want: cmp.Or(want[k], "there is one"), Stated: true}
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
