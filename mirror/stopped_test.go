package mirror_test

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/mirrortest"
)

var every = flag.Bool("every", false, "stop syncs at every request, not at a sample of them")

// TestStoppedAnywhere stops a first sync, an incremental and a full one at their requests,
// with what they read written at once and as it comes: a mirror that counts as synced is
// as it was, and the next sync leaves what a first one would.
func TestStoppedAnywhere(t *testing.T) {
	t.Parallel()
	for name, spill := range map[string]int{"at once": 0, "as it comes": 1} {
		for _, how := range []string{"first", "incremental", "full"} {
			t.Run(how+" "+name, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, "4.6")
				f := w.build()
				for last := int64(0); ; last++ {
					if !*every {
						last += rand.Int64N(25)
					}
					w.db = mirrortest.OpenConfig(t, mirror.Config{Now: w.now})
					if how != "first" {
						if _, err := w.newSyncer(w.db, w.client).Sync(t.Context(), mirror.Options{}); err != nil {
							t.Fatal(err)
						}
						w.update("rack", f.racks[1], map[string]any{"site": f.sites[int(last)%2]})
						w.update("device", f.devices[0], map[string]any{"serial": fmt.Sprint(last)})
						w.delete("tag", w.create("tag", map[string]any{"name": "x", "slug": "x"})...)
					}
					if w.stopped(spill, last, how == "full") {
						return
					}
				}
			})
		}
	}
}

// stopped is a sync that ends at its last-th request, and then another one. It returns
// true if the sync came to its end.
func (w *world) stopped(spill int, last int64, full bool) bool {
	w.t.Helper()
	ctx, cancel := context.WithCancel(w.t.Context())
	defer cancel()
	var asked atomic.Int64
	w.mu.Lock()
	w.ask = func() {
		if asked.Add(1) > last {
			cancel()
		}
	}
	w.mu.Unlock()
	syncer, err := mirror.NewSyncer(mirror.SyncerConfig{DB: w.db, Client: w.client, Spill: spill})
	if err != nil {
		w.t.Fatal(err)
	}
	before := content(w.t, w.db)
	_, ended := syncer.Sync(ctx, mirror.Options{Full: full})
	w.mu.Lock()
	w.ask = nil
	w.mu.Unlock()
	if _, age := w.db.Age(w.t.Context()); ended != nil && age == nil && content(w.t, w.db) != before {
		w.t.Errorf("stopped at request %d: the mirror counts as synced, and changed", last)
	}
	if _, err := syncer.Sync(w.t.Context(), mirror.Options{}); err != nil {
		w.t.Errorf("after a stop at request %d: %v", last, err)
	}
	w.same(fmt.Sprintf("after a stop at request %d", last))
	return ended == nil
}
