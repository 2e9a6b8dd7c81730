package mirror_test

import (
	"strings"
	"testing"

	"github.com/diet-project/diet/mirror/mirrortest"
)

// TestCableSide calls the sides of a cable by where its ports were when diet last
// applied it, a at port 1 and b at port 2.
func TestCableSide(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ a, b, want string }{
		"as applied":              {"interface:1", "interface:2", "1|2|0"},
		"turned":                  {"interface:2", "interface:1", "1|2|1"},
		"moved":                   {"interface:1", "interface:3", "1|3|0"},
		"turned and moved":        {"interface:3", "interface:1", "1|3|1"},
		"dangling":                {"", "interface:2", "<nil>|2|0"},
		"turned and dangling":     {"", "interface:1", "1|<nil>|1"},
		"elsewhere":               {"interface:4", "interface:3", "4|3|0"},
		"turned, at a front port": {"frontport:1", "interface:1", "1|dcim.frontport:1|1"},
		"at a front port":         {"interface:1", "frontport:1", "1|dcim.frontport:1|0"},
		"two plugs a side": {"interface:1,interface:3", "interface:2,interface:4",
			"dcim.interface:1,dcim.interface:3|dcim.interface:2,dcim.interface:4|0"},
		"turned, two plugs a side": {"interface:2,interface:4", "interface:1,interface:3",
			"dcim.interface:1,dcim.interface:3|dcim.interface:2,dcim.interface:4|1"},
		"turned, two plugs on one side":  {"interface:2,interface:4", "interface:1", "1|dcim.interface:2,dcim.interface:4|1"},
		"of numbers that mean no port":   {"frontport:2", "frontport:1", "dcim.frontport:2|dcim.frontport:1|0"},
		"both on one side, none on both": {"interface:1,interface:2", "", "dcim.interface:1,dcim.interface:2|<nil>|0"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := mirrortest.Open(t)
			mirrortest.Seed(t, db, "cable", map[string]any{"id": 7, "custom_fields": map[string]any{
				"diet_object_id": "p/x~", "diet_managed_fields": map[string]any{"base": map[string]any{"a": 1, "b": 2}},
			}})
			id := 0
			for end, list := range map[string]string{"A": tt.a, "B": tt.b} {
				for plug := range strings.SplitSeq(list, ",") {
					kind, port, ok := strings.Cut(plug, ":")
					if !ok {
						continue
					}
					id++
					mirrortest.Seed(t, db, "cable_termination", map[string]any{
						"id": id, "cable": 7, "cable_end": end, "termination_type": "dcim." + kind, "termination_id": int(port[0] - '0'),
					})
				}
			}
			if got := strings.TrimSpace(mirrortest.Dump(t, db, `SELECT a, b, turned FROM cable_side`)); got != tt.want {
				t.Errorf("sides %s, want %s", got, tt.want)
			}
		})
	}
}
