package mirror_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/mirrortest"
)

// unlogged hides edits of racks and of manufacturers from the changelog.
func unlogged(path string, row map[string]any) bool {
	return path == "/api/core/object-changes/" && row["action"].(map[string]any)["value"] == "update" &&
		(row["changed_object_type"] == "dcim.rack" || row["changed_object_type"] == "dcim.manufacturer")
}

// TestSyncSeesUnloggedEditsAfterNetBoxsClockWentBack has edits behind NetBox's back date from
// before the last sync: right after the clock was put right, and where it has come by then again.
func TestSyncSeesUnloggedEditsAfterNetBoxsClockWentBack(t *testing.T) {
	t.Parallel()
	for name, later := range map[string]time.Duration{"at once": time.Minute, "hours later": 5 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "4.6")
			w.turn(3 * time.Hour)
			f := w.build()
			w.sync(mirror.Options{})
			w.turn(0)
			w.setHide(unlogged)
			w.sleep(time.Second)
			w.update("rack", f.racks[1], map[string]any{"serial": "nbshell"})
			w.sleep(later)
			if res := w.sync(mirror.Options{}); res.Full {
				t.Error("a full sync: " + res.Reason)
			}
			w.expect("edit", `SELECT count(*) FROM rack WHERE serial = 'nbshell'`, "1")
			w.update("manufacturer", 1, map[string]any{"name": "hers"})
			w.sleep(time.Hour)
			w.sync(mirror.Options{})
			w.expect("edit of what is asked for now and then", `SELECT count(*) FROM manufacturer WHERE name = 'hers'`, "1")
		})
	}
}

// TestPastGoesOnAfterNetBoxsClockWentBack has an object change and go after NetBox's clock was put
// right: each is a version of its own, in the order in which they were.
func TestPastGoesOnAfterNetBoxsClockWentBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "4.6")
	site := w.create("site", map[string]any{"name": "one", "slug": "one"})[0]
	w.sync(mirror.Options{})
	w.sleep(time.Hour)
	before := w.now()
	w.sleep(time.Minute)
	w.turn(3 * time.Hour)
	w.update("site", site, map[string]any{"name": "two"})
	w.sync(mirror.Options{})
	w.sleep(time.Minute)
	w.turn(0)
	w.update("site", site, map[string]any{"name": "three"})
	w.sleep(time.Minute)
	if res := w.sync(mirror.Options{}); !strings.Contains(strings.Join(res.Warnings, "\n"), "clock went back") {
		t.Errorf("warnings: %q", res.Warnings)
	}
	after := w.now()
	w.sleep(time.Minute)
	w.delete("site", site)
	w.sleep(time.Minute)
	if res := w.sync(mirror.Options{}); len(res.Warnings) != 0 {
		t.Errorf("warned again: %q", res.Warnings)
	}

	w.expect("versions", `SELECT group_concat(doc ->> 'name', ' ' ORDER BY until) FROM past WHERE kind = 'site'`, "one two three")
	w.expect("times", `SELECT count(*) FROM past WHERE until > '`+w.now().Format("2006-01-02T15:04:05Z")+`'`, "0")
	for _, was := range []struct {
		at   time.Time
		want string
	}{{before, "one\n"}, {after, "three\n"}, {w.now(), ""}} {
		path := filepath.Join(t.TempDir(), "then.db")
		if err := w.db.CopyAt(t.Context(), path, was.at); err != nil {
			t.Fatal(err)
		}
		then := mirrortest.OpenConfig(t, mirror.Config{Path: path})
		if got := mirrortest.Dump(t, then, "SELECT name FROM site"); got != was.want {
			t.Errorf("at %s: %q, want %q", was.at, got, was.want)
		}
	}
}

// TestServerNowIsExactAfterALongSync has every answer of NetBox take its time.
func TestServerNowIsExactAfterALongSync(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "4.6")
	w.turn(-time.Hour)
	w.build()
	w.mu.Lock()
	w.ask = func() { w.sleep(5 * time.Second) }
	w.mu.Unlock()
	w.sync(mirror.Options{})
	now, err := w.db.ServerNow(t.Context())
	if off := w.theirs().Sub(now); err != nil || off.Abs() > 6*time.Second {
		t.Errorf("NetBox's clock is off by %s: %v", off, err)
	}
}
