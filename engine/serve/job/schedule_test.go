package job_test

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/serve/job"
	"github.com/diet-project/diet/engine/serve/notify"
	"github.com/diet-project/diet/mirror"
)

// TestDecide says what is due, what is made up for, and what is too late.
func TestDecide(t *testing.T) {
	t.Parallel()
	at := func(text string) time.Time {
		if text == "" {
			return time.Time{}
		}
		out, err := time.ParseInLocation("02 15:04", text, time.Local)
		if err != nil {
			t.Fatal(err)
		}
		return out.AddDate(2026, 0, 0)
	}
	for _, tt := range []struct {
		kind, times, last, now string
		anyTime                bool
		want, next             string
	}{
		{kind: job.KindCheck, times: "*/15 * * * *", last: "", now: "01 10:07", want: "run"},
		{kind: job.KindCheck, times: "*/15 * * * *", last: "01 10:00", now: "01 10:14", want: "wait", next: "01 10:15"},
		{kind: job.KindCheck, times: "*/15 * * * *", last: "01 10:00", now: "01 10:15", want: "run"},
		{kind: job.KindCheck, times: "0 3 * * *", last: "01 03:00", now: "04 11:00", want: "run"},
		{kind: job.KindApply, times: "0 3 * * *", last: "", now: "01 10:07", want: "start", next: "02 03:00"},
		{kind: job.KindApply, times: "0 3 * * *", last: "01 03:00", now: "02 02:59", want: "wait", next: "02 03:00"},
		{kind: job.KindApply, times: "0 3 * * *", last: "01 03:00", now: "02 03:14", want: "run"},
		{kind: job.KindApply, times: "0 3 * * *", last: "01 03:00", now: "02 12:00", want: "miss", next: "03 03:00"},
		{kind: job.KindApply, times: "0 3 * * *", last: "01 03:00", now: "05 03:01", want: "run"},
		{kind: job.KindApply, times: "0 3 * * *", last: "01 03:00", now: "02 12:00", anyTime: true, want: "run"},
		{kind: job.KindCheck, times: "*/15 * * * *", last: "01 10:08", now: "01 10:07", want: "wait", next: "01 10:15"},
		{kind: job.KindCheck, times: "*/15 * * * *", last: "20 10:00", now: "01 10:07", want: "run"}, // a clock was ahead
		{kind: job.KindApply, times: "0 3 * * *", last: "20 03:00", now: "01 10:07", want: "start", next: "02 03:00"},
		{kind: job.KindCheck, times: "0 0 30 2 *", last: "01 03:00", now: "20 12:00", want: "wait"},
	} {
		got, next := job.Decide(tt.kind, tt.times, at(tt.last), at(tt.now), tt.anyTime)
		if got != tt.want || tt.next != "" && !next.Equal(at(tt.next)) {
			t.Errorf("%+v: %s, next %s", tt, got, next)
		}
	}
	if _, err := job.ParseTimes("every tuesday"); err == nil {
		t.Error("no times are taken for some")
	}
}

// clock is a time that a test sets.
type clock struct{ atomic.Int64 }

func (c *clock) now() time.Time        { return time.Unix(c.Load(), 0) }
func (c *clock) set(at time.Time)      { c.Store(at.Unix()) }
func (c *clock) after(d time.Duration) { c.set(c.now().Add(d)) }
func times(t *testing.T, text string) job.Times {
	t.Helper()
	out, err := job.ParseTimes(text)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// kinds are the kinds of the jobs that were made, the oldest first.
func kinds(t *testing.T, r *job.Runner) []string {
	t.Helper()
	all, err := r.Jobs(t.Context(), 100)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, l := range slices.Backward(all) {
		out = append(out, l.Kind)
	}
	return out
}

// TestSchedule begins what is due, once, over a restart too.
func TestSchedule(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := &clock{}
	c.set(time.Date(2026, 1, 1, 10, 0, 0, 0, time.Local))
	w.cfg.Now = c.now
	edit := func(cfg *job.Config) {
		cfg.Now = c.now
		cfg.Schedules = []job.Schedule{
			{Check: times(t, "0 * * * *"), Sync: times(t, "30 * * * *"), Apply: times(t, "0 3 * * *")},
			{Plans: []string{"db"}, Apply: times(t, "* * * * *")},
		}
	}
	r := w.runner(edit)
	tick := func(want ...string) {
		t.Helper()
		if err := r.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		got := kinds(t, r)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("at %s: %v, want %v", c.now().Format("15:04"), got, want)
		}
	}
	tick("check", "sync")
	c.after(59 * time.Minute)
	tick("check", "sync") // the same still wait
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	w.engine(func(eng *engine.Engine) {
		if _, err := eng.Sync(t.Context(), mirror.Options{}); err != nil {
			t.Fatal(err)
		}
	})
	r = w.runner(func(cfg *job.Config) { edit(cfg); cfg.Path += ".other" }) // which holds no job yet
	tick()
	c.after(time.Minute)
	tick("check")
	c.set(time.Date(2026, 1, 2, 3, 10, 0, 0, time.Local))
	tick("apply", "check", "sync")
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestOnce does what is due, and ends: also where nothing is.
func TestOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := &clock{}
	c.set(time.Now())
	w.cfg.Now = c.now
	once := func() []job.Outcome {
		t.Helper()
		r := w.runner(func(cfg *job.Config) {
			cfg.Now = c.now
			cfg.Schedules = []job.Schedule{{Check: times(t, "@every 1h"), Apply: times(t, "@every 1h")}}
		})
		all, err := r.Once(t.Context(), job.Due)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		return all
	}
	if got := once(); len(got) != 1 || got[0].Kind != job.KindCheck || got[0].Status.Status != engine.StateNotApplied {
		t.Fatalf("first: %+v", got)
	}
	if got := once(); len(got) != 0 {
		t.Errorf("at once again: %+v", got)
	}
	c.after(5 * time.Hour)
	got := once()
	if len(got) != 2 || got[0].Result != job.Done || got[1].Result != job.Done {
		t.Fatalf("later: %+v", got)
	}
	for _, o := range got {
		if o.Kind == job.KindApply && o.Status.Status != engine.StateInSync {
			t.Errorf("applied: %+v", o)
		}
	}
	c.after(2 * time.Hour)
	w.stand(func(out http.ResponseWriter, _ *http.Request) bool {
		out.WriteHeader(http.StatusNotImplemented)
		return true
	})
	for _, o := range once() {
		if o.Result != job.Failed {
			t.Errorf("NetBox is away: %+v", o)
		}
	}
}

// TestSamples keeps how the plan stood at each check, also that it does not load.
func TestSamples(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.runner(nil)
	w.start(r)
	w.play(r, job.CheckArgs{Plan: "web"})
	w.play(r, job.ApplyArgs{Plan: "web"})
	w.write("apiVersion: diet/v1alpha1\nkind: Plan\nmetadata: {name: web}\nspec: {}\nspecs: {}\n")
	w.play(r, job.CheckArgs{Plan: "web"})
	w.engine(func(eng *engine.Engine) {
		got, err := eng.Samples(t.Context(), "web", time.Time{}, 10)
		if err != nil || len(got) != 3 {
			t.Fatalf("%+v, %v", got, err)
		}
		for i, want := range []engine.State{engine.StateNotApplied, engine.StateInSync, engine.StateError} {
			if got[i].Status != want {
				t.Errorf("sample %d is %s, want %s", i, got[i].Status, want)
			}
		}
		if got[1].Objects == 0 {
			t.Errorf("got %+v", got)
		}
	})
}

// TestHint gathers hints into one check.
func TestHint(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.runner(nil)
	for range 5 {
		if n, err := r.Hint(t.Context()); n != 1 || err != nil {
			t.Fatal(n, err)
		}
	}
	if got := kinds(t, r); !slices.Equal(got, []string{"check"}) {
		t.Errorf("got %v", got)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestGone goes on with the jobs of a process of this host that is gone, not with those of
// another host.
func TestGone(t *testing.T) {
	t.Parallel()
	for host, goesOn := range map[string]bool{"here": true, "there": false} {
		t.Run(host, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			r := w.runner(nil)
			if _, err := r.Enqueue(t.Context(), job.CheckArgs{Plan: "web"}, 0); err != nil {
				t.Fatal(err)
			}
			if err := r.Seize(t.Context(), host); err != nil {
				t.Fatal(err)
			}
			events, undo := r.Subscribe()
			defer undo()
			w.start(r)
			if goesOn {
				if o := w.ended(events); o.Kind != job.KindCheck || o.Result != job.Done {
					t.Errorf("got %+v", o)
				}
				return
			}
			w.play(r, job.SyncArgs{}) // later than that
			if all, err := r.Unfinished(t.Context()); err != nil || len(all) != 1 || all[0].State != "running" {
				t.Errorf("left %+v, %v", all, err)
			}
		})
	}
}

// TestHeld waits for another run that holds the plan.
func TestHeld(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.runner(nil)
	w.start(r)
	lease, err := json.Marshal(map[string]any{
		"name": "diet-lease-web", "slug": "diet-lease-web",
		"description": `{"run":"run-x","host":"there","user":"maria","until":"2099-01-01T00:00:00Z","process":"1/1/1"}`,
	})
	if err != nil {
		t.Fatal(err)
	}
	id := w.send(http.MethodPost, "/api/extras/tags/", string(lease))
	events, undo := r.Subscribe()
	defer undo()
	if _, err := r.Enqueue(t.Context(), job.ApplyArgs{Plan: "web"}, 0); err != nil {
		t.Fatal(err)
	}
	if o := w.ended(events); o.Result != job.Later || !strings.Contains(o.Error, `is being written by run run-x of maria on there`) {
		t.Fatalf("got %+v", o)
	}
	all, err := r.Unfinished(t.Context())
	if err != nil || len(all) != 1 || all[0].State != "scheduled" || time.Until(all[0].Due) > time.Minute {
		t.Errorf("it waits: %+v, %v", all, err)
	}
	w.send(http.MethodDelete, "/api/extras/tags/"+id+"/", "")
}

// TestStopped interrupts an apply, which goes on at the next start.
func TestStopped(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.runner(nil)
	reached := make(chan struct{})
	var once atomic.Bool
	w.stand(func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPost && strings.HasPrefix(r.URL.Path, "/api/dcim/devices/") && once.CompareAndSwap(false, true) {
			close(reached)
		}
		return false
	})
	if err := r.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Enqueue(t.Context(), job.ApplyArgs{Plan: "web"}, 0); err != nil {
		t.Fatal(err)
	}
	<-reached
	for _, err := range []error{r.Stop(context.Background()), r.Close()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	r = w.runner(nil)
	events, undo := r.Subscribe()
	defer undo()
	w.start(r)
	if all, err := r.Jobs(t.Context(), 10); err != nil || len(all) != 1 || all[0].Outcome != nil && all[0].Outcome.Result != job.Later {
		t.Logf("it ended before it was stopped: %+v, %v", all, err)
		return
	}
	if o := w.ended(events); o.Kind != job.KindApply || o.Result != job.Done || o.Status.Status != engine.StateInSync {
		t.Errorf("got %+v", o)
	}
}

// failures is a notifier that tells of failures, and what it told; now is nil for the real time.
func failures(t *testing.T, now func() time.Time) (*notify.Notifier, chan string) {
	t.Helper()
	told := make(chan string, 10)
	n, err := notify.New(notify.Config{
		Rules: []notify.Rule{{Name: "ops", URLs: []string{"logger://"}, On: []notify.Topic{notify.Failures}}},
		Send:  func(_ context.Context, _, _, text string) error { told <- text; return nil },
		Now:   now,
	})
	if err != nil {
		t.Fatal(err)
	}
	return n, told
}

// TestAway tries again while NetBox is away, and people are told once, and once that it is
// back.
func TestAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n, told := failures(t, nil)
	r := w.runner(func(cfg *job.Config) { cfg.Notifier, cfg.Retry = n, time.Millisecond })
	w.start(r)
	var tries atomic.Int64
	w.stand(func(out http.ResponseWriter, _ *http.Request) bool {
		tries.Add(1)
		out.WriteHeader(http.StatusNotImplemented) // which is not asked again at once
		return true
	})
	events, undo := r.Subscribe()
	defer undo()
	if _, err := r.Enqueue(t.Context(), job.CheckArgs{Plan: "web"}, 0); err != nil {
		t.Fatal(err)
	}
	if o := w.endedOf(events, job.KindCheck); o.Result != job.Failed {
		t.Fatalf("got %+v", o)
	}
	if text := <-told; !strings.HasPrefix(text, "NetBox cannot be read:\n- NetBox is away: sync: ") {
		t.Errorf("told %q", text)
	}
	if o := w.endedOf(events, job.KindCheck); o.Result != job.Failed || !o.Away {
		t.Fatalf("tried again: %+v", o)
	}
	if _, err := r.Enqueue(t.Context(), job.NotifyArgs{Channel: "ops"}, 0); err != nil {
		t.Fatal(err)
	}
	if o := w.endedOf(events, job.KindNotify); o.Result != job.Done || len(told) > 0 {
		t.Errorf("what was told is told again: %+v, %d messages", o, len(told))
	}
	w.stand(nil)
	for o := w.endedOf(events, job.KindCheck); o.Result != job.Done; {
		o = w.endedOf(events, job.KindCheck)
	}
	if text := <-told; !strings.Contains(text, "NetBox can be read again") {
		t.Errorf("told %q", text)
	}
	if len(told) > 0 {
		t.Errorf("told as well %q", <-told)
	}
}

// TestAwayLong has NetBox away for an hour: it is asked ever more seldom, the job and the plan
// say so, people are told once, and once that it is back.
func TestAwayLong(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := &clock{}
	c.set(time.Now())
	begin := c.now()
	w.cfg.Now = c.now
	n, told := failures(t, c.now)
	r := w.runner(func(cfg *job.Config) { cfg.Notifier, cfg.Now = n, c.now })
	w.stand(func(out http.ResponseWriter, _ *http.Request) bool {
		out.WriteHeader(http.StatusNotImplemented) // which is not asked again at once
		return true
	})
	events, undo := r.Subscribe()
	defer undo()
	w.start(r)
	id, err := r.Enqueue(t.Context(), job.CheckArgs{Plan: "web"}, 0)
	if err != nil {
		t.Fatal(err)
	}
	waits := func() {
		t.Helper()
		l, err := r.Job(t.Context(), id)
		if err != nil || !l.Due.After(c.now()) {
			t.Fatalf("it waits: %+v, %v", l, err)
		}
		c.set(l.Due)
		if err := r.Hurry(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	tries := 0
	for ; c.now().Sub(begin) < time.Hour; tries++ {
		if o := w.endedOf(events, job.KindCheck); o.Job != id || o.Result != job.Failed || o.Reached || !strings.Contains(o.Error, "501") {
			t.Fatalf("try %d: %+v", tries, o)
		}
		waits()
	}
	if tries < 12 || tries > 20 {
		t.Errorf("NetBox is asked %d times in an hour", tries)
	}
	if text := <-told; !strings.Contains(text, "- NetBox is away: sync: ") {
		t.Errorf("told %q", text)
	}
	if len(told) > 0 {
		t.Errorf("told as well %q", <-told)
	}
	w.stand(nil)
	if o := w.endedOf(events, job.KindCheck); o.Result == job.Failed { // it was asked already
		waits()
	}
	if l, err := r.Job(t.Context(), id); err != nil || l.State != "completed" {
		if o := w.endedOf(events, job.KindCheck); o.Result != job.Done {
			t.Fatalf("it is back: %+v", o)
		}
	}
	if text := <-told; !strings.Contains(text, "NetBox can be read again") {
		t.Errorf("told %q", text)
	}
	if len(told) > 0 {
		t.Errorf("told as well %q", <-told)
	}
}

// TestNoSecrets leaves the token in no file of the jobs or the store.
func TestNoSecrets(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.runner(nil)
	if err := r.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.play(r, job.ApplyArgs{Plan: "web"})
	w.stand(func(out http.ResponseWriter, r *http.Request) bool {
		http.Error(out, `{"detail": "no such token `+r.Header.Get("Authorization")+`"}`, http.StatusForbidden)
		return true
	})
	if o := w.play(r, job.CheckArgs{Plan: "web"}); o.Result != job.Failed {
		t.Errorf("got %+v", o)
	}
	for _, err := range []error{r.Stop(context.Background()), r.Close()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range []string{job.Beside(w.cfg.Mirror), strings.TrimSuffix(w.cfg.Mirror, ".db") + ".store.db", w.cfg.Mirror} {
		for _, ending := range []string{"", "-wal"} {
			text, err := os.ReadFile(file + ending)
			if err == nil && strings.Contains(string(text), token) {
				t.Errorf("%s%s holds the token", file, ending)
			}
		}
	}
}
