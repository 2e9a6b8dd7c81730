package report

import (
	"fmt"
	"io"

	"github.com/diet-project/diet/engine"
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

// preview writes planned work, drift and what is held, each in a section of its own.
func (t Text) preview(p *engine.Preview) {
	set := p.Set()
	fmt.Fprintf(t.W, "Plan %s\n", p.Plan)
	t.policies(p)
	fmt.Fprint(t.W, "\nChanges\n")
	t.Changes(set)
	t.section("Drift: what people changed in NetBox").drift(set)
	t.section("Held: waits for a person").held(set)
	t.section("Unmanaged: what people wrote in fields that nobody owns").unmanaged(p.Unmanaged)
	if p.Verdict.Waits() {
		fmt.Fprintf(t.W, "\nThe preview as a whole: %s [%s] %s\n", p.Verdict.Decision, p.Verdict.Rule, p.Verdict.Message)
	}
	fmt.Fprint(t.W, "\n")
	t.summary(p.Summary)
}

// unmanaged lists the first of them; all with Full.
func (t Text) unmanaged(list []engine.Unmanaged) {
	const few = 10
	for i, u := range list {
		if i == few && !t.Full {
			fmt.Fprintf(t.W, "  … and %d more: --full, or diet diff 'SELECT * FROM unmanaged'\n", len(list)-few)
			break
		}
		fmt.Fprintf(t.W, "  · %s %s %s: %s, by %s\n", u.Kind, u.Name, u.Field, valueText(u.Have), u.User)
	}
}

// section is the text under a headline, which is not written where nothing follows.
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
