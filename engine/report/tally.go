package report

import (
	"fmt"
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
func (t Text) head(p *engine.Preview) {
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
	if parts = append(parts, tally(p)...); parts != nil {
		fmt.Fprintln(t.W, strings.Join(parts, "; "))
	}
}

// tally counts the objects of a preview that differ and of which something is not written, or was
// not diet's: as one phrase, none where there are none.
func tally(p *engine.Preview) []string {
	if text := p.Rest().String(); text != "" {
		return []string{text}
	}
	return nil
}
