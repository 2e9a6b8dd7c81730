package model

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/diet-project/diet/mirror/sandbox/table"
)

var customNouns = []noun{
	{
		at: "extras/custom-fields", order: byGroup, title: customTitle, unique: rules{alone("name")},
		clean: cleanCustomField, created: createdCustomField, updated: updatedCustomField, removed: removedCustomField,
		filters: map[string]table.Filter{
			"object_types": byObjectTypes, "object_type": byObjectTypes, "related_object_type_id": ignored,
		},
		fields: fields{
			"object_types": objectTypes, "related_object_type": objectType, "data_type": calc(dataType), "search_weight": def(int64(1000)),
			"filter_logic": def("loose"), "ui_visible": def("always"), "ui_editable": def("yes"), "nulls_first": def(true),
			"default": objectJSON, "related_object_filter": objectJSON, "weight": def(int64(100)),
			"validation_minimum": both(is(table.Decimal), unbounded),
			"validation_maximum": both(is(table.Decimal), unbounded), "validation_schema": objectJSON,
			"choice_set": to("custom-field-choice-sets", protect), "status": both(fixed(`{"value":"active","label":"Active"}`), logs("active")),
		},
	},
	{
		at: "extras/custom-field-choice-sets", order: table.ByName, unique: rules{alone("name")},
		fields: fields{
			"base_choices": unkeptNull, "extra_choices": both(is(table.JSON), option(func(f *table.Field) { f.Null, f.Required = true, false })),
			"choice_colors": unkeptEmpty, "choices_count": calc(func(e *table.Encoder, r *table.Record) { e.Value(len(choiceValues(r))) }),
		},
	},
}

// unbounded lets a number be any.
var unbounded = option(func(f *table.Field) { f.Bounded = false })

// choiceValues are the values of a choice set with their labels.
func choiceValues(r *table.Record) table.Dict {
	var d table.Dict
	list, _ := r.Get("extra_choices").([]any)
	for _, x := range list {
		if both, ok := x.([]any); ok && len(both) == 2 {
			d = append(d, table.Pair{table.Plain(both[0]), table.Plain(both[1])})
		}
	}
	return d
}

func byGroup(a, b *table.Record) int {
	return cmp.Or(cmp.Compare(a.Text("group_name"), b.Text("group_name")),
		cmp.Compare(a.Ref("weight"), b.Ref("weight")), cmp.Compare(a.Text("name"), b.Text("name")))
}

func customTitle(_ *table.Store, r *table.Record) string {
	if l := r.Text("label"); l != "" {
		return l
	}
	return table.Capital(strings.ReplaceAll(r.Text("name"), "_", " "))
}

func dataType(e *table.Encoder, r *table.Record) {
	kinds := map[string]string{
		"integer": "integer", "decimal": "decimal", "boolean": "boolean", "json": "object",
		"object": "object", "multiselect": "array", "multiobject": "array",
	}
	e.Value(cmp.Or(kinds[r.Text("type")], "string"))
}

var customName = regexp.MustCompile(`^[a-zA-Z0-9_]+$`)

func cleanCustomField(t *table.Tx, old *table.Record, d *table.Draft) {
	r := d.Record
	kind, name := r.Text("type"), r.Text("name")
	selecting := kind == "select" || kind == "multiselect"
	pointing := kind == "object" || kind == "multiobject"
	numeric := kind == "integer" || kind == "decimal"
	switch {
	case !customName.MatchString(name):
		d.Faults.Add("name", "Only alphanumeric characters and underscores are allowed.")
	case strings.Contains(name, "__"):
		d.Faults.Add("name", "Double underscores are not permitted in custom field names.")
	case old != nil && old.Text("type") != kind:
		d.Faults.Add("type", "Changing the type of custom fields is not supported.")
	case !numeric && r.Get("validation_minimum") != nil:
		d.Faults.Add("validation_minimum", "A minimum value may be set only for numeric fields")
	case !numeric && r.Get("validation_maximum") != nil:
		d.Faults.Add("validation_maximum", "A maximum value may be set only for numeric fields")
	case kind == "boolean" && r.Flag("unique"):
		d.Faults.Add("unique", "Uniqueness cannot be enforced for boolean fields")
	case selecting && r.Get("choice_set") == nil:
		d.Faults.Add("choice_set", "Selection fields must specify a set of choices.")
	case !selecting && r.Get("choice_set") != nil:
		d.Faults.Add("choice_set", "Choices may be set only on selection fields.")
	case pointing && r.Text("related_object_type") == "":
		d.Faults.Add("related_object_type", "Object fields must define an object type.")
	case !pointing && r.Text("related_object_type") != "":
		d.Faults.Add("type", "%s fields may not define an object type.", r.Model.ByName["type"].Labels[kind])
	default:
		cleanDefault(t, d)
	}
}

func cleanDefault(t *table.Tx, d *table.Draft) {
	v := d.Record.Get("default")
	if v == nil {
		return
	}
	def := define(t.Store, d.Record)
	def.required = false
	if msg := def.wrong(v); msg != "" {
		d.Faults.Add("default", "Invalid default value %q: %s", table.Plain(v), msg)
	}
}

// createdCustomField writes the default to all objects at once: neither
// logged nor dated.
func createdCustomField(t *table.Tx, r *table.Record, _ *table.Draft) {
	types, _ := r.Get("object_types").([]string)
	for _, name := range types {
		spread(t, name, r)
	}
}

// spread gives the objects of a type the field's default.
func spread(t *table.Tx, objectType string, r *table.Record) {
	def := r.Get("default")
	if def == nil && !t.Rel.CustomDefaultsNull {
		return
	}
	rewrite(t, objectType, func(values map[string]any) { values[r.Text("name")] = def })
}

// rewrite alters the custom fields of all objects of a type.
func rewrite(t *table.Tx, objectType string, alter func(map[string]any)) {
	m := t.ByType[objectType]
	if m == nil || !m.Custom {
		return
	}
	for _, id := range slices.Clone(t.Tables[m.Kind].IDs) {
		t.Slip(t.Find(m.Kind, id), func(c *table.Record) {
			c.Custom = cloned(c.Custom)
			alter(c.Custom)
		})
	}
}

// updatedCustomField renames the values, gives the field to new object types
// and erases the data of those it is taken from.
func updatedCustomField(t *table.Tx, old, r *table.Record, _ *table.Draft) {
	was, is := old.Text("name"), r.Text("name")
	before, _ := old.Get("object_types").([]string)
	after, _ := r.Get("object_types").([]string)
	for _, name := range before {
		switch {
		case !slices.Contains(after, name):
			rewrite(t, name, func(v map[string]any) { delete(v, was) })
		case was != is:
			rewrite(t, name, func(v map[string]any) {
				if x, there := v[was]; there {
					v[is] = x
					delete(v, was)
				}
			})
		}
	}
	for _, name := range after {
		if !slices.Contains(before, name) {
			spread(t, name, r)
		}
	}
}

// removedCustomField erases the data.
func removedCustomField(t *table.Tx, r *table.Record) {
	types, _ := r.Get("object_types").([]string)
	for _, name := range types {
		rewrite(t, name, func(v map[string]any) { delete(v, r.Text("name")) })
	}
}
