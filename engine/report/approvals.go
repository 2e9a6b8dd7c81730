package report

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/fatih/color"

	"github.com/diet-project/diet/engine"
)

// Approvals implements [Format].
func (t Text) Approvals(p *engine.Preview) error {
	t.approvals(printable(p))
	return nil
}

// approvals writes who has approved a preview, how many are missing, and the command.
func (t Text) approvals(p *engine.Preview) {
	a := p.Approvals
	if a == nil {
		return
	}
	fmt.Fprintf(t.W, "\nApprovals: %s\n", approvalsText(a))
	for _, o := range a.Given {
		line := fmt.Sprintf("%s at %s", cmp.Or(o.Who, "a stranger"), cmp.Or(o.SignedAt, "an unknown time"))
		if o.Expires != "" {
			line += ", until " + o.Expires
		}
		line = Printable(line + ", key " + cmp.Or(o.Key, "unknown"))
		if o.Why != "" {
			line = t.paint(color.FgRed)("%s", line+": does not count: "+o.Why)
		}
		fmt.Fprintf(t.W, "  %s\n", line)
	}
	if a.Missing > 0 {
		fmt.Fprintf(t.W, "  %s\n", t.paint(color.FgCyan)("%s", Printable(a.Command)))
	}
}

// approvalsText says in a few words how far the approvals of a preview are.
func approvalsText(a *engine.Approvals) string {
	text := fmt.Sprintf("%d of %d", len(a.By), a.Demanded)
	if len(a.By) > 0 {
		text += " (" + Printable(strings.Join(a.By, ", ")) + ")"
	}
	if a.Missing > 0 {
		text += fmt.Sprintf(", %d missing", a.Missing)
	}
	return text
}
