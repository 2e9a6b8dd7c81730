package model

import (
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/diet-project/diet/mirror/sandbox/table"
)

// customFields are those of an object that are objects themselves.
var customFields = &table.Kind{Accept: acceptCustom, Write: writeCustoms}

// customSet keeps the custom fields of a store ready for use.
type customSet struct {
	state   *table.Store
	byType  map[string][]*definition
	defined int64 // the version of the tables that it was made of
}

// customsOf is the set of a store.
func customsOf(s *table.Store) *customSet {
	set, _ := s.Customs.(*customSet)
	return set
}

// definition is a custom field made ready for use.
type definition struct {
	r        *table.Record
	name     string
	kind     string
	required bool
	unique   bool
	def      any
	logic    string
	regex    *regexp.Regexp
	choices  table.Dict
	setName  string
	target   *table.Model
}

func define(s *table.Store, r *table.Record) *definition {
	d := &definition{
		r: r, name: r.Text("name"), kind: r.Text("type"), required: r.Flag("required"), unique: r.Flag("unique"),
		def: r.Get("default"), logic: r.Text("filter_logic"), target: s.ByType[r.Text("related_object_type")],
	}
	if set := s.To(r, "choice_set"); set != nil {
		d.choices, d.setName = choiceValues(set), set.Text("name")
	}
	if form := r.Text("validation_regex"); form != "" {
		d.regex, _ = regexp.Compile("^(?:" + form + ")")
	}
	return d
}

// Of lists the custom fields of a model, in their order of display.
func (c *customSet) Of(m *table.Model) []*definition {
	c.Refresh(c.state)
	return c.byType[m.ObjectType()]
}

// Refresh makes the custom fields ready after a change. It is called before
// the lock is given up, so that readers never have to.
func (c *customSet) Refresh(s *table.Store) {
	tab := s.Tables["custom-fields"]
	version := tab.Version + s.Tables["custom-field-choice-sets"].Version
	if c.byType != nil && c.defined == version {
		return
	}
	c.state, c.defined, c.byType = s, version, map[string][]*definition{}
	all := s.All("custom-fields", tab.IDs)
	slices.SortFunc(all, byGroup)
	for _, r := range all {
		d := define(s, r)
		types, _ := r.Get("object_types").([]string)
		for _, name := range types {
			c.byType[name] = append(c.byType[name], d)
		}
	}
}

func (c *customSet) Another() table.Customs { return &customSet{} }

func (c *customSet) Names(m *table.Model) []string {
	var names []string
	for _, d := range c.Of(m) {
		names = append(names, d.name)
	}
	return names
}

func writeCustoms(e *table.Encoder, r *table.Record, _ *table.Field) {
	e.Bytes = append(e.Bytes, '{')
	for i, d := range customsOf(e.Store).Of(r.Model) {
		if i > 0 {
			e.Bytes = append(e.Bytes, ',')
		}
		e.Bytes = table.AppendString(e.Bytes, d.name)
		e.Bytes = append(e.Bytes, ':')
		custom(e, d, r.Custom[d.name])
	}
	e.Bytes = append(e.Bytes, '}')
}

// custom writes a custom field's value; objects are embedded, and from 4.7 on
// a selection carries its label.
func custom(e *table.Encoder, d *definition, v any) {
	switch {
	case v == nil:
		e.Raw("null")
	case d.kind == "select" && e.Store.Rel.SelectionsLabelled:
		label, _ := d.choices.Get(table.Plain(v))
		e.Value(table.Dict{{"value", v}, {"label", label}})
	case d.kind == "object" && d.target != nil:
		id, _ := v.(int64)
		if o := e.Store.Find(d.target.Kind, id); o != nil {
			e.Embed(o, nil)
			return
		}
		e.Raw("null")
	case d.kind == "multiobject" && d.target != nil:
		customObjects(e, d, v)
	default:
		e.Value(v)
	}
}

func customObjects(e *table.Encoder, d *definition, v any) {
	list, _ := v.([]any)
	var ids []int64
	for _, x := range list {
		if id, ok := x.(int64); ok {
			ids = append(ids, id)
		}
	}
	e.Each(e.Store.All(d.target.Kind, ids), func(o *table.Record) { e.Embed(o, nil) })
}

// Defaults are the values of a new object that names none.
func (c *customSet) Defaults(m *table.Model) map[string]any {
	values := map[string]any{}
	for _, d := range c.Of(m) {
		values[d.name] = d.def
	}
	return values
}

// Fill adds the defaults of fields that an object does not have yet.
func (c *customSet) Fill(m *table.Model, values map[string]any) map[string]any {
	if !m.Custom {
		return nil
	}
	full := values
	for _, d := range c.Of(m) {
		if _, there := full[d.name]; !there && d.def != nil {
			if len(full) == len(values) {
				full = cloned(values)
			}
			full[d.name] = d.def
		}
	}
	if full == nil {
		full = map[string]any{}
	}
	return full
}

func cloned(m map[string]any) map[string]any {
	c := make(map[string]any, len(m)+1)
	maps.Copy(c, m)
	return c
}

// acceptCustom merges the custom fields of a body into those that are there.
func acceptCustom(t *table.Tx, d *table.Draft, _ *table.Field, v any, old *table.Record) {
	in, ok := v.(map[string]any)
	if !ok {
		msg := "Invalid data format. Custom field data must be passed as a dictionary mapping field names to their values."
		if v == nil {
			msg = "This field may not be null."
		}
		d.Faults.Add("custom_fields", "%s", msg)
		return
	}
	defs := map[string]*definition{}
	for _, def := range customsOf(t.Store).Of(d.Record.Model) {
		defs[def.name] = def
	}
	values := map[string]any{}
	if old != nil {
		values = cloned(old.Custom)
	}
	unknown := table.Dict{}
	for _, p := range table.SortedDict(in) {
		def := defs[p.Key()]
		if def == nil {
			unknown = append(unknown, table.Pair{p.Key(), fmt.Sprintf("Custom field '%s' does not exist for this object type.", p.Key())})
			continue
		}
		values[p.Key()] = customInput(t, d, def, p.Value())
	}
	reportUnknown(t, d, unknown)
	d.Record.Custom = values
}

// reportUnknown differs from release to release.
func reportUnknown(t *table.Tx, d *table.Draft, unknown table.Dict) {
	switch {
	case len(unknown) == 0 || t.Rel.CustomUnknownIgnored:
	case t.Rel.CustomUnknownByObject:
		d.Faults.Add(table.ObjectFault, "Unknown field name '%s' in custom field data.", unknown[0].Key())
	default:
		d.Faults.Put("custom_fields", unknown)
	}
}

// customInput turns references to objects into their numbers.
func customInput(t *table.Tx, d *table.Draft, def *definition, v any) any {
	if v == nil || v == "" || def.target == nil || def.kind != "object" && def.kind != "multiobject" {
		return v
	}
	f := &table.Field{Target: def.target.Kind}
	list, many := v.([]any)
	if !many {
		list = []any{v}
	}
	ids := []any{}
	for _, x := range list {
		id, msg := table.ReadReference(t, f, x)
		if msg != "" {
			d.Faults.Add("custom_fields", "Unknown related object(s): %s", table.PythonText(v))
			return nil
		}
		ids = append(ids, id)
	}
	if many || len(ids) == 0 {
		return ids
	}
	return ids[0]
}

// Check validates all custom fields of a draft, those of others too.
func (c *customSet) Check(t *table.Tx, d *table.Draft) {
	m := d.Record.Model
	if !m.Custom {
		return
	}
	for _, def := range c.Of(m) {
		v, there := d.Record.Custom[def.name]
		switch {
		case !there && def.required:
			d.Faults.Add(table.ObjectFault, "Missing required custom field '%s'.", def.name)
		case !there:
			continue
		default:
			checkCustomValue(t, d, def, v)
		}
		if d.Faults.Any() {
			return
		}
	}
}

func checkCustomValue(t *table.Tx, d *table.Draft, def *definition, v any) {
	if msg := def.wrong(v); msg != "" {
		d.Faults.Add(table.ObjectFault, "Invalid value for custom field '%s': %s", def.name, msg)
		return
	}
	if !def.unique || v == nil || v == "" {
		return
	}
	tab := t.Tables[d.Record.Model.Kind]
	for _, id := range tab.IDs {
		if id != d.Record.ID && table.Equal(tab.Rows[id].Custom[def.name], v) {
			d.Faults.Add(table.ObjectFault, "Custom field '%s' must have a unique value.", def.name)
			return
		}
	}
}
