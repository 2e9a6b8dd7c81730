package netbox

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzExplain: whatever an answer holds, its error is one line of valid text that ends,
// and it names objects of the request only.
func FuzzExplain(f *testing.F) {
	for _, seed := range []string{
		`[{}, {"type": ["This field is required."]}]`, `{"1": {"name": ["a", "b"]}}`, `{"__all__": ["x"]}`,
		`{"detail": "d", "errors": [{"id": 22, "errors": {"status": ["bad"]}}]}`,
		`{"detail": "d", "errors": [{"index": 0, "errors": {"__all__": ["bad"]}}, 3, null]}`,
		`{"errors": [{"index": -7}, {"index": 99, "id": "11"}, {"index": 1.5}]}`,
		`{"error": "duplicate\nkey", "exception": "IntegrityError"}`, "<html><title>Page\n Not Found</title></html>",
		`"text"`, `12`, `null`, `{`, "", "{\"detail\": \"\xff\"}", `{"-1": "x"}`, `{"5": "x"}`,
	} {
		f.Add([]byte(seed), uint8(2))
	}
	f.Fuzz(func(t *testing.T, body []byte, count uint8) {
		ids := make([]int64, count)
		for i := range ids {
			ids[i] = int64(i + 11)
		}
		e := &Error{Method: http.MethodPatch, Path: "dcim/devices", Status: http.StatusBadRequest}
		e.explain(body, ids, len(ids))
		if text := e.Error(); strings.ContainsAny(text, "\n\r") || !utf8.ValidString(text) {
			t.Errorf("%q is told as %q", body, text)
		}
		for _, item := range e.Items {
			known := item.Index < 0 || item.Index >= len(ids) || item.ID == 0 || item.ID == ids[item.Index] ||
				!strings.Contains(string(body), "index")
			if len(item.Detail) > longest+3 || item.Index < -1 || !known {
				t.Errorf("%q: item %+v", body, item)
			}
		}
		if len(e.Detail) > longest+3 {
			t.Errorf("%q: detail of %d bytes", body, len(e.Detail))
		}
	})
}

// FuzzStructured: what 4.7 says of each object is read as it was written.
func FuzzStructured(f *testing.F) {
	f.Add(uint8(1), "name", "must be unique")
	f.Add(uint8(0), "__all__", "  two   spaces\n")
	f.Add(uint8(7), "", "")
	f.Fuzz(func(t *testing.T, index uint8, field, message string) {
		ids := []int64{11, 22, 33}
		body, err := json.Marshal(map[string]any{
			"detail": "1 of 3 objects failed validation.",
			"errors": []any{map[string]any{"index": index, "errors": map[string]any{field: []string{message}}}},
		})
		if err != nil {
			t.Skip("no text of JSON")
		}
		e := &Error{}
		e.explain(body, ids, len(ids))
		if len(e.Items) != 1 || e.Items[0].Index != int(index) || e.Detail != "1 of 3 objects failed validation." {
			t.Fatalf("%s: %+v", body, e)
		}
		want := int64(0)
		if int(index) < len(ids) {
			want = ids[index]
		}
		if e.Items[0].ID != want {
			t.Errorf("%s: item %+v", body, e.Items[0])
		}
		if utf8.ValidString(message) && len(message)+len(field) < longest/4 && !strings.Contains(e.Items[0].Detail, oneLine(message)) {
			t.Errorf("%s: %q does not hold %q", body, e.Items[0].Detail, oneLine(message))
		}
	})
}

// FuzzObjects: an answer either gives every object with its id, or is of unknown
// outcome: it never gives an object without one.
func FuzzObjects(f *testing.F) {
	for _, seed := range []string{`[{"id": 7}, {"id": 8, "name": "x"}]`, `[]`, `[{"id": 0}]`, `[{"id": "7"}]`,
		`[{"id": 7.5}]`, `[null]`, `{"id": 7}`, `[{"id": 1e2}]`, `[{"ID": 7}]`, ``, `[{"id": -1}]`} {
		f.Add([]byte(seed), uint8(2))
	}
	f.Fuzz(func(t *testing.T, body []byte, count uint8) {
		req := request{method: http.MethodPost, path: "dcim/devices", count: int(count)}
		got, err := objects(req, &answer{status: http.StatusCreated, body: body})
		if err != nil {
			if e, ok := err.(*Error); !ok || !e.Unknown || got != nil { //nolint:errorlint // made here, never wrapped
				t.Errorf("%q: %v, %v", body, got, err)
			}
			return
		}
		if len(got) != int(count) {
			t.Errorf("%q: %d objects of %d", body, len(got), count)
		}
		for _, o := range got {
			var head struct{ ID json.Number }
			if err := json.Unmarshal(o.Raw, &head); err != nil || head.ID.String() != strconv.FormatInt(o.ID, 10) || o.ID < 1 {
				t.Errorf("%q: id %d of %s, %v", body, o.ID, o.Raw, err)
			}
		}
	})
}
