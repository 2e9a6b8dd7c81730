package sqlfile

import (
	"slices"

	"github.com/diet-project/diet/mirror/kinds"
)

// data is what a template sees.
type data struct {
	Registry kinds.Registry
	Kind     model
	Field    kinds.Field

	Table   string
	Columns []string
}

// Kinds are all kinds, Owned those that diet owns.
func (d data) Kinds() []model { return models(d.Registry.All(), d.Registry) }

// Owned are the kinds that diet owns.
func (d data) Owned() []model { return models(d.Registry.Owned(), d.Registry) }

// Cable is the kind that has ends.
func (d data) Cable() model {
	all := d.Kinds()
	return all[slices.IndexFunc(all, model.HasEnds)]
}

// IsPort reports whether cables are plugged into objects of a kind.
func (d data) IsPort(m model) bool {
	return slices.ContainsFunc(d.Cable().Plugged(), func(p plug) bool { return p.To.Name == m.Name })
}

// Ports are the kinds of what cables are plugged into.
func (d data) Ports() []model {
	return slices.DeleteFunc(d.Owned(), func(m model) bool { return !d.IsPort(m) })
}

// AllParts are the kinds of the parts of devices.
func (d data) AllParts() []model {
	return slices.DeleteFunc(d.Owned(), func(m model) bool { return m.Parent == "" })
}

// Parts are those of them that cables are plugged into.
func (d data) Parts() []model {
	return slices.DeleteFunc(d.AllParts(), func(m model) bool { return !d.IsPort(m) })
}

// ObjectType is what NetBox calls a kind.
func (d data) ObjectType(kind string) string { return d.Registry.Must(kind).ObjectType }

// With is the same for some columns, as a part takes them.
func (d data) With(columns ...string) data {
	d.Columns = columns
	return d
}

// Parent is the kind that objects of the statement's kind are parts of, nil for none.
func (d data) Parent() *model {
	if parent, ok := d.Registry.Of(d.Kind.ParentKind()); ok {
		return &model{parent, d.Registry}
	}
	return nil
}

// Template is the kind of the templates that objects of the statement's kind are made from.
func (d data) Template() model { return model{d.Registry.Must(d.Kind.Templates), d.Registry} }

// Counted is the kind that the statement's kind counts as: what it stands for, or itself.
func (d data) Counted() model {
	if kind, ok := d.Registry.Of(d.Kind.Refers(d.Kind.StandsFor)); ok {
		return model{kind, d.Registry}
	}
	return d.Kind
}

// follower is a field that NetBox copies from another object.
type follower struct {
	Kind, Holder     kinds.Kind
	Field, Reference kinds.Field
}

// Followers are the fields of all kinds that NetBox copies from another object.
func (d data) Followers() []follower {
	var out []follower
	for _, k := range d.Registry.All() {
		for _, f := range k.Followers() {
			reference, _ := k.Field(f.Follows)
			out = append(out, follower{k, d.Registry.Must(reference.To), f, reference})
		}
	}
	return out
}

// sharedReference is a field of an owned kind that refers to a shared one.
type sharedReference struct {
	Kind, To kinds.Kind
	Field    kinds.Field
}

// SharedReferences are the fields of owned kinds that refer to what diet does not own.
func (d data) SharedReferences() []sharedReference {
	var out []sharedReference
	for _, k := range d.Registry.Owned() {
		for _, f := range k.Stored() {
			if to, ok := d.Registry.Of(f.To); ok && !to.IsOwned() {
				out = append(out, sharedReference{k, to, f})
			}
		}
	}
	return out
}

// model is a kind with what its statements are made of.
type model struct {
	kinds.Kind
	registry kinds.Registry
}

func models(list []kinds.Kind, registry kinds.Registry) []model {
	out := make([]model, len(list))
	for i, k := range list {
		out[i] = model{k, registry}
	}
	return out
}

// Remembered are the columns of which a change is kept.
func (m model) Remembered() []string {
	return slices.DeleteFunc(m.Columns(), func(c string) bool { return c == "last_updated" })
}

// KeyFields are the fields of the natural key, those that always have a value first.
func (m model) KeyFields() []kinds.Field {
	var always, optional []kinds.Field
	for _, name := range m.Key {
		f, _ := m.Field(name)
		if f.Required || f.Folded {
			always = append(always, f)
		} else {
			optional = append(optional, f)
		}
	}
	return append(always, optional...)
}

// KeyName is the field of the natural key that is what people call an object by.
func (m model) KeyName() kinds.Field {
	f, _ := m.Field(m.Label)
	return f
}

// KeyPlace are the fields of the natural key beside the name: what the name is unique in.
func (m model) KeyPlace() []kinds.Field {
	return slices.DeleteFunc(m.KeyFields(), func(f kinds.Field) bool { return f.Name == m.Label })
}

// KeyColumns are the columns of the index on the natural key.
func (m model) KeyColumns() []string {
	var out []string
	for _, f := range m.KeyFields() {
		if f.FoldColumn() != "" {
			out = append(out, f.FoldColumn())
		} else {
			out = append(out, f.Column())
		}
	}
	return out
}

// Indexed are the references by which the mirror looks for what would die along with
// an object, or forbid its deletion. The first column of the key has an index already.
func (m model) Indexed() []kinds.Field {
	return slices.DeleteFunc(m.Stored(), func(f kinds.Field) bool {
		target, known := m.registry.Of(f.To)
		refers := f.Type == kinds.Generic || f.Type == kinds.Reference && known && target.IsOwned()
		first := m.KeyFields()
		return !refers || len(first) > 0 && first[0].Name == f.Name
	})
}

// Known are the references to kinds that the mirror holds.
func (m model) Known() []kinds.Field {
	return slices.DeleteFunc(m.Stored(), func(f kinds.Field) bool {
		target, known := m.registry.Of(f.To)
		return f.Type != kinds.Reference || !known || target.Lazy
	})
}

// Place are the fields that other kinds copy from this one, and its own holder.
func (m model) Place() []kinds.Field {
	return slices.DeleteFunc(m.Stored(), func(f kinds.Field) bool {
		return !m.copied(f.Name) && !slices.ContainsFunc(m.Fields, func(g kinds.Field) bool { return g.Follows == f.Name })
	})
}

func (m model) copied(field string) bool {
	for _, k := range m.registry.All() {
		for _, f := range k.Followers() {
			if k.Refers(f.Follows) == m.Name && f.Name == field {
				return true
			}
		}
	}
	return false
}

// Plain lists the fields that a plan can state by name, without the further plugs of a cable,
// which most cables have none of.
func (m model) Plain() []kinds.Field {
	return slices.DeleteFunc(m.Compared(), func(f kinds.Field) bool { return f.On != "" || f.Beside != "" })
}

// plug is a field of a cable's with the kind of what is plugged in there.
type plug struct {
	kinds.Field
	To kinds.Kind
}

// Plugged are the plugs of a cable.
func (m model) Plugged() []plug {
	var out []plug
	for _, name := range m.Plugs() {
		f, _ := m.Field(name)
		out = append(out, plug{f, m.registry.Must(f.To)})
	}
	return out
}

// Aside are the ends of a cable in the place of one of its two: those for ports of other kinds.
func (m model) Aside(end string) []plug {
	return slices.DeleteFunc(m.Plugged(), func(p plug) bool { return p.Beside != end })
}

// pair is an end of each side of a cable, between which it may run.
type pair struct{ A, B plug }

// Sides are the ends for ports of other kinds, of both sides.
func (m model) Sides() []plug {
	var out []plug
	for _, end := range m.Ends() {
		out = append(out, m.Aside(end)...)
	}
	return out
}

// Pairs are the ends between which cables run: the two, and those of other kinds.
func (m model) Pairs() []pair {
	ends := m.Ends()
	if len(ends) != 2 {
		return nil
	}
	var out []pair
	for _, a := range m.Aside(ends[0]) {
		for _, b := range m.Aside(ends[1]) {
			out = append(out, pair{a, b})
		}
	}
	return out
}

// Has reports whether the kind has a field.
func (m model) Has(field string) bool {
	_, has := m.Field(field)
	return has
}

// HasEnds reports whether the kind is a cable: what it is plugged into is no column.
func (m model) HasEnds() bool {
	return len(m.Ends()) > 0
}

// Handle is the field by which rules call objects of the kind: the slug, if there is one.
func (m model) Handle() string {
	if _, ok := m.Field("slug"); ok {
		return "slug"
	}
	return m.Label
}

// seen is a field with the kind that it refers to, nil for none that the mirror holds.
type seen struct {
	Field kinds.Field
	To    *model
}

// See is what a field of the kind looks like to rules.
func (m model) See(f kinds.Field) seen {
	to, known := m.registry.Of(f.To)
	if !known || to.Lazy || f.Type != kinds.Reference {
		return seen{Field: f}
	}
	return seen{f, &model{to, m.registry}}
}
