package engine_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
)

// TestAPortOfTheTypeIsOneThing has a person edit a port that a larger plan wants: the port of the
// device's type is that very thing, so adopting it is recommended, and nothing is renamed to make room
// for a second one.
func TestAPortOfTheTypeIsOneThing(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.7")
	w.apply(w.planned(fmt.Sprintf(small, "one", 2)))
	leaf := id(w.object("devices", "web/dc.leaf[1]"))
	var port map[string]any
	for _, o := range w.server.Objects("interfaces") {
		if id(o["device"]) == leaf && o["name"] == "E1/3" {
			port = o
		}
	}
	if port == nil {
		t.Fatal("there is no E1/3")
	}
	w.byHand(httptest.NewRequestWithContext(t.Context(), http.MethodPatch, fmt.Sprintf("/api/dcim/interfaces/%v/", port["id"]),
		strings.NewReader(`{"type": "virtual"}`)))
	plan := w.planned(fmt.Sprintf(small, "one", 3))
	p := w.preview(plan)
	asked := false
	for _, q := range p.Questions {
		if len(q.Objects) == 1 && q.Objects[0] == "web/dc.leaf[1]/3" && q.Field == "" {
			asked = true
			if q.Verdict.Recommended != "adopt" {
				t.Errorf("recommended: %s by %s", q.Verdict.Recommended, q.Verdict.Rule)
			}
		}
	}
	if !asked {
		t.Fatalf("it is not asked about: %+v", p.Questions)
	}
	for _, r := range []engine.Reply{
		{Object: "web/dc.leaf[1]/3", Answer: "approve"}, {Object: "web/dc.leaf[1]/3", Field: "type", Answer: "use_diet"},
	} {
		r.Who, r.Why = "joe", "x"
		if _, err := w.eng.Resolve(t.Context(), plan, r); err != nil {
			t.Fatal(err)
		}
	}
	w.apply(plan)
	w.law(plan)
	if got := w.object("interfaces", "web/dc.leaf[1]/3")["id"]; got != port["id"] {
		t.Errorf("it is %v, want %v", got, port["id"])
	}
}
