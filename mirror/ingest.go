package mirror

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"slices"

	"modernc.org/sqlite"

	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
	sqlfile "github.com/diet-project/diet/sql"
)

// Ingest makes rows of a page of a kind, NetBox's JSON, and returns how many are not as
// they were. A row that is as it was is left alone: its hash is over its columns, since
// what NetBox nests in an object, such as names and counts of others, moves without it.
func (db *DB) Ingest(ctx context.Context, tx execer, kind kinds.Kind, page []byte) (int, error) {
	return db.ingest(ctx, tx, kind, value.List(value.Pick(string(page), "results")[0]))
}

// ingest is [DB.Ingest] of the objects of a page.
func (db *DB) ingest(ctx context.Context, tx execer, kind kinds.Kind, objects []string) (int, error) {
	reader, err := db.rowReader(ctx, tx, kind)
	if err != nil {
		return 0, err
	}
	objects, known, err := db.unread(ctx, tx, reader, objects)
	if err != nil || len(objects) == 0 {
		return 0, err
	}
	rows, err := reader.readAll(objects)
	if err != nil {
		return 0, fmt.Errorf("read a %s: %w", kind.Words(), err)
	}
	var changed, same [][]any
	for i, row := range rows {
		if hash := known[i]; hash != nil && *hash == row[len(row)-1] {
			same = append(same, []any{row[0], row[len(row)-2]})
		} else {
			changed = append(changed, row)
		}
	}
	if err := write(ctx, tx, db.statements.For("ingest/object_text", kind), kind.Words(), same); err != nil {
		return 0, err
	}
	return len(changed), write(ctx, tx, db.statements.For("ingest/object", kind), kind.Words(), changed)
}

// unread are those of the objects whose text is not what was last read of them, each with the hash
// of its row, nil where it has none.
func (db *DB) unread(ctx context.Context, tx execer, reader rowReader, objects []string) ([]string, []*int64, error) {
	rows := make([][]any, len(objects))
	first, last := int64(math.MaxInt64), int64(0)
	for i, object := range objects {
		id, _ := value.ID(value.Find(object, "id"))
		first, last = min(first, id), max(last, id)
		rows[i] = []any{id, reader.digest(object)}
	}
	between := db.statements.For("query/object_between", reader.kind)
	there, err := pick[bool](ctx, tx, between, sql.Named("first", first), sql.Named("last", last))
	if err != nil || !there[0] {
		return objects, make([]*int64, len(objects)), err
	}
	batch, done := offer(rows)
	defer done()
	type place struct {
		Place int
		Hash  *int64
	}
	places, err := pick[place](ctx, tx, db.statements.For("query/object_unread", reader.kind), batch)
	if err != nil {
		return nil, nil, err
	}
	texts, hashes := make([]string, len(places)), make([]*int64, len(places))
	for i, p := range places {
		texts[i], hashes[i] = objects[p.Place], p.Hash
	}
	return texts, hashes, nil
}

// write runs a statement over rows.
func write(ctx context.Context, tx execer, st sqlfile.Statement, words string, rows [][]any) error {
	if len(rows) == 0 {
		return ctx.Err()
	}
	// A context that can end may break off the transaction; a page takes milliseconds.
	whole := context.WithoutCancel(ctx)
	if err := ExecRows(whole, tx, st.Text, rows); err != nil {
		return fmt.Errorf("run %s of %s%w", st.Name, words, refused(whole, tx, st.Text, rows, err))
	}
	return ctx.Err()
}

// refused says which of the rows a statement failed for, where it is a row's fault. Such a
// failure leaves the transaction as it was.
func refused(ctx context.Context, tx execer, query string, rows [][]any, err error) error {
	if e := (*sqlite.Error)(nil); errors.As(err, &e) && e.Code()&0xff == codeConstraint {
		for _, row := range rows {
			if err := ExecRows(ctx, tx, query, [][]any{row}); err != nil {
				return fmt.Errorf(" %v: %w", row[0], err)
			}
		}
	}
	return fmt.Errorf(": %w", err)
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
