package sandbox_test

import (
	"fmt"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/diet-project/diet/mirror/sandbox"
)

// TestFork writes to a NetBox and to a copy of it: neither shows in the other, and both
// count on from where they were.
func TestFork(t *testing.T) {
	w := newWorld(t, "4.6")
	site, role, kind := w.room(2)
	device := func(w *world, name string) int {
		return w.must(201, "POST", "/api/dcim/devices/", obj{"name": name, "site": site, "role": role, "device_type": kind}).id()
	}
	device(w, "a")
	w.must(201, "POST", "/api/extras/custom-fields/", obj{"name": "f", "type": "text", "object_types": []string{"dcim.device"}})
	const token = "1111111111111111111111111111111111111111"
	srv := w.srv.Fork(token, func() time.Time { return time.Now().Add(time.Hour) })
	web := httptest.NewServer(srv)
	t.Cleanup(web.Close)
	f := &world{t: t, ctx: w.ctx, srv: srv, url: web.URL, authorization: "Token " + token}
	same := func(as func() any, of *world, change func()) {
		t.Helper()
		before := as()
		change()
		if after := as(); !reflect.DeepEqual(before, after) {
			t.Errorf("a write to another NetBox shows:\n%v\n%v", before, after)
		}
		if len(of.srv.Objects("devices")) == 0 {
			t.Error("the copy is empty")
		}
	}
	all := func(s *sandbox.Server) func() any {
		return func() any {
			return fmt.Sprint(s.Objects("sites"), s.Objects("devices"), s.Objects("interfaces"), s.Objects("custom-fields"),
				s.Objects("object-changes"))
		}
	}
	for _, pair := range [][2]*world{{w, f}, {f, w}} {
		a, b := pair[0], pair[1]
		same(all(a.srv), b, func() {
			if got := device(b, "b"); got != 2 {
				t.Errorf("the second device got id %d", got)
			}
			b.must(200, "PATCH", "/api/dcim/devices/1/", obj{"serial": "x", "custom_fields": obj{"f": "y"}})
			b.srv.Overwrite("devices", 1, "comments", "z")
			b.must(204, "DELETE", "/api/dcim/interfaces/1/", nil)
			b.must(204, "DELETE", "/api/extras/custom-fields/1/", nil)
		})
	}
	if r := f.must(200, "GET", "/api/dcim/devices/?name=b", nil); !strings.Contains(string(r.raw), `"count":1`) {
		t.Errorf("the copy does not find by name what it made: %s", r.raw)
	}
}
