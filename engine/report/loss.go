package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/fatih/color"

	"github.com/diet-project/diet/engine/apply"
	"github.com/diet-project/diet/engine/change"
)

// mostLosses is how much of what is lost is listed, unless all is asked for.
const mostLosses = 10

// losses writes what of others goes with deletions: what is attached to the objects, and
// what was written on them and on what goes with them, each with who did it and when.
func (t Text) losses(set *change.Set, doomed []*change.Change, word string) {
	lines := lossesOf(set, doomed)
	for i, line := range lines {
		if i == mostLosses && !t.Full {
			fmt.Fprintf(t.W, "      … and %d more: --full\n", len(lines)-mostLosses)
			return
		}
		fmt.Fprintf(t.W, "      %s %s\n", t.paint(color.FgRed)("%s", word), line)
	}
}

func lossesOf(set *change.Set, doomed []*change.Change) []string {
	var lines []string
	known := map[change.Reference]bool{}
	of := func(c *change.Change, part bool) {
		for _, r := range c.References {
			key := change.Reference{Kind: r.Kind, ID: r.ID, Name: r.Name}
			if !known[key] {
				known[key] = true
				stays := ""
				if r.Stays {
					stays = ", which stays, without this end"
				}
				lines = append(lines, lossOf(&r)+stays+blame(r.Blame))
			}
		}
		for i := range c.Edited {
			r := &c.Edited[i]
			at := ""
			if part || len(doomed) > 1 {
				at = c.Name + " "
			}
			lines = append(lines, fmt.Sprintf("%s%s: %s%s", at, r.FieldName(), shown(set, c, r.FieldName(), r.Value), blame(r.Blame)))
		}
	}
	for _, c := range doomed {
		of(c, c.With != "")
	}
	for i := range set.Changes {
		part := &set.Changes[i]
		if part.With != "" && slices.ContainsFunc(doomed, func(c *change.Change) bool { return c.Object == part.With }) {
			of(part, true)
		}
	}
	return lines
}

// lossOf is what goes with a reference: the object that refers, or the field by which it does.
func lossOf(r *change.Reference) string {
	text := strings.ReplaceAll(r.Kind, "_", " ") + " " + r.Name
	if r.Clears != "" {
		return r.Clears + " of " + text
	}
	return text
}

// lost writes what of others went with what was deleted.
func (t Text) lost(all []apply.Loss) {
	for i := range all {
		l := &all[i]
		if l.Field != "" {
			fmt.Fprintf(t.W, "lost     %s %s %s: %s%s\n", l.Kind, l.Name, l.Field, valueText(l.Value), blame(l.Blame))
			continue
		}
		word, what := "lost", ", which went with it"
		if l.Was == nil {
			word, what = "detached", ", which stays, without that end"
		}
		fmt.Fprintf(t.W, "%-8s %s %s%s%s\n", word, strings.ReplaceAll(l.Kind, "_", " "), l.Name, what, blame(l.Blame))
	}
}
