package report_test

import (
	"encoding/xml"
	"fmt"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/answer"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/report"
)

// markdown is what previews are as Markdown.
func markdown(tb testing.TB, limit int, all ...*engine.Preview) string {
	tb.Helper()
	var b strings.Builder
	if err := (report.Markdown{W: &b, Limit: limit}).Previews(all); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

// TestMarkdown is what a preview reads like under a pull request.
func TestMarkdown(t *testing.T) {
	t.Parallel()
	golden(t, "report.md", markdown(t, 0, samplePreview()))
}

// many is a preview with so many groups of changes, each with many objects.
func many(groups int) *engine.Preview {
	p := &engine.Preview{ID: "pv-1", Plan: "web"}
	for g := range groups {
		for n := range 50 {
			p.Changes = append(p.Changes, change.Change{
				Kind: "device", Object: fmt.Sprintf("web/c%d[%d]", g, n), Name: fmt.Sprintf("c%d-%d", g, n), Source: fmt.Sprint("c", g),
				Class: change.Absent, Action: change.Create, Verdict: change.Verdict{Decision: change.DecisionApply},
			})
		}
	}
	return p
}

// TestMarkdownLimit stays under a comment's limit, and counts what is cut.
func TestMarkdownLimit(t *testing.T) {
	t.Parallel()
	got := markdown(t, 0, many(900), many(900))
	if len(got) > report.CommentLimit {
		t.Errorf("%d bytes", len(got))
	}
	if n := strings.Count(got, "**Cut, because a comment has a limit:**"); n != 2 {
		t.Errorf("%d of 2 say what was cut", n)
	}
	if all := markdown(t, 10<<20, many(900)); strings.Contains(all, "Cut, because") || strings.Count(all, "to create: <code>") != 900 {
		t.Error("something is cut although there is room")
	}
}

// TestMarkdownKeepsDrift has more questions than a comment takes: the drift is told all the same,
// and what nobody owns only where there is room for everything else.
func TestMarkdownKeepsDrift(t *testing.T) {
	t.Parallel()
	p := &engine.Preview{ID: "pv-1", Plan: "web"}
	for n := range 300 {
		object := fmt.Sprintf("web/c[%d]", n)
		asked := change.Verdict{Decision: change.DecisionAsk, Rule: "FLD011", Message: strings.Repeat("the plan wants another one ", 5)}
		p.Changes = append(p.Changes, change.Change{
			Kind: "device", Object: object, Name: object, Source: "c", Class: change.Changed, Action: change.Update,
			Fields: []change.Field{{Name: "description", Class: change.Conflict, Want: "a", Have: "b", Verdict: asked}},
		})
		p.Questions = append(p.Questions, answer.Question{
			Kind: "device", Objects: []string{object}, Field: "description", Verdict: asked, Options: []string{"use_user"}, Command: "diet resolve",
		})
		p.Unmanaged = append(p.Unmanaged, engine.Unmanaged{
			Kind: "device", Object: object, Name: object, Field: "comments", Have: "hers", User: "maria",
		})
	}
	for n := range 3 {
		object := fmt.Sprintf("web/drifted[%d]", n)
		p.Changes = append(p.Changes, change.Change{
			Kind: "device", Object: object, Name: object, Source: "drifted", Class: change.Changed, Action: change.Update,
			Fields: []change.Field{{
				Name: "name", Class: change.Drift, Base: "a", Want: "a", Have: fmt.Sprint("hers ", n),
				Verdict: change.Verdict{Decision: change.DecisionPreserve},
			}},
		})
	}
	got := markdown(t, 0, p)
	if len(got) > report.CommentLimit || strings.Count(got, `NetBox has "hers`) != 3 || strings.Contains(got, "comments: ") {
		t.Errorf("%d bytes, %d of 3 drifted", len(got), strings.Count(got, `NetBox has "hers`))
	}
	if n := strings.Count(got, "✋ description of"); n < 100 || !strings.Contains(got, "**Cut, because") {
		t.Errorf("%d questions are shown", n)
	}
	if short := markdown(t, 6000, p); len(short) > 6000 || strings.Count(short, `NetBox has "hers`) != 3 {
		t.Errorf("%d bytes of 6000:\n%s", len(short), short)
	}
	if all := markdown(t, 10<<20, p); strings.Count(all, "comments: ") != 300 {
		t.Error("something is cut although there is room")
	}
}

// TestMarkdownForgery keeps names inside code: they end no block, and call on nobody.
func TestMarkdownForgery(t *testing.T) {
	t.Parallel()
	p := many(1)
	p.Changes[0].Name = "```\n</details> @maria <img src=x>"
	got := markdown(t, 0, p)
	if strings.Contains(got, "<img") && !strings.Contains(got, "````diff") {
		t.Errorf("a name ends the block it stands in:\n%s", got)
	}
	summary, _, _ := strings.Cut(got, "</summary>")
	if strings.Contains(summary, "<img") || strings.Contains(summary, "@maria") {
		t.Errorf("a name is more than text in\n%s", summary)
	}
}

func junit(tb testing.TB, all ...*engine.Preview) string {
	tb.Helper()
	var b strings.Builder
	if err := (report.JUnit{W: &b}).Previews(all); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

// TestJUnit is what a preview looks like to a CI system.
func TestJUnit(t *testing.T) {
	t.Parallel()
	golden(t, "report.junit.xml", junit(t, samplePreview()))
}

// TestJUnitIsXML counts right, whatever things are called.
func TestJUnitIsXML(t *testing.T) {
	t.Parallel()
	p := many(2)
	p.Changes[0].Name = "a]]>&<b>\x00\x1b\xff"
	p.Changes[99].Held = "waits for <x>"
	var read struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Suites   []struct {
			Cases []struct {
				Failure *struct{} `xml:"failure"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal([]byte(junit(t, p, &engine.Preview{Plan: "none"})), &read); err != nil {
		t.Fatal(err)
	}
	failed := 0
	for _, c := range read.Suites[0].Cases {
		if c.Failure != nil {
			failed++
		}
	}
	if read.Tests != 4 || read.Failures != 1 || failed != 1 || len(read.Suites[1].Cases) != 1 {
		t.Errorf("got %+v", read)
	}
}
