package store

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/diet-project/diet/mirror"
)

// TestFullStore lets a store not grow: what cannot be noted is an error that says why, and
// what was noted stands.
func TestFullStore(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.store.db")
	s, err := openFile(t.Context(), path, "", true)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if err := s.Begin(t.Context(), Run{ID: "run-1", Plan: "web", StartedAt: "1"}); err != nil {
		t.Fatal(err)
	}
	limit := func(pages string) {
		t.Helper()
		if _, err := s.db.ExecContext(t.Context(), "PRAGMA max_page_count = "+pages); err != nil {
			t.Fatal(err)
		}
	}
	limit("60")
	sent := int64(0)
	for err == nil && sent < 1000 {
		r := Request{Run: "run-1", Seq: sent + 1, Objects: "[]", Payload: strings.Repeat("x", 2000), Inverse: "[]"}
		if err = s.Sent(t.Context(), r); err == nil {
			sent++
		}
	}
	if full := (*mirror.FullError)(nil); !errors.As(err, &full) || !strings.Contains(err.Error(), path) {
		t.Fatalf("after %d requests: %v", sent, err)
	}
	limit("10000")
	if open, err := s.Open(t.Context(), "", "web"); err != nil || int64(len(open)) != sent {
		t.Errorf("%d of %d requests stand, %v", len(open), sent, err)
	}
	if err := s.Sent(t.Context(), Request{Run: "run-1", Seq: sent + 1, Objects: "[]", Payload: "[]", Inverse: "[]"}); err != nil {
		t.Error(err)
	}
}
