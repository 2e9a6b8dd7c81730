package engine_test

import (
	"errors"
	"fmt"
	"maps"
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
