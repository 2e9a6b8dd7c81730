package engine_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/value"
)

// TestHistoryOfWhatNobodyLogged has a script overwrite what a person wrote, past NetBox's API: the history
// calls nobody the author of that, neither her nor diet, and hers and diet's are theirs still.
func TestHistoryOfWhatNobodyLogged(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.plan("a", 2))
	const server = "web/web[1]"
	defer w.hide("/api/core/object-changes/", func(row map[string]any) bool { return row["message"] == "unlogged" })()
	past := func(name string) {
		w.edit("devices", server, fmt.Sprintf(`{"name": %q, "changelog_message": "unlogged"}`, name))
		w.sync()
	}
	past("script-1")
	w.edit("devices", server, `{"name": "hers"}`)
	w.sync()
	past("script-2")
	w.apply(w.plan("b", 2)) // another description
	h, err := w.eng.History(t.Context(), server, "")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range h.Steps {
		got = append(got, fmt.Sprintf("%s %v %s", s.Actor, s.Fields, s.User))
	}
	want := "[diet [{description a b}] diet unknown [{name hers script-2}]  person [{name script-1 hers}] maria " +
		"unknown [{name web-001 script-1}]  diet [] diet]"
	if fmt.Sprint(got) != want {
		t.Errorf("history\n%v, want\n%v", got, want)
	}
}

// TestBlameTellsWholeNumbers has a person write a number that a float does not hold, by itself and inside JSON.
func TestBlameTellsWholeNumbers(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.plan("a", 1))
	for _, sort := range []string{"integer", "json"} {
		body := fmt.Sprintf(`{"name": "x_%[1]s", "type": %[1]q, "object_types": ["dcim.device"]}`, sort)
		w.byHandJSON(http.MethodPost, "extras/custom-fields", body)
	}
	w.edit("devices", "web/web[1]", `{"custom_fields": {"x_integer": 9007199254740993, "x_json": {"a": [9007199254740993, null]}}}`)
	w.sync()
	edits, err := w.eng.Blame(t.Context(), "web/web[1]", "")
	if err != nil || len(edits) == 0 {
		t.Fatal(edits, err)
	}
	newest := edits[0]
	whole := int64(9007199254740993)
	if !value.Equal(newest.Values["cf.x_integer"], whole) ||
		!value.Equal(newest.Values["cf.x_json"], map[string]any{"a": []any{whole, nil}}) {
		t.Errorf("values %v", newest.Values)
	}
}

// TestHistoryOfAnotherObjectOfThatID has a restore of NetBox give the id of a device that diet made to another
// object: the one is gone, the other came, and neither became the other.
func TestHistoryOfAnotherObjectOfThatID(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.plan("a", 2))
	id := int64(w.object("devices", "web/web[2]")["id"].(float64))
	w.server.Overwrite("devices", id, "name", "hers")
	defer w.hide("/api/dcim/devices/", func(row map[string]any) bool {
		if row["name"] == "hers" {
			row["created"], row["custom_fields"] = "2020-01-01T00:00:00Z", map[string]any{}
		}
		return false
	})()
	if _, err := w.eng.Sync(t.Context(), mirror.Options{Full: true}); err != nil {
		t.Fatal(err)
	}
	for _, object := range []string{fmt.Sprint("device:", id), "web/web[2]"} {
		h, err := w.eng.History(t.Context(), object, "")
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range h.Steps {
			got = append(got, fmt.Sprint(s.Action, " ", s.Actor, " ", s.Fields))
		}
		if want := "[create unknown [] delete unknown [] create diet []]"; fmt.Sprint(got) != want {
			t.Errorf("history of %s\n%v, want\n%v", object, got, want)
		}
		if of, err := w.eng.History(t.Context(), object, "name"); err != nil || len(of.Steps) > 0 {
			t.Errorf("history of its name: %+v, %v", of.Steps, err)
		}
	}
}
