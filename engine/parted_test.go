package engine_test

import (
	"context"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
)

// TestHalfMovedToAPlan interrupts a move of a pod from one plan to another after each write, applies
// the other plan alone, and then the old form of the one that it moved from: nothing is made a second
// time, no port is to change its device, and both plans together finish it.
func TestHalfMovedToAPlan(t *testing.T) {
	t.Parallel()
	for n := range 6 {
		w := setup(t, "4.7")
		g := giving{count: 8, node: "gpu-{n}"}
		one, two := g.plans(w, "one")
		w.both(one, two)
		old := one
		g.node, g.from = "node-{n}", 2
		one, two = g.plans(w, "two")
		ctx, cancel := context.WithCancel(t.Context())
		w.hook = cancel
		w.countdown.Store(int64(n))
		w.eng.ApplyAll(ctx, []engine.Task{{Intent: one}, {Intent: two}}, engine.ApplyOptions{})
		w.hook = nil
		cancel()
		_, _, _ = w.eng.Apply(t.Context(), two, engine.ApplyOptions{})
		devices := len(w.server.Objects("devices"))
		p := w.preview(old)
		for _, c := range p.Changes {
			for _, f := range c.Fields {
				if c.NetBoxID != 0 && strings.Contains(c.Object, "/p") && f.Name == "device" && c.Acts() && f.Verdict.Acts() {
					t.Errorf("after %d writes: %s of %s is to be written", n, f.Name, c.Object)
				}
			}
		}
		result, _, err := w.eng.Apply(t.Context(), old, engine.ApplyOptions{})
		if err != nil || len(result.Failed) > 0 {
			t.Errorf("after %d writes: the old plan: %v, %+v", n, err, result)
		}
		if got := len(w.server.Objects("devices")); got != devices {
			t.Errorf("after %d writes: %d devices, want %d", n, got, devices)
		}
		w.both(one, two)
		w.law(two)
		w.law(one)
	}
}
