package mirror_test

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/mirrortest"
)

// TestSnapshot reads and writes a mirror that another process writes too.
func TestSnapshot(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "shared.db")
	mine := mirrortest.OpenConfig(t, mirror.Config{Path: path})
	other := mirrortest.OpenConfig(t, mirror.Config{Path: path})
	write := func(s *mirror.Snapshot, name string) error {
		return s.Write(t.Context(), func() error {
			_, err := s.Tx().Exec("INSERT INTO sync_kind (kind, rows, synced_at) VALUES (?, 1, '')", name)
			return err
		})
	}
	names := func(s *mirror.Snapshot) (n int) {
		if err := s.Tx().Get(&n, "SELECT count(*) FROM sync_kind"); err != nil {
			t.Fatal(err)
		}
		return n
	}
	put := func(name string) {
		if _, err := other.SQL().Exec("INSERT INTO sync_kind (kind, rows, synced_at) VALUES (?, 1, '')", name); err != nil {
			t.Fatalf("the snapshot keeps others out: %v", err)
		}
	}
	s, err := mine.Snapshot(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(write(s, "a"), write(s, "b")); err != nil || names(s) != 2 {
		t.Errorf("%d rows after two writes: %v", names(s), err)
	}
	put("theirs")
	if n := names(s); n != 2 {
		t.Errorf("%d rows in the snapshot after another one's write, want 2", n)
	}
	if err := write(s, "c"); !errors.Is(err, mirror.ErrMoved) {
		t.Errorf("a write after another one's: %v", err)
	}
	s.Close()

	if s, err = mine.Snapshot(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	put("theirs too")
	err = s.Finish(t.Context(), func() error {
		_, err := s.Tx().Exec("DELETE FROM sync_kind WHERE kind = 'a'")
		return err
	})
	s.Close()
	if err != nil {
		t.Errorf("the last write: %v", err)
	}
	if got, want := mirrortest.Dump(t, mine, "SELECT kind FROM sync_kind ORDER BY kind"), "b\ntheirs\ntheirs too\n"; got != want {
		t.Errorf("the mirror has %q, want %q", got, want)
	}
}
