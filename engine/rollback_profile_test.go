package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
)

// deleting has a plan delete what it no longer wants, whatever it is.
var deleting = []string{"deletionPolicy: warn", "deletionPolicy: delete, approveDeletionsAbove: 100"}

// TestRollbackOfProfiles undoes runs that switched how breakouts are cabled: NetBox is as before, each port in
// use or not as it was, and so is the plan of before.
func TestRollbackOfProfiles(t *testing.T) {
	t.Parallel()
	switches := map[string][2]string{
		"on":                         {"{profiles: false}", "{profiles: true}"},
		"off":                        {"{profiles: true}", "{profiles: false}"},
		"on, with parents":           {"{parents: true, profiles: false}", "{parents: true, profiles: true}"},
		"off, with parents":          {"{parents: true, profiles: true}", "{parents: true, profiles: false}"},
		"parents on":                 {"{profiles: true}", "{parents: true, profiles: true}"},
		"parents off":                {"{parents: true, profiles: true}", "{profiles: true}"},
		"parents on, of lanes":       {"{profiles: false}", "{parents: true, profiles: false}"},
		"parents off, of lanes":      {"{parents: true, profiles: false}", "{profiles: false}"},
		"parents for profiles":       {"{parents: true, profiles: false}", "{profiles: true}"},
		"profiles for parents":       {"{profiles: true}", "{parents: true, profiles: false}"},
		"on, and a server goes":      {"{profiles: false}", "{profiles: true}|count: 6|count: 5"},
		"off, and a server comes":    {"{profiles: true}", "{profiles: false}|count: 6|count: 7"},
		"on, and servers are others": {"{profiles: false}", "{profiles: true}|      type: server|      type: server\n      name: \"srv-{n}\""},
	}
	for name, x := range switches {
		for _, version := range []string{"4.5", "4.7"} {
			t.Run(name+" "+version, func(t *testing.T) {
				t.Parallel()
				w := setup(t, version)
				before := w.edited(broken, append([]string{"{profiles: true}", x[0]}, deleting...)...)
				w.apply(before)
				was, fields := w.estate(), w.fieldsOf()
				parts := strings.Split(x[1], "|")
				w.apply(w.edited(broken, slices.Concat([]string{"{profiles: true}", parts[0]}, deleting, parts[1:])...))
				if slices.Equal(w.estate(), was) {
					t.Fatal("the run did nothing")
				}
				w.sparesNothing(before)
				w.sameEstate(was)
				w.apply(before)
				w.law(before)
				w.sameEstate(was)
				for object := range w.fieldsOf() {
					if fields[object] == nil && object[:3] == "dev" && !slices.Contains(parts, "count: 5") {
						t.Errorf("%s was made again", object)
					}
				}
				w.unique()
			})
		}
	}
}

// TestRollbackOfProfilesSpares undoes such runs where a person has done something since: what she did stays, or
// she is asked, and nothing is refused.
func TestRollbackOfProfilesSpares(t *testing.T) {
	t.Parallel()
	for name, does := range map[string]func(w *world){
		"a label": func(w *world) {
			for _, o := range w.server.Objects("cables") {
				w.byHandJSON("PATCH", fmt.Sprintf("dcim/cables/%v", o["id"]), `{"label": "hers"}`)
			}
		},
		"a cable pulled": func(w *world) {
			w.byHandJSON("DELETE", fmt.Sprintf("dcim/cables/%v", w.server.Objects("cables")[0]["id"]), "")
		},
		"another port's text": patched("interfaces", "web/web[1]/x.p0", `{"description": "hers"}`),
		"a server renamed":    patched("devices", "web/web[2]", `{"name": "hers"}`),
		"a port off":          patched("interfaces", "web/dc.leaf[1]/1", `{"enabled": false}`),
	} {
		for _, on := range []bool{false, true} {
			t.Run(fmt.Sprint(name, ", profiles ", on), func(t *testing.T) {
				t.Parallel()
				w := setup(t, "4.6")
				text := []string{"{profiles: true}", fmt.Sprintf("{profiles: %v, parents: true}", !on)}
				before := w.edited(broken, append(text, deleting...)...)
				w.apply(before)
				text[1] = fmt.Sprintf("{profiles: %v, parents: true}", on)
				w.apply(w.edited(broken, append(text, deleting...)...))
				left := w.fieldsOf()
				does(w)
				ran := w.fieldsOf()
				back := w.back(before)
				p := w.preview(back)
				result, _, err := w.eng.Apply(t.Context(), back, engine.ApplyOptions{})
				if err != nil || len(result.Failed) > 0 {
					t.Fatalf("%v, %+v", err, result.Errors)
				}
				w.law(back)
				is := w.fieldsOf()
				for object, fields := range ran {
					for field, v := range fields {
						hers := left[object][field] != v && !strings.HasPrefix(field, "cf.diet_")
						if hers && is[object] != nil && is[object][field] != v {
							t.Errorf("%s %s was hers, and is %q: %+v", object, field, is[object][field], p.Questions)
						}
					}
				}
			})
		}
	}
}

// TestRollbackOfMovedBreakouts undoes runs that renamed what breakouts and racks go by, one of them with their
// profiles switched too: all is as before under the old ids, and the plan of before wants nothing.
func TestRollbackOfMovedBreakouts(t *testing.T) {
	t.Parallel()
	const lanes, whole = "{profiles: false, parents: true}", "{profiles: true, parents: true}"
	app, tor := []string{"    web:\n", "    app:\n"}, []string{"        leaf:\n", "        tor:\n", "dc.leaf/", "dc.tor/"}
	core := []string{"        spine: {role", "        core: {role", "uplinkTo: spine/", "uplinkTo: core/"}
	net := []string{"    dc:\n", "    net:\n", "to: dc.", "to: net."}
	aisle := []string{"    row: {", "    aisle: {", "pool: row", "pool: aisle"}
	for name, x := range map[string]struct {
		shape string // of breakouts, "" for a plan without
		edits []string
		moved string
	}{
		"servers":         {whole, app, "from: web, to: app"},
		"leaves":          {whole, tor, "from: dc.leaf, to: dc.tor"},
		"spines":          {whole, core, "from: dc.spine, to: dc.core"},
		"fabric":          {whole, net, "from: dc, to: net"},
		"servers, on":     {lanes, append(app, lanes, whole), "from: web, to: app"},
		"leaves, on":      {lanes, append(tor, lanes, whole), "from: dc.leaf, to: dc.tor"},
		"servers, off":    {whole, append(app, whole, lanes), "from: web, to: app"},
		"fabric, off":     {whole, append(net, whole, lanes), "from: dc, to: net"},
		"racks":           {"", aisle, "from: 'rack:row', to: 'rack:aisle'"},
		"racks, and more": {"", append(aisle, "count: 2, units", "count: 3, units"), "from: 'rack:row', to: 'rack:aisle'"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			text := halls
			if x.shape != "" {
				text = strings.NewReplacer(append([]string{"{profiles: true}", x.shape}, deleting...)...).Replace(broken)
			}
			before := w.edited(text)
			w.apply(before)
			was := w.estate()
			w.apply(w.edited(text, append(slices.Clone(x.edits), "  reconcile:", "  moved: [{"+x.moved+"}]\n  reconcile:")...))
			if slices.Equal(w.estate(), was) {
				t.Fatal("the run did nothing")
			}
			w.sparesNothing(before)
			w.sameEstate(was)
			w.law(before)
			if p := w.preview(before); p.Pending() > 0 || len(p.Conflicts) > 0 {
				t.Errorf("the plan of before wants %d, %+v", p.Pending(), p.Conflicts)
			}
			w.unique()
		})
	}
}
