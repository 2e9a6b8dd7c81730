package mirror_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/diet-project/diet/mirror"
)

// A backup of a moment ago was restored: the changelog still has the change
// that the sync goes on from, but not the last ones, or others under their ids.
func TestSyncNoticesARecentRestore(t *testing.T) {
	t.Parallel()
	for name, alter := range map[string]func(row map[string]any) bool{
		"rows are gone": func(map[string]any) bool { return true },
		"ids are reused": func(row map[string]any) bool {
			row["request_id"] = "00000000-0000-4000-8000-000000000000"
			return false
		},
		"and none follow": nil,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "4.6")
			f := w.build()
			w.sync(mirror.Options{})
			w.sleep(time.Hour)
			w.sync(mirror.Options{}) // all so far is settled
			w.update("device", f.devices[0], map[string]any{"serial": "S1"})
			w.sync(mirror.Options{})
			var last float64
			if err := w.db.SQL().Get(&last, `SELECT max(id) FROM object_change`); err != nil {
				t.Fatal(err)
			}
			if alter != nil {
				w.update("device", f.devices[1], map[string]any{"serial": "S2"})
			} else {
				alter = func(map[string]any) bool { return true }
			}
			w.setHide(func(path string, row map[string]any) bool {
				return path == "/api/core/object-changes/" && row["id"] == last && alter(row)
			})
			if res := w.sync(mirror.Options{}); !res.Full {
				t.Error("the sync was not full")
			}
			w.setHide(nil)
		})
	}
}

// NetBox erases the values of a custom field that is taken away, without a row
// for the objects and without a new last_updated; giving it back leaves it as it
// was, but empty.
func TestSyncSeesErasedCustomFields(t *testing.T) {
	t.Parallel()
	owned := []string{"dcim.rack", "dcim.device", "dcim.interface", "dcim.cable"}
	field := func(w *world) int64 {
		for _, o := range w.nb.Objects("custom-fields") {
			if o["name"] == "diet_object_id" {
				return int64(o["id"].(float64))
			}
		}
		w.t.Fatal("no custom field")
		return 0
	}
	for name, erase := range map[string]func(w *world){
		"made anew": func(w *world) {
			w.delete("custom_field", field(w))
			w.create("custom_field", map[string]any{"name": "diet_object_id", "type": "text", "object_types": owned})
		},
		"taken away and given back": func(w *world) {
			w.update("custom_field", field(w), map[string]any{"object_types": owned[:1]})
			w.update("custom_field", field(w), map[string]any{"object_types": owned})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "4.6")
			w.build()
			w.sync(mirror.Options{})
			w.sleep(time.Hour)
			w.sync(mirror.Options{})
			erase(w)
			w.follow(name)
			w.expect("owned", `SELECT count(*) FROM device WHERE object_id IS NOT NULL`, "0")
		})
	}
}

// A rack that moves while a sync reads may be seen moved when its devices were
// read before: where they stand tells.
func TestSyncPutsDevicesWhereTheirRackStands(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "4.6")
	f := w.build()
	w.sync(mirror.Options{})
	w.update("rack", f.racks[1], map[string]any{"site": f.sites[1]})
	w.exec(fmt.Sprintf(`UPDATE rack SET site_id = %d WHERE id = %d`, f.sites[1], f.racks[1]))
	w.follow("rack seen moved, its devices not")
	w.expect("site", fmt.Sprintf(`SELECT DISTINCT site_id FROM device WHERE rack_id = %d`, f.racks[1]), fmt.Sprint(f.sites[1]))
}
