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
