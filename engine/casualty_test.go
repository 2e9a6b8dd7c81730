package engine_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
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

// TestDetachedMeanwhile has a person make something of hers refer to a doomed server in the very moment of its
// deletion, by custom fields and by a field that NetBox empties: it stays, and the run names it.
func TestDetachedMeanwhile(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		hang  hung
		edit  string // METHOD path body
		field string
		found string
	}{
		"custom field of a kind that is synced": {hung{made: []string{
			`extras/custom-fields {"name": "gateway", "type": "object", "related_object_type": "dcim.device", "object_types": ["dcim.site"]}`,
			`dcim/sites {"name": "far", "slug": "far"}`}}, `PATCH dcim/sites/#2 {"custom_fields": {"gateway": DEVICE}}`, "cf.gateway", "site far"},
		"custom field of a kind that is not": {hung{made: []string{
			`extras/custom-fields {"name": "ports", "type": "multiobject", "related_object_type": "dcim.interface",
			                      "object_types": ["ipam.prefix"]}`,
			`ipam/prefixes {"prefix": "198.51.100.0/24"}`}}, `PATCH ipam/prefixes/#2 {"custom_fields": {"ports": [PORT]}}`, "cf.ports",
			"ipam.prefix 198.51.100.0/24"},
		"custom field of something new": {hung{made: []string{
			`extras/custom-fields {"name": "box", "type": "object", "related_object_type": "dcim.device", "object_types": ["ipam.prefix"]}`}},
			`POST ipam/prefixes {"prefix": "203.0.113.0/24", "custom_fields": {"box": DEVICE}}`, "cf.box", "ipam.prefix 203.0.113.0/24"},
		"a bay": {hung{made: []string{`dcim/device-types {"manufacturer": 1, "model": "Chassis", "slug": "chassis", "subdevice_role": "parent"}`,
			`dcim/devices {"name": "chassis", "site": 1, "role": 1, "device_type": #1}`,
			`dcim/device-bays {"device": #2, "name": "bay"}`}}, `PATCH dcim/device-bays/#3 {"description": "nothing refers"}`, "", ""},
		"what refers to something else": {hung{made: []string{
			`extras/custom-fields {"name": "other", "type": "object", "related_object_type": "dcim.device", "object_types": ["dcim.site"]}`,
			`dcim/sites {"name": "far", "slug": "far"}`}}, `PATCH dcim/sites/#2 {"custom_fields": {"other": 1}}`, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			w.apply(w.plan("one", 3))
			less := w.replanned(2, "row: {count: 1,", "row: {count: 2,")
			device, port := w.object("devices", "web/web[3]")["id"], w.object("interfaces", "web/web[3]/lom.eth0")["id"]
			ids := []string{"DEVICE", fmt.Sprint(device), "PORT", fmt.Sprint(port)}
			for i, line := range tc.hang.made {
				endpoint, body, _ := strings.Cut(strings.NewReplacer(ids...).Replace(line), " ")
				ids = append(ids, fmt.Sprintf("#%d", i+1), fmt.Sprint(w.makeAt(endpoint, body)))
			}
			w.sync()
			edit, done := strings.SplitN(strings.NewReplacer(ids...).Replace(tc.edit), " ", 3), false
			next := w.handler
			w.handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				if !done && r.Method == http.MethodDelete && strings.HasPrefix(r.URL.Path, "/api/dcim/devices/") {
					done = true
					w.byHandJSON(edit[0], edit[1], edit[2])
				}
				next.ServeHTTP(rw, r)
			})
			result, _, err := w.eng.Apply(t.Context(), less, engine.ApplyOptions{})
			if err != nil || !done {
				t.Fatal(err, done)
			}
			found := ""
			for _, c := range result.Casualties {
				found += fmt.Sprintf("%s %s by %s, %s", c.Kind, c.Name, c.Field, c.User)
			}
			want := ""
			if tc.field != "" {
				want = tc.found + " by " + tc.field + ", maria"
			}
			if found != want || len(result.Failed) > 0 {
				t.Errorf("casualties %q, want %q; failed %+v", found, want, result.Failed)
			}
			w.law(less)
		})
	}
}

// TestEmptiedMeanwhile has a person bridge a port of hers to a lane in the very moment of its deletion: NetBox empties
// that field, and the run says so; of what nobody touched meanwhile it says nothing.
func TestEmptiedMeanwhile(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.load("web", fmt.Sprintf(lanes, 5)))
	leaf := w.object("devices", "web/dc.leaf[1]")["id"]
	hers := w.makeAt("dcim/interfaces", fmt.Sprintf(`{"device": %v, "name": "hers", "type": "virtual"}`, leaf))
	w.sync()
	next, done := w.handler, false
	w.handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if !done && r.Method == http.MethodDelete && strings.HasPrefix(r.URL.Path, "/api/dcim/interfaces/") {
			done = true
			body, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(body))
			var ids []struct{ ID int64 }
			if err := json.Unmarshal(body, &ids); err != nil || len(ids) == 0 {
				t.Errorf("deleted: %s", body)
				return
			}
			w.byHandJSON(http.MethodPatch, fmt.Sprintf("dcim/interfaces/%v", hers), fmt.Sprintf(`{"bridge": %d}`, ids[0].ID))
		}
		next.ServeHTTP(rw, r)
	})
	result, _, err := w.eng.Apply(t.Context(), w.load("web", fmt.Sprintf(lanes, 4)), engine.ApplyOptions{})
	if err != nil || !done {
		t.Fatal(err, done)
	}
	if c := result.Casualties; len(c) != 1 || c[0].Name != "hers" || c[0].Field != "bridge" || c[0].User != "maria" {
		t.Errorf("casualties %+v", c)
	}
	w.law(w.load("web", fmt.Sprintf(lanes, 4)))
}
