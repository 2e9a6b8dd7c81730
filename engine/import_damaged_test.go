package engine_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine/survey"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror/value"
)

// clos is a fabric of leaves and spines, with servers on pairs of leaves.
func clos(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../testdata/site/clos.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

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

// TestImportOfDamagedFabrics makes plans of fabrics with cables pulled and devices renamed: all that is there is in
// the plan, what is missing is made, and devices keep their names.
func TestImportOfDamagedFabrics(t *testing.T) {
	t.Parallel()
	for _, share := range []float64{0.05, 0.15, 0.3, 0.6} {
		t.Run(fmt.Sprint(share), func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			w.apply(w.planned(clos(t)))
			all := len(w.server.Objects("cables"))
			w.damage(share)
			there := len(w.server.Objects("cables"))
			drawn, err := w.eng.Import(t.Context(), "ams2", "")
			if err != nil {
				t.Fatal(err)
			}
			notes := strings.Join(drawn.Notes, "\n")
			if strings.Contains(notes, "left alone") {
				t.Errorf("some of %d cables are left out: %s", there, notes)
			}
			missing := 0
			if _, err := fmt.Sscanf(drawn.Notes[len(drawn.Notes)-1], "%d cable", &missing); err != nil {
				t.Fatalf("what is missing is not told: %s", notes)
			}
			if missing > all-there {
				t.Errorf("%d cables are missing, and %d were pulled: %s", missing, all-there, notes)
			}
			w.takenOver(drawn, missing)
		})
	}
}

// TestImportOfDamagedFabricsForAPlan maps one to the plan that it was built by, and fills in what that leaves open.
func TestImportOfDamagedFabricsForAPlan(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.planned(clos(t))
	w.apply(plan)
	was := map[int64]string{}
	for _, o := range w.server.Objects("devices") {
		custom, _ := o["custom_fields"].(map[string]any)
		id, _ := value.ID(o["id"])
		was[id] = fmt.Sprint(custom["diet_object_id"])
	}
	w.damage(0.3)
	mapped, err := w.eng.ImportFor(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	w.filledIn(plan, mapped.Entries, was)
}

// takenOver adopts all of a site by the plan that was made of it: the devices keep their names, what is missing is
// made, and nothing else is.
func (w *world) takenOver(drawn *survey.Drawn, missing int) {
	w.Helper()
	plan, err := generate.Load("ams2.yaml", []byte(drawn.Plan))
	if err != nil {
		w.Fatal(err)
	}
	before, called := w.ids(), w.server.Objects("devices")
	w.adoptAll(plan, drawn.Entries)
	after := w.ids()
	for _, id := range before {
		if !slices.Contains(after, id) {
			w.Errorf("%s is gone", id)
		}
	}
	if made := len(after) - len(before); made != missing {
		w.Errorf("%d objects are made, and %d cables were missing", made, missing)
	}
	for i, o := range w.server.Objects("devices") {
		if o["name"] != called[i]["name"] {
			w.Errorf("%v is called %v", called[i]["name"], o["name"])
		}
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

// TestImportOfMiscabledFabrics makes plans of fabrics of which some cables were plugged into wrong ports: each part is
// as most of its cables have it, and the preview asks about those that are not. None of them goes or moves.
func TestImportOfMiscabledFabrics(t *testing.T) {
	t.Parallel()
	for _, seed := range []uint64{1, 2, 3} {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			w.apply(w.planned(clos(t)))
			w.damage(0.1)
			w.crossed(rand.New(rand.NewPCG(seed, 1)), 6)
			was, cables := map[string]string{}, len(w.server.Objects("cables"))
			for _, o := range w.server.Objects("cables") {
				was[fmt.Sprint(o["id"])] = fmt.Sprint(pluggedIn(o, "a"), pluggedIn(o, "b"))
			}
			drawn, err := w.eng.Import(t.Context(), "ams2", "")
			if err != nil {
				t.Fatal(err)
			}
			notes, asked := strings.Join(drawn.Notes, "\n"), 0
			if strings.Contains(notes, "left alone") {
				t.Errorf("some of %d cables are left out: %s", cables, notes)
			}
			for _, n := range drawn.Notes {
				if strings.Contains(n, "plugged in otherwise") {
					_, _ = fmt.Sscanf(n, "%d", &asked)
				}
			}
			if asked == 0 || asked > 18 {
				t.Errorf("%d cables are said to be otherwise: %s", asked, notes)
			}
			plan, err := generate.Load("ams2.yaml", []byte(drawn.Plan))
			if err != nil {
				t.Fatal(err)
			}
			w.mapped(plan, drawn.Entries)
			if p := w.preview(plan); len(p.Questions) == 0 {
				t.Error("nothing is asked")
			}
			w.apply(plan)
			w.law(plan)
			owned := 0
			for _, o := range w.server.Objects("cables") {
				id, ends := fmt.Sprint(o["id"]), fmt.Sprint(pluggedIn(o, "a"), pluggedIn(o, "b"))
				if was[id] != "" && was[id] != ends {
					t.Errorf("cable %s was %s, and is %s", id, was[id], ends)
				}
				delete(was, id)
				if custom, _ := o["custom_fields"].(map[string]any); custom["diet_managed"] == true {
					owned++
				}
			}
			if len(was) > 0 {
				t.Errorf("cables are gone: %v", was)
			}
			if owned < cables-asked {
				t.Errorf("%d cables are the plan's; there were %d, of which %d are otherwise", owned, cables, asked)
			}
		})
	}
}

// crossed plugs pairs of cables into each other's far ends.
func (w *world) crossed(random *rand.Rand, pairs int) {
	w.Helper()
	list := w.server.Objects("cables")
	random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	for i := range pairs {
		a, b := list[2*i], list[2*i+1]
		for _, o := range []map[string]any{a, b} {
			w.byHandJSON("DELETE", fmt.Sprintf("dcim/cables/%v", o["id"]), "")
		}
		for _, x := range [][2]map[string]any{{a, b}, {b, a}} {
			body, err := json.Marshal(map[string]any{
				"a_terminations": pluggedIn(x[0], "a"), "b_terminations": pluggedIn(x[1], "b"), "status": "connected",
			})
			if err != nil {
				w.Fatal(err)
			}
			w.byHandJSON("POST", "dcim/cables", string(body))
		}
	}
}
