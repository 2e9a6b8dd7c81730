package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/jmoiron/sqlx"

	sqlfile "github.com/diet-project/diet/sql"
)

const (
	// patience is how long a store that was reached before is waited for, unless the address
	// says otherwise (connect_timeout): a server restarts, or another one takes over.
	patience = 10 * time.Second

	// longest is how long one statement may take.
	longest = time.Minute

	// connections is how many one process has to the store at most.
	connections = 4
)

// server is a store in PostgreSQL, which several machines share.
type server struct{ *database }

var _ Store = (*server)(nil)

func openPostgres(ctx context.Context, address string) (*server, error) {
	p, err := connect(address)
	if err != nil {
		return nil, err
	}
	s := &server{&database{p.db, p}}
	if err := p.explain(p.db.PingContext(ctx)); err != nil {
		_ = p.db.Close()
		return nil, fmt.Errorf("open store %s: %w", p.shown, err)
	}
	if err := s.migrate(ctx); err != nil {
		_ = p.db.Close()
		return nil, fmt.Errorf("open store %s: %w", p.shown, err)
	}
	return s, nil
}

// connect prepares connections to a server; it makes none yet.
func connect(address string) (*postgres, error) {
	shown := Shown(address)
	scheme, _, _ := strings.Cut(address, "://")
	if !slices.Contains(schemes, scheme) {
		return nil, errors.New("open store: want a file, or postgres://USER@HOST/DATABASE") // the rest may hold a password
	}
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, fmt.Errorf("open store %s: the address, or a PG… variable of the environment, cannot be read: "+
			"want postgres://USER@HOST:PORT/DATABASE?sslmode=…", shown) // what the parser says may hold a password
	}
	if config.RuntimeParams["search_path"] == "" {
		config.RuntimeParams["search_path"] = "diet"
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "diet"
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = patience
	}
	db := sqlx.NewDb(stdlib.OpenDB(*config), "pgx")
	db.SetMaxOpenConns(connections)
	return &postgres{db: db, shown: shown, patience: config.ConnectTimeout}, nil
}

// postgresWords reads one column, within the time that a person waits for a completion.
func postgresWords(ctx context.Context, address, statement string) []string {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	p, err := connect(address)
	if err != nil {
		return nil
	}
	defer func() { _ = p.db.Close() }()
	words, err := read[string](ctx, &database{p.db, p}, statement, nil)
	if err != nil {
		return nil
	}
	return words
}

// postgres is the dialect of a server.
type postgres struct {
	db    *sqlx.DB
	shown string // the address without secrets

	patience time.Duration
	lost     atomic.Bool // it was waited for in vain
}

func (*postgres) statement(name string) sqlfile.Statement { return sqlfile.Standard().Postgres(name) }

// begin starts a transaction, once the server answers: nothing was sent before. Where it was
// waited for in vain, it is not waited for again.
func (p *postgres) begin(ctx context.Context) (*sqlx.Tx, error) {
	wait := p.patience
	if p.lost.Load() {
		wait = time.Millisecond
	}
	tx, err := backoff.Retry(ctx, func() (*sqlx.Tx, error) {
		tx, err := p.db.BeginTxx(ctx, nil)
		if err != nil && !isAway(err) {
			err = backoff.Permanent(err)
		}
		return tx, err
	}, backoff.WithBackOff(backoff.NewConstantBackOff(200*time.Millisecond)), backoff.WithMaxElapsedTime(wait))
	p.lost.Store(err != nil)
	return tx, p.explain(err)
}

// prepare keeps others from migrating, and makes diet's schema.
func (p *postgres) prepare(ctx context.Context, tx *sqlx.Tx) error {
	for _, name := range []string{"store/migration_lock", "store/schema_create"} {
		if _, err := tx.ExecContext(ctx, p.statement(name).Text); err != nil {
			return fmt.Errorf("run %s: %w", name, p.explain(err))
		}
	}
	return nil
}

func (p *postgres) alone(ctx context.Context, tx *sqlx.Tx) error {
	_, err := tx.ExecContext(ctx, p.statement("store/decision_lock").Text)
	return p.explain(err)
}

// within bounds a statement: a network that is cut does not say so.
func (*postgres) within(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, longest)
}

// compact does nothing: the server does so itself.
func (*postgres) compact(context.Context) error { return nil }

// fit leaves out what no text of PostgreSQL may hold.
func (*postgres) fit(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "")
}

func (p *postgres) explain(err error) error {
	if isAway(err) {
		return &AwayError{p.shown, err}
	}
	return err
}

// isAway reports whether an error says that the server is out of reach, and not that it
// refused something.
func isAway(err error) bool {
	var refused *pgconn.PgError
	var dial *pgconn.ConnectError
	var network net.Error
	switch {
	case err == nil, errors.Is(err, context.Canceled):
		return false
	case errors.As(err, &refused):
		// It shuts down or starts, has no connection to spare, or lost this one.
		return strings.HasPrefix(refused.Code, "57P") || strings.HasPrefix(refused.Code, "08") || refused.Code == "53300"
	case errors.As(err, &dial), errors.As(err, &network), pgconn.Timeout(err), pgconn.SafeToRetry(err):
		return true
	}
	return slices.ContainsFunc(broken, func(known error) bool { return errors.Is(err, known) })
}

// broken are the errors of a connection that has ended.
var broken = []error{
	driver.ErrBadConn, pgconn.ErrConnClosed, io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, context.DeadlineExceeded,
}

// AwayError is a store that cannot be reached.
type AwayError struct {
	store string
	err   error
}

func (e *AwayError) Error() string {
	lines := strings.Split(strings.TrimSpace(e.err.Error()), "\n") // one for each way that was tried
	why := strings.TrimSpace(lines[len(lines)-1])
	var refused *pgconn.PgError
	var network *net.OpError
	switch {
	case errors.As(e.err, &refused):
		why = refused.Message
	case errors.As(e.err, &network):
		why = network.Err.Error()
	}
	return fmt.Sprintf("the store %s cannot be reached: %s", e.store, why)
}

// Hint says what it means for a run.
func (e *AwayError) Hint() string {
	return "is the server up, and the address right? What NetBox has been sent stands: once the store is back, run the same again; " +
		"an apply first finds out what became of it"
}

// Unwrap is the error of the network.
func (e *AwayError) Unwrap() error { return e.err }
