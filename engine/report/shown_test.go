package report_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/answer"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/report"
)

// folded is a preview of devices of which each has another description, by somebody else, and a
// rule of which all have the same words.
func folded(n int, decision change.Decision) *engine.Preview {
	set := &change.Set{Plan: "web"}
	for i := range n {
		set.Changes = append(set.Changes, change.Change{
			Kind: "device", Object: fmt.Sprintf("web/web[%d]", i), Name: fmt.Sprintf("web-00%d", i), Plan: "web", Class: change.Changed,
			Action: change.Update, Verdict: change.Verdict{Decision: change.DecisionApply},
			Fields: []change.Field{{
				Name: "description", Class: change.Conflict, Base: fmt.Sprint("was ", i), Want: "the plan's", Have: fmt.Sprint("has ", i),
				Blame:   &change.Blame{Actor: "person", User: fmt.Sprint("user", i), Time: "2026-11-24T18:59:29.465533Z"},
				Verdict: change.Verdict{Decision: decision, Rule: "TEAM001", Message: "ask the network team"},
			}},
		})
	}
	return previewOf(set)
}

func previewOf(set *change.Set) *engine.Preview {
	p := &engine.Preview{ID: "pv-1", Judged: true, Plan: "web", Changes: set.Changes, Findings: set.Findings}
	p.Summary = set.Count((*change.Change).Acts)
	for _, q := range answer.Questions(answer.Matters(set, func(change.Verdict) bool { return true })) {
		if q.Verdict.Asks() {
			q.Options, q.Command = []string{"use_diet"}, "diet resolve"
			p.Questions = append(p.Questions, *q)
		}
	}
	return p
}

// TestFoldedHidesNoSide asks or denies the same of devices that differ: each format shows of every
// one what diet applied, what NetBox has, and who wrote it.
func TestFoldedHidesNoSide(t *testing.T) {
	t.Parallel()
	for _, decision := range []change.Decision{change.DecisionAsk, change.DecisionDeny} {
		for format, text := range formats(t, folded(3, decision)) {
			for i := range 3 {
				for _, want := range []string{`"was %d"`, `"has %d"`, `by user%d 2026-11-24 18:59`, "web-00%d"} {
					if want = fmt.Sprintf(want, i); !strings.Contains(text, want) {
						t.Errorf("%s, %s: %s is not in\n%s", format, decision, want, text)
					}
				}
			}
		}
	}
}

// TestFoldedSaysWhereMoreIs shows the first sides of many, and says how to see all.
func TestFoldedSaysWhereMoreIs(t *testing.T) {
	t.Parallel()
	for full, want := range map[bool]int{false: 10, true: 30} {
		got := write(t, func(text report.Text) error {
			text.Full = full
			return text.Preview(folded(30, change.DecisionAsk), false)
		})
		if n := strings.Count(got, "diet applied"); n != want || strings.Contains(got, "… and 20 more: --full") == full {
			t.Errorf("full %v: %d sides in\n%s", full, n, got)
		}
	}
}

// TestHeadCountsAll has the head, and the last line, count what is written and what is not.
func TestHeadCountsAll(t *testing.T) {
	t.Parallel()
	got := write(t, func(text report.Text) error { return text.Preview(samplePreview(), false) })
	const (
		head = "Plan web\n1 site, 1 interface template to create; 1000 devices to update; 1 rack to delete; 1 interface to release; " +
			"1 cable ownership; 2 drifted, 4 held, 1 skipped, 2 accepted, 1 error\n"
		last = "\n2 to create, 1000 to update, 1 to delete, 1 to release, 1 ownership; 2 drifted, 4 held, 1 skipped, 2 accepted, 1 error\n"
	)
	for _, want := range []string{head, last} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
}

// TestDeniedIsNoQuestion has what no answer changes, and what waits for others, in sections of
// their own.
func TestDeniedIsNoQuestion(t *testing.T) {
	t.Parallel()
	p := folded(2, change.DecisionDeny)
	p.Changes = append(p.Changes, change.Change{
		Kind: "device", Object: "web/web[9]", Name: "web-009", Class: change.Absent, Action: change.Create,
		Verdict: change.Verdict{Decision: change.DecisionApply}, Held: "waits for web/web[1]",
	})
	got := write(t, func(text report.Text) error { return text.Preview(p, false) })
	if strings.Contains(got, "a person must decide") || strings.Contains(got, "✋") {
		t.Errorf("nobody can decide\n%s", got)
	}
	for _, want := range []string{
		"\nDenied: a rule forbids it\n  ⛔ description of 2 devices  web-000, web-001\n",
		"\nWaiting: for something else, as each says\n  · 1 device to create  web-009\n      held: waits for web/web[1]\n",
		"3 held, 2 of them denied",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
}

// TestDriftNamesTheDevice says of which device an interface is that somebody edited.
func TestDriftNamesTheDevice(t *testing.T) {
	t.Parallel()
	for decision, answered := range map[change.Decision]string{change.DecisionPreserve: "", change.DecisionKeep: "use_user"} {
		p := previewOf(&change.Set{Plan: "web", Changes: []change.Change{{
			Kind: "interface", Object: "web/web[1]/lom.eth0", Name: "lom-eth0", NetBoxID: 7, Class: change.Changed, Action: change.Update,
			Verdict: change.Verdict{Decision: change.DecisionApply},
			Fields: []change.Field{{
				Name: "name", Class: change.Drift, Base: "lom-eth0", Want: "lom-eth0", Have: "eno1",
				Verdict: change.Verdict{Decision: decision, Answer: answered},
			}},
		}}})
		p.Unmanaged = []engine.Unmanaged{{Kind: "interface", Object: "web/web[1]/lom.eth0", Name: "eno1", Field: "mtu", User: "maria"}}
		got := write(t, func(text report.Text) error { return text.Preview(p, false) })
		for _, want := range []string{"interface web[1]/lom.eth0", "interface web[1]/lom.eth0 (eno1) mtu: "} {
			if !strings.Contains(got, want) {
				t.Errorf("%q is not in\n%s", want, got)
			}
		}
	}
}

// TestEditsOfManyAreOneLine folds what one person wrote into many objects, and shows each by itself
// where all are asked for.
func TestEditsOfManyAreOneLine(t *testing.T) {
	t.Parallel()
	set := &change.Set{Plan: "web"}
	for i := range 5 {
		at := fmt.Sprintf("2026-11-24T18:59:%d.465533Z", 10+i)
		set.Changes = append(set.Changes, change.Change{
			Kind: "device", Object: fmt.Sprintf("web/web[%d]", i), Name: fmt.Sprintf("web-00%d", i), Class: change.Changed, Action: change.Update,
			Verdict: change.Verdict{Decision: change.DecisionApply},
			Fields: []change.Field{{
				Name: "role", Class: change.Drift, Base: "a", Want: "a", Have: "b",
				Blame:   &change.Blame{Actor: "person", User: "maria", Time: at},
				Verdict: change.Verdict{Decision: change.DecisionPreserve, Rule: "DRF001", Message: "set by maria at " + at},
			}},
		})
	}
	set.Changes[4].Fields[0].Have = "c"
	for full, want := range map[bool]int{false: 2, true: 5} {
		got := write(t, func(text report.Text) error { text.Full = full; return text.Preview(previewOf(set), false) })
		if n := strings.Count(got, "role: diet wrote"); n != want {
			t.Errorf("full %v: %d lines in\n%s", full, n, got)
		}
		const folded = `! 4 devices role: diet wrote "a", NetBox has "b", by maria 2026-11-24 18:59   (web-000, web-001 … web-003)`
		if !full && !strings.Contains(got, folded) {
			t.Error(got)
		}
	}
}

// TestWrittenOverIsTold shows what a person wrote and diet writes over, who answered so, and keeps
// what two people answered apart.
func TestWrittenOverIsTold(t *testing.T) {
	t.Parallel()
	p := folded(3, change.DecisionApply)
	for i := range p.Changes {
		v := &p.Changes[i].Fields[0].Verdict
		v.Rule, v.Answer, v.Message = "RES001", "use_diet", "joe answered use_diet: agreed"
		if i == 2 {
			v.Message = "ann answered use_diet: CHG-7"
		}
	}
	for format, text := range formats(t, p) {
		for _, want := range []string{`"was 0"`, `"has 1"`, "by user1", `"has 2"`, "joe answered", "ann answered", "CHG-7"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: %s is not in\n%s", format, want, text)
			}
		}
	}
}

// TestQuestionsOfOneRequest folds what one request did to many objects, whatever their ids and names
// and the time that NetBox has of each, and keeps requests apart.
func TestQuestionsOfOneRequest(t *testing.T) {
	t.Parallel()
	set := &change.Set{Plan: "web"}
	for i, request := range []string{"a", "a", "b", ""} {
		at := fmt.Sprintf("2026-11-24T18:59:%d.465533Z", 10+i)
		set.Changes = append(set.Changes, change.Change{
			Kind: "device", Object: fmt.Sprintf("web/web[%d]", i), Name: fmt.Sprintf("web-00%d", i), NetBoxID: int64(100 + i), Class: change.Missing,
			Action: change.Create, Blame: &change.Blame{Actor: "person", User: "maria", Time: at, Request: request},
			Verdict: change.Verdict{
				Decision: change.DecisionAsk, Rule: "MIS001",
				Message: fmt.Sprintf("device %q (id %d) was deleted by maria at %s", fmt.Sprintf("web-00%d", i), 100+i, at),
			},
		})
	}
	p := previewOf(set)
	if len(p.Questions) != 3 || len(p.Questions[0].Objects) != 2 {
		t.Errorf("%d questions: %+v", len(p.Questions), p.Questions)
	}
}
