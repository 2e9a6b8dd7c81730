package diff

import (
	"slices"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// wanted is one owned object of the topology, its references resolved.
type wanted struct {
	kind, object, source, name string

	knownAs string         // the object id that NetBox has it under: an older one where its key was renamed
	owner   string         // object id of its parent
	id      int64          // NetBox id of what has the object id; 0 for none
	fields  map[string]any // stated and owned, as values
	initial map[string]any // stated, and set at creation
	changed bool           // a change has been found

	retagged bool // a tag of the plan is another one than diet put on it

	recalled string // the kind, where the object is to be as it was at an earlier time

	apart map[string]*change.Record // what the record is to say of fields whose value is somebody else's

	keys   map[string]string     // what fields refer to: natural keys of shared objects, object ids
	tags   map[string]change.Tag // what its tags are in NetBox, by field
	claims map[string]string     // by field, what it refers to and is yet to be adopted, or the tag to be made
}

// want is what is wanted of one object of the topology, by its place there.
func (d *differ) want(i int) *wanted {
	o := d.topo.At(i)
	w := d.begin(&o)
	w.id, w.fields = d.ids.owned(o.Kind, o.ID), d.ids.resolve(o.Fields)
	w.apart = d.apart(o.Kind, o.Apart)
	d.needTags(w)
	w.retagged = len(d.tags.another[key{w.kind, w.knownAs}]) > 0
	w.split(d.topo.Plan.Reconcile.Initial)
	return w
}

// apart is what the record of an object is to say of fields whose value is somebody else's.
func (d *differ) apart(kind string, fields map[string]generate.Applied) map[string]*change.Record {
	if len(fields) == 0 {
		return nil
	}
	values := make(map[string]any, len(fields))
	for name, a := range fields {
		values[name] = a.Value
	}
	keys := keysOf(d.topo, values)
	out := make(map[string]*change.Record, len(fields))
	for name, v := range d.ids.resolve(values) {
		_, gone := change.Pending(kind, name, v)
		out[name] = &change.Record{Base: v, Key: keys[name], Known: fields[name].Known && !gone}
	}
	return out
}

// settle is the class of a field whose value is somebody else's: where NetBox has that, only
// the record may be another.
func settle(f change.Field, class change.Class) change.Class {
	switch r := f.Record; {
	case r == nil || !value.Equal(f.Want, f.Have):
		return class
	case r.Known == f.Known && value.Equal(r.Base, f.Base):
		return ""
	}
	return change.Converged
}

// begin starts what is wanted of an object with all but its id and fields.
func (d *differ) begin(o *generate.Object) *wanted {
	w := &wanted{
		kind: o.Kind, object: o.ID, source: o.Source, name: o.Name, owner: o.Owner,
		knownAs: d.ids.knownAs(o.Kind, o.ID), keys: keysOf(d.topo, o.Fields),
	}
	if d.topo.Recalled != nil {
		w.recalled = o.Kind
	}
	return w
}

// split moves the plan's initial fields out of the owned ones.
func (w *wanted) split(initial []string) {
	w.initial = map[string]any{}
	for _, name := range initial {
		if r := w.apart[name]; r != nil && !r.Known {
			continue // it is not to be applied at all
		}
		if v, ok := w.fields[name]; ok {
			w.initial[name] = v
			delete(w.fields, name)
		}
	}
}

// sign is the signature of what is wanted. Where the record is to say something else, or has another
// tag in mind, that is looked at in any case.
func (w *wanted) sign(released map[string]any) int64 {
	sum := value.Sign(w.fields, released, w.fields, w.initial)
	if len(w.apart) > 0 || w.retagged {
		return ^sum
	}
	return sum
}

// resolve resolves references among fields, in place: to NetBox ids, or to "@" and the
// object id of what is not in NetBox yet.
func (x *index) resolve(fields map[string]any) map[string]any {
	for name, v := range fields {
		if ref, ok := v.(generate.Ref); ok {
			fields[name] = x.reference(ref)
			continue
		}
		fields[name] = value.Of(v)
	}
	return fields
}

// need notes the objects that the fields of a change refer to and that are not in NetBox, or not the
// plan's, yet.
func (w *wanted) need(c *change.Change) {
	c.Needs = append(c.Needs, needs(w.kind, c.Fields)...)
	for _, f := range c.Fields {
		ref := w.claims[f.Name]
		switch {
		case ref != "" && kinds.IsTag(f.Name):
			c.NeedFor(ref, f.Name)
		case ref != "" && !slices.Contains(c.Needs, ref):
			c.Needs = append(c.Needs, ref)
		}
	}
	slices.Sort(c.Needs)
}

// needs lists the objects that fields refer to and that are not in NetBox yet.
func needs(kind string, fields []change.Field) []string {
	var out []string
	for _, f := range fields {
		if ref, ok := change.Pending(kind, f.Name, f.Want); ok && !slices.Contains(out, ref) {
			out = append(out, ref)
		}
	}
	slices.Sort(out)
	return out
}
