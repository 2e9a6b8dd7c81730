package mirror

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/jmoiron/sqlx"
	"modernc.org/sqlite"

	"github.com/diet-project/diet/mirror/kinds"
	sqlfile "github.com/diet-project/diet/sql"
)

// Errors that callers tell apart.
var (
	// ErrNeverSynced is returned when reading a mirror that was never synced.
	ErrNeverSynced = errors.New("the mirror was never synced")
	// ErrReadOnly is returned for a statement that would write, on a read-only handle.
	ErrReadOnly = errors.New("the mirror is read-only here")
)

// Config says where the mirror is.
type Config struct {
	// Path is the database file. It and its folder are created if needed.
	Path string

	// Rebuild deletes the file first. A file that is not an SQLite database is left alone,
	// which is an error.
	Rebuild bool

	// Kinds are the kinds to mirror. Defaults to [kinds.Standard].
	Kinds kinds.Registry

	// Now is the local clock. Defaults to time.Now.
	Now func() time.Time
}

// DB is an open mirror. It has one connection, which writes: a transaction must end
// before the same process uses the mirror otherwise.
type DB struct {
	db         *sqlx.DB
	path       string
	kinds      kinds.Registry
	statements *sqlfile.Statements
	now        func() time.Time
	patient    atomic.Bool
	older      bool // it holds what the store keeps
}

// writable and readable are the pragmas of each connection. Only where users ask is the file mapped
// into memory: it makes a scan of a wide table faster, but a sync or a diff, which go over all of
// the file, would fill the memory with it.
const (
	pragmas  = "_pragma=busy_timeout(10000)&_pragma=foreign_keys(1)"
	writable = "?_txlock=immediate&" + pragmas + "&_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)"
	readable = "?mode=ro&" + pragmas + "&_pragma=query_only(1)&_pragma=mmap_size(1073741824)"
)

// Open opens a mirror, and creates it if there is none. A file with other tables than
// this program's is a [*SchemaError].
func Open(ctx context.Context, cfg Config) (*DB, error) {
	if cfg.Path == "" {
		return nil, errors.New("open mirror: no path")
	}
	if cfg.Rebuild {
		err := IsMirror(ctx, cfg.Path)
		if err == nil {
			err = remove(cfg.Path)
		}
		if err != nil {
			return nil, fmt.Errorf("rebuild mirror: %w", err)
		}
	}
	db, err := OpenFile(ctx, cfg.Path)
	if err != nil {
		return nil, fmt.Errorf("open mirror %s: %w", cfg.Path, err)
	}
	statements := sqlfile.Standard()
	if len(cfg.Kinds.All()) > 0 {
		statements = sqlfile.New(cfg.Kinds)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	opened := &DB{db: db, path: cfg.Path, kinds: statements.Kinds(), statements: statements, now: cfg.Now}
	if err := opened.migrate(ctx); err != nil {
		_ = db.Close()
		return nil, err
	}
	return opened, nil
}

// OpenFile opens an SQLite file for writing, over one connection. It and its folder are
// created if needed.
func OpenFile(ctx context.Context, path string) (*sqlx.DB, error) {
	if err := create(path); err != nil {
		return nil, &ShutError{err}
	}
	db, err := connect(ctx, path, writable, keepStatements)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	return db, nil
}

// Kinds are the kinds that the mirror holds.
func (db *DB) Kinds() kinds.Registry { return db.kinds }

// Statements are the statements of sql/, rendered for the mirror's kinds.
func (db *DB) Statements() *sqlfile.Statements { return db.statements }

// SQL is the database itself, for the statements under sql/.
func (db *DB) SQL() *sqlx.DB { return db.db }

// Path is the database file.
func (db *DB) Path() string { return db.path }

// Now is the local clock that the mirror was opened with.
func (db *DB) Now() time.Time { return db.now() }

// Close closes the database.
func (db *DB) Close() error { return db.db.Close() }

// Age returns how long ago the last sync ended, by the local clock. It returns
// [ErrNeverSynced] if there was none.
func (db *DB) Age(ctx context.Context) (time.Duration, error) {
	at, err := db.Synced(ctx)
	if err != nil {
		return 0, err
	}
	return db.now().Sub(at), nil
}

// Synced is when the mirror was last synced, by the local clock, or fails with
// [ErrNeverSynced].
func (db *DB) Synced(ctx context.Context) (time.Time, error) {
	st, err := db.loadState(ctx, db.db)
	switch {
	case err != nil:
		return time.Time{}, err
	case st.unfinished():
		return time.Time{}, &UnfinishedError{}
	case st.syncedAt.IsZero():
		return time.Time{}, ErrNeverSynced
	}
	return st.syncedAt, nil
}

// URL is the address of the NetBox that the mirror was filled from, "" if it never was.
func (db *DB) URL(ctx context.Context) (string, error) {
	st, err := db.loadState(ctx, db.db)
	return st.url, err
}

// Settled is the id of the last change of NetBox's changelog up to which the mirror has
// them all for certain: a later one may still be committed.
func (db *DB) Settled(ctx context.Context) (int64, error) {
	st, err := db.loadState(ctx, db.db)
	return max(st.low, 0), err
}

// ServerNow is NetBox's own time by now, as near as the last sync tells.
func (db *DB) ServerNow(ctx context.Context) (time.Time, error) {
	st, err := db.loadState(ctx, db.db)
	if err != nil || st.syncedAt.IsZero() {
		return time.Time{}, cmp.Or(err, ErrNeverSynced)
	}
	return st.server.Add(db.now().Sub(st.syncedAt)), nil
}

// Reader runs a user's own SQL on a mirror; it cannot write.
type Reader struct{ db *sqlx.DB }

// OpenReadOnly opens an existing mirror for a user's own queries, and the store beside
// it, if that is a file: its tables are queried like the mirror's. If there is no
// mirror, the error is fs.ErrNotExist.
func OpenReadOnly(ctx context.Context, path, store string) (*Reader, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("open mirror: %w", err)
	}
	db, err := connect(ctx, path, readable, anew)
	if err != nil {
		return nil, fmt.Errorf("open mirror %s: %w", path, err)
	}
	db.SetMaxOpenConns(1)
	if store != "" {
		if err := attach(ctx, db, store); err != nil {
			_ = db.Close()
			return nil, fmt.Errorf("open store %s: %w", store, err)
		}
	}
	if err := confine(ctx, db); err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("open mirror %s: %w", path, err)
	}
	return &Reader{db}, nil
}

// attach adds a file for reading only.
func attach(ctx context.Context, db *sqlx.DB, path string) error {
	abs, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	name := url.URL{Scheme: "file", Path: abs, RawQuery: "mode=ro"}
	_, err = db.ExecContext(ctx, "ATTACH DATABASE ? AS store", name.String())
	return err
}

// SQLite's numbers for its limits on the length of a value, columns and attached databases.
const (
	limitLength   = 0
	limitColumns  = 2
	limitAttached = 7
)

// longest is how many bytes a value of a query may have; those of the mirror are smaller than a page of
// NetBox. SQLite takes three times as many to make it, say by group_concat.
const longest = 32 << 20

// confine keeps ATTACH and VACUUM INTO from making files, and a value from filling the
// memory.
func confine(ctx context.Context, db *sqlx.DB) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	if _, err := sqlite.Limit(conn, limitLength, longest); err != nil {
		return err
	}
	_, err = sqlite.Limit(conn, limitAttached, 0)
	return err
}

// Narrow has a query yield rows of no more than some bytes.
func (r *Reader) Narrow(ctx context.Context, bytes int) error {
	conn, err := r.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	const columns = 100 // the widest tables have fewer
	if _, err := sqlite.Limit(conn, limitLength, min(longest, max(1<<20, bytes/4))); err != nil {
		return err
	}
	_, err = sqlite.Limit(conn, limitColumns, columns)
	return err
}

// Query runs one statement. For one that would write, the error is [ErrReadOnly].
func (r *Reader) Query(ctx context.Context, query string, args ...any) (*sqlx.Rows, error) {
	if sets(query) {
		return nil, errSetting
	}
	rows, err := r.db.QueryxContext(ctx, query, args...)
	if err != nil {
		return nil, readOnly(err)
	}
	return rows, nil
}

// Close closes the handle.
func (r *Reader) Close() error { return r.db.Close() }

// BusyError is a mirror that another process keeps writing. diet itself holds it for
// moments only; reading is possible meanwhile.
type BusyError struct{ err error }

// Error says who is in the way.
func (e *BusyError) Error() string { return "another process is writing the mirror" }

// Hint says what to do.
func (e *BusyError) Hint() string {
	return "try again when it is done, or use another mirror (--mirror FILE); queries work meanwhile: `diet diff 'SELECT …'`"
}

// Unwrap is SQLite's own error.
func (e *BusyError) Unwrap() error { return e.err }

// Begin starts a transaction that writes. It waits for another writer for ten
// seconds, then fails with a [*BusyError]; while the mirror is [DB.Patient], it waits on.
func (db *DB) Begin(ctx context.Context) (*sqlx.Tx, error) {
	if db.patient.Load() {
		return BeginPatiently(ctx, db.db)
	}
	return Begin(ctx, db.db)
}

// Patient makes writers wait for others as long as it takes, until undo is called: a
// lock on a cache must not fail a run that has written to NetBox.
func (db *DB) Patient() (undo func()) {
	db.patient.Store(true)
	return func() { db.patient.Store(false) }
}

// BeginPatiently starts a transaction that writes, once no other process does.
func BeginPatiently(ctx context.Context, db *sqlx.DB) (*sqlx.Tx, error) {
	for {
		tx, err := Begin(ctx, db)
		if busy := (*BusyError)(nil); !errors.As(err, &busy) || ctx.Err() != nil {
			return tx, err
		}
	}
}

// Begin starts a transaction that writes. It waits for another writer for ten seconds,
// then fails with a [*BusyError].
func Begin(ctx context.Context, db *sqlx.DB) (*sqlx.Tx, error) {
	tx, err := db.BeginTxx(ctx, nil)
	if isBusy(err) {
		return nil, &BusyError{err}
	}
	return tx, err
}

func isBusy(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && e.Code()&0xff == codeBusy
}

// Result codes of SQLite.
const (
	codeBusy       = 5
	codeReadOnly   = 8
	codeConstraint = 19
)

func readOnly(err error) error {
	var e *sqlite.Error
	if errors.As(err, &e) && (e.Code()&0xff == codeReadOnly || strings.Contains(e.Error(), "too many attached databases")) {
		return fmt.Errorf("%w: it is a copy of NetBox; make changes in a plan or in NetBox", ErrReadOnly)
	}
	return err
}

// anew is a database whose connections compile a statement each time that it is run.
func anew(name string) (*sqlx.DB, error) { return sqlx.Open("sqlite", name) }

func connect(ctx context.Context, path, options string, open func(name string) (*sqlx.DB, error)) (*sqlx.DB, error) {
	registerFunctions()
	sqlx.BindDriver("sqlite", sqlx.QUESTION)
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	name := url.URL{Scheme: "file", Path: abs}
	// The first to open a new file turns it into a WAL database; SQLite does not wait for
	// that, but reports busy to the others.
	return backoff.Retry(ctx, func() (*sqlx.DB, error) {
		db, err := open(name.String() + options)
		if err != nil {
			return nil, backoff.Permanent(err)
		}
		if err = db.PingContext(ctx); err == nil {
			return db, nil
		}
		_ = db.Close()
		if !isBusy(err) {
			err = backoff.Permanent(err)
		}
		return nil, err
	}, backoff.WithBackOff(backoff.NewConstantBackOff(20*time.Millisecond)), backoff.WithMaxElapsedTime(10*time.Second))
}

// create makes an empty file that only its owner can read: others may have no business
// with NetBox's data.
func create(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// magic begins every SQLite database that is not empty.
const magic = "SQLite format 3\x00"

// isOurs fails for a file that begins as no database of SQLite does.
func isOurs(path string) error {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	head := make([]byte, len(magic))
	n, _ := io.ReadFull(f, head)
	_ = f.Close()
	if n > 0 && string(head[:n]) != magic {
		return &StrangerError{Path: path}
	}
	return nil
}

// IsMirror fails for a file that holds something else than a mirror: a store, say. One that is not there,
// or that SQLite cannot read, holds nothing.
func IsMirror(ctx context.Context, path string) error {
	if _, err := os.Stat(path); err != nil {
		return nil // there is nothing to lose
	}
	db, err := connect(ctx, path, readable, anew)
	if err != nil {
		return isOurs(path)
	}
	defer func() { _ = db.Close() }()
	opened := &DB{db: db, path: path, statements: sqlfile.Standard()}
	_, err = opened.history(ctx, db)
	var stranger *StrangerError
	if errors.As(err, &stranger) {
		return err
	}
	return isOurs(path)
}

// remove deletes a database and what SQLite keeps beside it.
func remove(path string) error {
	if err := isOurs(path); err != nil {
		return err
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// execer runs statements: a database, a transaction, or the work of a sync.
type execer interface {
	sqlx.ExecerContext
	SelectContext(ctx context.Context, dest any, query string, args ...any) error
}

// run executes a statement.
func run(ctx context.Context, db execer, st sqlfile.Statement, args ...any) error {
	if _, err := db.ExecContext(ctx, st.Text, args...); err != nil {
		return fmt.Errorf("run %s: %w", st.Name, err)
	}
	return nil
}

// pick selects all rows of a statement.
func pick[T any](ctx context.Context, db execer, st sqlfile.Statement, args ...any) ([]T, error) {
	var rows []T
	if err := db.SelectContext(ctx, &rows, st.Text, args...); err != nil {
		return nil, fmt.Errorf("run %s: %w", st.Name, err)
	}
	return rows, nil
}

// idList makes the JSON array that statements take as :ids.
func idList(ids []int64) sql.NamedArg {
	b := []byte{'['}
	for i, id := range ids {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, id, 10)
	}
	return sql.Named("ids", string(append(b, ']')))
}
