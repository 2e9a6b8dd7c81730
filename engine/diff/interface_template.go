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
	for _, t := range d.types() {
		if err := d.templatesOf(t); err != nil {
			return err
		}
	}
	return nil
}

// types are the types of devices and modules of the plan.
func (d *differ) types() []*generate.DeviceType {
	out := make([]*generate.DeviceType, 0, len(d.topo.DeviceTypes)+len(d.topo.ModuleTypes))
	for _, list := range [][]generate.DeviceType{d.topo.DeviceTypes, d.topo.ModuleTypes} {
		for i := range list {
			out = append(out, &list[i])
		}
	}
	return out
}

func (d *differ) templatesOf(t *generate.DeviceType) error {
	parts, of := t.Templates(), key{t.Kind(), t.Slug}
	if !t.Ensure || len(parts) == 0 {
		return nil
	}
	held, err := d.partsOf(of)
	if err != nil {
		return err
	}
	if have, exists := d.ids.bySlug[of]; exists {
		bare, err := d.leftBare(place{of.kind, have.id}, held)
		if err != nil {
			return err
		}
		if !bare {
			d.compareTemplates(of, t.Model, have.id, held)
			return nil
		}
	}
	for _, p := range parts {
		if _, there := held[key{p.Kind, p.Name}]; !there {
			d.changes = append(d.changes, d.createPart(t, p, held))
		}
	}
	d.needForParts(of.kind + ":" + of.object)
	return nil
}

// needForParts has a type need what its parts need beside one another: it is not whole
// without them.
func (d *differ) needForParts(object string) {
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
	fields[d.kinds.Must(p.Kind).PartOf(t.Kind())] = generate.Ref{Kind: t.Kind(), Object: t.Slug}
	for name, v := range p.Fields {
		ref, ok := v.(generate.Ref)
		if !ok || d.kinds.Must(ref.Kind).PartOf(t.Kind()) == "" {
			continue
		}
		_, beside, _ := strings.Cut(ref.Object, "/")
		ref.Object = strings.TrimPrefix(partObject(t, generate.Part{Kind: ref.Kind, Name: beside}), ref.Kind+":")
		if fields[name] = ref; held[key{ref.Kind, beside}].ID != 0 {
			fields[name] = held[key{ref.Kind, beside}].ID
		}
	}
	c := change.Change{
		Kind: p.Kind, Object: partObject(t, p), Name: p.Name, Plan: d.plan,
		Owner: t.Kind() + ":" + t.Slug, Class: change.Absent, Action: change.Create,
		Fields: createFields(d.ids.resolve(fields), nil),
	}
	c.Needs = needs(c.Kind, c.Fields)
	return c
}

// partObject is the object id of a template of a type.
func partObject(t *generate.DeviceType, p generate.Part) string {
	if t.Module {
		return p.Kind + ":" + t.Kind() + ":" + t.Slug + "/" + p.Name // a device type may be called so too
	}
	return p.Kind + ":" + t.Slug + "/" + p.Name
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
func (d *differ) partsOf(of key) (map[key]part, error) {
	if o, exists := d.ids.bySlug[of]; exists {
		return d.parts(place{of.kind, o.id})
	}
	for at, slug := range d.begun {
		if at.kind == of.kind && of.object == slug {
			return d.parts(at)
		}
	}
	return nil, nil
}

// parts are the templates of a type, by kind and name.
func (d *differ) parts(of place) (map[key]part, error) {
	held := map[key]part{}
	for _, kind := range d.kinds.Parts(d.kinds.Must(of.kind)) {
		var rows []part
		st := d.statements.For("query/template_names", kind)
		if err := d.selectAll(&rows, st, sql.Named("id", of.id), sql.Named("of", of.kind)); err != nil {
			return nil, err
		}
		for _, r := range rows {
			held[key{kind.Name, r.Name}] = r
		}
	}
	return held, nil
}

// wantedParts are the templates of a type of the plan: their types, by kind and name.
func (d *differ) wantedParts(of key) map[key]string {
	out := map[key]string{}
	for _, t := range d.types() {
		if t.Kind() != of.kind || t.Slug != of.object {
			continue
		}
		for _, p := range t.Templates() {
			out[key{p.Kind, p.Name}], _ = p.Fields["type"].(string)
		}
	}
	return out
}

// leftBare reports whether diet made a type and nothing else: it has no templates, and nothing is of
// it. What others made so is as they want it.
func (d *differ) leftBare(at place, held map[key]part) (bool, error) {
	if len(held) > 0 {
		return false, nil
	}
	if used, err := d.typeInUse(at); err != nil || used {
		return false, err
	}
	return d.madeByDiet(at)
}

func (d *differ) typeInUse(at place) (bool, error) {
	for _, r := range d.kinds.Referrers(d.kinds.Must(at.kind)) {
		var n []int
		if !r.Field.Defining {
			continue
		}
		if err := d.selectAll(&n, d.statements.ForField("query/type_users", r.Kind, r.Field), sql.Named("id", at.id)); err != nil {
			return false, err
		}
		if n[0] > 0 {
			return true, nil
		}
	}
	return false, nil
}

// compareTemplates reports the plan's templates that a type in NetBox lacks or has with
// another type.
func (d *differ) compareTemplates(of key, model string, id int64, held map[key]part) {
	var fields []change.Field
	want := d.wantedParts(of)
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
			Kind: of.kind, Object: of.kind + ":" + of.object, Name: model, NetBoxID: id, Plan: d.plan,
			Class: change.Finding, Action: change.None, Fields: fields,
		})
		d.warnOfDifference(of.kind, of.object, fields)
	}
}
