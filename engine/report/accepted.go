package report

import (
	"bytes"
	"fmt"

	"github.com/fatih/color"

	"github.com/diet-project/diet/engine/change"
)

// standing are differences that a person let stand, and that read the same.
type standing struct {
	changes []*change.Change
	says    string // of the first: what differs, and who answered what
}

// accepted writes the differences that a person let stand: those that read the same once, with how many.
func (t Text) accepted(set *change.Set) {
	for _, s := range t.standings(set) {
		c := s.changes[0]
		if len(s.changes) == 1 {
			t.object(set, c)
		} else {
			fmt.Fprintf(t.W, "  · %s  %s\n", t.paint(color.Bold)("%s", amount(len(s.changes), c.Kind)), examples(s.changes))
		}
		fmt.Fprint(t.W, s.says)
	}
}

// standings are those differences, in order.
func (t Text) standings(set *change.Set) []*standing {
	var out []*standing
	at := map[string]*standing{}
	add := func(c *change.Change, write func(Text)) {
		var body bytes.Buffer
		of := t
		of.W = &body
		write(of)
		key := c.Kind + "\x00" + impersonal(body.String(), c)
		if at[key] == nil || t.Full {
			at[key] = &standing{says: body.String()}
			out = append(out, at[key])
		}
		at[key].changes = append(at[key].changes, c)
	}
	along := skippedAlong(set)
	for i := range set.Changes {
		c := &set.Changes[i]
		if c.Accepted() && c.With == "" {
			add(c, func(of Text) { of.verdict(c.Verdict); of.with(along[c.Object]) })
		}
		for j := range c.Fields {
			if f := &c.Fields[j]; f.Verdict.Accepted() {
				add(c, func(of Text) { of.sides(set, c, f); of.verdict(f.Verdict) })
			}
		}
	}
	return out
}
