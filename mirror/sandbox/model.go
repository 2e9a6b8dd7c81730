package sandbox

import (
	"slices"
	"strings"
)

// model is one kind of object: its table of fields and its particularities.
type model struct {
	kind   string // the word of its endpoint, e.g. interface-templates
	app    string
	name   string // e.g. interfacetemplate
	label  string // e.g. interface template
	plural string
	typeID int64

	fields     []*field
	brief      []string
	nested     []string // what an embedded object shows, if not brief
	order      func(a, b *record) int
	title      func(s *state, r *record) string
	unique     []constraint
	keys       []keyIndex
	extra      map[string]filterFunc
	searchable []string

	clean    func(t *tx, old *record, d *draft)
	prepare  func(t *tx, old *record, d *draft)
	created  func(t *tx, r *record, d *draft)
	updated  func(t *tx, old, r *record, d *draft)
	children func(t *tx, r *record) []*record // what is deleted along, beyond references
	doomed   func(t *tx, r *record)           // runs before an object is deleted
	removed  func(t *tx, r *record)
	logExtra func(s *state, r *record) dict

	actions map[string]detailAction

	noBrowse   bool // has no page of its own, so no display_url
	frozen     bool // read-only in the API
	sequential bool // bulk creation goes one by one
	unlogged   bool
	noETag     bool

	byName  map[string]*field
	columns int
	tagged  bool
	custom  bool
	parents []*field // the references
}

// keyIndex finds records by a computed key.
type keyIndex struct {
	name string
	key  func(r *record) string
}

// objectType is the name by which NetBox refers to the model.
func (m *model) objectType() string { return m.app + "." + m.name }

func (m *model) path() string { return "/api/" + m.app + "/" + m.kind + "/" }

// compile keeps what the release has, and numbers the columns.
func (m *model) compile(rel release) {
	m.byName = map[string]*field{}
	kept := m.fields[:0:0]
	for _, f := range m.fields {
		if rel.has(f.since, f.until) {
			kept = append(kept, f)
		}
	}
	m.fields = kept
	for _, f := range m.fields {
		m.byName[f.name] = f
		m.enrol(f, rel)
	}
	m.unique = slices.DeleteFunc(m.unique, func(c constraint) bool { return !rel.has(c.since, c.until) })
	m.brief = m.known(m.brief)
	slices.SortFunc(m.brief, func(a, b string) int {
		return slices.Index(m.fields, m.byName[a]) - slices.Index(m.fields, m.byName[b])
	})
	m.nested = m.known(m.nested)
	if len(m.nested) == 0 {
		m.nested = m.brief
	}
}

// enrol notes what a field means to the model.
func (m *model) enrol(f *field, rel release) {
	if f.stored() {
		f.column = m.columns
		m.columns++
	}
	switch f.kind {
	case tags:
		m.tagged = true
	case customFields:
		m.custom = true
	case reference, references:
		m.parents = append(m.parents, f)
	case choiceOf, plainChoice, numberChoice:
		f.labels = f.choices.in(rel)
	}
}

func (m *model) known(names []string) []string {
	var kept []string
	for _, n := range names {
		if m.byName[n] != nil {
			kept = append(kept, n)
		}
	}
	return kept
}

// pick lists the named fields in the given order.
func (m *model) pick(names []string) []*field {
	fields := make([]*field, 0, len(names))
	for _, n := range names {
		if f := m.byName[n]; f != nil {
			fields = append(fields, f)
		}
	}
	return fields
}

// constraint is a rule of uniqueness.
type constraint struct {
	name    string // in the database
	fields  []string
	message string
	field   string // under which a violation is reported; else it is the object's
	key     func(r *record) (string, bool)
	since   int
	until   int
}

// uniqueField is the usual rule for one field.
func uniqueField(table, name string) constraint {
	return constraint{name: table + "_" + name + "_key", fields: []string{name}, field: name}
}

// uniqueTogether is the usual rule for several fields.
func uniqueTogether(name string, fields ...string) constraint {
	return constraint{name: name, fields: fields}
}

// keyOf is the value that may occur once; false where a null lifts the rule.
func (c constraint) keyOf(r *record) (string, bool) {
	if c.key != nil {
		return c.key(r)
	}
	var b strings.Builder
	for _, n := range c.fields {
		v := r.get(n)
		if v == nil {
			return "", false
		}
		b.WriteString(plain(v))
		b.WriteByte(0)
	}
	return b.String(), true
}

// violation is the message for a model.
func (c constraint) violation(m *model) string {
	if c.message != "" {
		return c.message
	}
	if c.field != "" {
		return m.label + " with this " + strings.ToLower(m.byName[c.field].verbose()) + " already exists."
	}
	names := make([]string, len(c.fields))
	for i, n := range c.fields {
		names[i] = capital(m.byName[n].verbose())
	}
	return capital(m.label) + " with this " + listed(names) + " already exists."
}

// listed joins words as English does.
func listed(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

func spaced(s string) string { return strings.ReplaceAll(s, "_", " ") }

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
