// Package mirrortest opens mirrors for tests. It is imported by _test.go files
// only.
package mirrortest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/diet-project/diet/mirror"
)

// Open returns a new mirror in a temporary folder, closed when the test ends.
func Open(tb testing.TB) *mirror.DB {
	tb.Helper()
	return OpenConfig(tb, mirror.Config{})
}

// OpenConfig is Open with a configuration; an empty path is replaced.
func OpenConfig(tb testing.TB, cfg mirror.Config) *mirror.DB {
	tb.Helper()
	if cfg.Path == "" {
		cfg.Path = filepath.Join(tb.TempDir(), "mirror.db")
		if len(cfg.Kinds.All()) == 0 {
			Lay(tb, cfg.Path)
		}
	}
	db, err := mirror.Open(tb.Context(), cfg)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = db.Close() })
	return db
}

// Lay lays an empty mirror where there is no file yet: a copy of one that was made once, since
// to make its tables takes as long as many a test.
func Lay(tb testing.TB, path string) {
	tb.Helper()
	if _, err := os.Stat(path); err == nil {
		return
	}
	data, err := empty()
	if err == nil {
		err = os.WriteFile(path, data, 0o600)
	}
	if err != nil {
		tb.Fatalf("lay a mirror: %v", err)
	}
}

// empty is the file of a mirror that was never synced.
var empty = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "diet-mirror")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "mirror.db")
	db, err := mirror.Open(context.Background(), mirror.Config{Path: path})
	if err != nil {
		return nil, err
	}
	if err := db.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// Seed fills a kind of the mirror from objects as NetBox answers them, and makes
// their signatures, without a NetBox.
func Seed(tb testing.TB, db *mirror.DB, kind string, objects ...map[string]any) {
	tb.Helper()
	k, ok := db.Kinds().Of(kind)
	if !ok {
		tb.Fatalf("seed: unknown kind %q", kind)
	}
	page, err := json.Marshal(map[string]any{"results": objects})
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := db.Ingest(tb.Context(), db.SQL(), k, page); err != nil {
		tb.Fatalf("seed %s: %v", kind, err)
	}
	if err := db.Sign(tb.Context(), db.SQL()); err != nil {
		tb.Fatalf("seed %s: %v", kind, err)
	}
}

// Dump runs a query and returns one line a row, its columns set apart by "|".
func Dump(tb testing.TB, db *mirror.DB, query string, args ...any) string {
	tb.Helper()
	rows, err := db.SQL().QueryxContext(tb.Context(), query, args...)
	if err != nil {
		tb.Fatalf("dump: %v", err)
	}
	defer func() { _ = rows.Close() }()
	var out strings.Builder
	for rows.Next() {
		values, err := rows.SliceScan()
		if err != nil {
			tb.Fatalf("dump: %v", err)
		}
		for i, v := range values {
			if i > 0 {
				out.WriteByte('|')
			}
			fmt.Fprint(&out, v)
		}
		out.WriteByte('\n')
	}
	if err := rows.Err(); err != nil {
		tb.Fatalf("dump: %v", err)
	}
	return out.String()
}
