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
	_ "embed"
	"time"

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

	// The answer. Which ones fit depends on the question; a preview lists them.
	Answer string `json:"answer" jsonschema:"required,enum=approve,enum=use_diet,enum=use_user,enum=unmanage,enum=acknowledge,enum=adopt,enum=rename_existing,enum=skip,enum=force_delete,enum=orphan,enum=recreate,enum=release,enum=restore,enum=keep,enum=use_name"` //nolint:lll // a tag has no second line

	// Who answered.
	Who string `json:"who" jsonschema:"required"`

	// When, RFC 3339.
	When string `json:"when" jsonschema:"required,pattern=^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2})$"`

	// Why, for those who review the file.
	Why string `json:"why" jsonschema:"required"`

	// When the answer ends, RFC 3339. Without it, it ends with its situation.
	Expires string `json:"expires,omitempty" jsonschema:"pattern=^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2})$"`

	// The digest of the situation that was answered; diet resolve writes it.
	Situation string `json:"situation" jsonschema:"required,pattern=^[0-9a-f]{24}$"`

	// Of an answer to a question about several objects: the digest of the situation of each. It
	// stands for fewer of them, too.
	Covers []string `json:"covers,omitempty" jsonschema:"pattern=^[0-9a-f]{24}$"`

	// What depended on an object that was to be deleted when it was answered.
	References []string `json:"references,omitempty"`
}

// Expired reports whether an answer has ended; one whose end cannot be read has.
func (a *Answer) Expired(now time.Time) bool {
	if a.Expires == "" {
		return false
	}
	end, err := time.Parse(time.RFC3339, a.Expires)
	return err != nil || !now.Before(end)
}

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
	return a.about() == b.about() && a.Answer == b.Answer && a.Situation == b.Situation && a.Expires == b.Expires
}

// replaces reports whether an answer takes the place of an earlier one.
func (a *Answer) replaces(b *Answer) bool {
	return a.about() == b.about()
}

// about is what an answer is given to.
func (a *Answer) about() [4]string { return [4]string{a.Plan, a.Object, a.Field, a.Question} }
