package job_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/serve/job"
)

// TestOneAtATime has a process apply a plan, while another one that shares the jobs is to check it: the
// check waits. What a process left claimed that is gone keeps nobody.
func TestOneAtATime(t *testing.T) {
	t.Parallel()
	for name, share := range map[string]func(*world){"file": func(*world) {}, "PostgreSQL": (*world).share} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			share(w)
			w.cfg.Wait = patience
			reached, open := make(chan struct{}), make(chan struct{})
			var once sync.Once
			w.stand(func(_ http.ResponseWriter, r *http.Request) bool {
				if r.Method == http.MethodPost && strings.HasPrefix(r.URL.Path, "/api/dcim/devices/") {
					once.Do(func() { close(reached) })
					<-open
				}
				return false
			})
			first, second := w.runner(func(cfg *job.Config) { cfg.Workers = 1 }), w.elsewhere()
			if err := first.Leave(t.Context(), "web"); err != nil {
				t.Fatal(err)
			}
			here, undo := first.Subscribe()
			defer undo()
			there, undo := second.Subscribe()
			defer undo()
			w.start(first)
			if _, err := first.Enqueue(t.Context(), job.ApplyArgs{Plan: "web"}, 0); err != nil {
				t.Fatal(err)
			}
			select {
			case <-reached:
			case <-time.After(patience):
				t.Fatal("nothing is written")
			}
			w.start(second)
			id, err := second.Enqueue(t.Context(), job.CheckArgs{Plan: "web"}, 0)
			if err != nil {
				t.Fatal(err)
			}
			for end := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
				if l, err := second.Job(t.Context(), id); err != nil || l.Started != nil && l.Waiting() || time.Now().After(end) {
					break // it was begun, and put off
				}
				if len(there) > 0 {
					t.Errorf("at work while the plan is applied: %+v", <-there)
					break
				}
			}
			close(open)
			applied := w.endedOf(here, job.KindApply)
			checked := w.outcome(second, id)
			if applied.Result != job.Done || checked.Result != job.Done || checked.Started.Before(applied.Finished) {
				t.Errorf("applied until %s, checked from %s: %+v, %+v", applied.Finished, checked.Started, applied, checked)
			}
			if checked.Status.Status != engine.StateInSync {
				t.Errorf("then it is %+v", checked.Status)
			}
		})
	}
}

// elsewhere is a process on another machine that shares the jobs, with a mirror of its own.
func (w *world) elsewhere() *job.Runner {
	w.Helper()
	theirs := w.cfg
	theirs.Mirror, theirs.Host, theirs.Token = w.cfg.Mirror+".there", "there", another
	return w.runner(func(cfg *job.Config) {
		cfg.Host = "there"
		cfg.Open = func(ctx context.Context, edit func(*engine.Config)) (*engine.Engine, error) {
			cfg := theirs
			if edit != nil {
				edit(&cfg)
			}
			return engine.New(ctx, cfg)
		}
	})
}

// outcome waits until a job has ended, whichever process ends it.
func (w *world) outcome(r *job.Runner, id int64) *job.Outcome {
	w.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if l, err := r.Job(w.Context(), id); err == nil && l.Finished != nil {
			return l.Outcome
		}
	}
	w.Fatalf("job %d never ends", id)
	return nil
}
