package engine_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/lease"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror"
)

// pod is a rack, a fabric and its servers, which two plans give each other.
const pod = `
  racks: {row: {count: 1, units: 40}%s}
  fabrics:
    dc:
      switches: {leaf: {role: leaf, type: leaf, count: 1, name: "dc-{n}", rack: {pool: row, fromU: 30}, zones: {server: {ports: 1-8}}}}%s
  nodes:
    web:
      {count: 1, type: server, rack: {pool: row, fromU: 1}, nics: {lom: {ports: [eth0]}}, links: {data: {from: lom, to: dc.leaf/server}}}%s
`

// giving are two plans, of which one or the other has the pod.
type giving struct {
	uids  bool
	count int    // servers of the pod
	node  string // their names
	extra string // of the class
	from  int    // their first rack unit, 1 if 0
}

// plans are the plans one and two; the pod is of the one named.
func (g giving) plans(w *world, of string) (one, two *generate.Plan) {
	w.Helper()
	var out []*generate.Plan
	for _, key := range []string{"one", "two"} {
		text := "apiVersion: diet/v1alpha1\nkind: Plan\nmetadata: {name: " + key
		if g.uids {
			text += ", uid: u-" + key
		}
		text += "}\nspec:\n  site: " + "ams2\n  naming: {rack: \"{pool}-" + key + "-{n}\"}\n" +
			"  catalog: {deviceTypes: {leaf: {manufacturer: acme, model: Leaf, ports: {\"E1/{1-8}\": 100gbase-x-qsfp28}}, " +
			"server: {manufacturer: acme, model: Server}}}\n"
		racks, fabric, nodes := "", "", ""
		if key == of {
			other := map[string]string{"one": "two", "two": "one"}[key]
			text += fmt.Sprintf("  moved: [{from: %[1]s/rack:pod, to: rack:pod}, {from: %[1]s/be, to: be}, {from: %[1]s/gpu, to: gpu}]\n", other)
			racks = ", pod: {count: 1, units: 40, name: pod-1}"
			fabric = "\n    be: {switches: {leaf: {role: leaf, type: leaf, count: 2, name: \"be-{n}\", rack: {pool: pod, per: 2, fromU: 30}, " +
				"zones: {server: {ports: 1-8}}}}}"
			nodes = fmt.Sprintf("\n    gpu: {count: %d, type: server, name: %q, rack: {pool: pod, per: 9, fromU: %d}, "+
				"nics: {be: {ports: [p0, p1]}}, links: {data: {from: be, to: be.leaf/server, spread: balance}}%s}",
				g.count, g.node, max(g.from, 1), g.extra)
		}
		text += fmt.Sprintf(strings.ReplaceAll(pod, "dc-{n}", key+"-dc-{n}"), racks, fabric, nodes)
		text = strings.Replace(text, "{count: 1, type: server", "{name: \""+key+"-web-{n}\", count: 1, type: server", 1)
		plan, err := generate.Load(key+".yaml", []byte(text))
		if err != nil {
			w.Fatal(err)
		}
		out = append(out, plan)
	}
	generate.Join(out)
	return out[0], out[1]
}

// both applies two plans by one command.
func (w *world) both(one, two engine.Intent) {
	w.Helper()
	for _, a := range w.eng.ApplyAll(w.Context(), []engine.Task{{Intent: one}, {Intent: two}}, engine.ApplyOptions{}) {
		if a.Err != nil || len(a.Result.Failed) > 0 {
			w.Fatalf("%v %+v", a.Err, a.Result)
		}
	}
}

// idsOf are the NetBox ids of everything that a plan can own.
func (w *world) idsOf() string {
	out := ""
	for _, kind := range []string{"racks", "devices", "interfaces", "cables"} {
		for _, o := range w.server.Objects(kind) {
			out += fmt.Sprint(kind, o["id"], " ")
		}
	}
	return out
}

// ofPlan counts the objects that are marked as a plan's, and makes sure that the record of each
// says the same.
func (w *world) ofPlan(key string) (n int) {
	w.Helper()
	for _, kind := range []string{"racks", "devices", "interfaces", "cables"} {
		for _, o := range w.server.Objects(kind) {
			custom, _ := o["custom_fields"].(map[string]any)
			record, _ := custom["diet_managed_fields"].(map[string]any)
			if custom["diet_plan_id"] != record["plan"] || custom["diet_object_id"] != record["object"] {
				w.Errorf("%s %v: marked %v, recorded %v", kind, o["id"], custom["diet_object_id"], record["object"])
			}
			if custom["diet_plan_id"] == key {
				n++
			}
			if strings.Contains(fmt.Sprint(record["base"], record["ids"]), key+"/gpu[9]") {
				w.Errorf("the base of %v is %v", custom["diet_object_id"], record["base"])
			}
		}
	}
	return n
}

// TestSplitAndMerge gives a pod from one plan to another and back, with and without uids, and on
// a mirror that knows nothing of before.
func TestSplitAndMerge(t *testing.T) {
	t.Parallel()
	for _, uids := range []bool{false, true} {
		w := setup(t, "4.6")
		g := giving{uids: uids, count: 3, node: "gpu-{n}"}
		first, rest := g.plans(w, "one")
		w.both(first, rest)
		ids, ones := w.idsOf(), w.ofPlan("one")
		for i, of := range []string{"two", "one", "two"} {
			if i == 1 {
				w.open("another.db")
			}
			one, two := g.plans(w, of)
			w.both(one, two)
			if got := w.idsOf(); got != ids {
				t.Errorf("the objects are %s, and were %s", got, ids)
			}
			if w.ofPlan(of) != ones {
				t.Errorf("%d objects of %s, want %d", w.ofPlan(of), of, ones)
			}
			w.law(one)
			w.law(two)
			w.unique()
		}
		if left := w.leases(); left != "" {
			t.Errorf("the leases %q are left", left)
		}
	}
}

// TestSplitWithChanges gives a pod that is renamed, shrinks, and of which somebody edited a
// part.
func TestSplitWithChanges(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.both(giving{count: 4, node: "gpu-{n+1}"}.plans(w, "one"))
	second := w.object("devices", "one/gpu[2]")["id"]
	w.edit("devices", "one/gpu[2]", `{"name": "hers"}`)
	// Each takes the name of the one before.
	one, two := giving{count: 3, node: "gpu-{n}"}.plans(w, "two")
	all := w.eng.ApplyAll(t.Context(), []engine.Task{{Intent: one}, {Intent: two}}, engine.ApplyOptions{})
	for _, a := range all {
		if a.Err != nil || len(a.Result.Failed) > 0 {
			t.Fatalf("%v %+v", a.Err, a.Result)
		}
	}
	if o := w.object("devices", "two/gpu[2]"); o["id"] != second || o["name"] != "hers" {
		t.Errorf("it is %v %v", o["id"], o["name"])
	}
	if name := w.object("devices", "two/gpu[1]")["name"]; name != "gpu-1" {
		t.Errorf("two/gpu[1] is called %v", name)
	}
	if o := w.object("devices", "one/gpu[4]"); o == nil {
		t.Error("what nobody wants is gone unasked")
	}
	w.law(one)
	w.law(two)
	w.unique()
	if !all[0].Preview.Waits() {
		t.Error("nobody is asked about the server that nobody wants")
	}
}

// TestSplitInterrupted fails each write in turn, before and after NetBox has committed it; the
// next command, on an empty mirror, goes on, and nothing has two owners.
func TestSplitInterrupted(t *testing.T) {
	t.Parallel()
	for _, committed := range []bool{false, true} {
		for n := range 11 {
			t.Run(fmt.Sprintf("write %d, committed %v", n, committed), func(t *testing.T) {
				t.Parallel()
				w := setup(t, "4.6")
				g := giving{count: 3, node: "gpu-{n}"}
				w.both(g.plans(w, "one"))
				ids, ones := w.idsOf(), w.ofPlan("one")
				one, two := g.plans(w, "two")
				w.committed = committed
				w.fail.Store(int64(n))
				w.eng.ApplyAll(t.Context(), []engine.Task{{Intent: one}, {Intent: two}}, engine.ApplyOptions{})
				w.fail.Store(-1)
				w.open("another.db")
				// The new plan alone takes no more, and makes nothing.
				alone, err := generate.Load("two.yaml", []byte(two.Text()))
				if err != nil {
					t.Fatal(err)
				}
				_, _, _ = w.eng.Apply(t.Context(), alone, engine.ApplyOptions{})
				if got := w.idsOf(); got != ids {
					t.Fatalf("alone it made %s of %s", got, ids)
				}
				w.both(one, two)
				if got := w.idsOf(); got != ids || w.ofPlan("two") != ones {
					t.Errorf("the objects are %s, and were %s; %d of plan two, want %d", got, ids, w.ofPlan("two"), ones)
				}
				w.law(one)
				w.law(two)
				w.unique()
			})
		}
	}
}

// TestSplitLeases holds both plans while one takes from the other, and refuses where another run
// holds the one that gives.
func TestSplitLeases(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	g := giving{count: 2, node: "gpu-{n}"}
	w.both(g.plans(w, "one"))
	one, two := g.plans(w, "two")
	w.byHandJSON(http.MethodPost, "extras/tags", `{"name": "diet-lease-one", "slug": "diet-lease-one", "description": "x"}`)
	w.server.ResetRequests()
	all := w.eng.ApplyAll(t.Context(), []engine.Task{{Intent: two}}, engine.ApplyOptions{})
	if held := (*lease.HeldError)(nil); !errors.As(all[0].Err, &held) || held.Plan != "one" {
		t.Errorf("it ends with %v", all[0].Err)
	}
	if got := w.written(); len(got) > 0 || w.leases() != "one" {
		t.Errorf("written %q, and the leases are %q", got, w.leases())
	}
	for _, o := range w.server.Objects("tags") {
		if o["slug"] == "diet-lease-one" {
			w.byHandJSON(http.MethodDelete, fmt.Sprintf("extras/tags/%v", o["id"]), "")
		}
	}
	seen := map[string]bool{}
	next := w.handler
	w.handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodOptions && !isLease(r) {
			seen[w.leases()] = true
		}
		next.ServeHTTP(rw, r)
	})
	w.both(one, two)
	w.handler = next
	if len(seen) != 1 || !seen["one two"] || w.leases() != "" {
		t.Errorf("while it wrote the leases were %v, and now %q", seen, w.leases())
	}
}

// TestSplitForged has somebody mark an object as one of the plan that gives: without a record
// that says so it is not taken over.
func TestSplitForged(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	g := giving{count: 2, node: "gpu-{n}"}
	w.both(g.plans(w, "one"))
	w.edit("devices", "one/gpu[2]", `{"custom_fields": {"diet_object_id": "one/web[1]"}}`)
	one, two := g.plans(w, "two")
	if _, err := w.eng.Sync(t.Context(), mirror.Options{}); err != nil {
		t.Fatal(err)
	}
	p, err := w.eng.Diff(t.Context(), two)
	if err != nil {
		t.Fatal(err)
	}
	if c := p.Set().Find("device", "two/gpu[2]"); c != nil && c.Acts() {
		t.Errorf("it would %s %s", c.Action, c.Object)
	}
	if !p.Waits() {
		t.Error("nobody is asked")
	}
	w.eng.ApplyAll(t.Context(), []engine.Task{{Intent: one}, {Intent: two}}, engine.ApplyOptions{})
	w.law(two)
}
