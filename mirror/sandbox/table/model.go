package table

import (
	"slices"
	"strings"

	"github.com/diet-project/diet/mirror/sandbox/release"
)

// Model is one kind of object: its table of fields and its particularities.
type Model struct {
	Kind     string // the word by which the store knows it, as interface-templates
	Endpoint string // the word of its endpoint, mostly the same
	App      string
	Name     string // as interfacetemplate
	Label    string // as interface template
	Plural   string
	TypeID   int64

	Fields  []*Field
	Brief   []string
	nested  []string // what an embedded object shows, if not brief
	Filters []string // by what NetBox filters lists, without lookups
	Hooks

	Frozen           bool // read-only in the API
	Sequential       bool // bulk creation goes one by one, whatever the release
	Unlogged         bool
	NoETag           bool
	Tree             bool   // its parent is of its own kind
	ChildrenFirst    bool   // a bulk deletion deletes children before their parents
	Word             string // the field by whose value filters name an object; slug or name
	SavedWhileDoomed bool   // references emptied by a deletion are logged even where it goes along

	ByName   map[string]*Field
	columns  int
	Tagged   bool
	Custom   bool
	Parents  []*Field // the references
	counters []*Field // the counters that are stored
}

// Hooks are what is particular to a kind of object.
type Hooks struct {
	Order      func(a, b *Record) int
	Title      func(s *Store, r *Record) string
	Unique     []Constraint
	Keys       []Index
	Extra      map[string]Filter // filters beyond its fields
	Searchable []string          // fields of ?q=, where they are not the usual ones

	Clean    func(t *Tx, old *Record, d *Draft) // says what is wrong
	Prepare  func(t *Tx, old *Record, d *Draft) // fills in what was not said
	Created  func(t *Tx, r *Record, d *Draft)
	Updated  func(t *Tx, old, r *Record, d *Draft)
	Children func(t *Tx, r *Record) []*Record // what is deleted along, beyond references
	Doomed   func(t *Tx, r *Record)           // runs before an object is deleted
	Removed  func(t *Tx, r *Record)
	LogExtra func(s *Store, r *Record) Dict // columns that the API does not show
	Actions  map[string]Action              // what an object answers for below its address
}

// Action is what an object answers for below its own address.
type Action struct {
	Show func(e *Encoder, r *Record, most int) any
	// Made is the kind that a POST creates, and fill completes its body.
	Made string
	Fill func(t *Tx, r *Record, body any) any
}

// Index finds records by a computed key.
type Index struct {
	Name string
	Key  func(r *Record) string
}

// ObjectType is the name by which NetBox refers to the model.
func (m *Model) ObjectType() string { return m.App + "." + m.Name }

// Path is where the model's objects are found.
func (m *Model) Path() string { return "/api/" + m.App + "/" + m.Endpoint + "/" }

// compile numbers the columns and notes what the fields mean to the model.
func (m *Model) compile() {
	m.ByName = map[string]*Field{}
	for _, f := range m.Fields {
		m.ByName[f.Name] = f
		m.enrol(f)
	}
	if m.Word == "" && m.ByName["slug"] != nil {
		m.Word = "slug"
	} else if m.Word == "" {
		m.Word = "name"
	}
	m.Brief = m.known(m.Brief)
	slices.SortFunc(m.Brief, func(a, b string) int {
		return slices.Index(m.Fields, m.ByName[a]) - slices.Index(m.Fields, m.ByName[b])
	})
	m.nested = m.known(m.nested)
	if len(m.nested) == 0 {
		m.nested = m.Brief
	}
}

// enrol notes what a field means to the model.
func (m *Model) enrol(f *Field) {
	f.Column = -1
	if f.Kind.Stored {
		f.Column = m.columns
		m.columns++
	}
	if f.Count != nil && !f.Annotated && !f.ZeroNested {
		m.counters = append(m.counters, f)
	}
	if f.Target != "" {
		m.Parents = append(m.Parents, f)
	}
}

func (m *Model) known(names []string) []string {
	var kept []string
	for _, n := range names {
		if m.ByName[n] != nil {
			kept = append(kept, n)
		}
	}
	return kept
}

// pick lists the named fields in the given order.
func (m *Model) pick(names []string) []*Field {
	fields := make([]*Field, 0, len(names))
	for _, n := range names {
		if f := m.ByName[n]; f != nil {
			fields = append(fields, f)
		}
	}
	return fields
}

// Constraint is a rule of uniqueness.
type Constraint struct {
	Name    string // in the database
	Fields  []string
	Message string
	Field   string // under which a violation is reported; else it is the object's
	Key     func(r *Record) (string, bool)
	In      func(b release.Behaviour) bool // the releases that have it; nil is all
}

// keyOf is the value that may occur once; false where a null lifts the rule.
func (c Constraint) keyOf(r *Record) (string, bool) {
	if c.Key != nil {
		return c.Key(r)
	}
	var b strings.Builder
	for _, n := range c.Fields {
		v := r.Get(n)
		if v == nil {
			return "", false
		}
		b.WriteString(Plain(v))
		b.WriteByte(0)
	}
	return b.String(), true
}

// violation is the message for a model.
func (c Constraint) violation(m *Model) string {
	if c.Message != "" {
		return c.Message
	}
	if c.Field != "" {
		return m.Label + " with this " + strings.ToLower(m.ByName[c.Field].verbose()) + " already exists."
	}
	names := make([]string, len(c.Fields))
	for i, n := range c.Fields {
		names[i] = Capital(m.ByName[n].verbose())
	}
	return Capital(m.Label) + " with this " + listed(names) + " already exists."
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

// Capital begins a text with a capital letter.
func Capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// ClassName is the model's name in Python.
func ClassName(m *Model) string {
	words := strings.Fields(m.Label)
	for i, w := range words {
		words[i] = Capital(w)
	}
	return strings.Join(words, "")
}
