package report

import (
	"fmt"

	"github.com/fatih/color"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/value"
)

// fields shows the fields that act: the pattern of their values, a few of them or, where they
// have none in common, those of the first member.
func (t Text) fields(set *change.Set, cs []*change.Change) {
	for _, f := range cs[0].Fields {
		decided := cs[0].Action == change.Rename || cs[0].GivesBack() // as a whole
		if !f.Verdict.Acts() && !decided || f.Class == change.Agreed || f.Class == change.Converged {
			continue
		}
		if f.GivesUp() {
			fmt.Fprintf(t.W, "      %s: left to people; what NetBox has stays\n", f.Name)
			continue
		}
		if f.Class == change.Conflict { // a person's value is written over: that is told as it was asked
			t.allSides(set, cs, f.Name, "")
			t.verdict(f.Verdict)
			continue
		}
		t.patterns(set, cs, &f)
	}
}

// patterns shows what a field of changes has and is to have.
func (t Text) patterns(set *change.Set, cs []*change.Change, f *change.Field) {
	told := lines(sidesOf(set, cs, f.Name))
	for _, l := range told {
		more := ""
		switch {
		case len(l.of) > 1:
			more = fmt.Sprintf("   (%d of %d)", len(l.of), len(cs))
		case len(l.of) == 1 && len(told) > 1:
			more = fmt.Sprintf("   (%s)", label(cs[l.of[0]]))
		case len(l.of) == 1:
			more = fmt.Sprintf("   (%s; others differ, see --full)", label(cs[0]))
		}
		fmt.Fprintf(t.W, "      %s: %s%s%s\n", f.Name, l.text, t.paint(color.Faint)("%s", more), waived(f.Verdict))
	}
}

// shown prints a field's value, a reference by the name of what it refers to.
func shown(set *change.Set, c *change.Change, field string, value any) string {
	if name, ok := set.Named(c.Kind, field, value); ok {
		return valueText(name)
	}
	if object, pending := change.Pending(c.Kind, field, value); pending {
		return object
	}
	return valueText(value)
}

// valueText prints a field's value.
func valueText(v any) string {
	switch x := v.(type) {
	case nil:
		return "(none)"
	case string:
		return fmt.Sprintf("%q", x)
	case map[string]any, []any:
		if text, err := value.Encode(x); err == nil {
			return text
		}
	}
	return fmt.Sprint(v)
}
