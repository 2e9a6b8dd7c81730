package answer

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/diet-project/diet/engine/call"
	"github.com/diet-project/diet/engine/change"
)

// Question is what one cause makes diet ask: about one object or field, about many that
// are alike, or about the run as a whole. One answer answers all of it.
type Question struct {
	Key     string         `json:"key"`
	Class   change.Class   `json:"class"`
	Kind    string         `json:"kind,omitempty"`
	Field   string         `json:"field,omitempty"`
	Objects []string       `json:"objects,omitempty"` // diet ids
	Verdict change.Verdict `json:"verdict"`           // as the policies have it
	Options []string       `json:"options"`

	// Situation is the digest of the set: where one object of it changes, it is another question.
	Situation string `json:"situation"`

	situations []string // the same by whatever it may be called

	// Command answers the question as recommended or, where people answered what leads to different
	// things, as one of them did.
	Command string `json:"command"`

	// Given are those answers: none of them counts until one is given anew.
	Given []Given `json:"given,omitempty"`

	// Former are answers to it that count no more, the newest first.
	Former []Former `json:"former,omitempty"`

	Matters []Matter `json:"-"`

	// Leads are what the answers lead to.
	Leads map[string]change.Decision `json:"-"`
}

// Given is an answer that stands beside another one that leads to something else.
type Given struct {
	Answer string `json:"answer"`
	Who    string `json:"who"`
	When   string `json:"when"`
	Why    string `json:"why"`
	Place  string `json:"place,omitempty"` // FILE:LINE

	// Command gives the answer anew, in place of the others.
	Command string `json:"command"`
}

// Questions folds the matters that wait for a person by what they say: those that differ
// only in which object they are about are one question.
func Questions(matters []Matter) []*Question {
	var out []*Question
	at := map[string]*Question{}
	for _, m := range matters {
		if !m.Verdict().Waits() {
			continue
		}
		cause := m.cause()
		q := at[cause]
		if q == nil {
			q = &Question{Class: m.Class(), Verdict: *m.Verdict()}
			at[cause] = q
			out = append(out, q)
		}
		q.add(m)
	}
	for _, q := range out {
		q.seal()
	}
	return out
}

func (q *Question) add(m Matter) {
	q.Matters = append(q.Matters, m)
	if m.Change == nil {
		return
	}
	q.Kind = m.Change.Kind
	q.Objects = append(q.Objects, m.Change.Object)
	if m.Field != nil {
		q.Field = m.Field.Name
	}
}

// seal gives a question its digest and its key.
func (q *Question) seal() {
	most := q.Matters[0].callings()
	for _, m := range q.Matters[1:] {
		if of := m.callings(); len(of) > len(most) {
			most = of
		}
	}
	for _, c := range most {
		if of := q.digest(c); !slices.Contains(q.situations, of) {
			q.situations = append(q.situations, of)
		}
	}
	q.Situation = q.situations[0]
	q.Key = "q-" + q.Situation[:8]
	if n := q.Verdict.Count; n > 0 {
		q.Key += fmt.Sprintf("-%d", n) // what the person was shown
	}
}

func (q *Question) digest(call calling) string {
	set := make([]string, len(q.Matters))
	for i, m := range q.Matters {
		set[i] = m.situation("", call)
	}
	slices.Sort(set)
	return digest("question", set)
}

// Asked returns the number of changes that a person was shown who answers by a key, and whether the
// key is one of the question: it asks about no more.
func (q *Question) Asked(key string) (count int, is bool) {
	if key == q.Key {
		return q.Verdict.Count, true
	}
	shown, counted := strings.CutPrefix(key, "q-"+q.Situation[:8]+"-")
	count, err := strconv.Atoi(shown)
	return count, counted && err == nil && q.Verdict.Count > 0 && count >= q.Verdict.Count
}

// Open is the question as far as something of it still waits, nil where nothing does: what is
// answered already, each by itself, it does not ask about.
func (q *Question) Open() *Question {
	left := *q
	left.Objects = nil
	for _, m := range q.Matters {
		if !m.Verdict().Waits() || m.Field != nil && !m.Change.PerField() {
			continue // or the object is left to people
		}
		if m.Change == nil {
			return &left
		}
		left.Objects = append(left.Objects, m.Change.Object)
	}
	if left.Objects == nil {
		return nil
	}
	return &left
}

// Recommended is the answer that the rule proposes, or else the first that fits.
func (q *Question) Recommended() string {
	if slices.Contains(q.Options, q.Verdict.Recommended) || len(q.Options) == 0 {
		return q.Verdict.Recommended
	}
	return q.Options[0]
}

// CommandFor is the command that answers the question about a plan.
func (q *Question) CommandFor(as call.Flags, planFile, answer string) string {
	return as.Command(q.words(planFile, answer, "REASON")...)
}

func (q *Question) words(planFile, answer, reason string) []string {
	words := []string{"resolve", planFile}
	switch {
	case len(q.Objects) != 1:
		words = append(words, "--question", q.Key)
	case len(q.Matters) == 1 && q.Matters[0].Change.Taken == change.TakenCopy:
		words = append(words, "--object", fmt.Sprintf("%s:%d", q.Kind, q.Matters[0].Change.NetBoxID)) // the diet id is the original's too
	case q.Field == "":
		words = append(words, "--object", q.Objects[0])
	default:
		words = append(words, "--object", q.Objects[0], "--field", q.Field)
	}
	return append(words, "--answer", answer, "--reason", reason)
}

// About says in a line what a question is about.
func (q *Question) About() string {
	switch {
	case q.Class == change.Run:
		return fmt.Sprintf("the run as a whole (%s)", q.Verdict.Topic())
	case len(q.Objects) == 1 && q.Field == "":
		return fmt.Sprintf("%s: %s %s", q.Class, q.Kind, q.Objects[0])
	case len(q.Objects) == 1:
		return fmt.Sprintf("%s: %s of %s %s", q.Class, q.Field, q.Kind, q.Objects[0])
	case q.Field == "":
		return fmt.Sprintf("%s: %d of kind %s, the first %s", q.Class, len(q.Objects), q.Kind, q.Objects[0])
	}
	return fmt.Sprintf("%s: %s of %d of kind %s, the first %s", q.Class, q.Field, len(q.Objects), q.Kind, q.Objects[0])
}

// cause is what matters of one question have in common: all but the names of the object
// in what the rule says.
func (m Matter) cause() string {
	v := m.Verdict()
	parts := []string{string(m.Class()), string(v.Decision), v.Rule, v.Recommended}
	if v.Approvals > 0 {
		parts = append(parts, fmt.Sprint(v.Approvals))
	}
	if m.Change == nil {
		return strings.Join(append(parts, v.Topic()), "\x00")
	}
	c := m.Change
	parts = append(parts, c.Kind, string(c.Action), m.alike(v.Told()))
	if m.Field != nil {
		parts = append(parts, m.Field.Name)
	}
	return strings.Join(parts, "\x00")
}

// alike is a message about the matter without the names of its object. What somebody did in one
// request NetBox has at one time an object: that is one cause.
func (m Matter) alike(message string) string {
	message = Alike(message, m.Change)
	blames := []*change.Blame{m.Change.Blame}
	if m.Change.Other != nil {
		blames = append(blames, m.Change.Other.Blame)
	}
	if m.Field != nil {
		blames = append(blames, m.Field.Blame)
	}
	for _, b := range blames {
		if b != nil && b.Request != "" && b.Time != "" {
			message = strings.ReplaceAll(message, b.Time, b.Request)
		}
	}
	return message
}

// Alike is a message about an object without its names and its NetBox id: it reads the same for another
// object where the cause is the same.
func Alike(message string, c *change.Change) string {
	for _, name := range []string{c.Object, c.Name} {
		if name != "" {
			message = strings.ReplaceAll(message, name, "…")
		}
	}
	ids := []int64{c.NetBoxID}
	if c.Other != nil {
		ids = append(ids, c.Other.ID)
	}
	for _, id := range ids {
		message = strings.ReplaceAll(message, fmt.Sprintf("(id %d)", id), "(id …)")
	}
	return message
}
