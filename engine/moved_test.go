package engine_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror"
)

// renamed is the small plan with its node class under another key.
func (w *world) renamed(moved string, servers int) *generate.Plan {
	w.Helper()
	text := strings.NewReplacer(
		"    web:\n", "    app:\n",
		"deletionPolicy: delete}\n", "deletionPolicy: delete}\n"+moved,
	).Replace(fmt.Sprintf(small, "one", servers))
	plan, err := generate.Load("plan.yaml", []byte(text))
	if err != nil {
		w.Fatal(err)
	}
	return plan
}

// TestMoved renames a class key: the objects are the same, under new ids.
func TestMoved(t *testing.T) {
	t.Parallel()
	const moved = "  moved: [{from: web, to: app}]\n"
	w := setup(t, "4.6")
	w.apply(w.plan("one", 3))
	was := map[string]any{}
	for n := 1; n <= 3; n++ {
		was[fmt.Sprint("web/app[", n, "]")] = w.object("devices", fmt.Sprint("web/web[", n, "]"))["id"]
	}
	plan := w.renamed(moved, 3)
	p, err := w.eng.Diff(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range p.Changes {
		if c.Action == change.Create || c.Action == change.Delete {
			t.Errorf("%s %s %s, want the same objects", c.Action, c.Kind, c.Object)
		}
	}
	if got := p.Summary["cable"][change.Own]; got != 6 {
		t.Errorf("%d cables take their new id, want 6", got)
	}
	if got := p.Summary["device"][change.Update]; got != 3 {
		t.Errorf("%d devices are updated, want 3: the names follow the class", got)
	}
	w.apply(plan)
	for id, want := range was {
		if got := w.object("devices", id); got["id"] != want || got["custom_fields"].(map[string]any)["diet_source"] != "app" {
			t.Errorf("%s is NetBox object %v, want %v", id, got["id"], want)
		}
	}
	w.law(plan)
	w.law(w.renamed("", 3)) // moved has done its work
	w.unique()
}

// TestMovedLater moves on a mirror that was deleted, together with growth and a
// person's edit: her edit is still drift, and nothing is made twice.
func TestMovedLater(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.plan("one", 3))
	w.edit("devices", "web/web[2]", `{"description": "hers"}`)
	w.open("another.db")
	plan := w.renamed("  moved: [{from: web, to: app}]\n", 4)
	if _, err := w.eng.Sync(t.Context(), mirror.Options{}); err != nil {
		t.Fatal(err)
	}
	p, err := w.eng.Diff(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Summary["device"][change.Create]; got != 1 {
		t.Errorf("%d devices are created, want the fourth alone", got)
	}
	if len(p.Conflicts) != 1 || p.Conflicts[0].Object != "web/app[2]" || p.Conflicts[0].Type != engine.ManualModification {
		t.Errorf("conflicts %+v, want her description of web/app[2]", p.Conflicts)
	}
	w.apply(plan)
	w.law(plan)
	w.unique()
	if got := w.object("devices", "web/app[2]")["description"]; got != "hers" {
		t.Errorf("description %v, want hers", got)
	}
}

// dietIDs are the diet ids of everything that a plan owns, and whose they are.
func (w *world) dietIDs() string {
	out := ""
	for _, kind := range []string{"racks", "devices", "interfaces", "cables"} {
		for _, o := range w.server.Objects(kind) {
			if custom, _ := o["custom_fields"].(map[string]any); custom["diet_object_id"] != nil {
				out += fmt.Sprint(kind, o["id"], " ", custom["diet_object_id"], "\n")
			}
		}
	}
	return out
}

// like has a person make a device of a name, of the same site, type and role as another one.
func (w *world) like(object, name string) {
	w.Helper()
	other := w.object("devices", object)
	w.post("dcim/devices", fmt.Sprintf(`{"name": %q, "site": %v, "role": %v, "device_type": %v}`, name,
		nested(other["site"]), nested(other["role"]), nested(other["device_type"])))
}

// TestMovedTogether gives a class another key where the name that one of its servers would get is somebody's: that
// server keeps its id, and so do its ports and cables. Once she has made room all have the new one. What undoes
// that goes the same way.
func TestMovedTogether(t *testing.T) {
	t.Parallel()
	const moved = "  moved: [{from: web, to: app}]\n"
	for name, undoes := range map[string]bool{"there": false, "and back": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			before := w.plan("one", 3)
			w.apply(before)
			was := w.dietIDs()
			var plan engine.Intent = w.renamed(moved, 3)
			old, now, hers, after := "web/web", "web/app", "app-002", w.renamed("", 3)
			if undoes {
				w.apply(plan)
				plan, old, now, hers, after = w.back(before), now, old, "web-002", before
			}
			w.like("web/dc.leaf[1]", hers)
			w.apply(plan)
			ids := w.dietIDs()
			if got, want := strings.Count(ids, old+"[2]"), strings.Count(was, "web/web[2]"); got != want || strings.Contains(ids, now+"[2]") {
				t.Errorf("%d of %d go by the id of before:\n%s", got, want, ids)
			}
			w.law(plan)
			w.byHandJSON(http.MethodDelete, fmt.Sprintf("dcim/devices/%v", w.named("devices", hers)["id"]), "")
			w.apply(plan)
			w.law(plan)
			if p := w.stays(after); p.Waits() || len(p.Changes) > 0 {
				t.Errorf("the plan wants %+v", p.Changes)
			}
			if is := w.dietIDs(); is != strings.ReplaceAll(was, "web/web[", now+"[") {
				t.Errorf("the objects were\n%s, and are\n%s", was, is)
			}
			w.unique()
		})
	}
}

// TestEmptyClass lowers a count to 0: the class is still in the plan, so its
// objects are not told as those of a class that was removed.
func TestEmptyClass(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.plan("one", 2))
	for _, tt := range []struct {
		plan *generate.Plan
		rule string
	}{
		{w.plan("one", 0), "DEL003"},
		{w.renamed("", 2), "DEL105"},
	} {
		p, err := w.eng.Diff(t.Context(), tt.plan)
		if err != nil {
			t.Fatal(err)
		}
		if c := p.Set().Find("device", "web/web[1]"); c == nil || c.Verdict.Rule != tt.rule {
			t.Errorf("change %+v, want rule %s", c, tt.rule)
		}
	}
}

// TestReferencesAreNamed shows a cable that was moved by hand by the ports' names,
// not by NetBox's ids.
func TestReferencesAreNamed(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.plan("one", 2)
	w.apply(plan)
	free := int64(0)
	for _, o := range w.server.Objects("interfaces") {
		if device, _ := o["device"].(map[string]any); o["name"] == "E1/8" && device["name"] == "leaf-01" {
			id, _ := o["id"].(float64)
			free = int64(id)
		}
	}
	w.edit("cables", "web/web[1]/lom.eth0~", fmt.Sprintf(`{"b_terminations": [{"object_type": "dcim.interface", "object_id": %d}]}`, free))
	if _, err := w.eng.Sync(t.Context(), mirror.Options{}); err != nil {
		t.Fatal(err)
	}
	p, err := w.eng.Diff(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	c := p.Set().Find("cable", "web/web[1]/lom.eth0~")
	if c == nil || len(c.Fields) != 1 {
		t.Fatalf("change %+v, want that of end b", c)
	}
	f := c.Fields[0]
	base, _ := p.Set().Named(c.Kind, f.Name, f.Base)
	have, _ := p.Set().Named(c.Kind, f.Name, f.Have)
	if base != "leaf-01 E1/1" || have != "leaf-01 E1/8" {
		t.Errorf("from %q to %q, want leaf-01 E1/1 to leaf-01 E1/8", base, have)
	}
}
