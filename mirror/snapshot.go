package mirror

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"
)

// ErrMoved is returned by [Snapshot.Write] if another process has written the mirror since
// the snapshot began.
var ErrMoved = errors.New("another process has changed the mirror meanwhile")

// Snapshot is the mirror as it stood at one moment, for work that reads much and writes
// little. Others write the mirror meanwhile. What it writes is committed at once, and only
// if nobody else has: then all that was read before still holds, and the snapshot goes on.
type Snapshot struct {
	db      *DB
	conn    *sqlx.Conn
	tx      *sqlx.Tx
	version int64 // SQLite's number for what others have committed
	held    bool  // nobody else may write until it is closed
}

// Snapshot begins a snapshot. Others may write meanwhile, unless it is held. The process
// itself must not use the mirror until it is closed.
func (db *DB) Snapshot(ctx context.Context, held bool) (*Snapshot, error) {
	conn, err := db.db.Connx(ctx)
	if err != nil {
		return nil, err
	}
	s := &Snapshot{db: db, conn: conn, held: held}
	begin := s.read
	if held {
		begin = s.lock
	}
	if err := begin(ctx); err != nil {
		s.Close()
		return nil, err
	}
	if err := s.tx.GetContext(ctx, &s.version, db.statements.Get("query/data_version").Text); err != nil {
		s.Close()
		return nil, fmt.Errorf("run query/data_version: %w", err)
	}
	return s, nil
}

// Tx reads the snapshot. It is another one after each write.
func (s *Snapshot) Tx() *sqlx.Tx { return s.tx }

// Write runs f, which may write, and commits. If somebody else has written before, or
// does right after it, the error is [ErrMoved].
func (s *Snapshot) Write(ctx context.Context, f func() error) error {
	if s.held {
		return f()
	}
	if err := s.Finish(ctx, func() error {
		if err := s.unmoved(ctx); err != nil {
			return err
		}
		return f()
	}); err != nil {
		return err
	}
	if err := s.read(ctx); err != nil {
		return err
	}
	return s.unmoved(ctx)
}

// Finish runs f, which may write, and commits, whatever others have written. It is the
// snapshot's last use, unless it is held by [Snapshot.Write].
func (s *Snapshot) Finish(ctx context.Context, f func() error) error {
	if !s.held {
		_ = s.tx.Rollback()
		if err := s.lock(ctx); err != nil {
			return err
		}
	}
	if err := f(); err != nil {
		return err
	}
	return s.tx.Commit()
}

// Close ends the snapshot. What f of a write that failed has written is undone.
func (s *Snapshot) Close() {
	if s.tx != nil {
		_ = s.tx.Rollback()
	}
	_ = s.conn.Close()
}

// unmoved returns [ErrMoved] if somebody else has written since the snapshot began.
func (s *Snapshot) unmoved(ctx context.Context) error {
	var version int64
	if err := s.tx.GetContext(ctx, &version, s.db.statements.Get("query/data_version").Text); err != nil {
		return fmt.Errorf("run query/data_version: %w", err)
	}
	if version != s.version {
		return ErrMoved
	}
	return nil
}

func (s *Snapshot) read(ctx context.Context) (err error) {
	s.tx, err = s.conn.BeginTxx(ctx, &sql.TxOptions{ReadOnly: true})
	return err
}

func (s *Snapshot) lock(ctx context.Context) (err error) {
	for {
		s.tx, err = s.conn.BeginTxx(ctx, nil)
		switch {
		case !isBusy(err):
			return err
		case !s.db.patient.Load() || ctx.Err() != nil:
			return &BusyError{err}
		}
	}
}
