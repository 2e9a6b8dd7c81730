package engine_test

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/answer"
	"github.com/diet-project/diet/mirror"
)

// later opens the world's mirror and store as they stand some days later.
func (w *world) later(days int, keep engine.Keep, log *bytes.Buffer) *engine.Engine {
	w.Helper()
	cfg := engine.Config{
		URL: w.url, Token: w.token, Mirror: filepath.Join(w.dir, "mirror.db"), Version: "test", Batch: 3, Keep: keep,
		Policies:    w.policies,
		Resolutions: filepath.Join(w.dir, answer.FileName),
		Now:         func() time.Time { return time.Now().Add(time.Duration(days) * 24 * time.Hour) },
	}
	if log != nil {
		cfg.DecisionLog = log
	}
	eng, err := engine.New(w.Context(), cfg)
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() { _ = eng.Close() })
	return eng
}

// TestPruned has previews and applies drop what is old, but for what a rollback holds, and the
// law as it was.
func TestPruned(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.2") // of whose changes the journal alone knows that they are diet's
	for _, text := range []string{"a", "b"} {
		w.apply(w.plan(text, 2))
	}
	runs, err := w.eng.Runs(t.Context(), "web", 1)
	if err != nil {
		t.Fatal(err)
	}
	back, err := w.eng.Rollback(t.Context(), runs[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	w.apply(back)
	for n := range 14 {
		w.apply(w.plan("c"+strings.Repeat("c", n), 2))
		if _, err := w.eng.Preview(t.Context(), w.plan("d", 2)); err != nil {
			t.Fatal(err)
		}
	}
	keep := engine.Keep{Previews: 24 * time.Hour, Runs: 24 * time.Hour}
	dry, err := w.later(5, keep, nil).Prune(t.Context(), true)
	if err != nil || !dry.DryRun || len(dry.Previews) != 4 || len(dry.Runs) == 0 || dry.Requests == 0 {
		t.Fatalf("would prune %+v, %v", dry, err)
	}
	eng := w.later(5, keep, nil)
	if _, err := eng.Sync(t.Context(), mirror.Options{}); err != nil {
		t.Fatal(err)
	}
	if _, err := eng.Preview(t.Context(), w.plan("d", 2)); err != nil {
		t.Fatal(err)
	}
	for _, id := range dry.Runs {
		if _, err := eng.Run(t.Context(), id); !errors.Is(err, engine.ErrNotInStore) {
			t.Errorf("run %s: %v", id, err)
		}
	}
	if err := eng.Close(); err != nil {
		t.Fatal(err)
	}
	// A mirror that is made anew still knows whose changes were diet's.
	w.store = filepath.Join(w.dir, "mirror.store.db")
	w.open("another.db")
	w.apply(w.plan(strings.Repeat("c", 14), 2))
	if _, rows, err := w.eng.Query(t.Context(), "SELECT count(*) FROM drift", 0); err != nil || rows[0][0] != int64(0) {
		t.Errorf("drift %v, %v", rows, err)
	}
	w.law(w.plan(strings.Repeat("c", 14), 2))
}

// TestDecisionsAreCapped records no more decisions of a preview than the store is to keep, first
// those that hold something back; the decision log gets all.
func TestDecisionsAreCapped(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.plan("a", 3))
	w.edit("devices", "web/web[2]", `{"description": "hers"}`)
	var log bytes.Buffer
	eng := w.later(0, engine.Keep{Decisions: 3}, &log)
	if _, err := eng.Sync(t.Context(), mirror.Options{}); err != nil {
		t.Fatal(err)
	}
	p, err := eng.Preview(t.Context(), w.plan("b", 4))
	if err != nil {
		t.Fatal(err)
	}
	entries, err := eng.InputsOf(t.Context(), p.ID)
	if err != nil || len(entries) != 3 {
		t.Fatalf("%d entries, %v", len(entries), err)
	}
	conflict := false
	for _, e := range entries {
		conflict = conflict || e.Input["object"] == "web/web[2]" && e.Input["class"] == "conflict"
	}
	if all := strings.Count(log.String(), "\n"); !conflict || all <= 3 {
		t.Errorf("the conflict is recorded: %v; the log has %d", conflict, all)
	}
	r, err := eng.Replay(t.Context(), nil, engine.ReplayOptions{Preview: p.ID, Newest: 1})
	if err != nil || r.Decisions != 3 || r.LeftOut != strings.Count(log.String(), "\n")-3 {
		t.Errorf("replayed %+v, %v", r, err)
	}
}
