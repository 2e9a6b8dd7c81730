package mirror

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// ingester writes pages: a database, a transaction, or the work of a sync.
type ingester interface {
	execer
	PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
}

// Ingest makes rows of a page of a kind, NetBox's JSON, and returns how many are not as
// they were. A row that is as it was is left alone: its hash is over its columns, since
// what NetBox nests in an object, such as names and counts of others, moves without it.
func (db *DB) Ingest(ctx context.Context, tx ingester, kind kinds.Kind, page []byte) (int, error) {
	objects := value.List(value.Pick(string(page), "results")[0])
	reader, err := db.rowReader(ctx, tx, kind)
	if err != nil {
		return 0, err
	}
	rows := make([][]any, len(objects))
	ids := make([]int64, len(objects))
	for i, text := range objects {
		if rows[i], err = reader.read(text); err != nil {
			return 0, fmt.Errorf("read a %s: %w", kind.Words(), err)
		}
		ids[i] = rows[i][0].(int64)
	}
	stored, err := db.hashes(ctx, tx, kind, ids)
	if err != nil {
		return 0, err
	}
	return db.write(ctx, tx, kind, rows, stored)
}

// write writes the rows whose hash is another than the stored one.
func (db *DB) write(ctx context.Context, tx ingester, kind kinds.Kind, rows [][]any, stored map[int64]int64) (int, error) {
	st := db.statements.For("ingest/object", kind)
	insert, err := tx.PrepareContext(ctx, st.Text)
	if err != nil {
		return 0, fmt.Errorf("prepare %s: %w", st.Name, err)
	}
	defer func() { _ = insert.Close() }()
	work, _ := tx.(*work)
	n := 0
	for _, row := range rows {
		if hash, ok := stored[row[0].(int64)]; ok && hash == row[len(row)-1] {
			continue
		}
		// A context that can end costs a goroutine a row; a page takes milliseconds.
		if _, err := insert.ExecContext(context.WithoutCancel(ctx), row...); err != nil {
			return 0, fmt.Errorf("run %s of %s %d: %w", st.Name, kind.Words(), row[0], err)
		}
		work.note(st.Text, row)
		n++
	}
	return n, ctx.Err()
}

// hashes are those of the rows that have one of the ids.
func (db *DB) hashes(ctx context.Context, tx execer, kind kinds.Kind, ids []int64) (map[int64]int64, error) {
	rows, err := pick[struct{ ID, Hash int64 }](ctx, tx, db.statements.For("query/object_hash", kind), idList(ids))
	if err != nil {
		return nil, err
	}
	out := make(map[int64]int64, len(rows))
	for _, r := range rows {
		out[r.ID] = r.Hash
	}
	return out, nil
}

// rowReader returns the reader of a kind's objects. The types of custom fields are read
// only for a kind that has any.
func (db *DB) rowReader(ctx context.Context, tx execer, kind kinds.Kind) (rowReader, error) {
	if !slices.ContainsFunc(kind.Fields, func(f kinds.Field) bool { return f.Type == kinds.Custom }) {
		return newRowReader(kind, nil), nil
	}
	rows, err := pick[struct{ Name, Type string }](ctx, tx, db.statements.Get("query/custom_field_type"))
	types := make(map[string]string, len(rows))
	for _, row := range rows {
		types[row.Name] = row.Type
	}
	return newRowReader(kind, types), err
}
