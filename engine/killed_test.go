package engine_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/lease"
	"github.com/diet-project/diet/generate"
)

// everything is a plan before and after a change that makes a run do all that one can:
// create, rename in a chain, move in a rack and among ports, swap, delete, adopt.
const everything = `apiVersion: diet/v1alpha1
kind: Plan
metadata: {name: web}
spec:
  site: ams2
  defaults: {description: "TEXT"}
  catalog:
    deviceTypes:
      leaf-48: {manufacturer: acme, model: Leaf 48, u: 1, ports: {"E1/{1-24}": 25gbase-x-sfp28}}
      server: {manufacturer: acme, model: Server, u: 1}
  racks:
    row: {count: 1, units: 48}
  fabrics:
    dc:
      switches:
        leaf:
          role: leaf
          type: leaf-48
          count: 1
          rack: {pool: row, per: 2, fromU: 43}
          zones: {server: {ports: PORTS}, db: {ports: 17-20}}
  nodes:
    web:
      count: WEBS
      type: server
      name: "NAME"
      rack: {pool: row, per: 8, fromU: FROM}
      nics: {lom: {ports: [eth0], type: 25gbase-x-sfp28}}
      links: {data: {from: lom, to: dc.leaf/server}}
    db:
      count: 2
      type: server
      rack: {pool: row, per: 8, fromU: 20}
      nics: {lom: {ports: [eth0], type: 25gbase-x-sfp28}}
      links: {data: {from: lom, to: dc.leaf/db}}
    old:
      count: OLDS
      type: server
      rack: {pool: row, per: 8, fromU: 30}
  reconcile: {deletionPolicy: delete, approveDeletionsAbove: 100}
`

// beforeAll is a NetBox ahead of such a change, and the plan that wants it.
func beforeAll(t *testing.T, version string) (*world, *generate.Plan) {
	t.Helper()
	w := setup(t, version)
	w.apply(w.edited(everything, "TEXT", "one", "PORTS", "1-8", "WEBS", "3", "NAME", "web-{n:03}", "FROM", "1", "OLDS", "3"))
	w.answer("drift", "remediate")
	w.answer("exists", "adopt")
	w.swapped("web/db[1]/lom.eth0~", "web/db[2]/lom.eth0~")
	leaf := w.object("devices", "web/dc.leaf[1]")
	server := w.object("devices", "web/web[1]")
	w.make("devices", fmt.Sprintf(`{"name": "srv-05", "site": 1, "device_type": %v, "role": %v, "rack": %v, "position": 6, "face": "front"}`,
		id(server["device_type"]), id(server["role"]), id(leaf["rack"])))
	return w, w.edited(everything, "TEXT", "two", "PORTS", "9-16", "WEBS", "5", "NAME", "srv-{n:02}", "FROM", "2", "OLDS", "1")
}

func id(nested any) any {
	object, _ := nested.(map[string]any)
	return object["id"]
}

// picture is what NetBox holds, by diet id or name, without what differs from run to run;
// and the NetBox ids.
func (w *world) picture() (now []string, ids map[string]string) {
	ids = map[string]string{}
	for _, endpoint := range []string{"racks", "devices", "interfaces", "cables", "tags", "sites", "device-types", "interface-templates"} {
		for _, o := range w.server.Objects(endpoint) {
			if strings.HasPrefix(fmt.Sprint(o["name"]), lease.Prefix) {
				continue // one that was left is taken over by the next run that writes
			}
			custom, _ := o["custom_fields"].(map[string]any)
			name := fmt.Sprint(endpoint, " ", custom["diet_object_id"], " ", o["name"])
			device, _ := o["device"].(map[string]any)
			line := fmt.Sprint(name, " on ", device["name"], " at ", o["position"], " says ", o["description"])
			if endpoint == "cables" {
				a, b := w.ends(fmt.Sprint(custom["diet_object_id"]))
				line += fmt.Sprint(a, b)
			}
			record, _ := custom["diet_managed_fields"].(map[string]any)
			now = append(now, line+fmt.Sprint(record["tmp"]))
			ids[fmt.Sprint(endpoint, " ", custom["diet_object_id"])] = fmt.Sprint(o["id"])
		}
	}
	slices.Sort(now)
	return now, ids
}

// kill ends a run at its nth request from its first write on, as kill -9 does: nothing of
// it reaches NetBox any more, and what it writes on disk from then on is not seen.
// committed has NetBox carry that request out. It reports whether the run came that far.
func (w *world) kill(plan *generate.Plan, n int, committed bool) bool {
	w.Helper()
	ctx, cancel := context.WithCancel(w.Context())
	defer cancel()
	var mu sync.Mutex
	began, dead, left := false, false, filepath.Join(w.TempDir(), "left")
	next := w.handler
	w.handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		began = began || r.Method == http.MethodPost || r.Method == http.MethodPatch || r.Method == http.MethodDelete
		switch {
		case dead:
			rw.Header().Set("Content-Type", "application/json")
			rw.WriteHeader(http.StatusForbidden)
			_, _ = rw.Write([]byte(`{"detail": "Invalid token"}`))
			return
		case !began:
		case n > 0:
			n--
		default:
			dead = true
			if committed {
				next.ServeHTTP(discard{http.Header{}}, r)
			}
			w.copyTo(left)
			cancel()
			panic(http.ErrAbortHandler)
		}
		next.ServeHTTP(rw, r)
	})
	_, _, _ = w.eng.Apply(ctx, plan, engine.ApplyOptions{})
	w.handler = next
	if dead {
		w.dir = left
	}
	return dead
}

// copyTo copies the files of the mirror and the store, as they are on disk.
func (w *world) copyTo(dir string) {
	if err := os.CopyFS(dir, os.DirFS(w.dir)); err != nil {
		w.Error(err)
	}
}

// TestKilledAnywhere kills such a run at one request after the other, before NetBox has
// carried it out and after, and goes on with the same mirror and with a new one: the end is
// the same as without. All of them take minutes: DIET_EVERY=1 does, else a few are picked.
func TestKilledAnywhere(t *testing.T) {
	t.Parallel()
	all := os.Getenv("DIET_EVERY") != ""
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	for _, version := range []string{"4.4", "4.6"} {
		w, plan := beforeAll(t, version)
		_, kept := w.picture()
		requests := &counter{next: w.handler}
		w.handler = requests
		w.apply(plan)
		w.handler = requests.next
		w.asksNothing(plan)
		w.law(plan)
		want, ids := w.picture()
		maps.DeleteFunc(kept, func(object, id string) bool { return ids[object] != id })
		for n := range requests.n {
			if !all && random.IntN(requests.n) >= 2 {
				continue
			}
			t.Run(fmt.Sprintf("%s, request %d of %d", version, n, requests.n), func(t *testing.T) {
				t.Parallel()
				w, plan := beforeAll(t, version)
				if !w.kill(plan, n, n%2 == 0) {
					t.Skip("the run needed fewer requests this time")
				}
				w.open([]string{"mirror.db", "another.db"}[n/2%2])
				w.apply(plan)
				w.asksNothing(plan)
				w.law(plan)
				w.unique()
				got, ids := w.picture()
				if !slices.Equal(got, want) {
					t.Errorf("NetBox holds %s", difference(got, want))
				}
				for object, id := range kept {
					if ids[object] != id && !strings.Contains(object, "<nil>") {
						t.Errorf("%s was %s and is %s", object, id, ids[object])
					}
				}
			})
		}
	}
}

// difference shows what two pictures do not have in common.
func difference(got, want []string) string {
	var b strings.Builder
	for _, line := range got {
		if !slices.Contains(want, line) {
			b.WriteString("\n+ " + line)
		}
	}
	for _, line := range want {
		if !slices.Contains(got, line) {
			b.WriteString("\n- " + line)
		}
	}
	return b.String()
}

// counter counts the requests of a run from its first write on.
type counter struct {
	next http.Handler
	mu   sync.Mutex
	n    int
}

func (c *counter) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	if c.n > 0 || r.Method == http.MethodPost {
		c.n++
	}
	c.mu.Unlock()
	c.next.ServeHTTP(rw, r)
}
