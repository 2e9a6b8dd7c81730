package engine_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/diet-project/diet/engine"
)

// TestFoundStale lists a preview that an apply refused as stale, with what had changed.
func TestFoundStale(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.plan("one", 3))
	plan := w.plan("one", 4)
	p := w.preview(plan)
	stands := func() engine.PreviewSummary {
		all, err := w.eng.Previews(t.Context(), "web", 1, func(string) string { return "" })
		if err != nil || len(all) != 1 || all[0].ID != p.ID {
			t.Fatalf("%+v, %v", all, err)
		}
		return all[0]
	}
	if s := stands(); s.Status != engine.PreviewOpen {
		t.Errorf("it is %+v", s)
	}
	w.edit("devices", "web/web[2]", `{"name": "x"}`)
	for range 2 {
		var stale *engine.StaleError
		if _, _, err := w.eng.Apply(t.Context(), plan, engine.ApplyOptions{Preview: p}); !errors.As(err, &stale) {
			t.Fatalf("it was applied: %v", err)
		}
		if s := stands(); s.Status != engine.PreviewStale || !slices.Equal(s.Stale, []string{"device web/web[2]"}) {
			t.Errorf("it is %s, %q changed", s.Status, s.Stale)
		}
	}
}
