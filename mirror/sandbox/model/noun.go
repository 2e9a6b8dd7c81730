package model

import (
	"math"
	"slices"
	"strings"

	"github.com/diet-project/diet/mirror/sandbox/release"
	"github.com/diet-project/diet/mirror/sandbox/table"
)

// noun is one kind of object: what the OPTIONS of a release do not tell of it.
// Fields, labels, choices, lengths and bounds come from there.
type noun struct {
	at     string         // its path, as dcim/sites
	kind   string         // the store's word for it, where it is not the last of its path
	fields fields         // what is to be said of some fields, by name
	also   []*table.Field // fields that are stored and not shown

	// belongs are the fields that hold the type and the id of an object of any
	// kind; the object takes this one along when it is deleted.
	belongs [2]string
	unique  rules
	order   func(a, b *table.Record) int
	title   func(s *table.Store, r *table.Record) string
	index   []table.Index
	filters map[string]table.Filter // beyond those that its fields give
	search  string                  // the fields of ?q=, where they are not the usual ones
	word    string                  // the field by which filters name it; slug or name

	tree       bool // its parent is of its own kind
	port       bool // takes cables
	readOnly   bool
	unlogged   bool
	noETag     bool
	sequential bool // created in bulk one by one, in all releases

	childrenFirst    bool // deleted in bulk before their parents
	savedWhileDoomed bool // logged when emptied, even where it goes along

	clean    func(t *table.Tx, old *table.Record, d *table.Draft)
	prepare  func(t *table.Tx, old *table.Record, d *table.Draft)
	created  func(t *table.Tx, r *table.Record, d *table.Draft)
	updated  func(t *table.Tx, old, r *table.Record, d *table.Draft)
	doomed   func(t *table.Tx, r *table.Record)
	removed  func(t *table.Tx, r *table.Record)
	logExtra func(s *table.Store, r *table.Record) table.Dict
	actions  map[string]table.Action
}

// rules are those by which values occur once.
type rules []table.Constraint

// fields says what is to be said of some fields.
type fields map[string]setting

// setting changes a field as a release describes it.
type setting func(f *table.Field, rel *release.Release)

// model makes the model of a noun in one release; nil where there is none.
func (n noun) model(rel *release.Release) *table.Model {
	end := rel.Endpoints[n.at]
	if end == nil {
		return nil
	}
	app, word, _ := strings.Cut(n.at, "/")
	m := &table.Model{
		Kind: word, Endpoint: word, App: app, Name: end.Model, Label: end.Label, Plural: end.Plural, Word: n.word,
		Brief: strings.Fields(end.Brief), Filters: strings.Fields(end.Filters),
		Frozen: n.readOnly || end.ReadOnly, Sequential: n.sequential, Unlogged: n.unlogged, NoETag: n.noETag,
		Tree: n.tree, ChildrenFirst: n.childrenFirst, SavedWhileDoomed: n.savedWhileDoomed,
		Hooks: table.Hooks{
			Order: n.order, Title: n.title, Unique: n.constraints(app+"_"+end.Model, rel), Searchable: strings.Fields(n.search),
			Extra: n.filters, Keys: slices.Clone(n.index),
			Clean: n.clean, Prepare: n.prepare, Created: n.created, Updated: n.updated, Doomed: n.doomed, Removed: n.removed,
			LogExtra: n.logExtra, Actions: n.actions,
		},
	}
	if n.kind != "" {
		m.Kind = n.kind
	}
	for _, told := range end.Fields {
		f := fieldOf(told, rel)
		if set := n.setting(told.Name); set != nil {
			set(f, rel)
		}
		m.Fields = append(m.Fields, f)
		if f.Kind == tags {
			m.Tagged = true
			m.Fields = append(m.Fields, taggers(rel)...)
		}
		m.Custom = m.Custom || f.Kind == customFields
	}
	for _, f := range n.also {
		own := *f // each store numbers its columns
		m.Fields = append(m.Fields, &own)
	}
	n.complete(m, rel)
	return m
}

// taggers are the fields that change some of the tags, which no OPTIONS list.
func taggers(rel *release.Release) []*table.Field {
	if !rel.TagsAddedAndRemoved {
		return nil
	}
	return []*table.Field{{Name: "add_tags", Kind: addTags, WriteOnly: true}, {Name: "remove_tags", Kind: removeTags, WriteOnly: true}}
}

// setting is what is to be said of a field, by the noun or for all of a sort.
func (n noun) setting(name string) setting {
	if set := n.fields[name]; set != nil {
		return set
	}
	if n.port {
		return portFields[name]
	}
	return nil
}

// complete adds what follows from the fields.
func (n noun) complete(m *table.Model, rel *release.Release) {
	if n.belongs[0] != "" {
		m.Keys = append(m.Keys, assignment(n.belongs[0], n.belongs[1]))
	}
	if n.port {
		m.Children = portChildren
		if rel.CableProfiles {
			m.Fields = append(m.Fields, column("cable_connector", table.Integer), column("cable_positions", table.JSON))
		}
	}
	if n.tree && m.Order == nil {
		m.Order = table.ByName
	}
	m.Extra = n.follows(m)
}

// constraints names the rules as the database does.
func (n noun) constraints(base string, rel *release.Release) []table.Constraint {
	rules := slices.DeleteFunc(slices.Clone(n.unique), func(c table.Constraint) bool { return c.In != nil && !c.In(rel.Behaviour) })
	for i, c := range rules {
		if c.Name == "" {
			rules[i].Name = base + "_" + strings.Join(c.Fields, "_") + "_key"
		}
	}
	return rules
}

// fieldOf makes a field of what OPTIONS tell of it.
func fieldOf(told release.Field, rel *release.Release) *table.Field {
	f := &table.Field{
		Name: told.Name, Required: told.Required, ReadOnly: told.ReadOnly, Label: told.Label,
		Max: told.MaxLength, Nested: strings.Fields(told.Shows),
	}
	if low, err := told.Min.Float64(); err == nil {
		f.Bounded, f.Low, f.High = true, low, math.Inf(1)
	}
	if high, err := told.Max.Float64(); err == nil {
		f.Bounded, f.High = true, high
	}
	if len(told.Digits) == 2 {
		f.Digits, f.Places = told.Digits[0], told.Digits[1]
	}
	settle(f, told)
	if set := always[told.Name]; set != nil {
		set(f, rel)
	}
	return f
}

// always are fields that are the same wherever they stand.
var always = fields{
	"id": is(table.Identifier), "url": is(table.APIURL), "display_url": is(table.DisplayURL), "display": is(table.Display),
	"created": is(table.Created), "last_updated": is(table.LastUpdated),
	"tags":          is(tags),
	"custom_fields": is(customFields), "owner": to("owners", protect), "name": indexed, "slug": indexed,
	"_depth": calc(depth),
}

// settle gives a field the kind that its type in OPTIONS means.
func settle(f *table.Field, told release.Field) {
	f.Null = !told.Required
	switch told.Type {
	case "string", "email", "url":
		f.Kind, f.Null, f.Blank, f.Default = table.Text, false, !told.Required, ""
	case "slug":
		f.Kind, f.Null = table.Slug, false
	case "boolean":
		f.Kind, f.Null, f.Default = table.Boolean, false, false
	case "integer":
		f.Kind = table.Integer
	case "decimal":
		f.Kind = table.Decimal
	case "datetime":
		f.Kind = table.Timestamp
	case "date":
		f.Kind = table.Date
	default:
		f.Kind = table.JSON
	}
	if told.Choices != nil {
		chooses(f, told)
	}
	if told.ReadOnly && f.Kind == table.JSON {
		f.Kind, f.Write, f.Logs = table.Computed, writeNull, nil
	}
}

// chooses makes a field one that takes a choice.
func chooses(f *table.Field, told release.Field) {
	f.Labels = map[string]string{}
	f.Kind, f.Blank = table.Choice, !told.Required
	if _, number := told.Choices[0].Value().(float64); number {
		f.Kind = table.NumberChoice
	} else if told.Type == "choice" {
		f.Kind = table.PlainChoice
	}
	for _, c := range told.Choices {
		f.Labels[table.Plain(c.Value())] = c.Label()
	}
}

func writeNull(e *table.Encoder, _ *table.Record) { e.Raw("null") }
