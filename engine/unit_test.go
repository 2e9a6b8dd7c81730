package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine/change"
)

// TestHalfUnits exchanges rack units among devices of half a unit, of one and a half, of
// none, and of half a depth.
func TestHalfUnits(t *testing.T) {
	t.Parallel()
	const types, kinds = "      tall:", "      half: {manufacturer: acme, model: Half, u: 0.5}\n" +
		"      more: {manufacturer: acme, model: More, u: 1.5}\n      flat: {manufacturer: acme, model: Flat, u: 0}\n" +
		"      short: {manufacturer: acme, model: Short, u: 1, fullDepth: false}\n" +
		"      cut: {manufacturer: acme, model: Cut, u: 0.5, fullDepth: false}\n      tall:"
	of := func(kind string) string { return "      type: " + kind + "\n" }
	at := func(from string) string { return "rack: {pool: row, per: 8, fromU: " + from + "}" }
	start := map[string]*moment{}
	for _, version := range []string{"4.4", "4.6", "4.7"} {
		w := setup(t, version)
		w.apply(w.edited(halls, types, kinds))
		start[version] = w.moment()
	}
	half, more, flat := []string{ofType, of("half")}, []string{ofType, of("more")}, []string{ofType, of("flat")}
	for name, tt := range map[string]struct {
		from, to []string
		ahead    func(w *world)
		want     [4]string
	}{
		"to halves":                 {nil, half, nil, [4]string{"1", "1.5", "2", "2.5"}},
		"to halves, half up":        {nil, append(slices.Clone(half), inRow, at("1.5")), nil, [4]string{"1.5", "2", "2.5", "3"}},
		"from halves":               {half, nil, nil, [4]string{"1", "2", "3", "4"}},
		"halves up by a half":       {half, append(slices.Clone(half), inRow, at("1.5")), nil, [4]string{"1.5", "2", "2.5", "3"}},
		"halves to one and a half":  {half, more, nil, [4]string{"1", "2.5", "4", "5.5"}},
		"one and a half, down":      {append(slices.Clone(more), inRow, at("2.5")), more, nil, [4]string{"1", "2.5", "4", "5.5"}},
		"to none":                   {nil, flat, nil, [4]string{"<nil>", "<nil>", "<nil>", "<nil>"}},
		"from none":                 {flat, nil, nil, [4]string{"1", "2", "3", "4"}},
		"to half the depth, behind": {nil, []string{ofType, of("short"), inRow, at("1, face: rear")}, nil, [4]string{"1", "2", "3", "4"}},
		"put right after an exchange": {
			half, half,
			func(w *world) {
				w.answer("drift", "remediate")
				w.edit("devices", "web/web[1]", `{"position": 10.5}`)
				w.edit("devices", "web/web[2]", `{"position": 1}`)
				w.edit("devices", "web/web[3]", `{"position": 1.5}`)
				w.edit("devices", "web/web[1]", `{"position": 2}`)
			},
			[4]string{"1", "1.5", "2", "2.5"},
		},
		"half the depth, one behind the other": {
			[]string{ofType, of("cut")}, []string{ofType, of("cut")},
			func(w *world) {
				w.answer("drift", "remediate")
				w.edit("devices", "web/web[2]", `{"position": 1, "face": "rear"}`)
				w.edit("devices", "web/web[1]", `{"position": 1.5}`)
			},
			[4]string{"1", "1.5", "2", "2.5"},
		},
	} {
		for version, m := range start {
			t.Run(name+", "+version, func(t *testing.T) {
				t.Parallel()
				w := m.world(t, "mirror.db")
				if tt.from != nil {
					w.apply(w.edited(halls, append([]string{types, kinds}, tt.from...)...))
				}
				if tt.ahead != nil {
					tt.ahead(w)
				}
				plan := w.edited(halls, append([]string{types, kinds}, tt.to...)...)
				w.apply(plan)
				for n, want := range tt.want {
					if got := fmt.Sprint(w.object("devices", fmt.Sprintf("web/web[%d]", n+1))["position"]); got != want && got != want+".0" {
						t.Errorf("server %d stands at %s, want %s", n+1, got, want)
					}
				}
				w.asksNothing(plan)
				w.law(plan)
			})
		}
	}
}

// TestHalfTaken has somebody stand a device of half a unit, or one of half a depth, where the
// plan wants a part of the room: that is told at preview, and nothing is tried.
func TestHalfTaken(t *testing.T) {
	t.Parallel()
	const types = "      tall:"
	for name, tt := range map[string]struct {
		hers, ours string // the type's size
		at, face   string // where hers stands
		place      string // where ours is to come from unit 1, in front
		held       bool
	}{
		"the upper half of it":          {"u: 0.5", "u: 1", "10.5", "front", "fromU: 10", true},
		"the half above":                {"u: 0.5", "u: 1", "11", "front", "fromU: 10", false},
		"one and a half from below":     {"u: 1.5", "u: 1", "9", "front", "fromU: 10", true},
		"the half below":                {"u: 1", "u: 0.5", "9", "front", "fromU: 10", false},
		"one behind":                    {"u: 1, fullDepth: false", "u: 1, fullDepth: false", "10", "rear", "fromU: 10", false},
		"one behind a deep one":         {"u: 1, fullDepth: false", "u: 1", "10", "rear", "fromU: 10", true},
		"one behind, to which it turns": {"u: 1, fullDepth: false", "u: 1, fullDepth: false", "1", "rear", "fromU: 1, face: rear", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			const both = "      hers: {manufacturer: acme, model: Hers, %s}\n      ours: {manufacturer: acme, model: Ours, %s}\n      tall:"
			sizes := fmt.Sprintf(both, tt.hers, tt.ours)
			edits := []string{types, sizes, ofType, "      type: ours\n", "count: 4", "count: 1"}
			w.apply(w.edited(halls, append(edits, "    web:", "    her: {count: 1, type: hers}\n    web:")...))
			w.apply(w.edited(halls, edits...))
			rack := id(w.object("devices", "web/web[1]")["rack"])
			kind := w.having("device-types", "slug", "hers")["id"]
			role := id(w.object("devices", "web/web[1]")["role"])
			const hers = `{"name": "x", "site": 1, "location": 1, "device_type": %v, "role": %v, "rack": %v, "position": %s, "face": %q}`
			w.make("devices", fmt.Sprintf(hers, kind, role, rack, tt.at, tt.face))
			plan := w.edited(halls, append(edits, inRow, "rack: {pool: row, per: 8, "+tt.place+"}")...)
			p := w.preview(plan)
			c := p.Set().Find("device", "web/web[1]")
			if blocked := c != nil && c.Class == change.Blocked; blocked != tt.held {
				t.Errorf("blocked %v, want %v: %+v", blocked, tt.held, c)
			}
			w.apply(plan)
			w.law(plan)
		})
	}
}

// TestKeptUnit has somebody put a server into another unit before its type becomes one of no
// units: as long as nobody decides, it keeps both, and then it gets both.
func TestKeptUnit(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	edits := []string{"      tall:", "      flat: {manufacturer: acme, model: Flat, u: 0}\n      tall:"}
	w.apply(w.edited(halls, edits...))
	w.edit("devices", "web/web[1]", `{"position": 20}`)
	plan := w.edited(halls, append(edits, ofType, "      type: flat\n")...)
	for _, want := range []string{"server 20", "flat <nil>"} {
		w.apply(plan)
		w.law(plan)
		device := w.object("devices", "web/web[1]")
		if got := fmt.Sprint(device["device_type"].(map[string]any)["slug"], " ", device["position"]); strings.TrimSuffix(got, ".0") != want {
			t.Errorf("it is %s, want %s", got, want)
		}
		w.answer("conflict", "apply")
	}
}
