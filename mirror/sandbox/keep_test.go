package sandbox_test

import (
	"bytes"
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/diet-project/diet/mirror/sandbox"
	"github.com/diet-project/diet/mirror/sandbox/model"
	"github.com/diet-project/diet/mirror/sandbox/release"
)

// reopened is the NetBox that a sandbox becomes when it is saved and loaded.
func reopened(w *world, c sandbox.Config) *world {
	w.t.Helper()
	var file bytes.Buffer
	if err := w.srv.Save(&file); err != nil {
		w.t.Fatal(err)
	}
	srv, err := sandbox.Load(c, &file)
	if err != nil {
		w.t.Fatal(err)
	}
	web := httptest.NewServer(srv)
	w.t.Cleanup(web.Close)
	return &world{t: w.t, ctx: w.ctx, srv: srv, url: web.URL, authorization: w.authorization}
}

// TestSaved wants a NetBox that was saved to be the same, to the last row of its changelog,
// and to go on as if it had never ended.
func TestSaved(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"4.2", "4.6", "4.7"} {
		t.Run(version, func(t *testing.T) {
			w := newWorld(t, version)
			site, role, kind := w.room(2)
			tag := w.must(201, "POST", "/api/extras/tags/", obj{"name": "T", "slug": "t"}).id()
			w.must(201, "POST", "/api/extras/custom-fields/", obj{"name": "f", "type": "json", "object_types": []string{"dcim.device"}})
			device := w.must(201, "POST", "/api/dcim/devices/", obj{
				"name": "a", "site": site, "role": role, "device_type": kind, "tags": []int{tag},
				"custom_fields": obj{"f": obj{"list": []any{1, 2.5, nil, true, "x"}, "none": obj{}}},
			}).id()
			ends := func(id int) []obj { return []obj{{"object_type": "dcim.interface", "object_id": id}} }
			w.must(201, "POST", "/api/dcim/cables/", obj{"a_terminations": ends(1), "b_terminations": ends(2), "length": 2.5, "length_unit": "m"})
			gone := w.must(201, "POST", "/api/dcim/sites/", obj{"name": "S2", "slug": "s2"}).id()
			w.must(204, "DELETE", "/api/dcim/sites/2/", nil)
			again := reopened(w, sandbox.Config{Version: version})
			for _, kind := range append(kindsOf(t, version), "object-changes") {
				if a, b := w.srv.Objects(kind), again.srv.Objects(kind); !reflect.DeepEqual(a, b) {
					t.Errorf("%s: %v, loaded as %v", kind, a, b)
				}
			}
			if id := again.must(201, "POST", "/api/dcim/sites/", obj{"name": "S3", "slug": "s3"}).id(); id != gone+1 {
				t.Errorf("the next site has the id %d, want %d", id, gone+1)
			}
			again.must(400, "POST", "/api/dcim/sites/", obj{"name": "S1", "slug": "s1"})
			again.must(200, "PATCH", "/api/dcim/devices/1/", obj{"id": device, "custom_fields": obj{"f": 1}})
			before, after := w.srv.Objects("object-changes"), again.srv.Objects("object-changes")
			if len(after) != len(before)+2 || after[len(after)-1]["id"].(float64) != before[len(before)-1]["id"].(float64)+2 {
				t.Errorf("%d rows in the changelog, %d before", len(after), len(before))
			}
		})
	}
}

func kindsOf(t *testing.T, version string) []string {
	t.Helper()
	rel, err := release.Of(version)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, m := range model.Schema(rel).Models {
		kinds = append(kinds, m.Kind)
	}
	return kinds
}

// TestSavedUsers adds a user to a NetBox that was saved: those that were there keep their ids.
func TestSavedUsers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "4.6")
	other := strings.Repeat("7", 40)
	again := reopened(w, sandbox.Config{Token: sandbox.DefaultToken, Tokens: map[string]string{other: "anna"}})
	if a, b := w.srv.Objects("users"), again.srv.Objects("users"); len(b) != 2 || !reflect.DeepEqual(a[0], b[0]) {
		t.Errorf("users %v, before %v", b, a)
	}
	again.authorization = "Token " + other
	again.must(201, "POST", "/api/dcim/sites/", obj{"name": "S1", "slug": "s1"})
	if rows := again.srv.Objects("object-changes"); rows[0]["user_name"] != "anna" {
		t.Errorf("the row is of %v", rows[0]["user_name"])
	}
}

// TestUpgraded loads what an older release held: all of it is there, and can be written.
func TestUpgraded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "4.2")
	site, role, kind := w.room(2)
	w.must(201, "POST", "/api/dcim/devices/", obj{"name": "a", "site": site, "role": role, "device_type": kind})
	again := reopened(w, sandbox.Config{Version: "4.7"})
	for _, kind := range kindsOf(t, "4.2") {
		if a, b := w.srv.Objects(kind), again.srv.Objects(kind); len(a) != len(b) {
			t.Errorf("%d %s, upgraded %d", len(a), kind, len(b))
		}
	}
	again.must(200, "PATCH", "/api/dcim/devices/1/", obj{"serial": "x"})
	again.must(201, "POST", "/api/dcim/devices/", obj{"name": "b", "site": site, "role": role, "device_type": kind})
}

// TestLoadRefuses wants no NetBox of a newer release, or of a file that is none.
func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "4.6")
	var file bytes.Buffer
	if err := w.srv.Save(&file); err != nil {
		t.Fatal(err)
	}
	if _, err := sandbox.Load(sandbox.Config{Version: "4.4"}, &file); err == nil || !strings.Contains(err.Error(), "it is a NetBox 4.6") {
		t.Errorf("error %v", err)
	}
	if _, err := sandbox.Load(sandbox.Config{}, strings.NewReader("x")); err == nil {
		t.Error("loaded a file that is none")
	}
}

// TestKeep wants a file to follow the NetBox, and to hold the last write at its end.
func TestKeep(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "4.6")
	file := filepath.Join(t.TempDir(), "lab.netbox")
	ctx, end := context.WithCancel(w.ctx)
	done := make(chan error, 1)
	go func() { done <- w.srv.Keep(ctx, file, time.Hour) }()
	w.must(201, "POST", "/api/dcim/sites/", obj{"name": "S1", "slug": "s1"})
	end()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	srv, err := sandbox.Open(sandbox.Config{}, file)
	if err != nil || len(srv.Objects("sites")) != 1 {
		t.Errorf("the file holds %v, %v", srv.Objects("sites"), err)
	}
	left, err := os.ReadDir(filepath.Dir(file))
	if err != nil || len(left) != 1 {
		t.Errorf("%d files, %v", len(left), err)
	}
}
