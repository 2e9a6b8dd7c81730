package policy_test

import (
	"encoding/json"
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/open-policy-agent/opa/v1/rego"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/policy"
)

// mix is n inputs as a large run has them: of each hundred, sixty planned field
// changes, twenty creates, ten agreed or converged fields, five drifts with
// blame, three conflicts, and two orphans, one of them with references.
func mix(n int) []policy.Input {
	run := policy.Run{
		Plan: &policy.Plan{
			Key:    "web96",
			Labels: map[string]string{"environment": "production"},
			Reconcile: map[string]any{
				"deletionPolicy": "warn", "approveDeletionsAbove": 10,
				"remediation": map[string]any{"default": "auto"}, "protect": []string{"web96/core[*]"},
			},
		},
		Totals: &policy.Totals{Counts: change.Counts{"device": {change.Update: n}}},
		Now:    "2026-11-24T10:00:00Z",
	}
	inputs := make([]policy.Input, n)
	for i := range inputs {
		inputs[i] = one(run, i)
	}
	return inputs
}

func one(run policy.Run, i int) policy.Input {
	in := policy.Input{
		Kind: "device", Object: fmt.Sprintf("web96/web[%d]", i), Name: fmt.Sprintf("web-%d", i),
		Action: change.Update, Field: "name", Want: fmt.Sprintf("w-%d", i), Base: "b", Have: "b",
		Source: "web", Plan: run.Plan, Run: run.Totals, Now: run.Now,
	}
	in.Blame = &change.Blame{Actor: "person", User: "alice", Time: fmt.Sprintf("2026-11-%02dT08:00:00Z", i%28+1)}
	switch k := i % 100; {
	case k < 60:
		in.Class, in.Blame = change.Planned, nil
	case k < 80:
		in.Class, in.Action, in.Field, in.Blame = change.Absent, change.Create, "", nil
	case k < 90:
		in.Class, in.Blame = change.Agreed, nil
	case k < 95:
		in.Class, in.Have = change.Drift, fmt.Sprintf("h-%d", i)
	case k < 98:
		in.Class, in.Have = change.Conflict, fmt.Sprintf("h-%d", i)
	default:
		in.Class, in.Action, in.Field = change.Orphaned, change.Delete, ""
		in.Cascade = map[string]int{"interface": 9, "cable": 8}
		if k == 99 {
			in.References = []change.Reference{{Kind: "ip_address", ID: int64(i), Name: "10.0.0.1/32"}}
		}
	}
	return in
}

const benchSize = 100_000

// BenchmarkDecide is Engine.Decide over 100,000 inputs.
func BenchmarkDecide(b *testing.B) {
	e, err := policy.New(b.Context(), policy.Config{})
	if err != nil {
		b.Fatal(err)
	}
	inputs := mix(benchSize)
	b.ReportAllocs()
	start := processor(b)
	for b.Loop() {
		if _, err := e.Decide(b.Context(), inputs); err != nil {
			b.Fatal(err)
		}
	}
	perSecond(b, benchSize, start)
}

// BenchmarkDecideDistinct is Engine.Decide where every input must be decided.
func BenchmarkDecideDistinct(b *testing.B) {
	e, err := policy.New(b.Context(), policy.Config{RunTimeout: time.Hour})
	if err != nil {
		b.Fatal(err)
	}
	inputs := distinct(benchSize / 10)
	b.ReportAllocs()
	start := processor(b)
	for b.Loop() {
		if _, err := e.Decide(b.Context(), inputs); err != nil {
			b.Fatal(err)
		}
	}
	perSecond(b, len(inputs), start)
}

// distinct is n drifts of which no two are alike, with who made each.
func distinct(n int) []policy.Input {
	inputs := mix(n)
	for i := range inputs {
		inputs[i].Class, inputs[i].Have = change.Drift, fmt.Sprint(i)
		inputs[i].Blame = &change.Blame{Actor: "person", User: "alice", Time: fmt.Sprintf("2026-11-%02dT08:00:00Z", i%28+1)}
	}
	return inputs
}

// BenchmarkDecideFew is Engine.Decide over a million changes of few situations.
func BenchmarkDecideFew(b *testing.B) {
	e, err := policy.New(b.Context(), policy.Config{})
	if err != nil {
		b.Fatal(err)
	}
	const million, part = 1_000_000, 250_000
	inputs := mix(part)
	for i := range inputs {
		if inputs[i].Class == change.Drift || inputs[i].Class == change.Conflict || inputs[i].Class == change.Orphaned {
			inputs[i].Class, inputs[i].Blame, inputs[i].References, inputs[i].Cascade = change.Planned, nil, nil, nil
		}
	}
	start := processor(b)
	for b.Loop() {
		for range million / part {
			if _, err := e.Decide(b.Context(), inputs); err != nil {
				b.Fatal(err)
			}
		}
	}
	perSecond(b, million, start)
}

// BenchmarkSlowRule is a run with a rule of a team that takes a millisecond, of which no more
// than a second is spent: what is left is denied.
func BenchmarkSlowRule(b *testing.B) {
	const slow = `count([x | some x in numbers.range(1, 2000); x % 7 == 0; input.object != ""]) > 2000`
	e, err := policy.New(b.Context(), policy.Config{Dirs: []string{team(b, "slow.rego", guard(slow))}, RunTimeout: time.Second})
	if err != nil {
		b.Fatal(err)
	}
	inputs := distinct(benchSize / 10)
	denied := 0
	for b.Loop() {
		verdicts, err := e.Decide(b.Context(), inputs)
		if err != nil {
			b.Fatal(err)
		}
		denied = 0
		for _, v := range verdicts {
			if v.Rule == "MAIN007" {
				denied++
			}
		}
	}
	b.ReportMetric(float64(denied), "denied")
}

// BenchmarkBareRego is the baseline: the same inputs as Go maps through
// PreparedEvalQuery.Eval, one by one, as OPA's documentation shows it.
func BenchmarkBareRego(b *testing.B) {
	b.Run("mix", func(b *testing.B) { bare(b, mix(benchSize/10)) })
	b.Run("distinct", func(b *testing.B) { bare(b, distinct(benchSize/50)) })
}

func bare(b *testing.B, of []policy.Input) {
	b.Helper()
	query := stock(b, "data.diet.main.verdict")
	var inputs []map[string]any
	text, err := json.Marshal(of)
	if err != nil {
		b.Fatal(err)
	}
	if err := json.Unmarshal(text, &inputs); err != nil {
		b.Fatal(err)
	}
	start := processor(b)
	for b.Loop() {
		for _, in := range inputs {
			rs, err := query.Eval(b.Context(), rego.EvalInput(in))
			if err != nil || len(rs) != 1 {
				b.Fatal(rs, err)
			}
		}
	}
	perSecond(b, len(of), start)
}

// BenchmarkNew is the time to compile, and that of another engine for the same files.
func BenchmarkNew(b *testing.B) {
	b.Run("compile", func(b *testing.B) {
		for n := 0; b.Loop(); n++ {
			open(b, policy.Config{Kinds: []string{"device", fmt.Sprintf("made_up_%d", n)}})
		}
	})
	b.Run("again", func(b *testing.B) {
		for b.Loop() {
			open(b, policy.Config{})
		}
	})
}

// perSecond reports the rate, and the processor time of one decision: the
// latter can be compared between runs on a machine that others use too.
func perSecond(b *testing.B, n int, start time.Duration) {
	b.Helper()
	total := float64(n) * float64(b.N)
	b.ReportMetric(total/b.Elapsed().Seconds(), "decisions/s")
	b.ReportMetric(float64((processor(b)-start).Nanoseconds())/total, "cpu-ns/decision")
}

func processor(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
