package report

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/fatih/color"

	"github.com/diet-project/diet/engine"
)

// PreviewList implements [Format].
func (t Text) PreviewList(all []engine.PreviewSummary) error {
	for i := range all {
		p := &all[i]
		status := string(p.Status)
		switch {
		case p.AppliedAt != "":
			status += " " + p.AppliedAt
		case len(p.Stale) > 0:
			status += " (" + strings.Join(p.Stale, ", ") + ")"
		}
		if p.Approvals != nil {
			status += ", approvals " + approvalsText(p.Approvals)
		}
		fmt.Fprintf(t.W, "%s  %s  %s  %s, %s: ", t.paint(color.Bold)("%s", Printable(p.ID)), p.CreatedAt, Printable(p.Plan),
			Printable(status), Printable(cmp.Or(p.NetBox, "an unknown NetBox")))
		if p.Approvals != nil {
			t.summary(p.Summary, "and what takes approvals")
			continue
		}
		t.summary(p.Summary)
	}
	if len(all) == 0 {
		fmt.Fprintln(t.W, "the store has no preview")
	}
	return nil
}
