package mirror_test

import (
	"testing"

	"github.com/diet-project/diet/mirror/mirrortest"
)

func TestSign(t *testing.T) {
	t.Parallel()
	db := mirrortest.Open(t)
	for name, tc := range map[string]struct {
		keys, released, a, b string
		same                 bool
	}{
		"whole numbers":     {`{"x": 0}`, `{}`, `{"x": 1.0}`, `{"x": 1}`, true},
		"booleans":          {`{"x": 0}`, `{}`, `{"x": true}`, `{"x": 1}`, false},
		"exponents":         {`{"x": 0}`, `{}`, `{"x": 1e3}`, `{"x": 1000}`, true},
		"big numbers":       {`{"x": 0}`, `{}`, `{"x": 9007199254740993}`, `{"x": 9007199254740992}`, false},
		"half units":        {`{"x": 0}`, `{}`, `{"x": 10.5}`, `{"x": 10.50}`, true},
		"null is absent":    {`{"x": 0}`, `{}`, `{"x": null}`, `{}`, true},
		"null is not empty": {`{"x": 0}`, `{}`, `{"x": ""}`, `{}`, false},
		"text is no number": {`{"x": 0}`, `{}`, `{"x": "1"}`, `{"x": 1}`, false},
		"escapes":           {`{"x": 0}`, `{}`, `{"x": "\u00e9<"}`, `{"x": "é\u003c"}`, true},
		"order of keys":     {`{"x": 0, "y": 0}`, `{}`, `{"x": 1, "y": 2}`, `{"y": 2, "x": 1}`, true},
		"swapped values":    {`{"x": 0, "y": 0}`, `{}`, `{"x": 1, "y": 2}`, `{"y": 1, "x": 2}`, false},
		"other fields":      {`{"x": 0}`, `{}`, `{"x": 1, "y": 2}`, `{"x": 1, "y": 3}`, true},
		"released":          {`{"x": 0, "y": 0}`, `{"y": {"by": "me"}}`, `{"x": 1, "y": 2}`, `{"x": 1, "y": 3}`, true},
		"objects":           {`{"x": 0}`, `{}`, `{"x": {"a": 1, "b": [1.0]}}`, `{"x": {"b": [1], "a": 1}}`, true},
		"lists keep order":  {`{"x": 0}`, `{}`, `{"x": [1, 2]}`, `{"x": [2, 1]}`, false},
		"space and nesting": {`{ "x" : 0 , "y":[{"a":"}"}] }`, `{}`, ` { "x" : "a\"}," , "y" : [ {"a" : "}" } ] } `,
			`{"y":[{"a":"}"}],"x":"a\u0022},"}`, true},
		"escaped keys":        {`{"x\u0079": 0}`, `{}`, `{"xy": 1}`, `{"xy": 2}`, false},
		"a text is no object": {`{"x": 0}`, `{}`, `{"x": "{}"}`, `{"x": {}}`, false},
	} {
		var same bool
		err := db.SQL().Get(&same, `SELECT diet_sign(?, ?, ?, '{}') = diet_sign(?, ?, ?, '{}')`,
			tc.keys, tc.released, tc.a, tc.keys, tc.released, tc.b)
		if err != nil || same != tc.same {
			t.Errorf("%s: same = %v, %v", name, same, err)
		}
	}
	got := mirrortest.Dump(t, db, `
		SELECT diet_sign(NULL, '{}', '{}', '{}'), diet_sign('{}', NULL, '{}', NULL) IS NULL, diet_sign('{}', '{}', '[1]', '{}')`)
	if got != "<nil>|0|<nil>\n" {
		t.Errorf("not objects: %s", got)
	}
}

func TestIngestOwnership(t *testing.T) {
	t.Parallel()
	db := mirrortest.Open(t)
	device := func(id int, cf map[string]any) map[string]any {
		return map[string]any{
			"id": id, "name": "d", "site": map[string]any{"id": 1}, "device_type": map[string]any{"id": 2}, "role": map[string]any{"id": 3},
			"position": 10.5, "face": map[string]any{"value": "front", "label": "Front"}, "status": map[string]any{"value": "active"},
			"tags": []any{map[string]any{"id": 9}, map[string]any{"id": 4}}, "custom_fields": cf, "last_updated": "2026-01-01T00:00:00Z",
		}
	}
	mirrortest.Seed(t, db, "device",
		device(1, map[string]any{
			"zeta": 1, "alpha": map[string]any{"value": "a", "label": "A"}, "empty": nil,
			"other":          []any{map[string]any{"id": 5, "url": "u", "display": "d"}},
			"diet_object_id": "o/1", "diet_plan_id": "p", "diet_managed": true, "diet_deletion_protected": true, "diet_source": "gpu",
			"diet_managed_fields": map[string]any{"v": 1, "base": map[string]any{"name": "d"},
				"released": map[string]any{"serial": map[string]any{"by": "me"}}},
		}),
		device(2, map[string]any{"diet_object_id": "", "diet_plan_id": "", "diet_managed": "yes", "diet_managed_fields": "rubbish"}),
		device(3, map[string]any{"diet_managed_fields": map[string]any{"base": []any{1}}, "diet_managed": false}),
	)
	got := mirrortest.Dump(t, db, `
		SELECT id, position, face, tags, custom_fields, object_id, plan, managed, protected, source, base, released, stale
		FROM device ORDER BY id`)
	want := `1|10.5|front|[4,9]|{"alpha":"a","other":[5],"zeta":1}|o/1|p|1|1|gpu|{"name":"d"}|{"serial":{"by":"me"}}|0
2|10.5|front|[4,9]|{}|<nil>|<nil>|<nil>|0|<nil>|{}|{}|0
3|10.5|front|[4,9]|{}|<nil>|<nil>|0|0|<nil>|{}|{}|0
`
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if got := mirrortest.Dump(t, db, `SELECT kind, object, id, plan, base = have FROM signature`); got != "device|o/1|1|p|1\n" {
		t.Errorf("signature\n%s", got)
	}
}
