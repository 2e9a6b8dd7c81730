package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/fatih/color"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
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

// promised writes what an apply does besides once the approvals are there.
func (t Text) promised(p *engine.Preview) {
	if set := promisedBy(p); set != nil {
		t = t.section(promisedTitle)
		t.Changes(set)
	}
}

// promisedTitle stands over what waits for approvals alone.
const promisedTitle = "Once approved: what is written besides"

// promisedBy are the changes that a preview does not write, and does with the approvals that it lacks;
// nil for none.
func promisedBy(p *engine.Preview) *change.Set {
	if p.Outcome == nil {
		return nil
	}
	now := map[string]bool{}
	for i := range p.Changes {
		if c := &p.Changes[i]; c.Acts() {
			now[c.Kind+" "+c.Object] = true
		}
	}
	set := p.Approved().Set()
	set.Changes = slices.DeleteFunc(slices.Clone(set.Changes), func(c change.Change) bool { return !c.Acts() || now[c.Kind+" "+c.Object] })
	if len(set.Changes) == 0 {
		return nil
	}
	return set
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
