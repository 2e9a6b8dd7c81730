package engine_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/apply"
	"github.com/diet-project/diet/mirror/sandbox"
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

// lanes is a plan whose leaf ports are made for the servers that use them, and go with them.
const lanes = `apiVersion: diet/v1alpha1
kind: Plan
metadata: {name: web}
spec:
  site: ams2
  reconcile: {deletionPolicy: delete}
  catalog: {deviceTypes: {leaf: {manufacturer: acme, model: Leaf}, server: {manufacturer: acme, model: Server}}}
  fabrics: {dc: {switches: {leaf: {role: leaf, type: leaf, zones: {server: {ports: 1-8, breakout: 1x25}}}}}}
  nodes:
    web: {count: %d, type: server, nics: {lom: {ports: [eth0]}}, links: {data: {from: lom, to: dc.leaf/server}}}
`

// TestLanesOfDeletedServers deletes servers with their cables and with the switch ports that
// were made for them in one apply, and nothing of a server that NetBox refuses to delete.
func TestLanesOfDeletedServers(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"4.2", "4.4", "4.6", "4.7"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			w := setup(t, version)
			w.apply(w.load("web", fmt.Sprintf(lanes, 5)))
			four, three := w.load("web", fmt.Sprintf(lanes, 4)), w.load("web", fmt.Sprintf(lanes, 3))
			w.apply(four)
			w.law(four)

			was := w.object("cables", "web/web[4]/lom.eth0~")
			w.server.FailNext(sandbox.Fault{
				Method: http.MethodDelete, PathPrefix: "/api/dcim/devices/", Status: http.StatusConflict, Body: `{"detail": "a rule protects it"}`,
			})
			result, _, err := w.eng.Apply(t.Context(), three, engine.ApplyOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if len(result.Deleted) > 0 || len(result.Failed) != 1 || len(result.Skipped) != 3 {
				t.Errorf("deleted %+v, failed %+v, skipped %+v; want the server to fail, and all that goes along with it to stay",
					result.Deleted, result.Failed, result.Skipped)
			}
			is := w.object("cables", "web/web[4]/lom.eth0~")
			for _, end := range []string{"a_terminations", "b_terminations"} {
				if fmt.Sprint(is[end]) != fmt.Sprint(was[end]) {
					t.Errorf("%s were %v and are %v", end, was[end], is[end])
				}
			}
			w.apply(three)
			w.law(three)
		})
	}
}

// gone is the plan of lanes without its servers, which stay, and without its switches.
const gone = `apiVersion: diet/v1alpha1
kind: Plan
metadata: {name: web}
spec:
  site: ams2
  reconcile: {deletionPolicy: delete}
  removed: [{from: web, policy: orphan}, {from: dc, policy: delete}]
`

// TestReleasedMeanwhile deletes a switch to which cables lead that the same run releases, as an
// answer says, while a person edits something else: what diet has just released is nothing that somebody
// attached.
func TestReleasedMeanwhile(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.load("web", fmt.Sprintf(lanes, 3)))
	site, done := w.server.Objects("sites")[0]["id"], false
	next := w.handler
	w.handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if !done && r.Method == http.MethodDelete && strings.HasPrefix(r.URL.Path, "/api/dcim/devices/") {
			t.Error("the switch is deleted before the person edits the site")
		}
		if !done && r.Method == http.MethodPatch && strings.HasPrefix(r.URL.Path, "/api/dcim/cables/") {
			done = true
			w.byHandJSON(http.MethodPatch, fmt.Sprintf("dcim/sites/%v", site), `{"comments": "hers"}`)
		}
		next.ServeHTTP(rw, r)
	})
	w.answers(w.load("web", gone), "web/dc.leaf[1]", "", "force_delete")
	result, _, err := w.eng.Apply(t.Context(), w.load("web", gone), engine.ApplyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Failed) > 0 || !done {
		t.Errorf("failed %+v, edited %v", result.Failed, done)
	}
	if n := len(w.server.Objects("devices")); n != 3 {
		t.Errorf("%d devices are left, want the servers", n)
	}
	w.law(w.load("web", gone))
}
