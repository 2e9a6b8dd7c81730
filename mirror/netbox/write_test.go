package netbox_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/diet-project/diet/mirror/netbox"
)

func TestCreate(t *testing.T) {
	t.Parallel()
	c, a := setup(t, "4.6.8", say(201, `[{"id": 7, "name": "a"}, {"id": 8, "name": "b"}]`))
	items := []map[string]any{{"name": "a"}, {"name": "b"}}
	res, err := c.Create(t.Context(), "rack", items, netbox.Write{Message: strings.Repeat("é", 300)})
	if err != nil || res.RequestID != "req-1" || len(res.Objects) != 2 || res.Objects[1].ID != 8 {
		t.Fatalf("Create = %+v, %v", res, err)
	}
	var sent []map[string]any
	first, body := a.first()
	if err := json.Unmarshal([]byte(body), &sent); err != nil {
		t.Fatal(err)
	}
	if msg := sent[1]["changelog_message"]; msg != strings.Repeat("é", 200) || items[1]["changelog_message"] != nil {
		t.Errorf("message %q, items %v", msg, items)
	}
	if first.URL.Path != "/api/dcim/racks/" {
		t.Errorf("path %s", first.URL.Path)
	}
}

func TestMessageAndIfMatchOnlyWhereKnown(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]string{"4.2.9": "false false", "4.4.10": "true false", "4.6.8": "true true"} {
		c, a := setup(t, version, say(200, `[{"id": 7}]`))
		tag := netbox.ETag("2026-11-23T15:27:33.114618Z")
		_, err := c.Update(t.Context(), "device", []map[string]any{{"id": 7, "serial": "x"}}, netbox.Write{Message: "m", IfMatch: []string{tag}})
		if err != nil {
			t.Fatal(err)
		}
		first, body := a.first()
		match := first.Header.Get("If-Match")
		if got := fmt.Sprint(strings.Contains(body, "changelog_message"), match == `W/"2026-11-23T15:27:33.114618+00:00"`); got != want {
			t.Errorf("%s: %s, want %s", version, got, want)
		}
	}
}

func TestUpdateNamesSkippedIDs(t *testing.T) {
	t.Parallel()
	c, _ := setup(t, "4.4.10", say(200, `[{"id": 9}, {"id": 7}]`))
	res, err := c.Update(t.Context(), "device", []map[string]any{{"id": 7}, {"id": int64(8)}, {"id": 9}}, netbox.Write{})
	var e *netbox.Error
	if !errors.As(err, &e) || !errors.Is(err, netbox.ErrNotFound) || e.Unknown || len(res.Objects) != 2 {
		t.Fatalf("Update = %+v, %v", res, err)
	}
	if len(e.Items) != 1 || e.Items[0].Index != 1 || e.Items[0].ID != 8 {
		t.Errorf("items %+v", e.Items)
	}
}

func TestDeleteNamesWhatStillStands(t *testing.T) {
	t.Parallel()
	c, a := setup(t, "4.4.10", func(w http.ResponseWriter, r *http.Request, _ int) {
		if r.Method == http.MethodDelete {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		fmt.Fprint(w, `{"count": 1, "next": null, "results": [{"id": 2}]}`)
	})
	_, err := c.Delete(t.Context(), "cable", []int64{1, 2, 3}, netbox.Write{})
	var e *netbox.Error
	if !errors.As(err, &e) || len(e.Items) != 1 || e.Items[0].ID != 2 {
		t.Errorf("Delete: %v", err)
	}
	if _, body := a.first(); body != `[{"id":1},{"id":2},{"id":3}]` {
		t.Errorf("body %s", body)
	}
}

// A deletion that cannot be checked is one of unknown outcome: it is not to be sent
// again as if it had been refused.
func TestDeleteThatCannotBeChecked(t *testing.T) {
	t.Parallel()
	c, _ := setup(t, "4.4.10", func(w http.ResponseWriter, r *http.Request, _ int) {
		if r.Method == http.MethodDelete {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		http.Error(w, `{"detail": "no"}`, http.StatusBadRequest)
	})
	_, err := c.Delete(t.Context(), "cable", []int64{1, 2, 3}, netbox.Write{})
	var e *netbox.Error
	if !errors.As(err, &e) || !e.Unknown || e.Method != http.MethodDelete || len(e.Items) != 0 {
		t.Errorf("Delete: %v, want an unknown outcome", err)
	}
}

// A gateway that drops the bodies of DELETE requests is gone round: lists are refused as
// a whole, one object is deleted by its path, with the version that it must have.
func TestDeleteBehindGatewayThatDropsBodies(t *testing.T) {
	t.Parallel()
	for version, refusal := range map[string]string{
		"4.4.10": `{"non_field_errors": ["Expected a list of items but got type \"dict\"."]}`,
		"4.7.3":  `{"detail": "Expected a list of objects, but no data was submitted."}`,
	} {
		c, a := setup(t, version, func(w http.ResponseWriter, r *http.Request, _ int) {
			if r.URL.Path == "/api/dcim/cables/7/" {
				w.WriteHeader(http.StatusNoContent)
				return
			}
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, refusal)
		})
		var e *netbox.Error
		_, err := c.Delete(t.Context(), "cable", []int64{7, 8}, netbox.Write{})
		if !errors.As(err, &e) || e.Status != http.StatusBadRequest || e.Unknown || !strings.Contains(e.Error(), "gateway") {
			t.Errorf("%s: Delete of two: %v, want a refusal that names the gateway", version, err)
		}
		res, err := c.Delete(t.Context(), "cable", []int64{7}, netbox.Write{IfMatch: []string{"W/1"}})
		if err != nil || res.RequestID != "req-1" || a.count() != 2 {
			t.Errorf("%s: Delete of one = %+v, %v after %d requests, want 2", version, res, err, a.count())
		}
		if _, err := c.Delete(t.Context(), "cable", []int64{9}, netbox.Write{}); err == nil {
			t.Errorf("%s: a refused deletion by path counts as done", version)
		}
	}
}

// Every shape that a refusal comes in.
func TestErrorShapes(t *testing.T) {
	t.Parallel()
	items := []map[string]any{{"id": 11}, {"id": 22}}
	for name, tc := range map[string]struct {
		status int
		body   string
		is     error
		items  string
		detail string
	}{
		"list by item": {400, `[{}, {"type": ["This field is required."]}]`, nil,
			"[id 22: type: This field is required.]", "1 of 2 objects refused"},
		"dict by index":      {400, `{"1": {"name": ["a", "b"]}}`, nil, "[id 22: name: a b]", "1 of 2 objects refused"},
		"first failing only": {400, `{"__all__": ["Device name must be unique per site."]}`, nil, "[]", "Device name must be unique per site."},
		"two fields":         {400, `{"site": ["x"], "role": {"slug": ["y"]}}`, nil, "[]", "role: slug: y; site: x"},
		"structured by id": {400,
			`{"detail": "1 of 2 objects could not be updated.", "errors": [{"id": 22, "errors": {"status": ["bad"]}}]}`,
			nil, "[id 22: status: bad]", "1 of 2 objects could not be updated."},
		"structured by index": {
			400, `{"detail": "d", "errors": [{"index": 0, "errors": {"__all__": ["bad"]}}]}`, nil,
			"[id 11: bad]", "d",
		},
		"structured missing": {400, `{"detail": "1 of 2 objects could not be found.", "errors": [{"id": 11}]}`,
			nil, "[id 11: not found]", "1 of 2 objects could not be found."},
		"conflict": {409, `{"detail": "Unable to delete object. 1 dependent objects were found: d1 (1)"}`,
			netbox.ErrConflict, "[]", "Unable to delete object. 1 dependent objects were found: d1 (1)"},
		"exception": {500, `{"error": "duplicate key value\nDETAIL: x", "exception": "IntegrityError"}`,
			nil, "[]", "IntegrityError: duplicate key value DETAIL: x"},
		"html": {404, "<html><head><title>Page\n Not Found</title></head><body>x</body></html>",
			netbox.ErrNotFound, "[]", "Page Not Found"},
		"bare list": {400, `["Ordering cannot be specified."]`, nil, "[]", "Ordering cannot be specified."},
		"not a list": {400, `{"non_field_errors": ["Expected a list of items but got type \"dict\"."]}`,
			nil, "[]", `Expected a list of items but got type "dict".`},
		"precondition": {412, `{"detail": "Precondition failed."}`, netbox.ErrPrecondition, "[]", "Precondition failed."},
		"permission": {403, `{"detail": "You do not have permission to perform this action."}`,
			netbox.ErrReadOnly, "[]", "You do not have permission to perform this action."},
		"bad token": {403, `{"detail": "Invalid v1 token"}`, netbox.ErrUnauthorized, "[]", "Invalid v1 token"},
		"empty":     {400, ``, nil, "[]", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, _ := setup(t, "4.6.8", say(tc.status, tc.body))
			_, err := c.Update(t.Context(), "device", items, netbox.Write{})
			var e *netbox.Error
			if !errors.As(err, &e) {
				t.Fatalf("error %v", err)
			}
			if e.Detail != tc.detail || fmt.Sprint(e.Items) != tc.items || e.Unknown || e.Status != tc.status {
				t.Errorf("got %+v", e)
			}
			if tc.is != nil && !errors.Is(err, tc.is) {
				t.Errorf("%v is not %v", err, tc.is)
			}
		})
	}
}

func TestRecordedErrors(t *testing.T) {
	t.Parallel()
	files, _ := filepath.Glob("testdata/*.json")
	if len(files) == 0 {
		t.Fatal("no recordings")
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var recorded map[string]struct {
			Status int
			Body   json.RawMessage
		}
		if err := json.Unmarshal(raw, &recorded); err != nil {
			t.Fatal(err)
		}
		for name, r := range recorded {
			c, _ := setup(t, "4.6.8", say(r.Status, string(r.Body)))
			_, err := c.Update(t.Context(), "device", []map[string]any{{"id": 1}, {"id": 2}, {"id": 3}}, netbox.Write{})
			var e *netbox.Error
			if !errors.As(err, &e) || e.Detail == "" || e.Unknown {
				t.Errorf("%s, %s: %v", file, name, err)
			}
		}
	}
}

func TestUnknownOutcome(t *testing.T) {
	t.Parallel()
	for name, handle := range map[string]func(http.ResponseWriter, *http.Request, int){
		"502":         say(502, "<title>Bad Gateway</title>"),
		"504":         say(504, ""),
		"redis down":  say(500, `{"error": "x", "exception": "ConnectionError"}`),
		"failed":      say(500, "<html><title>Server Error</title></html>"),
		"of a proxy":  say(500, "<html><head><title>500 Internal Server Error</title></head></html>"),
		"its lost db": say(500, `{"error": "server closed the connection", "exception": "OperationalError"}`),
		"not a list":  say(200, `{"count": 3, "results": []}`),
		"cut off":     say(200, `[{"id": 1}`),
		"reset":       func(http.ResponseWriter, *http.Request, int) { panic(http.ErrAbortHandler) },
		"lost object": say(201, `[{"id": 1}]`),
	} {
		c, a := setup(t, "4.6.8", handle)
		_, err := c.Create(t.Context(), "device", []map[string]any{{"name": "a"}, {"name": "b"}}, netbox.Write{})
		var e *netbox.Error
		if !errors.As(err, &e) || !e.Unknown || a.count() != 1 {
			t.Errorf("%s: %v after %d requests", name, err, a.count())
		}
		if ended := name == "redis down" || name == "failed"; e.Ended != ended {
			t.Errorf("%s: ended %v", name, e.Ended)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	c, a := setup(t, "4.6.8", func(_ http.ResponseWriter, r *http.Request, _ int) { cancel(); <-r.Context().Done() })
	if _, err := c.Probe(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, err := c.Delete(ctx, "device", []int64{1}, netbox.Write{})
	var e *netbox.Error
	if !errors.As(err, &e) || !e.Unknown || !errors.Is(err, context.Canceled) || a.count() != 1 {
		t.Errorf("canceled: %v", err)
	}
}

func TestWritesAreRepeatedOnlyIfRolledBack(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]int{
		`{"error": "deadlock detected\nDETAIL", "exception": "OperationalError"}`:    2,
		`{"error": "could not serialize access", "exception": "OperationalError"}`:   2,
		`{"error": "server closed the connection", "exception": "OperationalError"}`: 1,
		`{"error": "duplicate key", "exception": "IntegrityError"}`:                  1,
		`oops`: 1,
	} {
		c, a := setup(t, "4.6.8", func(w http.ResponseWriter, r *http.Request, n int) {
			if n == 1 {
				say(500, body)(w, r, n)
				return
			}
			say(201, `[{"id": 1}]`)(w, r, n)
		})
		_, err := c.Create(t.Context(), "device", []map[string]any{{"name": "a"}}, netbox.Write{})
		if a.count() != want || (err == nil) != (want == 2) {
			t.Errorf("%s: %d requests, %v", body, a.count(), err)
		}
	}
	for status, header := range map[int]string{503: "", 429: "1"} {
		c, a := setup(t, "4.6.8", func(w http.ResponseWriter, r *http.Request, n int) {
			if n == 1 {
				w.Header().Set("Retry-After", header)
				w.WriteHeader(status)
				return
			}
			say(201, `[{"id": 1}]`)(w, r, n)
		})
		if _, err := c.Create(t.Context(), "device", []map[string]any{{"name": "a"}}, netbox.Write{}); err != nil || a.count() != 2 {
			t.Errorf("%d: %d requests, %v", status, a.count(), err)
		}
	}
}

// TestETag makes the tag of NetBox's from a time as the mirror has it, and as NetBox tells it.
func TestETag(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"2026-11-23T15:27:33.114618Z":      `W/"2026-11-23T15:27:33.114618+00:00"`,
		"2026-11-23T15:27:33.100000Z":      `W/"2026-11-23T15:27:33.100000+00:00"`,
		"2026-11-23T15:27:33.000000Z":      `W/"2026-11-23T15:27:33+00:00"`,
		"2026-11-23T16:27:33.114618+01:00": `W/"2026-11-23T15:27:33.114618+00:00"`,
	} {
		if got := netbox.ETag(text); got != want {
			t.Errorf("%s has the tag %s, want %s", text, got, want)
		}
	}
}
