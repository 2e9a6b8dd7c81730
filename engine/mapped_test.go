package engine_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
)

// truth is what each object that a hand built is, by the plan of the one it built after.
func (h *hand) truth() []engine.Entry {
	var out []engine.Entry
	for _, kind := range [][2]string{{"rack", "racks"}, {"device", "devices"}, {"interface", "interfaces"}} {
		for _, o := range h.from.server.Objects(kind[1]) {
			custom, _ := o["custom_fields"].(map[string]any)
			object, ours := custom["diet_object_id"].(string)
			if id, built := h.ids[fmt.Sprint(kind[1], o["id"])]; built && ours {
				out = append(out, engine.Entry{Kind: kind[0], ID: int64(id.(float64)), Object: object, Line: len(out) + 2})
			}
		}
	}
	return out
}

// called are the names of racks, devices and interfaces, by endpoint and id.
func (w *world) called() map[string]string {
	out := map[string]string{}
	for _, endpoint := range []string{"racks", "devices", "interfaces"} {
		for _, o := range w.server.Objects(endpoint) {
			out[fmt.Sprint(endpoint, " ", o["id"])] = o["name"].(string)
		}
	}
	return out
}

// TestAdoptMap has somebody build some of the plan under names of their own, with the plan's
// names on others. A map says what each is: one apply, and NetBox is as if diet had built all
// of it; or the names stay.
func TestAdoptMap(t *testing.T) {
	t.Parallel()
	whole := setup(t, "4.6")
	whole.apply(whole.edited(halls))
	want := whole.shape()
	for _, version := range []string{"4.2", "4.6", "4.7"} {
		for seed := range uint64(4) {
			t.Run(fmt.Sprint(version, " ", seed), func(t *testing.T) {
				t.Parallel()
				h := &hand{world: setup(t, version), from: whole, ids: map[string]any{}}
				random := rand.New(rand.NewPCG(seed, 7))
				share := []float64{1, 0.8, 0.5, 0.2}[seed]
				toss := func() bool { return random.Float64() < share }
				all := func(map[string]any) bool { return true }
				h.catalog(func() bool { return false })
				names := map[string][]string{}
				for _, endpoint := range []string{"racks", "devices"} {
					for _, o := range whole.server.Objects(endpoint) {
						names[endpoint] = append(names[endpoint], o["name"].(string))
					}
					if seed%2 == 0 { // the plan's own names, each on another one
						names[endpoint] = append(names[endpoint][1:], names[endpoint][0])
					}
				}
				n := map[string]int{}
				h.tamper = func(endpoint string, body map[string]any) {
					if list := names[endpoint]; list != nil {
						body["name"] = list[n[endpoint]]
						if n[endpoint]++; seed%2 == 1 {
							body["name"] = "their " + body["name"].(string)
						}
					}
					if endpoint == "interfaces" {
						body["name"] = "port " + body["name"].(string)
					}
				}
				h.build("racks", all, "name", "site", "location", "u_height", "status")
				h.build("devices", all, "name", "site", "location", "rack", "role", "device_type", "status", "position", "face")
				h.build("interfaces", func(map[string]any) bool { return toss() }, "name", "device", "type")
				h.plug(toss)
				plan := h.planned(halls)
				entries := h.truth()
				keep := seed == 3
				for i := range entries {
					if keep {
						entries[i].Name = "netbox"
					}
				}
				was := h.called()
				h.sync()
				wrote, ours, err := h.eng.AdoptMap(t.Context(), plan, entries, engine.Reply{Who: "joe", Why: "built in March"})
				if err != nil || ours != 0 || len(wrote) != len(entries) {
					t.Fatalf("%d answers, %d ours, of %d: %v", len(wrote), ours, len(entries), err)
				}
				p := h.preview(plan)
				for _, q := range p.Questions {
					t.Errorf("a person is asked: %s %v", q.About(), q.Verdict)
				}
				h.apply(plan)
				if got := h.shape(); !keep && !slices.Equal(got, want) {
					t.Errorf("NetBox is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
				}
				is := h.called()
				for _, x := range entries {
					id := fmt.Sprintf("%ss %d", x.Kind, x.ID)
					if keep != (was[id] == is[id]) {
						t.Errorf("%s is called %s, and was %s", id, is[id], was[id])
					}
				}
				h.law(plan)
				h.unique()
				again, ours, err := h.eng.AdoptMap(t.Context(), plan, entries, engine.Reply{})
				if err != nil || len(again) > 0 || ours != len(entries) {
					t.Errorf("once more: %d answers, %d ours, %v", len(again), ours, err)
				}
			})
		}
	}
}
