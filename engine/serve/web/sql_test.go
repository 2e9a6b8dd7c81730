package web_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/mirror"
)

// TestSQL queries the views, and refuses what would write, open another file or say too much.
func TestSQL(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.drift()
	b := w.browser()
	ask := func(statement string) *browser {
		return b.get("/sql?q=" + url.QueryEscape(statement)).status(http.StatusOK)
	}
	b.get("/sql").status(http.StatusOK).sees("edits by people", "SELECT kind, object, field, have FROM drift")
	ask("SELECT name, field, have FROM drift ORDER BY 1, 2").sees("2 rows", "db-primary", "&lt;script&gt;").misses("<script>alert")
	ask("SELECT NULL AS x, 1 AS \"<b>\"").sees("1 row", "none", `data-label="x"`, `data-label="&lt;b&gt;"`)
	ask("SELECT 1 WHERE 0").sees("0 rows")
	ask("SELECT nonsense FROM drift").sees("no such column", "the views are")
	for _, statement := range []string{
		"DELETE FROM device", "ATTACH '/etc/passwd' AS x", "VACUUM INTO '/tmp/x'", "PRAGMA journal_mode = delete",
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n",
	} {
		if ask(statement); !hasProblem(b.last) {
			t.Errorf("%s is answered: %s", statement, shorten(b.last))
		}
	}
}

func hasProblem(page string) bool { return problem.MatchString(page) }

// TestPlot draws how much drifted, once there are two samples.
func TestPlot(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.get("/").misses("<svg")
	keep := func() {
		t.Helper()
		w.with(func(eng *engine.Engine) {
			if _, err := eng.Sync(t.Context(), mirror.Options{}); err != nil {
				t.Fatal(err)
			}
			look, err := eng.Look(t.Context(), w.load())
			if err == nil {
				err = eng.KeepSample(t.Context(), &look.Status, time.Hour)
			}
			if err != nil {
				t.Fatal(err)
			}
		})
	}
	keep()
	w.drift()
	keep()
	b.get("/").sees("Drift over time: from 0 to 3 objects, 3 at most", `class="line"`)
	b.get("/plans/web").sees("Drift over time", "3 drifted now")
}
