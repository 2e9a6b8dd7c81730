package engine_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror"
)

// TestReach tells once, in the first preview on a new mirror, how far back that knows what
// was deleted; never on the mirror that looked on.
func TestReach(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.plan("a", 3)
	told := func() bool {
		t.Helper()
		if _, err := w.eng.Sync(t.Context(), mirror.Options{}); err != nil {
			t.Fatal(err)
		}
		p, err := w.eng.Preview(t.Context(), plan)
		if err != nil {
			t.Fatal(err)
		}
		return slices.ContainsFunc(p.Findings, func(f change.Notice) bool {
			return f.ID == engine.ReachFinding && strings.Contains(f.Message, "goes back to 2")
		})
	}
	if told() {
		t.Error("told ahead of the first apply")
	}
	w.apply(plan)
	if told() {
		t.Error("told on the mirror that looked on")
	}
	w.clock.Add(int64(2e9))
	w.open("another.db")
	if !told() {
		t.Error("not told on a new mirror")
	}
	if told() {
		t.Error("told twice")
	}
}

// TestReachAfterNetBoxWentBack says that NetBox was restored, and not that the mirror is new: once
// each time, and that a changelog is empty where it is.
func TestReachAfterNetBoxWentBack(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.plan("a", 3)
	w.apply(plan)
	told := func() string {
		t.Helper()
		if _, err := w.eng.Sync(t.Context(), mirror.Options{}); err != nil {
			t.Fatal(err)
		}
		p, err := w.eng.Preview(t.Context(), plan)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range p.Findings {
			if f.ID == engine.ReachFinding {
				return f.Message
			}
		}
		return ""
	}
	if got := told(); got != "" {
		t.Errorf("told ahead: %q", got)
	}
	w.clock.Add(int64(2e9))
	w.server.PruneChanges(w.now().Add(time.Hour))
	got := told()
	if !strings.Contains(got, "was NetBox restored?") || !strings.Contains(got, "changelog is empty") || strings.Contains(got, "new") {
		t.Errorf("told %q", got)
	}
	if got := told(); got != "" {
		t.Errorf("told twice: %q", got)
	}
}
