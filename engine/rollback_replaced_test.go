package engine_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestRollbackOfAReplacement undoes a run that took over a device which a person had put in the place of one
// that she had deleted, and plugged the cables of the old one into it: it is hers again, and its cables are
// plugged in as before, or what cannot be is named.
func TestRollbackOfAReplacement(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.edited(halls, "model: Server, u: 1}", "model: Server, u: 1, ports: {lom-eth0: 25gbase-x-sfp28}}")
	w.apply(plan)
	old := w.object("devices", "web/web[4]")
	w.remove("devices", "web/web[4]")
	w.make("devices", fmt.Sprintf(
		`{"name": "web-004", "site": %v, "role": %v, "device_type": %v, "rack": %v, "position": 4, "face": "front", "serial": "NEW"}`,
		nested(old["site"]), nested(old["role"]), nested(old["device_type"]), nested(old["rack"])))
	w.answers(plan, "web/web[4]", "", "adopt")
	w.apply(plan)
	back := w.back(plan)
	p := w.preview(back)
	told := fmt.Sprint(p.Findings)
	if strings.Contains(told, "needs them") || !strings.Contains(told, "web/web[4]/lom.eth0~ (a)") {
		t.Errorf("findings %s", told)
	}
	w.apply(back)
	w.law(back)
	if device := w.named("devices", "web-004"); device["custom_fields"].(map[string]any)["diet_object_id"] != nil {
		t.Error("it is not given up")
	}
}
