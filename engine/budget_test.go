package engine_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate"
)

// TestRunAnswerLapses approves a run that a budget asked about: whatever more the run would do
// by the time that it is applied is asked about again.
func TestRunAnswerLapses(t *testing.T) {
	t.Parallel()
	few := func(description string, servers int, edits ...string) string {
		text := fmt.Sprintf(small, description, servers)
		edits = append(edits, "deletionPolicy: delete", "deletionPolicy: delete, approveDeletionsAbove: 0")
		return strings.NewReplacer(edits...).Replace(text)
	}
	for name, tt := range map[string]struct{ approved, then string }{
		"another deletion":        {few("one", 3), few("one", 2)},
		"an update besides":       {few("one", 3), few("two", 3)},
		"one more field of each":  {few("two", 3), few("two", 3, "web:\n", "web:\n      name: \"srv-{n}\"\n")},
		"as many, in other racks": {few("two", 3), few("two", 3, "fromU: 1}", "fromU: 11}")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			w.apply(w.planned(few("one", 4)))
			approved := w.planned(tt.approved)
			w.sync()
			p := w.preview(approved)
			if len(p.Questions) != 1 || p.Verdict.Rule != "RUN101" {
				t.Fatalf("verdict %+v, questions %+v", p.Verdict, p.Questions)
			}
			r := engine.Reply{Question: p.Questions[0].Key, Answer: "approve", Who: "joe", Why: "x"}
			if _, err := w.eng.Resolve(t.Context(), approved, r); err != nil {
				t.Fatal(err)
			}
			if p := w.preview(approved); p.Verdict.Asks() {
				t.Errorf("what was approved is asked about: %+v", p.Verdict)
			}
			was, _ := w.all()
			then := w.planned(tt.then)
			_, p, err := w.eng.Apply(t.Context(), then, engine.ApplyOptions{})
			if is, _ := w.all(); err != nil || !p.Verdict.Asks() || fmt.Sprint(is) != fmt.Sprint(was) {
				t.Errorf("more than was approved: %v, verdict %+v, written %v", err, p.Verdict, fmt.Sprint(is) != fmt.Sprint(was))
			}
		})
	}
}

// TestBudgetApprovalIsUsedUp approves what a budget asks about: the run says that it uses the approval up,
// and the same done again is asked about again, as are other values and other objects.
func TestBudgetApprovalIsUsedUp(t *testing.T) {
	t.Parallel()
	budget := func(action string) []byte {
		return fmt.Appendf(nil, "settings: {budgets: {device: {%s: {max: 1}}}}\n", action)
	}
	type step struct {
		description string
		servers     int
	}
	for name, tt := range map[string]struct {
		action                string
		first, approved, then step
		between               []step // applied in turns before it is done again
	}{
		"made again":         {"create", step{"one", 1}, step{"one", 3}, step{"one", 3}, []step{{"one", 1}}},
		"others are made":    {"create", step{"one", 1}, step{"one", 3}, step{"one", 5}, nil},
		"written again":      {"update", step{"one", 3}, step{"two", 3}, step{"two", 3}, []step{{"one", 3}}},
		"another value":      {"update", step{"one", 3}, step{"two", 3}, step{"three", 3}, nil},
		"made and deleted":   {"delete", step{"one", 4}, step{"one", 2}, step{"one", 2}, []step{{"one", 4}}},
		"others are deleted": {"delete", step{"one", 6}, step{"one", 4}, step{"one", 2}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			of := func(s step) *generate.Plan { return w.planned(fmt.Sprintf(small, s.description, s.servers)) }
			w.apply(of(tt.first))
			shipped := w.policies
			dir := w.dir + "/budget"
			if err := os.MkdirAll(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(dir+"/data.yaml", budget(tt.action), 0o600); err != nil {
				t.Fatal(err)
			}
			w.policies = append(slices.Clone(shipped), dir)
			w.open("mirror.db")
			p := w.preview(of(tt.approved))
			if len(p.Questions) != 1 || p.Verdict.Rule != "RUN102" {
				t.Fatalf("verdict %+v, questions %+v", p.Verdict, p.Questions)
			}
			r := engine.Reply{Question: p.Questions[0].Key, Answer: "approve", Who: "joe", Why: "x"}
			if _, err := w.eng.Resolve(t.Context(), of(tt.approved), r); err != nil {
				t.Fatal(err)
			}
			if now := w.preview(of(tt.then)); tt.then != tt.approved && !now.Verdict.Asks() {
				t.Errorf("something else is not asked about: %+v", now.Verdict)
			}
			result, _, err := w.eng.Apply(t.Context(), of(tt.approved), engine.ApplyOptions{})
			if err != nil || !slices.ContainsFunc(result.Findings, func(n change.Notice) bool {
				return n.ID == "used-up" && strings.Contains(n.Message, "joe answered approve")
			}) {
				t.Fatalf("%v, findings %+v", err, result.Findings)
			}
			w.law(of(tt.approved))
			if tt.then != tt.approved {
				return
			}
			time.Sleep(time.Second) // diet's own times are down to the second
			w.policies = shipped
			w.open("mirror.db")
			for _, s := range tt.between {
				w.apply(of(s))
			}
			w.policies = append(slices.Clone(shipped), dir)
			w.open("mirror.db")
			if now := w.preview(of(tt.then)); !now.Verdict.Asks() {
				t.Errorf("the same again is not asked about: %+v", now.Verdict)
			}
			w.apply(of(tt.then))
			w.law(of(tt.then))
		})
	}
}

// TestBudgetCountsWhatIsDone switches to a cable a lane while it is asked about a server: of the cables of all
// lanes three go. One waits for it, as a port does, and counts with what is asked about.
func TestBudgetCountsWhatIsDone(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.7")
	w.apply(w.edited(broken))
	for most, asks := range map[string]bool{"3": false, "2": true} {
		plan := w.edited(broken, "count: 6", "count: 5", "profiles: true", "profiles: false",
			"  reconcile: {", "  reconcile: {approveDeletionsAbove: "+most+", ")
		w.sync()
		p := w.preview(plan)
		if p.Verdict.Asks() != asks || asks && !strings.Contains(p.Verdict.Message, "delete 3 objects, and 3 more that are asked about") {
			t.Errorf("%s: %+v", most, p.Verdict)
		}
		if c := p.Set().Find("cable", "web/dc.leaf[1]/2~"); c == nil || c.Held != "waits for web/web[6]" {
			t.Errorf("%s: %+v", most, c)
		}
	}
}
