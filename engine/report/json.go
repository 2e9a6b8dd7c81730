package report

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/apply"
)

// JSON writes values in their own encoding, indented, or passes them to a [Keeper].
type JSON struct{ W io.Writer }

var _ Format = JSON{}

// Keeper is a writer that takes the one value of a command, to write it once it is known
// how the command ends.
type Keeper interface{ Keep(v any) }

// Value writes any value.
func (j JSON) Value(v any) error {
	if k, keeps := j.W.(Keeper); keeps {
		k.Keep(v)
		return nil
	}
	enc := json.NewEncoder(JSONWriter(j.W))
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("write output: %w", err)
	}
	return nil
}

// Preview implements [Format].
func (j JSON) Preview(p *engine.Preview, _ bool) error { return j.Value(p) }

// Diff implements [Format].
func (j JSON) Diff(previews []*engine.Preview) error { return j.Value(previews) }

// Result implements [Format].
func (j JSON) Result(r *apply.Result) error { return j.Value(r) }

// Why implements [Format].
func (j JSON) Why(x *engine.Explanation) error { return j.Value(x) }

// Blame implements [Format].
func (j JSON) Blame(edits []engine.Edit) error { return j.Value(edits) }

// History implements [Format].
func (j JSON) History(h *engine.History) error { return j.Value(h) }

// Approvals implements [Format].
func (j JSON) Approvals(p *engine.Preview) error {
	return j.Value(map[string]any{"preview": p.ID, "approvals": p.Approvals})
}

// PreviewList implements [Format].
func (j JSON) PreviewList(all []engine.PreviewSummary) error { return j.Value(all) }

// Runs implements [Format].
func (j JSON) Runs(all []engine.RunSummary) error { return j.Value(all) }

// Run implements [Format].
func (j JSON) Run(r *engine.RunDetail) error { return j.Value(r) }

// Status implements [Format].
func (j JSON) Status(all []engine.Status) error { return j.Value(all) }
