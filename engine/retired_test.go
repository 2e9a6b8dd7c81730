package engine_test

import (
	"fmt"
	"testing"

	"github.com/diet-project/diet/generate"
)

// TestARetiredSwitchThatStays has a switch leave a plan while a person, or a rule, keeps it in NetBox:
// what the plan plugs into another one instead is plugged in there.
func TestARetiredSwitchThatStays(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ policy, answer string }{
		"in use":  {"delete", ""}, // by an IP address
		"skip":    {"warn", "skip"},
		"orphan":  {"warn", "orphan"},
		"approve": {"warn", "approve"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			plan := func(more ...string) *generate.Plan {
				return w.edited(small, append([]string{
					"%s", "one", "%d", "2", "{count: 1, units: 48}", "{count: 2, units: 48}", "{deletionPolicy: delete}",
					"{deletionPolicy: " + test.policy + "}",
				}, more...)...)
			}
			w.apply(plan())
			was := w.object("devices", "web/dc.leaf[1]")
			if name == "in use" {
				for _, o := range w.server.Objects("interfaces") {
					if o["name"] == "E1/8" && isIn(o, was) {
						w.makeAt("ipam/ip-addresses", fmt.Sprintf(
							`{"address": "192.0.2.7/24", "assigned_object_type": "dcim.interface", "assigned_object_id": %v}`, o["id"]))
					}
				}
			}
			fewer := plan("group: 2", "group: 2, skip: [1]")
			if test.answer != "" {
				w.answers(fewer, "web/dc.leaf[1]", "", test.answer)
			}
			w.apply(fewer)
			if w.law(fewer); test.answer == "orphan" { // it is somebody else's as it stands, with what is plugged in
				w.answersAsked(fewer, "use_diet")
				w.apply(fewer)
				w.law(fewer)
			}
			if there := len(w.server.Objects("devices")) == 5; there != (test.answer != "approve") {
				t.Errorf("it is there: %v", there)
			}
			for n := 1; n <= 2; n++ {
				for port := range 2 {
					cable := fmt.Sprintf("web/web[%d]/lom.eth%d~", n, port)
					end, _ := w.terminations(cable, "b")[0].(map[string]any)
					for _, o := range w.server.Objects("interfaces") {
						if fmt.Sprint(o["id"]) == fmt.Sprint(end["object_id"]) && isIn(o, was) {
							t.Errorf("%s stays in %v", cable, o["name"])
						}
					}
				}
			}
		})
	}
}

// isIn reports whether a port is one of a device.
func isIn(port, device map[string]any) bool {
	in := port["device"]
	if nested, is := in.(map[string]any); is {
		in = nested["id"]
	}
	return fmt.Sprint(in) == fmt.Sprint(device["id"])
}
