package sandbox

// kind says how a field is parsed, stored and written.
type kind int

const (
	computed kind = iota // written by a function, never stored
	text
	slug
	color
	integer
	decimal
	boolean
	choiceOf
	plainChoice // as choiceOf, but written as the bare value
	numberChoice
	reference
	references
	typeName  // an object type such as dcim.device
	typeNames // a list of them
	jsonValue
	integers
	address
	prefix
	terminations
	tags
	addTags
	removeTags
	customFields
	created
	lastUpdated
	identifier
	apiURL
	displayURL
	display
	timestamp
	secret
	macAddress
	zone        // a time zone
	lackingRef  // refers to a kind of objects that the sandbox has none of
	lackingRefs // a list of such
	unkept      // a part of NetBox that the sandbox does not keep
)

// deletion says what becomes of an object when one it refers to is deleted.
type deletion int

const (
	setNull deletion = iota
	cascade
	protect
	restrict
	forget // set to null without a trace in the changelog
)

// field is one field of a model, in the order of the API's answers.
type field struct {
	name   string
	kind   kind
	column int // where its value lies in a record; -1 if nowhere

	target   string // the kind of object a reference points to
	onDelete deletion
	nested   []string // what an embedded object shows, if not its brief form

	choices choices
	labels  map[string]string // the release's choices

	required   bool
	null       bool
	blank      bool
	readOnly   bool
	hidden     bool // stored and logged, not part of the API
	writeOnly  bool // read from a body, never shown
	emptyNull  bool // "" is null
	logs       any  // what the changelog shows of a field that is not stored
	unlogged   bool
	omitNested bool // left out where the object is embedded
	zeroNested bool // 0 where the object is embedded

	max     int // characters of a text
	low     float64
	high    float64
	bounded bool
	places  int // decimal places
	digits  int // digits in all
	def     any
	label   string // the verbose name, where it is not the name
	index   bool
	since   int
	until   int
	write   func(e *encoder, r *record)
}

// stored says whether records carry a value for the field.
func (f *field) stored() bool {
	switch f.kind {
	case computed, lackingRef, lackingRefs, unkept, terminations, tags, addTags, removeTags, customFields, created, lastUpdated,
		identifier, apiURL, displayURL, display:
		return false
	}
	return true
}

// verbose is the field's name as messages give it.
func (f *field) verbose() string {
	if f.label != "" {
		return f.label
	}
	return spaced(f.name)
}

type option func(*field)

func newField(name string, k kind, opts []option) *field {
	f := &field{name: name, kind: k, column: -1}
	for _, o := range opts {
		o(f)
	}
	return f
}

func textField(name string, opts ...option) *field {
	f := newField(name, text, opts)
	f.blank = !f.required
	if f.def == nil && !f.null {
		f.def = ""
	}
	return f
}

func boolField(name string, def bool, opts ...option) *field {
	f := newField(name, boolean, opts)
	f.def = def
	return f
}

func choiceField(name string, c choices, opts ...option) *field {
	f := newField(name, choiceOf, opts)
	f.choices = c
	return f
}

func refField(name, target string, opts ...option) *field {
	f := newField(name, reference, opts)
	f.target = target
	f.null = !f.required
	f.index = true
	return f
}

func typed(name string, k kind, opts ...option) *field { return newField(name, k, opts) }

func computedField(name string, write func(*encoder, *record), opts ...option) *field {
	f := newField(name, computed, opts)
	f.write = write
	f.readOnly = true
	return f
}

// fixedField always shows the same raw JSON: a part of NetBox that the
// sandbox does not keep.
func fixedField(name, raw string, opts ...option) *field {
	return computedField(name, func(e *encoder, _ *record) { e.raw(raw) }, opts...)
}

// absent refers to a kind of objects that the sandbox has none of: whatever is
// named is not found.
func absent(name string, opts ...option) *field {
	f := fixedField(name, "null", append([]option{logged(raw("null"))}, opts...)...)
	f.kind, f.readOnly = lackingRef, false
	return f
}

// absentList is a list of such references.
func absentList(name string, opts ...option) *field {
	f := fixedField(name, "[]", append([]option{logged(raw("[]"))}, opts...)...)
	f.kind, f.readOnly = lackingRefs, false
	return f
}

// apart is a field that the sandbox does not keep: it stays as it is, and to
// set it fails, lest a test believes that it was set.
func apart(name, value string, opts ...option) *field {
	f := fixedField(name, value, append([]option{logged(raw(value))}, opts...)...)
	f.kind, f.readOnly, f.def = unkept, false, raw(value)
	return f
}

// logged has the changelog show a fixed field too.
func logged(v any) option { return func(f *field) { f.logs = v } }

func emptyIsNull(f *field) { f.emptyNull = true }

func required(f *field)              { f.required = true }
func nullable(f *field)              { f.null = true }
func blankable(f *field)             { f.blank = true }
func readOnly(f *field)              { f.readOnly = true }
func hidden(f *field)                { f.hidden, f.readOnly = true, true }
func unlogged(f *field)              { f.unlogged = true }
func omitNested(f *field)            { f.omitNested = true }
func zeroNested(f *field)            { f.zeroNested = true }
func indexed(f *field)               { f.index = true }
func maxLen(n int) option            { return func(f *field) { f.max = n } }
func defaults(v any) option          { return func(f *field) { f.def = v } }
func since(minor int) option         { return func(f *field) { f.since = minor } }
func until(minor int) option         { return func(f *field) { f.until = minor } }
func labelled(s string) option       { return func(f *field) { f.label = s } }
func deleting(d deletion) option     { return func(f *field) { f.onDelete = d } }
func showing(names ...string) option { return func(f *field) { f.nested = names } }

func between(low, high float64) option {
	return func(f *field) { f.low, f.high, f.bounded = low, high, true }
}

func digits(all, places int) option {
	return func(f *field) { f.digits, f.places = all, places }
}
