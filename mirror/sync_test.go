package mirror_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/sandbox"
)

// Things happen in NetBox, and after each an incremental sync gives what a first
// one would.
func TestSyncFollows(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"4.2", "4.4", "4.6", "4.7"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, version)
			w.sync(mirror.Options{})
			f := w.build()
			w.follow("everything created")
			w.expect("signed", `SELECT object, plan, base = have FROM signature`, "p/device/d0|p|1")

			w.update("device", f.devices[0], map[string]any{"serial": "S1", "name": "d0x"})
			w.follow("device edited")
			w.expect("drift", `SELECT field, base, have FROM drift ORDER BY field`, "name|d0|d0x\nserial||S1")
			w.expect("blame",
				`SELECT fields FROM object_change WHERE object_type = 'dcim.device' AND action = 'update' ORDER BY id DESC LIMIT 1`,
				`["name","serial"]`)

			w.update("tag", f.tag, map[string]any{"slug": "crimson"})
			w.follow("tag renamed")
			w.expect("tag drift", `SELECT field FROM drift ORDER BY field`, "name\nserial\ntag.red")

			w.update("cable", f.cable, map[string]any{"b_terminations": end(f.ports[4])})
			w.follow("cable moved")
			w.expect("ends", `SELECT a, b FROM cable_end`, fmt.Sprintf("%d|%d", f.ports[0], f.ports[4]))

			w.update("rack", f.racks[1], map[string]any{"site": f.sites[1]})
			w.follow("rack moved to another site")
			w.expect("site", `SELECT DISTINCT site_id FROM device WHERE id <> `+fmt.Sprint(f.devices[0]), fmt.Sprint(f.sites[1]))

			w.update("location", f.location, map[string]any{"site": f.sites[1]})
			w.follow("location moved to another site")
			w.expect("sites", `SELECT DISTINCT site_id FROM device`, fmt.Sprint(f.sites[1]))

			w.delete("device", f.devices[2])
			w.follow("device deleted, its cable left dangling")
			w.expect("cascade", `SELECT count(*) FROM interface WHERE device_id = `+fmt.Sprint(f.devices[2]), "0")
			w.expect("ends", `SELECT a, b FROM cable_end`, fmt.Sprintf("%d|<nil>", f.ports[0]))

			w.delete("cable", f.cable)
			w.follow("cable deleted")

			w.delete("tag", f.tag)
			w.follow("tag deleted")

			field := w.create("custom_field",
				map[string]any{"name": "cost", "type": "integer", "object_types": []string{"dcim.device"}, "default": 7})[0]
			w.follow("custom field with a default")
			w.update("custom_field", field, map[string]any{"object_types": []string{"dcim.rack"}})
			w.follow("custom field given to another type")
			w.delete("custom_field", field)
			w.follow("custom field deleted")

			w.delete("device", f.devices[0])
			w.follow("managed device deleted")
			w.expect("deletion", `SELECT diet_id, diet_plan, name FROM object_change WHERE diet_id IS NOT NULL`, "p/device/d0|p|d0x")
			w.expect("signatures", `SELECT count(*) FROM signature`, "0")
		})
	}
}

func (w *world) expect(what, query, want string) {
	w.t.Helper()
	if got := w.query(query); got != want {
		w.t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

func TestSyncIsCheapWhereNothingMoved(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"4.4", "4.6"} {
		w := newWorld(t, version)
		w.build()
		w.sync(mirror.Options{})
		w.sleep(20 * time.Minute)
		w.sync(mirror.Options{})
		w.sleep(time.Minute)
		w.nb.ResetRequests()
		res := w.sync(mirror.Options{})
		if n := len(w.nb.Requests()); n > 7 || res.Requests != n || len(res.Kinds) != 0 || res.Changes != 0 {
			t.Errorf("%s: %d requests, said %d; %+v", version, n, res.Requests, res.Kinds)
		}
	}
}

// A transaction that began long ago ends: its rows have old ids and old times.
func TestSyncSeesLateCommits(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "4.6")
	f := w.build()
	w.sync(mirror.Options{})
	slow := w.create("rack", map[string]any{"name": "slow", "site": f.sites[0]})[0]
	w.setHide(func(path string, row map[string]any) bool {
		return path == "/api/dcim/racks/" && row["id"] == float64(slow) ||
			path == "/api/core/object-changes/" && row["changed_object_type"] == "dcim.rack" && row["changed_object_id"] == float64(slow)
	})
	w.sleep(5 * time.Minute)
	w.update("rack", f.racks[0], map[string]any{"serial": "quick"})
	w.sync(mirror.Options{})
	w.expect("hidden", `SELECT count(*) FROM rack WHERE name = 'slow'`, "0")
	w.setHide(nil)
	w.sleep(5 * time.Minute)
	w.follow("late commit")
	w.expect("seen", `SELECT count(*) FROM rack WHERE name = 'slow'`, "1")
}

// What was written past the changelog shows by last_updated alone.
func TestSyncSeesUnloggedEdits(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "4.6")
	f := w.build()
	w.sync(mirror.Options{})
	w.sleep(time.Minute)
	w.setHide(func(path string, row map[string]any) bool {
		return path == "/api/core/object-changes/" && row["action"].(map[string]any)["value"] == "update" &&
			row["changed_object_type"] == "dcim.device"
	})
	w.update("device", f.devices[1], map[string]any{"serial": "nbshell"})
	w.sync(mirror.Options{})
	w.expect("edit", `SELECT count(*) FROM device WHERE serial = 'nbshell'`, "1")
}

// Rows that vanished or appeared without any trace show by their number.
func TestSyncSweepsWhereNumbersDiffer(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "4.4")
	w.build()
	w.sync(mirror.Options{})
	w.sleep(time.Hour)
	w.sync(mirror.Options{})
	w.exec(`DELETE FROM interface WHERE id = (SELECT min(id) FROM interface)`)
	w.exec(`INSERT INTO tag (id, slug, name, hash) VALUES (999, 'ghost', 'Ghost', 1), (998, 'wraith', 'Wraith', 1)`)
	w.sleep(time.Minute)
	w.sync(mirror.Options{})
	w.expect("not counted yet", `SELECT count(*) FROM tag`, "3")
	w.sleep(time.Hour)
	w.follow("swept")
}

func TestSyncGuardsAgainstMassDisappearance(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "4.6")
	f := w.build()
	for i := range 30 {
		w.create("rack", map[string]any{"name": fmt.Sprint("X", i), "site": f.sites[0]})
	}
	w.sync(mirror.Options{})
	before := content(t, w.db)
	w.setHide(func(path string, _ map[string]any) bool { return path == "/api/dcim/racks/" })
	_, err := w.syncer.Sync(t.Context(), mirror.Options{Full: true})
	var mass *mirror.MassError
	if !errors.As(err, &mass) || mass.Kind != "rack" || mass.Lost != 32 || mass.Total != 32 || mass.Hint() == "" {
		t.Fatalf("sync: %v", err)
	}
	if content(t, w.db) != before {
		t.Error("the mirror is not as it was")
	}
	w.sync(mirror.Options{Full: true, Force: true})
	w.expect("forced", `SELECT count(*) FROM rack`, "0")
}

func TestSyncAllowsLoggedMassDeletion(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "4.6")
	f := w.build()
	var ids []int64
	for i := range 30 {
		ids = append(ids, w.create("rack", map[string]any{"name": fmt.Sprint("X", i), "site": f.sites[0]})...)
	}
	w.sync(mirror.Options{})
	w.delete("rack", ids...)
	w.follow("all deleted")
}

func TestFailedSyncLeavesTheMirror(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "4.6")
	w.sync(mirror.Options{})
	f := w.build()
	before := content(t, w.db)
	w.nb.FailNext(sandbox.Fault{PathPrefix: "/api/dcim/cables/", Status: http.StatusInternalServerError,
		Body: `{"error": "x", "exception": "KeyError"}`, Times: 99})
	for _, opt := range []mirror.Options{{}, {Full: true}} {
		if _, err := w.syncer.Sync(t.Context(), opt); err == nil {
			t.Fatal("sync succeeded")
		}
		if content(t, w.db) != before {
			t.Error("a failed sync changed the mirror")
		}
	}
	w.nb.ResetFaults()
	w.follow("after the failure")
	if age, err := w.db.Age(t.Context()); err != nil || age <= 0 || age > time.Minute {
		t.Errorf("age %v, %v", age, err)
	}
	_ = f
}

func TestSyncRepeatsReads(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "4.6")
	w.build()
	for _, status := range []int{429, 502, 503, 504} {
		w.nb.FailNext(sandbox.Fault{Method: http.MethodGet, PathPrefix: "/api/dcim/", Status: status})
	}
	w.nb.FailNext(sandbox.Fault{Method: http.MethodGet, PathPrefix: "/api/status/", Status: 502})
	w.sync(mirror.Options{})
	w.same("after faults")
}

func TestSyncRefusesAnotherNetBox(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "4.6")
	w.sync(mirror.Options{})
	other := newWorld(t, "4.6")
	s := w.newSyncer(w.db, other.client)
	var e *mirror.OtherError
	if _, err := s.Sync(t.Context(), mirror.Options{}); !errors.As(err, &e) || e.Have != w.url || e.Hint() == "" {
		t.Errorf("sync: %v", err)
	}
}

// NetBox was restored from a backup: its changelog ends before the mirror's.
func TestSyncNoticesARestore(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "4.6")
	w.build()
	w.sync(mirror.Options{})
	w.sleep(time.Hour)
	w.sync(mirror.Options{})
	var anchor float64
	if err := w.db.SQL().Get(&anchor, `SELECT value FROM sync_state WHERE key = 'low'`); err != nil {
		t.Fatal(err)
	}
	w.setHide(func(path string, row map[string]any) bool {
		return path == "/api/core/object-changes/" && row["id"].(float64) >= anchor
	})
	res := w.sync(mirror.Options{})
	if !res.Full {
		t.Error("the sync was not full")
	}
	w.expect("stale changes", fmt.Sprintf(`SELECT count(*) FROM object_change WHERE id >= %d`, int64(anchor)), "0")
}

// After a restore NetBox gives ids out again: what had the id is lost, not deleted.
func TestSyncNoticesAnotherObjectOfAnID(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "4.6")
	f := w.build()
	w.sync(mirror.Options{})
	w.exec(`UPDATE device SET object_id = 'web/x[1]', plan = 'web', managed = 1 WHERE id = ?`, f.devices[0])
	w.exec(`UPDATE device SET created = '2026-01-01T00:00:00.000000Z', hash = 0, text_hash = 0 WHERE id = ?`, f.devices[0])
	w.exec(`DELETE FROM lost`)
	for range 2 {
		w.sync(mirror.Options{Full: true})
		w.expect("lost", `SELECT kind || ' ' || object || ' ' || id FROM lost`, fmt.Sprint("device web/x[1] ", f.devices[0]))
	}
}

func TestSyncWithoutChangelog(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "4.6")
	f := w.build()
	w.sync(mirror.Options{})
	denied := sandbox.Fault{PathPrefix: "/api/core/object-changes/", Status: http.StatusForbidden,
		Body: `{"detail": "You do not have permission to perform this action."}`, Times: 99}
	w.nb.FailNext(denied)
	for range 2 {
		w.update("device", f.devices[1], map[string]any{"serial": fmt.Sprint(w.now().UnixNano())})
		res := w.sync(mirror.Options{})
		if !res.Full || len(res.Warnings) != 1 {
			t.Errorf("full %v, warnings %q", res.Full, res.Warnings)
		}
	}
	w.nb.ResetFaults()
	w.sync(mirror.Options{})
	w.follow("changelog again")
}

func TestReread(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "4.6")
	if _, err := w.syncer.Reread(t.Context(), "device", []int64{1}); !errors.Is(err, mirror.ErrNeverSynced) {
		t.Errorf("reread: %v", err)
	}
	f := w.build()
	w.sync(mirror.Options{})
	w.update("device", f.devices[0], map[string]any{"serial": "S9"})
	w.delete("device", f.devices[2])
	res, err := w.syncer.Reread(t.Context(), "device", []int64{f.devices[0], f.devices[2]})
	if err != nil || res.Kinds["device"] != (mirror.Counts{Upserted: 1, Deleted: 1}) {
		t.Fatalf("reread: %+v, %v", res, err)
	}
	w.expect("drift", `SELECT field FROM drift`, "serial")
	w.follow("after it")
}

func TestSyncOfManyEdits(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "4.6")
	f := w.build()
	w.sync(mirror.Options{})
	var items []map[string]any
	for i := range 1100 {
		items = append(items, map[string]any{"device": f.devices[i%3], "name": fmt.Sprint("x", i), "type": "virtual"})
	}
	ids := w.create("interface", items...)
	w.nb.ResetRequests()
	w.follow("many created")
	ranges := slices.ContainsFunc(w.nb.Requests(), func(r sandbox.Request) bool {
		return r.Path == "/api/dcim/interfaces/" && strings.Contains(r.Query, "id__lte=")
	})
	if !ranges {
		t.Error("new objects were read one by one")
	}
	w.sync(mirror.Options{})
	w.nb.ResetRequests()
	w.sleep(5 * time.Minute)
	w.sync(mirror.Options{})
	w.sleep(time.Minute)
	w.nb.ResetRequests()
	w.sync(mirror.Options{})
	lists := map[string]int{}
	for _, r := range w.nb.Requests() {
		lists[r.Path]++
	}
	if lists["/api/dcim/interfaces/"] > 3 || lists["/api/core/object-changes/"] > 2 {
		t.Errorf("requests though nothing moved: %v", lists)
	}
	w.update("interface", ids[5], map[string]any{"label": "new"})
	w.follow("one of many edited")
}

func TestCanWrite(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "4.6")
	if err := w.client.CanWrite(t.Context()); err != nil {
		t.Errorf("CanWrite: %v", err)
	}
	if n := len(w.nb.Objects("devices")); n != 0 {
		t.Errorf("%d devices", n)
	}
}

// Changes are forgotten once they are old enough, but not what keeps diet from making an
// object again unasked, nor what the next sync goes on from.
func TestSyncPrunesChanges(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "4.6")
	f := w.build()
	syncer, err := mirror.NewSyncer(mirror.SyncerConfig{DB: w.db, Client: w.client, Keep: 24 * time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	w.syncer = syncer
	w.sync(mirror.Options{})
	w.delete("device", f.devices[0]) // an object of a plan
	w.delete("device", f.devices[2])
	w.follow("deleted")
	w.sleep(25 * time.Hour)
	w.update("device", f.devices[1], map[string]any{"serial": "S1"})
	w.follow("a day later")
	// The newest of them is where the changelog is read on from.
	w.expect("changes", `SELECT action, object_type, diet_id FROM object_change
		WHERE time < '2026-03-02' AND id < (SELECT max(id) FROM object_change WHERE time < '2026-03-02')`,
		"delete|dcim.device|p/device/d0")
	w.update("device", f.devices[1], map[string]any{"serial": "S2"})
	w.follow("after that")
	w.sleep(time.Hour)
	w.follow("and nothing")
}

// TestSyncOfWholeKinds reads the kinds that somebody names, though nothing says that
// anything changed.
func TestSyncOfWholeKinds(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "4.6")
	f := w.build()
	w.sync(mirror.Options{})
	w.exec(`UPDATE device SET serial = 'stale', hash = 0, text_hash = 0 WHERE id = ?`, f.devices[1])
	w.sync(mirror.Options{})
	w.expect("without", `SELECT count(*) FROM device WHERE serial = 'stale'`, "1")
	if res := w.sync(mirror.Options{Whole: []kinds.Kind{kinds.Standard().Must("device")}}); res.Full {
		t.Error("the sync was full")
	}
	w.same("whole")
}

// TestSyncNamesTags blames the change of a tag by its slug, also where the tag is newer than the last
// sync: the changelog names tags, and is read ahead of them.
func TestSyncNamesTags(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"4.2", "4.4", "4.6", "4.7"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, version)
			f := w.build()
			const touched = `SELECT field FROM blame
				WHERE kind = 'device' AND id = %d AND action = 'update' AND field GLOB 'tag.*'
				ORDER BY change_id, field`
			tag := func(name, slug string) {
				id := w.create("tag", map[string]any{"name": name, "slug": slug})[0]
				w.update("device", f.devices[0], map[string]any{"tags": []any{id}})
			}
			tag("Gold Tier", "gold")
			w.sync(mirror.Options{})
			if _, err := w.syncer.Recall(t.Context(), map[string][]int64{"device": {f.devices[0]}}); err != nil {
				t.Fatal(err)
			}
			w.expect("of a first sync", fmt.Sprintf(touched, f.devices[0]), "tag.gold\ntag.red")
			tag("PCI", "pci")
			w.sync(mirror.Options{})
			w.expect("of the next one", fmt.Sprintf(touched, f.devices[0]), "tag.gold\ntag.red\ntag.gold\ntag.pci")
		})
	}
}
