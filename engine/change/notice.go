package change

import (
	"cmp"
	"slices"
)

// Severity says whether a notice holds anything.
type Severity string

// The severities.
const (
	Error   Severity = "error"   // what it is about is held
	Warning Severity = "warning" // holds nothing
)

// Notice is a finding: a problem or note that is not a change.
type Notice struct {
	ID       string   `json:"id"`
	Severity Severity `json:"severity"`
	Place    string   `json:"place,omitempty"` // in the plan: spec.site
	Message  string   `json:"message"`

	// Objects are all that it is about, also what the message has no room for: diet ids, kind:slug of a
	// shared one, and what of the object where that is not all of it.
	Objects []string `json:"objects,omitempty"`
}

// sortNotices puts errors first, then goes by id and objects.
func sortNotices(list []Notice) {
	slices.SortStableFunc(list, func(a, b Notice) int {
		return cmp.Or(cmp.Compare(a.Severity, b.Severity), cmp.Compare(a.ID, b.ID), slices.Compare(a.Objects, b.Objects))
	})
}

// Stuck reports whether anything that would act waits, for whatever reason.
func (s *Set) Stuck() bool {
	return slices.ContainsFunc(s.Changes, func(c Change) bool { return c.Stuck() })
}

// Wrong reports whether a finding holds anything.
func (s *Set) Wrong() bool {
	return slices.ContainsFunc(s.Findings, func(n Notice) bool { return n.Severity == Error })
}
