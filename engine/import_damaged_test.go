package engine_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine/survey"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror/value"
)

// clos is a fabric of leaves and spines, with servers on pairs of leaves.
const clos = `apiVersion: diet/v1alpha1
kind: Plan
metadata: {name: hall}
spec:
  site: ams2
  catalog:
    deviceTypes:
      plain: {manufacturer: acme, model: Plain, u: 1, ports: {"E1/{1-32}": 400gbase-x-qsfpdd}}
      server: {manufacturer: acme, model: Server, u: 1}
  racks: {row: {count: 4, units: 42}}
  fabrics:
    dc:
      switches:
        leaf:
          role: leaf
          type: plain
          count: 8
          group: 2
          rack: {pool: row, per: 2, fromU: 40}
          zones: {server: {ports: 1-16}, up: {ports: 25-32, uplinkTo: spine/down}}
        spine: {role: spine, type: plain, count: 4, zones: {down: {ports: 1-16}}}
  nodes:
    web:
      count: 40
      type: server
      rack: {pool: row, per: 10, fromU: 1}
      nics: {e: {ports: [eth0, eth1], type: 400gbase-x-qsfpdd, name: "{port}"}}
      links: {data: {from: e, to: dc.leaf/server, spread: alternate}}
  reconcile: {approveDeletionsAbove: 100, deletionPolicy: delete}
`

// damage pulls a share of the cables of a site, and renames half as large a one of the devices.
func (w *world) damage(share float64) {
	w.Helper()
	w.strip(func(_, name string) string { return name })
	random := rand.New(rand.NewPCG(7, 7))
	for _, o := range w.server.Objects("cables") {
		if random.Float64() < share {
			w.byHandJSON("DELETE", fmt.Sprintf("dcim/cables/%v", o["id"]), "")
		}
	}
	for _, o := range w.server.Objects("devices") {
		if random.Float64() < share/2 {
			w.byHandJSON("PATCH", fmt.Sprintf("dcim/devices/%v", o["id"]), fmt.Sprintf(`{"name": "odd-%v-x"}`, o["id"]))
		}
	}
}

// TestImportOfDamagedFabrics makes plans of fabrics with cables pulled and devices renamed: what is missing is
// in the plan, and what is left out is told by fabric, with the way to have it, which does it.
func TestImportOfDamagedFabrics(t *testing.T) {
	t.Parallel()
	for share, lost := range map[float64]bool{0.05: false, 0.15: false, 0.3: true} {
		t.Run(fmt.Sprint(share), func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			plan := w.planned(clos)
			w.apply(plan)
			all, was := len(w.server.Objects("cables")), map[int64]string{}
			for _, o := range w.server.Objects("devices") {
				custom, _ := o["custom_fields"].(map[string]any)
				id, _ := value.ID(o["id"])
				was[id] = fmt.Sprint(custom["diet_object_id"])
			}
			w.damage(share)
			there := len(w.server.Objects("cables"))
			drawn, err := w.eng.Import(t.Context(), "ams2", "")
			if err != nil {
				t.Fatal(err)
			}
			notes := strings.Join(drawn.Notes, "\n")
			if said := strings.Contains(notes, fmt.Sprintf("of its %d cables are left alone", there)); said != lost {
				t.Errorf("of %d cables, left out %v: %s", there, lost, notes)
			}
			if lost != strings.Contains(notes, "diet import --for") {
				t.Errorf("the way is not told: %s", notes)
			}
			if !lost {
				if want := fmt.Sprintf("%d cables of the plan are not there", all-there); !strings.Contains(notes, want) {
					t.Errorf("%q is not in %s", want, notes)
				}
				return
			}
			mapped, err := w.eng.ImportFor(t.Context(), plan)
			if err != nil {
				t.Fatal(err)
			}
			w.filledIn(plan, mapped.Entries, was)
		})
	}
}

// filledIn fills in what a map leaves open of devices, as a person does who knows what they were, and adopts all:
// nothing of the site goes.
func (w *world) filledIn(plan *generate.Plan, entries []survey.Entry, was map[int64]string) {
	w.Helper()
	for i := range entries {
		switch x := &entries[i]; {
		case x.Kind != "device":
		case x.Object == "":
			x.Object = was[x.ID]
		case x.Object != was[x.ID]:
			w.Errorf("%s is mapped to %s, and was %s: %s", x.Called, x.Object, was[x.ID], x.Why)
		}
	}
	before := w.ids()
	w.adoptAll(plan, entries)
	after := w.ids()
	for _, id := range before {
		if !slices.Contains(after, id) {
			w.Errorf("%s is gone", id)
		}
	}
}
