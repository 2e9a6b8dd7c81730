package answer

import (
	"slices"

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
	return m.Field == nil && len(a.Covers) > 0 && m.Class() == change.Changed && a.Answer == string(change.AnswerSkip)
}

// Lapsed is the newest answer that names a matter and stands no more, since it was given to another
// situation of the same kind: nil where there is none, or one stands.
func (b *Book) Lapsed(m Matter, judged bool) *Answer {
	var newest *Answer
	for _, a := range b.about(m) {
		switch {
		case a.Expired(b.now) || !a.alike(m):
		case m.fits(a, judged):
			return nil
		case newest == nil || a.When >= newest.When:
			newest = a
		}
	}
	return newest
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

// part notes an answer to several things by what it covers.
func (b *Book) part(a *Answer) {
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
