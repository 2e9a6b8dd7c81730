package engine

import (
	"fmt"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/kinds"
)

// Refused are what keeps a preview's plan from being applied, as NetBox stands: what its
// findings hold, and what others have; and, as warnings, what else they tell, and what exists
// and may be adopted. What has one cause is told once, and of what is to be adopted nothing
// else: its cables stay where they are then.
func (p *Preview) Refused() (errs []Refusal, warnings []string) {
	for _, f := range p.Findings {
		if f.Severity == change.Error {
			errs = append(errs, Refusal{concernOf(f), f.Message})
		} else {
			warnings = append(warnings, f.Message)
		}
	}
	there := map[string]bool{}
	for i := range p.Changes {
		there[p.Changes[i].Object] = there[p.Changes[i].Object] || p.Changes[i].Class == change.Exists
	}
	exists := map[string]int{}
	first := map[string]string{}
	for i := range p.Changes {
		c := &p.Changes[i]
		switch {
		case c.Other == nil || c.With != "":
		case c.Class == change.Blocked && slices.ContainsFunc(c.Needs, func(need string) bool { return there[need] }):
		case c.Class == change.Blocked:
			errs = append(errs, Refusal{c.Object, fmt.Sprintf("%s %q (id %d) has the %s that the plan wants for %s",
				strings.ReplaceAll(c.Other.Kind, "_", " "), c.Other.Name, c.Other.ID, c.Taken, c.Object)})
		case c.Class == change.Exists && (c.Verdict.Waits() || c.Verdict.Decision == ""):
			if exists[c.Kind]++; exists[c.Kind] == 1 {
				first[c.Kind] = fmt.Sprintf("%s as %s", c.Other.Name, c.Object)
			}
		}
	}
	for _, kind := range MapKinds() {
		if n := exists[kind]; n > 0 {
			words := kinds.Standard().Must(kind).Words()
			if n == 1 {
				warnings = append(warnings, fmt.Sprintf("1 %s exists and may be adopted: %s", words, first[kind]))
				continue
			}
			warnings = append(warnings, fmt.Sprintf("%d %ss exist and may be adopted, the first %s", n, words, first[kind]))
		}
	}
	return errs, warnings
}

// concernOf is what of the plan a finding is about, "" for the whole.
func concernOf(n change.Notice) string {
	if n.Place == "" && len(n.Objects) > 0 {
		return n.Objects[0]
	}
	return n.Place
}
