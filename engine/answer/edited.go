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
// changelog: what an answer to them says. It is "" where the changelog does not tell, and for an
// answer that lasts.
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
			case !known:
				return ""
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

func timeOf(b *change.Blame) (time.Time, bool) {
	if b == nil || b.Actor == change.ActorUnknown {
		return time.Time{}, false
	}
	at, err := time.Parse(time.RFC3339, b.Time)
	return at, err == nil
}

// Outlived reports whether a matter is about a later edit than an answer, or about one of which
// NetBox's changelog does not tell. An answer that does not say when the edit was made, as those of
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
		if at, known := timeOf(b); says && !known || known && at.After(of) {
			return true
		}
	}
	return false
}
