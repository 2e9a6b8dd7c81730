package mirror_test

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/mirrortest"
)

// A sync is one transaction, and may be long: those who read the mirror
// meanwhile see it as it was, and those who would write are told why not.
func TestLockedMirror(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "4.6")
	w.build()
	path := filepath.Join(t.TempDir(), "shared.db")
	open := func() *mirror.DB { return mirrortest.OpenConfig(t, mirror.Config{Path: path, Now: w.now}) }
	mine, other := open(), open()
	if _, err := w.newSyncer(mine, w.client).Sync(t.Context(), mirror.Options{}); err != nil {
		t.Fatal(err)
	}
	hold := make(chan struct{})
	release := sync.OnceFunc(func() { close(hold) })
	defer release() // else a failure here would leave the server waiting
	w.setHide(func(path string, _ map[string]any) bool {
		if path == "/api/dcim/cables/" {
			<-hold
		}
		return false
	})
	done := make(chan error, 1)
	go func() {
		_, err := w.newSyncer(mine, w.client).Sync(t.Context(), mirror.Options{Full: true})
		done <- err
	}()
	if _, err := other.SQL().Exec(`PRAGMA busy_timeout = 1`); err != nil {
		t.Fatal(err)
	}
	busy := lockOut(t, other)
	if busy.Hint() == "" || busy.Error() == "" {
		t.Error("the error says nothing")
	}
	if _, err := other.Age(t.Context()); err != nil {
		t.Errorf("age during a sync: %v", err)
	}
	reader, err := mirror.OpenReadOnly(t.Context(), path, "")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = reader.Close() }()
	rows, err := reader.Query(t.Context(), `SELECT id FROM device`)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for rows.Next() {
		n++
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil || n != 3 {
		t.Errorf("reading during a sync: %d, %v", n, err)
	}
	release()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(patience):
		t.Fatal("the sync does not end")
	}
	tx, err := other.Begin(t.Context())
	if err != nil {
		t.Fatalf("write after a sync: %v", err)
	}
	_ = tx.Rollback()
}

// patience is how long a test waits for what another goroutine does.
const patience = time.Minute

// lockOut begins to write until another writer is in the way.
func lockOut(t *testing.T, db *mirror.DB) *mirror.BusyError {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		tx, err := db.Begin(ctx)
		var busy *mirror.BusyError
		if errors.As(err, &busy) {
			return busy
		}
		if err != nil {
			t.Fatal(err)
		}
		_ = tx.Rollback()
	}
}
