package change

import (
	"fmt"
	"slices"
	"strings"
)

// Decision is the outcome of a verdict.
type Decision string

// The decisions, the most restrictive first. Package diet.verdict of the policies
// holds the same words in the same order.
const (
	DecisionDeny           Decision = "deny"            // a guard forbids it
	DecisionAsk            Decision = "ask"             // a person decides
	DecisionSkip           Decision = "skip"            // leave the object as it is
	DecisionAlert          Decision = "alert"           // keep a person's value, and alert
	DecisionKeep           Decision = "keep"            // keep NetBox's value
	DecisionPreserve       Decision = "preserve"        // keep a person's value
	DecisionRelease        Decision = "release"         // give up ownership of what is gone, or of a template's interface
	DecisionOrphan         Decision = "orphan"          // give up ownership, and leave the object
	DecisionRenameExisting Decision = "rename_existing" // rename what is in the way
	DecisionUnmanage       Decision = "unmanage"        // give up ownership of a field
	DecisionRestore        Decision = "restore"         // put the marks right that somebody edited
	DecisionAdopt          Decision = "adopt"           // take ownership of what exists
	DecisionUseName        Decision = "use_name"        // a shared object is what has the name
	DecisionRecreate       Decision = "recreate"        // create again what somebody deleted
	DecisionRemediate      Decision = "remediate"       // write the plan's value over a person's
	DecisionDelete         Decision = "delete"          // delete the object
	DecisionApply          Decision = "apply"           // write what the plan wants
)

// Decisions lists all of them, the most restrictive first.
func Decisions() []Decision {
	return []Decision{
		DecisionDeny, DecisionAsk, DecisionSkip, DecisionAlert, DecisionKeep, DecisionPreserve, DecisionRelease, DecisionOrphan,
		DecisionRenameExisting, DecisionUnmanage, DecisionRestore, DecisionAdopt, DecisionUseName, DecisionRecreate, DecisionRemediate,
		DecisionDelete, DecisionApply,
	}
}

// Verdict is what the policies, or a person's answer, say about a change.
type Verdict struct {
	Decision Decision `json:"decision"`

	// Rule is the stable id of the rule that decided, such as DEL001.
	Rule string `json:"rule,omitempty"`

	// Severity is info, low, medium, high or critical.
	Severity string `json:"severity,omitempty"`

	// Message says why, for people.
	Message string `json:"message,omitempty"`

	// Links lead to more.
	Links []string `json:"links,omitempty"`

	// Recommended is the answer that the rule recommends.
	Recommended string `json:"recommended,omitempty"`

	// Approvals is how many people must approve the preview before what is recommended is
	// done: a question that nothing else answers. 0 for any other.
	Approvals int `json:"approvals,omitempty"`

	// About is which of several questions of one rule about a run this is, "" for its only one.
	About string `json:"about,omitempty"`

	// Also are the questions beside this one.
	Also []Verdict `json:"also,omitempty"`

	// Parts is how many more parts of the object the rule asks the same about.
	Parts int `json:"parts,omitempty"`

	// parts are what it says of each of them.
	parts []string

	// Count is how many changes a question about a run is about, those among them that are asked
	// about too: an answer stands for fewer, and not for more. 0 for any other.
	Count int `json:"count,omitempty"`

	// Answer is what a person answered, where that decided.
	Answer string `json:"answer,omitempty"`
}

// Topic is what a verdict on a run is about: each is a question of its own.
func (v Verdict) Topic() string { return strings.TrimSpace(v.Rule + " " + v.About) }

// Told is what a verdict says, with the questions beside it.
func (v Verdict) Told() string { return strings.Join(append([]string{v.Message}, v.Beside()...), "; ") }

// Beside are the questions beside a verdict, each with its rule.
func (v Verdict) Beside() []string {
	out := make([]string, len(v.Also))
	for i, also := range v.Also {
		more := ""
		if also.Parts > 0 {
			more = fmt.Sprintf(" (and of %d more parts)", also.Parts)
		}
		out[i] = fmt.Sprintf("%s also %ss: %s%s", also.Rule, also.Decision, also.Message, more)
	}
	return out
}

// Join adds a question to those beside a verdict: one for each rule, and each part once.
func (v *Verdict) Join(q Verdict) {
	also := slices.Clone(v.Also)
	if i := slices.IndexFunc(also, func(a Verdict) bool { return a.Rule == q.Rule }); i >= 0 {
		if a := &also[i]; a.Message != q.Message && !slices.Contains(a.parts, q.Message) {
			a.parts = append(slices.Clone(a.parts), q.Message)
			a.Parts = len(a.parts)
		}
	} else {
		q.Also = nil
		also = append(also, q)
	}
	v.Also = also
}

// letStand holds the decisions that leave a difference as it is.
var letStand = map[Decision]bool{DecisionSkip: true, DecisionAlert: true, DecisionKeep: true, DecisionPreserve: true, DecisionRelease: true}

// LetsStand reports whether a decision leaves a difference as it is.
func (d Decision) LetsStand() bool { return letStand[d] }

// Accepted reports whether a person let a difference stand.
func (v Verdict) Accepted() bool { return v.Answer != "" && letStand[v.Decision] }

// Waits reports whether nothing is done until a person acts: answers a question, or
// changes what a guard forbids.
func (v Verdict) Waits() bool { return v.Asks() || v.Denies() }

// Asks reports whether a verdict is a question to a person.
func (v Verdict) Asks() bool { return v.Decision == DecisionAsk }

// Stricter reports whether a verdict allows less than another one, or asks for more approvals.
func (v Verdict) Stricter(than Verdict) bool {
	if v.Decision == than.Decision {
		return v.WantsApproval() && v.Approvals > than.Approvals
	}
	order := Decisions()
	return slices.Index(order, v.Decision) < slices.Index(order, than.Decision)
}

// WantsApproval reports whether a verdict is a question that only approvals answer.
func (v Verdict) WantsApproval() bool { return v.Asks() && v.Approvals > 0 }

// Denies reports whether a guard forbids the change.
func (v Verdict) Denies() bool { return v.Decision == DecisionDeny }

// acting holds the decisions on a field that lead to a write.
var acting = map[Decision]bool{DecisionApply: true, DecisionRemediate: true, DecisionUnmanage: true}

// Acts reports whether a verdict on a field leads to a write.
func (v Verdict) Acts() bool { return acting[v.Decision] }

// LetsGo reports whether a verdict on an object gives up its ownership and leaves the
// object in NetBox.
func (v Verdict) LetsGo() bool { return v.Decision == DecisionOrphan || v.Decision == DecisionRelease }

// carried holds, by action, the decisions on an object under which the action is carried
// out; any other writes nothing: a deleted object that is released is not created again.
// Of an update, the fields whose verdicts act
// are written.
var carried = map[Action]map[Decision]bool{
	Create:    {DecisionApply: true, DecisionRecreate: true, DecisionRenameExisting: true},
	Update:    {DecisionApply: true},
	Own:       {DecisionApply: true},
	Adopt:     {DecisionApply: true, DecisionAdopt: true, DecisionRestore: true},
	Delete:    {DecisionDelete: true, DecisionOrphan: true, DecisionRelease: true},
	Rename:    {DecisionRenameExisting: true},
	Disregard: {DecisionUnmanage: true},
}

// Binds reports whether the verdict on an object settles what becomes of its fields, which are else
// decided one by one: nothing of it is written, and no answer about a field changes that.
func (c *Change) Binds() bool {
	return c.PerField() && c.Verdict.Decision != "" && !c.Verdict.Asks() && !carried[c.Action][c.Verdict.Decision]
}
