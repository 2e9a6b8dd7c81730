package report

import (
	"fmt"
	"strings"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
)

// Policies says what decides: the shipped policies or an edited copy, each folder of a
// team, and the guards that are off.
func (t Text) Policies(by engine.Deciders) {
	sources, edited := by.Policies, by.Edited
	shipped := "shipped"
	if edited != nil {
		shipped = edited.Dir
		fmt.Fprintf(t.W, "The policies in %s replace the shipped ones; they differ in %s\n", shipped, strings.Join(edited.Files, ", "))
	}
	parts := []string{fmt.Sprintf("%s (%s)", shipped, rules(sources.Shipped.Guards, sources.Shipped.Defaults, 0))}
	for _, f := range sources.Folders {
		parts = append(parts, fmt.Sprintf("%s (%s)", f.Dir, rules(f.Guards, f.Defaults, f.Data)))
	}
	fmt.Fprintf(t.W, "Policies: %s\n", strings.Join(parts, ", "))
	for _, w := range sources.Waivers {
		fmt.Fprintln(t.W, w)
	}
}

// rules counts what a source of policies holds.
func rules(guards, defaults, data int) string {
	var parts []string
	for _, part := range []struct {
		n    int
		noun string
	}{{guards, "guard"}, {defaults, "default"}, {data, "data file"}} {
		if part.n > 0 {
			parts = append(parts, amount(part.n, part.noun))
		}
	}
	if len(parts) == 0 {
		return "no rules"
	}
	return strings.Join(parts, ", ")
}

// waived is what a verdict says of the guards that would have applied: " [waived: …]".
func waived(v change.Verdict) string {
	if i := strings.LastIndex(v.Message, " [waived: "); i >= 0 {
		return v.Message[i:]
	}
	return ""
}
