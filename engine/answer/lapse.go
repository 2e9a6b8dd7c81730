package answer

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine/change"
)

// To is an answer to a matter with all that says what it is given to.
func To(m Matter, word string) Answer {
	return Answer{
		Object: m.Change.Object, Class: string(m.Class()), Answer: word,
		Situation: m.Situation(word), Covers: m.Covers(), Edited: Edited(word, m),
	}
}

// Covers are the digests of what an answer to an object that changes is given to: each of its fields that
// would be written, with those that belong to it. Of other matters there are none.
func (m Matter) Covers() []string {
	var out []string
	for _, f := range m.fields() {
		out = append(out, f.Situation(""))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// fields are those of an object that changes, each bundle once, but for what only diet's record says.
func (m Matter) fields() []Matter {
	if m.Change == nil || m.Field != nil || m.Change.Class != change.Changed {
		return nil
	}
	var out []Matter
	for i := range m.Change.Fields {
		f := &m.Change.Fields[i]
		if bundle := m.Change.Bundle(f); bundle[0] == f && !records(bundle) {
			out = append(out, Matter{Change: m.Change, Field: f})
		}
	}
	return out
}

// records reports whether only diet's record is to say something else of fields.
func records(bundle []*change.Field) bool {
	return !slices.ContainsFunc(bundle, func(f *change.Field) bool { return !f.Class.Records() && !change.OfRecord(f.Name) })
}

// Covered reports whether an answer to an object was given to all that changes of it by now, or more.
func (m Matter) Covered(a *Answer) bool {
	fields := m.fields()
	return len(a.Covers) > 0 && len(fields) > 0 && !slices.ContainsFunc(fields, func(f Matter) bool { return !a.Knew(f) })
}

// Knew reports whether an answer to an object was given to a field of it as it is now.
func (a *Answer) Knew(f Matter) bool {
	return slices.ContainsFunc(f.callings(), func(c calling) bool { return slices.Contains(a.Covers, f.situation("", c)) })
}

// LeavesFields reports whether an answer left an object as it is and says of which fields: it stands for
// those, and for no others.
func (a *Answer) LeavesFields(m Matter) bool {
	return m.Field == nil && a.Object != "" && len(a.Covers) > 0 && m.Class() == change.Changed && a.Answer == string(change.AnswerSkip)
}

// Lapsed is the newest answer that was given to a matter, by name or with others, and stands no more, since it was given to another
// situation of the same kind, or approved something else than is decided now: nil where there is none, or one stands.
func (b *Book) Lapsed(m Matter, judged bool) *Answer {
	var newest *Answer
	for _, a := range b.given(m) {
		switch {
		case a.Expired(b.now) || !a.alike(m):
		case b.stands(a, m, judged) && (m.Verdict().Waits() || a.Approved(m.Verdict().Decision)):
			return nil
		case newest == nil || a.When >= newest.When:
			newest = a
		}
	}
	return newest
}

// Kept is the newest answer that was given to a matter of its class, by name or with others, and stands, or lasts
// whatever becomes of the matter; nil for none.
func (b *Book) Kept(m Matter, judged bool) *Answer {
	var newest *Answer
	for _, a := range b.given(m) {
		stays := lasting[change.Answer(a.Answer)] || b.stands(a, m, judged)
		if stays && !a.Expired(b.now) && a.Class != "" && a.alike(m) && (newest == nil || a.When >= newest.When) {
			newest = a
		}
	}
	return newest
}

// member is what an answer to several was given to: an object, or a field of it.
type member struct {
	answer *Answer
	field  string
}

// Member is a matter as one of several that an answer is given to, as [Answer.Objects] has it.
func (m Matter) Member() string {
	if m.Field == nil {
		return m.Change.Object
	}
	return m.Change.Object + " " + m.Field.Name
}

// apart takes what [Matter.Member] is made of apart.
func apart(of string) (object, field string) {
	object, field, _ = strings.Cut(of, " ")
	return object, field
}

// given are the answers that name a matter, by itself or among others, of whatever situation.
func (b *Book) given(m Matter) []*Answer {
	out := b.about(m)
	if m.Change == nil || len(b.among) == 0 {
		return out
	}
	for _, name := range called(m.Change) {
		for _, of := range b.among[name] {
			if m.concerns(of.field) {
				out = append(out, of.answer)
			}
		}
	}
	return out
}

// stands reports whether an answer that names a matter was given to its situation.
func (b *Book) stands(a *Answer, m Matter, judged bool) bool {
	if a.Object == "" {
		return slices.Contains(b.Part(m), a)
	}
	return m.fits(a, judged)
}

// Superseded are the answers that name a matter and stand no more: a new one takes their place.
func (b *Book) Superseded(m Matter) []*Answer {
	var out []*Answer
	for _, a := range b.about(m) {
		if m.Class() != change.Identity && !m.fits(a, true) {
			out = append(out, a)
		}
	}
	return out
}

// alike reports whether an answer was given to something of the kind of a matter: that an object is made,
// changed or deleted. Of an answer of an older diet nobody knows.
func (a *Answer) alike(m Matter) bool {
	return a.Class == "" || m.Field != nil || deed(change.Class(a.Class)) == deed(m.Class())
}

// deed is what is done to objects of a class.
func deed(class change.Class) change.Action {
	switch class {
	case change.Absent, change.Missing, change.Exists, change.Blocked, change.Templated:
		return change.Create
	case change.Orphaned:
		return change.Delete
	case change.Identity, change.Shared, change.Unmanaged:
		return change.Action(class)
	}
	return change.Update
}

// part notes an answer to several things by what it covers, and by what it names.
func (b *Book) part(a *Answer) {
	for _, of := range a.Objects {
		object, field := apart(of)
		b.among[object] = append(b.among[object], member{a, field})
	}
	if b.parts[a.Answer] == nil {
		b.parts[a.Answer] = map[string][]*Answer{}
	}
	for _, digest := range a.Covers {
		b.parts[a.Answer][digest] = append(b.parts[a.Answer][digest], a)
	}
}

// Part are the answers that stand to a question about several things that a matter was one of, where that
// is not asked any more.
func (b *Book) Part(m Matter) []*Answer {
	if m.Change == nil || len(b.parts) == 0 {
		return nil
	}
	var out []*Answer
	for _, word := range change.Answers() {
		of := b.parts[string(word)]
		if len(of) == 0 {
			continue
		}
		for _, c := range m.callings() {
			for _, a := range of[m.situation(string(word), c)] {
				if !a.Expired(b.now) && !a.Outlived(m) && a.knew(m.staying()) && !slices.Contains(out, a) {
					out = append(out, a)
				}
			}
		}
	}
	return out
}

// Divided reports whether questions about several things were answered in more than one word: only then can answers to
// them differ.
func (b *Book) Divided() bool { return len(b.parts) > 1 }

// Former is an answer that was given to what a question asks, and counts no more.
type Former struct {
	Answer  string `json:"answer"`
	Who     string `json:"who"`
	When    string `json:"when"`
	Why     string `json:"why"`
	Place   string `json:"place,omitempty"` // FILE:LINE
	Because string `json:"because"`
}

// Before says of each answer to a question that counts no more what it was, and why; of many, of the newest
// unless all are wanted.
func (q *Question) Before(all bool) []string {
	const most = 3
	var out []string
	for i, f := range q.Former {
		if i == most && !all {
			return append(out, fmt.Sprintf("… %d more", len(q.Former)-i))
		}
		out = append(out, fmt.Sprintf("%s by %s at %s (%s); %s", f.Answer, f.Who, f.When, f.Why, f.Because))
	}
	return out
}

// Former are the answers to what a question asks that count no more, each once, the newest first.
func (b *Book) Former(q *Question, judged bool) []Former {
	if b.Empty() {
		return nil
	}
	to := q.Leads[string(change.AnswerApprove)]
	var out []Former
	add := func(a *Answer, fits bool) {
		f := Former{Answer: a.Answer, Who: a.Who, When: a.When, Why: a.Why, Place: a.place}
		switch {
		case a.Expired(b.now):
			f.Because = "it expired at " + a.Expires
		case !fits:
			f.Because = "it was given to something else"
		case !a.Approved(to) && a.LeadsTo == "":
			f.Because = "an older diet wrote it, which did not say what it approved"
		case !a.Approved(to):
			f.Because = "it approved " + a.LeadsTo
		default:
			return
		}
		if !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	for _, m := range q.Matters {
		if !m.Verdict().Waits() {
			continue
		}
		for _, a := range b.given(m) {
			if a.alike(m) {
				add(a, b.stands(a, m, judged))
			}
		}
	}
	for _, a := range b.byDigests(q) {
		add(a, a.bounds(q) && !slices.ContainsFunc(q.Matters, a.Outlived))
	}
	slices.SortStableFunc(out, func(x, y Former) int { return cmp.Compare(y.When, x.When) })
	return out
}
