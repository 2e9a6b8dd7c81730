package engine_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
)

// settings has a team set something.
func (w *world) settings(text string) {
	w.Helper()
	dir := filepath.Join(w.dir, fmt.Sprint("settings-", len(w.policies)))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		w.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "data.yaml"), []byte("settings: "+text+"\n"), 0o600); err != nil {
		w.Fatal(err)
	}
	w.policies = append(slices.Clone(w.policies), dir)
	w.open("mirror.db")
}

// TestWhyOfWhatTheRunHolds asks why about what the run as a whole holds: it says by which rule, with the
// commands and edits that would let it go ahead.
func TestWhyOfWhatTheRunHolds(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		settings, rule, edit string
		answered             bool
	}{
		"a budget": {"{budgets: {device: {update: {max: 1}}}}", "RUN102", "settings: budgets", true},
		"a freeze": {`{freezes: [{from: "2020-01-01T00:00:00Z", to: "2099-01-01T00:00:00Z", why: audit}]}`, "RUN104", "settings: freezes", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			w.apply(w.planned(fmt.Sprintf(small, "one", 3)))
			w.settings(tt.settings)
			plan := w.planned(fmt.Sprintf(small, "two", 3))
			for _, field := range []string{"", "description"} {
				x, err := w.eng.Why(t.Context(), plan, "web/web[1]", field)
				if err != nil {
					t.Fatal(err)
				}
				last := x.Reasons[len(x.Reasons)-1]
				if last.Class != change.Run || last.Verdict.Rule != tt.rule || last.Rule == nil || last.Verdict.Message != x.Held ||
					!strings.Contains(strings.Join(last.Edits, "\n"), tt.edit) {
					t.Fatalf("%q: held %q, %+v", field, x.Held, last)
				}
				if (len(last.Commands) == 1 && strings.Contains(last.Commands[0], "--question q-")) != tt.answered {
					t.Errorf("%q: the commands are %q", field, last.Commands)
				}
			}
			if !tt.answered {
				return
			}
			p := w.preview(plan)
			if _, err := w.eng.Resolve(t.Context(), plan, engine.Reply{
				Question: p.Questions[0].Key, Answer: "approve", Who: "joe", Why: "x",
			}); err != nil {
				t.Fatal(err)
			}
			x, err := w.eng.Why(t.Context(), plan, "web/web[1]", "")
			if err != nil || x.Held != "" || slices.ContainsFunc(x.Reasons, func(r engine.Reason) bool { return r.Class == change.Run }) {
				t.Errorf("once it is approved: %v, %+v", err, x)
			}
			w.apply(plan)
			w.law(plan)
		})
	}
}

// TestWhyOfWhatGuardsForbid asks why drift is not remediated although the plan says auto: it names the
// guard, and nothing that it would forbid too.
func TestWhyOfWhatGuardsForbid(t *testing.T) {
	t.Parallel()
	for rule, edits := range map[string][]string{
		"DRF101": {"metadata: {name: web}", "metadata: {name: web, labels: {environment: production}}"},
		"DRF102": {"metadata: {name: web}", "metadata: {name: web}"},
	} {
		t.Run(rule, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			plan := w.edited(halls, append(edits, "approveDeletionsAbove: 100", "remediation: {default: auto}")...)
			w.apply(plan)
			if rule == "DRF102" {
				for range 2 {
					w.edit("devices", "web/web[1]", `{"name": "hers"}`)
					w.apply(plan)
				}
			}
			w.edit("devices", "web/web[1]", `{"name": "hers"}`)
			w.apply(plan)
			w.law(plan)
			x, err := w.eng.Why(t.Context(), plan, "web/web[1]", "name")
			if err != nil || len(x.Reasons) != 1 {
				t.Fatalf("%+v, %v", x, err)
			}
			r := x.Reasons[0]
			text := strings.Join(r.Edits, "\n")
			if r.Verdict.Rule != rule || r.Rule == nil || r.Rule.Kind != "guard" || strings.Contains(text, "auto") ||
				!strings.Contains(text, "waivers: {"+rule) || !slices.Contains(r.Answers, "use_diet") {
				t.Errorf("%+v", r)
			}
		})
	}
}
