package engine_test

import (
	"context"
	"errors"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/lease"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror/store"
	"github.com/diet-project/diet/mirror/store/storetest"
)

// shared puts the store of a world into PostgreSQL, behind a wire; direct is its address
// without.
func (w *world) shared() (cable *storetest.Wire, direct string) {
	w.Helper()
	direct = storetest.Postgres(w)
	cable, w.store = storetest.Behind(w, direct)
	return cable, direct
}

// TestStoreGoesAway takes the store away at each moment of an apply: the run stops with a
// word about it, nothing is sent that the journal does not know, and whoever applies next, on
// this machine or another, finds out in NetBox what became of it.
func TestStoreGoesAway(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		write int  // ahead of which it is taken away; less than none is ahead of the lease
		other bool // another machine goes on
		fresh bool // with a store that knows nothing
	}{
		"ahead of the run":                    {write: -1},
		"in the first request":                {write: 0},
		"in the first request, elsewhere":     {write: 0, other: true},
		"in a later one":                      {write: 5},
		"in a later one, elsewhere":           {write: 5, other: true},
		"in a later one, and does not return": {write: 5, other: true, fresh: true},
		"in the last one":                     {write: 7},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			cable, direct := w.shared()
			w.open("mirror.db")
			plan := w.plan("one", 3)
			if tt.write < 0 {
				w.handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
					if isLease(r) && r.Method == http.MethodPost {
						cable.Cut()
					}
					w.server.ServeHTTP(rw, r)
				})
			} else {
				w.ahead(tt.write, cable.Cut)
			}
			w.server.ResetRequests()
			_, _, err := w.eng.Apply(t.Context(), plan, engine.ApplyOptions{})
			if away := (*store.AwayError)(nil); !errors.As(err, &away) || away.Hint() == "" || strings.Contains(err.Error(), storetest.Password) {
				t.Fatalf("apply: %v", err)
			}
			if sent := w.writes(); sent > tt.write+1 {
				t.Errorf("%d writes were sent, want no more once the store was away", sent)
			}
			w.hook, w.handler = nil, w.server
			cable.Mend()
			switch {
			case tt.fresh:
				w.store = filepath.Join(w.dir, "another.store.db")
				w.open("other.db")
			case tt.other:
				w.store = direct
				w.open("other.db")
			default:
				w.expire()
			}
			w.apply(plan)
			w.unique()
			w.law(plan)
			w.nothingOpen(plan)
		})
	}
}

// writes counts what NetBox was sent, leases aside.
func (w *world) writes() (n int) {
	for _, r := range w.server.Requests() {
		if r.Method != http.MethodGet && r.Method != http.MethodOptions && !strings.HasPrefix(r.Path, "/api/extras/tags/") {
			n++
		}
	}
	return n
}

// nothingOpen asserts that every request of the store is accounted for, and every run over.
func (w *world) nothingOpen(plan *generate.Plan) {
	w.Helper()
	_, rows, err := w.eng.Query(w.Context(), `SELECT
		(SELECT count(*) FROM journal WHERE status IN ('sent', 'unknown')),
		(SELECT count(*) FROM run WHERE status = 'running')`, 0)
	if err != nil || len(rows) != 1 || rows[0][0] != int64(0) || rows[0][1] != int64(0) {
		w.Errorf("open requests and runs of %s: %v, %v", plan.Info().Key, rows, err)
	}
}

// TestStoreComesBack waits for a store that is away for a moment: the run goes through.
func TestStoreComesBack(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	cable, _ := w.shared()
	w.open("mirror.db")
	plan := w.plan("one", 3)
	w.ahead(4, func() {
		cable.Cut()
		time.AfterFunc(300*time.Millisecond, cable.Mend)
	})
	w.apply(plan)
	w.hook = nil
	w.law(plan)
	w.nothingOpen(plan)
}

// TestTwoMachines has two apply one plan at once, with a store that they share: the lease
// decides, and each sees what the other did.
func TestTwoMachines(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	_, w.store = w.shared()
	w.open("mirror.db")
	first := w.eng
	w.open("other.db")
	second := w.eng
	plan := w.plan("one", 3)
	var refused error
	w.ahead(2, func() { _, _, refused = second.Apply(t.Context(), plan, engine.ApplyOptions{}) })
	w.eng = first
	w.apply(plan)
	w.hook = nil
	if held := (*lease.HeldError)(nil); !errors.As(refused, &held) {
		t.Errorf("the second one: %v", refused)
	}
	w.eng = second
	w.law(plan)
	w.nothingOpen(plan)
	runs, err := second.Runs(t.Context(), "web", 10)
	if err != nil || len(runs) != 2 || runs[1].Requests == 0 || runs[0].Requests != 0 {
		t.Fatalf("runs %+v, %v", runs, err)
	}

	// What a machine left open that died, another one settles.
	next := w.plan("two", 3)
	ctx, die := context.WithCancel(t.Context())
	w.lose(http.MethodPatch, "devices", die)
	_, _, _ = second.Apply(ctx, next, engine.ApplyOptions{})
	w.handler = w.server
	w.eng = first
	w.expire()
	w.apply(next)
	w.law(next)
	w.nothingOpen(next)

	// What the one applied, the other undoes.
	runs, err = first.Runs(t.Context(), "web", 10)
	if err != nil {
		t.Fatal(err)
	}
	for i := range runs {
		if runs[i].Requests > 0 && runs[i].Status == "done" {
			back, err := second.Rollback(t.Context(), runs[i].ID)
			if err != nil {
				t.Fatal(err)
			}
			w.eng = second
			w.apply(back)
			return
		}
	}
	t.Error("no run to undo")
}
