package table

// Deletion says what becomes of an object when one it refers to is deleted.
type Deletion int

// What becomes of an object when one it refers to is deleted.
const (
	SetNull Deletion = iota
	Cascade
	Protect
	Restrict
	Forget // set to null without a trace in the changelog
)

// Field is one field of a model, in the order of the API's answers.
type Field struct {
	Name   string
	Kind   *Kind
	Column int // where its value lies in a record; -1 if nowhere

	Target   string // the kind of object a reference points to
	OnDelete Deletion
	Nested   []string // what an embedded object shows, if not its brief form

	Labels map[string]string // of the choices, by value

	Required   bool
	Null       bool
	Blank      bool
	ReadOnly   bool
	Hidden     bool // stored and logged, not part of the API
	WriteOnly  bool // read from a body, never shown
	EmptyNull  bool // "" is null
	Logs       any  // what the changelog shows of a field that is not stored
	Unlogged   bool
	Annotated  bool // worked out as an object is read: not shown where the object is embedded, nor in answers to its creation up to 4.4
	Unembedded bool // left out where the object is embedded
	ZeroNested bool // 0 where the object is embedded

	Max     int // characters of a text
	Low     float64
	High    float64
	Bounded bool
	Places  int // decimal places
	Digits  int // digits in all
	Default any
	Label   string // the verbose name, where it is not the name
	Index   bool
	Write   func(e *Encoder, r *Record)
	Count   *Counted
}

// Counted is what a counter counts: the objects of a kind that refer to one.
type Counted struct{ Kind, By string }

// verbose is the field's name as messages give it.
func (f *Field) verbose() string {
	if f.Label != "" {
		return f.Label
	}
	return spaced(f.Name)
}
