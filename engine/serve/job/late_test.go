package job_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/serve/job"
	"github.com/diet-project/diet/engine/serve/notify"
)

// TestLate leaves out an apply that a schedule wanted in the night, and that could not begin before
// noon: NetBox was away, or the process had ended. Nobody chose noon.
func TestLate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := &clock{}
	c.set(time.Date(2026, 1, 1, 2, 30, 0, 0, time.Local))
	w.cfg.Now = c.now
	edit := func(cfg *job.Config) {
		cfg.Now = c.now
		cfg.Schedules = []job.Schedule{{Apply: times(t, "0 3 * * *")}}
	}
	r := w.runner(edit)
	tick := func() {
		t.Helper()
		if err := r.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	tick()
	c.after(30 * time.Minute)
	tick() // it waits in the file, as after a crash
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	c.after(9 * time.Hour)
	r = w.runner(edit)
	events, undo := r.Subscribe()
	defer undo()
	w.start(r)
	if o := w.endedOf(events, job.KindApply); o.Result != job.Cancelled || o.Run != "" || !strings.Contains(o.Error, "its time has passed") {
		t.Errorf("got %+v", o)
	}
	since := func(d time.Duration) string { return c.now().Add(-d).Format(time.RFC3339) }
	for d, want := range map[time.Duration]job.Result{
		14 * time.Minute: job.Done, time.Hour: job.Cancelled, 10 * time.Hour: job.Cancelled,
	} {
		if o := w.play(r, job.ApplyArgs{Plan: "web", Since: since(d)}); o.Result != want {
			t.Errorf("after %s: %+v", d, o)
		}
	}
	if o := w.play(r, job.ApplyArgs{Plan: "web"}); o.Result != job.Done {
		t.Errorf("whenever: %+v", o)
	}
	c.set(time.Date(2026, 1, 2, 3, 5, 0, 0, time.Local))
	if o := w.play(r, job.ApplyArgs{Plan: "web", Since: since(24 * time.Hour)}); o.Result != job.Done {
		t.Errorf("it is wanted again by now: %+v", o)
	}
}

// TestLateHalf goes on with an apply that began in time: half of it is written.
func TestLateHalf(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.runner(func(cfg *job.Config) { cfg.Retry = time.Hour })
	w.start(r)
	w.stand(func(out http.ResponseWriter, q *http.Request) bool {
		refused := q.Method == http.MethodPost && strings.Contains(q.URL.Path, "/dcim/devices/")
		if refused {
			out.WriteHeader(http.StatusNotImplemented)
		}
		return refused
	})
	began := time.Now().Add(-time.Second).UTC()
	half := w.play(r, job.ApplyArgs{Plan: "web", Preview: ""})
	if half.Run == "" || half.Result == job.Done {
		t.Fatalf("got %+v", half)
	}
	w.stand(nil)
	w.engine(func(eng *engine.Engine) {
		runs, err := eng.Runs(t.Context(), "web", 1)
		if err != nil || len(runs) != 1 || !runs[0].Open() {
			t.Fatalf("got %+v, %v", runs, err)
		}
	})
	late := w.runner(func(cfg *job.Config) {
		cfg.Path += ".other"
		cfg.Now = func() time.Time { return time.Now().Add(9 * time.Hour) }
	})
	w.start(late)
	if o := w.play(late, job.ApplyArgs{Plan: "web", Since: began.Format(time.RFC3339)}); o.Result != job.Done {
		t.Errorf("got %+v", o)
	}
	if o := w.play(late, job.ApplyArgs{Plan: "web", Since: began.Format(time.RFC3339)}); o.Result != job.Cancelled {
		t.Errorf("once it has gone through: %+v", o)
	}
}

// TestHanging goes on with plans while all who are to be told something hang.
func TestHanging(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	hang := make(chan struct{})
	rule := func(name string) notify.Rule {
		return notify.Rule{Name: name, URLs: []string{"logger://"}, On: []notify.Topic{notify.Failures}}
	}
	n, err := notify.New(notify.Config{
		Rules: []notify.Rule{rule("a"), rule("b"), rule("c")},
		Send: func(ctx context.Context, _, _, _ string) error {
			select {
			case <-hang:
			case <-ctx.Done():
			}
			return ctx.Err()
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	r := w.runner(func(cfg *job.Config) { cfg.Notifier = n })
	w.start(r)
	t.Cleanup(func() { close(hang) }) // ahead of the end of the jobs
	w.write("apiVersion: diet/v1alpha1\nkind: Plan\nmetadata: {name: web}\nspec: {sites: ams2}\n")
	if o := w.play(r, job.CheckArgs{Plan: "web"}); o.Result != job.Cancelled {
		t.Fatalf("got %+v", o)
	}
	for deadline := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		all, err := r.Jobs(t.Context(), 100)
		if err != nil || time.Now().After(deadline) {
			t.Fatalf("got %+v, %v", all, err)
		}
		told := 0
		for _, l := range all {
			if l.Kind == job.KindNotify && l.State == "running" {
				told++
			}
		}
		if told == 2 {
			break
		}
	}
	w.write(small)
	if o := w.play(r, job.CheckArgs{Plan: "web"}); o.Result != job.Done {
		t.Errorf("got %+v", o)
	}
}
