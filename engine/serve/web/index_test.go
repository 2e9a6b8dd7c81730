package web_test

import (
	"flag"
	"net/http"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/serve/web"
)

var previewChanges = flag.Int("previewchanges", 20_000, "`CHANGES` of the preview for BenchmarkPreviewPages")

// grow gives a stored preview so many more changes, each like one that it has, and an index.
func (w *world) grow(id string, n int) {
	w.Helper()
	db, err := sqlx.Connect("sqlite", filepath.Join(w.dir, "diet.store.db"))
	if err != nil {
		w.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	_, err = db.Exec(`
		WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $2),
		some AS (SELECT seq, document, row_number() OVER (ORDER BY seq) - 1 AS place, count(*) OVER () AS many
			FROM preview_row WHERE preview = $1 AND part = 'changes')
		INSERT INTO preview_row (preview, part, seq, document)
		SELECT $1, 'changes', 1000 + n.i, json_set(s.document, '$.object', (s.document ->> 'object') || '/x' || n.i,
			'$.name', (s.document ->> 'name') || ' ' || n.i)
		FROM n JOIN some AS s ON s.place = n.i % s.many`, id, n)
	if err == nil { // the numbers of a list have no gaps
		_, err = db.Exec(`UPDATE preview_row SET seq = seq - 1001 + (SELECT count(*) FROM preview_row AS r
			WHERE r.preview = $1 AND r.part = 'changes' AND r.seq < 1000) WHERE preview = $1 AND part = 'changes' AND seq > 1000`, id)
	}
	if err == nil {
		_, err = db.Exec(`DELETE FROM preview_index WHERE preview = $1`, id)
	}
	if err != nil {
		w.Fatal(err)
	}
	w.with(func(eng *engine.Engine) {
		p, err := eng.LoadPreview(w.Context(), id)
		if err != nil {
			w.Fatal(err)
		}
		index, err := web.Index(p, nil)
		if err != nil {
			w.Fatal(err)
		}
		tx := db.MustBegin()
		for part, pieces := range index {
			for seq, data := range pieces {
				tx.MustExec(`INSERT INTO preview_index VALUES ($1, $2, $3, $4)`, id, part, seq, data)
			}
		}
		if err := tx.Commit(); err != nil {
			w.Fatal(err)
		}
	})
}

// unindex takes its index from a preview, as one has that an earlier diet stored.
func (w *world) unindex(id string) {
	w.Helper()
	db, err := sqlx.Connect("sqlite", filepath.Join(w.dir, "diet.store.db"))
	if err != nil {
		w.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	db.MustExec(`DELETE FROM preview_index WHERE preview = $1`, id)
}

var differing = regexp.MustCompile(`(?s)<table class="data.*?</table>|<nav class="pills".*?</form>`)

// TestIndexed shows of a preview with an index what it shows of the same without one, however it
// is filtered, sorted and grouped.
func TestIndexed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.drift()
	w.write(strings.Replace(strings.Replace(text, "count: 3", "count: 5", 1), `"one"`, `"two"`, 1))
	b := w.browser()
	one := b.previewed()
	queries := []string{
		"", "?show=all", "?show=drift", "?show=waiting", "?show=nothing", "?show=all&page=2", "?show=all&page=99", "?show=all&kind=cable",
		"?show=all&kind=device&why=drift", "?show=all&kind=none", "?show=all&group=kind", "?show=all&group=rack", "?show=all&rack=row-1",
		"?show=all&q=DB-primary", "?show=all&q=script", "?show=all&q=lom.eth0&kind=cable",
		"?show=all&object=web/web[1]", "?show=all&person=(none)",
		"?show=all&object=web/web[1]&q=name",
	}
	for _, by := range []string{"object", "field", "when", "person", "rack", "verdict", "why"} {
		queries = append(queries, "?show=all&sort="+by, "?show=all&sort=-"+by)
	}
	indexed := map[string]string{}
	for _, query := range queries {
		indexed[query] = strings.Join(differing.FindAllString(b.get("/previews/"+one+query).status(http.StatusOK).last, -1), "")
	}
	w.unindex(one)
	w.restart()
	b.get("/plans/web/drift").sees("row-01") // where objects are is known of what was compared last
	rows := 0
	for _, query := range queries {
		whole := strings.Join(differing.FindAllString(b.get("/previews/"+one+query).status(http.StatusOK).last, -1), "")
		if rows += strings.Count(whole, "<tr>"); whole != indexed[query] {
			t.Errorf("%s\nwith an index:\n%s\nwithout:\n%s", query, shorten(indexed[query]), shorten(whole))
		}
	}
	if rows < 200 {
		t.Errorf("only %d rows were compared", rows)
	}
}

// TestLongPreview pages through a preview of many changes, each of which comes once.
func TestLongPreview(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.write(strings.Replace(text, "count: 3", "count: 4", 1))
	b := w.browser()
	id := b.previewed()
	w.grow(id, 2500)
	w.restart()
	seen := map[string]bool{}
	link := regexp.MustCompile(`data-label="Object"><a href="([^"]+)"`)
	b.get("/previews/" + id + "?show=all&sort=-why")
	pages := 0
	for n := 1; ; n++ {
		b.get("/previews/" + id + "?show=all&sort=-why&page=" + strconv.Itoa(n)).status(http.StatusOK)
		before := len(seen)
		for _, m := range link.FindAllStringSubmatch(b.last, -1) {
			seen[m[1]] = true
		}
		if pages++; len(seen) == before {
			break
		}
	}
	if len(seen) < 2500 || pages < 50 {
		t.Errorf("%d objects on %d pages", len(seen), pages)
	}
	b.get("/previews/" + id + "?show=all&q=x2345").status(http.StatusOK).sees("x2345")
}

// restart has the pages forget what they keep.
func (w *world) restart() {
	w.Helper()
	w.pages.Config.Handler = w.shown(web.Config{
		Open: w.open, Jobs: w.jobs, Users: w.users, Local: "joe", Sessions: w.jobs.Sessions(), SignOn: w.provider, Version: "test",
	})
}

// BenchmarkPreviewPages makes pages of a preview with very many changes, at the server. first is
// the first time that it is opened; least-ms is the quickest time, and heap-MB is what is left in memory then.
func BenchmarkPreviewPages(b *testing.B) {
	w := newWorld(b)
	w.write(strings.Replace(text, "count: 3", "count: 9", 1))
	id := w.browser().previewed()
	w.grow(id, *previewChanges)
	runtime.GC()
	for name, query := range map[string]string{
		"first": "", "page": "", "last": "?page=999999", "filtered": "?kind=cable&show=all", "sorted": "?show=all&sort=-verdict",
		"grouped": "?show=all&group=class", "searched": "?show=all&q=x777",
	} {
		b.Run(name, func(b *testing.B) {
			w.restart()
			if name != "first" {
				_ = w.takes("/previews/" + id)
			}
			least := time.Hour
			for b.Loop() {
				if name == "first" {
					w.restart()
				}
				least = min(least, w.takes("/previews/"+id+query))
			}
			b.ReportMetric(float64(least.Microseconds())/1000, "least-ms")
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			b.ReportMetric(float64(m.HeapAlloc)/(1<<20), "heap-MB")
		})
	}
}
