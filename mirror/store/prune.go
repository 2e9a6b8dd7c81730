package store

import (
	"context"
	"slices"

	"github.com/jmoiron/sqlx"
)

// Pruning says what of a NetBox to remove: previews and runs from before a time, "" for
// none; but not the newest of each plan, and not the runs of Keep.
type Pruning struct {
	NetBox         string
	Previews, Runs string
	Newest         int
	Keep           []string

	// Dry removes nothing.
	Dry bool
}

// Pruned is what was removed, the oldest first.
type Pruned struct {
	Previews []string
	Runs     []string
	Requests int // of the runs
}

// of are the arguments of what looks for one preview or run, or, with "", for all.
func (p Pruning) of(id, before string) map[string]any {
	return map[string]any{"netbox": p.NetBox, "before": before, "newest": p.Newest, "id": id}
}

// Prune implements [Store]. Each preview and each run goes in a transaction of its own: others
// need not wait long.
func (s *database) Prune(ctx context.Context, p Pruning) (Pruned, error) {
	var out Pruned
	previews, err := read[string](ctx, s, "store/preview_old", p.of("", p.Previews))
	if err != nil {
		return out, err
	}
	for _, id := range previews {
		if err := s.prunePreview(ctx, p, id); err != nil {
			return out, err
		}
		out.Previews = append(out.Previews, id)
	}
	runs, err := read[oldRun](ctx, s, "store/run_old", p.of("", p.Runs))
	if err != nil {
		return out, err
	}
	for _, r := range runs {
		if slices.Contains(p.Keep, r.ID) {
			continue
		}
		if err := s.pruneRun(ctx, p, r.ID); err != nil {
			return out, err
		}
		out.Runs, out.Requests = append(out.Runs, r.ID), out.Requests+r.Requests
	}
	return out, nil
}

type oldRun struct {
	ID       string `db:"id"`
	Requests int    `db:"requests"`
}

// prunePreview removes a preview with all that is its own, unless something has come to need
// it by now.
func (s *database) prunePreview(ctx context.Context, p Pruning, id string) error {
	return s.removing(ctx, p, "store/preview_old", p.of(id, p.Previews),
		"store/approval_delete", "store/preview_row_delete", "store/preview_index_delete", "store/situation_delete", "store/preview_delete")
}

// pruneRun removes a run with its journal, unless something has come to need it by now.
func (s *database) pruneRun(ctx context.Context, p Pruning, id string) error {
	return s.removing(ctx, p, "store/run_old", p.of(id, p.Runs), "store/run_remember", "store/journal_delete", "store/run_delete")
}

// removing runs statements on what another one still finds.
func (s *database) removing(ctx context.Context, p Pruning, still string, args map[string]any, statements ...string) error {
	if p.Dry {
		return nil
	}
	return s.transact(ctx, func(tx *sqlx.Tx) error {
		if found, err := s.finds(ctx, tx, still, args); err != nil || !found {
			return err
		}
		for _, name := range statements {
			if err := s.exec(ctx, tx, name, args); err != nil {
				return err
			}
		}
		return nil
	})
}

// finds reports whether a statement yields a row.
func (s *database) finds(ctx context.Context, tx *sqlx.Tx, name string, args map[string]any) (bool, error) {
	query, values, err := s.bound(name, args)
	if err != nil {
		return false, err
	}
	rows, err := tx.QueryContext(ctx, query, values...)
	if err != nil {
		return false, s.dialect.explain(err)
	}
	defer func() { _ = rows.Close() }()
	found := rows.Next()
	return found, s.dialect.explain(rows.Err())
}

// Compact implements [Store].
func (s *database) Compact(ctx context.Context) error {
	return s.dialect.explain(s.dialect.compact(ctx))
}
