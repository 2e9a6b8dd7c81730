package mirror_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/mirrortest"
)

// TestRebuiltMirrorKnowsEdits has a person edit an object of a plan, and another one on which
// nobody owns anything, has much happen since, and makes the mirror anew: who changed the
// first is known at once, who the second once it is asked for, each asked for once.
func TestRebuiltMirrorKnowsEdits(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"4.2", "4.4", "4.6", "4.7"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, version)
			f := w.build()
			w.update("device", f.devices[0], map[string]any{"serial": "hers"})
			w.update("site", f.sites[0], map[string]any{"name": "Renamed"})
			for range 30 {
				w.update("device", f.devices[1], map[string]any{"serial": fmt.Sprint(w.now().UnixNano())})
			}
			db := mirrortest.OpenConfig(t, mirror.Config{Now: w.now})
			syncer, err := mirror.NewSyncer(mirror.SyncerConfig{DB: db, Client: w.client, History: 5})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := syncer.Sync(t.Context(), mirror.Options{}); err != nil {
				t.Fatal(err)
			}
			edits := func(kind string, id int64, want string) {
				t.Helper()
				const query = `SELECT field FROM blame WHERE kind = ? AND id = ? AND action = 'update' AND user <> '' ORDER BY change_id`
				if got := strings.Fields(mirrortest.Dump(t, db, query, kind, id)); strings.Join(got, " ") != want {
					t.Errorf("edits of %s: %q, want %q", kind, got, want)
				}
			}
			edits("device", f.devices[0], "serial")
			edits("site", f.sites[0], "")
			for n, want := range []bool{true, false} {
				found, err := syncer.Recall(t.Context(), map[string][]int64{"site": {f.sites[0]}, "device": {f.devices[0]}})
				if err != nil || found != want {
					t.Errorf("recall %d: %t, %v", n, found, err)
				}
			}
			edits("site", f.sites[0], "name")
			asked := w.client.Requests()
			if _, err := syncer.Sync(t.Context(), mirror.Options{}); err != nil {
				t.Fatal(err)
			}
			edits("device", f.devices[0], "serial")
			if more := w.client.Requests() - asked; more > 40 {
				t.Errorf("the next sync made %d requests", more)
			}
		})
	}
}
