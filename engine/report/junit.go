package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
)

// JUnit writes previews as test reports, for what shows those: a suite for each plan, a case
// for each group of changes that read the same. What is denied, asked or held fails; what
// would be written passes; what is left alone is skipped.
type JUnit struct{ W io.Writer }

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Skipped  int          `xml:"skipped,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name      string      `xml:"name,attr"`
	Tests     int         `xml:"tests,attr"`
	Failures  int         `xml:"failures,attr"`
	Errors    int         `xml:"errors,attr"`
	Skipped   int         `xml:"skipped,attr"`
	Timestamp string      `xml:"timestamp,attr,omitempty"`
	Cases     []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string       `xml:"classname,attr"`
	Name    string       `xml:"name,attr"`
	Failure *junitReason `xml:"failure"`
	Skipped *junitReason `xml:"skipped"`
	Output  string       `xml:"system-out,omitempty"`
}

type junitReason struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",chardata"`
}

// Previews writes all previews as one document.
func (j JUnit) Previews(all []*engine.Preview) error {
	out := junitSuites{Name: "diet preview"}
	for _, p := range all {
		s := suite(p)
		out.Tests += s.Tests
		out.Failures += s.Failures
		out.Skipped += s.Skipped
		out.Suites = append(out.Suites, s)
	}
	text, err := xml.MarshalIndent(out, "", "  ")
	if err == nil {
		_, err = fmt.Fprintf(j.W, "%s%s\n", xml.Header, text)
	}
	if err != nil {
		return fmt.Errorf("write output: %w", err)
	}
	return nil
}

// suite is one preview.
func suite(p *engine.Preview) junitSuite {
	set := printable(p.Set())
	p = printable(p)
	s := junitSuite{Name: "diet plan " + p.Plan, Timestamp: p.CreatedAt[:min(19, len(p.CreatedAt))]}
	s.Cases = wholeCases(p)
	asked := map[*change.Change]bool{}
	for _, a := range asks(p, set) {
		s.Cases = append(s.Cases, questionCase(p, set, a))
		for _, c := range a.about {
			asked[c] = true
		}
	}
	for _, d := range denials(p, set, false) {
		s.Cases = append(s.Cases, denialCase(p, set, d))
		for _, c := range d.changes {
			asked[c] = true
		}
	}
	groups := fold(set, false, func(c *change.Change) bool { return c.Acts() || !asked[c] && !driftAlone(c) })
	for i := range groups {
		s.Cases = append(s.Cases, groupCase(p, set, &groups[i]))
	}
	for _, e := range edits(set, false) {
		s.Cases = append(s.Cases, driftCase(p, set, e))
	}
	s.Cases = append(s.Cases, laterCases(p)...)
	if len(s.Cases) == 0 {
		s.Cases = []junitCase{{Class: p.Plan, Name: p.Ending()}}
	}
	s.Tests = len(s.Cases)
	for _, c := range s.Cases {
		switch {
		case c.Failure != nil:
			s.Failures++
		case c.Skipped != nil:
			s.Skipped++
		}
	}
	return s
}

// wholeCases are the verdict on the preview as a whole, and the findings.
func wholeCases(p *engine.Preview) []junitCase {
	var out []junitCase
	for _, v := range wholes(p) {
		var body strings.Builder
		Text{W: &body}.wholeAnswers(p, v)
		out = append(out, junitCase{
			Class: p.Plan + ".run", Name: "the preview as a whole: " + v.Topic(), Failure: failureOf(v, body.String()),
		})
	}
	if a := p.Approvals; a != nil {
		out = append(out, approvalCase(p, a))
	}
	for _, n := range p.Findings {
		c := junitCase{Class: p.Plan + ".finding", Name: n.ID + ": " + n.Message}
		if n.Severity == change.Error {
			c.Failure = &junitReason{Message: n.Message, Type: "error"}
		} else {
			c.Output = n.Message
		}
		out = append(out, c)
	}
	return out
}

// approvalCase says who has approved a preview, and how many are missing.
func approvalCase(p *engine.Preview, a *engine.Approvals) junitCase {
	var body strings.Builder
	Text{W: &body}.approvals(p)
	out := junitCase{Class: p.Plan + ".run", Name: "approvals: " + approvalsText(a), Output: strings.TrimSpace(body.String())}
	if a.Missing > 0 {
		out.Failure = &junitReason{
			Message: fmt.Sprintf("lacks %d of %s", a.Missing, Plural(a.Demanded, "approval", "approvals")), Type: "approval", Text: a.Command,
		}
	}
	return out
}

// questionCase is a question about objects, with the command that answers it.
func questionCase(p *engine.Preview, set *change.Set, a ask) junitCase {
	var body strings.Builder
	Text{W: &body}.question(set, a.question, a.about)
	name := strings.TrimSpace(amount(len(a.about), a.question.Kind)+" "+a.question.Field) + ": " + examples(a.about)
	return junitCase{Class: p.Plan + "." + a.question.Kind, Name: name, Failure: failureOf(a.question.Verdict, body.String())}
}

// denialCase is what nobody can answer, and what would have been done.
func denialCase(p *engine.Preview, set *change.Set, d denial) junitCase {
	var body strings.Builder
	Text{W: &body}.denial(set, d)
	return junitCase{
		Class: p.Plan + "." + d.changes[0].Kind, Name: d.what() + ": " + examples(d.changes), Failure: failureOf(d.verdict(), body.String()),
	}
}

// groupCase is what became of changes that read the same.
func groupCase(p *engine.Preview, set *change.Set, g *group) junitCase {
	c := g.changes[0]
	what := strings.TrimSpace(amount(len(g.changes), c.Kind) + " " + verb(c))
	out := junitCase{Class: p.Plan + "." + c.Kind, Name: what + ": " + examples(g.changes)}
	var body strings.Builder
	t := Text{W: &body}
	switch {
	case c.Acts():
		t.fields(set, g.changes)
		out.Output = body.String()
	case unneeded(c):
		out.Skipped = &junitReason{Message: notNeeded}
	case c.Held != "":
		t.contents(set, g.changes)
		out.Failure = &junitReason{Message: "held: " + heldText(g.changes), Type: "held", Text: body.String()}
	case c.Waits():
		out.Failure = failureOf(c.Deciding(), "")
	default:
		out.Skipped = &junitReason{Message: whyLeft(c)}
	}
	return out
}

// whyLeft is why nothing is done about a change: the verdict on it, or those on its fields.
func whyLeft(c *change.Change) string {
	var out []string
	add := func(v change.Verdict) {
		if text := verdictLine(v); v.Decision != "" && !v.Acts() && !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	add(c.Verdict)
	for i := range c.Fields {
		add(c.Fields[i].Verdict)
	}
	return strings.Join(out, "; ")
}

func verdictLine(v change.Verdict) string {
	return strings.TrimSpace(fmt.Sprintf("%s [%s] %s", v.Decision, v.Rule, v.Message))
}

// driftAlone reports whether nothing is to be said of a change but that its fields drifted.
func driftAlone(c *change.Change) bool {
	if c.Held != "" || c.Acts() || c.Verdict.Waits() || engine.LeftAlone(c) || len(c.Fields) == 0 {
		return false
	}
	return !slices.ContainsFunc(c.Fields, func(f change.Field) bool {
		return f.Class != change.Drift || f.Verdict.Waits() || f.Verdict.Accepted()
	})
}

// driftCase is what people changed in NetBox, of objects of which that reads the same: it passes where it is
// put right, and else is skipped.
func driftCase(p *engine.Preview, set *change.Set, e edit) junitCase {
	c, f := e.changes[0], e.field
	out := junitCase{
		Class: p.Plan + "." + c.Kind, Name: fmt.Sprintf("drift of %s of %s: %s", f.Name, amount(len(e.changes), c.Kind), examples(e.changes)),
		Output: fmt.Sprintf("diet wrote %s, NetBox has %s%s\n", shown(set, c, f.Name, f.Base), shown(set, c, f.Name, f.Have), blame(f.Blame)),
	}
	if !f.Verdict.Acts() {
		out.Skipped = &junitReason{Message: verdictLine(f.Verdict), Type: "drift"}
	}
	return out
}

// laterCases are what an apply does once it is approved, and the edits in fields that no plan owns.
func laterCases(p *engine.Preview) []junitCase {
	var out []junitCase
	if with := promisedBy(p); with != nil {
		for _, g := range fold(with, false, (*change.Change).Acts) {
			c := g.changes[0]
			what := strings.TrimSpace(amount(len(g.changes), c.Kind) + " " + verb(c))
			out = append(out, junitCase{
				Class: p.Plan + "." + c.Kind, Name: "once approved: " + what + ": " + examples(g.changes),
				Skipped: &junitReason{Message: "waits for approvals", Type: "approval"},
			})
		}
	}
	if len(p.Unmanaged) > 0 {
		var body strings.Builder
		Text{W: &body}.unmanaged(p.Unmanaged)
		out = append(out, junitCase{
			Class: p.Plan + ".unmanaged", Name: "edits in fields that no plan owns: " + fmt.Sprint(len(p.Unmanaged)), Output: body.String(),
			Skipped: &junitReason{Message: "no plan owns these fields", Type: "unmanaged"},
		})
	}
	return out
}

// failureOf is a verdict that waits for a person.
func failureOf(v change.Verdict, text string) *junitReason {
	return &junitReason{Message: fmt.Sprintf("%s [%s] %s", v.Decision, v.Rule, v.Message), Type: string(v.Decision), Text: text}
}
