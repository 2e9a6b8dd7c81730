package mirror

import (
	"fmt"
	"testing"

	"github.com/diet-project/diet/mirror/value"
)

func TestChanges(t *testing.T) {
	t.Parallel()
	for _, tc := range [][4]string{
		{
			`{"name": "a", "serial": "", "tags": ["x y", "z"], "custom_fields": {"n": 1, "e": null}}`,
			`{"name": "b", "serial": "", "tags": ["z", "w"], "custom_fields": {"n": 2, "diet_source": "s"}}`,
			`["cf.diet_source","cf.n","name","tag.w","tag.x-y"]`,
			`{"cf.n":2,"name":"b","tag.w":true,"tag.x-y":null}`,
		},
		{`{"a_terminations": [1], "b_terminations": [2]}`, `{"a_terminations": [3], "b_terminations": [2]}`, `["a"]`, `{"a":[3]}`},
		{`{"name": "a", "position": 1.0}`, `{"position": 1, "name": "\u0061"}`, `[]`, `{}`},
		{`{"name": "a"}`, `{"serial": null}`, `["name"]`, `{"name":null}`},
		{`{}`, `{"name": "a"}`, `<nil>`, `<nil>`},
		{`null`, ``, `<nil>`, `<nil>`},
	} {
		fields, wrote, err := changes(tc[0], tc[1], value.Object{"x y": `"x-y"`})
		if err != nil || fmt.Sprint(fields) != tc[2] || fmt.Sprint(wrote) != tc[3] {
			t.Errorf("from %s to %s: %v, %v, %v", tc[0], tc[1], fields, wrote, err)
		}
	}
}

// TestLoggedRows reads rows of the changelog, whatever they say nothing of.
func TestLoggedRows(t *testing.T) {
	t.Parallel()
	rows, err := loggedRows(`{"results": [
		{"id": 7, "time": "t", "user_name": null, "request_id": "r", "action": {"value": "delete", "label": "Deleted"},
		 "changed_object_type": "dcim.device", "changed_object_id": 3, "message": "a \"b\"",
		 "prechange_data": {"name": "", "label": "l", "custom_fields": {"diet_object_id": "o", "diet_plan_id": ""}}, "postchange_data": null},
		{"id": 8, "request_id": "s", "action": {"value": "create"}, "changed_object_type": "x.y", "changed_object_id": 4}]}`)
	if err != nil {
		t.Fatal(err)
	}
	var got string
	for _, r := range rows {
		columns, err := r.columns(nil)
		got += fmt.Sprintln(append(columns, err)...)
	}
	want := "7 t  r delete dcim.device 3 a \"b\" o <nil> l <nil> <nil> <nil>\n8   s create x.y 4  <nil> <nil> <nil> <nil> <nil> <nil>\n"
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if got := listed(rows); got != `{"results": [{"id":7,"request_id":"r"},{"id":8,"request_id":"s"}]}` {
		t.Error(got)
	}
	if _, err := loggedRows(`{"results": [{"time": "t"}]}`); err == nil {
		t.Error("a change without an id is read")
	}
}
