package report_test

import (
	"encoding/xml"
	"fmt"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
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
