package mirror

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"
)

// work is what a sync does to the mirror. It is visible to others all at once, at the end,
// and yet no lock is held for long while the network is waited for: where a request takes
// longer than [linger], or others have been kept out for a while, the transaction is rolled
// back, and what it had written is written again when the mirror is next used. A sync that
// fails or is killed leaves the mirror as it was.
//
// That does not go for what is too much to write again: a first sync, which nobody can
// rely on before its end, and one after a large apply. Then every transaction is committed,
// and the mirror counts as never synced until the last one. The next sync is a full one if
// that does not come.
type work struct {
	db     *DB
	mu     sync.Mutex  // guards tx against letting go
	tx     *sqlx.Tx    // nil while others may write
	letGo  *time.Timer // set while the network is waited for
	opened time.Time   // when the transaction began
	redone time.Duration
	writes []written // since the last commit
	size   int       // of the writes, in bytes
	spill  int       // so many are committed rather than written again

	schema int64        // the file's number for its tables; they must stay as they are
	direct bool         // every transaction is committed
	url    string       // of the NetBox, noted with the first commit
	check  func() error // must hold before a commit
	wait   func()       // is told of another process in the way
	failed error        // of a commit, for whoever goes on
}

// written is a statement that changed something.
type written struct {
	query string
	args  []any
	rows  [][]any // of a statement over a batch, which has no other arguments
}

// errMigrated is returned if another version of diet made the mirror's tables anew during
// a sync.
var errMigrated = errors.New("another version of diet changed the mirror meanwhile: sync again")

// How long others may be kept out: by a request that is slow to answer, and in all. What
// has to be written again takes time too, and shall not take most of it. Others wait for
// ten seconds.
const (
	linger    = 250 * time.Millisecond
	maxHeld   = time.Second
	redoShare = 4
)

// begin starts the work of a session. That of a first sync is committed as it comes.
func (ss *session) begin(ctx context.Context) error {
	db := ss.s.db
	w := &work{db: db, spill: ss.s.cfg.Spill, url: ss.s.client.Instance(), check: ss.guard, wait: ss.waiting}
	ss.tx = w
	if err := db.db.GetContext(ctx, &w.schema, db.statements.Get("query/schema_version").Text); err != nil {
		return fmt.Errorf("run query/schema_version: %w", err)
	}
	if ss.state.syncedAt.IsZero() {
		return w.expose(ctx)
	}
	return nil
}

// expose commits from now on. The mirror counts as never synced until a sync has ended.
func (w *work) expose(ctx context.Context) error {
	w.direct = true
	for _, kv := range [][2]string{{"url", w.url}, {"synced_at", ""}} {
		if err := w.db.putState(ctx, w, kv[0], kv[1]); err != nil {
			return err
		}
	}
	return nil
}

// open makes sure of a transaction that has all that was written.
func (w *work) open(ctx context.Context) (*sqlx.Tx, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.letGo != nil {
		w.letGo.Stop()
		w.letGo = nil
	}
	if w.failed != nil || w.tx != nil {
		return w.tx, w.failed
	}
	tx, err := Begin(ctx, w.db.db)
	if busy := (*BusyError)(nil); errors.As(err, &busy) {
		w.wait()
		tx, err = BeginPatiently(ctx, w.db.db)
	}
	if err != nil {
		return nil, err
	}
	w.tx, w.opened = tx, time.Now()
	var schema int64
	if err := tx.GetContext(ctx, &schema, w.db.statements.Get("query/schema_version").Text); err != nil {
		return nil, fmt.Errorf("run query/schema_version: %w", err)
	}
	if schema != w.schema {
		w.failed = errMigrated
		return nil, w.failed
	}
	return tx, w.again(ctx)
}

// again writes what was written before.
func (w *work) again(ctx context.Context) error {
	defer func() { w.redone = time.Since(w.opened) }()
	whole := context.WithoutCancel(ctx)
	for _, written := range w.writes {
		var err error
		if written.rows != nil {
			err = ExecRows(whole, w.tx, written.query, written.rows)
		} else {
			_, err = w.tx.ExecContext(whole, written.query, written.args...)
		}
		if err != nil {
			return fmt.Errorf("write again: %w", err)
		}
	}
	return ctx.Err()
}

// release lets others write if the network is slow to answer, or if they have waited for
// long enough.
func (w *work) release(ctx context.Context) {
	if w.idle() {
		return
	}
	if w.size > w.spill && !w.direct {
		if w.failed = w.expose(ctx); w.failed != nil {
			return
		}
	}
	switch {
	case w.direct:
		w.failed = w.commit(ctx)
	case time.Since(w.opened) > max(maxHeld, redoShare*w.redone):
		w.rollback()
	default:
		w.mu.Lock()
		defer w.mu.Unlock()
		w.letGo = time.AfterFunc(linger, w.rollbackIdle)
	}
}

// idle reports whether no transaction is in use.
func (w *work) idle() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.tx == nil || w.letGo != nil
}

// rollbackIdle ends the transaction, unless the mirror is used again.
func (w *work) rollbackIdle() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.letGo != nil && w.tx != nil {
		_ = w.tx.Rollback()
		w.tx, w.letGo = nil, nil
	}
}

// commit ends a transaction for good.
func (w *work) commit(ctx context.Context) error {
	tx, err := w.open(ctx)
	if err != nil {
		return err
	}
	if err := w.check(); err != nil {
		return err
	}
	w.tx, w.writes, w.size = nil, nil, 0
	return tx.Commit()
}

// rollback ends the transaction under way, if any.
func (w *work) rollback() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.letGo != nil {
		w.letGo.Stop()
		w.letGo = nil
	}
	if w.tx != nil {
		_ = w.tx.Rollback()
		w.tx = nil
	}
}

// ExecContext runs a statement, and notes it if it changed anything.
func (w *work) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	tx, err := w.open(ctx)
	if err != nil {
		return nil, err
	}
	res, err := tx.ExecContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	if n, err := res.RowsAffected(); err != nil || n > 0 {
		w.note(query, args)
	}
	return res, nil
}

// execRows runs a statement over rows that it writes all of, and notes it.
func (w *work) execRows(ctx context.Context, query string, rows [][]any) error {
	tx, err := w.open(ctx)
	if err != nil {
		return err
	}
	if err := ExecRows(ctx, tx, query, rows); err != nil || w.direct {
		return err
	}
	kept := make([][]any, len(rows))
	for i, row := range rows {
		kept[i] = detached(row)
		w.size += size(row)
	}
	w.writes = append(w.writes, written{query: query, rows: kept})
	return nil
}

// detached is a row without the page that it was read from, and the rest of that.
func detached(row []any) []any {
	row = slices.Clone(row)
	for i, v := range row {
		if text, ok := v.(string); ok {
			row[i] = strings.Clone(text)
		}
	}
	return row
}

// note remembers what was written, to be written again.
func (w *work) note(query string, args []any) {
	if w.direct {
		return
	}
	w.writes = append(w.writes, written{query: query, args: args})
	w.size += size(args)
}

// size is about what arguments take, in bytes.
func size(args []any) int {
	const each = 16 // beside its text
	n := 0
	for _, arg := range args {
		if named, ok := arg.(sql.NamedArg); ok {
			arg = named.Value
		}
		text, _ := arg.(string)
		n += len(text) + each
	}
	return n
}

// SelectContext reads rows.
func (w *work) SelectContext(ctx context.Context, dest any, query string, args ...any) error {
	tx, err := w.open(ctx)
	if err != nil {
		return err
	}
	return tx.SelectContext(ctx, dest, query, args...)
}
