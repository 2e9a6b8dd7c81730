package generate

import (
	"cmp"
	"maps"
	"slices"
)

// preserve is what happens to drift unless a plan says otherwise.
const preserve = "preserve"

// remediations are what a plan may say of drift.
var remediations = []string{preserve, "alert", "auto"}

// DefaultReconcile is spec.reconcile of a plan that leaves it out.
func DefaultReconcile() Reconcile { return new(ReconcileSpec).reconcile() }

// reconcile fills the defaults of spec.reconcile.
func (r *ReconcileSpec) reconcile() Reconcile {
	out := Reconcile{
		DeletionPolicy:        cmp.Or(r.DeletionPolicy, "warn"),
		ApproveDeletionsAbove: 10,
		Remediation:           Remediation{Default: preserve},
		Protect:               slices.Clone(r.Protect),
		Initial:               slices.Clone(r.Initial),
	}
	if r.ApproveDeletionsAbove != nil {
		out.ApproveDeletionsAbove = *r.ApproveDeletionsAbove
	}
	if r.Remediation != nil {
		out.Remediation.Default = cmp.Or(r.Remediation.Default, preserve)
		out.Remediation.Fields = maps.Clone(r.Remediation.Fields)
	}
	if r.Initial == nil {
		out.Initial = []string{"status", "serial", "asset_tag", "comments"}
	}
	return out
}
