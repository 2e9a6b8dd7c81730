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

// TestRoomThatOneTakenOverKeeps has a person keep a device of hers by the name that the plan wants, in the
// place that it wants for another one: that one is not left out along with it, but held and told.
func TestRoomThatOneTakenOverKeeps(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.plan("one", 2))
	like := w.object("devices", "web/web[2]")
	id := func(field string) any { return like[field].(map[string]any)["id"] }
	name := strings.Replace(fmt.Sprint(like["name"]), "2", "4", 1)
	place := like["position"].(float64) + 1 // of the third one
	w.post("dcim/devices", fmt.Sprintf(`{"name": %q, "site": %v, "device_type": %v, "role": %v, "rack": %v, "position": %v, "face": "front"}`,
		name, id("site"), id("device_type"), id("role"), id("rack"), place))
	w.sync()
	plan := w.plan("one", 4)
	w.answers(plan, "web/web[4]", "", "skip")
	p := w.preview(plan)
	for i := range p.Changes {
		c := &p.Changes[i]
		if c.Object == "web/web[3]" && (!strings.HasPrefix(c.Held, "waits for web/web[4], which stays as it is") || c.LeftOut()) {
			t.Errorf("%s: held %q, %+v", c.Object, c.Held, c.Verdict)
		}
	}
	if !p.Waits() {
		t.Error("nothing waits")
	}
	w.apply(plan)
	w.law(plan)
	w.byHandJSON("PATCH", fmt.Sprintf("dcim/devices/%v/", w.named("devices", name)["id"]), `{"position": 20}`)
	w.apply(plan)
	w.law(plan)
	if at := w.object("devices", "web/web[3]")["position"]; at != place {
		t.Errorf("the third one is at %v, not at %v", at, place)
	}
}
