package engine_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestWhySaysWhatToEdit asks about a drift and about a class that is gone: the plan's edit
// that is told does change the verdict.
func TestWhySaysWhatToEdit(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.planned(fmt.Sprintf(small, "one", 2))
	w.apply(plan)
	w.edit("devices", "web/web[1]", `{"description": "hers"}`)
	w.sync()
	x, err := w.eng.Why(t.Context(), plan, "web/web[1]", "description")
	if err != nil || len(x.Reasons) != 1 {
		t.Fatalf("%+v, %v", x, err)
	}
	edits := strings.Join(x.Reasons[0].Edits, "\n")
	rule := x.Reasons[0].Verdict.Rule
	for _, want := range []string{"spec.reconcile.remediation: {fields: {description: auto}}", "takes the place of " + rule} {
		if !strings.Contains(edits, want) {
			t.Errorf("edits %q, want %s", edits, want)
		}
	}
	const remediated = "{remediation: {fields: {description: auto}}}"
	auto := w.planned(strings.Replace(fmt.Sprintf(small, "one", 2), "{deletionPolicy: delete}", remediated, 1))
	w.apply(auto)
	w.law(auto)
	if got := w.object("devices", "web/web[1]")["description"]; got != "one" {
		t.Errorf("it is %v", got)
	}
}
