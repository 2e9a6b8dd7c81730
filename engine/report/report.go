// Package report shows what the engine returns: as text, for terminals and logs,
// and as JSON. A caller chooses a [Format] and an io.Writer; a format decides
// nothing and shows everything that it is given.
package report

import (
	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/apply"
)

// Format writes what the engine returns.
type Format interface {
	// Preview writes a preview, with its id if it was saved.
	Preview(p *engine.Preview, kept bool) error

	// Diff writes previews that were not saved.
	Diff(previews []*engine.Preview) error

	// Result writes the result of an apply.
	Result(r *apply.Result) error

	// Why writes the explanation of an object.
	Why(x *engine.Explanation) error

	// Blame writes the changes of an object.
	Blame(edits []engine.Edit) error

	// History writes what an object was.
	History(h *engine.History) error

	// Approvals writes who has approved a preview.
	Approvals(p *engine.Preview) error

	// PreviewList lists stored previews.
	PreviewList(all []engine.PreviewSummary) error

	// Runs lists runs, and Run writes one of them, request by request.
	Runs(all []engine.RunSummary) error
	Run(r *engine.RunDetail) error

	// Status writes the status of plans.
	Status(all []engine.Status) error
}
