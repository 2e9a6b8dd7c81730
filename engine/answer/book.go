package answer

import (
	"slices"
	"time"

	"github.com/diet-project/diet/engine/change"
)

// Book finds the answers of one plan that stand.
type Book struct {
	answers  []*Answer
	byObject map[string][]*Answer
	byDigest map[string][]*Answer // those to questions about many objects, or the run
	covering []*Answer            // those of them that say what they cover
	covered  map[*Question][]*Answer
	now      time.Time
}

// NewBook keeps the answers of a plan; now decides which have expired.
func NewBook(plan string, answers []Answer, now time.Time) *Book {
	b := &Book{byObject: map[string][]*Answer{}, byDigest: map[string][]*Answer{}, covered: map[*Question][]*Answer{}, now: now}
	for i := range answers {
		a := &answers[i]
		switch {
		case a.Plan != plan:
			continue
		case a.Object == "":
			b.byDigest[a.Situation] = append(b.byDigest[a.Situation], a)
			if len(a.Covers) > 0 {
				b.covering = append(b.covering, a)
			}
		default:
			b.byObject[a.Object] = append(b.byObject[a.Object], a)
		}
		b.answers = append(b.answers, a)
	}
	return b
}

// Empty reports whether nobody has answered anything.
func (b *Book) Empty() bool { return len(b.answers) == 0 }

// Digest is over the answers of the plan.
func (b *Book) Digest() string {
	if b.Empty() {
		return ""
	}
	return digest("resolutions", b.answers)
}

// Answers are those of the plan, in order.
func (b *Book) Answers() []*Answer { return b.answers }

// To is the answer to a matter that stands: given to it, or to the question that it is
// part of. Two that differ for one situation answer nothing.
func (b *Book) To(m Matter, q *Question, judged bool) *Answer {
	var found []*Answer
	for _, a := range b.about(m) {
		if !a.Expired(b.now) && m.fits(a, judged) {
			found = append(found, a)
		}
	}
	if len(found) == 0 && q != nil {
		for _, a := range slices.Concat(b.byDigest[q.Situation], b.over(q)) {
			if !a.Expired(b.now) {
				found = append(found, a)
			}
		}
	}
	for _, a := range found {
		if m.contradict(a, found[0]) {
			return nil
		}
	}
	if len(found) == 0 {
		return nil
	}
	return found[len(found)-1]
}

// contradict reports whether two answers to a matter differ: in what they say or, where an answer
// picks one of several objects, in which one.
func (m Matter) contradict(a, b *Answer) bool {
	picks := m.Change != nil && m.Change.Taken == change.TakenID && a.Adopts()
	return a.Answer != b.Answer || picks && a.Object != b.Object
}

// Against is an answer to a matter that stands, under another of its names, and that another one
// would contradict; nil for none.
func (b *Book) Against(m Matter, given *Answer) *Answer {
	for _, a := range b.about(m) {
		if !a.Expired(b.now) && a.Object != given.Object && m.fits(a, true) && m.contradict(a, given) {
			return a
		}
	}
	return nil
}

// over are the answers that were given to more than a question asks by now.
func (b *Book) over(q *Question) []*Answer {
	out, done := b.covered[q]
	if done || len(b.covering) == 0 {
		return out
	}
	for _, a := range b.covering {
		if a.Situation != q.Situation && a.covers(q) {
			out = append(out, a)
		}
	}
	b.covered[q] = out
	return out
}

// covers reports whether an answer was given to each matter of a question, as it is now.
func (a *Answer) covers(q *Question) bool {
	of := make(map[string]bool, len(a.Covers))
	for _, situation := range a.Covers {
		of[situation] = true
	}
	for _, m := range q.Matters {
		if m.Change == nil || !of[m.Situation(a.Answer)] || !a.knew(m.staying()) {
			return false
		}
	}
	return true
}

// about are the answers that name a matter, of whatever situation.
func (b *Book) about(m Matter) []*Answer {
	if m.Change == nil {
		return nil
	}
	var out []*Answer
	for _, name := range Names(m.Change) {
		for _, a := range b.byObject[name] {
			if m.Has(a.Field) {
				out = append(out, a)
			}
		}
	}
	return out
}

// fits reports whether an answer was given to the situation of a matter. What depends on
// an object is known in full only where NetBox was asked: else an answer fits if it knew
// of all that the mirror shows. To delete what is plugged into what stays was answered with
// all of that in view. A field that was left to people stays theirs, whatever they write.
func (m Matter) fits(a *Answer, judged bool) bool {
	orphaned := m.Change.Class == change.Orphaned && m.Field == nil
	if m.Field != nil && a.Answer == string(change.AnswerUnmanage) {
		return true // one of an older diet was given to values
	}
	if a.Situation == m.Situation(a.Answer) {
		return !orphaned || a.Answer != string(change.AnswerForceDelete) || a.knew(m.staying())
	}
	return !judged && orphaned && a.knew(m.References())
}

// knew reports whether an answer was given with references in view.
func (a *Answer) knew(references []string) bool {
	return !slices.ContainsFunc(references, func(r string) bool { return !slices.Contains(a.References, r) })
}
