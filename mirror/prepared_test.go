package mirror

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"github.com/jmoiron/sqlx"
)

func openKept(t *testing.T) *sqlx.DB {
	t.Helper()
	db, err := OpenFile(t.Context(), filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if _, err := db.Exec("CREATE TABLE n (n INTEGER PRIMARY KEY)"); err != nil {
		t.Fatal(err)
	}
	return db
}

// idle is the statement that a database's connection keeps for a text, and how many it keeps.
func idle(t *testing.T, db *sqlx.DB, text string) (statement, int) {
	t.Helper()
	one, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = one.Close() }()
	var kept statement
	var n int
	_ = one.Raw(func(of any) error {
		kept, n = of.(*conn).idle[text], len(of.(*conn).idle)
		return nil
	})
	return kept, n
}

// TestPreparedOnce runs a statement again and again, in and out of transactions, also after
// it failed and after its table was made anew: it is compiled once.
func TestPreparedOnce(t *testing.T) {
	t.Parallel()
	db := openKept(t)
	const insert = "INSERT INTO n VALUES (:n)"
	exec := func(on sqlx.ExtContext, n int) error {
		_, err := sqlx.NamedExecContext(t.Context(), on, insert, map[string]any{"n": n})
		return err
	}
	if err := exec(db, 1); err != nil {
		t.Fatal(err)
	}
	compiled, _ := idle(t, db, "INSERT INTO n VALUES (?)")
	if compiled == nil {
		t.Fatal("the statement is not kept")
	}
	if err := exec(db, 1); err == nil {
		t.Error("the same row went in twice")
	}
	tx := db.MustBegin()
	if err := exec(tx, 2); err != nil {
		t.Error(err)
	}
	if err := tx.Rollback(); err != nil {
		t.Error(err)
	}
	db.MustExec("DROP TABLE n")
	db.MustExec("CREATE TABLE n (n INTEGER PRIMARY KEY, more TEXT DEFAULT 'x', CHECK (n < 5))")
	db.MustExec("ALTER TABLE n DROP COLUMN more")
	if err := exec(db, 5); err == nil {
		t.Error("the statement goes by the table that was dropped")
	}
	if err := exec(db, 3); err != nil {
		t.Error(err)
	}
	var got []int
	if err := db.Select(&got, "SELECT n FROM n"); err != nil || !slices.Equal(got, []int{3}) {
		t.Errorf("the table holds %v, %v", got, err)
	}
	if again, _ := idle(t, db, "INSERT INTO n VALUES (?)"); again != compiled {
		t.Error("the statement was compiled again")
	}
}

// TestPreparedInUse runs a statement while its own rows are read, and after a reader gave
// up half way or ran out of time.
func TestPreparedInUse(t *testing.T) {
	t.Parallel()
	db := openKept(t)
	for n := range 3 {
		db.MustExec("INSERT INTO n VALUES (?)", n)
	}
	const list = "SELECT n FROM n WHERE n >= ? ORDER BY n"
	var inner []int
	if err := readAround(t, db, list, func(tx *sqlx.Tx) {
		if err := tx.SelectContext(t.Context(), &inner, list, 1); err != nil {
			t.Error(err)
		}
	}); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(inner, []int{1, 2}) {
		t.Errorf("the inner query reads %v", inner)
	}
	var outer []int
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := db.SelectContext(ctx, &inner, list, 2); err == nil {
		t.Error("a query whose time is over has rows")
	}
	if err := db.Select(&outer, list, 2); err != nil || !slices.Equal(outer, []int{2}) {
		t.Errorf("the query then reads %v, %v", outer, err)
	}
}

// readAround reads all rows, from 0, with something else done after the first; then it
// reads one and gives up.
func readAround(t *testing.T, db *sqlx.DB, list string, meanwhile func(*sqlx.Tx)) error {
	t.Helper()
	tx := db.MustBegin()
	defer func() { _ = tx.Rollback() }()
	for _, want := range [][]int{{0, 1, 2}, {0}} {
		rows, err := tx.QueryxContext(t.Context(), list, 0)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		var got []int
		for len(got) < len(want) && rows.Next() {
			var n int
			if err := rows.Scan(&n); err != nil {
				return err
			}
			if got = append(got, n); len(got) == 1 {
				meanwhile(tx)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("the outer query reads %v, want %v", got, want)
		}
	}
	return nil
}

// TestPreparedLimit runs more statements than a connection keeps.
func TestPreparedLimit(t *testing.T) {
	t.Parallel()
	db := openKept(t)
	for n := range keptStatements + 10 {
		db.MustExec(fmt.Sprintf("INSERT INTO n VALUES (%d)", n))
	}
	if _, n := idle(t, db, ""); n != keptStatements {
		t.Errorf("%d statements are kept, want %d", n, keptStatements)
	}
}

// TestWhatIsMapped holds that a file is mapped into memory for users' own queries alone: a sync or
// a diff of a million objects would take as much memory more as the file is large.
func TestWhatIsMapped(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.db")
	for _, tt := range []struct {
		options string
		bytes   int
	}{{writable, 0}, {readable, 1 << 30}} {
		db, err := connect(t.Context(), path, tt.options, anew)
		if err != nil {
			t.Fatal(err)
		}
		var got int
		if err := db.Get(&got, "PRAGMA mmap_size"); err != nil || got != tt.bytes {
			t.Errorf("%s: %d bytes are mapped, not %d: %v", tt.options, got, tt.bytes, err)
		}
		_ = db.Close()
	}
}
