// Package change is the vocabulary of a difference between a plan and NetBox.
//
// The differ yields a [Set] of [Change] values, the policies put a [Verdict] on
// each object and on each of its fields, the report prints them and the applier
// carries them out. Everybody reads the same value, so what is shown is what is
// done. The package imports nothing of diet but leaves: the registry of kinds, the notion
// of a value, the natural order. It decides nothing itself.
package change

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/diet-project/diet/generate/natural"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// Action is what a change does to an object in NetBox.
type Action string

// The actions, as they stand in JSON.
const (
	Create Action = "create" // a POST: nothing is there
	Update Action = "update" // a PATCH of owned fields
	Delete Action = "delete" // a DELETE of what the plan has no more
	Adopt  Action = "adopt"  // a PATCH that also takes ownership of what stands there already
	Own    Action = "own"    // a write of ownership alone
	None   Action = "no-op"  // nothing to write: drift that is kept, a finding

	// Orphan is what a deletion comes to where its verdict is to let the object go:
	// it is counted so, and stays.
	Orphan Action = "orphan"
)

// Class says why there is a difference. Field classes come of the three-way
// comparison; object classes of an object's presence on the three sides.
type Class string

// Field classes.
const (
	Planned      Class = "planned"      // the plan moved, NetBox did not
	Drift        Class = "drift"        // NetBox moved, the plan did not
	Converged    Class = "converged"    // both moved to the same value
	Conflict     Class = "conflict"     // both moved, apart; or a new field that holds another value
	New          Class = "new"          // stated for the first time, empty in NetBox
	Agreed       Class = "agreed"       // stated for the first time, and NetBox holds just that
	Relinquished Class = "relinquished" // the plan states it no more
)

// Object classes. An object whose fields alone differ is Changed.
const (
	Absent    Class = "absent"    // wanted, and never there: a plain create
	Changed   Class = "changed"   // there and ours; its fields say more
	Missing   Class = "missing"   // ours, and somebody deleted it
	Orphaned  Class = "orphaned"  // ours, and the plan has it no more
	Exists    Class = "exists"    // found by natural key, not ours
	Templated Class = "native"    // NetBox itself made it, from a template, for a device of ours
	Blocked   Class = "blocked"   // what we want is taken by something that does not match
	Identity  Class = "identity"  // it is open whose an object is: two bear one id, or its marks were edited
	Shared    Class = "shared"    // a shared object bears another name than the one it was applied under
	Finding   Class = "finding"   // a shared object differs from the plan; nothing is written
	Unmanaged Class = "unmanaged" // a person took it over, or what it is a part of
)

// Who made a change, as they stand in JSON.
const (
	ActorPerson  = "person"
	ActorDiet    = "diet"
	ActorSystem  = "system"  // NetBox's own scripts, and other tools
	ActorUnknown = "unknown" // no change of the changelog explains the value
)

// Blame says who made NetBox's value what it is.
type Blame struct {
	// Actor is person, system, diet or unknown.
	Actor   string `json:"actor"`
	User    string `json:"user,omitempty"`
	Time    string `json:"time,omitempty"` // RFC 3339, the server's clock
	Message string `json:"message,omitempty"`
}

// Field is the three-way difference of one field. Values are canonical: nil,
// bool, int64, float64 or string; a reference is a NetBox id, or "@" and an
// object id where the object is not in NetBox yet.
type Field struct {
	Name    string  `json:"field"`
	Class   Class   `json:"class"`
	Base    any     `json:"base"`
	Want    any     `json:"want"`
	Have    any     `json:"have"`
	Blame   *Blame  `json:"blame,omitempty"`
	Verdict Verdict `json:"verdict"`

	// Known and Stated tell a null that was said from nothing said.
	Known  bool `json:"-"` // base holds the field
	Stated bool `json:"-"` // the plan states the field

	// Retyped says that the plan did not exchange the shared object that the field refers
	// to, and wants one all the same that is yet to be created.
	Retyped bool `json:"-"`
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

// RecordVersion is the newest version of diet's record of an object, the custom field
// diet_managed_fields, that this program reads, and the one that it writes.
const RecordVersion = 2

// ObjectID is the field by which a change tells that an object's key was renamed:
// base and have hold the diet id that NetBox has, want the one that it shall bear.
const ObjectID = "object_id"

// Reference is something outside the plan that hangs on an object, or that
// others wrote on the object itself.
type Reference struct {
	Kind  string `json:"kind"`            // ip_address, cable, custom_field, tag, comments, ...
	ID    int64  `json:"id,omitempty"`    // NetBox id, where it is an object
	Name  string `json:"name"`            // 10.1.2.3/32, monitoring_id
	Value any    `json:"value,omitempty"` // of a custom field
	Blame *Blame `json:"blame,omitempty"`
}

// Other names an object of NetBox that stands in a change's way.
type Other struct {
	Kind   string `json:"kind"`
	ID     int64  `json:"id"`
	Name   string `json:"name"`
	Plan   string `json:"plan,omitempty"`   // the plan that owns it, "" for none
	Object string `json:"object,omitempty"` // its diet id, "" for none
	Blame  *Blame `json:"blame,omitempty"`
}

// Change is one object's difference.
type Change struct {
	Kind     string `json:"kind"`
	Object   string `json:"object"` // diet object id; for shared kinds the slug
	Name     string `json:"name"`   // as a person calls it
	NetBoxID int64  `json:"netbox_id,omitempty"`
	Plan     string `json:"plan"`
	Source   string `json:"source,omitempty"` // the class that generates it
	Class    Class  `json:"class"`
	Action   Action `json:"action"`

	// Fields holds what differs; of a create, every field that is written.
	Fields []Field `json:"fields,omitempty"`

	// Verdict is on the object as a whole; the fields have their own.
	Verdict Verdict `json:"verdict"`

	// Owner is the diet id of the object that this one is part of: the device
	// of an interface. "" for what stands alone.
	Owner string `json:"owner,omitempty"`

	// Needs holds the diet ids that must exist before this change can be made.
	Needs []string `json:"needs,omitempty"`

	// Held says what a change that would act waits for; "" if nothing.
	Held string `json:"held,omitempty"`

	References []Reference    `json:"external_references,omitempty"`
	Edited     []Reference    `json:"edited,omitempty"`
	Cascade    map[string]int `json:"cascade,omitempty"` // by kind, what goes with a deletion
	Protected  bool           `json:"protected,omitempty"`
	Unjudged   []string       `json:"unjudged,omitempty"` // why it is not known what hangs on it
	Other      *Other         `json:"other,omitempty"`    // what exists or blocks
	Blame      *Blame         `json:"blame,omitempty"`

	// Differs names the custom fields by which it is open whose an object is.
	Differs []string `json:"differs,omitempty"`

	// Proposed says that a person marked what exists for the plan.
	Proposed bool `json:"proposed,omitempty"`

	// Before is what NetBox holds of the object, for those that exist: the
	// applier writes the new ownership from it. It is not part of a preview.
	Before *Before `json:"-"`

	// Keys are the natural keys of the shared objects that the plan's fields refer to.
	Keys map[string]string `json:"-"`

	// With is the diet id of the device that an orphan goes with, or that a deleted
	// interface went with: it has that device's verdict, and counts in its cascade.
	With string `json:"with,omitempty"`

	// Template is true for an interface whose name is in its device type's
	// templates: it is released, never deleted.
	Template bool `json:"template,omitempty"`
}

// Before is an object as the mirror last saw it.
type Before struct {
	Base        map[string]any // field ownership: the value last applied
	Keys        map[string]any // the natural keys that the shared objects in base had then
	Released    map[string]any // fields that a person released
	Tmp         map[string]any // what diet wrote for a moment only, on the way to what is wanted
	Have        map[string]any // every tracked field
	LastUpdated string         // NetBox's last_updated, the source of the ETag
	Turned      bool           // of a cable: NetBox's side A is b here, and its B is a
}

// Passing reports whether a field holds what diet wrote for a moment only: nobody chose it.
func (b *Before) Passing(field string) bool {
	v, is := b.Tmp[field]
	return is && value.Equal(v, b.Have[field])
}

// Side returns the side of a cable, as NetBox has it, that holds what diet calls an end.
func (b *Before) Side(ends []string, end string) string {
	if b == nil || !b.Turned {
		return end
	}
	return ends[1-slices.Index(ends, end)]
}

// Turn calls the two sides of a cable by each other's name.
func (b *Before) Turn(ends []string) {
	b.Turned = !b.Turned
	b.Have[ends[0]], b.Have[ends[1]] = b.Have[ends[1]], b.Have[ends[0]]
}

// Acts reports whether applying the set writes something for this change. The verdict
// on the object binds its fields: where it does not let the action be carried out,
// nothing of the object is written.
func (c *Change) Acts() bool {
	if c.Held != "" || !carried[c.Action][c.Verdict.Decision] {
		return false
	}
	return c.Action != Update && c.Action != Own ||
		slices.ContainsFunc(c.Fields, func(f Field) bool { return f.Verdict.Acts() })
}

// Outcome is the action that a change comes to under its verdict.
func (c *Change) Outcome() Action {
	if c.Action == Delete && c.Verdict.LetsGo() {
		return Orphan
	}
	return c.Action
}

// PerField reports whether the fields of a change are decided each by itself; what
// is created or deleted is decided as a whole, and of a finding nothing is.
func (c *Change) PerField() bool { return c.Action != Create && c.Action != Delete && c.Action != None }

// Deletes reports whether a change takes its object out of NetBox: a deletion that
// the verdict does not turn into letting the object go.
func (c *Change) Deletes() bool { return c.Action == Delete && c.Verdict.Decision == DecisionDelete }

// Deciding returns the verdict that keeps a change from being made: its own, or
// that of its first field that waits for a person.
func (c *Change) Deciding() Verdict {
	if c.Verdict.Waits() {
		return c.Verdict
	}
	for _, f := range c.Fields {
		if f.Verdict.Waits() {
			return f.Verdict
		}
	}
	return c.Verdict
}

// Waits reports whether a change, or a field of it, waits for a person.
func (c *Change) Waits() bool { return c.Deciding().Waits() }

// Pending reports whether a wanted value refers to an object that is not in
// NetBox yet, and returns its diet id, or kind:slug of a shared one.
func Pending(value any) (string, bool) {
	s, ok := value.(string)
	if !ok {
		return "", false
	}
	return strings.CutPrefix(s, "@")
}

// Set is an ordered list of changes of one plan.
type Set struct {
	Plan    string   `json:"plan"`
	Changes []Change `json:"changes"`

	// Findings are what is wrong or noteworthy without being a change.
	Findings []Notice `json:"findings,omitempty"`

	// Names are those of the objects that differing fields refer to, by kind and
	// NetBox id, for people. See [Set.Named].
	Names map[string]map[int64]string `json:"-"`
}

// Acting counts the changes that an apply would write.
func (s *Set) Acting() int {
	n := 0
	for i := range s.Changes {
		if s.Changes[i].Acts() {
			n++
		}
	}
	return n
}

// Find returns the change of an object, or nil.
func (s *Set) Find(kind, object string) *Change {
	for i := range s.Changes {
		if c := &s.Changes[i]; c.Kind == kind && c.Object == object {
			return c
		}
	}
	return nil
}

// Counts are changes by kind and action.
type Counts map[string]map[Action]int

// Count counts the changes that keep accepts, by what they come to.
func (s *Set) Count(keep func(*Change) bool) Counts {
	counts := Counts{}
	for i := range s.Changes {
		c := &s.Changes[i]
		if !keep(c) {
			continue
		}
		if counts[c.Kind] == nil {
			counts[c.Kind] = map[Action]int{}
		}
		counts[c.Kind][c.Outcome()]++
	}
	return counts
}

// Rank orders kinds: what others need comes first. Unknown kinds come last.
func Rank(kind string) int { return kinds.Standard().Rank(kind) }

// Sort orders the set by rank of kind, then by object id in natural order.
func (s *Set) Sort() {
	sortNotices(s.Findings)
	slices.SortStableFunc(s.Changes, func(a, b Change) int {
		if d := Rank(a.Kind) - Rank(b.Kind); d != 0 {
			return d
		}
		return natural.Compare(a.Object, b.Object)
	})
}
