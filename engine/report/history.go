package report

import (
	"fmt"

	"github.com/fatih/color"

	"github.com/diet-project/diet/engine"
)

// History implements [Format].
func (t Text) History(h *engine.History) error {
	steps := printable(h.Steps)
	for _, s := range steps {
		who := s.Actor
		if s.User != "" {
			who = fmt.Sprintf("%s (%s)", s.User, s.Actor)
		}
		fmt.Fprintf(t.W, "%s  %s  %s %s:%d", s.Time, t.paint(color.Bold)("%s", who), s.Action, s.Kind, s.ID)
		if s.Message != "" {
			fmt.Fprintf(t.W, "  %q", s.Message)
		}
		fmt.Fprintln(t.W)
		for _, f := range s.Fields {
			fmt.Fprintf(t.W, "  %s: %s → %s\n", f.Name, valueText(f.Before), valueText(f.After))
		}
	}
	return nil
}
