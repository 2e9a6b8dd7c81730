package engine_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/mirror"
)

// TestHeldMirror lets another process hold the mirror while an apply writes, longer than
// SQLite waits: the run goes through, and its journal does not wait.
func TestHeldMirror(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.plan("a", 2))
	plan := w.plan("b", 2)
	other, err := mirror.OpenFile(t.Context(), filepath.Join(w.dir, "mirror.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close() }()
	released := make(chan struct{})
	w.ahead(0, func() {
		tx, err := other.BeginTxx(t.Context(), nil)
		if err != nil {
			t.Errorf("the mirror is held while NetBox is written: %v", err)
			close(released)
			return
		}
		go func() {
			time.Sleep(11 * time.Second)
			_ = tx.Rollback()
			close(released)
		}()
	})
	result, _, err := w.eng.Apply(t.Context(), plan, engine.ApplyOptions{})
	if err != nil || len(result.Failed) > 0 {
		t.Fatalf("apply: %v, failed %+v", err, result.Failed)
	}
	<-released
	w.hook = nil
	w.law(plan)
}

// TestStoreOutlivesTheMirror finds runs and previews where the mirror is made anew.
func TestStoreOutlivesTheMirror(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.plan("a", 2)
	w.apply(plan)
	p, err := w.eng.Preview(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.eng.Close(); err != nil {
		t.Fatal(err)
	}
	eng, err := engine.New(t.Context(), engine.Config{
		URL: w.url, Token: token, Mirror: filepath.Join(w.dir, "mirror.db"), Rebuild: true, Version: "test",
	})
	if err != nil {
		t.Fatal(err)
	}
	w.eng = eng
	t.Cleanup(func() { _ = eng.Close() })
	if _, err := eng.LoadPreview(t.Context(), p.ID); err != nil {
		t.Error(err)
	}
	_, rows, err := eng.Query(t.Context(),
		"SELECT count(*) FROM run UNION ALL SELECT count(*) > 0 FROM journal UNION ALL SELECT count(*) FROM device", 0)
	if err != nil || len(rows) != 3 || rows[0][0] != int64(1) || rows[1][0] != int64(1) || rows[2][0] != int64(0) {
		t.Errorf("run, journal and device hold %v, %v", rows, err)
	}
	w.law(plan)
}
