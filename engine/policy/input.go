package policy

import (
	"slices"

	"github.com/diet-project/diet/engine/change"
)

// ClassRun is the class, and KindRun the kind, of the input for the preview as a
// whole. Unless its verdict lets the run go ahead, nothing is written.
const (
	ClassRun        = change.Run
	KindRun  string = "run"
)

// Input is what the policies see of one change: of an object as a whole, of one of
// its fields, or of the whole preview. policies/schema/input/v1.json describes it.
// What is not known is left out.
type Input struct {
	Kind   string        `json:"kind"`
	Object string        `json:"object"`
	Name   string        `json:"name,omitempty"`
	Class  change.Class  `json:"class"`
	Action change.Action `json:"action"`

	// Field is "" for the object as a whole.
	Field string `json:"field"`

	Want any `json:"want"`
	Base any `json:"base"`
	Have any `json:"have"`

	// Names are, of a field that refers to other objects, what those are called: want, base, have.
	Names map[string]string `json:"names,omitempty"`

	// Before is the object as NetBox has it, After as the plan would have it: its fields,
	// tags and custom fields, by name. The same map for all inputs of an object.
	Before map[string]any `json:"before,omitempty"`
	After  map[string]any `json:"after,omitempty"`

	Source string        `json:"source,omitempty"`
	Blame  *change.Blame `json:"blame,omitempty"`

	// References and Edited are those of the change, and of what is deleted with it.
	References []change.Reference `json:"references,omitempty"`
	Edited     []change.Reference `json:"edited,omitempty"`
	Cascade    map[string]int     `json:"cascade,omitempty"`
	Protected  bool               `json:"protected,omitempty"`
	Unjudged   []string           `json:"unjudged,omitempty"`
	Template   bool               `json:"template,omitempty"`
	With       string             `json:"with,omitempty"`

	// ReplacedBy is the cable that the plan has instead of an orphan.
	ReplacedBy string `json:"replaced_by,omitempty"`

	// InsteadOf is the cable that a missing one has come to stand for, and that somebody deleted or pulled.
	InsteadOf string `json:"instead_of,omitempty"`

	// DeletionPolicy is the deletionPolicy of the class, where it states one.
	DeletionPolicy string `json:"deletion_policy,omitempty"`

	// Undoes is, in a rollback, what the run that is undone did to the object.
	Undoes change.Action `json:"undoes,omitempty"`

	// Untouched says, in a rollback, that what the run released is as it left it.
	Untouched bool `json:"untouched,omitempty"`

	// Removed is set where the class of an orphan is no longer in the plan.
	Removed *Removed `json:"removed,omitempty"`

	// Differs names the fields in which what exists differs from the plan, or by which
	// it is open whose an object is.
	Differs []string `json:"differs,omitempty"`

	// Retyped says that a field would refer to a shared object that is yet to be created,
	// though the plan did not exchange it.
	Retyped bool `json:"retyped,omitempty"`

	// Unplugs says that a cable would be pulled out of what was the plan's and is left to people.
	Unplugs bool `json:"unplugs,omitempty"`

	// Flap says that diet and others keep writing over each other, or making and deleting the object.
	Flap *change.Flap `json:"flap,omitempty"`

	// Proposed says that a person marked what exists for the plan.
	Proposed bool `json:"proposed,omitempty"`

	// Taken is what an existing object has that the plan wants: name, place or port; of an
	// identity conflict, id where several objects have one.
	Taken string `json:"taken,omitempty"`

	Other *change.Other `json:"other,omitempty"`

	// Waived are the guards that an exception turns off for this change: the reason by id.
	Waived map[string]string `json:"waived,omitempty"`

	// Plan and Run are shared by the inputs of a run: the same pointer for all
	// of them makes deciding fast.
	Plan *Plan   `json:"plan"`
	Run  *Totals `json:"run,omitempty"`

	// Question is the one of the run that is to be decided alone, "" for all together.
	Question string `json:"question,omitempty"`

	// Resolution is a person's answer to this situation.
	Resolution *Resolution `json:"resolution,omitempty"`

	// Lapsed is a person's answer to what was so before, by which less was to be done.
	Lapsed *Resolution `json:"lapsed,omitempty"`

	// Now is RFC 3339; the policies have no other clock.
	Now string `json:"now"`
}

// Plan is what the policies see of the plan.
type Plan struct {
	Key    string            `json:"key"`
	Site   string            `json:"site,omitempty"`
	Labels map[string]string `json:"labels,omitempty"`

	// Reconcile is spec.reconcile, a generate.Reconcile: any value that
	// marshals to the same JSON.
	Reconcile any `json:"reconcile"`
}

// Totals counts what the run does that a change is part of.
type Totals struct {
	Counts    change.Counts  `json:"counts,omitempty"`
	Asked     change.Counts  `json:"asked,omitempty"`           // besides: what is asked about, or waits for that
	Deletions int            `json:"deletions"`                 // objects deleted in their own right
	Doubtful  int            `json:"deletions_asked,omitempty"` // besides: those that are asked about
	Cascade   map[string]int `json:"cascade,omitempty"`         // what is deleted with them, by kind
	Owned     map[string]int `json:"owned,omitempty"`           // what the plan owns in NetBox, by kind

	// RollbackOf is the run that this one undoes.
	RollbackOf string `json:"rollback_of,omitempty"`

	// HeldBy is the run that was rolled back, where this would do the same again.
	HeldBy string `json:"held_by,omitempty"`
}

// Removed counts what would be deleted with a class that is no longer in the plan.
type Removed struct {
	Objects map[string]int `json:"objects"`
	Cascade map[string]int `json:"cascade,omitempty"`
}

// Resolution is a person's answer.
type Resolution struct {
	Answer  string `json:"answer"`
	Who     string `json:"who,omitempty"`
	When    string `json:"when,omitempty"`
	Why     string `json:"why,omitempty"`
	Expires string `json:"expires,omitempty"` // RFC 3339

	// Approvals is how many people approved the preview, where these answer.
	Approvals int `json:"approvals,omitempty"`
}

// Run is what all inputs of a run have in common.
type Run struct {
	Plan   *Plan
	Totals *Totals
	Now    string
}

// Object returns the input of a change as a whole.
func (r Run) Object(c *change.Change) Input {
	in := Input{
		Kind: c.Kind, Object: c.Object, Name: c.Name, Class: c.Class, Action: c.Action,
		Source: c.Source, Blame: c.Blame,
		References: c.References, Edited: c.Edited, Cascade: c.Cascade,
		Protected: c.Protected, Unjudged: c.Unjudged, Template: c.Template, With: c.With, Other: c.Other,
		Plan: r.Plan, Run: r.Totals, Now: r.Now,
	}
	in.Differs, in.Proposed, in.Taken, in.Undoes, in.Flap = c.Differs, c.Proposed, c.Taken, c.Undoes, c.Flap
	in.ReplacedBy, in.InsteadOf, in.Untouched = c.ReplacedBy, c.InsteadOf, c.Untouched
	if c.Class == change.Exists {
		in.Differs = differing(c.Fields)
	}
	return in
}

// Absorb adds the references and edits of an object that is deleted along with a
// device to the input of that device, so that the device's guards cover both.
func (in *Input) Absorb(child *change.Change) {
	known := make(map[change.Reference]bool, len(in.References))
	for _, r := range in.References {
		known[change.Reference{Kind: r.Kind, ID: r.ID}] = true
	}
	in.References = slices.Clone(in.References)
	for _, r := range child.References {
		if r.ID == 0 || !known[change.Reference{Kind: r.Kind, ID: r.ID}] {
			in.References = append(in.References, r)
			continue
		}
		for i := range in.References {
			if same := &in.References[i]; r.Denied != "" && same.Kind == r.Kind && same.ID == r.ID {
				same.Denied, same.Why = r.Denied, r.Why
			}
		}
	}
	in.Edited = slices.Clone(in.Edited)
	for _, r := range child.Edited {
		r.Name = child.Name + " " + r.Name
		in.Edited = append(in.Edited, r)
	}
	in.Protected = in.Protected || child.Protected
	in.Unjudged = slices.Clone(in.Unjudged)
	for _, why := range child.Unjudged {
		if !slices.Contains(in.Unjudged, why) {
			in.Unjudged = append(in.Unjudged, why)
		}
	}
}

// differing names the fields that an adoption would have to decide.
func differing(fields []change.Field) []string {
	var names []string
	for _, f := range fields {
		if f.Class == change.Conflict {
			names = append(names, f.Name)
		}
	}
	return names
}

// Field returns the input of one field of a change.
func (r Run) Field(c *change.Change, f *change.Field) Input {
	return Input{
		Kind: c.Kind, Object: c.Object, Name: c.Name, Class: f.Class, Action: c.Action,
		Field: f.Name, Want: f.Want, Base: f.Base, Have: f.Have, Source: c.Source, Blame: f.Blame,
		Retyped: f.Retyped, Unplugs: f.Unplugs, Flap: f.Flap,
		Plan: r.Plan, Run: r.Totals, Now: r.Now,
	}
}

// Whole returns the input of the preview as a whole.
func (r Run) Whole() Input {
	return Input{Kind: KindRun, Object: r.Plan.Key, Class: ClassRun, Plan: r.Plan, Run: r.Totals, Now: r.Now}
}
