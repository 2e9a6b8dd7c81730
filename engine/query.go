package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"

	"github.com/diet-project/diet/mirror"
	sqlfile "github.com/diet-project/diet/sql"
)

// QueryError is a statement that SQLite rejects.
type QueryError struct{ err error }

func (e *QueryError) Error() string { return fmt.Sprintf("query: %s", e.err) }

// Unwrap is SQLite's own error.
func (e *QueryError) Unwrap() error { return e.err }

// Hint names the views.
func (e *QueryError) Hint() string {
	names := sqlfile.Views()
	return "the views are " + strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1] + "; docs/sql.md has their columns"
}

// Query runs a read-only statement on the mirror and the store. It returns a
// [*QueryError] if the statement is at fault, or yields more than most rows; 0 is any
// number.
func (e *Engine) Query(ctx context.Context, statement string, most int) ([]string, [][]any, error) {
	return e.BoundedQuery(ctx, statement, Bounds{Rows: most, Bytes: heaviest})
}

// Bounds are how much a query may yield.
type Bounds struct {
	Rows  int // 0 is any number
	Bytes int // of all texts
}

// BoundedQuery is Query for somebody else's statement.
func (e *Engine) BoundedQuery(ctx context.Context, statement string, most Bounds) ([]string, [][]any, error) {
	if n := len(slices.Collect(mirror.Statements(statement))); n > 1 {
		return nil, nil, &QueryError{fmt.Errorf("%d statements, where one is asked for: of the others nobody would see the rows", n)}
	}
	path, detach, err := e.store.Attachable(ctx, statement)
	if err != nil {
		return nil, nil, err
	}
	defer detach()
	ro, err := mirror.OpenReadOnly(ctx, e.db.Path(), path)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = ro.Close() }()
	if err := ro.Narrow(ctx, most.Bytes); err != nil {
		return nil, nil, err
	}
	ctx, done := withinMemory(ctx, max(roomy, 4*most.Bytes))
	defer done()
	columns, out, err := gather(ctx, ro, statement, most)
	if over := (*memoryError)(nil); errors.As(context.Cause(ctx), &over) {
		return nil, nil, &QueryError{over}
	}
	return columns, out, err
}

// gather runs a query, and reads its rows.
func gather(ctx context.Context, ro *mirror.Reader, statement string, most Bounds) ([]string, [][]any, error) {
	rows, err := ro.Query(ctx, statement)
	if err != nil {
		return nil, nil, &QueryError{err}
	}
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if err != nil {
		return nil, nil, fmt.Errorf("query: %w", err)
	}
	out, err := collect(rows, most)
	return columns, out, err
}

// heaviest is how many bytes the texts of a query's result may have.
const heaviest = 512 << 20

// collect reads the rows of a query, within limits.
func collect(rows *sqlx.Rows, most Bounds) ([][]any, error) {
	var out [][]any
	for size := 0; rows.Next(); {
		row, err := rows.SliceScan()
		if err != nil {
			return nil, fmt.Errorf("query: %w", err)
		}
		for _, v := range row {
			switch v := v.(type) {
			case string:
				size += len(v)
			case []byte:
				size += len(v)
			}
		}
		switch out = append(out, row); {
		case most.Rows > 0 && len(out) > most.Rows:
			return nil, &QueryError{fmt.Errorf("more than %d rows: narrow it with WHERE or LIMIT", most.Rows)}
		case size > most.Bytes:
			return nil, &QueryError{fmt.Errorf("more than %d MB: select fewer columns or rows", most.Bytes>>20)}
		}
	}
	if err := rows.Err(); err != nil {
		return nil, &QueryError{err}
	}
	return out, nil
}
