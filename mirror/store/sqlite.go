package store

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/jmoiron/sqlx"

	"github.com/diet-project/diet/mirror"
	sqlfile "github.com/diet-project/diet/sql"
)

// file is a store in a file of SQLite.
type file struct {
	*database
	path string
}

var _ Store = (*file)(nil)

func openFile(ctx context.Context, path, mirrorPath string, older bool) (*file, error) {
	if filepath.Clean(path) == filepath.Clean(mirrorPath) {
		return nil, fmt.Errorf("open store %s: that is the mirror, which may be deleted at any time: name another file", path)
	}
	db, err := mirror.OpenFile(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("open store: %w", sqlite{path: path}.explain(fmt.Errorf("%s: %w", path, err)))
	}
	s := &file{&database{db, sqlite{db, path}}, path}
	if err := s.migrate(ctx); err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("open store %s: %w", path, err)
	}
	if !older {
		return s, nil
	}
	if err := s.takeOver(ctx, mirrorPath); err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("take over what %s kept: %w", mirrorPath, err)
	}
	return s, nil
}

// Attachable implements [Store]: a query reads the file itself.
func (s *file) Attachable(context.Context, string) (path string, done func(), err error) {
	return s.path, func() {}, nil
}

// sqlite is the dialect of a file.
type sqlite struct {
	db   *sqlx.DB
	path string
}

var _ dialect = sqlite{}

func (sqlite) statement(name string) sqlfile.Statement { return sqlfile.Standard().Get(name) }

// begin waits for another process for as long as it takes: nobody holds the store for long.
func (d sqlite) begin(ctx context.Context) (*sqlx.Tx, error) { return mirror.BeginPatiently(ctx, d.db) }

// prepare does nothing: a transaction that writes is alone.
func (sqlite) prepare(context.Context, *sqlx.Tx) error { return nil }

// alone does nothing, for the same reason.
func (sqlite) alone(context.Context, *sqlx.Tx) error { return nil }

// within sets no bound: the file is at hand.
func (sqlite) within(ctx context.Context) (context.Context, context.CancelFunc) {
	return ctx, func() {}
}

func (d sqlite) compact(ctx context.Context) error {
	_, err := d.db.ExecContext(ctx, d.statement("store/compact").Text)
	return err
}

func (sqlite) fit(text string) string { return text }

func (d sqlite) explain(err error) error {
	if mirror.IsDamaged(err) {
		return &DamagedError{d.path, err}
	}
	return mirror.Full(d.path, err)
}

// DamagedError is a store in a file that SQLite cannot read.
type DamagedError struct {
	path string
	err  error
}

func (e *DamagedError) Error() string {
	return fmt.Sprintf("the store %s is damaged, or no store: %s", e.path, e.err)
}

// Hint says the way out.
func (e *DamagedError) Hint() string {
	return "NetBox holds all that diet owns: move the file away, and diet begins a new store, without the runs and previews of this one; " +
		"sqlite3 FILE .recover may save them, or name another file (--store)"
}

// Unwrap is SQLite's own error.
func (e *DamagedError) Unwrap() error { return e.err }
