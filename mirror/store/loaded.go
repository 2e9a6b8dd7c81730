package store

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/jmoiron/sqlx"

	"github.com/diet-project/diet/mirror"
	sqlfile "github.com/diet-project/diet/sql"
)

// Attachable implements [Store]: the tables that the statement may read are copied into a
// file, as they are at one moment.
func (s *server) Attachable(ctx context.Context, statement string) (path string, done func(), err error) {
	dir, remove, err := mirror.Scratch()
	if err != nil {
		return "", nil, fmt.Errorf("load store: %w", err)
	}
	done = func() { _ = remove() }
	path = filepath.Join(dir, "store.db")
	if err := s.load(ctx, path, statement); err != nil {
		done()
		return "", nil, fmt.Errorf("load store: %w", err)
	}
	return path, done, nil
}

// load fills a new file with the tables that a statement names.
func (s *server) load(ctx context.Context, path, statement string) error {
	db, err := mirror.OpenFile(ctx, path)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	into := &database{db, sqlite{db, path}}
	if err := into.migrate(ctx); err != nil {
		return err
	}
	if err := into.exec(ctx, db, "store/references_off", nil); err != nil {
		return err
	}
	tables, err := read[string](ctx, into, "query/schema_tables", nil)
	if err != nil {
		return err
	}
	from, err := s.db.BeginTxx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return s.dialect.explain(err)
	}
	defer func() { _ = from.Rollback() }()
	for _, table := range tables {
		if table == "schema_file" || !strings.Contains(strings.ToLower(statement), table) {
			continue
		}
		if err := into.copyTable(ctx, from, table); err != nil {
			return fmt.Errorf("copy %s: %w", table, s.dialect.explain(err))
		}
	}
	return nil
}

// copyTable copies the rows of a table, one after the other.
func (s *database) copyTable(ctx context.Context, from *sqlx.Tx, table string) error {
	columns, err := read[struct{ Name, Type string }](ctx, s, "store/table_columns", map[string]any{"table": table})
	if err != nil {
		return err
	}
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
	}
	rows, err := from.QueryxContext(ctx, sqlfile.Standard().Table("store/table_read", table, names).Text)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	insert := sqlfile.Standard().Table("store/table_write", table, names).Text
	return s.transact(ctx, func(tx *sqlx.Tx) error {
		for rows.Next() {
			row, err := rows.SliceScan()
			if err != nil {
				return err
			}
			for i, v := range row {
				if text, ok := v.([]byte); ok && columns[i].Type == "TEXT" {
					row[i] = string(text)
				}
			}
			if _, err := tx.ExecContext(ctx, insert, row...); err != nil {
				return err
			}
		}
		return rows.Err()
	})
}
