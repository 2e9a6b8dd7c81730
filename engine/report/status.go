package report

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/diet-project/diet/engine"
)

// Status implements [Format].
func (t Text) Status(all []engine.Status) error {
	for i := range all {
		t.status(&all[i])
	}
	if len(all) == 0 {
		fmt.Fprintln(t.W, "no plan was named, and no object in NetBox has the key of one")
		return nil
	}
	if all[0].NetBox != nil {
		t.server(all[0].NetBox)
	}
	return nil
}

// server tells what NetBox can do.
func (t Text) server(s *engine.Server) {
	fmt.Fprintf(t.W, "NetBox %s at %s\n", Printable(s.Version), strings.Replace(Printable(s.URL), "#", ", branch ", 1))
	since := "cannot be read: there is no blame, and what others deleted is not known"
	if s.Changelog != "" {
		since = "since " + Printable(s.Changelog)
	}
	fmt.Fprintf(t.W, "  changelog %s\n", since)
	plugins := "none"
	if len(s.Plugins) > 0 {
		plugins = Printable(strings.Join(s.Plugins, ", "))
	}
	fmt.Fprintf(t.W, "  plugins: %s\n", plugins)
	for _, can := range []struct {
		there    bool
		yes, not string
	}{
		{s.IfMatch, "guards edits in between (If-Match)",
			"does not guard edits in between (If-Match): objects are read again just before they are written"},
		{s.StartCursor, "pages without counting (start=)", "counts for every page (no start=)"},
		{s.ChangelogMessage, "names the run in each change", "does not name the run in changes: only the journal tells what diet wrote"},
		{s.TellsUser, "tells whose the token is", "does not tell whose the token is: diet learns it from its own changes"},
		{s.ErrorsByObject, "tells which objects of a batch it refuses", "does not tell which objects of a batch it refuses: batches are split"},
	} {
		line := can.not
		if can.there {
			line = can.yes
		}
		fmt.Fprintf(t.W, "  %s\n", line)
	}
}

// counted says what a plan was found to differ in, or why it was not compared.
func counted(s *engine.Status) string {
	n := s.Summary
	switch {
	case s.Status == engine.StateOther:
		return "not compared: no plan file that was named, or that diet.yaml lists, has this key"
	case s.Status == engine.StateAbandoned:
		return "not compared: no plan of diet.yaml has this key"
	case !s.Compared:
		return "not compared"
	}
	return fmt.Sprintf("%d pending: %d modified, %d missing, %d orphaned, %s, %s, %s, %d accepted",
		s.Pending, n.Modified, n.Missing, n.Orphaned, amount(n.Released, "unmanaged object"),
		amount(n.Unmanaged, "unmanaged change"), amount(n.Conflicts, "conflict"), n.Accepted)
}

func (t Text) status(s *engine.Status) {
	fmt.Fprintf(t.W, "%s  %s  %s, %s\n", Printable(s.Plan), s.Status, amount(s.Objects, "object"), counted(s))
	if s.LastDriftCheck != "" {
		fmt.Fprintf(t.W, "  last reconciled %s, last drift check %s\n", cmp.Or(s.LastReconciled, "unknown"), s.LastDriftCheck)
	}
	switch {
	case s.Lease == nil:
	case s.Lease.Left:
		fmt.Fprintf(t.W, "  %s left its lease behind: the next run that writes takes it over\n", Printable(s.Lease.Holder))
	default:
		fmt.Fprintf(t.W, "  %s holds the plan, until %s at the latest\n", Printable(s.Lease.Holder), s.Lease.Until)
	}
	if s.HeldBy != "" {
		fmt.Fprintf(t.W, "  %s was rolled back: the plan is held until it changes, or somebody approves: %s says how\n",
			Printable(s.HeldBy), t.Call.Fill("`diet preview`"))
	}
	if s.Error != "" {
		fmt.Fprintf(t.W, "  %s\n", strings.ReplaceAll(PrintableLines(s.Error), "\n", "\n  "))
	}
}
