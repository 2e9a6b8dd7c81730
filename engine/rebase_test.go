package engine_test

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/diff"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror"
)

// renumber has diet's records remember the shared objects by other ids, as where NetBox was
// filled anew from another one: by is added to each.
func (w *world) renumber(by float64) {
	w.Helper()
	for _, endpoint := range []string{"racks", "devices", "interfaces", "cables"} {
		for _, o := range w.server.Objects(endpoint) {
			record, ok := o["custom_fields"].(map[string]any)["diet_managed_fields"].(map[string]any)
			if !ok {
				continue
			}
			base := maps.Clone(record["base"].(map[string]any))
			for name, v := range base {
				if ref, ok := v.(map[string]any); ok && ref["key"] != nil {
					base[name] = map[string]any{"id": ref["id"].(float64) + by, "key": ref["key"]}
				}
			}
			record["base"] = base
			w.server.Overwrite(endpoint, int64(o["id"].(float64)), "cf.diet_managed_fields", record)
		}
	}
	w.open(fmt.Sprintf("moved-%v.db", by))
}

// rebased is another machine that learns the ids anew.
func (w *world) rebased(plan *generate.Plan) *engine.Preview {
	w.Helper()
	w.rebase = true
	w.open("rebase.db")
	w.rebase = false
	if _, err := w.eng.Sync(w.Context(), mirror.Options{}); err != nil {
		w.Fatal(err)
	}
	p, err := w.eng.Preview(w.Context(), plan)
	if err != nil {
		w.Fatal(err)
	}
	for i := range p.Changes {
		if c := &p.Changes[i]; c.Acts() && c.Action != change.Own {
			w.Errorf("%s %s %s", c.Action, c.Kind, c.Object)
		}
	}
	if _, _, err := w.eng.Apply(w.Context(), plan, engine.ApplyOptions{Preview: p}); err != nil {
		w.Fatal(err)
	}
	return p
}

// TestNetBoxMoved fills NetBox anew, with other ids: those of nothing, and those of what
// else there is. The run stops, and goes on once the ids were learnt; what people edited
// stays what it was, and what the plan changed is not written on the way.
func TestNetBoxMoved(t *testing.T) {
	t.Parallel()
	for _, by := range []float64{1000, 1} {
		t.Run(fmt.Sprintf("ids are %v higher", by), func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			w.apply(w.plan("one", 2))
			w.post("dcim/sites", `{"name": "Other", "slug": "other"}`)
			w.edit("devices", "web/web[1]", `{"description": "hers"}`)
			w.renumber(by)
			was := w.devices()
			var moved *diff.MovedError
			for _, plan := range []*generate.Plan{w.plan("one", 2), w.plan("two", 3)} {
				if _, _, err := w.eng.Apply(t.Context(), plan, engine.ApplyOptions{}); !errors.As(err, &moved) {
					t.Fatalf("it went on: %v", err)
				}
			}
			if w.rebased(w.plan("two", 3)).Pending() == 0 {
				t.Error("nothing was learnt")
			}
			if is := w.devices(); is != was {
				t.Errorf("the devices were %s, and are %s", was, is)
			}
			w.open("after.db")
			if got := w.object("devices", "web/web[1]")["description"]; got != "hers" {
				t.Errorf("the description is %q", got)
			}
			one := w.plan("one", 2)
			p := w.stays(one)
			if p.Waits() || len(p.Conflicts) != 1 || p.Conflicts[0].Field != "description" {
				t.Errorf("conflicts %+v", p.Conflicts)
			}
			three := w.plan("one", 3)
			w.apply(three)
			w.law(three)
		})
	}
}

// anew has other objects in the place of all shared ones of the small plan, under their names: as where NetBox
// was filled anew.
func (w *world) anew() {
	w.Helper()
	site, maker := w.another("sites", "ams2", ""), w.another("manufacturers", "acme", "")
	w.edit("racks", "web/rack:row[1]", fmt.Sprintf(`{"site": %v}`, site))
	types, roles := map[string]any{}, map[string]any{}
	for _, o := range w.server.Objects("devices") {
		slug := func(field string) string { return o[field].(map[string]any)["slug"].(string) }
		model, role := slug("device_type"), slug("role")
		if types[model] == nil {
			types[model] = w.another("device-types", model, fmt.Sprintf(`, "manufacturer": %v`, maker))
		}
		if roles[role] == nil {
			roles[role] = w.another("device-roles", role, `, "color": "ff0000"`)
		}
		w.byHandJSON(http.MethodPatch, fmt.Sprintf("dcim/devices/%v", o["id"]),
			fmt.Sprintf(`{"site": %v, "device_type": %v, "role": %v}`, site, types[model], roles[role]))
	}
	w.open("anew.db")
}

// another makes an object of a shared kind that takes the name of one that there is, and returns its id.
func (w *world) another(endpoint, slug, more string) any {
	w.Helper()
	var was map[string]any
	for _, o := range w.server.Objects(endpoint) {
		if o["slug"] == slug {
			was = o
		}
	}
	label := "name"
	if was["model"] != nil {
		label = "model"
	}
	name := was[label]
	w.byHandJSON(http.MethodPatch, fmt.Sprintf("dcim/%s/%v", endpoint, was["id"]),
		fmt.Sprintf(`{%q: "was %v", "slug": "was-%s"}`, label, name, slug))
	w.post("dcim/"+endpoint, fmt.Sprintf(`{%q: %q, "slug": %q%s}`, label, name, slug, more))
	for _, o := range w.server.Objects(endpoint) {
		if o["slug"] == slug {
			return o["id"]
		}
	}
	return nil
}

// TestRollbackWhereNetBoxMoved undoes runs where NetBox was filled anew since: of the one that learnt the ids
// there is nothing to undo, and the others are refused, as their journals have ids that are those of something
// else by now. What is applied after that can be undone.
func TestRollbackWhereNetBoxMoved(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.store = filepath.Join(w.dir, "runs.db")
	w.open("first.db")
	w.apply(w.plan("one", 3))
	w.apply(w.plan("two", 3))
	updated := w.lastRun()
	w.apply(w.plan("two", 2))
	deleted := w.lastRun()
	w.anew()
	two := w.plan("two", 2)
	if w.rebased(two).Pending() == 0 {
		t.Fatal("nothing was learnt")
	}
	learnt := w.lastRun()
	w.law(two)
	was := w.fieldsOf()
	for _, run := range []string{updated, deleted} {
		back, err := w.eng.Rollback(t.Context(), run)
		if err != nil {
			t.Fatal(err)
		}
		var moved *diff.MovedError
		if _, _, err := w.eng.Apply(t.Context(), back, engine.ApplyOptions{}); !errors.As(err, &moved) || moved.Undoes != run {
			t.Errorf("roll back %s: %v", run, err)
		}
	}
	back, err := w.eng.Rollback(t.Context(), learnt)
	if err != nil {
		t.Fatal(err)
	}
	if p := w.preview(back); len(p.Changes) > 0 {
		t.Errorf("to undo what was learnt: %+v", p.Changes)
	}
	w.law(back)
	w.sameFields(was)
	w.apply(w.plan("three", 2))
	w.undo(w.lastRun())
	w.sameFields(was)
}
