package engine_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/survey"
	"github.com/diet-project/diet/generate"
)

// rooms is a fabric of leaves and a spine, with nodes at two ports and at one.
const rooms = `apiVersion: diet/v1alpha1
kind: Plan
metadata: {name: rooms}
spec:
  site: ams2
  status: active
  catalog:
    deviceTypes:
      leaf: {manufacturer: acme, model: Leaf, u: 1, ports: {"E1/{1-8}": 100gbase-x-qsfp28, "E1/{9-10}": 400gbase-x-qsfpdd}}
      spine: {manufacturer: acme, model: Spine, u: 1, ports: {"E1/{1-4}": 400gbase-x-qsfpdd}}
      box: {manufacturer: acme, model: Box, u: 2}
      store: {manufacturer: acme, model: Store, u: 1}
  racks:
    row: {count: 2, units: 48}
  fabrics:
    dc:
      switches:
        leaf:
          role: leaf
          type: leaf
          group: 2
          rack: {pool: row, per: 1, fromU: 40}
          zones: {server: {ports: 1-8}, up: {ports: 9-10, uplinkTo: spine/down}}
        spine: {role: spine, type: spine, count: 1, rack: {pool: row, per: 1, fromU: 45}, zones: {down: {ports: 1-4}}}
  nodes:
    gpu:
      count: 4
      type: box
      rack: {pool: row, per: 2, fromU: 10}
      nics: {fe: {ports: [p0, p1], type: 100gbase-x-qsfp28}}
      links: {data: {from: fe, to: dc.leaf/server, spread: alternate}}
    disk:
      count: 2
      type: store
      role: storage
      rack: {pool: row, per: 1, fromU: 30}
      nics: {fe: {ports: [p0], type: 100gbase-x-qsfp28}}
      links: {data: {from: fe, to: dc.leaf/server}}
  reconcile: {approveDeletionsAbove: 100}
`

// theirs makes a NetBox in which somebody built what stands in another one, or a part of it,
// by names of their own.
func theirs(t *testing.T, whole *world, calls func(endpoint, class string, n int, name string) string, some func() bool) *hand {
	t.Helper()
	h := &hand{world: setup(t, "4.6"), from: whole, ids: map[string]any{}}
	all := func(map[string]any) bool { return true }
	h.catalog(func() bool { return false })
	objects := map[string]string{}
	for _, endpoint := range []string{"racks", "devices"} {
		for _, o := range whole.server.Objects(endpoint) {
			objects[o["name"].(string)], _ = o["custom_fields"].(map[string]any)["diet_object_id"].(string)
		}
	}
	h.tamper = func(endpoint string, body map[string]any) {
		name, named := body["name"].(string)
		if object := objects[name]; object != "" && endpoint != "interfaces" {
			_, number, _ := strings.Cut(strings.TrimSuffix(object, "]"), "[")
			n, err := strconv.Atoi(number)
			if err != nil {
				t.Fatal(err)
			}
			body["name"] = calls(endpoint, strings.TrimPrefix(generate.ClassOf(object), "rack:"), n, name)
		} else if endpoint == "interfaces" && named {
			body["name"] = calls(endpoint, "", 0, name)
		}
	}
	h.build("racks", all, "name", "site", "location", "u_height", "status")
	part := func(map[string]any) bool { return some() }
	h.build("devices", part, "name", "site", "rack", "role", "device_type", "status", "position", "face")
	h.build("interfaces", func(o map[string]any) bool {
		return h.ids[fmt.Sprint("devices", o["device"].(map[string]any)["id"])] != nil
	}, "name", "device", "type")
	h.plug(some)
	return h
}

// fromZero is how others call things: they count from 0, so that the plan's names are on
// others.
func fromZero(endpoint, _ string, n int, name string) string {
	if endpoint == "interfaces" {
		return name
	}
	return strings.Replace(name, fmt.Sprintf("%02d", n), fmt.Sprintf("%02d", n-1), 1)
}

// shouted is another way, with ports of other names too.
func shouted(endpoint, class string, n int, name string) string {
	if endpoint == "interfaces" {
		return strings.NewReplacer("E1/", "Ethernet", "-p", "_").Replace(name)
	}
	return fmt.Sprintf("AMS2-%s%d", strings.ToUpper(strings.ReplaceAll(class, "dc.", "")), n)
}

// TestImport has a site that others built, by names of their own, mapped to a plan, or made
// into one. One apply takes it over, and nothing is made twice.
func TestImport(t *testing.T) {
	t.Parallel()
	whole := setup(t, "4.6")
	whole.apply(whole.edited(rooms))
	want := whole.shape()
	for name, tt := range map[string]struct {
		calls func(endpoint, class string, n int, name string) string
		share float64
	}{
		"from 0, all of it": {fromZero, 1}, "from 0, a part": {fromZero, 0.8},
		"shouted, all of it": {shouted, 1}, "shouted, a part": {shouted, 0.7},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(5, 3))
			h := theirs(t, whole, tt.calls, func() bool { return random.Float64() < tt.share })
			h.sync()
			t.Run("to a plan", func(t *testing.T) { h.toPlan(t, h.moment().world(t, "mirror.db"), want) })
			t.Run("anew", func(t *testing.T) { h.anew(t, h.moment().world(t, "mirror.db"), tt.share == 1) })
		})
	}
}

// toPlan maps a site to the plan that it was built by.
func (h *hand) toPlan(t *testing.T, w *world, want []string) {
	t.Helper()
	plan := w.planned(rooms)
	drawn, err := w.eng.ImportFor(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	truth := map[string]string{}
	for _, x := range h.truth() {
		truth[fmt.Sprint(x.Kind, x.ID)] = x.Object
	}
	devices, mapped := 0, 0
	for _, x := range drawn.Entries {
		is := truth[fmt.Sprint(x.Kind, x.ID)]
		if x.Kind == "device" {
			if devices++; x.Object != "" {
				mapped++
			} else {
				t.Logf("%s is not mapped: %s", x.Called, x.Why)
			}
		}
		if x.Object != "" && x.Object != is {
			t.Errorf("%s %s is %s, and was mapped to %s: %s", x.Kind, x.Called, is, x.Object, x.Why)
		}
	}
	if 10*mapped < 9*devices {
		t.Errorf("%d of %d devices are mapped", mapped, devices)
	}
	if t.Failed() {
		return
	}
	w.adoptAll(plan, drawn.Entries)
	if got := w.shape(); mapped == devices && !slices.Equal(got, want) {
		t.Errorf("NetBox is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// anew makes a plan of a site, and takes the site over: all that stands there stays as it is.
func (h *hand) anew(t *testing.T, w *world, all bool) {
	t.Helper()
	drawn, err := w.eng.Import(t.Context(), "ams2", "")
	if err != nil {
		t.Fatal(err)
	}
	plan, err := generate.Load(filepath.Join(w.dir, "ams2.yaml"), []byte(drawn.Plan))
	if err != nil {
		t.Fatalf("%v\n%s", err, drawn.Plan)
	}
	of := map[string]string{} // what a class was, by what it is now
	for _, x := range h.truth() {
		i := slices.IndexFunc(drawn.Entries, func(y survey.Entry) bool { return y.Kind == x.Kind && y.ID == x.ID })
		if x.Kind == "interface" || i < 0 {
			continue
		}
		is, was := generate.ClassOf(drawn.Entries[i].Object), generate.ClassOf(x.Object)
		if of[is] != "" && of[is] != was {
			t.Errorf("%s and %s are of one class, %s", of[is], was, is)
		}
		of[is] = was
	}
	called, cables := w.called(), len(w.server.Objects("cables"))
	p := w.adoptAll(plan, drawn.Entries)
	for id, name := range called {
		if now := w.called()[id]; now != name {
			t.Errorf("%s is called %s, and was %s", id, now, name)
		}
	}
	taken := p.Summary["cable"][change.Adopt]
	if all && taken != cables {
		t.Errorf("%d of %d cables are taken over, %q\n%s", taken, cables, drawn.Notes, drawn.Plan)
	}
	for i := range p.Changes {
		c := &p.Changes[i]
		if c.Kind == "device" && c.Action != change.Adopt || all && c.Action != change.Adopt {
			t.Errorf("%s %s: %s", c.Action, c.Object, c.Name)
		}
	}
}

// adoptAll adopts what a map says, and applies; nobody is asked, and the law holds.
func (w *world) adoptAll(plan *generate.Plan, entries []survey.Entry) *engine.Preview {
	w.Helper()
	w.mapped(plan, entries)
	p := w.preview(plan)
	for _, q := range p.Questions {
		w.Errorf("a person is asked: %s %v", q.About(), q.Verdict)
	}
	for _, f := range p.Findings {
		w.Logf("%s %s %s", f.Severity, f.ID, f.Message)
	}
	w.apply(plan)
	w.law(plan)
	w.unique()
	return p
}

// mapped writes the answers of a map.
func (w *world) mapped(plan *generate.Plan, entries []survey.Entry) {
	w.Helper()
	var list []engine.Entry
	for i, x := range entries {
		if x.Object != "" {
			list = append(list, engine.Entry{Kind: x.Kind, ID: x.ID, Object: x.Object, Name: x.Name, Line: i + 2})
		}
	}
	if _, _, err := w.eng.AdoptMap(w.Context(), plan, list, engine.Reply{Who: "joe", Why: "built in March"}); err != nil {
		w.Fatal(err)
	}
}
