package engine_test

import (
	"strings"
	"testing"
	"time"

	"github.com/diet-project/diet/engine"
)

// reach is what a preview after a sync tells of how far back the mirror knows; "" for nothing.
func (w *world) reach(plan engine.Intent) string {
	w.Helper()
	for _, f := range w.preview(plan).Findings {
		if f.ID == engine.ReachFinding {
			return f.Message
		}
	}
	return ""
}

// TestReach tells once, in the first preview on a new mirror, how far back that knows what
// was deleted; never on the mirror that looked on.
func TestReach(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.plan("a", 3)
	told := func() bool { return strings.Contains(w.reach(plan), "goes back to 2") }
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
	told := func() string { return w.reach(plan) }
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
