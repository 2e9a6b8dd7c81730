package diff

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// loadShared creates missing shared objects, and reports those that differ and those
// that must exist but do not.
func (d *differ) loadShared() error {
	var made []change.Change
	for _, w := range d.topo.Shared() {
		have, ok := d.ids.bySlug[key{w.Kind, w.Slug}]
		switch {
		case d.ids.ambiguous(key{w.Kind, w.Slug}):
			d.warnOfTwins(w)
		case !ok && !w.Ensure && !d.isNeeded(w):
			// what refers to it is there, and says so where it differs
		case !ok && !w.Ensure:
			d.miss(w)
		case !ok:
			c := d.createShared(w)
			if d.nameTaken(&c, made) {
				continue
			}
			made = append(made, c)
			if err := d.resume(&c, w); err != nil {
				return err
			}
			d.changes = append(d.changes, c)
		default:
			d.findShared(w, have)
		}
	}
	if err := d.clearUnfinished(); err != nil {
		return err
	}
	return d.templates()
}

// isNeeded reports whether anything that may be written refers to a shared object: one of an owned
// kind, or what is yet to be made.
func (d *differ) isNeeded(w generate.Shared) bool {
	for _, kind := range d.kinds.Owned() {
		if slices.ContainsFunc(kind.Fields, func(f kinds.Field) bool { return f.To == w.Kind }) {
			return true
		}
	}
	return slices.ContainsFunc(d.topo.Shared(), func(other generate.Shared) bool {
		_, there := d.ids.bySlug[key{other.Kind, other.Slug}]
		return !there && slices.Contains(slices.Collect(maps.Values(other.Fields)), any(generate.Ref{Kind: w.Kind, Object: w.Slug}))
	})
}

// miss reports a shared object that the plan names without a body and that is not in
// NetBox: everything that refers to it is held.
func (d *differ) miss(w generate.Shared) {
	object := w.Kind + ":" + w.Slug
	if slices.ContainsFunc(d.findings, func(n change.Notice) bool { return slices.Contains(n.Objects, object) }) {
		return
	}
	k, or := d.kinds.Must(w.Kind), ""
	if k.Role == kinds.Shared {
		or = ", or give it a body in the plan's spec.catalog"
	}
	d.findings = append(d.findings, change.Notice{
		ID: "missing-reference", Severity: change.Error, Objects: []string{object},
		Message: fmt.Sprintf("%s %q is not in NetBox: create it there%s; check its spelling", k.Words(), w.Slug, or),
	})
}

// warnOfTwins reports that several shared objects have the slug that the plan names, as where
// two makers have a type of one slug: nothing is written with either.
func (d *differ) warnOfTwins(w generate.Shared) {
	ids := d.ids.fitting[key{w.Kind, w.Slug}]
	d.findings = append(d.findings, change.Notice{
		ID: "shared-ambiguous", Severity: change.Error, Objects: []string{w.Kind + ":" + w.Slug},
		Message: fmt.Sprintf("NetBox has %d %ss with the slug %q (ids %s), and the plan may mean any of them: give the others another slug%s",
			len(ids), d.kinds.Must(w.Kind).Words(), w.Slug, strings.Trim(fmt.Sprint(ids), "[]"), d.narrower(w)),
	})
}

// narrower says how the plan can tell objects with one slug apart.
func (d *differ) narrower(w generate.Shared) string {
	if field, _ := d.topo.Place(w.Kind, w.Slug); field != "" || len(d.kinds.Must(w.Kind).Key) < 2 {
		return ""
	}
	return fmt.Sprintf(", or state its %s in spec.catalog", d.kinds.Must(w.Kind).Key[0])
}

// createShared is the change that creates a shared object.
func (d *differ) createShared(w generate.Shared) change.Change {
	c := change.Change{
		Kind: w.Kind, Object: w.Kind + ":" + w.Slug, Name: w.Name, Plan: d.plan,
		Class: change.Absent, Action: change.Create,
		Fields: createFields(d.ids.resolve(w.Fields), nil),
	}
	c.Needs = needs(c.Kind, c.Fields)
	return c
}

// nameTaken reports, as a finding too, that a shared object cannot be made, since another one has
// its name where NetBox takes one only once: what refers to it is held.
func (d *differ) nameTaken(c *change.Change, made []change.Change) bool {
	kind := d.kinds.Must(c.Kind)
	if kind.CalledBy() == kind.Label {
		return false // it would be the other one
	}
	fields := wants(c)
	same := func(other map[string]any) bool {
		return !slices.ContainsFunc(kind.Key, func(part string) bool {
			if part == kind.CalledBy() {
				part = kind.Label
			}
			return !value.Equal(fields[part], other[part])
		})
	}
	holder, where := "", "NetBox has"
	for at, o := range d.ids.shared {
		if at.kind == c.Kind && same(o.doc) {
			holder, _ = o.doc[kind.CalledBy()].(string)
		}
	}
	for i := range made {
		if other := &made[i]; holder == "" && other.Kind == c.Kind && same(wants(other)) {
			holder, where = strings.TrimPrefix(other.Object, c.Kind+":"), "the plan makes"
		}
	}
	if holder == "" {
		return false
	}
	d.findings = append(d.findings, change.Notice{
		ID: "shared-name-taken", Severity: change.Error, Objects: []string{c.Object},
		Message: fmt.Sprintf("%s %q cannot be made: %s one with the %s %q, which is called %q, and NetBox takes that once; "+
			"state another %[4]s in the plan, or name %[6]q there",
			kind.Words(), strings.TrimPrefix(c.Object, c.Kind+":"), where, kind.Label, c.Name, holder),
	})
	return true
}

// wants are the fields that a change wants.
func wants(c *change.Change) map[string]any {
	out := make(map[string]any, len(c.Fields))
	for _, f := range c.Fields {
		out[f.Name] = f.Want
	}
	return out
}

// findShared reports how a shared object differs from the plan. It is never changed:
// others use it too.
func (d *differ) findShared(w generate.Shared, have sharedObject) {
	var fields []change.Field
	for _, name := range w.Compare {
		want := value.Of(w.Fields[name])
		if ref, ok := want.(generate.Ref); ok {
			want = d.ids.reference(ref)
		}
		if !value.Equal(want, have.doc[name]) {
			fields = append(fields, change.Field{Name: name, Class: change.Conflict, Want: want, Have: have.doc[name], Stated: true})
		}
	}
	if fields != nil {
		d.changes = append(d.changes, change.Change{
			Kind: w.Kind, Object: w.Kind + ":" + w.Slug, Name: w.Name, NetBoxID: have.id, Plan: d.plan,
			Class: change.Finding, Action: change.None, Fields: fields,
		})
		d.warnOfDifference(w.Kind, w.Slug, fields)
	}
}

// warnOfDifference says how a shared object differs from the plan.
func (d *differ) warnOfDifference(kind, slug string, fields []change.Field) {
	parts := make([]string, len(fields))
	for i, f := range fields {
		parts[i] = fmt.Sprintf("%s is %v, the plan says %v", f.Name, d.called(kind, f.Name, f.Have), d.called(kind, f.Name, f.Want))
	}
	d.findings = append(d.findings, change.Notice{
		ID: "shared-differs", Severity: change.Warning, Objects: []string{kind + ":" + slug},
		Message: fmt.Sprintf("%s %q is not as the plan says, and diet changes no shared object: %s",
			d.kinds.Must(kind).Words(), slug, strings.Join(parts, "; ")),
	})
}

// called is a value as people read it: a reference by its slug, or by the name of what is yet to be made.
func (d *differ) called(kind, field string, v any) any {
	if id, ok := value.ID(v); ok {
		to := change.Refers(kind, field)
		if o, ok := d.ids.shared[place{to, id}]; ok {
			return o.doc[d.kinds.Must(to).CalledBy()]
		}
	}
	if v == nil {
		return "nothing"
	}
	if object, pending := change.Pending(kind, field, v); pending { // it is made by this plan, or nowhere yet
		for _, w := range d.topo.Shared() {
			if w.Kind+":"+w.Slug == object {
				return w.Name
			}
		}
		_, slug, _ := strings.Cut(object, ":")
		return slug
	}
	return v
}
