package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/fatih/color"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/apply"
	"github.com/diet-project/diet/engine/call"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate/plain"
	"github.com/diet-project/diet/mirror/kinds"
)

// Text writes for terminals and logs. Equal changes are folded into one line.
type Text struct {
	W io.Writer

	// Color switches colours on.
	Color bool

	// Full shows every change by itself instead of folding equal ones.
	Full bool

	// Call are the settings of the commands that are named.
	Call call.Flags
}

var _ Format = Text{}

func (t Text) paint(attrs ...color.Attribute) func(string, ...any) string {
	c := color.New(attrs...)
	if t.Color {
		c.EnableColor()
	} else {
		c.DisableColor()
	}
	return c.Sprintf
}

var signs = map[change.Action]string{
	change.Create: "+", change.Update: "~", change.Delete: "-", change.Adopt: "=", change.Own: ".", change.None: "?",
	change.Rename: "~", change.Disregard: ".",
}

// actions in the order that people read them.
var actions = []change.Action{
	change.Create, change.Adopt, change.Update, change.Delete, change.Orphan, change.Own, change.Rename, change.Disregard,
}

// Plural is a count with its noun: "1 rack", "2 racks".
func Plural(n int, one, more string) string {
	return plain.Count(n, one, more)
}

// Changes writes what an apply of the set would do, and reports whether that is anything.
func (t Text) Changes(set *change.Set) bool {
	groups := fold(set, t.Full, (*change.Change).Acts)
	for _, g := range groups {
		c := g.changes[0]
		line := fmt.Sprintf("  %s %s %s", signs[c.Action], amount(len(g.changes), c.Kind), verb(c))
		fmt.Fprintf(t.W, "%s  %s\n", t.tint(c.Action)("%-44s", line), t.paint(color.Faint)("%s", examples(g.changes)))
		if tellsFields(c) {
			t.fields(set, g.changes)
		}
		if c.Verdict.Answer != "" || waived(c.Verdict) != "" {
			t.verdict(c.Verdict)
		}
		if c.Action == change.Delete {
			t.cascade(g.changes)
		}
		if c.Outcome() == change.Delete && c.With == "" { // one that is released keeps all
			t.losses(set, g.changes, "loses")
		}
	}
	return len(groups) > 0
}

// tellsFields reports whether fields of what a change is about are written.
func tellsFields(c *change.Change) bool {
	switch c.Action {
	case change.Update, change.Adopt, change.Rename:
		return true
	}
	return c.GivesBack()
}

func (t Text) tint(a change.Action) func(string, ...any) string {
	switch a {
	case change.Create:
		return t.paint(color.FgGreen)
	case change.Delete:
		return t.paint(color.FgRed)
	case change.Update, change.Adopt, change.Rename:
		return t.paint(color.FgYellow)
	}
	return t.paint(color.FgCyan)
}

func verb(c *change.Change) string {
	switch c.Outcome() {
	case change.Create:
		return "to create"
	case change.Update:
		return "to update"
	case change.Adopt:
		return "to take over"
	case change.Own:
		return "ownership to record"
	case change.Delete:
		return "to delete"
	case change.Orphan:
		return "to release"
	case change.Rename:
		return "to rename"
	case change.Disregard:
		return "to leave to people"
	}
	return ""
}

// Amount is a number of objects of a kind: 2 device types.
func Amount(n int, kind string) string { return amount(n, kind) }

func amount(n int, kind string) string {
	name := strings.ReplaceAll(kind, "_", " ")
	switch {
	case n == 1:
		return "1 " + name
	case name == "ip address":
		return fmt.Sprintf("%d ip addresses", n)
	}
	return fmt.Sprintf("%d %ss", n, name)
}

// cascade writes what goes along with changes, if anything does.
func (t Text) cascade(cs []*change.Change) {
	if along := cascade(cs); along != "" {
		fmt.Fprintf(t.W, "      with %s\n", along)
	}
}

func cascade(cs []*change.Change) string {
	total := map[string]int{}
	for _, c := range cs {
		for kind, n := range c.Cascade {
			total[kind] += n
		}
	}
	var parts []string
	for _, k := range kinds.Standard().All() {
		if total[k.Name] > 0 {
			parts = append(parts, amount(total[k.Name], k.Name))
		}
	}
	return strings.Join(parts, ", ")
}

func blame(b *change.Blame) string {
	switch {
	case b != nil && b.Actor == change.ActorUnknown:
		return ", by whom NetBox's changelog does not say"
	case b == nil || b.User == "":
		return ""
	}
	at := b.Time
	if len(at) >= 16 {
		at = strings.Replace(at[:16], "T", " ", 1)
	}
	return fmt.Sprintf(", by %s %s", b.User, at)
}

func (t Text) verdict(v change.Verdict) {
	word := string(v.Decision)
	if v.Asks() && v.Recommended != "" {
		word += ", recommended: " + v.Recommended
	}
	fmt.Fprintf(t.W, "      %s %s", t.paint(color.Bold)("%s", word), t.paint(color.Faint)("[%s]", v.Rule))
	if v.Message != "" {
		fmt.Fprintf(t.W, " %s", v.Message)
	}
	fmt.Fprintln(t.W)
	for _, more := range v.Beside() {
		fmt.Fprintf(t.W, "      %s\n", more)
	}
}

// skipped writes what stays as it is, and why: a rule, or a person, left it alone. What goes
// with it is counted.
func (t Text) skipped(set *change.Set) {
	along := skippedAlong(set)
	for i := range set.Changes {
		c := &set.Changes[i]
		if !engine.LeftAlone(c) {
			continue
		}
		fmt.Fprintf(t.W, "  · %s %s  %s\n", strings.ReplaceAll(c.Kind, "_", " "), verb(c), t.paint(color.Bold)("%s", called(set, c)))
		t.verdict(c.Verdict)
		t.with(along[c.Object])
	}
}

// skippedAlong is what is left as it is along with other objects, by those.
func skippedAlong(set *change.Set) map[string][]*change.Change {
	out := map[string][]*change.Change{}
	for i := range set.Changes {
		if c := &set.Changes[i]; c.With != "" && c.Verdict.Decision == change.DecisionSkip {
			out[c.With] = append(out[c.With], c)
		}
	}
	return out
}

// with writes what is left as it is along with an object, by kind.
func (t Text) with(along []*change.Change) {
	if len(along) > 0 {
		fmt.Fprintf(t.W, "      with %s\n", countedKinds(along))
	}
}

// countedKinds counts changes by kind.
func countedKinds(list []*change.Change) string {
	outcomes := make([]apply.Outcome, len(list))
	for i, c := range list {
		outcomes[i].Kind = c.Kind
	}
	return byKind(outcomes)
}

// summary writes the counts in one line, and what else there is to count.
func (t Text) summary(counts change.Counts, more ...string) {
	total := map[change.Action]int{}
	for _, byAction := range counts {
		for a, n := range byAction {
			total[a] += n
		}
	}
	var parts []string
	for _, a := range actions {
		if total[a] > 0 {
			parts = append(parts, t.tint(a)("%d %s", total[a], doing[a]))
		}
	}
	if parts == nil {
		parts = append(parts, "nothing to write")
	}
	fmt.Fprintf(t.W, "%s\n", strings.Join(append([]string{strings.Join(parts, ", ")}, more...), "; "))
}
