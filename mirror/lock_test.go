package mirror_test

import (
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/mirrortest"
)

// patience is how long a test waits for what another goroutine does.
const patience = time.Minute

// hang lets NetBox answer about cables only once release is called; asked is closed when
// it is asked.
func (w *world) hang() (asked chan struct{}, release func()) {
	hold := make(chan struct{})
	asked = make(chan struct{})
	once := sync.OnceFunc(func() { close(asked) })
	w.setHide(func(path string, _ map[string]any) bool {
		if path == "/api/dcim/cables/" {
			once()
			<-hold
		}
		return false
	})
	release = sync.OnceFunc(func() { close(hold) })
	w.t.Cleanup(release) // else a failure would leave the server waiting
	return asked, release
}

// TestSyncHoldsNothing lets NetBox hang in a sync: others read and write the mirror
// meanwhile, and see it as it was. A second sync waits for the first, and says so.
func TestSyncHoldsNothing(t *testing.T) {
	t.Parallel()
	for name, opt := range map[string]mirror.Options{"first": {}, "full": {Full: true}, "incremental": {Verify: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "4.6")
			f := w.build()
			path := filepath.Join(t.TempDir(), "shared.db")
			open := func() *mirror.DB { return mirrortest.OpenConfig(t, mirror.Config{Path: path, Now: w.now}) }
			mine, other := open(), open()
			if name != "first" {
				if _, err := w.newSyncer(mine, w.client).Sync(t.Context(), mirror.Options{}); err != nil {
					t.Fatal(err)
				}
			}
			w.update("device", f.devices[0], map[string]any{"serial": "new"})
			asked, release := w.hang()
			done := make(chan error, 2)
			go func() {
				_, err := w.newSyncer(mine, w.client).Sync(t.Context(), opt)
				done <- err
			}()
			await(t, asked)
			writes(t, other)
			if name != "first" {
				reads(t, path, "")
			}
			waits := make(chan struct{})
			go func() {
				second, err := mirror.NewSyncer(mirror.SyncerConfig{DB: other, Client: w.client, Progress: func(e mirror.Event) {
					if e.Phase == mirror.Waiting {
						close(waits)
					}
				}})
				if err == nil {
					_, err = second.Sync(t.Context(), mirror.Options{})
				}
				done <- err
			}()
			await(t, waits)
			release()
			for range 2 {
				if err := <-done; err != nil {
					t.Error(err)
				}
			}
			reads(t, path, "new")
		})
	}
}

func await(t *testing.T, c <-chan struct{}) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(patience):
		t.Fatal("it does not come to that")
	}
}

// writes begins a transaction, as patiently as another process does: a sync that waits for
// NetBox lets go soon.
func writes(t *testing.T, db *mirror.DB) {
	t.Helper()
	tx, err := db.Begin(t.Context())
	if err != nil {
		t.Fatalf("write during a sync: %v", err)
	}
	_ = tx.Rollback()
}

// reads asserts what the first device's serial is in the mirror.
func reads(t *testing.T, path, serial string) {
	t.Helper()
	reader, err := mirror.OpenReadOnly(t.Context(), path, "")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = reader.Close() }()
	rows, err := reader.Query(t.Context(), `SELECT serial FROM device ORDER BY id LIMIT 1`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var got string
	for rows.Next() {
		if err := rows.Scan(&got); err != nil {
			t.Fatal(err)
		}
	}
	if rows.Err() != nil || got != serial {
		t.Errorf("the serial is %q, %v; want %q", got, rows.Err(), serial)
	}
}

// TestSyncAmongMigrations refuses to go on where another version of diet made the tables
// anew meanwhile.
func TestSyncAmongMigrations(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "4.6")
	w.build()
	w.sync(mirror.Options{})
	asked, release := w.hang()
	done := make(chan error, 1)
	go func() {
		_, err := w.syncer.Sync(t.Context(), mirror.Options{Full: true})
		done <- err
	}()
	await(t, asked)
	w.exec(`CREATE VIEW another AS SELECT 1`)
	release()
	if err := <-done; err == nil {
		t.Error("the sync went on")
	}
	w.sync(mirror.Options{})
	w.same("after that")
}

// TestBusyMirror says who is in the way.
func TestBusyMirror(t *testing.T) {
	t.Parallel()
	db := mirrortest.Open(t)
	other := mirrortest.OpenConfig(t, mirror.Config{Path: db.Path()})
	tx, err := db.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := other.SQL().Exec(`PRAGMA busy_timeout = 1`); err != nil {
		t.Fatal(err)
	}
	_, err = other.Begin(t.Context())
	busy, ok := err.(*mirror.BusyError) //nolint:errorlint // it is that one
	if !ok || busy.Hint() == "" || busy.Error() == "" {
		t.Errorf("begin: %v", err)
	}
}
