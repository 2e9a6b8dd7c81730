package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/kinds"
)

// doing is what is done to what is counted.
var doing = map[change.Action]string{
	change.Create: "to create", change.Adopt: "to take over", change.Update: "to update", change.Delete: "to delete",
	change.Orphan: "to release", change.Own: "ownership", change.Rename: "to rename", change.Disregard: "to leave to people",
}

// head writes in one line what a preview comes to: what is written, by kind, and what is not.
func (t Text) head(p *engine.Preview, set *change.Set) {
	var parts []string
	for _, a := range actions {
		var of []string
		for _, k := range kinds.Standard().All() {
			if n := p.Summary[k.Name][a]; n > 0 {
				of = append(of, amount(n, k.Name))
			}
		}
		if of != nil {
			parts = append(parts, t.tint(a)("%s %s", strings.Join(of, ", "), doing[a]))
		}
	}
	if parts = append(parts, tally(p, set)...); parts != nil {
		fmt.Fprintln(t.W, strings.Join(parts, "; "))
	}
}

// tally counts the objects of a preview that differ and of which something is not written, or was
// not diet's: as one phrase, none where there are none.
func tally(p *engine.Preview, set *change.Set) []string {
	var drifted, held, denied, skipped, accepted, wrong int
	for i := range set.Changes {
		c := &set.Changes[i]
		drifted += one(engine.Drifted(c))
		held += one(stalled(c) || c.Held == "" && c.Waits())
		denied += one(c.Held == "" && c.Deciding().Denies())
		skipped += one(leftAlone(c))
		accepted += one(c.Accepted() || slices.ContainsFunc(c.Fields, func(f change.Field) bool { return f.Verdict.Accepted() }))
	}
	for _, f := range p.Findings {
		wrong += one(f.Severity == change.Error)
	}
	var parts []string
	add := func(n int, word string) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, word))
		}
	}
	add(drifted, "drifted")
	if add(held, "held"); denied > 0 {
		parts[len(parts)-1] += fmt.Sprintf(", %d of them denied", denied)
	}
	add(skipped, "skipped")
	add(accepted, "accepted")
	if wrong > 0 {
		parts = append(parts, amount(wrong, "error"))
	}
	if parts == nil {
		return nil
	}
	return []string{strings.Join(parts, ", ")}
}

func one(is bool) int {
	if is {
		return 1
	}
	return 0
}
