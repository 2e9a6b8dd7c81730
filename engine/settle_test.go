package engine_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror"
)

// openWaiting is open with another time that NetBox may take to carry out a write.
func (w *world) openWaiting(wait time.Duration) {
	w.Helper()
	eng, err := engine.New(w.Context(), engine.Config{
		URL: w.url, Token: token, Mirror: filepath.Join(w.dir, "mirror.db"), Version: "test", Batch: 3, Parallel: 1, Wait: wait,
	})
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() { _ = eng.Close() })
	w.eng = eng
}

// late answers the first write of a kind by a gateway's time-out, and has NetBox carry it
// out after all, later. lost is called ahead of that answer; what it returns waits for the
// write.
func (w *world) late(method, endpoint string, after time.Duration, lost func()) (wait func()) {
	done := make(chan struct{})
	first := true
	wait = func() { <-done }
	w.Cleanup(wait)
	w.handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if !first || r.Method != method || r.URL.Path != "/api/dcim/"+endpoint+"/" {
			w.server.ServeHTTP(rw, r)
			return
		}
		first = false
		lost()
		body, _ := io.ReadAll(r.Body)
		again := r.Clone(context.WithoutCancel(r.Context()))
		again.Body = io.NopCloser(bytes.NewReader(body))
		go func() {
			defer close(done)
			time.Sleep(after)
			w.server.ServeHTTP(discard{http.Header{}}, again)
		}()
		http.Error(rw, "<html>gateway time-out</html>", http.StatusGatewayTimeout)
	})
	return wait
}

// TestLateCommit has NetBox carry out a write after the run that sent it was interrupted:
// the next run waits for it, and nothing is made twice or asked about. A run that goes on
// waits for it itself, and needs no other.
func TestLateCommit(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ version, method, endpoint string }{
		"racks":               {"4.6", http.MethodPost, "racks"},
		"devices, no message": {"4.2", http.MethodPost, "devices"},
		"cables":              {"4.4", http.MethodPost, "cables"},
		"a new description":   {"4.4", http.MethodPatch, "devices"},
		"a deletion":          {"4.6", http.MethodDelete, "devices"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, tt.version)
			plan := w.plan("one", 3)
			if tt.method != http.MethodPost {
				w.apply(plan)
				plan = w.plan("two", 2)
			}
			ctx, cancel := context.WithCancel(t.Context())
			wait := w.late(tt.method, tt.endpoint, 400*time.Millisecond, cancel)
			_, _, _ = w.eng.Apply(ctx, plan, engine.ApplyOptions{})
			w.openWaiting(20 * time.Second)
			w.apply(plan)
			wait() // under If-Match the next run does not
			w.settled(plan)
		})
		t.Run(name+", in the same run", func(t *testing.T) {
			t.Parallel()
			w := setup(t, tt.version)
			plan := w.plan("one", 3)
			if tt.method != http.MethodPost {
				w.apply(plan)
				plan = w.plan("two", 2)
			}
			wait := w.late(tt.method, tt.endpoint, 400*time.Millisecond, func() {})
			w.openWaiting(20 * time.Second)
			w.apply(plan)
			wait()
			w.settled(plan)
		})
	}
}

// TestLateDeletion has NetBox carry out the deletion of a device, whose answer was lost, while
// the next run is at work: its cables have lost an end by then, which is nobody's work.
func TestLateDeletion(t *testing.T) {
	t.Parallel()
	for _, request := range []int{0, 25, 45, 60} {
		t.Run(fmt.Sprint("ahead of request ", request), func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			w.apply(w.plan("one", 3))
			plan := w.plan("two", 2)
			ctx, cancel := context.WithCancel(t.Context())
			commit := w.lose(http.MethodDelete, "devices", cancel)
			_, _, _ = w.eng.Apply(ctx, plan, engine.ApplyOptions{})
			w.openWaiting(3 * time.Second)
			n, handler := 0, w.handler
			w.handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				if n++; n == request+1 {
					commit()
				}
				handler.ServeHTTP(rw, r)
			})
			w.apply(plan)
			w.settled(plan)
		})
	}
}

// lose answers the first write of a kind by a gateway's time-out. NetBox carries it out where
// commit is called.
func (w *world) lose(method, endpoint string, lost func()) (commit func()) {
	var again *http.Request
	w.handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if again != nil || r.Method != method || r.URL.Path != "/api/dcim/"+endpoint+"/" {
			w.server.ServeHTTP(rw, r)
			return
		}
		body, _ := io.ReadAll(r.Body)
		again = r.Clone(context.WithoutCancel(r.Context()))
		again.Body = io.NopCloser(bytes.NewReader(body))
		lost()
		http.Error(rw, "<html>gateway time-out</html>", http.StatusGatewayTimeout)
	})
	return func() { w.server.ServeHTTP(discard{http.Header{}}, again) }
}

// settled asserts that a plan is true, and nothing is open or there twice.
func (w *world) settled(plan *generate.Plan) {
	w.Helper()
	w.asksNothing(plan)
	w.law(plan)
	w.unique()
	if open := w.rows("SELECT count(*) FROM journal WHERE status IN ('sent', 'unknown')"); open != "[[0]]" {
		w.Errorf("%s requests are open", open)
	}
}

// rows are what a query answers.
func (w *world) rows(query string) string {
	w.Helper()
	_, rows, err := w.eng.Query(w.Context(), query, 0)
	if err != nil {
		w.Fatal(err)
	}
	return fmt.Sprint(rows)
}

// TestKilled leaves a run as one that was killed leaves it: it is not under way for
// ever, and the next run says what it was.
func TestKilled(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.plan("one", 2)
	w.apply(plan)
	if _, err := w.eng.Sync(t.Context(), mirror.Options{}); err != nil { // the lease is given back: time alone tells
		t.Fatal(err)
	}
	db, err := mirror.OpenFile(t.Context(), filepath.Join(w.dir, "mirror.store.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(),
		"UPDATE run SET status = 'running'; UPDATE journal SET status = 'sent' WHERE seq = 1"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	w.status(plan, time.Hour, engine.StateReconciling)
	w.status(plan, time.Millisecond, engine.StateInSync)
	w.apply(plan)
	if got := w.rows("SELECT status FROM run ORDER BY started_at"); got != "[[interrupted] [done]]" {
		t.Errorf("the runs are %s", got)
	}
}

// TestRunsAreNamed stores how a run ended.
func TestRunsAreNamed(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	ctx, cancel := context.WithCancel(t.Context())
	w.handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && strings.HasPrefix(r.URL.Path, "/api/dcim/racks/") {
			cancel()
		}
		w.server.ServeHTTP(rw, r)
	})
	_, _, _ = w.eng.Apply(ctx, w.plan("one", 2), engine.ApplyOptions{})
	if got := w.rows("SELECT status FROM run"); got != "[[interrupted]]" {
		t.Errorf("the run is %s", got)
	}
	w.apply(w.plan("one", 2))
	w.apply(w.plan("two", 2))
	got := w.rows("SELECT payload, inverse, guarded FROM journal WHERE kind = 'device' AND method = 'PATCH' LIMIT 1")
	for _, want := range []string{`"description":"two"`, `"description":"one"`, `"base":{`, "] 1]]"} {
		if !strings.Contains(got, want) {
			t.Errorf("the journal has %s, want %s in it", got, want)
		}
	}
}

// status asserts how a plan stands, for an engine that waits so long for NetBox.
func (w *world) status(plan *generate.Plan, wait time.Duration, want engine.State) {
	w.Helper()
	w.openWaiting(wait)
	all, err := w.eng.Status(w.Context(), []*generate.Plan{plan}, "")
	if err != nil || len(all) != 1 || all[0].Status != want {
		w.Errorf("status %+v, %v, want %s", all, err, want)
	}
}
