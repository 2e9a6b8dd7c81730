package engine_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/sandbox"
)

// halfLeaf is the slug under which a run makes the type of the leaves.
const halfLeaf = "diet-tmp-web-leaf-48"

// whole asserts that a type that has its own slug has all its templates, and that no device
// is of one that has not.
func (w *world) whole() {
	w.Helper()
	templates := map[string]int{}
	for _, o := range w.server.Objects("interface-templates") {
		templates[fmt.Sprint(id(o["device_type"]))]++
	}
	for _, o := range w.server.Objects("device-types") {
		if n := templates[fmt.Sprint(o["id"])]; o["slug"] == "leaf-48" && n != 8 {
			w.Errorf("leaf-48 has %d templates", n)
		}
	}
	for _, o := range w.server.Objects("devices") {
		if slug := o["device_type"].(map[string]any)["slug"]; strings.HasPrefix(fmt.Sprint(slug), "diet-tmp-") {
			w.Errorf("%v is a %v", o["name"], slug)
		}
	}
}

// finished asserts that no type is left unfinished.
func (w *world) finished() {
	w.Helper()
	w.whole()
	if slugs := w.slugs("device-types"); slugs != "leaf-48 server" && slugs != "server leaf-48" {
		w.Errorf("the types are %s", slugs)
	}
}

// TestTypesAreWhole stops a run at each of the writes by which it makes a type, and one
// that goes on with it at the next: the type is whole or not there, and the last run, with
// the same mirror or another one, finishes it and asks nobody.
func TestTypesAreWhole(t *testing.T) {
	t.Parallel()
	for n := range 9 {
		for _, committed := range []bool{false, true} {
			version := []string{"4.2", "4.4", "4.6", "4.7"}[n%4]
			t.Run(fmt.Sprintf("%s, write %d, committed %v", version, n, committed), func(t *testing.T) {
				t.Parallel()
				w := setup(t, version)
				plan := w.plan("one", 1)
				for i, at := range []int{n, 1 + n%3}[:1+n%2] {
					w.stop(at, committed != (i > 0))
					_, _, _ = w.eng.Apply(t.Context(), plan, engine.ApplyOptions{})
					w.handler = w.server
					w.whole()
					w.open([]string{"mirror.db", "another.db", "third.db"}[(n+i)%3])
				}
				w.apply(plan)
				w.asksNothing(plan)
				w.finished()
				w.law(plan)
				w.unique()
			})
		}
	}
}

// TestTemplateFails has NetBox refuse a template, or the last step: the type does not get
// its slug, what needs it waits and says for what, and everything else is written.
func TestTemplateFails(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]sandbox.Fault{
		"interface_template:leaf-48/E1/5": {
			Method: http.MethodPost, PathPrefix: "/api/dcim/interface-templates/", BodyContains: `"E1/5"`,
			Status: 400, Body: `{"name": ["no"]}`, Times: 20,
		},
		"device_type:leaf-48": {
			Method: http.MethodPatch, PathPrefix: "/api/dcim/device-types/", Status: 403, Body: `{"detail": "no"}`, Times: 20,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			plan := w.plan("one", 2)
			w.server.FailNext(fault)
			result, _, err := w.eng.Apply(t.Context(), plan, engine.ApplyOptions{})
			w.server.ResetFaults()
			if err != nil || len(result.Failed) != 1 || result.Failed[0].Object != name {
				t.Fatalf("%v, failed %+v", err, result.Failed)
			}
			for _, o := range result.Skipped {
				if o.Cause != name {
					t.Errorf("%s is skipped because of %q", o.Object, o.Cause)
				}
			}
			if devices := len(w.server.Objects("devices")); devices != 2 {
				t.Errorf("%d devices are there", devices)
			}
			w.whole()
			w.apply(plan)
			w.finished()
			w.law(plan)
		})
	}
}

// TestUnfinishedTypes are types under a temporary slug that this plan did not begin, or
// does not want as they are.
func TestUnfinishedTypes(t *testing.T) {
	t.Parallel()
	began := func(t *testing.T) *world {
		t.Helper()
		w := setup(t, "4.6")
		w.stop(6, true) // the type and a request of templates
		_, _, _ = w.eng.Apply(t.Context(), w.plan("one", 2), engine.ApplyOptions{})
		w.handler = w.server
		w.open("another.db")
		if !strings.Contains(w.slugs("device-types"), halfLeaf) {
			t.Fatalf("there are %s", w.slugs("device-types"))
		}
		return w
	}
	t.Run("a person's", func(t *testing.T) {
		t.Parallel()
		w := setup(t, "4.6")
		maker := w.make("manufacturers", `{"name": "Acme", "slug": "acme"}`)
		hers := w.make("device-types", fmt.Sprintf(`{"manufacturer": %v, "model": "Hers", "slug": %q}`, maker, halfLeaf))
		plan := w.plan("one", 2)
		p := w.preview(plan)
		if !slices.ContainsFunc(p.Findings, func(n change.Notice) bool {
			return n.Severity == change.Error && strings.Contains(n.Message, halfLeaf) && slices.Contains(n.Objects, "device_type:leaf-48")
		}) || !p.Waits() {
			t.Errorf("nothing tells that a type is in the way: %+v", p.Findings)
		}
		w.apply(plan)
		w.law(plan)
		o, templates := w.having("device-types", "model", "Hers"), w.server.Objects("interface-templates")
		if o["id"] != hers || o["slug"] != halfLeaf || len(templates) != 0 {
			t.Errorf("her type is %v", o)
		}
		w.patch("device-types", halfLeaf, `{"slug": "hers"}`)
		w.apply(plan)
		w.law(plan)
		if slugs := w.slugs("device-types"); !strings.Contains(slugs, "leaf-48") {
			t.Errorf("there are %s", slugs)
		}
	})
	for name, plan := range map[string][]string{
		"other ports": {`"E1/{1-8}": 25gbase-x-sfp28`, `"E1/{1-8}": 10gbase-x-sfpp`},
		"fewer ports": {`"E1/{1-8}"`, `"E1/{1-2}"`, "ports: 1-8", "ports: 1-2", "[eth0, eth1]", "[eth0]"},
		"higher":      {"model: Leaf 48, u: 1", "model: Leaf 48, u: 2", "per: 2, fromU: 43", "per: 2, fromU: 41"},
		"not wanted":  {"leaf-48:", "leaf-32:", "type: leaf-48", "type: leaf-32"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := began(t)
			wanted := w.replanned(2, plan...)
			w.apply(wanted)
			w.asksNothing(wanted)
			w.law(wanted)
			if strings.Contains(w.slugs("device-types"), "diet-tmp-") {
				t.Errorf("there are %s", w.slugs("device-types"))
			}
			if p := w.preview(wanted); len(p.Findings) > 0 {
				t.Errorf("the types are not as the plan says: %+v", p.Findings)
			}
		})
	}
	t.Run("used by a person", func(t *testing.T) {
		t.Parallel()
		w := began(t)
		half := w.having("device-types", "slug", halfLeaf)
		w.make("devices", fmt.Sprintf(`{"name": "x", "site": %v, "role": %v, "device_type": %v}`,
			w.server.Objects("sites")[0]["id"], w.server.Objects("device-roles")[0]["id"], half["id"]))
		wanted := w.replanned(2, "leaf-48:", "leaf-32:", "type: leaf-48", "type: leaf-32")
		w.apply(wanted)
		w.law(wanted)
		if o := w.having("device-types", "slug", halfLeaf); o["id"] != half["id"] {
			t.Error("what somebody uses is gone")
		}
	})
	t.Run("made by another one meanwhile", func(t *testing.T) {
		t.Parallel()
		w := setup(t, "4.6")
		plan := w.plan("one", 2)
		w.ahead(7, func() {
			maker := w.server.Objects("manufacturers")[0]["id"]
			kind := w.make("device-types", fmt.Sprintf(`{"manufacturer": %v, "model": "Theirs", "slug": "leaf-48"}`, maker))
			for n := range 8 {
				w.make("interface-templates", fmt.Sprintf(`{"device_type": %v, "name": "E1/%d", "type": "25gbase-x-sfp28"}`, kind, n+1))
			}
		})
		w.apply(plan)
		w.finished()
		w.law(plan)
		if o := w.having("device-types", "slug", "leaf-48"); o["model"] != "Theirs" {
			t.Errorf("the type is %v", o)
		}
	})
}

// TestTemplateDenied has a rule forbid a template: its type is not made without it.
func TestTemplateDenied(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.team("guards", "deny", "input.object == \"interface_template:leaf-48/E1/5\"")
	plan := w.plan("one", 2)
	w.apply(plan)
	w.law(plan)
	if slugs := w.slugs("device-types"); slugs != "server" || len(w.server.Objects("devices")) != 2 {
		t.Errorf("there are %s and %d devices", slugs, len(w.server.Objects("devices")))
	}
}

// having is an object by the value of a field.
func (w *world) having(endpoint, field, value string) map[string]any {
	w.Helper()
	for _, o := range w.server.Objects(endpoint) {
		if o[field] == value {
			return o
		}
	}
	w.Fatalf("no %s has the %s %s", endpoint, field, value)
	return nil
}
