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
	parts    map[string]map[string][]*Answer // those that cover several, by word and by what they cover
	among    map[string][]member             // those that name several, by object
	now      time.Time
}

// NewBook keeps the answers of a plan, and those of other plans to objects that moved to it, by themselves or among
// others, by the ids that these had there; now decides which have expired.
func NewBook(plan string, answers []Answer, now time.Time, moved ...string) *Book {
	b := &Book{byObject: map[string][]*Answer{}, byDigest: map[string][]*Answer{}, covered: map[*Question][]*Answer{}, now: now}
	b.parts, b.among = map[string]map[string][]*Answer{}, map[string][]member{}
	came := make(map[string]bool, len(moved))
	for _, id := range moved {
		came[id] = true
	}
	for i := range answers {
		a := &answers[i]
		switch {
		case a.Situation == "", a.Plan != plan && !a.names(came):
			continue
		case a.Object == "":
			if a.Plan == plan {
				b.byDigest[a.Situation] = append(b.byDigest[a.Situation], a)
			}
			if len(a.Covers) > 0 {
				b.covering = append(b.covering, a)
			}
			b.part(a)
		default:
			b.byObject[a.Object] = append(b.byObject[a.Object], a)
		}
		b.answers = append(b.answers, a)
	}
	return b
}

// names reports whether an answer names one of several objects, by itself or among others.
func (a *Answer) names(objects map[string]bool) bool {
	return objects[a.Object] || len(objects) > 0 && slices.ContainsFunc(a.Objects, func(of string) bool {
		object, _ := apart(of)
		return objects[object]
	})
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

// To are the answers to a matter that stand: given to it by name or, where there is none, to the
// question that it is part of.
func (b *Book) To(m Matter, q *Question, judged bool) []*Answer {
	found := b.Named(m, judged)
	switch {
	case len(found) > 0:
		return found
	case q == nil:
		return b.Part(m)
	}
	return b.Asked(q)
}

// Named are the answers that stand and name a matter.
func (b *Book) Named(m Matter, judged bool) []*Answer {
	var found []*Answer
	for _, a := range b.about(m) {
		if !a.Expired(b.now) && m.fits(a, judged) {
			found = append(found, a)
		}
	}
	return found
}

// Asked are the answers that stand and were given to a question, or to more than it asks by now.
func (b *Book) Asked(q *Question) []*Answer {
	var found []*Answer
	for _, a := range slices.Concat(b.byDigests(q), b.over(q)) {
		if !a.Expired(b.now) && a.bounds(q) && !slices.ContainsFunc(q.Matters, a.Outlived) {
			found = append(found, a)
		}
	}
	return found
}

// byDigests are the answers that were given to a question.
func (b *Book) byDigests(q *Question) (out []*Answer) {
	for _, of := range q.situations {
		out = append(out, b.byDigest[of]...)
	}
	return out
}

// Picks reports whether to adopt says of a matter which one of several objects it is.
func (m Matter) Picks() bool { return m.Change != nil && m.Change.Taken == change.TakenID }

// over are the answers that were given to more than a question asks by now.
func (b *Book) over(q *Question) []*Answer {
	out, done := b.covered[q]
	if done || len(b.covering) == 0 {
		return out
	}
	for _, a := range b.covering {
		if !slices.Contains(q.situations, a.Situation) && b.covers(a, q) {
			out = append(out, a)
		}
	}
	b.covered[q] = out
	return out
}

// covers reports whether an answer was given to each matter of a question, as it is now.
func (b *Book) covers(a *Answer, q *Question) bool {
	of := b.parts[a.Answer]
	for _, m := range q.Matters {
		if m.Change == nil || !a.knew(m.staying()) {
			return false
		}
		if !slices.ContainsFunc(m.callings(), func(c calling) bool { return slices.Contains(of[m.situation(a.Answer, c)], a) }) {
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
	for _, name := range called(m.Change) {
		for _, a := range b.byObject[name] {
			if m.concerns(a.Field) {
				out = append(out, a)
			}
		}
	}
	return out
}

// fits reports whether an answer was given to the situation of a matter. What depends on
// an object is known in full only where NetBox was asked: else an answer fits if it knew
// of all that the mirror shows. To delete what is plugged into what stays was answered with
// all of that in view. A field that was left to people stays theirs, whatever they write. What diet
// carries out is carried out once: a later edit is none that was answered, though it is the same.
func (m Matter) fits(a *Answer, judged bool) bool {
	orphaned := m.Change.Class == change.Orphaned && m.Field == nil
	if m.Field != nil && a.Answer == string(change.AnswerUnmanage) {
		return m.Has(a.Field) // one of an older diet was given to values
	}
	if a.Outlived(m) {
		return false
	}
	if m.Covered(a) {
		return true
	}
	if m.Is(a.Answer, a.Situation) {
		return !orphaned || a.Answer != string(change.AnswerForceDelete) || a.knew(m.staying())
	}
	return !judged && orphaned && a.knew(m.References())
}

// knew reports whether an answer was given with references in view.
func (a *Answer) knew(references []string) bool {
	return !slices.ContainsFunc(references, func(r string) bool { return !slices.Contains(a.References, r) })
}
