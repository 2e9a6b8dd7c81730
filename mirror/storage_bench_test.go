package mirror_test

import (
	"database/sql"
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/mirrortest"
)

// rows is how many interfaces BenchmarkStorage compares the two layouts at.
var rows = flag.Int("rows", 100_000, "interfaces in BenchmarkStorage")

// The layout that diet does not use: one table of documents, and a view of typed
// columns over it. Each page is stored by one statement, like that of sql/ingest.
const (
	documents = `
CREATE TABLE document (
  kind TEXT NOT NULL, id INTEGER NOT NULL, doc BLOB NOT NULL, object_id TEXT, hash INTEGER NOT NULL,
  PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;
CREATE VIEW interface_view AS
SELECT id, doc ->> '$.device.id' AS device_id, doc ->> '$.name' AS name, doc ->> '$.type.value' AS type, doc ->> '$.enabled' AS enabled
FROM document WHERE kind = 'interface';`
	storeDocuments = `
INSERT INTO document (kind, id, doc, object_id, hash)
SELECT 'interface', e.value ->> '$.id', e.value, e.value ->> '$.custom_fields.diet_object_id', diet_hash(e.value -> '$')
FROM jsonb_each(:page, '$.results') AS e
WHERE true
ON CONFLICT (kind, id) DO UPDATE SET doc = excluded.doc, hash = excluded.hash WHERE hash IS NOT excluded.hash`
)

// BenchmarkStorage compares typed tables, which the mirror has, with one table of
// documents: ingest, and a user's question. docs/architecture.md has the figures at a
// million interfaces.
func BenchmarkStorage(b *testing.B) {
	for _, layout := range []struct{ name, schema, store, table string }{
		{"documents", documents, storeDocuments, "interface_view"},
		{"typed", "", "", "interface"},
	} {
		db := mirrortest.Open(b)
		store := layout.store
		if store == "" {
			store = ingestInterface(db)
		}
		if _, err := db.SQL().Exec(layout.schema); err != nil {
			b.Fatal(err)
		}
		b.Run("ingest/"+layout.name, func(b *testing.B) {
			for b.Loop() {
				fill(b, db, store)
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
func fill(b *testing.B, db *mirror.DB, statement string) {
	b.Helper()
	tx, err := db.SQL().Begin()
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	for n := range *rows / 1000 {
		b.StopTimer()
		page := interfacePage(n, true)
		b.StartTimer()
		if _, err := tx.Exec(statement, sql.Named("page", page)); err != nil {
			b.Fatal(err)
		}
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
