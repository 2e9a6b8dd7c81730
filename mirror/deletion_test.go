package mirror_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/mirrortest"
)

// TestRebuiltMirrorKnowsDeletions deletes an object of a plan, has much happen since, and
// makes the mirror anew: the deletion is known, though the first sync reads the newest
// changes only, and a mirror that rested while as much happened knows those of then.
func TestRebuiltMirrorKnowsDeletions(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"4.2", "4.4", "4.6", "4.7"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, version)
			f := w.build()
			w.delete("device", f.devices[0])
			for range 30 {
				w.update("device", f.devices[1], map[string]any{"serial": fmt.Sprint(w.now().UnixNano())})
			}
			db := mirrortest.OpenConfig(t, mirror.Config{Now: w.now})
			syncer, err := mirror.NewSyncer(mirror.SyncerConfig{DB: db, Client: w.client, History: 5})
			if err != nil {
				t.Fatal(err)
			}
			sync := func(opt mirror.Options) {
				t.Helper()
				if _, err := syncer.Sync(t.Context(), opt); err != nil {
					t.Fatal(err)
				}
			}
			deleted := func(want string) {
				t.Helper()
				const query = `SELECT diet_id, diet_plan, name FROM object_change WHERE action = 'delete' AND diet_id IS NOT NULL ORDER BY id`
				if got := strings.TrimSpace(mirrortest.Dump(t, db, query)); got != want {
					t.Errorf("deletions: %q", got)
				}
			}
			sync(mirror.Options{})
			deleted("p/device/d0|p|d0")
			w.update("device", f.devices[1], map[string]any{"custom_fields": map[string]any{"diet_object_id": "p/device/d1", "diet_plan_id": "p"}})
			w.delete("device", f.devices[1])
			for range 30 {
				w.update("device", f.devices[2], map[string]any{"serial": fmt.Sprint(w.now().UnixNano())})
			}
			sync(mirror.Options{Full: true})
			deleted("p/device/d0|p|d0\np/device/d1|p|d1")
		})
	}
}
