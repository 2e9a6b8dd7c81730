package report_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/report"
)

// sampleSet is one of each thing that a preview shows.
func sampleSet() *change.Set {
	apply := change.Verdict{Decision: "apply", Rule: "OBJ001"}
	maria := &change.Blame{Actor: "person", User: "maria", Time: "2026-11-24T18:59:29.465533Z"}
	set := &change.Set{Plan: "web"}
	for n := range 1000 {
		set.Changes = append(set.Changes, change.Change{
			Kind: "device", Object: fmt.Sprint("web/dc.leaf[", n+1, "]"), Name: fmt.Sprint("leaf-", n+1), Source: "dc.leaf",
			Class: change.Changed, Action: change.Update, Verdict: change.Verdict{Decision: "apply", Rule: "OBJ002"},
			Fields: []change.Field{{Name: "name", Class: change.Planned, Have: fmt.Sprint("leaf-", n+1), Want: fmt.Sprint("leaf-fab1-", n+1), Verdict: change.Verdict{Decision: "apply", Rule: "FLD001"}}},
		})
	}
	set.Changes = append(set.Changes,
		change.Change{Kind: "site", Object: "site:ams2", Name: "ams2", Class: change.Absent, Action: change.Create, Verdict: apply},
		change.Change{Kind: "interface_template", Object: "interface_template:ds2000/E1/1", Name: "E1/1", Owner: "device_type:ds2000", Class: change.Absent, Action: change.Create, Verdict: apply},
		change.Change{
			Kind: "device", Object: "web/web[1]", Name: "web-001", Source: "web", Class: change.Changed, Action: change.Update, Verdict: apply,
			Fields: []change.Field{{Name: "description", Class: change.Drift, Base: "ours", Want: "ours", Have: "hers", Blame: maria, Verdict: change.Verdict{Decision: "preserve", Rule: "DRF001", Message: "set by maria"}}},
		},
		change.Change{
			Kind: "cable", Object: "web/web[7]/lom.eth0~", Name: "web/web[7]/lom.eth0~", Class: change.Missing, Action: change.Create, Blame: maria,
			Verdict: change.Verdict{Decision: "ask", Rule: "MIS001", Recommended: "recreate", Message: "it was deleted"},
		},
		change.Change{
			Kind: "device", Object: "web/web[9]", Name: "web-009", Source: "web", Class: change.Orphaned, Action: change.Delete, Cascade: map[string]int{"interface": 2, "cable": 1},
			Verdict: change.Verdict{Decision: "ask", Rule: "DEL001", Recommended: "approve", Message: "the plan has it no more"},
		},
		change.Change{Kind: "rack", Object: "web/rack:row[2]", Name: "row-02", Source: "rack:row", Class: change.Orphaned, Action: change.Delete, Verdict: change.Verdict{Decision: "delete", Rule: "DEL003"}, Cascade: map[string]int{"interface": 4}},
		change.Change{Kind: "interface", Object: "web/dc.leaf[1]/9", Name: "E1/9", Class: change.Orphaned, Action: change.Delete, Template: true, Verdict: change.Verdict{Decision: "release", Rule: "DEL004"}},
		change.Change{Kind: "interface", Object: "web/web[10]/lom.eth0", Name: "lom-eth0", Class: change.Absent, Action: change.Create, Verdict: apply, Held: "waits for web/web[10]"},
		change.Change{Kind: "cable", Object: "web/web[3]/lom.eth0~", Class: change.Changed, Action: change.Own, Fields: []change.Field{{Name: "label", Class: change.Agreed, Verdict: apply}}},
	)
	return set
}

// TestText is what a preview reads like: equal changes in one line, drift apart from
// planned work, and what is held with its question.
func TestText(t *testing.T) {
	t.Parallel()
	set := sampleSet()
	var b strings.Builder
	report.Changes(&b, set, report.Style{})
	fmt.Fprintln(&b, "--- drift:", report.Drift(&b, set, report.Style{}))
	fmt.Fprintln(&b, "--- held:", report.Held(&b, set, report.Style{}))
	report.Summary(&b, set.Count((*change.Change).Acts), report.Style{})
	golden(t, "report.txt", b.String())
}

// TestFull shows every change by itself.
func TestFull(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	report.Changes(&b, sampleSet(), report.Style{Full: true})
	for _, name := range []string{"leaf-1\n", "leaf-500\n", "leaf-1000\n"} {
		if !strings.Contains(b.String(), name) {
			t.Errorf("%q is not shown by itself", name)
		}
	}
	if n := strings.Count(b.String(), "1 device to update"); n != 1000 {
		t.Errorf("%d devices are shown, want 1000", n)
	}
}

// TestColor has escapes where colours are asked for, and nowhere else.
func TestColor(t *testing.T) {
	t.Parallel()
	for _, on := range []bool{true, false} {
		var b strings.Builder
		report.Changes(&b, sampleSet(), report.Style{Color: on})
		if got := strings.Contains(b.String(), "\x1b["); got != on {
			t.Errorf("colour %v: escapes %v", on, got)
		}
	}
}

func TestNothing(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	report.Changes(&b, &change.Set{}, report.Style{})
	report.Summary(&b, change.Counts{}, report.Style{})
	if want := "  nothing to do: NetBox is as the plan says\nnothing to write\n"; b.String() != want {
		t.Errorf("got %q, want %q", b.String(), want)
	}
}
