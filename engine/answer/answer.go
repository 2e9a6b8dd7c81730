// Package answer keeps what people answered: to a question of a preview, or about a
// difference that the policies decided themselves.
//
// The answers lie in resolutions.yaml beside the plan, a file that people review, edit
// and keep in version control. [File] reads and writes it; [Matter] is one thing that can
// be answered, [Question] what one cause makes diet ask, [Book] finds the answers that
// stand. An answer fits one situation, of which it holds the digest: where that changes,
// it lapses and the question returns. The package decides nothing: the policies settle
// what an answer leads to.
package answer

import (
	"cmp"
	_ "embed"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/diet-project/diet/engine/call"
	"github.com/diet-project/diet/engine/change"
)

//go:generate go test . -run TestSchema -update

// Schema is the JSON Schema (2020-12) of resolutions.yaml, for editors.
//
//go:embed resolutions.schema.json
var Schema []byte

// Document is resolutions.yaml. The comments of the fields become the descriptions in
// the schema.
type Document struct {
	// What people answered. diet appends to the list.
	Answers []Answer `json:"answers,omitempty"`
}

// Answer is what a person decided about one thing, as long as its situation stays as it is.
type Answer struct {
	// The key of the plan.
	Plan string `json:"plan" jsonschema:"required"`

	// The object: its diet id, or its kind and NetBox id, such as device:12. An answer to a
	// question about several objects, or about the run as a whole, has a question instead.
	Object string `json:"object,omitempty"`

	// The existing object that a map says the object is: its kind and NetBox id, such as
	// device:12. Its parts, and cables between such objects, go with it.
	NetBox string `json:"netbox,omitempty" jsonschema:"pattern=^[a-z_]+:[0-9]+$"`

	// Whose name that object has then, the plan's unless it says netbox.
	Name string `json:"name,omitempty" jsonschema:"enum=plan,enum=netbox"`

	// The field, where the answer is about one.
	Field string `json:"field,omitempty"`

	// The key of the question, as the preview prints it.
	Question string `json:"question,omitempty"`

	// What the question is about, for people; diet does not read it.
	About string `json:"about,omitempty"`

	// The class of what was answered, as a preview has it: changed, orphaned, planned, …
	Class string `json:"class,omitempty" jsonschema:"pattern=^[a-z_]+$"`

	// The answer. Which ones fit depends on the question; a preview lists them.
	Answer string `json:"answer" jsonschema:"required,enum=approve,enum=use_diet,enum=use_user,enum=unmanage,enum=acknowledge,enum=adopt,enum=rename_existing,enum=skip,enum=force_delete,enum=orphan,enum=recreate,enum=release,enum=restore,enum=keep,enum=use_name"` //nolint:lll // a tag has no second line

	// Of approve, what that led to when it was given, such as orphan: it approves nothing else.
	LeadsTo string `json:"leads_to,omitempty" jsonschema:"pattern=^[a-z_]+$"`

	// Who answered.
	Who string `json:"who" jsonschema:"required,minLength=1"`

	// When, RFC 3339.
	When string `json:"when" jsonschema:"required,pattern=^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2})$"`

	// Why, for those who review the file.
	Why string `json:"why" jsonschema:"required,minLength=1"`

	// When the answer ends, RFC 3339. Without it, it ends with its situation.
	Expires string `json:"expires,omitempty" jsonschema:"pattern=^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2})$"`

	// The digest of the situation that was answered; diet resolve writes it, and a preview refuses
	// an answer without it.
	Situation string `json:"situation,omitempty" jsonschema:"pattern=^[0-9a-f]{24}$"`

	// When what was answered was done, by NetBox's changelog, RFC 3339: the last edit of a field that
	// the answer has diet write (where the changelog does not tell, when the object was saved last), or
	// when an object got its marks or its name. An answer that diet carried out does not act on a later edit.
	Edited string `json:"edited,omitempty" jsonschema:"pattern=^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2})$"`

	// Of an answer to a question about several objects: the digest of the situation of each; of one
	// about a budget, of each change; of one about an object that changes, of each field.
	// It stands for fewer of them, too.
	Covers []string `json:"covers,omitempty" jsonschema:"pattern=^[0-9a-f]{24}$"`

	// Of an answer about a budget: how many changes it was given to. It stands for fewer, too, each done once.
	UpTo int `json:"up_to,omitempty" jsonschema:"minimum=1"`

	// Of an answer to a question about several objects: each of them, with the field where it asks about one.
	Objects []string `json:"objects,omitempty"`

	// What depended on an object that was to be deleted when it was answered.
	References []string `json:"references,omitempty"`

	place   string  // where it stands, as FILE:LINE
	instead []about // whose place it takes besides its own
	seen    *sight  // what who answered knew; nil for whatever there is
}

// about is what an answer is given to: a plan, an object and a field of it, or a question.
type about [4]string

// Place is where an answer stands, as FILE:LINE; "" of one that came with a preview.
func (a *Answer) Place() string { return a.place }

// Instead has an answer take the place of others, too, once it is put into a file.
func (a *Answer) Instead(others ...*Answer) {
	for _, b := range others {
		a.instead = append(a.instead, b.about())
	}
}

// Says is who answered what, when, and where that stands.
func (a *Answer) Says() string {
	said := fmt.Sprintf("%s answered %s at %s", a.Who, a.Answer, a.When)
	if a.place != "" {
		said += " (" + a.place + ")"
	}
	return said
}

// Command gives an answer anew, about a plan; reason is why.
func (a *Answer) Command(as call.Flags, planFile, reason string) string {
	q := Question{Key: a.Question, Field: a.Field}
	if a.Object != "" {
		q.Objects = []string{a.Object}
	}
	return as.Command(q.words(planFile, a.Answer, reason)...)
}

// Expired reports whether an answer has ended; one whose end cannot be read has.
func (a *Answer) Expired(now time.Time) bool {
	if a.Expires == "" {
		return false
	}
	end, err := time.Parse(time.RFC3339, a.Expires)
	return err != nil || !now.Before(end)
}

// Approve has an answer, if it approves, say what of.
func (a *Answer) Approve(to change.Decision) {
	if a.Answer == string(change.AnswerApprove) {
		a.LeadsTo = string(to)
	}
}

// Approved reports whether an answer is no approval, or one of what to approve leads to by now. One of an
// older diet does not say what it led to: it deletes nothing.
func (a *Answer) Approved(to change.Decision) bool {
	if a.Answer != string(change.AnswerApprove) {
		return true
	}
	return a.LeadsTo == string(to) || a.LeadsTo == "" && to != change.DecisionDelete
}

// Subject is what an answer was given to: an object, with the field if it is about one, or a question by its key.
func (a *Answer) Subject() string { return cmp.Or(strings.TrimSpace(a.Object+" "+a.Field), a.Question) }

// OfObject reports whether an answer names an object as a whole: one to a question names none.
func (a *Answer) OfObject() bool { return a.Object != "" && a.Field == "" }

// Adopts reports whether an answer takes an object over.
func (a *Answer) Adopts() bool { return a.Answer == string(change.AnswerAdopt) }

// Named is what an entry of a map says of the name of its object; nil where there is no entry.
func (a *Answer) Named() *Answer {
	if a == nil {
		return nil
	}
	named := *a
	if named.Answer = string(change.AnswerUseDiet); a.Name == "netbox" {
		named.Answer = string(change.AnswerUnmanage)
	}
	return &named
}

// Same reports whether two answers to the same thing say the same, whoever gave them and why.
func (a *Answer) Same(b Answer) bool {
	return a.about() == b.about() && a.Answer == b.Answer && a.Situation == b.Situation && a.UpTo == b.UpTo && a.Expires == b.Expires &&
		a.LeadsTo == b.LeadsTo
}

// Equal reports whether two answers are the same in all that a file has of them.
func (a Answer) Equal(b Answer) bool {
	a.place, a.instead, a.seen, b.place, b.instead, b.seen = "", nil, nil, "", nil, nil
	return reflect.DeepEqual(a, b)
}

// replaces reports whether an answer takes the place of an earlier one.
func (a *Answer) replaces(b *Answer) bool {
	return a.about() == b.about() || slices.Contains(a.instead, b.about())
}

// SameAbout reports whether two answers are given to the same thing, by the same name.
func (a *Answer) SameAbout(b *Answer) bool { return a.about() == b.about() }

// about is what an answer is given to.
func (a *Answer) about() about { return about{a.Plan, a.Object, a.Field, a.Question} }
