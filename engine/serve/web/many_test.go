package web_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/serve/job"
	"github.com/diet-project/diet/engine/serve/web"
	"github.com/diet-project/diet/generate"
)

// TestManyPlans shows the page of all plans before all of them are compared, with those that are not marked
// as such, be it the first time or anew.
func TestManyPlans(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.idle = true })
	const many = 30
	var plans []job.Plan
	for i := range many {
		named := strings.Replace(text, "name: web}", fmt.Sprintf("name: many%d}", i), 1)
		plan, err := generate.Load("many.yaml", []byte(named))
		if err != nil {
			t.Fatal(err)
		}
		plans = append(plans, job.Plan{Path: "many.yaml", Key: plan.Info().Key, Plan: plan})
	}
	jobs, err := job.New(t.Context(), job.Config{
		Path: filepath.Join(w.dir, "many.db"), Open: w.open, Plans: func() []job.Plan { return plans }, Host: "here",
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = jobs.Close() })
	gate := make(chan struct{})
	open := func(ctx context.Context, edit func(*engine.Config)) (*engine.Engine, error) {
		if ctx.Value(http.ServerContextKey) == nil { // behind the page
			<-gate
		}
		return w.open(ctx, edit)
	}
	w.pages.Close()
	w.pages = httptest.NewServer(w.shown(web.Config{
		Open: open, Jobs: jobs, Users: w.users, Local: "joe", Sessions: jobs.Sessions(), Logger: slog.New(slog.DiscardHandler),
	}))
	b := w.browser().get("/").status(http.StatusOK)
	if n := strings.Count(b.last, ">comparing<"); n != many {
		t.Errorf("%d plans are being compared: %s", n, shorten(b.last))
	}
	b.get("/plans/many3").status(http.StatusOK).sees("conflicts").misses(">comparing<") // it alone is waited for
	close(gate)
	for end := time.Now().Add(time.Minute); strings.Contains(b.get("/").last, ">comparing<"); {
		if time.Now().After(end) {
			t.Fatalf("they are never compared: %s", shorten(b.last))
		}
	}
	if n := strings.Count(b.last, ">conflicts</span>"); n != many {
		t.Errorf("%d of them are compared: %s", n, shorten(b.last))
	}
}

// TestWhosDrift says of which plan a drift is where there are several: objects of two may be called the same.
func TestWhosDrift(t *testing.T) {
	t.Parallel()
	for _, several := range []bool{false, true} {
		w := newWorld(t, func(w *world) {
			if several {
				w.more = []job.Plan{{Path: "other.yaml", Key: "other", Err: errors.New("no such file")}}
			}
		})
		w.drift()
		b := w.browser().get("/")
		b.until("/", "db-primary")
		if strings.Contains(b.last, "plan web · ") != several {
			t.Errorf("several plans %t: %s", several, shorten(b.last))
		}
	}
}
