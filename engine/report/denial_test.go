package report_test

import (
	"bytes"
	"fmt"
	"html"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/answer"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/report"
)

// edited is a device of which the plan changes the name, and maria the role and description.
func edited(object, name, role, description change.Verdict) *engine.Preview {
	maria := &change.Blame{Actor: "person", User: "maria", Time: "2026-11-24T18:59:29.465533Z"}
	set := &change.Set{Plan: "web", Changes: []change.Change{{
		Kind: "device", Object: "web/web[2]", Name: "web-002", Plan: "web", Class: change.Changed, Action: change.Update, Verdict: object,
		Fields: []change.Field{
			{Name: "name", Class: change.Planned, Base: "old", Want: "web-002", Have: "old", Verdict: name},
			{Name: "role", Class: change.Drift, Base: "leaf", Want: "leaf", Have: "spine", Blame: maria, Verdict: role},
			{Name: "description", Class: change.Conflict, Base: "one", Want: "two", Have: "hers", Blame: maria, Verdict: description},
		},
	}}}
	return previewOf(set)
}

// TestNothingOfWhatWaitsIsHidden has the verdicts on an object and its fields be any: each format
// shows every difference with both values, and the reason of every verdict that waits.
func TestNothingOfWhatWaitsIsHidden(t *testing.T) {
	t.Parallel()
	verdict := func(decision, message string) change.Verdict {
		return change.Verdict{Decision: change.Decision(decision), Rule: "T", Message: message}
	}
	for _, object := range []string{"deny", "ask", "apply"} {
		for _, name := range []string{"deny", "ask", "apply"} {
			for _, role := range []string{"deny", "ask", "preserve", "remediate"} {
				for _, description := range []string{"deny", "ask", "keep"} {
					verdicts := []change.Verdict{
						verdict(object, "as a whole"), verdict(name, "of the name"), verdict(role, "of the role"), verdict(description, "of the text"),
					}
					p := edited(verdicts[0], verdicts[1], verdicts[2], verdicts[3])
					for format, text := range formats(t, p) {
						for _, want := range wanted(verdicts) {
							if !strings.Contains(text, want) {
								t.Errorf("%s, %s %s %s %s: %q is not in\n%s", format, object, name, role, description, want, text)
							}
						}
					}
				}
			}
		}
	}
}

// wanted is what has to be told of what waits, and of what is written.
func wanted(verdicts []change.Verdict) []string {
	var out []string
	whole := verdicts[0].Waits()
	for i, want := range [][]string{{"web-002"}, {`"old"`, `"web-002"`}, {`"leaf"`, `"spine"`}, {`"two"`, `"hers"`}} {
		v := verdicts[i]
		if i == 0 || v.Waits() || v.Acts() && !whole {
			out = append(out, want...)
		}
		if v.Waits() && (i == 0 || !whole) {
			out = append(out, v.Message)
		}
	}
	return out
}

// formats are a preview in all formats for people and their tools.
func formats(tb testing.TB, p *engine.Preview) map[string]string {
	tb.Helper()
	out := map[string]string{"text": write(tb, func(text report.Text) error { return text.Preview(p, true) })}
	var markdown, junit bytes.Buffer
	for _, err := range []error{
		report.Markdown{W: &markdown}.Previews([]*engine.Preview{p}), report.JUnit{W: &junit}.Previews([]*engine.Preview{p}),
	} {
		if err != nil {
			tb.Fatal(err)
		}
	}
	out["markdown"], out["junit"] = html.UnescapeString(markdown.String()), html.UnescapeString(junit.String())
	return out
}

// TestFindingHidesNoQuestion asks about a shared object that was renamed, and that differs from
// the plan in its name: that is told once, with what answers it.
func TestFindingHidesNoQuestion(t *testing.T) {
	t.Parallel()
	asks := change.Verdict{Decision: change.DecisionAsk, Rule: "OBJ008", Message: "was renamed"}
	set := &change.Set{Plan: "web", Changes: []change.Change{
		{Kind: "site", Object: "site:ams2", Name: "ams2", Class: change.Shared, Action: change.None, Verdict: asks},
		{
			Kind: "site", Object: "site:ams2", Name: "ams2", Class: change.Finding, Action: change.None,
			Verdict: change.Verdict{Decision: change.DecisionKeep, Rule: "OBJ005"},
			Fields:  []change.Field{{Name: "name", Class: change.Conflict, Want: "one", Have: "two"}},
		},
	}}
	p := &engine.Preview{ID: "pv-1", Judged: true, Plan: "web", Changes: set.Changes}
	for _, q := range answer.Questions(answer.Matters(set, func(change.Verdict) bool { return true })) {
		q.Options, q.Command = []string{"keep"}, "diet resolve it"
		p.Questions = append(p.Questions, *q)
	}
	for format, text := range formats(t, p) {
		if n := strings.Count(text, "was renamed"); n == 0 || n > 1 && format != "junit" || !strings.Contains(text, "diet resolve it") {
			t.Error(fmt.Sprint(format, ": it is told ", n, " times in\n"), text)
		}
	}
}

// TestFindingNamesAllOfSeveral points to --full where that names more than the message does.
func TestFindingNamesAllOfSeveral(t *testing.T) {
	t.Parallel()
	for _, objects := range [][]string{{"web/web[1]"}, {"web/web[1]", "web/web[2]"}} {
		var out strings.Builder
		p := &engine.Preview{ID: "pv-1", Judged: true, Plan: "web", Findings: []change.Notice{{Message: "no such type", Objects: objects}}}
		if err := (report.Text{W: &out}).Preview(p, true); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(out.String(), "names all"); got != (len(objects) > 1) {
			t.Errorf("%d objects: names all %v in\n%s", len(objects), got, out.String())
		}
	}
}
