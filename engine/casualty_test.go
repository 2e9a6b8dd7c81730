package engine_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/apply"
)

// attachAhead has a person give the interface of a doomed server an address, ahead of the
// deletion of devices: before diet looks once more, or after.
func (w *world) attachAhead(path string) {
	w.Helper()
	port, done := w.object("interfaces", "web/web[3]/lom.eth0")["id"], false
	next := w.handler
	w.handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if !done && strings.HasPrefix(r.Method+" "+r.URL.Path, path) {
			done = true
			w.handler = next
			body := `{"address": "10.1.2.3/32", "assigned_object_type": "dcim.interface", "assigned_object_id": %v}`
			w.byHandJSON(http.MethodPost, "ipam/ip-addresses", fmt.Sprintf(body, port))
		}
		next.ServeHTTP(rw, r)
	})
}

// attachedMeanwhile shrinks a plan while a person gives the last server an address, ahead of
// a request; then check looks at the result, and the law holds.
func attachedMeanwhile(t *testing.T, ahead string, check func(*world, *apply.Result)) {
	t.Parallel()
	for _, version := range []string{"4.2", "4.6", "4.7"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			w := setup(t, version)
			w.apply(w.plan("one", 3))
			less := w.replanned(2, "row: {count: 1,", "row: {count: 2,")
			w.attachAhead(ahead)
			result, _, err := w.eng.Apply(t.Context(), less, engine.ApplyOptions{})
			if err != nil {
				t.Fatal(err)
			}
			check(w, result)
			w.law(less)
		})
	}
}

// TestAttachedMeanwhile gives a doomed server an address while a run goes on: the server
// stays, with all that is attached to it, and the run says why.
func TestAttachedMeanwhile(t *testing.T) {
	attachedMeanwhile(t, "POST /api/dcim/racks/", func(w *world, result *apply.Result) {
		if len(result.Failed) != 1 || !strings.Contains(result.Failed[0].Reason, "ip address 10.1.2.3/32") || len(result.Casualties) > 0 {
			w.Errorf("failed %+v, casualties %+v", result.Failed, result.Casualties)
		}
		w.object("devices", "web/web[3]")
		if n := len(w.server.Objects("ip-addresses")); n != 1 {
			w.Errorf("%d addresses", n)
		}
	})
}

// TestCasualties gives it one in the very moment: what died is named, with who made it.
func TestCasualties(t *testing.T) {
	attachedMeanwhile(t, "DELETE /api/dcim/devices/", func(w *world, result *apply.Result) {
		if c := result.Casualties; len(c) != 1 || c[0].Kind != "ip_address" || !strings.Contains(c[0].Name, "10.1.2.3/32") ||
			c[0].User != "maria" || !strings.Contains(string(c[0].Was), "10.1.2.3") {
			w.Errorf("casualties %+v", c)
		}
		if len(result.Findings) > 0 {
			w.Errorf("findings %+v", result.Findings)
		}
		const kept = "SELECT result ->> '$.casualties[0].kind' FROM run WHERE result ->> '$.casualties[0].kind' IS NOT NULL"
		if got := w.rows(kept); got != "[[ip_address]]" {
			w.Errorf("the run keeps %s", got)
		}
	})
}
