package engine_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/store"
)

// reopen opens a mirror and a store, and keeps what is noticed.
func (w *world) reopen(mirrorFile, storeFile string, notices *[]string) (*engine.Engine, error) {
	w.expire()
	eng, err := engine.New(w.Context(), engine.Config{
		URL: w.url, Token: w.token, Mirror: mirrorFile, Store: storeFile, Version: "test", Batch: 3, Parallel: 1,
		Wait: 50 * time.Millisecond, Notice: func(line string) { *notices = append(*notices, line) },
	})
	if err == nil {
		w.Cleanup(func() { _ = eng.Close() })
	}
	return eng, err
}

// spoil overwrites a part of a file.
func spoil(t *testing.T, path string, offset int64, with []byte) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if _, err := f.WriteAt(with, offset); err != nil {
		t.Fatal(err)
	}
}

func random(n int, seed uint64) []byte {
	out, source := make([]byte, n), rand.New(rand.NewPCG(seed, 1))
	for i := range out {
		out[i] = byte(source.Uint32())
	}
	return out
}

// TestDamagedMirror spoils a mirror anywhere: it is made anew and says so once, or the next
// run does; nothing is written that was not to be.
func TestDamagedMirror(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.plan("a", 3)
	w.apply(plan)
	if err := w.eng.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(w.dir, "mirror.db")
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	pages := int64(len(good) / 4096)
	noticed := 0
	for _, page := range []int64{0, 1, 2, pages / 4, pages / 3, pages / 2, 2 * pages / 3, pages - 3, pages - 1} {
		dir := t.TempDir()
		spoiled := filepath.Join(dir, "mirror.db")
		if err := os.WriteFile(spoiled, good, 0o600); err != nil {
			t.Fatal(err)
		}
		spoil(t, spoiled, max(page*4096, 24), random(4000, uint64(page)))
		var notices []string
		for range 2 {
			err = w.lawOn(plan, spoiled, filepath.Join(dir, "mirror.store.db"), &notices)
			if damaged := (*mirror.DamagedError)(nil); !errors.As(err, &damaged) {
				break // otherwise the next run reads NetBox anew
			}
		}
		if err != nil || len(notices) > 1 {
			t.Errorf("page %d of %d: %v, noticed %q", page, pages, err, notices)
		}
		noticed += len(notices)
		if len(notices) == 1 && (!strings.Contains(notices[0], spoiled) || strings.Contains(notices[0], "\n")) {
			t.Errorf("page %d: %q", page, notices[0])
		}
		if _, err := os.Stat(spoiled + ".damaged"); len(notices) == 1 && err != nil {
			t.Errorf("page %d: the damaged file is gone: %v", page, err)
		}
	}
	if noticed < 3 {
		t.Errorf("%d of the damages were noticed", noticed)
	}
}

// lawOn asserts the law, on another mirror.
func (w *world) lawOn(plan *generate.Plan, mirrorFile, storeFile string, notices *[]string) error {
	eng, err := w.reopen(mirrorFile, storeFile, notices)
	if err != nil {
		return err
	}
	defer func() { _ = eng.Close() }()
	w.server.ResetRequests()
	_, p, err := eng.Apply(w.Context(), plan, engine.ApplyOptions{})
	if err == nil && (p.Pending() != 0 || w.writes() != 0) {
		w.Errorf("%d changes are left, %d writes were sent", p.Pending(), w.writes())
	}
	return eng.Explain(w.Context(), err)
}

// TestDamagedWhileOpen finds the damage in a mirror that two processes have open: each goes
// on with the one that is made anew.
func TestDamagedWhileOpen(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.plan("a", 3)
	w.apply(plan)
	var one, two []string
	path := filepath.Join(w.dir, "mirror.db")
	if err := w.eng.Close(); err != nil {
		t.Fatal(err)
	}
	first, err := w.reopen(path, "", &one)
	if err != nil {
		t.Fatal(err)
	}
	second, err := w.reopen(path, "", &two)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	for page := int64(8); page < info.Size()/4096-1; page++ {
		spoil(t, path, page*4096, random(4000, uint64(page)))
	}
	w.edit("devices", "web/web[1]", `{"comments": "something to sync"}`)
	for _, eng := range []*engine.Engine{first, second, first} {
		if _, err := eng.Sync(t.Context(), mirror.Options{}); err != nil {
			t.Fatal(err)
		}
		w.eng = eng
		w.law(plan)
	}
	if len(one) != 1 || len(two) != 1 || !strings.Contains(two[0], "made anew by now") {
		t.Errorf("noticed %q and %q", one, two)
	}
}

// TestDamagedStore leaves a store alone that cannot be read, and names it and the way out.
func TestDamagedStore(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.plan("a", 3)
	w.apply(plan)
	if err := w.eng.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(w.dir, "mirror.store.db")
	for name, at := range map[string]int64{"no database": 0, "a header": 24, "a table": 4096} {
		before, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		spoil(t, path, at, random(4000, 1))
		spoiled, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var notices []string
		err = w.lawOn(plan, filepath.Join(w.dir, "mirror.db"), path, &notices)
		if damaged := (*store.DamagedError)(nil); !errors.As(err, &damaged) || !strings.Contains(err.Error(), path) || damaged.Hint() == "" {
			t.Errorf("%s: %v", name, err)
		}
		if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, spoiled) || len(notices) > 0 {
			t.Errorf("%s: it was changed: %v, %q", name, err, notices)
		}
		if err := os.WriteFile(path, before, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_ = os.Remove(path)
	w.open("mirror.db")
	w.law(plan)
}

// smallDisk is a folder on a disk with little room, and how to fill and to empty it.
func smallDisk(t *testing.T) (dir string, fill, empty func()) {
	t.Helper()
	dir = t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=24m"); err != nil {
		t.Skipf("no small disk can be mounted here: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	ballast := filepath.Join(dir, "ballast")
	fill = func() {
		f, err := os.Create(ballast)
		if err != nil {
			t.Error(err)
			return
		}
		for err == nil {
			_, err = io.Copy(f, bytes.NewReader(make([]byte, 4096)))
		}
		_ = f.Close()
	}
	return dir, fill, func() { _ = os.Remove(ballast) }
}

// TestFullDisk takes the room away from mirror and store at each moment of an apply: it stops
// with a word about that, and the next one goes on once there is room.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]int{
		"before": -1, "in the first request": 0, "in a later one": 4, "in the last one": 7,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, fill, empty := smallDisk(t)
			w := setup(t, "4.6")
			var notices []string
			eng, err := w.reopen(filepath.Join(dir, "mirror.db"), "", &notices)
			if err != nil {
				t.Fatal(err)
			}
			plan := w.plan(strings.Repeat("a long text ", 15), 4)
			if write < 0 {
				fill()
			} else {
				w.ahead(write, fill)
			}
			_, _, err = eng.Apply(t.Context(), plan, engine.ApplyOptions{})
			err = eng.Explain(t.Context(), err)
			if full := (*mirror.FullError)(nil); !errors.As(err, &full) || !strings.Contains(err.Error(), "no room is left for "+dir) {
				t.Fatalf("apply: %v", err)
			}
			w.hook = nil
			_ = eng.Close()
			empty()
			if w.eng, err = w.reopen(filepath.Join(dir, "mirror.db"), "", &notices); err != nil {
				t.Fatal(err)
			}
			w.apply(plan)
			w.unique()
			w.law(plan)
			w.nothingOpen(plan)
			if len(notices) > 0 {
				t.Errorf("noticed %q", notices)
			}
		})
	}
}
