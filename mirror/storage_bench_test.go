package mirror_test

import (
	"database/sql"
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/jmoiron/sqlx"

	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/mirrortest"
)

// rows is how many interfaces BenchmarkStorage compares the two layouts at.
var rows = flag.Int("rows", 100_000, "interfaces in BenchmarkStorage")

// The layout that diet does not use: one table of documents, and a view of typed
// columns over it. SQLite takes each page apart.
const (
	documents = `
CREATE TABLE document (
  kind TEXT NOT NULL, id INTEGER NOT NULL, doc BLOB NOT NULL, object_id TEXT,
  PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;
CREATE VIEW interface_view AS
SELECT id, doc ->> '$.device.id' AS device_id, doc ->> '$.name' AS name, doc ->> '$.type.value' AS type, doc ->> '$.enabled' AS enabled
FROM document WHERE kind = 'interface';`
	storeDocuments = `
INSERT INTO document (kind, id, doc, object_id)
SELECT 'interface', e.value ->> '$.id', e.value, e.value ->> '$.custom_fields.diet_object_id'
FROM jsonb_each(:page, '$.results') AS e
WHERE true
ON CONFLICT (kind, id) DO UPDATE SET doc = excluded.doc WHERE doc IS NOT excluded.doc`
)

// BenchmarkStorage compares typed tables, which the mirror has, with one table of
// documents: ingest, and a user's question. docs/architecture.md has the figures at a
// million interfaces.
func BenchmarkStorage(b *testing.B) {
	for _, layout := range []struct {
		name, schema, table string
		store               func(testing.TB, *mirror.DB, *sqlx.Tx, string)
	}{
		{"documents", documents, "interface_view", func(tb testing.TB, _ *mirror.DB, tx *sqlx.Tx, page string) {
			if _, err := tx.Exec(storeDocuments, sql.Named("page", page)); err != nil {
				tb.Fatal(err)
			}
		}},
		{"typed", "", "interface", storeInterfaces},
	} {
		db := mirrortest.Open(b)
		if _, err := db.SQL().Exec(layout.schema); err != nil {
			b.Fatal(err)
		}
		b.Run("ingest/"+layout.name, func(b *testing.B) {
			for b.Loop() {
				fill(b, db, layout.store)
			}
			b.ReportMetric(float64(b.N**rows)/b.Elapsed().Seconds(), "obj/s")
			b.ReportMetric(size(b, db)/float64(*rows), "bytes/obj")
		})
		b.Run("question/"+layout.name, func(b *testing.B) {
			question := fmt.Sprintf(`SELECT count(*), count(DISTINCT device_id) FROM %s
				WHERE type = '400gbase-x-osfp' AND name = 'eth3'`, layout.table)
			for b.Loop() {
				if got := mirrortest.Dump(b, db, question); got == "0|0\n" {
					b.Fatal("nothing found")
				}
			}
		})
	}
}

// fill stores the rows, page by page, in one transaction.
func fill(b *testing.B, db *mirror.DB, store func(testing.TB, *mirror.DB, *sqlx.Tx, string)) {
	b.Helper()
	tx, err := db.SQL().Beginx()
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	for n := range *rows / 1000 {
		b.StopTimer()
		page := interfacePage(n, true)
		b.StartTimer()
		store(b, db, tx, page)
	}
	if err := tx.Commit(); err != nil {
		b.Fatal(err)
	}
}

// size is how many bytes the file has, what is not checkpointed yet included.
func size(b *testing.B, db *mirror.DB) float64 {
	b.Helper()
	if _, err := db.SQL().Exec(`PRAGMA wal_checkpoint(TRUNCATE)`); err != nil {
		b.Fatal(err)
	}
	info, err := os.Stat(db.Path())
	if err != nil {
		b.Fatal(err)
	}
	return float64(info.Size())
}
