package engine_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/generate"
)

// TestTakenAlong has a rack go to another site, and back in a rollback: NetBox takes a person's device along that
// stands in it, and each preview says so.
func TestTakenAlong(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.plan("one", 2))
	plan, err := generate.Load("plan.yaml", []byte(strings.Replace(fmt.Sprintf(small, "one", 2), "site: ams2", "site: fra1", 1)))
	if err != nil {
		t.Fatal(err)
	}
	told := func(intent engine.Intent) (out []string) {
		t.Helper()
		for _, n := range w.preview(intent).Findings {
			if n.ID == "taken-along" {
				out = append(out, n.Message)
			}
		}
		return out
	}
	if said := told(plan); len(said) > 0 {
		t.Errorf("nobody has anything in the rack, and it is said that %s", said)
	}
	w.put("hers", "web/rack:row[1]", 30)
	const want = "with rack row-01, NetBox changes the site and the location of what others have in it: device hers"
	moves := func(intent engine.Intent, site string) (run string) {
		t.Helper()
		if said := told(intent); len(said) != 1 || said[0] != want {
			t.Errorf("told %q, want %q", said, want)
		}
		w.answersAsked(intent, "use_diet")
		w.apply(intent)
		run = w.lastRun()
		w.law(intent)
		if is := w.named("devices", "hers")["site"].(map[string]any)["slug"]; is != site {
			t.Errorf("hers is at %v, want %s", is, site)
		}
		if said := told(intent); len(said) > 0 {
			t.Errorf("all is where it goes, and it is said that %s", said)
		}
		return run
	}
	back, err := w.eng.Rollback(t.Context(), moves(plan, "fra1"))
	if err != nil {
		t.Fatal(err)
	}
	moves(back, "ams2")
}

// TestTakenAlongSince has a person put a device into a rack that goes elsewhere after the preview: that is stale, and
// the next one is not.
func TestTakenAlongSince(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.plan("one", 2))
	text := strings.Replace(fmt.Sprintf(small, "one", 2), "site: ams2", "site: fra1", 1)
	plan, err := generate.Load("plan.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	w.answersAsked(plan, "use_diet")
	p := w.preview(plan)
	w.put("hers", "web/rack:row[1]", 30)
	var stale *engine.StaleError
	if _, _, err := w.eng.Apply(t.Context(), plan, engine.ApplyOptions{Preview: p}); !errors.As(err, &stale) ||
		!slices.Equal(stale.Moved, []string{"rack web/rack:row[1]"}) {
		t.Fatalf("the preview is applied: %v", err)
	}
	if is := w.named("devices", "hers")["site"].(map[string]any)["slug"]; is != "ams2" {
		t.Errorf("hers is at %v", is)
	}
	p = w.preview(plan)
	if _, _, err := w.eng.Apply(t.Context(), plan, engine.ApplyOptions{Preview: p}); err != nil {
		t.Fatal(err)
	}
	w.law(plan)
}
