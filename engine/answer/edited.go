package answer

import (
	"time"

	"github.com/diet-project/diet/engine/change"
)

// lasting are the answers that have diet write nothing of a field: they last as long as its values
// stay, whoever writes them again.
var lasting = map[change.Answer]bool{
	change.AnswerUseUser: true, change.AnswerAcknowledge: true, change.AnswerUnmanage: true, change.AnswerSkip: true, change.AnswerKeep: true,
}

// clocks is by how much the clock of whoever answered may differ from NetBox's.
const clocks = time.Minute

// Edited is when the edits that matters are about were made, the last of them, by NetBox's
// changelog: what an answer to them says. Where the changelog does not tell, it is when the object was
// saved last. It is "" where nothing tells, and for an answer that lasts.
func Edited(answer string, matters ...Matter) string {
	var last time.Time
	out := ""
	for _, m := range matters {
		for _, text := range m.events() {
			if at, err := time.Parse(time.RFC3339, text); err == nil && at.After(last) && !lasting[change.Answer(answer)] {
				last, out = at, text
			}
		}
		for _, b := range m.edits() {
			switch at, known := timeOf(b); {
			case lasting[change.Answer(answer)]:
			case !known && m.saved() == "":
				return ""
			case !known:
				if at, err := time.Parse(time.RFC3339, m.saved()); err == nil && at.After(last) {
					last, out = at, m.saved()
				}
			case at.After(last):
				last, out = at, b.Time
			}
		}
	}
	return out
}

// events are when what a matter is about came to be so, as far as anybody knows: something got the name
// or the marks that it has, a field was given up.
func (m Matter) events() []string {
	switch {
	case m.Change == nil:
		return nil
	case m.Field == nil && m.Change.Since != "":
		return []string{m.Change.Since}
	case m.Field != nil && m.Field.Class == change.Released && m.Change.Before != nil:
		of, _ := m.Change.Before.Released[m.Field.Name].(map[string]any)
		if at, said := of["at"].(string); said {
			return []string{at}
		}
	}
	return nil
}

// edits are those by which the fields of a matter are not what diet left in them.
func (m Matter) edits() []*change.Blame {
	if m.Change == nil || m.Field == nil && !m.Change.PerField() {
		return nil
	}
	var out []*change.Blame
	add := func(f *change.Field) {
		if f.Class == change.Drift || f.Class == change.Conflict {
			out = append(out, f.Blame)
		}
	}
	if m.Field != nil {
		for _, f := range m.Change.Bundle(m.Field) {
			add(f)
		}
		return out
	}
	for i := range m.Change.Fields {
		add(&m.Change.Fields[i])
	}
	return out
}

// saved is when NetBox saved the object of a matter last: no edit that its API made is later, whether the
// changelog tells of it or not. It is "" where that is not known.
func (m Matter) saved() string {
	if m.Change == nil || m.Change.Before == nil {
		return ""
	}
	return m.Change.Before.LastUpdated
}

func timeOf(b *change.Blame) (time.Time, bool) {
	if b == nil || b.Actor == change.ActorUnknown {
		return time.Time{}, false
	}
	at, err := time.Parse(time.RFC3339, b.Time)
	return at, err == nil
}

// Outlived reports whether a matter is about a later edit than an answer, or about one that NetBox
// tells no time of, not even when the object was saved last. An answer that does not say when the edit was made, as those of
// older diets, is to what was so when it was given.
func (a *Answer) Outlived(m Matter) bool {
	if lasting[change.Answer(a.Answer)] {
		return false
	}
	of, err := time.Parse(time.RFC3339, a.Edited)
	says := err == nil
	if !says {
		if of, err = time.Parse(time.RFC3339, a.When); err != nil {
			return false
		}
		of = of.Add(clocks)
	}
	for _, text := range m.events() {
		if at, err := time.Parse(time.RFC3339, text); err == nil && at.After(of) {
			return true
		}
	}
	for _, b := range m.edits() {
		at, known := timeOf(b)
		if !known {
			at, err = time.Parse(time.RFC3339, m.saved())
			known = err == nil
		}
		if says && !known || known && at.After(of) {
			return true
		}
	}
	return false
}
