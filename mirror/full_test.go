package mirror_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/mirrortest"
)

// TestFullMirror lets a mirror not grow: a sync fails with a word about that, and the mirror
// is as it was before it.
func TestFullMirror(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "4.6")
	w.sync(mirror.Options{})
	f := w.build()
	for i := range 300 {
		w.create("rack", map[string]any{"name": fmt.Sprint("X", i), "site": f.sites[0], "comments": strings.Repeat("a long text ", 50)})
	}
	before := content(t, w.db)
	pages := strings.TrimSpace(mirrortest.Dump(t, w.db, "PRAGMA page_count"))
	mirrortest.Dump(t, w.db, "PRAGMA max_page_count = "+pages)
	for _, opt := range []mirror.Options{{}, {Full: true}} {
		_, err := w.syncer.Sync(t.Context(), opt)
		if full := (*mirror.FullError)(nil); !errors.As(mirror.Full(w.db.Path(), err), &full) || !strings.Contains(full.Error(), w.db.Path()) {
			t.Fatalf("sync: %v", err)
		}
		if content(t, w.db) != before {
			t.Error("a sync that found no room changed the mirror")
		}
	}
	mirrortest.Dump(t, w.db, "PRAGMA max_page_count = 1000000")
	w.follow("with room")
}

// TestSetAsideLeavesOtherFilesAlone moves no file away that is whole, or somebody else's.
func TestSetAsideLeavesOtherFilesAlone(t *testing.T) {
	t.Parallel()
	db := mirrortest.Open(t)
	cause := errors.New("damaged, they say")
	var damaged *mirror.DamagedError
	if err := mirror.SetAside(t.Context(), db.Path(), cause); !errors.As(err, &damaged) || damaged.Aside != "" || !errors.Is(err, cause) {
		t.Errorf("a mirror that is whole: %v", err)
	}
	if _, err := mirror.Open(t.Context(), mirror.Config{Path: db.Path()}); err != nil {
		t.Error(err)
	}
}
