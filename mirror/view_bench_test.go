package mirror_test

import (
	"flag"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/mirrortest"
	sqlfile "github.com/diet-project/diet/sql"
)

var viewRows = flag.Int("viewrows", 100_000, "`OBJECTS` in the mirror for BenchmarkViews, with a tenth as many changes")

// BenchmarkViews counts the rows of the views that need no plan, over managed interfaces
// with a tenth as many changes. x-scan is the CPU time beside that of a bare scan of the
// table, in the same run; a busy machine changes neither much.
func BenchmarkViews(b *testing.B) {
	db := mirrortest.Open(b)
	fillViews(b, db, *viewRows)
	scan := func() time.Duration { return timed(b, db, `SELECT sum(length(base)) FROM interface`) }
	_ = scan()
	bare := min(scan(), scan(), scan())
	for _, view := range sqlfile.Views() {
		if view == "decision" || view == "run" || view == "journal" || view == "drift_sample" {
			continue // they are the store's
		}
		b.Run(view, func(b *testing.B) {
			var took time.Duration
			for b.Loop() {
				took += timed(b, db, `SELECT count(*), sum(length(object)) FROM `+view)
			}
			b.ReportMetric(took.Seconds()/float64(b.N), "cpu-s/op")
			b.ReportMetric(float64(took)/float64(b.N)/float64(bare), "x-scan")
		})
	}
}

func timed(b *testing.B, db *mirror.DB, query string) time.Duration {
	b.Helper()
	if strings.HasSuffix(query, " blame") {
		query = strings.ReplaceAll(query, "(object)", "(field)")
	}
	began := cpuTime()
	_ = mirrortest.Dump(b, db, query)
	return cpuTime() - began
}

// fillViews makes n managed interfaces and n/10 changes of them: a fifth by people, on
// fields that diet owns and on others.
func fillViews(b *testing.B, db *mirror.DB, n int) {
	b.Helper()
	tx, err := db.SQL().Beginx()
	if err != nil {
		b.Fatal(err)
	}
	for page := range n / 1000 {
		storeInterfaces(b, db, tx, strings.ReplaceAll(interfacePage(page, true), `"base"`, `"plan": "ai-fabric", "base"`))
	}
	if err := db.Sign(b.Context(), tx); err != nil {
		b.Fatal(err)
	}
	_, err = tx.Exec(`
		INSERT INTO object_change (id, time, user_name, request_id, action, object_type, object_id, message, fields, wrote)
		WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
		SELECT i, '2026-11-26T00:00:00Z', iif(i % 5, 'diet', 'maria'), iif(i % 5, 'd', 'm') || (i / 50), 'update', 'dcim.interface', i * 10, '',
			CASE WHEN i % 5 THEN '["label","description"]' WHEN i % 2 THEN '["mtu"]' ELSE '["description","mode"]' END, '{}'
		FROM n`, n/10)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := tx.Exec(fmt.Sprintf(`
		INSERT INTO own_request (request_id, journaled) SELECT DISTINCT request_id, 1 FROM object_change WHERE user_name = 'diet';
		UPDATE interface SET description = 'hers', stale = 1 WHERE id %% %d = 0;`, 1000)); err != nil {
		b.Fatal(err)
	}
	if err := db.Sign(b.Context(), tx); err != nil {
		b.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		b.Fatal(err)
	}
}
