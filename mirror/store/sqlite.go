package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"

	"github.com/diet-project/diet/mirror"
	sqlfile "github.com/diet-project/diet/sql"
)

// SQLite is a store in a file.
type SQLite struct {
	db         *sqlx.DB
	path       string
	statements *sqlfile.Statements
}

var _ Store = (*SQLite)(nil)

// Open opens the store in a file, and makes it if there is none. What an earlier diet kept
// in the mirror is taken over, once.
func Open(ctx context.Context, path, mirrorPath string) (*SQLite, error) {
	if strings.Contains(path, "://") {
		return nil, errors.New("open store: want a file, not an address") // which may hold a password
	}
	if filepath.Clean(path) == filepath.Clean(mirrorPath) {
		return nil, fmt.Errorf("open store %s: that is the mirror, which may be deleted at any time: name another file", path)
	}
	db, err := mirror.OpenFile(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("open store %s: %w", path, err)
	}
	s := &SQLite{db: db, path: path, statements: sqlfile.Standard()}
	if err := s.migrate(ctx); err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("open store %s: %w", path, err)
	}
	if err := s.takeOver(ctx, mirrorPath); err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("take over what %s kept: %w", mirrorPath, err)
	}
	return s, nil
}

// Path is the file.
func (s *SQLite) Path() string { return s.path }

// Close closes the file.
func (s *SQLite) Close() error { return s.db.Close() }

// migrate runs the files of sql/schema that the store has not seen.
func (s *SQLite) migrate(ctx context.Context) error {
	if err := s.exec(ctx, s.db, "query/schema_file_create", nil); err != nil {
		return err
	}
	if missing, err := s.pending(ctx, s.db); err != nil || len(missing) == 0 {
		return err
	}
	return s.transact(ctx, func(tx *sqlx.Tx) error {
		missing, err := s.pending(ctx, tx) // another process may have been faster
		if err != nil {
			return err
		}
		for _, name := range missing {
			if err := s.exec(ctx, tx, name, nil); err != nil {
				return err
			}
			if err := s.exec(ctx, tx, "query/schema_file_put", map[string]any{"name": name, "hash": ""}); err != nil {
				return err
			}
		}
		return nil
	})
}

// pending lists the files of sql/schema that the store has not seen.
func (s *SQLite) pending(ctx context.Context, from sqlx.QueryerContext) ([]string, error) {
	var seen []struct{ Name, Hash string }
	if err := sqlx.SelectContext(ctx, from, &seen, s.statements.Get("query/schema_file_list").Text); err != nil {
		return nil, err
	}
	missing := sqlfile.Names("schema")
	for _, f := range seen {
		i := slices.Index(missing, f.Name)
		if i < 0 {
			return nil, fmt.Errorf("a newer diet made it (%s)", f.Name)
		}
		missing = slices.Delete(missing, i, i+1)
	}
	return missing, nil
}

// Decide implements [Store].
func (s *SQLite) Decide(ctx context.Context, netbox, plan string, decisions []Decision) error {
	return s.transact(ctx, func(tx *sqlx.Tx) error {
		if err := s.exec(ctx, tx, "store/decision_clear", map[string]any{"netbox": netbox, "plan": plan}); err != nil {
			return err
		}
		for part := range slices.Chunk(decisions, 5000) {
			rows, err := json.Marshal(part)
			if err != nil {
				return fmt.Errorf("encode decisions: %w", err)
			}
			if err := s.exec(ctx, tx, "store/decision_insert", map[string]any{"rows": string(rows)}); err != nil {
				return err
			}
		}
		return nil
	})
}

// KeepSituation implements [Store].
func (s *SQLite) KeepSituation(ctx context.Context, d Situation) error {
	return s.transact(ctx, func(tx *sqlx.Tx) error {
		if err := s.exec(ctx, tx, "store/situation_insert", d); err != nil {
			return err
		}
		return s.exec(ctx, tx, "store/situation_prune", d)
	})
}

// Situations implements [Store].
func (s *SQLite) Situations(ctx context.Context, netbox, plan, preview string, newest int) ([]Situation, error) {
	return read[Situation](ctx, s, "store/situation_list", map[string]any{
		"netbox": netbox, "plan": plan, "preview": preview, "newest": newest,
	})
}

// Begin implements [Store].
func (s *SQLite) Begin(ctx context.Context, r Run) error { return s.write(ctx, "store/run_insert", r) }

// End implements [Store].
func (s *SQLite) End(ctx context.Context, r Run) error { return s.write(ctx, "store/run_finish", r) }

// Forget implements [Store].
func (s *SQLite) Forget(ctx context.Context, run string) error {
	return s.write(ctx, "store/run_forget", Run{ID: run})
}

// Abandon implements [Store].
func (s *SQLite) Abandon(ctx context.Context, netbox, plan, but, at string) error {
	return s.write(ctx, "store/run_abandon", Run{ID: but, NetBox: netbox, Plan: plan, FinishedAt: at})
}

// LastRun implements [Store].
func (s *SQLite) LastRun(ctx context.Context, netbox, plan string) (Last, bool, error) {
	found, err := read[Last](ctx, s, "store/run_last", map[string]any{"netbox": netbox, "plan": plan})
	return first(found), len(found) > 0, err
}

// Runs implements [Store].
func (s *SQLite) Runs(ctx context.Context, plan string, most int) ([]Told, error) {
	return read[Told](ctx, s, "store/run_list", map[string]any{"plan": plan, "preview": "", "run": "", "most": most})
}

// RunsOf implements [Store].
func (s *SQLite) RunsOf(ctx context.Context, preview string) ([]Told, error) {
	return read[Told](ctx, s, "store/run_list", map[string]any{"plan": "", "preview": preview, "run": "", "most": -1})
}

// Run implements [Store].
func (s *SQLite) Run(ctx context.Context, id string) (Told, []Request, error) {
	found, err := read[Told](ctx, s, "store/run_list", map[string]any{"plan": "", "preview": "", "run": id, "most": 1})
	if err == nil && (len(found) == 0 || id == "") {
		err = fmt.Errorf("run %q: %w", id, ErrNotFound)
	}
	if err != nil {
		return Told{}, nil, err
	}
	requests, err := read[Request](ctx, s, "store/journal_list", map[string]any{"run": id})
	return found[0], requests, err
}

// Holds implements [Store].
func (s *SQLite) Holds(ctx context.Context, netbox, run string) (bool, error) {
	found, err := read[int](ctx, s, "store/run_holds", map[string]any{"netbox": netbox, "id": run})
	return first(found) > 0, err
}

// Sent implements [Store].
func (s *SQLite) Sent(ctx context.Context, r Request) error {
	return s.write(ctx, "store/journal_insert", r)
}

// Answered implements [Store].
func (s *SQLite) Answered(ctx context.Context, r Request) error {
	return s.write(ctx, "store/journal_finish", r)
}

// Open implements [Store].
func (s *SQLite) Open(ctx context.Context, netbox, plan string) ([]Request, error) {
	return read[Request](ctx, s, "store/journal_open", map[string]any{"netbox": netbox, "plan": plan})
}

// Requests implements [Store].
func (s *SQLite) Requests(ctx context.Context, netbox string) ([]string, error) {
	return read[string](ctx, s, "store/journal_request", map[string]any{"netbox": netbox})
}

// write runs one statement in a transaction.
func (s *SQLite) write(ctx context.Context, name string, args any) error {
	return s.transact(ctx, func(tx *sqlx.Tx) error { return s.exec(ctx, tx, name, args) })
}

// transact runs f in a transaction. It waits for another process for as long as it takes:
// nobody holds the store for long.
func (s *SQLite) transact(ctx context.Context, f func(*sqlx.Tx) error) error {
	tx, err := mirror.BeginPatiently(ctx, s.db)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	if err := f(tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// text is a statement without the comment at its head: sqlx takes every colon for a name.
func (s *SQLite) text(name string) string {
	text := s.statements.Get(name).Text
	for strings.HasPrefix(text, "--") {
		_, text, _ = strings.Cut(text, "\n")
	}
	return text
}

// exec runs a statement with what args names; nil for a statement without any.
func (s *SQLite) exec(ctx context.Context, db sqlx.ExtContext, name string, args any) error {
	var err error
	if args == nil {
		_, err = db.ExecContext(ctx, s.text(name))
	} else {
		_, err = sqlx.NamedExecContext(ctx, db, s.text(name), args)
	}
	if err != nil {
		return fmt.Errorf("run %s: %w", name, err)
	}
	return nil
}

// read selects the rows of a statement.
func read[T any](ctx context.Context, s *SQLite, name string, args map[string]any) ([]T, error) {
	query, list, err := sqlx.Named(s.text(name), args)
	if err != nil {
		return nil, fmt.Errorf("bind %s: %w", name, err)
	}
	var rows []T
	if err := s.db.SelectContext(ctx, &rows, query, list...); err != nil {
		return nil, fmt.Errorf("run %s: %w", name, err)
	}
	return rows, nil
}

// first is the first of rows, or nothing.
func first[T any](rows []T) T {
	if len(rows) == 0 {
		var none T
		return none
	}
	return rows[0]
}
