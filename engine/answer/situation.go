package answer

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine/change"
)

// Matter is one thing that a person can answer: an object as a whole, a field of it with
// those that mean something only together with it, or, without a change, the run.
type Matter struct {
	Change *change.Change
	Field  *change.Field
	Parts  []*change.Change // what is deleted along with the object

	run     *change.Verdict
	changes []string // what the run would do
	dooms   int      // how many objects it would delete, those among them that go along
	bounded bounded  // the same where a budget is asked about
	again   string   // what a rollback undid, where this would do it again
}

// Matters are the objects of a set and their fields that keep accepts, in order. An object
// that is decided with another one is none of its own, nor is a field with an earlier one.
func Matters(set *change.Set, keep func(change.Verdict) bool) []Matter {
	parts := map[string][]*change.Change{}
	for i := range set.Changes {
		if c := &set.Changes[i]; c.With != "" {
			parts[c.With] = append(parts[c.With], c)
		}
	}
	out := make([]Matter, 0, len(set.Changes))
	for i := range set.Changes {
		c := &set.Changes[i]
		if c.With == "" && keep(c.Verdict) && !c.Settled && c.Class != change.Parking {
			out = append(out, Matter{Change: c, Parts: parts[c.Object]})
		}
		if !c.PerField() {
			continue
		}
		for j := range c.Fields {
			if f := &c.Fields[j]; keep(f.Verdict) && c.Bundle(f)[0] == f {
				out = append(out, Matter{Change: c, Field: f})
			}
		}
	}
	return out
}

// Run is the run as a whole, with its verdict: an answer to it is one to what it would do, to
// which objects of NetBox where it gives them up, and to which rollback it would undo, if any.
func Run(set *change.Set, verdict *change.Verdict, again string) Matter {
	m := Matter{run: verdict, again: again}
	for i := range set.Changes {
		if c := &set.Changes[i]; c.Expected() != "" {
			what := append([]string{c.Kind, c.Object, string(c.Expected())}, written(c)...)
			if c.Action == change.Delete {
				what = append(what, fmt.Sprint(c.NetBoxID))
			}
			if c.Expected() == change.Delete {
				m.dooms++
			}
			m.changes = append(m.changes, strings.Join(what, " "))
		}
	}
	slices.Sort(m.changes)
	if verdict.Count > 0 {
		m.bounded = boundedOf(set)
	}
	return m
}

// written are the fields that a change of what exists would write.
func written(c *change.Change) []string {
	var out []string
	for i := range c.Fields {
		if f := &c.Fields[i]; c.PerField() && (f.Verdict.Acts() || f.Verdict.WantsApproval()) {
			out = append(out, f.Name)
		}
	}
	return out
}

// Verdict is that of the matter, to be read and settled.
func (m Matter) Verdict() *change.Verdict {
	switch {
	case m.Change == nil:
		return m.run
	case m.Field == nil:
		return &m.Change.Verdict
	}
	return &m.Field.Verdict
}

// Verdicts are those that an answer settles: of a field, also those of the fields that
// mean something only together with it.
func (m Matter) Verdicts() []*change.Verdict {
	if m.Field == nil {
		return []*change.Verdict{m.Verdict()}
	}
	var out []*change.Verdict
	for _, f := range m.Change.Bundle(m.Field) {
		out = append(out, &f.Verdict)
	}
	return out
}

// Class is that of the object or of the field; "run" of the run as a whole.
func (m Matter) Class() change.Class {
	switch {
	case m.Change == nil:
		return change.Run
	case m.Field == nil:
		return m.Change.Class
	}
	return m.Field.Class
}

// Answers reports whether an answer that names an object and a field, or none, is about
// the matter.
func (m Matter) Answers(object, field string) bool {
	return m.Change != nil && m.Has(field) && slices.Contains(called(m.Change), object)
}

// Has reports whether a field is the matter's, or, where it is an object, whether none is named.
func (m Matter) Has(field string) bool {
	if m.Field == nil {
		return field == ""
	}
	return slices.ContainsFunc(m.Change.Bundle(m.Field), func(f *change.Field) bool { return f.Name == field })
}

// concerns reports whether an answer to a field is about the matter, of whatever situation: that field is the matter's, or would
// be if it differed.
func (m Matter) concerns(field string) bool {
	return m.Has(field) || m.Field != nil && slices.Contains(m.Change.Group(m.Field.Name), field)
}

// Concerns reports whether an answer that names an object and a field, or none, is about the matter, of whatever situation.
func (m Matter) Concerns(object, field string) bool {
	return m.Change != nil && m.concerns(field) && slices.Contains(called(m.Change), object)
}

// Situation is the digest of what an answer is given to. To release what was deleted, and
// to unmanage an object or a field, lasts whatever becomes of it. What fields refer to is called by
// its name: whether it is in NetBox yet makes no other situation.
func (m Matter) Situation(answer string) string { return m.situation(answer, calling{}) }

// Is reports whether an answer was given to the situation of the matter: by what that is called now, by
// the ids that the plan's objects had before their keys were renamed, or by NetBox ids, as an older
// diet has it.
func (m Matter) Is(answer, situation string) bool {
	return slices.ContainsFunc(m.callings(), func(c calling) bool { return m.situation(answer, c) == situation })
}

func (m Matter) situation(answer string, call calling) string {
	switch {
	case m.Change == nil && m.run.Count > 0:
		return digest("budget", m.run.Topic(), m.again)
	case m.Change == nil:
		if m.again != "" {
			return digest("run", m.run.Topic(), m.changes, m.again)
		}
		return digest("run", m.run.Topic(), m.changes)
	case m.Field != nil && answer == string(change.AnswerUnmanage):
		return digest(answer, m.Change.Kind, call.object(m.Change), m.Field.Name)
	case m.Field != nil:
		return digest("field", m.Change.Kind, call.object(m.Change), m.values(call))
	case answer == string(change.AnswerRelease) || answer == string(change.AnswerUnmanage):
		return digest(answer, m.Change.Kind, call.object(m.Change))
	}
	return digest("object", m.Change.Kind, call.object(m.Change), m.circumstances(answer, call))
}

// Like reports whether two matters of the same name, one of them from a stored preview, have one
// situation.
func (m Matter) Like(was Matter) bool {
	by := calling{numbered: true}
	if m.Field == nil && len(m.Change.Raised) > 0 {
		return slices.Equal(m.References(), was.References()) // a stored preview has not what guards ask of parts
	}
	return m.situation("", by) == was.situation("", by)
}

// Shown is the digest of all that a person is shown of matters, and of the answers that stand:
// whoever answers by it knew of both. It is "" for none.
func Shown(matters ...Matter) string {
	if len(matters) == 0 {
		return ""
	}
	var of []any
	for _, m := range matters {
		v := m.Verdict()
		of = append(of, m.Situation(""), v.Count, v.Recommended)
		if m.Change != nil && m.Field == nil {
			of = append(of, m.References())
		}
		if v.Answer != "" {
			of = append(of, v.Answer, v.Message) // which says whose it is, and when it was given
		}
	}
	return digest(of...)
}

// values are the three sides of a field, and of those that belong to it.
func (m Matter) values(call calling) [][]any {
	var out [][]any
	for _, f := range m.Change.Bundle(m.Field) {
		base, want := call.values(m.Change, f)
		out = append(out, []any{f.Name, base, want, f.Have})
	}
	return out
}

// circumstances are what the answer to a question about an object stands on.
func (m Matter) circumstances(answer string, call calling) []any {
	c := m.Change
	out := []any{c.Class}
	switch c.Class {
	case change.Orphaned:
		out = append(out, m.references(!says(answer)), c.Unjudged, c.Protected)
		if answer != string(change.AnswerSkip) {
			out = append(out, c.NetBoxID) // what was made again since is not what was given up
		}
		if len(c.Raised) > 0 {
			out = append(out, c.Raised)
		}
		return out
	case change.Missing, change.Unmanaged:
		if out = append(out, since(c.Blame)); c.Was != 0 {
			out = append(out, c.Was) // what was made again and is gone once more is another one
		}
		return out
	case change.Exists, change.Blocked:
		if out = append(out, other(c.Other)); !call.wide && leaves(answer) {
			return out // whatever it is like, and the plan says
		}
		for _, f := range c.Fields {
			if f.Class == change.Conflict {
				out = append(out, f.Name, f.Have)
			}
		}
		if len(c.References) > 0 {
			out = append(out, m.References())
		}
		return out
	case change.Identity, change.Shared:
		references := m.References()
		for i := range c.References {
			if r := &c.References[i]; c.Taken == change.TakenCopy && !call.numbered { // it is to give up its name
				references[i] = fmt.Sprintf("%s:%d", r.Kind, r.ID)
			}
		}
		return append(out, c.NetBoxID, other(c.Other), c.Differs, references, since(c.Blame))
	}
	if out = append(out, c.Action); !call.wide && leaves(answer) && narrow[c.Class] {
		return append(out, c.NetBoxID)
	}
	for i := range c.Fields {
		f := &c.Fields[i]
		if !call.numbered && change.OfRecord(f.Name) {
			continue // what an object is called says nothing of it
		}
		base, want := call.values(c, f)
		out = append(out, f.Name, base, want, f.Have)
	}
	return out
}

func since(b *change.Blame) string {
	if b == nil {
		return ""
	}
	return b.User + " " + b.Time
}

func other(o *change.Other) []any {
	if o == nil {
		return nil
	}
	return []any{o.Kind, o.ID, o.Name, o.Plan, o.Object}
}

// References name what depends on an object and on what is deleted along with it, and
// what others wrote there.
func (m Matter) References() []string { return m.references(true) }

// says reports whether an answer says itself what becomes of an object that would be deleted,
// whatever is recommended: then it stands although less of the plan stays by now.
func says(answer string) bool {
	switch change.Answer(answer) {
	case change.AnswerForceDelete, change.AnswerOrphan, change.AnswerSkip:
		return true
	}
	return false
}

// leaves reports whether by an answer nothing of what the plan says is written of an object.
func leaves(answer string) bool {
	return answer == string(change.AnswerSkip) || answer == string(change.AnswerRenameExisting)
}

// references are References, or those without what stays of the plan.
func (m Matter) references(staying bool) []string {
	names := map[string]bool{}
	for _, c := range append([]*change.Change{m.Change}, m.Parts...) {
		for _, r := range c.References {
			if !r.Stays || staying {
				names[m.reference(&r)] = true
			}
		}
		for _, r := range c.Edited {
			names[fmt.Sprintf("%s %s of %s = %v", r.Kind, r.Name, c.Object, r.Value)] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

func (m Matter) reference(r *change.Reference) string {
	return fmt.Sprintf("%s:%d %s", r.Kind, r.ID, r.Name)
}

// staying are those of the references that are of the plan itself.
func (m Matter) staying() []string {
	var out []string
	for _, c := range append([]*change.Change{m.Change}, m.Parts...) {
		for _, r := range c.References {
			if r.Stays {
				out = append(out, m.reference(&r))
			}
		}
	}
	return out
}

// digest is over values as JSON, short enough for a file that people read.
func digest(values ...any) string {
	h := sha256.New()
	_ = json.NewEncoder(h).Encode(values) // of plain values: cannot fail
	return hex.EncodeToString(h.Sum(nil))[:24]
}

// called are Names, and the ids that the object had before its key was renamed.
func called(c *change.Change) []string { return append(Names(c), c.Earlier[c.Object]...) }

// Names are those under which an answer may call an object.
func Names(c *change.Change) []string {
	out := []string{c.Object}
	if c.NetBoxID != 0 {
		out = append(out, fmt.Sprintf("%s:%d", c.Kind, c.NetBoxID))
	}
	if c.Other != nil && (c.Other.Kind != c.Kind || c.Other.ID != c.NetBoxID) {
		out = append(out, fmt.Sprintf("%s:%d", c.Other.Kind, c.Other.ID))
	}
	if c.Class == change.Identity && c.Taken != change.TakenCopy {
		for _, r := range c.References {
			out = append(out, fmt.Sprintf("%s:%d", r.Kind, r.ID))
		}
	}
	return out
}
