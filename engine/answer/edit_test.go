package answer_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/diet-project/diet/engine/answer"
)

// TestEditsTakeTurns has many answer at once: no answer is lost, and no file is left behind.
func TestEditsTakeTurns(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "resolutions.yaml")
	if err := os.WriteFile(filepath.Join(dir, "shared.yaml"), []byte("# reviewed\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("shared.yaml", path); err != nil {
		t.Fatal(err)
	}
	const many = 20
	var all sync.WaitGroup
	for i := range many {
		all.Go(func() {
			err := answer.Edit(t.Context(), path, func(f *answer.File) error { return f.Put(sample(fmt.Sprintf("web/web[%d]", i), "", "skip")) })
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	f, err := answer.Load(path)
	if err != nil || len(f.Answers) != many {
		t.Errorf("%d answers, %v", len(f.Answers), err)
	}
	files, err := os.ReadDir(dir)
	if info, bad := os.Lstat(path); err != nil || bad != nil || len(files) != 2 || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("files %v, %v, %v", files, err, bad)
	}
}

// TestEditGivesUp waits for another edit no longer than it may.
func TestEditGivesUp(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "resolutions.yaml")
	err := answer.Edit(t.Context(), path, func(f *answer.File) error {
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if err := answer.Edit(ctx, path, func(*answer.File) error { return nil }); err == nil {
			t.Error("it did not wait")
		}
		return f.Put(sample("web/web[1]", "", "skip"))
	})
	if err != nil {
		t.Error(err)
	}
}
