package report

import (
	"cmp"
	"fmt"

	"github.com/diet-project/diet/engine"
)

// Status implements [Format].
func (t Text) Status(all []engine.Status) error {
	for i := range all {
		t.status(&all[i])
	}
	if len(all) == 0 {
		fmt.Fprintln(t.W, "no plan was named, and no object in NetBox has the key of one")
	}
	return nil
}

func (t Text) status(s *engine.Status) {
	n := s.Summary
	fmt.Fprintf(t.W, "%s  %s  %d objects, %d pending: %d modified, %d missing, %d orphaned, "+
		"%d unmanaged objects, %d unmanaged changes, %d conflicts, %d accepted\n",
		Printable(s.Plan), s.Status, s.Objects, s.Pending, n.Modified, n.Missing, n.Orphaned, n.Released, n.Unmanaged, n.Conflicts, n.Accepted)
	if s.Status != engine.StateAbandoned {
		fmt.Fprintf(t.W, "  last reconciled %s, last drift check %s\n", cmp.Or(s.LastReconciled, "unknown"), s.LastDriftCheck)
	}
	switch {
	case s.Lease == nil:
	case s.Lease.Left:
		fmt.Fprintf(t.W, "  %s left its lease behind: the next run that writes takes it over\n", Printable(s.Lease.Holder))
	default:
		fmt.Fprintf(t.W, "  %s holds the plan, until %s at the latest\n", Printable(s.Lease.Holder), s.Lease.Until)
	}
	if s.Error != "" {
		fmt.Fprintf(t.W, "  %s\n", PrintableLines(s.Error))
	}
}
