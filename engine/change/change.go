// Package change is the vocabulary for differences between a plan and NetBox.
//
// The diff yields a [Set] of [Change] values, the policies put a [Verdict] on each
// object and on each of its fields, reports print them and the applier carries them out.
// Everybody reads the same value, so what is shown is what is done. The package imports
// nothing of diet but leaves: the registry of kinds, the notion of a value, the natural
// order. It decides nothing itself.
package change

import (
	"slices"
	"strings"

	"github.com/diet-project/diet/generate/natural"
	"github.com/diet-project/diet/mirror/kinds"
)

// Action is what a change does to an object in NetBox.
type Action string

// The actions, as they stand in JSON.
const (
	Create Action = "create" // a POST: nothing is there
	Update Action = "update" // a PATCH of owned fields
	Delete Action = "delete" // a DELETE of what is no longer in the plan
	Adopt  Action = "adopt"  // a PATCH that also takes ownership of what exists
	Own    Action = "own"    // a write of ownership alone
	None   Action = "no-op"  // nothing to write: drift that is kept, a finding
	Rename Action = "rename" // a PATCH of the name of what is in our way, which stays nobody's
	// Disregard is a PATCH that leaves an object to people: it keeps its marks.
	Disregard Action = "unmanage"

	// Orphan is the outcome of a deletion whose verdict releases the object: it is counted
	// as such, and stays.
	Orphan Action = "orphan"
)

// Class says why there is a difference. Field classes result from the three-way
// comparison; object classes from which of the three sides have the object.
type Class string

// Field classes.
const (
	Planned      Class = "planned"      // the plan changed, NetBox did not
	Drift        Class = "drift"        // NetBox changed, the plan did not
	Converged    Class = "converged"    // both changed to the same value
	Conflict     Class = "conflict"     // both changed to different values; or a new field has another value
	New          Class = "new"          // stated for the first time, empty in NetBox
	Agreed       Class = "agreed"       // stated for the first time, and NetBox has that value
	Relinquished Class = "relinquished" // the plan no longer states it
	Released     Class = "released"     // a person took it over, and somebody wants diet to take it back
)

// Object classes. An object whose fields alone differ is Changed.
const (
	Absent    Class = "absent"    // wanted, and never there: a plain create
	Changed   Class = "changed"   // there and ours; see its fields
	Missing   Class = "missing"   // ours, and somebody deleted it
	Orphaned  Class = "orphaned"  // ours, and no longer in the plan
	Exists    Class = "exists"    // found by natural key, not ours
	Templated Class = "native"    // made by NetBox from a template, for a device of ours
	Blocked   Class = "blocked"   // its place is taken by something that does not match
	Identity  Class = "identity"  // its owner is doubtful: two objects have one id, or its marks were edited
	Shared    Class = "shared"    // a shared object was renamed since it was applied
	Parking   Class = "parking"   // a temporary port that diet made, to move cables in a circle
	Finding   Class = "finding"   // a shared object differs from the plan; nothing is written
	Unmanaged Class = "unmanaged" // a person took over the object or its parent

	// InSync is a field that is as the plan says: it is in a set only where somebody
	// answered something about it.
	InSync Class = "in_sync"
)

// What an existing object may have that the plan wants.
const (
	TakenName  = "name"
	TakenPlace = "place"
	TakenPort  = "port" // by an object of the same kind, which may be adopted instead
	TakenID    = "id"   // several objects have one diet id
	TakenCopy  = "copy" // somebody copied an object with its marks: it is in references
)

// Run is the class of the preview as a whole.
const Run Class = "run"

// Who made a change, as they stand in JSON.
const (
	ActorPerson  = "person"
	ActorDiet    = "diet"
	ActorSystem  = "system"  // NetBox's own scripts, and other tools
	ActorUnknown = "unknown" // no change in the changelog explains the value
)

// Blame says who gave NetBox's value, when and why.
type Blame struct {
	// Actor is person, system, diet or unknown.
	Actor   string `json:"actor"`
	User    string `json:"user,omitempty"`
	Time    string `json:"time,omitempty"` // RFC 3339, the server's clock
	Message string `json:"message,omitempty"`

	// Request is the one of NetBox's changelog that it is from, "" where that is not known: what
	// is of one request has one cause. It is not part of a preview.
	Request string `json:"-"`

	// Past says that it is not about what was found: NetBox saved nothing since the object was
	// compared, so the edit went past its API, and no row of the changelog tells of it.
	Past bool `json:"-"`
}

// RecordVersion is the newest version of diet's record of an object, in the custom field
// diet_managed_fields, that this program reads, and the one that it writes.
const RecordVersion = 4

// ObjectID is the field in which a change says that an object's key was renamed: base
// and have are the diet id in NetBox, want is the new one.
const ObjectID = "object_id"

// PlanUID is the field in which a change says that the plan has a uid now, and the
// object's record none yet.
const PlanUID = "plan_uid"

// OfRecord reports whether a field stands in diet's record alone: no object of NetBox has it.
func OfRecord(field string) bool { return field == ObjectID || field == PlanUID }

// FieldName is the field that an edit is of: its kind where that is the field's name, and the
// name is what NetBox shows of the value.
func (r *Reference) FieldName() string {
	if slices.Contains(WrittenKinds(), r.Kind) {
		return r.Name
	}
	return r.Kind
}

// WrittenKinds are the kinds of what others wrote on an object where that is not the field's name.
func WrittenKinds() []string { return []string{"edited", "custom_field", "tag"} }

// Other is an object of NetBox that is in a change's way.
type Other struct {
	Kind   string `json:"kind"`
	ID     int64  `json:"id"`
	Name   string `json:"name"`
	Plan   string `json:"plan,omitempty"`   // the plan that owns it, "" for none
	UID    string `json:"uid,omitempty"`    // that plan's uid, where that alone tells it from this one
	Object string `json:"object,omitempty"` // its diet id, "" for none
	Blame  *Blame `json:"blame,omitempty"`

	// Marked names the field by which people keep a place, "" for what stands in it.
	Marked string `json:"marked,omitempty"`
}

// Step is what must happen to another object first: its fields must be written, or it
// must be deleted.
type Step struct {
	Object string
	Fields []string

	// For are the fields of the change itself that want it so: where none of them is written, it does
	// not wait.
	For []string

	// Joins says that the change comes into the other object, wherever that stands: once its fields are
	// left to people, there is nothing to wait for.
	Joins bool
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

	// Fields holds the fields that differ; of a create, every field that is written.
	Fields []Field `json:"fields,omitempty"`

	// Verdict is on the object as a whole; the fields have their own.
	Verdict Verdict `json:"verdict"`

	// Owner is the diet id of the parent: the device of an interface. "" if there is none.
	Owner string `json:"owner,omitempty"`

	// Needs holds the diet ids that must exist before this change can be made.
	Needs []string `json:"needs,omitempty"`

	// NeededBy holds the fields on account of which something is needed, where their values do not say
	// it: a tag that is yet to be made. It is not part of a preview.
	NeededBy map[string][]string `json:"-"`

	// After holds what must give way first: who holds a name or a place that this change
	// takes. It is not part of a preview.
	After []Step `json:"-"`

	// Mixes holds what is in the way if only a part of this change is written. It is not
	// part of a preview.
	Mixes []Mix `json:"-"`

	// Along says that NetBox makes the object along with what it is part of, of a template. It is not
	// part of a preview.
	Along bool `json:"-"`

	// NotNeeded says that a shared object is not made yet, since nothing that is written needs it:
	// there is nothing to do about it.
	NotNeeded bool `json:"not_needed,omitempty"`

	// Held says what a change that would act waits for; "" if nothing.
	Held string `json:"held,omitempty"`

	References []Reference    `json:"external_references,omitempty"`
	Edited     []Reference    `json:"edited,omitempty"`
	Cascade    map[string]int `json:"cascade,omitempty"` // by kind, what goes with a deletion
	Protected  bool           `json:"protected,omitempty"`
	Unjudged   []string       `json:"unjudged,omitempty"`    // why it is unknown what depends on it
	TakesAlong []Reference    `json:"takes_along,omitempty"` // what others have in it, where it goes elsewhere
	Other      *Other         `json:"other,omitempty"`       // what exists or blocks
	Blame      *Blame         `json:"blame,omitempty"`

	// Since is when what exists or is to go got its name or its marks, where an answer depends on that.
	// It is not part of a preview.
	Since string `json:"-"`

	// Once is when diet last wrote the object or, of one that is made, when it was last deleted: it tells
	// what is done from what is done again. It is there where a budget asks, and not part of a preview.
	Once string `json:"-"`

	// Differs names the custom fields that make the owner of the object doubtful.
	Differs []string `json:"differs,omitempty"`

	// Flap says that diet and others keep making and deleting the object.
	Flap *Flap `json:"flap,omitempty"`

	// Undoes is, in a rollback, what the run that is undone did to the object.
	Undoes Action `json:"undoes,omitempty"`

	// Untouched says, in a rollback, that what the run released is as it left it.
	Untouched bool `json:"untouched,omitempty"`

	// Was is the NetBox id of what is gone without a change that says who deleted it.
	Was int64 `json:"was,omitempty"`

	// Proposed says that a person marked the existing object for the plan.
	Proposed bool `json:"proposed,omitempty"`

	// Taken says what that has which the plan wants: the name, the place, or the diet id.
	Taken string `json:"taken,omitempty"`
	// Settled says that the verdict on the object is there already: the differ was told
	// it, and made the change accordingly.
	Settled bool `json:"-"`

	// Before is the object in NetBox, if it exists: the applier computes the new ownership
	// from it. It is not part of a preview.
	Before *Before `json:"-"`

	// Initial are the values that the plan wants of the fields that are set at creation.
	Initial map[string]any `json:"-"`

	// AtCreation is the field that somebody asked about, where the plan sets it at creation only and nothing
	// is decided about it.
	AtCreation *Field `json:"-"`

	// Keys are what the plan's fields refer to: natural keys of shared objects, object ids.
	Keys map[string]string `json:"-"`

	// Tags are the tags that the plan's fields are in NetBox, by field.
	Tags map[string]Tag `json:"-"`

	// Earlier are the ids that objects of the plan had before their keys were renamed, the latest
	// first, by the id that they have now; nil where none was. It is not part of a preview.
	Earlier map[string][]string `json:"-"`

	// With is the diet id of the device that an orphan goes with, or that a deleted
	// interface went with: it has that device's verdict, and counts in its cascade.
	With string `json:"with,omitempty"`

	// Raised are the questions that guards ask about parts of a whole that would be deleted. They
	// are not part of a preview.
	Raised []string `json:"-"`

	// ReplacedBy is the diet id of what the plan has instead of an orphan: a breakout for the
	// cables of its lanes, or the reverse.
	ReplacedBy string `json:"replaced_by,omitempty"`

	// Instead are all of what the plan has instead of an orphan; of an object that bears the id of
	// another one, which a person picked, that one, and of the picked one all that lose their marks. They
	// are not part of a preview.
	Instead []string `json:"-"`

	// InsteadOf is the diet id of the cable that a missing one has come to stand for, and that
	// somebody deleted or pulled.
	InsteadOf string `json:"instead_of,omitempty"`

	// Template is true for an interface with the name of one of its device type's
	// templates: it is released, never deleted.
	Template bool `json:"template,omitempty"`
}

// Acts reports whether applying the set writes something for this change. The verdict on
// the object binds its fields: if it does not allow the action, nothing of the object is
// written.
func (c *Change) Acts() bool {
	if c.Held != "" || c.NotNeeded || !carried[c.Action][c.Verdict.Decision] {
		return false
	}
	return c.Action != Update && c.Action != Own ||
		slices.ContainsFunc(c.Fields, func(f Field) bool { return f.Verdict.Acts() })
}

// Accepted reports whether a person let stand that an object is not as the plan says.
func (c *Change) Accepted() bool { return c.Verdict.Accepted() && !c.Acts() }

// LeftOut reports whether it is decided, by a rule or a person, that nothing is done about a
// change.
func (c *Change) LeftOut() bool {
	v := c.Verdict.Decision
	return c.Held == "" && (c.Accepted() || !c.Acts() && (v == DecisionSkip || v == DecisionRelease))
}

// Outcome is the action that results from a change and its verdict.
func (c *Change) Outcome() Action {
	if c.Action == Delete && (c.Verdict.LetsGo() || c.Template && c.Verdict.Asks() && c.With == "") {
		return Orphan
	}
	return c.Action
}

// Expected is the outcome of a change, also of one that is made once the preview is approved;
// "" where nothing is to be written.
func (c *Change) Expected() Action {
	switch {
	case c.Acts():
		return c.Outcome()
	case c.Held != "" || c.Action == None:
		return ""
	case c.Verdict.WantsApproval():
		return c.approved()
	case c.Action == Update && carried[Update][c.Verdict.Decision] &&
		slices.ContainsFunc(c.Fields, func(f Field) bool { return f.Verdict.WantsApproval() }):
		return Update
	}
	return ""
}

// approved is the outcome of what is recommended.
func (c *Change) approved() Action {
	switch Answer(c.Verdict.Recommended) {
	case AnswerSkip, AnswerUseUser, AnswerKeep, AnswerAcknowledge, AnswerRelease:
		return ""
	case AnswerOrphan:
		return Orphan
	}
	if c.Template && c.Action == Delete {
		return Orphan // a port of its device's type is never deleted
	}
	return c.Action
}

// PerField reports whether the fields of a change are decided one by one. Creates and
// deletions are decided as a whole, and findings not at all.
func (c *Change) PerField() bool {
	return c.Action == Update || c.Action == Own || c.Action == Adopt
}

// Bundle lists the fields that mean something only together with a field of the change,
// itself among them, in the change's order. What the plan gives up goes alone.
func (c *Change) Bundle(f *Field) []*Field {
	if group := c.Group(f.Name); group != nil && f.Class != Relinquished {
		return c.Bundled(group)
	}
	return []*Field{f}
}

// GivesBack reports whether a rollback gives up what its run took over, and has there again what that wrote over.
func (c *Change) GivesBack() bool {
	return c.Class == Orphaned && c.Undoes == Adopt && len(c.Fields) > 0
}

// FieldNames are the names of fields, as one text.
func FieldNames(fields []*Field) string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	return strings.Join(names, ", ")
}

// Bundled are the fields of a change that are of a group, but for those that the plan
// gives up.
func (c *Change) Bundled(group []string) []*Field {
	var out []*Field
	for i := range c.Fields {
		if f := &c.Fields[i]; slices.Contains(group, f.Name) && f.Class != Relinquished {
			out = append(out, f)
		}
	}
	return out
}

// Deletes reports whether a change removes its object from NetBox: a deletion whose
// verdict does not release the object instead.
func (c *Change) Deletes() bool { return c.Action == Delete && c.Verdict.Decision == DecisionDelete }

// Dooms reports whether a change removes its object from NetBox, or would if what is
// recommended is done.
func (c *Change) Dooms() bool {
	return c.Deletes() || c.Action == Delete && c.Verdict.Asks() && !c.Template && c.approved() == Delete
}

// Deciding returns the verdict that keeps a change from being made: its own, or that of
// its first field that waits for a person.
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

// Stuck reports whether a change that would act is not made until a person does something,
// be it about another one, which need not ask: that is let stand, and in the way.
func (c *Change) Stuck() bool { return c.Held != "" }

// Set is an ordered list of changes of one plan.
type Set struct {
	Plan    string   `json:"plan"`
	Changes []Change `json:"changes"`

	// Findings are problems and notes that are not changes.
	Findings []Notice `json:"findings,omitempty"`

	// Names are the names of the objects that differing fields refer to, by kind and
	// NetBox id. See [Set.Named].
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

// Count counts the changes that keep accepts, by outcome.
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

// Rank orders kinds: those that others need come first, unknown kinds last.
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
