package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/generate"
)

// bareHalls is halls with a type of which only NetBox knows how high it is.
func bareHalls(w *world, oldnew ...string) *generate.Plan {
	w.Helper()
	return w.edited(halls, append([]string{"      server: {manufacturer: acme, model: Server, u: 1}\n", "      server:\n"}, oldnew...)...)
}

// known makes a type in NetBox.
func (w *world) known(slug, body string) {
	w.Helper()
	maker := w.make("manufacturers", `{"name": "Acme", "slug": "acme"}`)
	w.make("device-types", fmt.Sprintf(`{"manufacturer": %v, "model": "Server", "slug": %q, %s}`, maker, slug, body))
}

// TestRoomByNetBoxsHeights tells at preview of rack units that the heights which only NetBox knows do
// not leave, in racks that are there and in those that are yet to be made: an apply then fails at
// nothing. `validate` tells of it too.
func TestRoomByNetBoxsHeights(t *testing.T) {
	t.Parallel()
	type room struct {
		ahead  func(w *world)
		plan   func(w *world) *generate.Plan
		held   []string
		stands []string // what is made all the same
		text   string
	}
	rack := func(body string) func(w *world) {
		return func(w *world) {
			site := w.make("sites", `{"name": "ams2", "slug": "ams2"}`)
			at := w.make("locations", fmt.Sprintf(`{"name": "hall-a", "slug": "hall-a", "site": %v}`, site))
			w.make("racks", fmt.Sprintf(`{"name": "row-01", "site": %v, "location": %v, %s}`, site, at, body))
			w.answer("exists", "adopt")
		}
	}
	for name, tt := range map[string]room{
		"a type without body that is two units high": {
			func(w *world) { w.known("server", `"u_height": 2`) }, func(w *world) *generate.Plan { return bareHalls(w) },
			[]string{"web/web[2]", "web/web[4]"}, []string{"web/web[1]", "web/web[3]"},
			`device type "server" is 2U in NetBox, the plan reckons with 1U: in rack "row-01", web/web[2] at U2 overlaps with web/web[1] at U1`,
		},
		"a body that says one unit": {
			func(w *world) { w.known("server", `"u_height": 2`) }, func(w *world) *generate.Plan { return w.edited(halls) },
			[]string{"web/web[2]", "web/web[4]"}, []string{"web/web[1]", "web/web[3]"}, `overlaps with web/web[1] at U1`,
		},
		"a type that takes no unit": {
			func(w *world) { w.known("server", `"u_height": 0`) }, func(w *world) *generate.Plan { return bareHalls(w) },
			[]string{"web/web[1]", "web/web[2]", "web/web[3]", "web/web[4]"}, nil,
			`device type "server" is 0U in NetBox, the plan reckons with 1U: web/web[1] cannot have U1 of rack "row-01"`,
		},
		"a type for bays of another device": {
			func(w *world) { w.known("server", `"u_height": 0, "subdevice_role": "child"`) },
			func(w *world) *generate.Plan { return bareHalls(w) },
			[]string{"web/web[1]", "web/web[2]", "web/web[3]", "web/web[4]"}, nil,
			`device type "server" is for device bays in NetBox`,
		},
		"a type higher than the rest of the rack": {
			func(w *world) { w.known("server", `"u_height": 3`) },
			func(w *world) *generate.Plan {
				return bareHalls(w, "rack: {pool: row, per: 8, fromU: 1}", "rack: {pool: row, per: 2, fromU: 47}", "fromU: 43", "fromU: 1")
			},
			[]string{"web/web[1]", "web/web[2]", "web/web[3]", "web/web[4]"}, nil, `web/web[1] at U47 ends above U48 of rack "row-01"`,
		},
		"two classes, of which NetBox makes one higher": {
			func(w *world) { w.known("server", `"u_height": 4`) },
			func(w *world) *generate.Plan {
				return bareHalls(w, "rack: {pool: row, per: 8, fromU: 1}", "rack: {pool: row, per: 1, fromU: 40}", "count: 4", "count: 2")
			},
			[]string{"web/web[1]"}, []string{"web/dc.leaf[1]", "web/web[2]"}, `web/web[1] at U40 overlaps with web/dc.leaf[1] at U43`,
		},
		"a type that is of full depth only in NetBox": {
			func(w *world) { w.known("server", `"u_height": 1, "is_full_depth": true`) },
			func(w *world) *generate.Plan {
				return w.edited(halls, "model: Server, u: 1}", "model: Server, u: 1, fullDepth: false}", "fromU: 43}", "fromU: 1, face: rear}",
					"model: Leaf 48, u: 1,", "model: Leaf 48, u: 1, fullDepth: false,")
			},
			[]string{"web/web[1]", "web/web[2]"}, []string{"web/web[3]", "web/web[4]"}, `overlaps with`,
		},
		"a rack that begins above": {
			rack(`"u_height": 48, "starting_unit": 10`), func(w *world) *generate.Plan { return w.edited(halls) },
			[]string{"web/web[1]", "web/web[2]", "web/web[3]", "web/web[4]"}, []string{"web/dc.leaf[1]"},
			`rack "row-01" begins at U10 in NetBox: web/web[1] cannot stand at U1`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.7")
			tt.ahead(w)
			plan := tt.plan(w)
			p := w.preview(plan)
			var held []string
			for i := range p.Set().Changes {
				if c := &p.Set().Changes[i]; c.Kind == "device" && !c.Acts() {
					held = append(held, c.Object)
				}
			}
			slices.Sort(held)
			if !slices.Equal(held, tt.held) {
				t.Errorf("held are %v, want %v", held, tt.held)
			}
			if !holdsFinding(p.Findings, tt.text) {
				t.Errorf("nothing tells %q: %+v", tt.text, p.Findings)
			}
			errs, _ := p.Refused()
			if !slices.ContainsFunc(errs, func(r engine.Refusal) bool { return strings.Contains(r.Message, tt.text) }) {
				t.Errorf("validate would not tell %q: %+v", tt.text, errs)
			}
			result, _, err := w.eng.Apply(t.Context(), plan, engine.ApplyOptions{})
			if err != nil || len(result.Failed) > 0 {
				t.Fatalf("apply: %v, failed %+v", err, result.Errors)
			}
			for _, object := range tt.stands {
				w.object("devices", object)
			}
			w.law(plan)
		})
	}
}
