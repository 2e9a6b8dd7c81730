package mirror_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/diet-project/diet/mirror/mirrortest"
)

// TestOwnership lists the fields of an object that diet owns and that a person released, one row
// each, with values of every type.
func TestOwnership(t *testing.T) {
	t.Parallel()
	db := mirrortest.Open(t)
	mirrortest.Seed(t, db, "device",
		map[string]any{
			"id": 1, "name": "web-1", "site": map[string]any{"id": 1}, "device_type": map[string]any{"id": 1}, "role": map[string]any{"id": 1},
			"status": map[string]any{"value": "active"}, "tags": []any{}, "custom_fields": map[string]any{
				"diet_managed": true, "diet_plan_id": "web", "diet_object_id": "web/web[1]", "diet_managed_fields": map[string]any{
					"v": 1, "base": map[string]any{"name": "web-1", "position": 2.5, "tenant": nil, "tag.a": true, "cf.x": []any{1, "b"}, "role": 1},
					"released": map[string]any{"comments": map[string]any{}, "serial": map[string]any{}},
				},
			},
		},
		map[string]any{
			"id": 2, "name": "", "site": map[string]any{"id": 1}, "device_type": map[string]any{"id": 1}, "role": map[string]any{"id": 1},
			"status": map[string]any{"value": "active"}, "tags": []any{}, "custom_fields": map[string]any{"diet_plan_id": "web"},
		})
	want := strings.TrimPrefix(`
device|web|web/web[1]|1|web-1|cf.x|diet|[1,"b"]
device|web|web/web[1]|1|web-1|comments|person|<nil>
device|web|web/web[1]|1|web-1|name|diet|web-1
device|web|web/web[1]|1|web-1|position|diet|2.5
device|web|web/web[1]|1|web-1|role|diet|1
device|web|web/web[1]|1|web-1|serial|person|<nil>
device|web|web/web[1]|1|web-1|tag.a|diet|1
device|web|web/web[1]|1|web-1|tenant|diet|<nil>
`, "\n")
	got := mirrortest.Dump(t, db, "SELECT kind, plan, object, id, name, field, owner, base FROM ownership ORDER BY field")
	if got = strings.TrimSpace(got); got != strings.TrimSpace(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	scan := regexp.MustCompile(`SCAN r\b|SCAN [a-z_]*(interface|device|cable)`)
	if plan := mirrortest.Dump(t, db, "EXPLAIN QUERY PLAN SELECT * FROM ownership WHERE object = 'web/web[1]'"); scan.MatchString(plan) {
		t.Errorf("all objects are read to find one:\n%s", plan)
	}
	if plan := mirrortest.Dump(t, db, "EXPLAIN QUERY PLAN SELECT count(*) FROM ownership"); !strings.Contains(plan, "interface_released_idx") {
		t.Errorf("all objects are read once more, for those of which somebody released a field:\n%s", plan)
	}
}
