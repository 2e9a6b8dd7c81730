package web_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/serve/user"
)

// TestDashboard shows each plan's status and counts, what stands for longest and who did it,
// and follows what happens in NetBox.
func TestDashboard(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.get("/").status(http.StatusOK).sees("web", "in sync", "There is none.", "Nobody.")
	w.drift()
	b.until("/", "modified 2").sees("missing 1", "db-primary", "maria", "modified", "Check all now")
	if !strings.Contains(shorten(b.last), "maria 3") {
		t.Errorf("maria did not make 3: %s", shorten(b.last))
	}
	w.edit("devices", "web/web[1]", map[string]any{"name": "db-secondary"})
	b.post("/check").status(http.StatusOK).sees("NetBox is being read")
	b.until("/", "db-secondary")
	w.write("apiVersion: nonsense\n")
	b.until("/", "error").sees("apiVersion")
	w.write(text)
	b.until("/", "db-secondary")
	if err := os.Remove(w.plan); err != nil {
		t.Fatal(err)
	}
	b.until("/", "no such file")
}

// TestFresh shows what a check has found to whoever looks first, or says that it is not that yet.
func TestFresh(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	for _, path := range []string{"/", "/plans/web"} {
		b.get(path).becomes("in sync")
	}
	w.drift()
	w.sync()
	for _, path := range []string{"/", "/plans/web"} {
		time.Sleep(1100 * time.Millisecond) // what was compared is fresh for a second
		if b.get(path); !strings.Contains(b.last, "compared anew") {
			b.sees("conflicts").misses("in sync")
		}
	}
	b.until("/", "modified 2").becomes("modified 2")
	b.misses("compared anew")
}

// TestPlan shows a plan, what an apply would do, and edits of what nobody owns.
func TestPlan(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.edit("devices", "web/web[1]", map[string]any{"serial": "S123"})
	w.sync()
	w.write(strings.Replace(text, "count: 3", "count: 4", 1))
	b := w.browser()
	b.get("/plans/web").status(http.StatusOK).sees("ahead", "device create 1", "cable create 2", "S123", "maria")
	b.post("/plans/web/check").status(http.StatusOK).sees("compared with it")
	b.get("/plans/nope").status(http.StatusNotFound)
	b.get("/nowhere").status(http.StatusNotFound)
}

// TestDrift filters, sorts, groups and pages the differences.
func TestDrift(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.drift()
	b := w.browser()
	b.get("/plans/web/drift").status(http.StatusOK).
		sees("db-primary", "maria", "name", "row-01", "1–3 of 3", "&lt;script&gt;", "/dcim/devices/").misses("<script>alert")
	b.get("/plans/web/drift?kind=cable").sees("1–1 of 1", "somebody deleted it").misses("db-primary")
	b.get("/plans/web/drift?kind=nothing").sees("Nothing matches")
	b.get("/plans/web/drift?q=PRIMARY").sees("1–1 of 1", "db-primary")
	b.get("/plans/web/drift?person=maria&verdict=ask").sees("1–1 of 1")
	b.get("/plans/web/drift?group=kind").sees("device", "cable", "3 differences").misses("db-primary")
	b.get("/plans/web/drift?sort=-object").sees("descending")
	if first, last := strings.Index(b.last, "<tbody>"), strings.Index(b.last, "db-primary"); last-first < 900 {
		t.Error("the last object does not come first")
	}
	b.get("/plans/web/drift?sort=when&page=99").sees("1–3 of 3")
	b.get("/plans/web/drift?object=web/web%5B1%5D").sees("Only", "db-primary", "1–1 of 1")
	b.get("/plans/web/drift?show=waiting").sees("1–1 of 1")
	b.get("/plans/web/drift?show=accepted").sees("Nothing of this part").misses("NetBox is as the plan says")
	w.write(strings.Replace(text, "count: 3", "count: 12", 1))
	b.until("/plans/web/drift?show=changes", "Next").sees("create")
	b.get("/plans/web/drift?show=changes&page=2").sees("Previous", "51–")
}

// TestObject explains an object and its fields in plain words.
func TestObject(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.drift()
	b := w.browser()
	b.get("/plans/web/object?id=web/web%5B1%5D").status(http.StatusOK).
		sees("db-primary", "the plan wants", "NetBox has", "NetBox changed, the plan did not", "maria",
			"open in NetBox", "Decided by", "What would change it")
	b.get("/plans/web/object?id=web/web%5B1%5D&field=name").status(http.StatusOK).sees("db-primary")
	b.get("/plans/web/object?id=web/web%5B2%5D").status(http.StatusOK).sees("&lt;script&gt;").misses("<script>alert")
	b.get("/plans/web/object?id=web/web%5B3%5D/lom.eth0~").status(http.StatusOK).sees("somebody deleted it", "recreate")
	b.get("/plans/web/object?id=web/dc.leaf%5B1%5D").status(http.StatusOK).sees("plan web")
	b.get("/plans/web/object?id=web/nothing").status(http.StatusNotFound)
	b.get("/plans/web/object").status(http.StatusNotFound)
}

// TestNeverSynced says what to do where nothing was read yet.
func TestNeverSynced(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.idle = true })
	w.set(func(cfg *engine.Config) { cfg.Mirror = w.dir + "/other.db" })
	b := w.browser()
	b.until("/", "never synced").status(http.StatusOK)
	b.get("/plans/web").status(http.StatusOK).sees("never synced")
	b.get("/plans/web/drift").status(http.StatusOK).sees("Nothing has been compared yet")
	b.get("/")
	b.post("/check") // it waits to be done
	for _, page := range []string{"/", "/plans/web"} {
		b.get(page).sees("being read for the first time", "badge info\">syncing").misses("never synced", ">error<")
	}
	w.start()
	b.get("/")
	b.post("/check")
	b.until("/", "in sync")
}

// TestLogin lets in who has a password, and says no more than that to others.
func TestLogin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	viewer := w.member("vera", user.Viewer)
	viewer.get("/plans/web/drift?show=all").status(http.StatusOK).sees("vera", "Log out")
	viewer.get("/").misses("Check all now").post("/check").status(http.StatusForbidden).sees("resolver or approver or applier")
	viewer.get("/").postWith("", "/logout").status(http.StatusForbidden)
	viewer.get("/").post("/logout").status(http.StatusOK).sees("Password")
	viewer.get("/plans/web/drift?show=all").sees("Log in")
	if viewer.at != "/login?next=%2Fplans%2Fweb%2Fdrift%3Fshow%3Dall" {
		t.Errorf("it comes back to %s", viewer.at)
	}
	viewer.post("/login", "name", "vera", "password", "wrong", "next", "/plans/web").
		status(http.StatusUnauthorized).sees("the name or the password is wrong")
	viewer.post("/login", "name", "nobody", "password", "wrong").status(http.StatusUnauthorized).sees("the name or the password is wrong")
	viewer.post("/login", "name", "vera", "password", password, "next", "//evil.example.com").status(http.StatusOK)
	if viewer.at != "/" {
		t.Errorf("a login led to %s", viewer.at)
	}
	viewer.get("/login")
	if viewer.at != "/" {
		t.Errorf("who is logged in gets %s", viewer.at)
	}
	w.members = ""
	w.join("olga", user.Viewer)
	viewer.get("/plans/web").sees("Log in").misses("vera")
}

// TestGuarded lets nobody in where others reach the pages and the last user was removed.
func TestGuarded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.guarded = true })
	b := w.browser()
	for _, path := range []string{"/", "/plans/web", "/plans/web/drift", "/previews", "/runs", "/jobs", "/sql?q=SELECT+1"} {
		b.get(path).status(http.StatusOK).sees("Log in").misses("row-01", "joe")
	}
	b.post("/check").sees("Log in")
	b.get("/login").post("/login", "name", "joe", "password", "").status(http.StatusUnauthorized)
}

// TestGuessing stops who tries passwords.
func TestGuessing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.member("vera", user.Viewer)
	b := w.browser()
	for range 5 {
		b.get("/login")
		b.post("/login", "name", "vera", "password", "guess")
	}
	b.get("/login")
	b.post("/login", "name", "vera", "password", password).status(http.StatusTooManyRequests).sees("too many attempts")
}

// TestForged refuses forms of other sites and sessions, and names that merely lead here.
func TestForged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b, other := w.browser(), w.browser()
	b.get("/")
	mine := csrfField.FindStringSubmatch(b.last)[1]
	b.postWith("", "/check").status(http.StatusForbidden)
	b.postWith("wrong", "/check").status(http.StatusForbidden)
	other.get("/")
	other.postWith(mine, "/check").status(http.StatusForbidden)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.pages.URL+"/check", strings.NewReader("csrf="+mine))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	b.send(req).status(http.StatusForbidden)

	rebound := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://evil.example.com/", nil)
	rec := httptest.NewRecorder()
	w.pages.Config.Handler.ServeHTTP(rec, rebound)
	if rec.Code != http.StatusMisdirectedRequest {
		t.Errorf("another name is answered %d", rec.Code)
	}
}

// TestStatic serves the scripts with their licence, and nothing else.
func TestStatic(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	for _, path := range []string{"diet.css", "htmx.min.js", "htmx-sse.min.js", "icon.svg", "LICENSE.htmx"} {
		b.get("/static/" + path).status(http.StatusOK)
	}
	b.get("/static/nothing").status(http.StatusNotFound)
}
