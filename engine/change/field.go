package change

import (
	"bytes"
	"encoding/json"

	"github.com/diet-project/diet/mirror/value"
)

// Field is the three-way difference of one field. Values are canonical: nil, bool,
// int64, float64 or string; a reference is a NetBox id, or "@" and an object id if the
// object is not in NetBox yet.
type Field struct {
	Name    string  `json:"field"`
	Class   Class   `json:"class"`
	Base    any     `json:"base"`
	Want    any     `json:"want"`
	Have    any     `json:"have"`
	Blame   *Blame  `json:"blame,omitempty"`
	Verdict Verdict `json:"verdict"`

	// Known and Stated tell null from not stated.
	Known  bool `json:"-"` // base holds the field
	Stated bool `json:"-"` // the plan states the field

	// Record is what diet's record is to say of the field, where that is not the value that is
	// written: that is somebody else's, as it was ahead of a run that is undone. It is not part
	// of a preview.
	Record *Record `json:"-"`

	// Flap says that diet and others keep writing over each other.
	Flap *Flap `json:"flap,omitempty"`

	// Retyped says that the field would refer to a shared object that is yet to be created
	// although the plan did not switch to another one.
	Retyped bool `json:"-"`

	// Unplugs says that the field is a plug of a cable that would be pulled out of what was the
	// plan's and is left to people.
	Unplugs bool `json:"-"`
}

// Flap is how often diet wrote its value of a field over somebody else's within a day, or made an object
// again that somebody else had deleted.
type Flap struct {
	Times   int      `json:"times"`
	Since   string   `json:"since"` // RFC 3339, the server's clock
	Writers []string `json:"writers"`
}

// Record is what diet's record says of a field: the value that diet last applied, and of a
// reference what it referred to. Known tells that null was applied from that nothing was.
type Record struct {
	Base  any
	Key   string
	Known bool
}

// Tag is a tag of NetBox's, and how that is called now.
type Tag struct {
	ID   int64
	Slug string
}

// UnmarshalJSON reads a field with its values as package value has them.
func (f *Field) UnmarshalJSON(text []byte) error {
	type plain Field
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	if err := dec.Decode((*plain)(f)); err != nil {
		return err
	}
	f.Base, f.Want, f.Have = value.Of(f.Base), value.Of(f.Want), value.Of(f.Have)
	return nil
}

// Records reports whether what is written of a field of the class, if anything, is diet's record of it
// alone.
func (c Class) Records() bool {
	return c == Converged || c == Agreed || c == Relinquished || c == InSync
}

// GivesUp reports whether the value of a field is left to people, and only diet's record of it is
// written.
func (f *Field) GivesUp() bool {
	return f.Verdict.Acts() && (f.Class == Relinquished || f.Verdict.Decision == DecisionUnmanage)
}

// Owns reports whether what the plan wants of a field of an object that exists is written: as its value,
// or in diet's record of it alone.
func (f *Field) Owns() bool { return f.Verdict.Acts() && !f.GivesUp() }

// Writes reports whether the value of a field of an object that exists is written: an acting verdict
// may be about diet's record of it alone.
func (f *Field) Writes() bool { return f.Owns() && !f.Class.Records() }
