package apply

import (
	"cmp"
	"strings"

	"github.com/diet-project/diet/engine/change"
)

// leaveOut records the changes that the verdicts keep from being written.
func (a *Applier) leaveOut() {
	for i := range a.set.Changes {
		c := &a.set.Changes[i]
		o := outcome(c, 0)
		if c.Acts() {
			if a.dying[c.Object] = c.Deletes(); c.Waits() { // the rest of it is written
				o.Reason = reason(c)
				a.result.Held = append(a.result.Held, o)
			}
			continue
		}
		switch {
		case c.NotNeeded:
			continue
		case c.Held != "":
			o.Reason = c.Held
			a.result.Held = append(a.result.Held, o)
		case c.Waits():
			o.Reason = reason(c)
			a.result.Held = append(a.result.Held, o)
		case c.Action == change.None:
			continue
		default:
			o.Reason = reason(c)
			a.result.Skipped = append(a.result.Skipped, o)
		}
		if c.Action == change.Create || c.Action == change.Adopt {
			a.bad[c.Object] = "is held"
		}
	}
}

// reason is why a change is not made, or not all of it: the verdict on it or, where that leaves it to the
// fields, those on each that waits or, where none does, is not written.
func reason(c *change.Change) string {
	var out []string
	for i := range c.Fields {
		f := &c.Fields[i]
		if !c.PerField() || !c.Acts() && c.Verdict.Decision != change.DecisionApply || f.Verdict.Acts() || c.Waits() && !f.Verdict.Waits() {
			continue
		}
		if of := c.Bundle(f); f.Verdict.Message != "" && of[0] == f {
			out = append(out, change.FieldNames(of)+": "+f.Verdict.Told())
		}
	}
	return cmp.Or(strings.Join(out, "; "), c.Verdict.Message, string(c.Verdict.Decision))
}

func outcome(c *change.Change, id int64) Outcome {
	if id == 0 {
		id = c.NetBoxID
	}
	return Outcome{Kind: c.Kind, Object: c.Object, Name: c.Name, ID: id}
}
