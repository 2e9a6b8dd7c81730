package job_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
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

// TestWorkers has two workers on two machines share schedules and jobs in PostgreSQL. One dies
// in mid-apply: it sends nothing any more, neither to NetBox nor to the database. The other
// finishes what it began, long before the job should have ended, and nothing is made twice.
func TestWorkers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.share()
	w.cfg.Wait = time.Second
	gone := make(chan struct{})
	var dead atomic.Bool
	var reached sync.Once
	died := make(chan struct{})
	w.stand(func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Header.Get("Authorization") != "Token "+another {
			return false
		}
		if r.Method == http.MethodPost && strings.HasPrefix(r.URL.Path, "/api/dcim/devices/") {
			dead.Store(true)
			reached.Do(func() { close(died) })
		}
		if dead.Load() {
			<-gone
		}
		return dead.Load()
	})
	theirs := w.cfg
	theirs.Token, theirs.Host, theirs.Mirror = another, "there", w.cfg.Mirror+".there"
	beats := func(cfg *job.Config) { cfg.Beat, cfg.Sweep = 100*time.Millisecond, 50*time.Millisecond }
	first := w.runner(func(cfg *job.Config) {
		beats(cfg)
		cfg.Host = "there"
		cfg.Open = func(ctx context.Context, edit func(*engine.Config)) (*engine.Engine, error) {
			cfg := theirs
			edit(&cfg)
			return engine.New(ctx, cfg)
		}
	})
	if err := first.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	id, err := first.Enqueue(t.Context(), job.ApplyArgs{Plan: "web"}, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		close(gone)
		_ = first.Stop(context.Background()) // it has no database any more
	})
	select {
	case <-died:
	case <-time.After(patience):
		t.Fatal("the first one never writes")
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second := w.runner(beats)
	events, undo := second.Subscribe()
	defer undo()
	if same, err := second.Enqueue(t.Context(), job.ApplyArgs{Plan: "web"}, time.Hour); err != nil || same == id {
		t.Errorf("while it runs, %d is made of %d, %v", same, id, err)
	}
	w.start(second)
	o := w.endedOf(events, job.KindApply)
	for o.Result == job.Later { // the lease lasts as long as a request may take
		if !strings.Contains(o.Error, "on there") {
			t.Errorf("it waits for %s", o.Error)
		}
		o = w.endedOf(events, job.KindApply)
	}
	if o.Job != id || o.Result != job.Done || o.Status.Status != engine.StateInSync {
		t.Fatalf("the second one: %+v", o)
	}
	w.engine(func(eng *engine.Engine) {
		_, rows, err := eng.Query(t.Context(), "SELECT object_id FROM device WHERE object_id <> '' GROUP BY 1 HAVING count(*) > 1", 0)
		if err != nil || len(rows) > 0 {
			t.Errorf("twice: %v, %v", rows, err)
		}
	})
	if again := w.play(second, job.CheckArgs{Plan: "web"}); again.Status.Status != engine.StateInSync {
		t.Errorf("again: %+v", again)
	}
}

// TestFollows has a worker that did nothing itself show what another one found, and say how its
// plans stand.
func TestFollows(t *testing.T) {
	t.Parallel()
	for name, ahead := range map[string]time.Duration{"": 0, "ahead": time.Hour, "behind": -time.Hour} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			follows(t, ahead)
		})
	}
}

// follows has the clock of the process that follows be ahead by so much.
func follows(t *testing.T, ahead time.Duration) {
	t.Helper()
	w := newWorld(t)
	w.share()
	w.engine(func(eng *engine.Engine) {
		if _, _, err := eng.Apply(t.Context(), w.plans()[0].Plan, engine.ApplyOptions{}); err != nil {
			t.Fatal(err)
		}
	})
	theirs := w.cfg
	theirs.Mirror += ".there"
	theirs.Now = func() time.Time { return time.Now().Add(ahead) }
	idle := w.runner(func(cfg *job.Config) {
		cfg.Host, cfg.Now = "there", theirs.Now
		cfg.Open = func(ctx context.Context, edit func(*engine.Config)) (*engine.Engine, error) {
			cfg := theirs
			if edit != nil {
				edit(&cfg)
			}
			return engine.New(ctx, cfg)
		}
	})
	events, undo := idle.Subscribe()
	defer undo()
	first := w.runner(nil)
	described := func(want string) {
		t.Helper()
		if err := idle.Follow(t.Context()); err != nil {
			t.Fatal(err)
		}
		mirror := w.cfg.Mirror
		w.cfg.Mirror = theirs.Mirror
		defer func() { w.cfg.Mirror = mirror }()
		w.engine(func(eng *engine.Engine) {
			_, rows, err := eng.Query(t.Context(), "SELECT description FROM device WHERE name = 'web-001'", 0)
			if err != nil || len(rows) != 1 || rows[0][0] != want {
				t.Errorf("the other mirror has %v, %v, want %q", rows, err, want)
			}
		})
	}
	w.start(first)
	w.play(first, job.CheckArgs{Plan: "web"})
	described("")
	for _, text := range []string{"hers", "hers again"} {
		w.send(http.MethodPatch, "/api/dcim/devices/1/", `{"description":"`+text+`"}`)
		w.play(first, job.CheckArgs{Plan: "web"})
		described(text)
		select {
		case e := <-events:
			if e.State != job.Elsewhere || e.Outcome.Status == nil || e.Outcome.Status.Status != engine.StateInSync {
				t.Errorf("it says %+v", e)
			}
		default:
			t.Error("it does not say how the plan stands")
		}
	}
	reads := 0
	w.stand(func(http.ResponseWriter, *http.Request) bool {
		reads++
		return false
	})
	if err := idle.Follow(t.Context()); err != nil || reads > 0 {
		t.Errorf("nothing was done, and NetBox is asked %d times, %v", reads, err)
	}
	if _, runs := idle.Progress(1); runs {
		t.Error("a job of another process seems to run here")
	}
}

// TestAtOnce starts several workers on an empty database at the same time.
func TestAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.share()
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			db, err := engine.SharedDatabase(t.Context(), w.cfg.Store)
			if err != nil {
				t.Error(err)
				return
			}
			r, err := job.New(t.Context(), job.Config{Database: db, Host: "here", Plans: w.plans})
			if err != nil {
				t.Error(err)
				return
			}
			_ = r.Close()
		})
	}
	all.Wait()
}
