package job_test

import (
	"net/http"
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
