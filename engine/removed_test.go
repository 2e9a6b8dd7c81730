package engine_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestRemovedClass has the plan say what the removal of a class does: it is not asked
// about, and what others attached keeps its object all the same.
func TestRemovedClass(t *testing.T) {
	t.Parallel()
	for _, policy := range []string{"orphan", "delete", ""} {
		w := setup(t, "4.6")
		text := strings.Replace(fmt.Sprintf(small, "one", 2), "deletionPolicy: delete", "deletionPolicy: warn", 1)
		w.apply(w.planned(text))
		w.post("ipam/ip-addresses", fmt.Sprintf(`{"address": "10.0.0.1/32", "assigned_object_type": "dcim.interface", "assigned_object_id": %v}`,
			w.object("interfaces", "web/web[2]/lom.eth0")["id"]))
		gone := "    other:\n      count: 0\n      type: server\n"
		if policy != "" {
			gone += "  removed: [{from: web/web, policy: " + policy + "}]\n"
		}
		before, after, _ := strings.Cut(text, "    web:\n")
		_, after, _ = strings.Cut(after, "  reconcile:")
		plan := w.planned(before + gone + "  reconcile:" + after)
		w.apply(plan)
		w.law(plan)
		want := map[string]string{
			"orphan": "web-001 <nil>; web-002 <nil>; ", "delete": "web-002 web/web[2]; ", "": "web-001 web/web[1]; web-002 web/web[2]; ",
		}[policy]
		if got := w.webs(); got != want {
			t.Errorf("%q: the servers are %s, want %s", policy, got, want)
		}
	}
}

// webs are the devices that are no leaves, with their diet ids.
func (w *world) webs() string {
	out := ""
	for _, o := range w.server.Objects("devices") {
		if name := fmt.Sprint(o["name"]); strings.HasPrefix(name, "web-") {
			out += fmt.Sprintf("%s %v; ", name, o["custom_fields"].(map[string]any)["diet_object_id"])
		}
	}
	return out
}
