package report_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/answer"
	"github.com/diet-project/diet/engine/apply"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/policy"
	"github.com/diet-project/diet/engine/report"
)

// sampleSet is one of each thing that a preview shows.
func sampleSet() *change.Set {
	apply := change.Verdict{Decision: "apply", Rule: "OBJ001"}
	maria := &change.Blame{Actor: "person", User: "maria", Time: "2026-11-24T18:59:29.465533Z"}
	asks := change.Verdict{Decision: "ask", Rule: "FLD010", Recommended: "use_diet"}
	set := &change.Set{Plan: "web"}
	for n := range 1000 {
		set.Changes = append(set.Changes, change.Change{
			Kind: "device", Object: fmt.Sprint("web/dc.leaf[", n+1, "]"), Name: fmt.Sprint("leaf-", n+1), Source: "dc.leaf",
			Class: change.Changed, Action: change.Update, Verdict: change.Verdict{Decision: "apply", Rule: "OBJ002"},
			Fields: []change.Field{{Name: "name", Class: change.Planned, Have: fmt.Sprint("leaf-", n+1),
				Want: fmt.Sprint("leaf-fab1-", n+1), Verdict: change.Verdict{Decision: "apply", Rule: "FLD001"}}},
		})
	}
	set.Changes = append(set.Changes,
		change.Change{Kind: "site", Object: "site:ams2", Name: "ams2", Class: change.Absent, Action: change.Create, Verdict: apply},
		change.Change{Kind: "interface_template", Object: "interface_template:ds2000/E1/1", Name: "E1/1",
			Owner: "device_type:ds2000", Class: change.Absent, Action: change.Create, Verdict: apply},
		change.Change{
			Kind: "device", Object: "web/web[1]", Name: "web-001", Source: "web", Class: change.Changed, Action: change.Update, Verdict: apply,
			Fields: []change.Field{{Name: "description", Class: change.Drift, Base: "ours", Want: "ours", Have: "hers",
				Blame: maria, Verdict: change.Verdict{Decision: "preserve", Rule: "DRF001", Message: "set by maria"}}},
		},
		change.Change{
			Kind: "cable", Object: "web/web[7]/lom.eth0~", Name: "web/web[7]/lom.eth0~", Class: change.Missing, Action: change.Create, Blame: maria,
			Verdict: change.Verdict{Decision: "ask", Rule: "MIS001", Recommended: "recreate", Message: "it was deleted"},
		},
		change.Change{
			Kind: "device", Object: "web/web[9]", Name: "web-009", Source: "web", Class: change.Orphaned,
			Action: change.Delete, Cascade: map[string]int{"interface": 2, "cable": 1},
			Verdict: change.Verdict{Decision: "ask", Rule: "DEL001", Recommended: "approve", Message: "it is no longer in the plan"},
		},
		change.Change{Kind: "rack", Object: "web/rack:row[2]", Name: "row-02", Source: "rack:row",
			Class: change.Orphaned, Action: change.Delete, Verdict: change.Verdict{Decision: "delete", Rule: "DEL003"},
			Cascade: map[string]int{"interface": 4}},
		change.Change{
			Kind: "rack", Object: "web/rack:row[3]", Name: "row-03", Class: change.Orphaned, Action: change.Delete,
			Verdict: change.Verdict{Decision: "skip", Rule: "DEL102", Message: "it has 1 rack reservation (maria)"},
		},
		change.Change{
			Kind: "device", Object: "web/web[11]", Name: "web-011", Class: change.Changed, Action: change.Update, Verdict: apply,
			Fields: []change.Field{
				{Name: "position", Class: change.Conflict, Base: int64(1), Want: int64(2), Have: int64(3), Blame: maria, Verdict: asks},
				{Name: "face", Class: change.Conflict, Want: "front", Have: "rear", Verdict: asks},
				{Name: "serial", Class: change.Drift, Base: "a", Want: "a", Have: "b", Blame: maria, Verdict: change.Verdict{
					Decision: "preserve", Rule: "RES001", Answer: "acknowledge", Message: "joe answered acknowledge",
				}},
			},
		},
		change.Change{
			Kind: "rack", Object: "web/rack:row[4]", Name: "row-04", Class: change.Orphaned, Action: change.Delete,
			Verdict: change.Verdict{Decision: "skip", Rule: "RES001", Answer: "skip", Message: "joe answered skip"},
		},
		change.Change{Kind: "interface", Object: "web/dc.leaf[1]/9", Name: "E1/9", Class: change.Orphaned,
			Action: change.Delete, Template: true, Verdict: change.Verdict{Decision: "release", Rule: "DEL004"}},
		change.Change{Kind: "interface", Object: "web/web[10]/lom.eth0", Name: "lom-eth0", Class: change.Absent,
			Action: change.Create, Verdict: apply, Held: "waits for web/web[10]"},
		change.Change{Kind: "cable", Object: "web/web[3]/lom.eth0~", Class: change.Changed, Action: change.Own,
			Verdict: apply, Fields: []change.Field{{Name: "label", Class: change.Agreed, Verdict: apply}}},
	)
	return set
}

// samplePreview is a preview of them, with what stands beside the changes.
func samplePreview() *engine.Preview {
	set := sampleSet()
	p := &engine.Preview{
		ID: "pv-1a2b3c4d", Judged: true, Plan: set.Plan, Changes: set.Changes, Summary: set.Count((*change.Change).Acts),
		Edited: &policy.Edited{Dir: "ours", Files: []string{"diet/run/budget.rego"}},
		Policies: policy.Sources{
			Shipped: policy.Count{Guards: 12, Defaults: 24},
			Folders: []policy.Folder{{Dir: "team", Count: policy.Count{Guards: 1, Defaults: 2}}, {Dir: "limits", Data: 1}},
			Waivers: []policy.Waiver{
				{Title: "An object that is protected in NetBox is not deleted", Exception: policy.Exception{Guard: "DEL103", Reason: "scrapped"}},
				{Title: "Drift in production raises an alert", Exception: policy.Exception{
					Guard: "DRF101", Reason: "CHG-7", Who: "alice", Plan: "web", Kind: "device", Object: "web/web[*]", Expires: "2026-11-01",
				}, Expired: true},
			},
		},
		Verdict: change.Verdict{Decision: change.DecisionAsk, Rule: "RUN101", Message: "more than 10 deletions"},
		Findings: []change.Notice{
			{ID: "missing", Severity: change.Error, Message: `region "emea" is not in NetBox`},
			{ID: "marks-without-record", Severity: change.Warning, Message: "web-009 is marked as web/web[9], but diet has no record of it"},
		},
		Unmanaged: []engine.Unmanaged{{Kind: "device", Name: "web-001", Field: "comments", Have: "call maria", User: "maria"}},
	}
	matters := answer.Matters(set, func(change.Verdict) bool { return true })
	for _, q := range answer.Questions(append(matters, answer.Run(set, &p.Verdict, ""))) {
		q.Options = []string{"approve", "skip"}
		q.Command = q.CommandFor(nil, "web's plan.yaml", q.Recommended())
		p.Questions = append(p.Questions, *q)
	}
	return p
}

// write is what a function writes in plain text.
func write(tb testing.TB, f func(report.Text) error) string {
	tb.Helper()
	var b strings.Builder
	if err := f(report.Text{W: &b}); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

// TestPreview is what a preview reads like: equal changes in one line, drift apart
// from planned work, and what is held with its question.
func TestPreview(t *testing.T) {
	t.Parallel()
	golden(t, "report.txt", write(t, func(text report.Text) error { return text.Preview(samplePreview(), true) }))
}

// TestDiff writes every preview, and no id: nobody keeps them.
func TestDiff(t *testing.T) {
	t.Parallel()
	got := write(t, func(text report.Text) error { return text.Diff([]*engine.Preview{samplePreview(), samplePreview()}) })
	if n := strings.Count(got, "Plan web\n"); n != 2 || strings.Contains(got, "pv-1a2b3c4d") {
		t.Errorf("%d plans in\n%s", n, got)
	}
}

// TestNotJudged says that a diff did not ask NetBox what depends on what would be deleted.
func TestNotJudged(t *testing.T) {
	t.Parallel()
	p := samplePreview()
	p.Judged = false
	got := write(t, func(text report.Text) error { return text.Preview(p, false) })
	if !strings.Contains(got, "Not checked: what depends on 5 objects") {
		t.Errorf("it is not said in\n%s", got)
	}
}

// TestUnmanaged lists the first of many, and says how to see the others.
func TestUnmanaged(t *testing.T) {
	t.Parallel()
	p := &engine.Preview{Plan: "web"}
	for range 12 {
		p.Unmanaged = append(p.Unmanaged, engine.Unmanaged{Kind: "device", Name: "web-001", Field: "comments"})
	}
	for full, want := range map[bool]int{false: 10, true: 12} {
		got := write(t, func(text report.Text) error { text.Full = full; return text.Preview(p, false) })
		if n := strings.Count(got, "web-001 comments"); n != want || strings.Contains(got, "… and 2 more") == full {
			t.Errorf("full %v: %d are listed in\n%s", full, n, got)
		}
	}
}

// TestFull shows every change by itself.
func TestFull(t *testing.T) {
	t.Parallel()
	got := write(t, func(text report.Text) error { text.Full = true; text.Changes(sampleSet()); return nil })
	for _, name := range []string{"leaf-1\n", "leaf-500\n", "leaf-1000\n"} {
		if !strings.Contains(got, name) {
			t.Errorf("%q is not shown by itself", name)
		}
	}
	if n := strings.Count(got, "1 device to update"); n != 1000 {
		t.Errorf("%d devices are shown, want 1000", n)
	}
}

// TestColor has escapes where colours are asked for, and nowhere else.
func TestColor(t *testing.T) {
	t.Parallel()
	for _, on := range []bool{true, false} {
		got := write(t, func(text report.Text) error { text.Color = on; return text.Preview(samplePreview(), false) })
		if strings.Contains(got, "\x1b[") != on {
			t.Errorf("colour %v:\n%s", on, got)
		}
	}
}

// TestNothing says so where there is nothing to do, and has no empty sections.
func TestNothing(t *testing.T) {
	t.Parallel()
	got := write(t, func(text report.Text) error { return text.Preview(&engine.Preview{Plan: "web"}, false) })
	want := "Plan web\nPolicies: shipped (no rules)\n\nChanges\n  nothing to do: NetBox is as the plan says\n\nnothing to write\n"
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestKeptDrift does not say that NetBox is as the plan says where something differs.
func TestKeptDrift(t *testing.T) {
	t.Parallel()
	kept := change.Change{Kind: "device", Name: "web-001", Class: change.Changed, Action: change.Update, Fields: []change.Field{
		{Name: "position", Class: change.Drift, Verdict: change.Verdict{Decision: change.DecisionPreserve}},
	}}
	got := write(t, func(text report.Text) error {
		return text.Preview(&engine.Preview{Plan: "web", Changes: []change.Change{kept}}, false)
	})
	if strings.Contains(got, "as the plan says\n") ||
		!strings.Contains(got, "nothing to write, but 1 object differs from the plan: see below") {
		t.Errorf("got\n%s", got)
	}
}

// TestPattern shows what many values have in common, and says so where they have nothing.
func TestPattern(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		have, want []string
		shown      string
	}{
		{[]string{"leaf-1-a", "leaf-2-a"}, []string{"x1-01", "x1-02"}, `name: "leaf-{n}-a" → "x1-{n}"` + "\n"},
		{[]string{"same", "same"}, []string{"other", "other"}, `name: "same" → "other"` + "\n"},
		{[]string{"red", "blue"}, []string{"x", "x"}, `name: "red" → "x"   (dev-0)` + "\n      " + `name: "blue" → "x"   (dev-1)` + "\n"},
		{[]string{"a", "b", "c", "d", "e"}, []string{"x", "x", "x", "x", "x"}, `name: "a" → "x"   (dev-0; others differ, see --full)` + "\n"},
		{
			[]string{"l-1 E1/1", "l-2 E1/1", "l-1 E1/2"}, []string{"l-1 E1/9", "l-2 E1/9", "l-1 E1/10"},
			`"l-{a} E1/{b}" → "l-{a} E1/{b+8}"` + "\n",
		},
		{[]string{"l-01 E1/1", "l-02 E1/2"}, []string{"l-02 E1/1", "l-03 E1/2"}, `"l-{n} E1/{n}" → "l-{n+1} E1/{n}"` + "\n"},
		{
			[]string{"l-01 E1/1", "l-01 E1/2", "l-02 E1/3"}, []string{"l-02 E1/1", "l-02 E1/2", "l-01 E1/3"},
			`name: "l-01 E1/{n}" → "l-02 E1/{n}"   (2 of 3)` + "\n" + `      name: "l-02 E1/3" → "l-01 E1/3"   (dev-2)` + "\n",
		},
		{[]string{"u 1", "u 2", "u 4", "u 8"}, []string{"u 8", "u 4", "u 2", "u 1"}, `name: "u 1" → "u 8"   (dev-0)` + "\n"},
	} {
		set := &change.Set{}
		for i := range tt.have {
			act := change.Verdict{Decision: change.DecisionApply}
			set.Changes = append(set.Changes, change.Change{
				Kind: "device", Name: fmt.Sprint("dev-", i), Object: fmt.Sprint(i), Action: change.Update, Class: change.Changed, Verdict: act,
				Fields: []change.Field{{Name: "name", Class: change.Planned, Have: tt.have[i], Want: tt.want[i], Verdict: act}},
			})
		}
		if got := write(t, func(text report.Text) error { text.Changes(set); return nil }); !strings.Contains(got, tt.shown) {
			t.Errorf("%q is not in\n%s", tt.shown, got)
		}
	}
}

// TestResult names what failed and what was left out for it, and counts the rest.
func TestResult(t *testing.T) {
	t.Parallel()
	one := []apply.Outcome{{Kind: "device", Object: "web/web[1]"}}
	var four []apply.Failure
	for n := range 4 {
		four = append(four, apply.Failure{Kind: "device", Object: fmt.Sprintf("web/a[%d]", n+1), Error: "no room"})
	}
	for name, tt := range map[string]struct {
		result apply.Result
		want   string
	}{
		"nothing": {apply.Result{}, "nothing to do; 0 errors, 0 write requests\n"},
		"all sorts": {
			apply.Result{
				Created: one, Orphaned: one, Failed: one, Requests: 7,
				Errors: []apply.Failure{{Kind: "device", Object: "web/web[2]", Error: "the name is taken"}},
				Skipped: []apply.Outcome{
					{Kind: "interface", Object: "web/web[2]/a", Reason: "needs web/web[2]", Cause: "web/web[2]"},
					{Kind: "cable", Object: "web/web[2]/a~", Reason: "needs web/web[2]/a", Cause: "web/web[2]"},
					{Kind: "rack", Object: "web/rack:r[1]", Reason: "it is protected"}},
			},
			"failed   device web/web[2]: the name is taken\nskipped  1 interface, 1 cable: waits for web/web[2]\n" +
				"created 1 device; released 1 device; skipped 1 interface, 1 cable; failed 1 device; 1 error, 7 write requests\n",
		},
		"many for one reason": {
			apply.Result{Errors: four, Held: []apply.Outcome{
				{Kind: "device", Object: "web/b[1]", Reason: "waits for site:x"}, {Kind: "rack", Object: "web/rack:r[1]", Reason: "waits for site:x"},
			}},
			"failed   4 devices (web/a[1], web/a[2] … web/a[4]): no room\nheld     1 rack, 1 device (web/b[1], web/rack:r[1]): waits for site:x\n" +
				"held 1 rack, 1 device; 4 errors, 0 write requests\n",
		},
	} {
		if got := write(t, func(text report.Text) error { return text.Result(&tt.result) }); got != tt.want {
			t.Errorf("%s: got %q, want %q", name, got, tt.want)
		}
	}
}

// TestStatus is one plan in two lines, with its error; one that was not compared has no counts.
func TestStatus(t *testing.T) {
	t.Parallel()
	got := write(t, func(text report.Text) error {
		return text.Status([]engine.Status{
			{Plan: "web", Status: engine.StateError, Objects: 3, Compared: true, LastDriftCheck: "2026-11-24T10:00:00Z", Error: "run run-1 failed"},
			{Plan: "bad", Status: engine.StateError, Objects: 4, Error: "no such type"},
			{Plan: "old", Status: engine.StateAbandoned, Objects: 9},
			{Plan: "lab", Status: engine.StateOther, Objects: 1},
		})
	})
	const none = "0 pending: 0 modified, 0 missing, 0 orphaned, 0 unmanaged objects, 0 unmanaged changes, 0 conflicts, 0 accepted"
	want := "web  error  3 objects, " + none + `
  last reconciled unknown, last drift check 2026-11-24T10:00:00Z
  run run-1 failed
bad  error  4 objects, not compared
  no such type
old  abandoned  9 objects, not compared: no plan of diet.yaml has this key
lab  no_plan_file  1 object, not compared: no plan file that was named, or that diet.yaml lists, has this key
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestJSON writes each value in its own encoding, which reads back as the same.
func TestJSON(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	format := report.JSON{W: &b}
	p := samplePreview()
	if err := errors.Join(format.Preview(p, true), format.Diff([]*engine.Preview{p}),
		format.Result(&apply.Result{Run: "run-1"}), format.Status(nil)); err != nil {
		t.Fatal(err)
	}
	dec := json.NewDecoder(&b)
	var preview engine.Preview
	var previews []engine.Preview
	var result apply.Result
	for _, into := range []any{&preview, &previews, &result} {
		if err := dec.Decode(into); err != nil {
			t.Fatal(err)
		}
	}
	if preview.ID != p.ID || len(previews) != 1 || len(previews[0].Changes) != len(p.Changes) || result.Run != "run-1" {
		t.Errorf("read back %q, %d previews, %q", preview.ID, len(previews), result.Run)
	}
	if rest, _ := io.ReadAll(dec.Buffered()); strings.TrimSpace(string(rest)) != "null" {
		t.Errorf("no status is %q", rest)
	}
}

// TestFieldMeaning says of a field that NetBox emptied, because what it referred to was deleted,
// that nobody changed the plan.
func TestFieldMeaning(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		kind, field string
		base, have  any
		want        string
	}{
		{"cable", "a", int64(105), nil, "what it referred to was deleted, and NetBox emptied it"},
		{"cable", "a", int64(105), int64(105), "the plan changed, NetBox did not"},
		{"cable", "a", nil, nil, "the plan changed, NetBox did not"},
		{"device", "position", int64(5), nil, "the plan changed, NetBox did not"},
		{"device", "", nil, nil, "the plan changed, NetBox did not"},
	} {
		if got := report.FieldMeaning(tt.kind, tt.field, change.Planned, tt.base, tt.have); got != tt.want {
			t.Errorf("%s %s, %v: %q", tt.kind, tt.field, tt.have, got)
		}
	}
}
