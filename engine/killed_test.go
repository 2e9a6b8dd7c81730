package engine_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
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
// create, also types with their templates, rename in a chain, replace a model, move in a rack
// and among ports, swap, delete, adopt.
const everything = `apiVersion: diet/v1alpha1
kind: Plan
metadata: {name: web}
spec:
  site: ams2
  defaults: {description: "TEXT"}
  catalog:
    deviceTypes:
      LEAF: {manufacturer: acme, model: Model LEAF, u: 1, ports: {"E1/{1-24}": 25gbase-x-sfp28}}
      server: {manufacturer: acme, model: Server, u: 1}
      BOX: {manufacturer: acme, model: Model BOX, u: 1, ports: {"lom-eth{0-1}": 25gbase-x-sfp28, mgmt: 1000base-t}}
  racks:
    row: {count: 1, units: 48}
  fabrics:
    dc:
      switches:
        leaf:
          role: leaf
          type: LEAF
          count: 1
          rack: {pool: row, per: 2, fromU: 43}
          zones: {server: {ports: PORTS}, db: {ports: 17-20}, box: {ports: 21-24}}
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
    box:
      count: BOXES
      type: BOX
      rack: {pool: row, per: 8, fromU: 26}
      nics: {lom: {ports: [eth0], type: 25gbase-x-sfp28}}
      links: {data: {from: lom, to: dc.leaf/box}}
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
	w.apply(w.edited(everything, "TEXT", "one", "PORTS", "1-8", "WEBS", "3", "NAME", "web-{n:03}", "FROM", "1", "OLDS", "3",
		"LEAF", "leaf-48", "BOXES", "0", "BOX", "box-1"))
	w.answer("drift", "remediate")
	w.answer("exists", "adopt")
	w.swapped("web/db[1]/lom.eth0~", "web/db[2]/lom.eth0~")
	leaf := w.object("devices", "web/dc.leaf[1]")
	server := w.object("devices", "web/web[1]")
	w.make("devices", fmt.Sprintf(`{"name": "srv-05", "site": 1, "device_type": %v, "role": %v, "rack": %v, "position": 6, "face": "front"}`,
		id(server["device_type"]), id(server["role"]), id(leaf["rack"])))
	return w, w.edited(everything, "TEXT", "two", "PORTS", "9-16", "WEBS", "5", "NAME", "srv-{n:02}", "FROM", "2", "OLDS", "1",
		"LEAF", "leaf-64", "BOXES", "2", "BOX", "box-2")
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

// moments runs an apply of what was agreed and keeps what stands at each point of it from its first write on:
// ahead of each request, and before its answer to one arrives. That is all that kill -9 leaves
// then. Points that leave the same are one.
func (w *world) moments(plan *generate.Plan, agreed *engine.Preview) (out []*moment, names []string) {
	w.Helper()
	var mu sync.Mutex
	requests, writes := 0, 0
	seen := map[string]bool{}
	keep := func(name string) {
		m := w.moment()
		if mark := m.mark(writes); !seen[mark] {
			seen[mark] = true
			out, names = append(out, m), append(names, name)
		}
	}
	next := w.handler
	w.handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		write := r.Method == http.MethodPost || r.Method == http.MethodPatch || r.Method == http.MethodDelete
		if requests == 0 && !write {
			next.ServeHTTP(rw, r)
			return
		}
		requests++
		name := fmt.Sprint(requests, " ", r.Method, " ", r.URL.Path)
		keep("ahead of " + name)
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		if write {
			writes++
			keep("amid " + name)
		}
		maps.Copy(rw.Header(), answer.Header())
		rw.WriteHeader(answer.Code)
		_, _ = rw.Write(answer.Body.Bytes())
	})
	w.applies(plan, agreed)
	w.handler, w.kept = next, nil
	w.Logf("%d requests, %d writes, %d points", requests, writes, len(out))
	return out, names
}

// stored is a preview that the store keeps.
func (w *world) stored(id string) *engine.Preview {
	w.Helper()
	p, err := w.eng.LoadPreview(w.Context(), id)
	if err != nil {
		w.Fatal(err)
	}
	return p
}

// wasApplied reports whether a run of a preview got to its end.
func (w *world) wasApplied(id string) bool {
	w.Helper()
	runs, err := w.eng.Runs(w.Context(), "web", 1)
	if err != nil {
		w.Fatal(err)
	}
	return len(runs) > 0 && runs[0].Preview == id && runs[0].Status == "done"
}

// applies applies what was agreed; nil for whatever is found.
func (w *world) applies(plan *generate.Plan, agreed *engine.Preview) {
	w.Helper()
	result, _, err := w.eng.Apply(w.Context(), plan, engine.ApplyOptions{Preview: agreed})
	if err != nil || len(result.Failed) > 0 {
		w.Fatalf("apply: %v, %+v", err, result)
	}
}

// mark tells moments apart.
func (m *moment) mark(writes int) string {
	h := sha256.New()
	for _, path := range slices.Sorted(maps.Keys(m.files)) {
		fmt.Fprintf(h, "%s %x\n", path, m.files[path].sum)
	}
	return fmt.Sprintf("%d %x", writes, h.Sum(nil))
}

// TestKilledAnywhere kills such a run at each point, and goes on with the same mirror, with a new
// one, and with the preview that was agreed on: the end is the same as without. All of them take minutes: DIET_EVERY=1
// does, else a few are picked.
func TestKilledAnywhere(t *testing.T) {
	t.Parallel()
	all := os.Getenv("DIET_EVERY") != ""
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	for _, version := range []string{"4.4", "4.6"} {
		w, plan := beforeAll(t, version)
		_, kept := w.picture()
		agreed := w.preview(plan)
		moments, names := w.moments(plan, agreed)
		w.asksNothing(plan)
		w.law(plan)
		want, ids := w.picture()
		maps.DeleteFunc(kept, func(object, id string) bool { return ids[object] != id })
		for i, m := range moments {
			for _, how := range []string{"mirror.db", "another.db", "what was agreed"} {
				if !all && random.IntN(2*len(moments)) >= 3 {
					continue
				}
				t.Run(fmt.Sprint(version, " ", names[i], ", on with ", how), func(t *testing.T) {
					t.Parallel()
					w := m.world(t, strings.Replace(how, "what was agreed", "mirror.db", 1))
					if how == "what was agreed" && !w.wasApplied(agreed.ID) {
						w.applies(plan, w.stored(agreed.ID))
					} else {
						w.apply(plan)
					}
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

// TestKilledAndEdited has a person edit what a run wrote before it was killed, where a team puts
// drift right at once: what was agreed does not cover that, so it is stale. Without an edit it
// goes on.
func TestKilledAndEdited(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.plan("one", 3))
	w.answer("drift", "remediate")
	w.answer("missing", "recreate")
	plan := w.plan("two", 4)
	agreed := w.preview(plan)
	moments, _ := w.moments(plan, agreed)
	m := moments[len(moments)/2]
	for name, edit := range map[string]func(w *world){
		"":        func(*world) {},
		"edited":  func(w *world) { w.edit("devices", "web/web[1]", `{"description": "hers"}`) },
		"deleted": func(w *world) { w.remove("devices", "web/web[1]") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := m.world(t, "mirror.db")
			if w.object("devices", "web/web[1]")["description"] != "two" {
				t.Fatal("it is not written yet")
			}
			edit(w)
			_, _, err := w.eng.Apply(t.Context(), plan, engine.ApplyOptions{Preview: w.stored(agreed.ID)})
			var stale *engine.StaleError
			if errors.As(err, &stale) != (name != "") || err != nil && stale == nil {
				t.Errorf("%v", err)
			}
			w.apply(plan)
			w.law(plan)
		})
	}
}
