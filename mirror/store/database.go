package store

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"

	sqlfile "github.com/diet-project/diet/sql"
)

// database is a store in tables. The statements are written once; what SQLite and PostgreSQL
// do in their own ways is in the dialect.
type database struct {
	db      *sqlx.DB
	dialect dialect
}

// dialect is what one kind of database does in its own way.
type dialect interface {
	// statement is one of sql/, as this database takes it.
	statement(name string) sqlfile.Statement

	// begin starts a transaction that writes, and waits for others that do.
	begin(ctx context.Context) (*sqlx.Tx, error)

	// prepare is done ahead of a migration, in its transaction: it keeps others out.
	prepare(ctx context.Context, tx *sqlx.Tx) error

	// alone keeps others from replacing decisions until the transaction ends.
	alone(ctx context.Context, tx *sqlx.Tx) error

	// within bounds one statement in time.
	within(ctx context.Context) (context.Context, context.CancelFunc)

	// compact gives unused room back to the system.
	compact(ctx context.Context) error

	// fit is a text as the database can hold it.
	fit(text string) string

	// explain adds to an error of the database what a person needs to know.
	explain(err error) error
}

// Close implements [Store].
func (s *database) Close() error { return s.db.Close() }

// migrate runs the files of sql/schema that the store has not seen.
func (s *database) migrate(ctx context.Context) error {
	known, err := read[int](ctx, s, "store/schema_known", nil)
	if err != nil {
		return err
	}
	if first(known) > 0 {
		if missing, err := s.pending(ctx, s.db); err != nil || len(missing) == 0 {
			return err
		}
	}
	return s.transact(ctx, func(tx *sqlx.Tx) error {
		if err := s.dialect.prepare(ctx, tx); err != nil {
			return err
		}
		if err := s.exec(ctx, tx, "query/schema_file_create", nil); err != nil {
			return err
		}
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
func (s *database) pending(ctx context.Context, from sqlx.QueryerContext) ([]string, error) {
	var seen []struct{ Name, Hash string }
	if err := sqlx.SelectContext(ctx, from, &seen, s.text("query/schema_file_list")); err != nil {
		return nil, s.dialect.explain(err)
	}
	missing := sqlfile.Names("schema")
	for _, f := range seen {
		i := slices.Index(missing, f.Name)
		if i < 0 {
			return nil, &NewerError{f.Name}
		}
		missing = slices.Delete(missing, i, i+1)
	}
	return missing, nil
}

// Decide implements [Store].
func (s *database) Decide(ctx context.Context, netbox, plan string, decisions []Decision) error {
	return s.transact(ctx, func(tx *sqlx.Tx) error {
		if err := s.dialect.alone(ctx, tx); err != nil {
			return err
		}
		if err := s.exec(ctx, tx, "store/decision_clear", map[string]any{"netbox": netbox, "plan": plan}); err != nil {
			return err
		}
		for part := range slices.Chunk(decisions, 5000) {
			rows, err := json.Marshal(s.fitting(part))
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

// fitting are decisions as the database can hold them: a rule may say anything.
func (s *database) fitting(decisions []Decision) []Decision {
	out := slices.Clone(decisions)
	for i := range out {
		out[i].Message = s.dialect.fit(out[i].Message)
	}
	return out
}

// KeepSituation implements [Store].
func (s *database) KeepSituation(ctx context.Context, d Situation, newest int) error {
	return s.transact(ctx, func(tx *sqlx.Tx) error {
		if err := s.exec(ctx, tx, "store/situation_insert", d); err != nil {
			return err
		}
		return s.exec(ctx, tx, "store/situation_prune", map[string]any{"netbox": d.NetBox, "plan": d.Plan, "newest": newest})
	})
}

// DropNothing implements [Store].
func (s *database) DropNothing(ctx context.Context, netbox, plan, preview string) error {
	return s.write(ctx, "store/situation_nothing", map[string]any{"netbox": netbox, "plan": plan, "preview": preview})
}

// Situations implements [Store].
func (s *database) Situations(ctx context.Context, netbox, plan, preview string, newest int) ([]Situation, error) {
	return read[Situation](ctx, s, "store/situation_list", map[string]any{
		"netbox": netbox, "plan": plan, "preview": preview, "newest": newest,
	})
}

// Begin implements [Store].
func (s *database) Begin(ctx context.Context, r Run) error {
	return s.write(ctx, "store/run_insert", r)
}

// End implements [Store].
func (s *database) End(ctx context.Context, r Run) error { return s.write(ctx, "store/run_finish", r) }

// Forget implements [Store].
func (s *database) Forget(ctx context.Context, run string) error {
	return s.write(ctx, "store/run_forget", Run{ID: run})
}

// Abandon implements [Store].
func (s *database) Abandon(ctx context.Context, netbox, plan, but, at string) error {
	return s.write(ctx, "store/run_abandon", Run{ID: but, NetBox: netbox, Plan: plan, FinishedAt: at})
}

// LastRun implements [Store].
func (s *database) LastRun(ctx context.Context, netbox, plan string) (Last, bool, error) {
	found, err := read[Last](ctx, s, "store/run_last", map[string]any{"netbox": netbox, "plan": plan})
	return first(found), len(found) > 0, err
}

// runs are those of a plan, of a preview, or one; "" is any.
func (s *database) runs(ctx context.Context, plan, preview, run string, most int) ([]Told, error) {
	return read[Told](ctx, s, "store/run_list", map[string]any{"plan": plan, "preview": preview, "run": run, "most": most})
}

// Runs implements [Store].
func (s *database) Runs(ctx context.Context, plan string, most int) ([]Told, error) {
	return s.runs(ctx, plan, "", "", limited(most))
}

// RunsOf implements [Store].
func (s *database) RunsOf(ctx context.Context, preview string) ([]Told, error) {
	return s.runs(ctx, "", preview, "", limited(-1))
}

// limited is a number of rows; less than none is any number, which SQLite alone says so.
func limited(most int) int {
	if most < 0 {
		return math.MaxInt32
	}
	return most
}

// Run implements [Store].
func (s *database) Run(ctx context.Context, id string) (Told, []Request, error) {
	found, err := s.runs(ctx, "", "", id, 1)
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
func (s *database) Holds(ctx context.Context, netbox, run string) (bool, error) {
	found, err := read[int](ctx, s, "store/run_holds", map[string]any{"netbox": netbox, "id": run})
	return first(found) > 0, err
}

// Sent implements [Store].
func (s *database) Sent(ctx context.Context, r Request) error {
	return s.write(ctx, "store/journal_insert", r)
}

// Answered implements [Store].
func (s *database) Answered(ctx context.Context, r Request) error {
	return s.write(ctx, "store/journal_finish", r)
}

// Open implements [Store].
func (s *database) Open(ctx context.Context, netbox, plan string) ([]Request, error) {
	return read[Request](ctx, s, "store/journal_open", map[string]any{"netbox": netbox, "plan": plan})
}

// Requests implements [Store].
func (s *database) Requests(ctx context.Context, netbox string) ([]string, error) {
	return read[string](ctx, s, "store/journal_request", map[string]any{"netbox": netbox})
}

// write runs one statement in a transaction.
func (s *database) write(ctx context.Context, name string, args any) error {
	return s.transact(ctx, func(tx *sqlx.Tx) error { return s.exec(ctx, tx, name, args) })
}

// transact runs f in a transaction.
func (s *database) transact(ctx context.Context, f func(*sqlx.Tx) error) error {
	tx, err := s.dialect.begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if err := f(tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", s.dialect.explain(err))
	}
	return nil
}

// text is a statement without the comment at its head: sqlx takes every colon for a name.
func (s *database) text(name string) string {
	text := s.dialect.statement(name).Text
	for strings.HasPrefix(text, "--") {
		_, text, _ = strings.Cut(text, "\n")
	}
	return text
}

// bound is a statement with the values of what it names; nil for a statement without any.
func (s *database) bound(name string, args any) (query string, values []any, err error) {
	query = s.text(name)
	if args == nil {
		return query, nil, nil
	}
	if query, values, err = sqlx.Named(query, args); err != nil {
		return "", nil, fmt.Errorf("bind %s: %w", name, err)
	}
	for i, v := range values {
		if text, ok := v.(string); ok {
			values[i] = s.dialect.fit(text)
		}
	}
	return s.db.Rebind(query), values, nil
}

// exec runs a statement with what args names; nil for a statement without any.
func (s *database) exec(ctx context.Context, db sqlx.ExecerContext, name string, args any) error {
	query, values, err := s.bound(name, args)
	if err != nil {
		return err
	}
	ctx, done := s.dialect.within(ctx)
	defer done()
	if _, err := db.ExecContext(ctx, query, values...); err != nil {
		return fmt.Errorf("run %s: %w", name, s.dialect.explain(err))
	}
	return nil
}

// read selects the rows of a statement.
func read[T any](ctx context.Context, s *database, name string, args map[string]any) ([]T, error) {
	if args == nil {
		args = map[string]any{}
	}
	query, values, err := s.bound(name, args)
	if err != nil {
		return nil, err
	}
	ctx, done := s.dialect.within(ctx)
	defer done()
	var rows []T
	if err := s.db.SelectContext(ctx, &rows, query, values...); err != nil {
		return nil, fmt.Errorf("run %s: %w", name, s.dialect.explain(err))
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
