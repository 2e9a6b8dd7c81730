package engine_test

import (
	"fmt"
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
