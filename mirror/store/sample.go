package store

import (
	"context"

	"github.com/jmoiron/sqlx"
)

// Sample is how a plan stood when it was checked for drift.
type Sample struct {
	NetBox    string `db:"netbox"`
	Plan      string `db:"plan"`
	At        string `db:"at"`
	Status    string `db:"status"`
	Objects   int    `db:"objects"`
	Pending   int    `db:"pending"`
	Modified  int    `db:"modified"`
	Missing   int    `db:"missing"`
	Orphaned  int    `db:"orphaned"`
	Unmanaged int    `db:"unmanaged"`
	Released  int    `db:"released"`
	Conflicts int    `db:"conflicts"`
	Accepted  int    `db:"accepted"`
}

// KeepSample implements [Store].
func (s *database) KeepSample(ctx context.Context, one Sample, before string) error {
	return s.transact(ctx, func(tx *sqlx.Tx) error {
		if err := s.exec(ctx, tx, "store/drift_sample_insert", one); err != nil {
			return err
		}
		return s.exec(ctx, tx, "store/drift_sample_prune", map[string]any{"netbox": one.NetBox, "plan": one.Plan, "before": before})
	})
}

// Samples implements [Store].
func (s *database) Samples(ctx context.Context, netbox, plan, since string, most int) ([]Sample, error) {
	return read[Sample](ctx, s, "store/drift_sample_list", map[string]any{
		"netbox": netbox, "plan": plan, "since": since, "most": limited(most),
	})
}
