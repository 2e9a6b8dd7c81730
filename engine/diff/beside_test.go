package diff_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/diet-project/diet/engine/diff"
	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/mirrortest"
)

// TestDiffLocksNothing compares while another process is writing the mirror: what a diff
// has to write it has written before.
func TestDiffLocksNothing(t *testing.T) {
	t.Parallel()
	base := object{"name": "web-001", "site": 1, "rack": 1, "device_type": 1, "role": 1, "status": "active"}
	db := seed(t, base, "")
	expectNothing := func() {
		t.Helper()
		set, err := diff.Diff(t.Context(), db, topology(nil), diff.Told{})
		if err != nil || len(set.Changes) != 0 {
			t.Fatalf("%+v, %v", set, err)
		}
	}
	expectNothing()
	other := mirrortest.OpenConfig(t, mirror.Config{Path: db.Path()})
	tx, err := other.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	expectNothing()
}

// TestDiffBeside compares again and again while another process writes the mirror without
// a pause, and a third compares another plan: each diff sees one moment whole, and ends.
func TestDiffBeside(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "shared.db")
	base := object{"name": "web-001", "site": 1, "rack": 1, "device_type": 1, "role": 1, "status": "active", "description": "plan"}
	db := seedAt(t, path, base, "plan")
	writer := mirrortest.OpenConfig(t, mirror.Config{Path: path})
	third := mirrortest.OpenConfig(t, mirror.Config{Path: path})
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 2)
	go func() { done <- until(ctx, func(n int) error { return edit(writer, n) }) }()
	go func() {
		done <- until(ctx, func(n int) error {
			text := fmt.Sprint("third ", n)
			_, err := diff.Diff(t.Context(), third, topology(&text), diff.Told{})
			return err
		})
	}()
	want := "plan"
	seen := map[any]bool{}
	for range 60 {
		set, err := diff.Diff(t.Context(), db, topology(&want), diff.Told{})
		if err != nil {
			t.Fatal(err)
		}
		var have []any
		for _, c := range set.Changes {
			for _, f := range c.Fields {
				if f.Name == "description" {
					if f.Want != "plan" {
						t.Fatalf("the diff compared with another one's plan: %+v", f)
					}
					have = append(have, f.Have)
				}
				if f.Name == "u_height" {
					have = append(have, fmt.Sprint("edit ", f.Have))
				}
			}
		}
		if len(have) == 2 && have[0] != have[1] || len(have) == 1 {
			t.Fatalf("the diff saw half of a transaction: %v", have)
		}
		seen[fmt.Sprint(have)] = true
	}
	stop()
	for range 2 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if len(seen) < 2 {
		t.Errorf("nobody wrote meanwhile: %v", seen)
	}
}

// until runs f again and again.
func until(ctx context.Context, f func(n int) error) error {
	for n := 1; ctx.Err() == nil; n++ {
		if err := f(n); err != nil {
			return err
		}
	}
	return nil
}

// edit changes the rack's height and the device's description to the same number, as a
// sync does: in one transaction.
func edit(db *mirror.DB, n int) error {
	tx, err := db.Begin(context.Background())
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	for _, query := range []string{
		"UPDATE device SET description = 'edit ' || ?, stale = 1",
		"UPDATE rack SET u_height = ?, stale = 1",
	} {
		if _, err := tx.Exec(query, n+100); err != nil {
			return err
		}
	}
	if err := db.Sign(context.Background(), tx); err != nil {
		return err
	}
	return tx.Commit()
}
