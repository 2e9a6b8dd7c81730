package web_test

import (
	"flag"
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
)

var pageObjects = flag.Int("pageobjects", 100_000, "`OBJECTS` in the mirror for BenchmarkPages")

// BenchmarkPages makes the pages that people open most, at the server, over a mirror in which
// another plan has a hundred thousand interfaces, a thousandth of them edited. x-small is the
// time beside that over the mirror of a small plan alone, and least-ms the quickest, which says
// more where others use the machine. viewers has twenty people reload the dashboard at once, and
// slowest is how long the slowest of all of them waits. heap-MB is what is left in memory then,
// the sandbox included.
func BenchmarkPages(b *testing.B) {
	w := newWorld(b, func(w *world) { w.idle = true })
	w.drift()
	pages := map[string]string{
		"dashboard": "/", "plan": "/plans/web", "drift": "/plans/web/drift", "runs": "/runs",
	}
	small := map[string]time.Duration{}
	for name, path := range pages {
		_ = w.takes(path)
		small[name] = min(w.takes(path), w.takes(path), w.takes(path))
	}
	w.crowd(*pageObjects)
	for _, name := range []string{"dashboard", "plan", "drift", "runs"} {
		b.Run(name, func(b *testing.B) {
			_ = w.takes(pages[name])
			var sum time.Duration
			least := time.Hour
			for b.Loop() {
				took := w.takes(pages[name])
				sum, least = sum+took, min(least, took)
			}
			b.ReportMetric(float64(least.Microseconds())/1000, "least-ms")
			b.ReportMetric(float64(sum)/float64(b.N)/float64(small[name]), "x-small")
		})
	}
	b.Run("viewers", func(b *testing.B) {
		var slowest time.Duration
		for b.Loop() {
			slowest = max(slowest, slices.Max(w.together(20, "/")))
		}
		b.ReportMetric(float64(slowest.Milliseconds()), "slowest-ms")
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(m.HeapAlloc)/(1<<20), "heap-MB")
	})
}

// takes is how long the server takes for a page.
func (w *world) takes(path string) time.Duration {
	w.Helper()
	begin := time.Now()
	if rec := w.ask("GET", "http://localhost"+path, nil); rec.Code != http.StatusOK {
		w.Errorf("%s: %d %s", path, rec.Code, shorten(rec.Body.String()))
	}
	return time.Since(begin)
}

// together is how long each of several people waits who open a page at once.
func (w *world) together(n int, path string) []time.Duration {
	out := make([]time.Duration, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { out[i] = w.takes(path) })
	}
	all.Wait()
	return out
}

// crowd puts interfaces of another plan into the mirror, like one that is there.
func (w *world) crowd(n int) {
	w.Helper()
	db, err := sqlx.Connect("sqlite", w.base.Mirror)
	if err != nil {
		w.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var columns []string
	if err := db.Select(&columns, "SELECT name FROM pragma_table_info('interface')"); err != nil {
		w.Fatal(err)
	}
	var from []string
	for _, c := range columns {
		switch c {
		case "id":
			c = "1000000 + n.i"
		case "name":
			c = "'crowd' || n.i"
		case "object_id":
			c = "'big/x[' || n.i || ']'"
		case "plan":
			c = "'big'"
		case "description":
			c = "CASE WHEN n.i % 1000 THEN description ELSE 'hers' END"
		}
		from = append(from, c)
	}
	_, err = db.Exec(fmt.Sprintf(`
		WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
		INSERT INTO interface (%s) SELECT %s FROM n, (SELECT * FROM interface WHERE object_id IS NOT NULL LIMIT 1) AS one`,
		n, strings.Join(columns, ", "), strings.Join(from, ", ")))
	if err != nil {
		w.Fatal(err)
	}
}
