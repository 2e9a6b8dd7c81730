package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestLooksWhereNothingMayBeWritten looks in a folder that may not be written: what is looked at is a
// copy, and nothing is left behind.
func TestLooksWhereNothingMayBeWritten(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may write everywhere")
	}
	t.Parallel()
	g := newGround(t)
	g.done("apply", "--yes", "plan.yaml")
	for _, name := range []string{"diet.db", "diet.store.db"} {
		if err := os.Chmod(filepath.Join(g.dir, name), 0o400); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(g.dir, 0o500); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(g.dir, 0o700) })
	before, err := os.ReadDir(g.dir)
	if err != nil {
		t.Fatal(err)
	}
	g.done("sql", "SELECT count(*) FROM device")
	for _, line := range []string{"runs", "previews", "status plan.yaml", "diff plan.yaml"} {
		g.done(strings.Fields(line)...)
	}
	if after, err := os.ReadDir(g.dir); err != nil || len(after) != len(before) {
		t.Errorf("%d files, then %d: %v", len(before), len(after), err)
	}
}
