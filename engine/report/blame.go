package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/fatih/color"

	"github.com/diet-project/diet/engine"
)

// Blame implements [Format]: a line for each change, and one for each value that it
// wrote.
func (t Text) Blame(edits []engine.Edit) error {
	edits = printable(edits)
	for _, edit := range edits {
		who := edit.Actor
		if edit.User != "" {
			who = fmt.Sprintf("%s (%s)", edit.User, edit.Actor)
		}
		fmt.Fprintf(t.W, "%s  %s  %s %s:%d", edit.Time, t.paint(color.Bold)("%s", who), edit.Action, edit.Kind, edit.ID)
		if edit.Message != "" {
			fmt.Fprintf(t.W, "  %q", edit.Message)
		}
		fmt.Fprintf(t.W, "  request %s\n", edit.Request)
		t.values(edit)
	}
	return nil
}

func (t Text) values(edit engine.Edit) {
	slices.Sort(edit.Fields)
	var silent []string
	for _, field := range edit.Fields {
		if value, known := edit.Values[field]; known {
			fmt.Fprintf(t.W, "  %s: %s\n", field, valueText(value))
		} else {
			silent = append(silent, field)
		}
	}
	if len(silent) > 0 {
		fmt.Fprintf(t.W, "  %s\n", strings.Join(silent, ", "))
	}
}
