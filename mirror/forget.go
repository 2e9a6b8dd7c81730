package mirror

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"
)

// Learn stores objects of a kind as NetBox answered a write, a page of them. The next sync
// would read them too.
func (db *DB) Learn(ctx context.Context, kind string, page []byte) error {
	return db.put(ctx, func(tx *sqlx.Tx) error {
		_, err := db.Ingest(ctx, tx, db.kinds.Must(kind), page)
		return err
	})
}

// Forget drops objects of a kind that whoever asks has deleted in NetBox. The next sync would
// find that out too. It is not for what diet owns: a loss of that is looked into.
func (db *DB) Forget(ctx context.Context, kind string, ids ...int64) error {
	return db.put(ctx, func(tx *sqlx.Tx) error {
		return run(ctx, tx, db.statements.For("query/object_delete", db.kinds.Must(kind)), idList(ids))
	})
}

// put changes a mirror that holds something, in one transaction.
func (db *DB) put(ctx context.Context, change func(*sqlx.Tx) error) error {
	tx, err := db.Begin(ctx)
	if err != nil {
		return fmt.Errorf("write mirror: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	if err := change(tx); err != nil {
		return fmt.Errorf("write mirror: %w", err)
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("write mirror: %w", err)
	}
	return nil
}
