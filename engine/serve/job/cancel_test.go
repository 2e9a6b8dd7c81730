package job_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/serve/job"
)

// TestCancelWaiting takes back an apply that waits because NetBox is away: it is not begun any more.
func TestCancelWaiting(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var log bytes.Buffer
	r := w.runner(func(cfg *job.Config) {
		cfg.Retry, cfg.Logger = time.Hour, slog.New(slog.NewTextHandler(&log, nil))
	})
	w.start(r)
	w.stand(func(out http.ResponseWriter, _ *http.Request) bool {
		out.WriteHeader(http.StatusBadGateway)
		return true
	})
	id, err := r.Enqueue(t.Context(), job.ApplyArgs{Plan: "web", User: "maria"}, 0)
	if err != nil {
		t.Fatal(err)
	}
	w.until(func() bool {
		l, err := r.Job(t.Context(), id)
		return err == nil && l.Outcome != nil && l.Waiting()
	})
	l, err := r.Cancel(t.Context(), id, "olga")
	if err != nil || l.State != "cancelled" || l.Outcome.Result != job.Cancelled || l.Outcome.CancelledBy != "olga" || l.Cancellable() {
		t.Fatalf("got %+v, %v", l, err)
	}
	if !strings.Contains(log.String(), `msg="job cancelled" job=1 kind=apply plan=web preview="" by=olga`) {
		t.Errorf("the log says %s", log.String())
	}
	if _, err := r.Cancel(t.Context(), id, "olga"); !errors.Is(err, job.ErrOver) {
		t.Errorf("again: %v", err)
	}
	if _, err := r.Cancel(t.Context(), 99, "olga"); !errors.Is(err, job.ErrNoJob) {
		t.Errorf("none: %v", err)
	}
	later, err := r.Enqueue(t.Context(), job.CheckArgs{Plan: "web"}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Cancel(t.Context(), later, "olga"); !errors.Is(err, job.ErrNoUse) {
		t.Errorf("a check: %v", err)
	}
}

// TestCancelRunning stops an apply that another process is at: what was sent is finished, and it does not
// go on until somebody wants it again.
func TestCancelRunning(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.share()
	reached, open := make(chan struct{}), make(chan struct{})
	var once sync.Once
	var writes atomic.Int64
	w.stand(func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPost && strings.HasPrefix(r.URL.Path, "/api/dcim/devices/") {
			writes.Add(1)
			once.Do(func() { close(reached) })
			<-open
		}
		return false
	})
	var work atomic.Value // the context of the job
	r, other := w.runner(func(cfg *job.Config) {
		open := cfg.Open
		cfg.Open = func(ctx context.Context, edit func(*engine.Config)) (*engine.Engine, error) {
			if edit != nil {
				work.Store(ctx)
			}
			return open(ctx, edit)
		}
	}), w.elsewhere()
	t.Cleanup(func() { _ = other.Close() })
	w.start(r)
	id, err := r.Enqueue(t.Context(), job.ApplyArgs{Plan: "web"}, 0)
	if err != nil {
		t.Fatal(err)
	}
	<-reached
	if _, err := other.Cancel(t.Context(), id, "olga"); err != nil {
		t.Fatal(err)
	}
	w.until(func() bool { return work.Load().(context.Context).Err() != nil })
	close(open)
	o := w.outcome(r, id)
	l, err := other.Job(t.Context(), id)
	if o.Result != job.Cancelled || o.CancelledBy != "olga" || o.Run == "" || err != nil || l.State != "cancelled" {
		t.Fatalf("got %+v, %+v, %v", l, o, err)
	}
	if again := w.play(r, job.ApplyArgs{Plan: "web"}); again.Result != job.Done {
		t.Errorf("again: %+v", again)
	}
	sent := writes.Load()
	if again := w.play(r, job.ApplyArgs{Plan: "web"}); again.Result != job.Done || again.Run != "" || writes.Load() != sent {
		t.Errorf("a third time: %d more, %+v", writes.Load()-sent, again)
	}
}

// until waits for something.
func (w *world) until(is func() bool) {
	w.Helper()
	for end := time.Now().Add(patience); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			w.Fatal("it never is")
		}
	}
}
