package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/fatih/color"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
)

// Preview implements [Format].
func (t Text) Preview(p *engine.Preview, kept bool) error {
	t.preview(p)
	if kept {
		fmt.Fprintf(t.W, "\npreview %s\n", p.ID)
	}
	return nil
}

// Diff implements [Format].
func (t Text) Diff(previews []*engine.Preview) error {
	for _, p := range previews {
		t.preview(p)
	}
	return nil
}

// about says what a preview is about that is not all of a plan as it stands.
func about(p *engine.Preview) string {
	var parts []string
	if p.Destroys != nil {
		parts = append(parts, "nothing of it is to be left")
	}
	switch {
	case p.RollsBack == "":
	case len(p.Changes) == 0:
		parts = append(parts, "there is nothing of "+p.RollsBack+" to undo")
	default:
		parts = append(parts, p.RollsBack+" is undone")
	}
	if len(p.Targets) > 0 {
		parts = append(parts, "only "+strings.Join(p.Targets, ", "))
	}
	if len(p.Excluded) > 0 {
		parts = append(parts, "without "+strings.Join(p.Excluded, ", "))
	}
	if parts == nil {
		return ""
	}
	return ": " + strings.Join(parts, "; ")
}

// preview writes planned changes, drift and held changes in separate sections.
func (t Text) preview(p *engine.Preview) {
	set := printable(p.Set())
	p = printable(p)
	fmt.Fprintf(t.W, "Plan %s%s\n", p.Plan, about(p))
	t.head(p)
	t.Policies(p.Deciders())
	fmt.Fprint(t.W, "\nChanges\n")
	if !t.Changes(set) {
		fmt.Fprintf(t.W, "  %s\n", p.Ending())
	}
	t.section("Drift: what people changed in NetBox").drift(set)
	t.section("Held: a person must decide").asked(p, set)
	t.section("Denied: a rule forbids it").denied(p, set)
	t.section("Waiting: for something else, as each says").waiting(set)
	t.section("Not made yet: " + notNeeded).later(set)
	t.section("Accepted: what a person let stand").accepted(set)
	t.section("Findings").findings(p.Findings, "--full")
	t.section("Skipped: left as they are").skipped(set)
	t.section("Unmanaged objects: taken over by a person").released(set)
	t.section("Unmanaged: edits in fields that no plan owns").unmanaged(p.Unmanaged)
	if n := doomed(set); n > 0 && !p.Judged {
		fmt.Fprintf(t.W, "\nNot checked: what depends on %s that would be deleted, beyond the objects in the mirror. "+
			"%s asks NetBox.\n", amount(n, "object"), t.Call.Fill("`diet preview`"))
	}
	t.whole(p)
	t.approvals(p)
	t.promised(p)
	fmt.Fprint(t.W, "\n")
	t.summary(p.Summary, tally(p)...)
}

// whole writes what waits about the preview as a whole: what is denied, and each question with
// what answers it.
func (t Text) whole(p *engine.Preview) {
	for _, v := range wholes(p) {
		fmt.Fprintf(t.W, "\nThe preview as a whole: %s [%s] %s\n", v.Decision, v.Rule, v.Message)
		t.wholeAnswers(p, v)
	}
}

// wholes are what waits about the preview as a whole.
func wholes(p *engine.Preview) []change.Verdict {
	if !p.Verdict.Waits() {
		return nil
	}
	first := p.Verdict
	first.Also = nil
	return append([]change.Verdict{first}, p.Verdict.Also...)
}

// wholeAnswers writes what answers a question about the preview as a whole.
func (t Text) wholeAnswers(p *engine.Preview, v change.Verdict) {
	for i := range p.Questions {
		if q := &p.Questions[i]; q.Class == change.Run && q.Verdict.Topic() == v.Topic() {
			t.answers(q)
		}
	}
}

// findings writes findings; all is the flag that has all named that they are about, "" for none.
func (t Text) findings(list []change.Notice, all string) {
	for _, n := range list {
		paint := t.paint(color.FgYellow)
		if n.Severity == change.Error {
			paint = t.paint(color.FgRed)
		}
		fmt.Fprintf(t.W, "  %s %s\n", paint("%s:", n.Severity), n.Message)
		switch unnamed := unnamed(n); {
		case t.Full && len(n.Objects) > 1:
			fmt.Fprintf(t.W, "      %s\n", strings.Join(n.Objects, "\n      "))
		case unnamed > 0 && len(n.Objects) > 1 && all != "":
			fmt.Fprintf(t.W, "      … %s names all %d\n", all, len(n.Objects))
		}
	}
}

// unnamed counts the objects of a finding that its message has no room for.
func unnamed(n change.Notice) int {
	out := 0
	for _, object := range n.Objects {
		if !strings.Contains(n.Message, object) {
			out++
		}
	}
	return out
}

// doomed counts the deletions of a set that have a verdict of their own.
func doomed(set *change.Set) int {
	n := 0
	for i := range set.Changes {
		if c := &set.Changes[i]; c.Class == change.Orphaned && c.With == "" {
			n++
		}
	}
	return n
}

// released lists the objects that a person took over.
func (t Text) released(set *change.Set) {
	for _, g := range fold(set, t.Full, func(c *change.Change) bool { return c.Class == change.Unmanaged && c.NetBoxID != 0 }) {
		fmt.Fprintf(t.W, "  · %s  %s%s\n", amount(len(g.changes), g.changes[0].Kind), examples(g.changes), blame(g.changes[0].Blame))
	}
}

// unmanaged lists the first few; all with Full.
func (t Text) unmanaged(list []engine.Unmanaged) {
	const few = 10
	for i, u := range list {
		if i == few && !t.Full {
			fmt.Fprintf(t.W, "  … and %d more: --full, or %s\n", len(list)-few, t.Call.Command("diff", "SELECT * FROM unmanaged"))
			break
		}
		have := u.Have
		if u.Called != "" {
			have = u.Called
		}
		fmt.Fprintf(t.W, "  · %s %s %s: %s, by %s\n", strings.ReplaceAll(u.Kind, "_", " "), ofUnmanaged(&u), u.Field, valueText(have), u.User)
	}
}

// section returns a Text that writes a headline before its first output.
func (t Text) section(title string) Text {
	t.W = &headed{w: t.W, title: title}
	return t
}

// headed writes a title ahead of the first byte.
type headed struct {
	w     io.Writer
	title string
	begun bool
}

func (h *headed) Write(p []byte) (int, error) {
	if !h.begun {
		h.begun = true
		if _, err := fmt.Fprintf(h.w, "\n%s\n", h.title); err != nil {
			return 0, err
		}
	}
	return h.w.Write(p)
}
