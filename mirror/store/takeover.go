package store

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"

	"github.com/jmoiron/sqlx"

	"github.com/diet-project/diet/mirror"
)

// takeOver moves what an earlier diet kept in the mirror. It may be cut off anywhere: the
// next one copies what is not there yet, and drops it from the mirror then. The mirror is
// only read while the store is written, and the other way round.
func (s *file) takeOver(ctx context.Context, path string) error {
	if info, err := os.Stat(path); err != nil || info.Size() == 0 {
		return nil // there is nothing to take over
	}
	found, err := s.copyFrom(ctx, path)
	if err != nil || !found {
		return err
	}
	old, err := mirror.OpenFile(ctx, path)
	if err != nil {
		return err
	}
	defer func() { _ = old.Close() }()
	tx, err := mirror.Begin(ctx, old)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if err := s.exec(ctx, tx, "store/takeover_drop", nil); err != nil {
		return err
	}
	return tx.Commit()
}

// copyFrom copies what the mirror has, and reports whether it has any.
func (s *file) copyFrom(ctx context.Context, path string) (bool, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return false, err
	}
	name := url.URL{Scheme: "file", Path: abs, RawQuery: "mode=ro"}
	if err := s.exec(ctx, s.db, "store/takeover_attach", map[string]any{"path": name.String()}); err != nil {
		return false, nil // what is no database holds nothing; opening the mirror says what is wrong with it
	}
	defer func() { _ = s.exec(context.WithoutCancel(ctx), s.db, "store/takeover_detach", nil) }()
	tables, err := read[string](ctx, s.database, "store/takeover_tables", map[string]any{})
	if err != nil {
		return false, nil // as above
	}
	netbox, err := s.netboxOf(ctx, tables)
	if err != nil {
		return false, err
	}
	steps := takeoverSteps(tables)
	if len(steps) == 0 {
		return false, nil
	}
	return true, s.transact(ctx, func(tx *sqlx.Tx) error {
		for _, step := range steps {
			if err := s.exec(ctx, tx, step, map[string]any{"netbox": netbox}); err != nil {
				return err
			}
		}
		return nil
	})
}

// netboxOf is the NetBox of the attached mirror, "" if it is not known.
func (s *file) netboxOf(ctx context.Context, tables []string) (string, error) {
	if !slices.Contains(tables, "sync_state") {
		return "", nil
	}
	rows, err := read[string](ctx, s.database, "store/takeover_netbox", map[string]any{})
	if err != nil {
		return "", fmt.Errorf("read whose the mirror is: %w", err)
	}
	return first(rows), nil
}

// takeoverSteps are the statements that copy what the mirror has: a run before its journal.
func takeoverSteps(tables []string) []string {
	run, journal := "store/takeover_run_bare", "store/takeover_journal_bare"
	if slices.Contains(tables, "run.netbox") {
		run, journal = "store/takeover_run", "store/takeover_journal"
	}
	var steps []string
	for _, step := range []struct{ table, statement string }{
		{"run", run},
		{"journal", journal},
		{"preview", "store/takeover_preview"},
		{"decision", "store/takeover_decision"},
	} {
		if slices.Contains(tables, step.table) {
			steps = append(steps, step.statement)
		}
	}
	return steps
}
