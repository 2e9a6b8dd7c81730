package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/generate"
)

// TestASkippedOneIsWaitedFor has a person keep a device of which the plan wants the place for
// another one: that one is held and told, and so is what waits for it.
func TestASkippedOneIsWaitedFor(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	const asks = "{deletionPolicy: orphan, approveDeletionsAbove: 0}"
	w.apply(w.edited(halls, "{deletionPolicy: delete, approveDeletionsAbove: 100}", asks))
	plan := w.edited(halls, "{deletionPolicy: delete, approveDeletionsAbove: 100}", asks,
		"count: 4", "count: 3", "per: 8, fromU: 1", "per: 8, fromU: 2",
		"  site: ams2", "  naming: {node: \"srv-{n:03}\"}\n  site: ams2")
	w.answers(plan, "web/web[4]", "", "skip")
	p := w.preview(plan)
	held := map[string]string{}
	for _, c := range p.Changes {
		if c.Held != "" {
			held[c.Object] = c.Held
		}
	}
	for n := 1; n <= 3; n++ {
		if object := fmt.Sprintf("web/web[%d]", n); !strings.Contains(held[object], "waits for web/web[4]") {
			t.Errorf("%s: held %q", object, held[object])
		}
	}
	if !p.Waits() {
		t.Error("nothing waits")
	}
	s, err := w.eng.Status(t.Context(), []*generate.Plan{plan}, "")
	if err != nil || s[0].Status != engine.StateAhead {
		t.Errorf("%+v, %v", s, err)
	}
	w.apply(plan)
	w.law(plan)
	w.remove("devices", "web/web[4]")
	w.apply(plan)
	w.law(plan)
	for n := 1; n <= 3; n++ {
		if got := w.object("devices", fmt.Sprintf("web/web[%d]", n))["name"]; got != fmt.Sprintf("srv-%03d", n) {
			t.Errorf("it is called %v", got)
		}
	}
}
