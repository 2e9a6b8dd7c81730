package mirror_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/mirrortest"
)

// TestPastIsExactWithinASecond has an object come and one go within the second of a sync, which the
// next one finds: NetBox's clock tells seconds, but its changelog says in which order things were.
func TestPastIsExactWithinASecond(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "4.6")
	old := w.create("site", map[string]any{"name": "old", "slug": "old"})[0]
	w.sync(mirror.Options{})
	const early = 300 * time.Millisecond
	w.sleep(w.now().Truncate(time.Second).Add(time.Second + early).Sub(w.now()))
	w.sync(mirror.Options{})

	w.create("site", map[string]any{"name": "new", "slug": "new"})
	came := w.now()
	w.delete("site", old)
	left := w.now()
	if left.Truncate(time.Second) != came.Truncate(time.Second) {
		t.Fatal("not within a second")
	}
	w.sleep(time.Second)
	w.sync(mirror.Options{})

	for _, was := range []struct {
		at   time.Time
		want string
	}{{came, "new\nold\n"}, {left, "new\n"}} {
		path := filepath.Join(t.TempDir(), "then.db")
		if err := w.db.CopyAt(t.Context(), path, was.at); err != nil {
			t.Fatal(err)
		}
		then := mirrortest.OpenConfig(t, mirror.Config{Path: path})
		if got := mirrortest.Dump(t, then, "SELECT name FROM site ORDER BY name"); got != was.want {
			t.Errorf("at %s: %q, want %q", was.at, got, was.want)
		}
	}
}

// TestPastKeepsWhatNetBoxDidNotDate has a script change an object behind NetBox's back within the second in which a
// person had changed it: each is a version, as is what the next sync finds, and they are in the order in which they were.
func TestPastKeepsWhatNetBoxDidNotDate(t *testing.T) {
	t.Parallel()
	for name, at := range map[string]time.Duration{"within": 300 * time.Millisecond, "at its end": time.Second - time.Microsecond} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "4.6")
			site := w.create("site", map[string]any{"name": "one", "slug": "one"})[0]
			w.sync(mirror.Options{})
			w.sleep(w.now().Truncate(time.Second).Add(time.Second + at).Sub(w.now()))
			w.update("site", site, map[string]any{"name": "hers"})
			w.sync(mirror.Options{})
			for _, script := range []string{"script-1", "script-2"} {
				w.nb.Overwrite("sites", site, "name", script)
				w.sync(mirror.Options{Full: true})
			}
			w.sleep(time.Second)
			w.update("site", site, map[string]any{"name": "hers again"})
			w.sync(mirror.Options{})
			w.expect("versions",
				`SELECT group_concat(doc ->> 'name', ', ') FROM (SELECT doc FROM past WHERE id = 1 AND kind = 'site' ORDER BY until)`,
				"one, hers, script-1, script-2")
			w.expect("times", `SELECT count(DISTINCT until) FROM past WHERE until GLOB '2026-03-01T12:00:*.[0-9][0-9][0-9][0-9][0-9][0-9]Z'`, "4")
		})
	}
}
