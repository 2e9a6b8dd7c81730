package job_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/diet-project/diet/engine/serve/job"
)

// TestHasten tries again at once what failed while NetBox was away, where a person or a change of a file wants
// it, and not where only a schedule does; unless it would wait for as long as a wrong clock once said.
func TestHasten(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := &clock{}
	c.set(time.Now())
	w.cfg.Now = c.now
	r := w.runner(func(cfg *job.Config) { cfg.Retry, cfg.Now = 10*time.Minute, c.now })
	scheduler := w.runner(func(cfg *job.Config) {
		cfg.Retry, cfg.Now, cfg.Schedules = 10*time.Minute, c.now, []job.Schedule{{Check: times(t, "@every 10s")}}
	})
	t.Cleanup(func() { _ = scheduler.Close() })
	tick := func() {
		t.Helper()
		if err := scheduler.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	away := func(out http.ResponseWriter, _ *http.Request) bool {
		out.WriteHeader(http.StatusNotImplemented) // which is not asked again at once
		return true
	}
	w.stand(away)
	w.start(r)
	waiting := func() *job.Listed {
		t.Helper()
		var found *job.Listed
		w.until(func() bool {
			all, err := r.Unfinished(t.Context())
			if err != nil || len(all) != 1 || !all[0].Waiting() || all[0].Outcome == nil {
				return false
			}
			found = &all[0]
			return true
		})
		return found
	}
	tick()
	first := waiting()
	c.after(time.Minute)
	tick()
	if l := waiting(); l.ID != first.ID || !l.Due.Equal(first.Due) {
		t.Errorf("a schedule has it tried again: %+v, %+v", first, l)
	}
	w.stand(nil)
	id, err := r.Enqueue(t.Context(), job.CheckArgs{Plan: "web", User: "maria"}, 0)
	if err != nil || id != first.ID {
		t.Fatalf("job %d, %v", id, err)
	}
	if o := w.outcome(r, id); o.Result != job.Done {
		t.Errorf("got %+v", o)
	}
	w.stand(away)
	c.after(365 * 24 * time.Hour) // ahead
	tick()
	ahead := waiting()
	c.set(time.Now())
	w.stand(nil)
	tick()
	if o := w.outcome(r, ahead.ID); o.Result != job.Done {
		t.Errorf("got %+v", o)
	}
}

// TestNewMirror has NetBox read at the start where the mirror is new, as after an upgrade of diet, also if no
// check is due.
func TestNewMirror(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	hourly := func(cfg *job.Config) {
		cfg.Schedules = []job.Schedule{{Check: times(t, "@every 9h"), Apply: times(t, "@every 9h")}}
	}
	begun := func() int {
		t.Helper()
		r := w.runner(hourly)
		if err := r.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		all, err := r.Unfinished(t.Context())
		if err := errors.Join(err, r.Close()); err != nil {
			t.Fatal(err)
		}
		return len(all)
	}
	if n := begun(); n != 1 {
		t.Fatalf("%d jobs at the first start", n)
	}
	r := w.runner(nil)
	w.start(r)
	w.until(func() bool {
		all, err := r.Unfinished(t.Context())
		return err == nil && len(all) == 0
	})
	if err := r.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := begun(); n != 0 {
		t.Errorf("%d jobs where none is due", n)
	}
	w.cfg.Store = strings.TrimSuffix(w.cfg.Mirror, ".db") + ".store.db"
	w.cfg.Mirror += ".new"
	if n := begun(); n != 1 {
		t.Errorf("%d jobs where the mirror is new", n)
	}
}
