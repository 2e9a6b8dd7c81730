package sandbox

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

func customFieldModel() *model {
	return &model{
		kind: "custom-fields", app: "extras", name: "customfield", label: "custom field", plural: "custom fields",
		brief: []string{"id", "url", "display", "name", "description"}, order: byGroup, title: customTitle,
		unique: []constraint{uniqueField("extras_customfield", "name")},
		clean:  cleanCustomField, created: createdCustomField, updated: updatedCustomField, removed: removedCustomField,
		extra:  map[string]filterFunc{"object_types": typesFilter("object_types"), "object_type": typesFilter("object_types"), "related_object_type_id": ignored},
		fields: customFieldFields(),
	}
}

func customFieldFields() []*field {
	return together(head(true), typed("object_types", typeNames, required), choiceField("type", customFieldTypes, required),
		typed("related_object_type", typeName, nullable), computedField("data_type", dataType),
		textField("name", required, maxLen(50), indexed), textField("label", maxLen(50)), textField("group_name", maxLen(50)),
		description(), boolField("required", false), boolField("unique", false, labelled("must be unique")),
		typed("search_weight", integer, defaults(int64(1000)), between(0, 32767)),
		choiceField("filter_logic", customFieldFilterLogics, defaults("loose")),
		choiceField("ui_visible", customFieldUIVisibles, defaults("always")),
		choiceField("ui_editable", customFieldUIEditables, defaults("yes")),
		boolField("is_cloneable", false), boolField("nulls_first", true, since(7)),
		typed("default", jsonValue, nullable), typed("related_object_filter", jsonValue, nullable),
		typed("weight", integer, defaults(int64(100)), between(0, 32767)),
		typed("validation_minimum", decimal, nullable), typed("validation_maximum", decimal, nullable),
		textField("validation_regex", maxLen(500)), typed("validation_schema", jsonValue, nullable, since(6)),
		refField("choice_set", "custom-field-choice-sets", deleting(protect)), owner(), comments(), dates())
}

func choiceSetModel() *model {
	return &model{
		kind: "custom-field-choice-sets", app: "extras", name: "customfieldchoiceset",
		label: "custom field choice set", plural: "custom field choice sets", order: byName,
		brief:  []string{"id", "url", "display", "name", "description", "choices_count"},
		unique: []constraint{uniqueField("extras_customfieldchoiceset", "name")},
		fields: together(head(true), nameField(), description(), apart("base_choices", "null"),
			typed("extra_choices", jsonValue), apart("choice_colors", "{}", since(6)), boolField("order_alphabetically", false),
			computedField("choices_count", func(e *encoder, r *record) { e.value(len(choiceValues(r))) }), owner(), dates()),
	}
}

// choiceValues are the values of a choice set with their labels.
func choiceValues(r *record) dict {
	var d dict
	list, _ := r.get("extra_choices").([]any)
	for _, x := range list {
		if both, ok := x.([]any); ok && len(both) == 2 {
			d = append(d, pair{plain(both[0]), plain(both[1])})
		}
	}
	return d
}

func byGroup(a, b *record) int {
	return cmp.Or(cmp.Compare(a.text("group_name"), b.text("group_name")),
		cmp.Compare(a.ref("weight"), b.ref("weight")), cmp.Compare(a.text("name"), b.text("name")))
}

func customTitle(_ *state, r *record) string {
	if l := r.text("label"); l != "" {
		return l
	}
	return capital(strings.ReplaceAll(r.text("name"), "_", " "))
}

func dataType(e *encoder, r *record) {
	kinds := map[string]string{
		"integer": "integer", "decimal": "decimal", "boolean": "boolean", "json": "object",
		"object": "object", "multiselect": "array", "multiobject": "array",
	}
	e.value(cmp.Or(kinds[r.text("type")], "string"))
}

var customName = regexp.MustCompile(`^[a-zA-Z0-9_]+$`)

func cleanCustomField(t *tx, old *record, d *draft) {
	r := d.r
	kind, name := r.text("type"), r.text("name")
	selecting := kind == "select" || kind == "multiselect"
	pointing := kind == "object" || kind == "multiobject"
	numeric := kind == "integer" || kind == "decimal"
	switch {
	case !customName.MatchString(name):
		d.faults.add("name", "Only alphanumeric characters and underscores are allowed.")
	case strings.Contains(name, "__"):
		d.faults.add("name", "Double underscores are not permitted in custom field names.")
	case old != nil && old.text("type") != kind:
		d.faults.add("type", "Changing the type of custom fields is not supported.")
	case !numeric && r.get("validation_minimum") != nil:
		d.faults.add("validation_minimum", "A minimum value may be set only for numeric fields")
	case !numeric && r.get("validation_maximum") != nil:
		d.faults.add("validation_maximum", "A maximum value may be set only for numeric fields")
	case kind == "boolean" && r.flag("unique"):
		d.faults.add("unique", "Uniqueness cannot be enforced for boolean fields")
	case selecting && r.get("choice_set") == nil:
		d.faults.add("choice_set", "Selection fields must specify a set of choices.")
	case !selecting && r.get("choice_set") != nil:
		d.faults.add("choice_set", "Choices may be set only on selection fields.")
	case pointing && r.text("related_object_type") == "":
		d.faults.add("related_object_type", "Object fields must define an object type.")
	case !pointing && r.text("related_object_type") != "":
		d.faults.add("type", "%s fields may not define an object type.", r.model.byName["type"].labels[kind])
	default:
		t.cleanDefault(d)
	}
}

func (t *tx) cleanDefault(d *draft) {
	v := d.r.get("default")
	if v == nil {
		return
	}
	def := t.define(d.r)
	def.required = false
	if msg := def.wrong(v); msg != "" {
		d.faults.add("default", "Invalid default value %q: %s", plain(v), msg)
	}
}

// definition is a custom field made ready for use.
type definition struct {
	r        *record
	name     string
	kind     string
	required bool
	unique   bool
	def      any
	logic    string
	regex    *regexp.Regexp
	choices  dict
	setName  string
	target   *model
}

func (s *state) define(r *record) *definition {
	d := &definition{
		r: r, name: r.text("name"), kind: r.text("type"), required: r.flag("required"), unique: r.flag("unique"),
		def: r.get("default"), logic: r.text("filter_logic"), target: s.byType[r.text("related_object_type")],
	}
	if set := s.to(r, "choice_set"); set != nil {
		d.choices, d.setName = choiceValues(set), set.text("name")
	}
	if form := r.text("validation_regex"); form != "" {
		d.regex, _ = regexp.Compile("^(?:" + form + ")")
	}
	return d
}

// customs lists the custom fields of a model, in their order of display.
func (s *state) customs(m *model) []*definition {
	s.refresh()
	return s.definitions[m.objectType()]
}

// refresh makes the custom fields ready after a change. It is called before
// the lock is given up, so that readers never have to.
func (s *state) refresh() {
	tab := s.tables["custom-fields"]
	version := tab.version + s.tables["custom-field-choice-sets"].version
	if s.definedAt != version {
		s.defineAll(tab)
		s.definedAt = version
	}
}

func (s *state) defineAll(tab *table) {
	all := s.all("custom-fields", tab.ids)
	slices.SortFunc(all, byGroup)
	s.definitions = map[string][]*definition{}
	for _, r := range all {
		d := s.define(r)
		types, _ := r.get("object_types").([]string)
		for _, name := range types {
			s.definitions[name] = append(s.definitions[name], d)
		}
	}
}

func (e *encoder) customFields(r *record) {
	e.b = append(e.b, '{')
	for i, d := range e.s.customs(r.model) {
		if i > 0 {
			e.b = append(e.b, ',')
		}
		e.b = appendString(e.b, d.name)
		e.b = append(e.b, ':')
		e.custom(d, r.custom[d.name])
	}
	e.b = append(e.b, '}')
}

// custom writes a custom field's value; objects are embedded, and from 4.7 on
// a selection carries its label.
func (e *encoder) custom(d *definition, v any) {
	switch {
	case v == nil:
		e.raw("null")
	case d.kind == "select" && e.s.rel.minor >= 7:
		label, _ := d.choices.get(plain(v))
		e.value(dict{{"value", v}, {"label", label}})
	case d.kind == "object" && d.target != nil:
		id, _ := v.(int64)
		if o := e.s.find(d.target.kind, id); o != nil {
			e.embed(o, nil)
			return
		}
		e.raw("null")
	case d.kind == "multiobject" && d.target != nil:
		e.customObjects(d, v)
	default:
		e.value(v)
	}
}

func (e *encoder) customObjects(d *definition, v any) {
	list, _ := v.([]any)
	var ids []int64
	for _, x := range list {
		if id, ok := x.(int64); ok {
			ids = append(ids, id)
		}
	}
	e.each(e.s.all(d.target.kind, ids), func(o *record) { e.embed(o, nil) })
}

// customDefaults are the values of a new object that names none.
func (s *state) customDefaults(m *model) map[string]any {
	values := map[string]any{}
	for _, d := range s.customs(m) {
		values[d.name] = d.def
	}
	return values
}

// fillCustom adds the defaults of fields that an object does not have yet.
func (s *state) fillCustom(m *model, values map[string]any) map[string]any {
	if !m.custom {
		return nil
	}
	full := values
	for _, d := range s.customs(m) {
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
	for k, v := range m {
		c[k] = v
	}
	return c
}

// acceptCustom merges the custom fields of a body into those that are there.
func (t *tx) acceptCustom(d *draft, v any, old *record) {
	in, ok := v.(map[string]any)
	if !ok {
		msg := "Invalid data format. Custom field data must be passed as a dictionary mapping field names to their values."
		if v == nil {
			msg = "This field may not be null."
		}
		d.faults.add("custom_fields", "%s", msg)
		return
	}
	defs := map[string]*definition{}
	for _, def := range t.customs(d.r.model) {
		defs[def.name] = def
	}
	values := map[string]any{}
	if old != nil {
		values = cloned(old.custom)
	}
	unknown := dict{}
	for _, p := range sortedDict(in) {
		def := defs[p.key]
		if def == nil {
			unknown = append(unknown, pair{p.key, fmt.Sprintf("Custom field '%s' does not exist for this object type.", p.key)})
			continue
		}
		values[p.key] = t.customInput(d, def, p.value)
	}
	t.reportUnknown(d, unknown)
	d.r.custom = values
}

// reportUnknown differs from release to release.
func (t *tx) reportUnknown(d *draft, unknown dict) {
	switch {
	case len(unknown) == 0 || t.rel.minor == 3 || t.rel.minor == 4:
	case t.rel.minor <= 2:
		d.faults.add(objectFault, "Unknown field name '%s' in custom field data.", unknown[0].key)
	default:
		d.faults.put("custom_fields", unknown)
	}
}

// customInput turns references to objects into their numbers.
func (t *tx) customInput(d *draft, def *definition, v any) any {
	if v == nil || v == "" || def.target == nil || def.kind != "object" && def.kind != "multiobject" {
		return v
	}
	f := &field{target: def.target.kind}
	list, many := v.([]any)
	if !many {
		list = []any{v}
	}
	ids := []any{}
	for _, x := range list {
		id, msg := t.readReference(f, x)
		if msg != "" {
			d.faults.add("custom_fields", "Unknown related object(s): %s", pythonText(v))
			return nil
		}
		ids = append(ids, id)
	}
	if many || len(ids) == 0 {
		return ids
	}
	return ids[0]
}

// checkCustom validates all custom fields of a draft, those of others too.
func (t *tx) checkCustom(d *draft) {
	m := d.r.model
	if !m.custom {
		return
	}
	for _, def := range t.customs(m) {
		v, there := d.r.custom[def.name]
		switch {
		case !there && def.required:
			d.faults.add(objectFault, "Missing required custom field '%s'.", def.name)
		case !there:
			continue
		default:
			t.checkCustomValue(d, def, v)
		}
		if d.faults.any() {
			return
		}
	}
}

func (t *tx) checkCustomValue(d *draft, def *definition, v any) {
	if msg := def.wrong(v); msg != "" {
		d.faults.add(objectFault, "Invalid value for custom field '%s': %s", def.name, msg)
		return
	}
	if !def.unique || v == nil || v == "" {
		return
	}
	tab := t.tables[d.r.model.kind]
	for _, id := range tab.ids {
		if id != d.r.id && equal(tab.rows[id].custom[def.name], v) {
			d.faults.add(objectFault, "Custom field '%s' must have a unique value.", def.name)
			return
		}
	}
}

// wrong says what is wrong with a value.
func (d *definition) wrong(v any) string {
	if v == nil || v == "" {
		if d.required {
			return "Required field cannot be empty."
		}
		return ""
	}
	switch d.kind {
	case "text", "longtext", "url":
		return d.wrongText(v)
	case "integer", "decimal":
		return d.wrongNumber(v)
	case "boolean":
		if _, ok := v.(bool); !ok && plain(v) != "0" && plain(v) != "1" {
			return "Value must be true or false."
		}
	case "date":
		if _, err := time.Parse("2006-01-02", plain(v)); err != nil {
			return "Date values must be in ISO 8601 format (YYYY-MM-DD)."
		}
	case "datetime":
		if _, ok := readTime(plain(v)); !ok {
			return "Date and time values must be in ISO 8601 format (YYYY-MM-DD HH:MM:SS)."
		}
	default:
		return d.wrongChoice(v)
	}
	return ""
}

func (d *definition) wrongText(v any) string {
	s, ok := v.(string)
	switch {
	case !ok:
		return "Value must be a string."
	case d.regex != nil && !d.regex.MatchString(s):
		return "Value must match regex '" + d.r.text("validation_regex") + "'"
	}
	return ""
}

func (d *definition) wrongNumber(v any) string {
	if _, ok := v.(int64); !ok && d.kind == "integer" {
		return "Value must be an integer."
	}
	n, err := strconv.ParseFloat(plain(v), 64)
	switch low, high := d.r.get("validation_minimum"), d.r.get("validation_maximum"); {
	case err != nil:
		return "Value must be a decimal."
	case low != nil && n < low.(float64):
		return "Value must be at least " + plain(low)
	case high != nil && n > high.(float64):
		return "Value must not exceed " + plain(high)
	}
	return ""
}

func (d *definition) wrongChoice(v any) string {
	switch d.kind {
	case "select":
		if _, known := d.choices.get(plain(v)); !known {
			return fmt.Sprintf("Invalid choice (%s) for choice set %s.", plain(v), d.setName)
		}
	case "multiselect":
		list, ok := v.([]any)
		if !ok {
			list = []any{v}
		}
		for _, x := range list {
			if _, known := d.choices.get(plain(x)); !known {
				return fmt.Sprintf("Invalid choice(s) (%s) for choice set %s.", pythonText(v), d.setName)
			}
		}
	case "object":
		if _, ok := v.(int64); !ok {
			return "Value must be an object ID, not " + pythonType(v)
		}
	case "multiobject":
		if _, ok := v.([]any); !ok {
			return "Value must be a list of object IDs, not " + pythonType(v)
		}
	}
	return ""
}

// customFilter is ?cf_name=: loose or exact as the field says.
func (s *state) customFilter(m *model, name string, values []string) (*match, string) {
	name, lookup, _ := strings.Cut(name, "__")
	var def *definition
	for _, d := range s.customs(m) {
		if d.name == name {
			def = d
		}
	}
	if def == nil || def.logic == "disabled" {
		return nil, ""
	}
	of := func(r *record) any { return r.custom[name] }
	switch def.kind {
	case "integer", "decimal", "object":
		return numberFilter(of, lookup, values)
	case "boolean":
		want := truthy(values[0])
		return &match{test: func(r *record) bool { return r.custom[name] == want }}, ""
	case "json":
		return nil, "" // cannot be filtered by
	case "text", "longtext", "url":
		switch {
		case def.logic == "loose" && lookup != "":
			return nil, "" // there is no other way to compare then
		case def.logic == "loose":
			lookup = "ic"
		}
	}
	if values[0] == "null" && lookup != "empty" {
		return &match{test: func(r *record) bool { return r.custom[name] == nil }}, ""
	}
	return textFilter(of, lookup, values)
}

// createdCustomField writes the default to all objects at once: neither
// logged nor dated.
func createdCustomField(t *tx, r *record, _ *draft) {
	types, _ := r.get("object_types").([]string)
	for _, name := range types {
		t.spread(name, r)
	}
}

// spread gives the objects of a type the field's default.
func (t *tx) spread(objectType string, r *record) {
	def := r.get("default")
	if def == nil && t.rel.minor >= 6 {
		return
	}
	t.rewrite(objectType, func(values map[string]any) { values[r.text("name")] = def })
}

// rewrite alters the custom fields of all objects of a type.
func (t *tx) rewrite(objectType string, alter func(map[string]any)) {
	m := t.byType[objectType]
	if m == nil || !m.custom {
		return
	}
	for _, id := range slices.Clone(t.tables[m.kind].ids) {
		t.slip(t.find(m.kind, id), func(c *record) {
			c.custom = cloned(c.custom)
			alter(c.custom)
		})
	}
}

// updatedCustomField renames the values, gives the field to new object types
// and erases the data of those it is taken from.
func updatedCustomField(t *tx, old, r *record, _ *draft) {
	was, is := old.text("name"), r.text("name")
	before, _ := old.get("object_types").([]string)
	after, _ := r.get("object_types").([]string)
	for _, name := range before {
		switch {
		case !slices.Contains(after, name):
			t.rewrite(name, func(v map[string]any) { delete(v, was) })
		case was != is:
			t.rewrite(name, func(v map[string]any) {
				if x, there := v[was]; there {
					v[is] = x
					delete(v, was)
				}
			})
		}
	}
	for _, name := range after {
		if !slices.Contains(before, name) {
			t.spread(name, r)
		}
	}
}

// removedCustomField erases the data.
func removedCustomField(t *tx, r *record) {
	types, _ := r.get("object_types").([]string)
	for _, name := range types {
		t.rewrite(name, func(v map[string]any) { delete(v, r.text("name")) })
	}
}
