package mirror_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/diet-project/diet/mirror"
)

// TestScratch has a scratch folder swept that nobody holds, and no other.
func TestScratch(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	held, remove, err := mirror.Scratch()
	if err != nil {
		t.Fatal(err)
	}
	folder, err := os.Open(held)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Flock(int(folder.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		t.Errorf("those who work in the folder cannot lock it: %v", err)
	}
	if err := folder.Close(); err != nil {
		t.Fatal(err)
	}
	killed := filepath.Join(filepath.Dir(held), "diet-scratch-1")
	others := filepath.Join(filepath.Dir(held), "diet-1")
	for _, dir := range []string{killed, others} {
		if err := os.MkdirAll(filepath.Join(dir, "x"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	next, removeNext, err := mirror.Scratch()
	if err != nil {
		t.Fatal(err)
	}
	for dir, want := range map[string]bool{killed: false, others: true, held: true, next: true} {
		if _, err := os.Stat(dir); (err == nil) != want {
			t.Errorf("%s: %v", filepath.Base(dir), err)
		}
	}
	for dir, remove := range map[string]func() error{held: remove, next: removeNext} {
		if err := remove(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(dir); err == nil {
			t.Errorf("%s is there yet", filepath.Base(dir))
		}
	}
}
