package mirror_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/diet-project/diet/mirror"
)

// TestCopy copies a file with what lies beside it, also over an older copy.
func TestCopy(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	from, to := filepath.Join(dir, "a.db"), filepath.Join(dir, "b.db")
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(from, "file")
	write(from+"-wal", "log")
	for _, log := range []string{"log", ""} {
		if err := mirror.Copy(from, to); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(to)
		beside, _ := os.ReadFile(to + "-wal")
		if string(text) != "file" || string(beside) != log || err != nil {
			t.Errorf("%q, %q: %v", text, beside, err)
		}
		_ = os.Remove(from + "-wal")
	}
	if err := mirror.Copy(filepath.Join(dir, "none.db"), to); err == nil {
		t.Error("a file that is not there is copied")
	}
}
