package lease_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/diet-project/diet/engine/lease"
	"github.com/diet-project/diet/mirror/netbox"
	"github.com/diet-project/diet/mirror/sandbox"
)

const token = "d1e7000000000000000000000000000000000001"

// world is a NetBox whose time a test moves on, and what stands before it.
type world struct {
	*testing.T
	server  *sandbox.Server
	clock   atomic.Int64
	refuses string // the method that the token may not use
	url     string
	term    time.Duration // how long NetBox may take; 0 is a minute
	known   bool          // whether the journals of all runs are at hand
}

func setup(t *testing.T, version string) *world {
	t.Helper()
	w := &world{T: t}
	now := func() time.Time { return time.Now().Add(time.Duration(w.clock.Load())) }
	var err error
	if w.server, err = sandbox.New(sandbox.Config{Version: version, Token: token, Now: now}); err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.Method == w.refuses {
			rw.Header().Set("Content-Type", "application/json")
			rw.WriteHeader(http.StatusForbidden)
			_, _ = rw.Write([]byte(`{"detail": "You do not have permission to perform this action."}`))
			return
		}
		w.server.ServeHTTP(rw, r)
	}))
	t.Cleanup(web.Close)
	w.url = web.URL
	return w
}

// take takes the lease on the plan web for a run.
func (w *world) take(run, host string) (*lease.Lease, error) {
	w.Helper()
	client, err := netbox.New(netbox.Config{URL: w.url, Token: token, RetryPause: time.Millisecond})
	if err != nil {
		w.Fatal(err)
	}
	l, err := lease.Take(w.Context(), lease.Config{
		NetBox: client, Plan: "web", Run: run, Host: host, User: "maria", Term: cmp.Or(w.term, time.Minute),
		Known: func(context.Context, string) (bool, error) { return w.known, nil },
	})
	if err == nil {
		w.Cleanup(func() { _ = l.Release(context.Background()) })
	}
	return l, err
}

// held makes the lease of another process.
func (w *world) held(description string) {
	w.Helper()
	body := fmt.Sprintf(`{"name": "diet-lease-web", "slug": "diet-lease-web", "description": %q}`, description)
	req := httptest.NewRequestWithContext(w.Context(), http.MethodPost, "/api/extras/tags/", strings.NewReader(body))
	req.Header.Set("Authorization", "Token "+token)
	req.Header.Set("Content-Type", "application/json")
	rec := httptest.NewRecorder()
	w.server.ServeHTTP(rec, req)
	if rec.Code != http.StatusCreated {
		w.Fatalf("%d %s", rec.Code, rec.Body)
	}
}

// by is the description of a lease that lasts for so long.
func (w *world) by(host, process string, lasts time.Duration) string {
	until := time.Now().Add(time.Duration(w.clock.Load())).Add(lasts)
	return fmt.Sprintf(`{"run":"run-1","host":%q,"user":"joe","until":%q,"process":%q}`, host, until.UTC().Format(time.RFC3339), process)
}

func (w *world) description() string {
	w.Helper()
	for _, o := range w.server.Objects("tags") {
		if o["slug"] == "diet-lease-web" {
			return fmt.Sprint(o["description"])
		}
	}
	return ""
}

// TestOneOfSix has six ask at once, again and again: one gets it.
func TestOneOfSix(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"4.2", "4.4", "4.6", "4.7"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			w := setup(t, version)
			for round := range 5 {
				var won, lost atomic.Int64
				var group sync.WaitGroup
				for n := range 6 {
					group.Go(func() {
						l, err := w.take(fmt.Sprint("run-", round, n), fmt.Sprint("host-", n))
						var held *lease.HeldError
						switch {
						case err == nil:
							won.Add(1)
							time.Sleep(50 * time.Millisecond)
							_ = l
						case errors.As(err, &held) && strings.HasPrefix(held.Holder.Host, "host-"):
							lost.Add(1)
						default:
							t.Error(err)
						}
					})
				}
				group.Wait()
				if won.Load() != 1 || lost.Load() != 5 {
					t.Fatalf("round %d: %d won, %d were told who holds it", round, won.Load(), lost.Load())
				}
				w.clock.Add(int64(time.Hour))
			}
		})
	}
}

// TestHolders asks for a lease that somebody holds, or held.
func TestHolders(t *testing.T) {
	t.Parallel()
	const gone = "4026531836/999999999/1" // above every number that a process may have
	for name, tt := range map[string]struct {
		host, process string
		lasts         time.Duration
		known, taken  bool
	}{
		"it works on another host":             {"there", gone, time.Minute, true, false},
		"it ran out on another host":           {"there", gone, -2 * time.Second, false, true},
		"it was killed here, with its journal": {"here", "", time.Minute, true, true},
		"it was killed here, its journal not":  {"here", "", time.Minute, false, false},
		"it has another namespace":             {"here", "1/999999999/1", time.Minute, true, false},
		"its process is unreadable":            {"here", "what", time.Minute, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			w.known = tt.known
			if tt.process == "" {
				tt.process = w.killed()
			}
			w.held(w.by(tt.host, tt.process, tt.lasts))
			_, err := w.take("run-2", "here")
			var held *lease.HeldError
			switch {
			case tt.taken && err != nil:
				t.Error(err)
			case !tt.taken && (!errors.As(err, &held) || held.Holder.Run != "run-1" || !strings.Contains(err.Error(), "joe on "+tt.host)):
				t.Errorf("%v, want who holds it", err)
			}
		})
	}
}

// killed is a process of this host that is no more, as a lease names it.
func (w *world) killed() string {
	w.Helper()
	l, err := w.take("run-0", "here")
	if err != nil {
		w.Fatal(err)
	}
	own := lease.Read(w.description()).Process
	if err := l.Release(w.Context()); err != nil {
		w.Fatal(err)
	}
	space, _, _ := strings.Cut(own, "/")
	return space + "/999999999/1"
}

// TestReleasedByThisProcess takes over what a run of this very process left behind, and
// not what one of its runs holds.
func TestReleasedByThisProcess(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.known = true
	// Other tests of this process hold leases, too: a run has its name for itself.
	l, err := w.take("released", "here")
	if err != nil {
		t.Fatal(err)
	}
	left := w.description()
	var held *lease.HeldError
	if _, err := w.take("run-2", "here"); !errors.As(err, &held) {
		t.Errorf("%v, want that it is held", err)
	}
	if err := l.Release(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := w.description(); got != "" {
		t.Errorf("%s is left", got)
	}
	w.held(left)
	if _, err := w.take("run-3", "here"); err != nil {
		t.Error(err)
	}
}

// TestNoLease leaves a person's tag alone.
func TestNoLease(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.held("mine")
	_, err := w.take("run-1", "here")
	var held *lease.HeldError
	if !errors.As(err, &held) || !strings.Contains(held.Hint(), "delete that tag") {
		t.Errorf("%v", err)
	}
}

// TestCheck renews a lease that will not last, and knows one that is gone.
func TestCheck(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"4.2", "4.6", "4.7"} {
		w := setup(t, version)
		l, err := w.take("run-1", "here")
		if err != nil {
			t.Fatal(err)
		}
		first := lease.Read(w.description()).Until
		w.clock.Add(int64(40 * time.Second))
		if err := l.Check(t.Context()); err != nil {
			t.Fatal(err)
		}
		if again := lease.Read(w.description()).Until; again.Sub(first) < 35*time.Second {
			t.Errorf("held until %s, then until %s", first, again)
		}
		if n := len(w.server.Objects("tags")); n != 1 {
			t.Errorf("%d tags", n)
		}
		w.clock.Add(int64(time.Hour))
		guarded := version != "4.2"
		switch err := l.Check(t.Context()); {
		case guarded && err != nil:
			t.Errorf("%v, though nobody took it", err)
		case !guarded && !errors.Is(err, lease.ErrLost):
			t.Errorf("%v, want that it ran out", err)
		}
		w.clock.Add(int64(time.Hour))
		if other, err := w.take("run-2", "there"); err != nil {
			t.Error(err)
		} else if err := errors.Join(other.Check(t.Context()), other.Release(t.Context())); err != nil {
			t.Error(err)
		}
		if err := l.Check(t.Context()); !errors.Is(err, lease.ErrLost) {
			t.Errorf("%v, want that it is gone for good", err)
		}
	}
}

// TestShortTerm renews a lease long before it ends where NetBox may take a moment only: a machine
// that is busy for a second does not lose it.
func TestShortTerm(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.2")
	w.term = 50 * time.Millisecond
	l, err := w.take("run-1", "here")
	if err != nil {
		t.Fatal(err)
	}
	first := lease.Read(w.description()).Until
	w.clock.Add(int64(20 * time.Second))
	if err := l.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	if again := lease.Read(w.description()).Until; again.Sub(first) < 15*time.Second {
		t.Errorf("held until %s, then until %s", first, again)
	}
}

// TestRights names what the token lacks.
func TestRights(t *testing.T) {
	t.Parallel()
	for _, method := range []string{http.MethodPost, http.MethodPatch, http.MethodDelete} {
		w := setup(t, "4.6")
		w.refuses = method
		l, err := w.take("run-1", "here")
		if err == nil {
			w.clock.Add(int64(40 * time.Second))
			if err = l.Check(t.Context()); err == nil {
				err = l.Release(t.Context())
			}
		}
		if !errors.Is(err, lease.ErrRights) {
			t.Errorf("%s: %v", method, err)
		}
		w.refuses = ""
	}
}

// TestNames fits the longest names into what NetBox takes.
func TestNames(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 150)
	if a, b := lease.Slug(long), lease.Slug(long+"b"); a == b || len(a) != 100 || len(b) != 100 {
		t.Errorf("%s and %s", a, b)
	}
	if got := lease.Slug("web"); got != "diet-lease-web" {
		t.Error(got)
	}
	w := setup(t, "4.6")
	if _, err := w.take("run-12345678", strings.Repeat(`"ö`, 100)); err != nil {
		t.Fatal(err)
	}
	if n := len([]rune(w.description())); n > 200 || lease.Read(w.description()).Run != "run-12345678" {
		t.Errorf("%d characters: %s", n, w.description())
	}
	if _, err := w.take("run-2", strings.Repeat(`"ö`, 100)); err == nil {
		t.Error("it was taken from a run that holds it")
	}
}
