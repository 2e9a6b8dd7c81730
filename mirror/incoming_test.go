package mirror

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/mirror/kinds"
)

// TestExecRows stores values by way of a batch as database/sql stores them one by one.
func TestExecRows(t *testing.T) {
	t.Parallel()
	db := openKept(t)
	db.MustExec("CREATE TABLE one (a, b); CREATE TABLE all_of (a, b)")
	type named string
	var none *string
	text := "x"
	var rows [][]any
	for i, v := range []any{
		nil, int64(1)<<62 + 1, -7, 1.5, 2.0, 1e300, true, false, "", "ä\x00ö", "\xff",
		named("n"), none, &text, []byte("blob"), uint8(3), kinds.Owned,
	} {
		rows = append(rows, []any{i, v})
		db.MustExec("INSERT INTO one VALUES (?, ?)", i, v)
	}
	if err := ExecRows(t.Context(), db, "INSERT INTO all_of SELECT v0, v1 FROM temp.incoming WHERE batch = ?", rows); err != nil {
		t.Fatal(err)
	}
	stored := func(table string) (out []string) {
		if err := db.Select(&out, "SELECT a || typeof(a) || quote(b) || typeof(b) FROM "+table+" ORDER BY a"); err != nil {
			t.Fatal(err)
		}
		return out
	}
	if got, want := stored("all_of"), stored("one"); len(got) != len(rows) || !slices.Equal(got, want) {
		t.Errorf("stored\n%s\nnot\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if _, err := db.Exec("INSERT INTO all_of SELECT v0, v1 FROM temp.incoming WHERE batch = ?", -1); err == nil {
		t.Error("a batch that is not there is taken for an empty one")
	}
	if err := ExecRows(t.Context(), db, "INSERT INTO all_of SELECT v0, v9 FROM temp.incoming WHERE batch = ?", rows); err == nil {
		t.Error("a column that the rows lack is read")
	}
}

// TestIngestNamesTheRow says which object of a page the mirror cannot hold.
func TestIngestNamesTheRow(t *testing.T) {
	t.Parallel()
	db, err := Open(t.Context(), Config{Path: filepath.Join(t.TempDir(), "x.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	tx := db.db.MustBegin()
	defer func() { _ = tx.Rollback() }()
	objects := make([]string, 600)
	for i := range objects {
		objects[i] = fmt.Sprintf(`{"id": %d, "name": "n%d", "slug": "s"}`, i+1, i)
	}
	objects[411] = `{"id": 412, "name": null, "slug": "s"}`
	page := func() []byte { return []byte(`{"results": [` + strings.Join(objects, ",") + `]}`) }
	_, err = db.Ingest(t.Context(), tx, db.kinds.Must("manufacturer"), page())
	if err == nil || !strings.Contains(err.Error(), "ingest/object manufacturer of manufacturer 412: ") {
		t.Errorf("the error is %v", err)
	}
	objects[411] = `{"id": 412, "name": "n", "slug": "s"}`
	for _, want := range []int{600, 0} {
		if n, err := db.Ingest(t.Context(), tx, db.kinds.Must("manufacturer"), page()); err != nil || n > want {
			t.Errorf("%d rows were written, %v", n, err)
		}
	}
	objects[500], objects[300] = `{"id": "x"}`, `{"name": "y"}`
	if _, err := db.Ingest(t.Context(), tx, db.kinds.Must("manufacturer"), page()); err == nil || !strings.Contains(err.Error(), `"y"`) {
		t.Errorf("of two broken objects the first is not named: %v", err)
	}
}
