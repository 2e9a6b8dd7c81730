package store_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/store"
)

// TestShut opens a mirror and a store where there is no folder to make them in: what to do is said.
func TestShut(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, inMirror := mirror.Open(t.Context(), mirror.Config{Path: filepath.Join(file, "diet.db")})
	_, inStore := store.Open(t.Context(), filepath.Join(file, "diet.store.db"), "")
	for _, err := range []error{inMirror, inStore} {
		var hinter interface{ Hint() string }
		if !errors.As(err, &hinter) || !strings.Contains(hinter.Hint(), "--mirror") || !strings.Contains(hinter.Hint(), "--store") {
			t.Errorf("%v has no way out", err)
		}
	}
}
