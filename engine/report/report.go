// Package report shows previews and results to people: as text with folded
// groups, for terminals and logs. JSON is the values' own encoding.
//
// It writes to an io.Writer that the caller chooses, decides nothing, and shows
// equal changes once: a thousand renames are one line with examples.
package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/fatih/color"

	"github.com/diet-project/diet/engine/change"
)

// Style are the colours of a report. The zero value prints plain text.
type Style struct {
	// Color switches colours on.
	Color bool

	// Full shows every change by itself instead of folding equal ones.
	Full bool
}

func (s Style) paint(attrs ...color.Attribute) func(string, ...any) string {
	c := color.New(attrs...)
	if s.Color {
		c.EnableColor()
	} else {
		c.DisableColor()
	}
	return c.Sprintf
}

var signs = map[change.Action]string{
	change.Create: "+", change.Update: "~", change.Delete: "-", change.Adopt: "=", change.Own: ".", change.None: "?",
}

// actions in the order that people read them.
var actions = []change.Action{change.Create, change.Adopt, change.Update, change.Delete, change.Orphan, change.Own}

// group is a fold of changes that read the same.
type group struct {
	key     string
	changes []*change.Change
}

// fold groups the changes that keep accepts, in order of the set.
func fold(set *change.Set, full bool, keep func(*change.Change) bool) []group {
	var groups []group
	at := map[string]int{}
	for i := range set.Changes {
		c := &set.Changes[i]
		if !keep(c) {
			continue
		}
		k := foldKey(c)
		if full {
			k = c.Kind + c.Object
		}
		j, ok := at[k]
		if !ok {
			j = len(groups)
			at[k] = j
			groups = append(groups, group{key: k})
		}
		groups[j].changes = append(groups[j].changes, c)
	}
	return groups
}

func foldKey(c *change.Change) string {
	parts := []string{c.Kind, string(c.Action), string(c.Class), c.Source, string(c.Verdict.Decision), c.Verdict.Rule}
	if c.Action == change.Create && c.Kind == "interface_template" {
		parts = append(parts, c.Owner)
	}
	if c.PerField() {
		for _, f := range c.Fields {
			parts = append(parts, f.Name, string(f.Class), string(f.Verdict.Decision))
		}
	}
	return strings.Join(parts, "\x00")
}

// examples names the members of a group: all of a few, else the first and the last.
func examples(cs []*change.Change) string {
	names := make([]string, 0, len(cs))
	for _, c := range cs {
		names = append(names, label(c))
	}
	if len(names) <= 3 {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s, %s … %s", names[0], names[1], names[len(names)-1])
}

func label(c *change.Change) string {
	switch c.Kind {
	case "interface", "cable":
		_, rest, _ := strings.Cut(c.Object, "/")
		return rest
	case "interface_template":
		return strings.TrimPrefix(c.Owner, "device_type:") + " " + c.Name
	}
	return c.Name
}

// Changes writes what an apply of the set would do.
func Changes(w io.Writer, set *change.Set, s Style) {
	groups := fold(set, s.Full, (*change.Change).Acts)
	if len(groups) == 0 {
		fmt.Fprintln(w, "  nothing to do: NetBox is as the plan says")
		return
	}
	for _, g := range groups {
		c := g.changes[0]
		line := fmt.Sprintf("  %s %s %s", signs[c.Action], amount(len(g.changes), c.Kind), verb(c))
		fmt.Fprintf(w, "%s  %s\n", tint(s, c.Action)("%-44s", line), s.paint(color.Faint)("%s", examples(g.changes)))
		if c.Action == change.Update || c.Action == change.Adopt {
			writeFields(w, set, g.changes, s)
		}
		if c.Action == change.Delete && len(c.Cascade) > 0 {
			fmt.Fprintf(w, "      with %s\n", cascade(g.changes))
		}
	}
}

func tint(s Style, a change.Action) func(string, ...any) string {
	switch a {
	case change.Create:
		return s.paint(color.FgGreen)
	case change.Delete:
		return s.paint(color.FgRed)
	case change.Update, change.Adopt:
		return s.paint(color.FgYellow)
	}
	return s.paint(color.FgCyan)
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
		return "to let go"
	}
	return ""
}

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

func cascade(cs []*change.Change) string {
	total := map[string]int{}
	for _, c := range cs {
		for kind, n := range c.Cascade {
			total[kind] += n
		}
	}
	var parts []string
	for _, kind := range []string{"interface", "cable", "ip_address"} {
		if total[kind] > 0 {
			parts = append(parts, amount(total[kind], kind))
		}
	}
	return strings.Join(parts, ", ")
}

// writeFields shows the fields that act, with the values of the first member.
func writeFields(w io.Writer, set *change.Set, cs []*change.Change, s Style) {
	for _, f := range cs[0].Fields {
		if !f.Verdict.Acts() || f.Class == change.Agreed || f.Class == change.Converged {
			continue
		}
		more := ""
		if len(cs) > 1 {
			more = s.paint(color.Faint)("   (%s, and %d more)", cs[0].Name, len(cs)-1)
		}
		fmt.Fprintf(w, "      %s: %s → %s%s\n", f.Name, shown(set, cs[0], f.Name, f.Have), shown(set, cs[0], f.Name, f.Want), more)
	}
}

// shown prints a field's value, a reference by the name of what it refers to.
func shown(set *change.Set, c *change.Change, field string, value any) string {
	if name, ok := set.Named(c.Kind, field, value); ok {
		return Value(name)
	}
	return Value(value)
}

// Value prints a field's value.
func Value(v any) string {
	switch x := v.(type) {
	case nil:
		return "(none)"
	case string:
		if ref, ok := change.Pending(x); ok {
			return ref
		}
		return fmt.Sprintf("%q", x)
	}
	return fmt.Sprint(v)
}

// Drift writes what people changed and what the policies say of it: apart from
// planned work, which is no drift.
func Drift(w io.Writer, set *change.Set, s Style) int {
	n := 0
	for i := range set.Changes {
		c := &set.Changes[i]
		if c.Class == change.Missing && c.With == "" {
			n++
			fmt.Fprintf(w, "  %s %s %s was deleted%s\n", s.paint(color.FgMagenta)("!"), c.Kind, s.paint(color.Bold)("%s", c.Name), blame(c.Blame))
			verdict(w, c.Verdict, s)
			if len(c.Cascade) > 0 {
				fmt.Fprintf(w, "      with %s\n", cascade([]*change.Change{c}))
			}
		}
		for _, f := range c.Fields {
			if f.Class != change.Drift {
				continue
			}
			n++
			fmt.Fprintf(w, "  %s %s %s %s: diet wrote %s, NetBox has %s%s\n", s.paint(color.FgMagenta)("!"), c.Kind,
				s.paint(color.Bold)("%s", c.Name), f.Name, shown(set, c, f.Name, f.Base), shown(set, c, f.Name, f.Have), blame(f.Blame))
			verdict(w, f.Verdict, s)
		}
	}
	return n
}

func blame(b *change.Blame) string {
	if b == nil || b.User == "" {
		return ""
	}
	at := b.Time
	if len(at) >= 16 {
		at = strings.Replace(at[:16], "T", " ", 1)
	}
	return fmt.Sprintf(", by %s %s", b.User, at)
}

func verdict(w io.Writer, v change.Verdict, s Style) {
	word := string(v.Decision)
	if v.Asks() && v.Recommended != "" {
		word += ", recommended: " + v.Recommended
	}
	fmt.Fprintf(w, "      %s %s", s.paint(color.Bold)("%s", word), s.paint(color.Faint)("[%s]", v.Rule))
	if v.Message != "" {
		fmt.Fprintf(w, " %s", v.Message)
	}
	fmt.Fprintln(w)
}

// Held writes what waits for a person, or for something that does.
func Held(w io.Writer, set *change.Set, s Style) int {
	n := 0
	for _, g := range fold(set, s.Full, isHeld) {
		c := g.changes[0]
		n += len(g.changes)
		fmt.Fprintf(w, "  %s %s  %s\n", s.paint(color.FgRed)("✋"), amount(len(g.changes), c.Kind)+" "+verb(c), examples(g.changes))
		if c.Held != "" {
			fmt.Fprintf(w, "      held: %s\n", c.Held)
			continue
		}
		verdict(w, c.Deciding(), s)
		if len(c.Cascade) > 0 {
			fmt.Fprintf(w, "      with %s\n", cascade(g.changes))
		}
	}
	return n
}

func isHeld(c *change.Change) bool {
	if c.Acts() || c.Class == change.Missing {
		return false
	}
	return c.Held != "" || c.Waits()
}

// Summary writes the counts in one line.
func Summary(w io.Writer, counts change.Counts, s Style) {
	total := map[change.Action]int{}
	for _, byAction := range counts {
		for a, n := range byAction {
			total[a] += n
		}
	}
	var parts []string
	words := map[change.Action]string{
		change.Create: "to create", change.Adopt: "to take over", change.Update: "to update",
		change.Delete: "to delete", change.Orphan: "to let go", change.Own: "ownership",
	}
	for _, a := range actions {
		if total[a] > 0 {
			parts = append(parts, tint(s, a)("%d %s", total[a], words[a]))
		}
	}
	if parts == nil {
		parts = append(parts, "nothing to write")
	}
	fmt.Fprintf(w, "%s\n", strings.Join(parts, ", "))
}
