package job_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/serve/job"
)

// TestShared runs jobs of two workers that share a store in PostgreSQL, each with a mirror of
// its own: what one of them was killed at, the other finishes.
func TestShared(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.share()
	first := w.runner(nil)
	for range 2 {
		if _, err := first.Enqueue(t.Context(), job.ApplyArgs{Plan: "web"}, 0); err != nil {
			t.Fatal(err)
		}
	}
	if err := first.Seize(t.Context(), "here"); err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	w.cfg.Mirror += ".other"
	other := w.runner(func(cfg *job.Config) { cfg.Sweep = 10 * time.Millisecond })
	events, undo := other.Subscribe()
	defer undo()
	w.start(other)
	if o := w.ended(events); o.Kind != job.KindApply || o.Result != job.Done || o.Status.Status != engine.StateInSync {
		t.Fatalf("got %+v", o)
	}
	all, err := other.Jobs(t.Context(), 10)
	if err != nil || len(all) != 1 || all[0].State != "completed" {
		t.Errorf("listed %+v, %v", all, err)
	}
	writes := 0
	w.stand(func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodGet && r.Method != http.MethodOptions && !strings.Contains(r.URL.Path, "/tags/") {
			writes++
		}
		return false
	})
	if o := w.play(other, job.ApplyArgs{Plan: "web"}); o.Result != job.Done || writes > 0 {
		t.Errorf("again: %d writes, %+v", writes, o)
	}
}
