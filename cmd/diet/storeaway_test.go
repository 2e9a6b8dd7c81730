package main

import (
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"

	"github.com/diet-project/diet/mirror/store/storetest"
)

// TestStoreOutOfReach takes the database away under diet serve: every page, also of somebody whose
// browser is new, says that and what to do, in words and without the address; once it is back, so
// are the pages and the jobs.
func TestStoreOutOfReach(t *testing.T) {
	t.Parallel()
	g := newGround(t)
	wire, address := storetest.Behind(t, storetest.Postgres(t))
	g.env = append(g.env, "DIET_STORE="+address)
	g.done("apply", "--yes", "plan.yaml")
	g.write("diet.yaml", "plans: [plan.yaml]\n")
	p := g.start("--json", "serve", "--listen", "127.0.0.1:0")
	t.Cleanup(func() { p.signal(syscall.SIGTERM); _ = p.end() })
	p.until(`"msg":"serve"`)
	base := servedAt.FindStringSubmatch(p.said())[1]
	known := g.visit(base)
	known.until("/", "badge good\">in sync")
	token := formToken.FindStringSubmatch(known.last)
	if token == nil {
		t.Fatalf("no form: %s", known.last)
	}
	wire.Cut()
	pages := []string{
		"/login", "/", "/plans/web", "/plans/web/drift", "/plans/web/questions", "/plans/web/answers", "/plans/web/topology", "/plans/web/racks",
		"/plans/web/object?id=web/web%5B1%5D", "/previews", "/previews/pv-1", "/runs", "/runs/run-1", "/runs/run-1/events", "/jobs", "/jobs/1",
		"/jobs/1/events", "/sql", "/nowhere",
	}
	for _, v := range []*visitor{known, g.visit(base)} {
		for _, page := range pages {
			v.get(page)
			if v.code == http.StatusNotFound {
				continue // nothing has to be read to say so
			}
			if v.code != http.StatusServiceUnavailable || strings.Count(v.last, "cannot reach its database") != 1 ||
				strings.Count(v.last, "<html") != 1 || !strings.Contains(v.last, "see whether PostgreSQL is up") {
				t.Errorf("%s: %d %s", page, v.code, v.last)
			}
			for _, raw := range []string{"postgres://", storetest.Password, "127.0.0.1", "failed to connect", "database="} {
				if strings.Contains(v.last, raw) {
					t.Errorf("%s holds %q", page, raw)
				}
			}
		}
	}
	if known.do(http.MethodPost, "/plans/web/check", url.Values{"csrf": {token[1]}}.Encode()); known.code != http.StatusServiceUnavailable {
		t.Errorf("a form: %d %s", known.code, known.last)
	}
	if strings.Contains(p.said(), storetest.Password) {
		t.Error("the log holds the password")
	}
	wire.Mend()
	known.until("/", "badge good\">in sync")
	known.post("/plans/web/check").until("/jobs", "completed")
}
