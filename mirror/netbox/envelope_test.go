package netbox

import (
	"encoding/json"
	"reflect"
	"testing"
)

// FuzzEnvelope holds how a page is read against encoding/json: the same, or the same error.
func FuzzEnvelope(f *testing.F) {
	for _, seed := range []string{
		`{"count": 3, "next": "http://x/?start=7", "previous": null, "results": [{"id": 1, "name": "a]"}, {"name": {"id": 3}, "id": 2}]}`,
		`{"count": null, "next": null, "results": []}`, `{"next": null, "results": [{"id": 1}]}`, `{"count": 1, "next": null, "results": null}`,
		`{"count": "1", "next": null, "results": []}`, `{"count": 1, "next": 2, "results": []}`,
		`{"count": 1, "next": null, "results": [{"id": 1.0}]}`,
		`{"count": 1, "next": null, "results": [{"ID": 7, "id": 1}]}`, `{"count": 1, "next": null, "results": [{"id": 1, "id": 2}]}`,
		`{"count": 1, "next": null, "results": [{"id": 1}], "results": [{"id": 2}]}`, `{"count": 1, "Next": "x", "next": null, "results": [7]}`,
		`{"count": 1, "next": null, "results": [{"id": null}, {}]}`, `{"count": 1, "next": null, "results": [{"id": 1, "x": tru}]}`,
		`{"count": 1, "next": null, "results": [{"id": 1,}]}`, `{"count": 1, "next": null, "results": [{"id": 1}]} x`, `[]`, `null`, `{`, ``,
		`{"count": 99999999999999999999, "next": null, "results": []}`, `{"count": 1, "next": "\u0061", "results": [{"\u0069d": 4}]}`,
		`{"count": 1, "next": null, "results": [{"id": 0}, {"id": -3}, {"id": 9223372036854775808}]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var want envelope
		wrong := json.Unmarshal(body, &want)
		got, objects, err := readEnvelope(body)
		if (err == nil) != (wrong == nil) || err != nil && err.Error() != wrong.Error() {
			t.Fatalf("%s: %v, not %v", body, err, wrong)
		}
		if err != nil {
			return
		}
		if len(got.Results) == 0 {
			got.Results, want.Results = nil, nil // a list of none
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%s is read as %+v, not %+v", body, got, want)
		}
		for i, text := range objects {
			var o object
			if json.Unmarshal([]byte(text), &o) == nil && len(objects) == len(got.Results) && o != got.Results[i] {
				t.Fatalf("%s: object %d is %s", body, i, text)
			}
		}
	})
}
