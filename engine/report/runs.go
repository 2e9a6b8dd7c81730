package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/fatih/color"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/apply"
)

// Runs implements [Format].
func (t Text) Runs(all []engine.RunSummary) error {
	for i := range all {
		t.run(&all[i])
	}
	if len(all) == 0 {
		fmt.Fprintln(t.W, "the store has no run")
	}
	return nil
}

func (t Text) run(r *engine.RunSummary) {
	undoes := ""
	if r.RollbackOf != "" {
		undoes = ", undoes " + r.RollbackOf
	}
	if r.RolledBackBy != "" {
		how := ""
		if r.InPart {
			how = "in part "
		}
		undoes += ", rolled back " + how + "by " + r.RolledBackBy
	}
	fmt.Fprintf(t.W, "%s  %s  %s  %s, %s, preview %s, %s%s\n", t.paint(color.Bold)("%s", Printable(r.ID)), r.StartedAt,
		Printable(r.Plan), r.Status, amount(r.Requests, "write request"), Printable(cmp.Or(r.Preview, "none")),
		Printable(cmp.Or(r.NetBox, "an unknown NetBox")), Printable(undoes))
}

// Run implements [Format].
func (t Text) Run(r *engine.RunDetail) error {
	r = printable(r)
	t.run(&r.RunSummary)
	for i := range r.Journal {
		t.request(&r.Journal[i])
	}
	var result struct {
		Lost []apply.Loss `json:"lost"`
	}
	if len(r.Result) > 0 {
		if err := json.Unmarshal(r.Result, &result); err != nil {
			return fmt.Errorf("read result of %s: %w", r.ID, err)
		}
	}
	t.lost(printable(result.Lost))
	return nil
}

// firstObjects is how many objects of a request are named, unless all are asked for.
const firstObjects = 3

func (t Text) request(r *engine.RunRequest) {
	objects, more := r.Objects, ""
	if n := len(objects) - firstObjects; n > 0 && !t.Full {
		objects, more = objects[:firstObjects], fmt.Sprintf(" and %d more", n)
	}
	fmt.Fprintf(t.W, "%4d  %s  %s %s: %s%s: %s\n", r.Seq, r.SentAt, r.Method, r.Kind, strings.Join(objects, ", "), more, r.Status)
	if r.Error != "" {
		fmt.Fprintf(t.W, "      %s\n", r.Error)
	}
	if r.Changelog != "" {
		fmt.Fprintf(t.W, "      %s\n", r.Changelog)
	}
}
