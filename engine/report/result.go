package report

import (
	"fmt"
	"strings"

	"github.com/diet-project/diet/engine/apply"
	"github.com/diet-project/diet/mirror/kinds"
)

// Result implements [Format]: what failed, what was skipped because of that, and
// the counts in one line.
func (t Text) Result(r *apply.Result) error {
	r = printable(r)
	t.findings(r.Findings)
	for _, f := range r.Errors {
		fmt.Fprintf(t.W, "failed   %s %s: %s\n", f.Kind, f.Object, f.Error)
	}
	for _, c := range r.Casualties {
		by := ""
		if c.User != "" {
			by = ", attached by " + c.User + " meanwhile"
		}
		fmt.Fprintf(t.W, "lost     %s %s: it went along with what was deleted%s\n", c.Kind, c.Name, by)
	}
	for _, o := range r.Skipped {
		if strings.HasPrefix(o.Reason, "needs ") {
			fmt.Fprintf(t.W, "skipped  %s %s: %s\n", o.Kind, o.Object, o.Reason)
		}
	}
	var parts []string
	for _, c := range []struct {
		list []apply.Outcome
		word string
	}{
		{r.Created, "created"}, {r.Updated, "updated"}, {r.Deleted, "deleted"}, {r.Orphaned, "released"},
		{r.Owned, "ownership recorded"}, {r.Held, "held"}, {r.Failed, "failed"},
	} {
		if len(c.list) > 0 {
			parts = append(parts, c.word+" "+byKind(c.list))
		}
	}
	if parts == nil {
		parts = []string{"nothing to do"}
	}
	fmt.Fprintf(t.W, "%s; %s, %d write requests\n", strings.Join(parts, "; "), amount(len(r.Errors), "error"), r.Requests)
	return nil
}

// byKind counts objects by kind.
func byKind(list []apply.Outcome) string {
	count := map[string]int{}
	for _, o := range list {
		count[o.Kind]++
	}
	var parts []string
	for _, k := range kinds.Standard().All() {
		if count[k.Name] > 0 {
			parts = append(parts, amount(count[k.Name], k.Name))
		}
	}
	return strings.Join(parts, ", ")
}
