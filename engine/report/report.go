// Package report shows what the engine returns: as text, for terminals and logs,
// and as JSON. A caller chooses a [Format] and an io.Writer; a format decides
// nothing and shows everything that it is given.
package report

import (
	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/apply"
)

// Format writes what the engine returns in one way.
type Format interface {
	// Preview writes a preview. One that is kept is told with its id.
	Preview(p *engine.Preview, kept bool) error

	// Diff writes previews that nobody keeps.
	Diff(previews []*engine.Preview) error

	// Result writes what became of an apply.
	Result(r *apply.Result) error

	// Status writes how plans stand.
	Status(all []engine.Status) error
}
