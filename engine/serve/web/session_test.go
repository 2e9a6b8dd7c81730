package web_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/diet-project/diet/engine/serve/job"
	"github.com/diet-project/diet/engine/serve/user"
	"github.com/diet-project/diet/engine/serve/web"
)

// TestReplicas has a gateway send each request of a browser to another replica than the one
// before. Who logs in at one is logged in at the other, also once both were restarted, and forms
// of one are taken by the other; who logs out is out everywhere.
func TestReplicas(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.idle, w.guarded = true, true })
	w.join("alice", user.Resolver)
	var asked atomic.Int64
	var all []http.Handler
	replica := func() http.Handler {
		jobs, err := job.New(t.Context(), job.Config{
			Path: filepath.Join(w.dir, "jobs.db"), Open: w.open, Plans: w.plans, Host: "here", Logger: slog.New(slog.DiscardHandler),
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = jobs.Close() })
		form, err := jobs.Sessions().Key(t.Context(), "login form")
		if err != nil {
			t.Fatal(err)
		}
		return w.shown(web.Config{Open: w.open, Jobs: jobs, Users: w.users, Guarded: true, Sessions: jobs.Sessions(), Form: form})
	}
	all = []http.Handler{replica(), replica()}
	gateway := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		all[asked.Add(1)%2].ServeHTTP(out, r)
	}))
	t.Cleanup(gateway.Close)
	w.pages.Close()
	w.pages = gateway
	b := w.browser()
	b.get("/login").post("/login", "name", "alice", "password", password).status(http.StatusOK)
	for range 4 {
		b.get("/previews").status(http.StatusOK).sees("alice")
	}
	token := b.client.Jar.Cookies(mustParse(t, gateway.URL))
	all = []http.Handler{replica(), replica()}
	b.get("/plans/web").sees("alice").post("/plans/web/check").status(http.StatusOK)
	b.get("/previews").post("/logout").status(http.StatusOK)
	for range 2 {
		if b.get("/previews"); !strings.HasPrefix(b.at, "/login") {
			t.Errorf("logged out, and still in: %s", b.at)
		}
	}
	b.client.Jar.SetCookies(mustParse(t, gateway.URL), token)
	if b.get("/previews"); !strings.HasPrefix(b.at, "/login") {
		t.Errorf("who kept the cookie of a session that has ended is in: %s", b.at)
	}
}

// commits counts how often something of a session is kept.
type commits struct {
	scs.CtxStore
	n atomic.Int64
}

func (c *commits) CommitCtx(ctx context.Context, id string, data []byte, expires time.Time) error {
	c.n.Add(1)
	return c.CtxStore.CommitCtx(ctx, id, data, expires)
}

// TestNothingKept keeps nothing of who only looks, be it without a cookie each time, and what was said to
// somebody for a minute.
func TestNothingKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.idle = true })
	kept := &commits{CtxStore: w.jobs.Sessions()}
	var late atomic.Int64
	now := func() time.Time { return time.Now().Add(time.Duration(late.Load())) }
	w.pages.Close()
	w.pages = httptest.NewServer(w.shown(web.Config{Open: w.open, Jobs: w.jobs, Users: w.users, Local: "joe", Sessions: kept, Now: now}))
	for _, path := range []string{"/", "/plans/web/questions", "/login", "/nothing", "/previews"} {
		for range 3 {
			w.browser().get(path)
		}
	}
	if n := kept.n.Load(); n > 0 {
		t.Errorf("of who looked, %d sessions are kept", n)
	}
	b, other := w.browser(), w.browser()
	other.get("/plans/web")
	b.last = other.last
	b.post("/plans/web/check").status(http.StatusForbidden)
	b.get("/plans/web").post("/plans/web/check").status(http.StatusOK).sees("NetBox is being read")
	b.get("/").misses("NetBox is being read")
	form := strings.NewReader("csrf=" + csrfField.FindStringSubmatch(b.last)[1])
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.pages.URL+"/check", form)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	stays := *b.client
	stays.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err := stays.Do(req)
	if err != nil || res.StatusCode != http.StatusSeeOther {
		t.Fatalf("%v, %v", res, err)
	}
	_ = res.Body.Close()
	late.Store(int64(2 * time.Minute))
	b.get("/").status(http.StatusOK).misses("NetBox is being read")
}

func mustParse(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
