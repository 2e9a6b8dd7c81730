package engine_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/answer"
	"github.com/diet-project/diet/engine/approval"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror/mirrortest"
	"github.com/diet-project/diet/mirror/sandbox"
)

const (
	token  = "d1e7000000000000000000000000000000000001"
	person = "5e7f000000000000000000000000000000000002"
)

// small is a plan of one rack, two leaves and n servers.
const small = `apiVersion: diet/v1alpha1
kind: Plan
metadata: {name: web}
spec:
  site: ams2
  defaults: {description: "%s"}
  catalog:
    deviceTypes:
      leaf-48: {manufacturer: acme, model: Leaf 48, u: 1, ports: {"E1/{1-8}": 25gbase-x-sfp28}}
      server: {manufacturer: acme, model: Server, u: 1}
  racks:
    row: {count: 1, units: 48}
  fabrics:
    dc:
      switches:
        leaf: {role: leaf, type: leaf-48, group: 2, rack: {pool: row, per: 2, fromU: 43}, zones: {server: {ports: 1-8}}}
  nodes:
    web:
      count: %d
      type: server
      rack: {pool: row, per: 32, fromU: 1}
      nics: {lom: {ports: [eth0, eth1], type: 25gbase-x-sfp28}}
      links: {data: {from: lom, to: dc.leaf/server, spread: alternate}}
  reconcile: {deletionPolicy: delete}
`

// world is what each test owns.
type world struct {
	testing.TB
	server *sandbox.Server
	eng    *engine.Engine
	dir    string
	url    string
	doors  *doors
	token  string

	// handler is what answers: the server, or what stands before it.
	handler  http.Handler
	policies []string
	waivers  map[string]string

	approvers approval.Approvers
	actors    engine.Actors
	rebase    bool
	store     string // beside the mirror, if ""
	kept      contents

	// parallel is how many writes may be under way at once: one, where a test counts them.
	parallel int

	// fail counts writes down; the one that it reaches 0 at is answered by 502,
	// after NetBox has committed it if committed is set. Negative is never.
	fail      atomic.Int64
	committed bool

	// hook is run ahead of the write that countdown reaches 0 at.
	countdown atomic.Int64
	hook      func()

	spares int // interfaces that a person made

	clock atomic.Int64 // how far NetBox's time is ahead of the real one
}

// isLease reports whether a request is one for tags: the lease of a run. Tests that count
// the writes of an apply do not count it.
func isLease(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/api/extras/tags/") }

// expire has NetBox's time go on until the lease of a run that was stopped has run out:
// another machine waits for that.
func (w *world) expire() { w.clock.Add(int64(45 * time.Second)) }

// now is NetBox's time.
func (w *world) now() time.Time { return time.Now().Add(time.Duration(w.clock.Load())) }

// ServeHTTP is the NetBox, with a proxy ahead of it that may fail.
func (w *world) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	if isLease(r) {
		w.handler.ServeHTTP(rw, r)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodOptions && w.hook != nil && w.countdown.Add(-1) == -1 {
		w.hook()
	}
	if r.Method == http.MethodGet || w.fail.Load() < 0 || w.fail.Add(-1) >= 0 {
		w.handler.ServeHTTP(rw, r)
		return
	}
	if w.committed {
		w.handler.ServeHTTP(httptest.NewRecorder(), r)
	}
	http.Error(rw, "<html>bad gateway</html>", http.StatusBadGateway)
}

func setup(t testing.TB, version string) *world {
	t.Helper()
	mirrortest.Sampled(t)
	w := &world{TB: t}
	server, err := sandbox.New(sandbox.Config{Version: version, Token: token, Tokens: map[string]string{person: "maria"}, Now: w.now})
	if err != nil {
		t.Fatal(err)
	}
	w.serve(server)
	if _, err := w.eng.Init(t.Context()); err != nil {
		t.Fatal(err)
	}
	return w
}

// serve is a world around a NetBox.
func serve(t testing.TB, server *sandbox.Server) *world {
	t.Helper()
	mirrortest.Sampled(t)
	w := &world{TB: t}
	w.serve(server)
	return w
}

func (w *world) serve(server *sandbox.Server) {
	w.server, w.handler, w.dir, w.parallel = server, server, w.TempDir(), 1
	w.fail.Store(-1)
	w.doors = &doors{}
	w.token = w.doors.add(w, w)
	web := httptest.NewServer(w.doors)
	w.Cleanup(web.Close)
	w.url = web.URL
	w.open("mirror.db")
}

// open starts over with another mirror: what a second machine would see, once no lease
// keeps it out.
func (w *world) open(mirror string) {
	w.Helper()
	w.expire()
	mirrortest.Lay(w, filepath.Join(w.dir, mirror))
	eng, err := engine.New(w.Context(), engine.Config{
		URL: w.url, Token: w.token, Mirror: filepath.Join(w.dir, mirror), Policies: w.policies, Waivers: w.waivers, Actors: w.actors,
		Rebase: w.rebase, Store: w.store, Approvers: w.approvers, Version: "test", Batch: 3, Parallel: w.parallel, Wait: 50 * time.Millisecond,
		Resolutions: filepath.Join(w.dir, answer.FileName),
	})
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() { _ = eng.Close() })
	w.eng = eng
}

// ahead runs edit ahead of the nth write from now, from 0.
func (w *world) ahead(n int, edit func()) {
	w.countdown.Store(int64(n))
	w.hook = edit
}

// edit is a person's PATCH of an object, past the proxy.
func (w *world) edit(endpoint, object, body string) {
	w.Helper()
	w.person(http.MethodPatch, endpoint, object, body)
}

// remove is a person's DELETE of an object.
func (w *world) remove(endpoint, object string) {
	w.Helper()
	w.person(http.MethodDelete, endpoint, object, "")
}

func (w *world) person(method, endpoint, object, body string) {
	w.Helper()
	path := fmt.Sprintf("/api/dcim/%s/%v/", endpoint, w.object(endpoint, object)["id"])
	w.byHand(httptest.NewRequestWithContext(w.Context(), method, path, strings.NewReader(body)))
}

// byHandJSON sends a person's request with a body.
func (w *world) byHandJSON(method, path, body string) {
	w.Helper()
	w.byHand(httptest.NewRequestWithContext(w.Context(), method, "/api/"+path+"/", strings.NewReader(body)))
}

// byHand sends a person's request.
func (w *world) byHand(req *http.Request) {
	w.Helper()
	req.Header.Set("Authorization", "Token "+person)
	req.Header.Set("Content-Type", "application/json")
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, req)
	if rec.Code >= http.StatusMultipleChoices {
		w.Errorf("%s %s: %d %s", req.Method, req.URL.Path, rec.Code, rec.Body)
	}
}

// object is what NetBox holds under a diet id.
func (w *world) object(endpoint, id string) map[string]any {
	w.Helper()
	for _, o := range w.server.Objects(endpoint) {
		if custom, _ := o["custom_fields"].(map[string]any); custom["diet_object_id"] == id {
			return o
		}
	}
	w.Fatalf("no %s has the id %s", endpoint, id)
	return nil
}

func (w *world) plan(description string, servers int) *generate.Plan {
	w.Helper()
	plan, err := generate.Load("plan.yaml", fmt.Appendf(nil, small, description, servers))
	if err != nil {
		w.Fatal(err)
	}
	return plan
}

// law asserts that nothing acting is left, and that another apply sends nothing.
func (w *world) law(plan engine.Intent) {
	w.Helper()
	w.server.ResetRequests()
	result, p, err := w.eng.Apply(w.Context(), plan, engine.ApplyOptions{})
	if err != nil {
		w.Fatalf("apply again: %v", err)
	}
	if n := p.Pending(); n != 0 || result.Requests != 0 {
		w.Fatalf("%d changes are left and %d requests were sent", n, result.Requests)
	}
	for _, r := range w.server.Requests() {
		if r.Method != http.MethodGet {
			w.Fatalf("the second apply sent %s %s", r.Method, r.Path)
		}
	}
}

func (w *world) apply(plan engine.Intent) {
	w.Helper()
	result, _, err := w.eng.Apply(w.Context(), plan, engine.ApplyOptions{})
	if err != nil {
		w.Fatalf("apply: %v", err)
	}
	for _, e := range result.Errors {
		w.Errorf("%s %s: %s", e.Kind, e.Object, e.Error)
	}
}

func TestApply(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"4.2", "4.4", "4.6", "4.7"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			w := setup(t, version)
			w.parallel = 4
			w.open("mirror.db")
			for _, step := range []struct {
				name    string
				text    string
				servers int
			}{
				{"creates the plan", "one", 3},
				{"changes a field everywhere", "two", 3},
				{"grows", "two", 5},
				{"shrinks", "two", 2},
			} {
				plan := w.plan(step.text, step.servers)
				w.apply(plan)
				w.law(plan)
				if got, want := len(w.server.Objects("devices")), step.servers+2; got != want {
					t.Fatalf("%s: %d devices, want %d", step.name, got, want)
				}
				if got, want := len(w.server.Objects("cables")), 2*step.servers; got != want {
					t.Fatalf("%s: %d cables, want %d", step.name, got, want)
				}
			}
		})
	}
}

func TestMirrorIsACache(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.plan("one", 3)
	w.apply(plan)
	w.open("another.db")
	w.law(plan)
}

// TestInterrupted fails each write of a run in turn, before and after NetBox has
// committed it; the next run, on an empty mirror, completes the plan, and no
// object is made twice.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	for _, committed := range []bool{false, true} {
		for n := range 12 {
			t.Run(fmt.Sprintf("write %d, committed %v", n, committed), func(t *testing.T) {
				t.Parallel()
				w := setup(t, "4.6")
				plan := w.plan("one", 3)
				w.parallel = 1 + 3*(n%2)
				w.open("mirror.db")
				w.committed = committed
				w.fail.Store(int64(n))
				_, _, _ = w.eng.Apply(t.Context(), plan, engine.ApplyOptions{})
				w.fail.Store(-1)
				w.open("another.db")
				w.apply(plan)
				w.law(plan)
				w.unique()
			})
		}
	}
}

// unique asserts that no diet id stands twice.
func (w *world) unique() {
	w.Helper()
	seen := map[string]bool{}
	for _, kind := range []string{"racks", "devices", "interfaces", "cables"} {
		for _, o := range w.server.Objects(kind) {
			custom, _ := o["custom_fields"].(map[string]any)
			id, _ := custom["diet_object_id"].(string)
			if id != "" && seen[kind+id] {
				w.Errorf("%s %s stands twice", kind, id)
			}
			seen[kind+id] = true
		}
	}
}

// TestTokenIsNowhere looks for the token in what diet keeps.
func TestTokenIsNowhere(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.plan("one", 2)
	w.apply(plan)
	_, rows, err := w.eng.Query(t.Context(), "SELECT document FROM preview UNION ALL SELECT result FROM run"+
		" UNION ALL SELECT key || value FROM sync_state UNION ALL SELECT coalesce(error, '') FROM journal", 0)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(fmt.Sprint(rows), token) {
		t.Error("the token stands in the mirror")
	}
}
