package report

import (
	"fmt"
	"strings"

	"github.com/fatih/color"

	"github.com/diet-project/diet/engine/change"
)

// edit is one field that people edited alike in several objects.
type edit struct {
	field   *change.Field // of the first
	changes []*change.Change
}

// drift writes what people changed, with the verdicts; what is asked about stands among
// the questions. Planned changes are not drift.
func (t Text) drift(set *change.Set) {
	for i := range set.Changes {
		c := &set.Changes[i]
		if c.Class == change.Missing && c.With == "" && !c.Waits() && !c.Accepted() {
			fmt.Fprintf(t.W, "  %s %s was deleted%s\n", t.paint(color.FgMagenta)("!"), t.named(set, c), blame(c.Blame))
			t.verdict(c.Verdict)
			t.cascade([]*change.Change{c})
		}
	}
	for _, e := range edits(set, t.Full) {
		c, f := e.changes[0], e.field
		what, whose := t.named(set, c), ""
		if len(e.changes) > 1 {
			what, whose = amount(len(e.changes), c.Kind), t.paint(color.Faint)("   (%s)", examples(e.changes))
		}
		fmt.Fprintf(t.W, "  %s %s %s: diet wrote %s, NetBox has %s%s%s\n", t.paint(color.FgMagenta)("!"),
			what, f.Name, shown(set, c, f.Name, f.Base), shown(set, c, f.Name, f.Have), blame(f.Blame), whose)
		t.verdict(f.Verdict)
	}
}

// named is the kind of an object, and what it is called.
func (t Text) named(set *change.Set, c *change.Change) string {
	return strings.ReplaceAll(c.Kind, "_", " ") + " " + t.paint(color.Bold)("%s", called(set, c))
}

// edits are the fields that drifted, in order: those that read the same, but for the seconds of when
// they were written, are one.
func edits(set *change.Set, full bool) []edit {
	var out []edit
	at := map[string]int{}
	for i := range set.Changes {
		c := &set.Changes[i]
		for j := range c.Fields {
			f := &c.Fields[j]
			if f.Class != change.Drift || f.Verdict.Waits() || f.Verdict.Accepted() {
				continue
			}
			key := strings.Join([]string{
				c.Kind, f.Name, shown(set, c, f.Name, f.Base), shown(set, c, f.Name, f.Have), blame(f.Blame), string(f.Verdict.Decision),
				f.Verdict.Rule, impersonal(f.Verdict.Told(), c),
			}, "\x00")
			if full {
				key = c.Kind + c.Object + f.Name
			}
			if _, known := at[key]; !known {
				at[key] = len(out)
				out = append(out, edit{field: f})
			}
			out[at[key]].changes = append(out[at[key]].changes, c)
		}
	}
	return out
}
