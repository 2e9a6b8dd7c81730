package mirror

import (
	"context"
	"database/sql/driver"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/jmoiron/sqlx"
	"modernc.org/sqlite/vtab"
)

// incoming is the table in which a statement finds rows of Go's: temp.incoming of each
// connection that writes. A statement over a thousand rows takes a third of the time of a
// thousand statements. Its columns are v0, v1 and so on, hash, which is the last one of a
// row, and the batch to look into, which every statement must name.
type incoming struct{}

// rowModule is what the table is made with, rowTable makes it, and rowColumns is more than a
// row has.
const (
	rowModule  = "diet_rows"
	rowTable   = "CREATE VIRTUAL TABLE temp.incoming USING " + rowModule
	rowColumns = 100
)

// The first columns, before those of a row.
const (
	batchColumn = iota
	hashColumn
	firstColumn
)

// batches are the rows that statements are working on, by number.
var (
	batches   sync.Map
	lastBatch atomic.Int64
)

// ExecRows runs a statement that takes rows from temp.incoming, where its one argument is the
// batch, over rows. The work of a sync notes it.
func ExecRows(ctx context.Context, tx sqlx.ExecerContext, query string, rows [][]any) error {
	if w, ok := tx.(*work); ok {
		return w.execRows(ctx, query, rows)
	}
	batch, done := offer(rows)
	defer done()
	_, err := tx.ExecContext(ctx, query, batch)
	return err
}

// offer shows rows to statements until done is called.
func offer(rows [][]any) (batch int64, done func()) {
	batch = lastBatch.Add(1)
	batches.Store(batch, rows)
	return batch, func() { batches.Delete(batch) }
}

// Create implements [vtab.Module].
func (m incoming) Create(c vtab.Context, args []string) (vtab.Table, error) {
	return m.Connect(c, args)
}

// Connect implements [vtab.Module].
func (m incoming) Connect(c vtab.Context, _ []string) (vtab.Table, error) {
	var b strings.Builder
	b.WriteString("CREATE TABLE incoming (batch HIDDEN, hash")
	for i := range rowColumns {
		b.WriteString(", v" + strconv.Itoa(i))
	}
	b.WriteByte(')')
	return m, c.Declare(b.String())
}

// BestIndex implements [vtab.Table]: rows are found by their batch alone, and are few.
func (incoming) BestIndex(info *vtab.IndexInfo) error {
	for i := range info.Constraints {
		if c := &info.Constraints[i]; c.Column == batchColumn && c.Op == vtab.OpEQ && c.Usable {
			c.ArgIndex, c.Omit = 0, true
			info.EstimatedCost, info.EstimatedRows = 1000, 1000
			return nil
		}
	}
	return fmt.Errorf("no batch is named")
}

// Open implements [vtab.Table].
func (incoming) Open() (vtab.Cursor, error) { return &rowCursor{}, nil }

// Disconnect implements [vtab.Table].
func (incoming) Disconnect() error { return nil }

// Destroy implements [vtab.Table].
func (incoming) Destroy() error { return nil }

// rowCursor goes over a batch; a row's rowid is its place there.
type rowCursor struct {
	rows [][]any
	at   int
}

// Filter implements [vtab.Cursor].
func (c *rowCursor) Filter(_ int, _ string, args []vtab.Value) error {
	rows, ok := batches.Load(args[0])
	if !ok {
		return fmt.Errorf("batch %v is not there", args[0])
	}
	c.rows, c.at = rows.([][]any), 0
	return nil
}

// Next implements [vtab.Cursor].
func (c *rowCursor) Next() error {
	c.at++
	return nil
}

// Eof implements [vtab.Cursor].
func (c *rowCursor) Eof() bool { //nolint:revive // the interface has that name
	return c.at >= len(c.rows)
}

// Column implements [vtab.Cursor].
func (c *rowCursor) Column(column int) (driver.Value, error) {
	row := c.rows[c.at]
	switch {
	case column == hashColumn:
		return row[len(row)-1], nil
	case column >= firstColumn && column-firstColumn < len(row):
		return plainValue(row[column-firstColumn])
	}
	return nil, fmt.Errorf("a row of %d has no column %d", len(row), column)
}

// plainValue is a value as the driver takes it, and database/sql hands it over.
func plainValue(v any) (driver.Value, error) {
	switch v.(type) {
	case nil, int64, string, float64:
		return v, nil
	}
	return driver.DefaultParameterConverter.ConvertValue(v)
}

// Rowid implements [vtab.Cursor].
func (c *rowCursor) Rowid() (int64, error) { return int64(c.at), nil }

// Close implements [vtab.Cursor].
func (c *rowCursor) Close() error { return nil }
