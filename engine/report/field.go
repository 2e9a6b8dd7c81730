package report

import (
	"fmt"

	"github.com/fatih/color"

	"github.com/diet-project/diet/engine/change"
)

// fields shows the fields that act: the pattern of their values, or, where they have none in
// common, those of the first member.
func (t Text) fields(set *change.Set, cs []*change.Change) {
	for _, f := range cs[0].Fields {
		if !f.Verdict.Acts() && cs[0].Action != change.Rename || f.Class == change.Agreed || f.Class == change.Converged {
			continue
		}
		have, want, alike := sidesOf(set, cs, f.Name)
		more := ""
		if !alike {
			have, want = shown(set, cs[0], f.Name, f.Have), shown(set, cs[0], f.Name, f.Want)
			more = t.paint(color.Faint)("   (%s; others differ, see --full)", cs[0].Name)
		}
		fmt.Fprintf(t.W, "      %s: %s → %s%s%s\n", f.Name, have, want, more, waived(f.Verdict))
	}
}

// shown prints a field's value, a reference by the name of what it refers to.
func shown(set *change.Set, c *change.Change, field string, value any) string {
	if name, ok := set.Named(c.Kind, field, value); ok {
		return valueText(name)
	}
	return valueText(value)
}

// valueText prints a field's value.
func valueText(v any) string {
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
