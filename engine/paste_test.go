package engine_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
)

// askingTwo asks about two of the devices.
const askingTwo = `package team.asking

# METADATA
# title: Two servers are asked about
# custom:
#   id: ASK001
#   severity: high
#   decision: ask
guards contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "changed"
	some name in ["web[2]", "web[4]"]
	endswith(input.object, name)
	message := sprintf("%s asks", [name])
}
`

// orders are all orders of several things.
func orders[T any](of []T) [][]T {
	if len(of) < 2 {
		return [][]T{of}
	}
	var out [][]T
	for i := range of {
		rest := slices.Delete(slices.Clone(of), i, i+1)
		for _, order := range orders(rest) {
			out = append(out, append([]T{of[i]}, order...))
		}
	}
	return out
}

// TestCommandsOfAPreview answers all questions of a preview one after another, as it printed them: a
// budget's among them, of which the others change how much it is about. In whatever order, nothing is
// asked any more.
func TestCommandsOfAPreview(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.planned(fmt.Sprintf(small, "one", 5)))
	budgets := filepath.Join(t.TempDir(), "budgets.yaml")
	if err := os.WriteFile(budgets, []byte("settings: {budgets: {device: {update: {max: 1}}}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	w.policies = []string{teamFolder(t, []byte(askingTwo)), filepath.Dir(budgets)}
	w.open("mirror.db")
	renamed := strings.Replace(fmt.Sprintf(small, "one", 5), "  site: ams2\n", "  site: ams2\n  naming: {node: \"srv-{n}\"}\n", 1)
	plan := w.planned(renamed)
	p := w.preview(plan)
	if len(p.Questions) != 3 || !strings.Contains(p.Verdict.Message, "update 3 devices, and 2 more that are asked about; the budget is 1") {
		t.Fatalf("questions %+v, verdict %+v", p.Questions, p.Verdict)
	}
	for _, word := range []string{"approve", "skip"} {
		for _, order := range orders([]int{0, 1, 2}) {
			if err := os.RemoveAll(w.eng.ResolutionsOf(plan)); err != nil {
				t.Fatal(err)
			}
			for _, i := range order {
				q := p.Questions[i]
				r := engine.Reply{Question: q.Key, Answer: word, Who: "joe", Why: "x"}
				if q.Verdict.Rule == "RUN102" {
					r.Answer = "approve"
				}
				if _, err := w.eng.Resolve(t.Context(), plan, r); err != nil && !errors.Is(err, engine.ErrNothingToAnswer) {
					t.Fatalf("%s %v: %s: %v", word, order, q.Key, err)
				}
			}
			if now := w.preview(plan); len(now.Questions) > 0 || now.Verdict.Asks() {
				t.Errorf("%s %v: %+v is asked", word, order, now.Questions)
			}
		}
	}
	more := w.planned(strings.Replace(renamed, "defaults: {description: \"one\"}", "defaults: {description: \"two\"}", 1))
	if now := w.preview(more); !now.Verdict.Asks() {
		t.Errorf("more than was answered is not asked about: %+v", now.Verdict)
	}
	const ofServers = "      type: server\n"
	others := w.planned(strings.Replace(fmt.Sprintf(small, "one", 5), ofServers, ofServers+"      set: {description: two}\n", 1))
	if now := w.preview(others); !now.Verdict.Asks() || now.Verdict.Count > p.Verdict.Count {
		t.Errorf("as many other changes as were answered are not asked about: %+v", now.Verdict)
	}
	if err := os.RemoveAll(w.eng.ResolutionsOf(plan)); err != nil {
		t.Fatal(err)
	}
	for _, q := range p.Questions {
		if _, err := w.eng.Resolve(t.Context(), plan, engine.Reply{Question: q.Key, Answer: "approve", Who: "joe", Why: "x"}); err != nil {
			t.Fatal(err)
		}
	}
	w.apply(plan)
	w.law(plan)
}

// TestDeletionCommandsOfAPreview is the same of what is asked about many deletions, and one of them: what
// was answered covers no deletion that was not shown.
func TestDeletionCommandsOfAPreview(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	of := func(servers int) string {
		return strings.Replace(fmt.Sprintf(small, "one", servers), "deletionPolicy: delete", "deletionPolicy: warn, approveDeletionsAbove: 1", 1)
	}
	w.apply(w.planned(of(6)))
	w.edit("devices", "web/web[4]", `{"comments": "hers"}`)
	w.answer("orphaned", "delete")
	plan := w.planned(of(3))
	p := w.preview(plan)
	if len(p.Questions) != 2 || !strings.Contains(p.Verdict.Message, "would delete 2 objects, and 1 more that is asked about") {
		t.Fatalf("questions %+v, verdict %+v", p.Questions, p.Verdict)
	}
	for _, word := range []string{"force_delete", "skip", "orphan"} {
		for _, order := range orders([]int{0, 1}) {
			if err := os.RemoveAll(w.eng.ResolutionsOf(plan)); err != nil {
				t.Fatal(err)
			}
			for _, i := range order {
				q := p.Questions[i]
				r := engine.Reply{Question: q.Key, Answer: word, Who: "joe", Why: "x"}
				if q.Verdict.Rule == "RUN101" {
					r.Answer = "approve"
				}
				if _, err := w.eng.Resolve(t.Context(), plan, r); err != nil {
					t.Fatalf("%s %v: %s: %v", word, order, q.Key, err)
				}
			}
			if now := w.preview(plan); len(now.Questions) > 0 || now.Verdict.Asks() {
				t.Errorf("%s %v: %+v is asked", word, order, now.Questions)
			}
			if now := w.preview(w.planned(of(2))); !now.Verdict.Asks() {
				t.Errorf("%s %v: one more deletion is not asked about: %+v", word, order, now.Verdict)
			}
		}
	}
	w.apply(plan)
	w.law(plan)
}
