package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
)

// marked are all objects of the owned kinds with their names and marks.
func (w *world) marked() string {
	var out strings.Builder
	for _, endpoint := range []string{"racks", "devices", "interfaces", "cables"} {
		for _, o := range w.server.Objects(endpoint) {
			custom, _ := o["custom_fields"].(map[string]any)
			fmt.Fprintf(&out, "%s %v %v %v %v %v\n", endpoint, o["id"], o["name"],
				custom["diet_plan_id"], custom["diet_object_id"], custom["diet_managed"])
		}
	}
	return out.String()
}

// TestMarksOfEveryKind has a person write on the marks of an object of each owned kind: it is
// a question whose it is, or it is left alone; nothing is made or deleted in its place, as the
// plan is or without the servers.
func TestMarksOfEveryKind(t *testing.T) {
	t.Parallel()
	for _, of := range []struct{ endpoint, object, version string }{
		{"racks", "web/rack:row[1]", "4.6"}, {"racks", "web/rack:row[1]", "4.2"},
		{"interfaces", "web/web[2]/lom.eth0", "4.6"}, {"cables", "web/data[web/web[2]/lom.eth0]", "4.6"},
	} {
		for edit, class := range map[string]change.Class{
			`{"diet_object_id": "web/other"}`: change.Identity,
			`{"diet_object_id": null}`:        change.Identity,
			`{"diet_plan_id": null}`:          change.Identity,
			`{"diet_plan_id": "other"}`:       change.Identity,
			`{"diet_managed": false}`:         change.Unmanaged,
			`{"diet_managed_fields": {"v": 4, "plan": "web", "object": "OBJECT", "base": {}}}`: change.Identity,
			`{"diet_managed_fields": null}`: change.Exists,
		} {
			t.Run(of.version+" "+of.endpoint+" "+edit, func(t *testing.T) {
				t.Parallel()
				w := setup(t, of.version)
				plan := w.plan("one", 2)
				w.apply(plan)
				object := w.cableOr(of.endpoint, of.object)
				id := w.object(of.endpoint, object)["id"]
				w.edit(of.endpoint, object, `{"custom_fields": `+strings.ReplaceAll(edit, "OBJECT", object)+`}`)
				was := w.marked()
				edited := fmt.Sprintf("%s %v ", of.endpoint, id)
				p := w.stays(plan)
				if is := w.marked(); is != was {
					t.Errorf("there were\n%sand are\n%s", was, is)
				}
				if got := p.Set().Find(w.kindOf(of.endpoint), object); got == nil || got.Class != class {
					t.Errorf("want %s, got %+v", class, got)
				}
				fewer := w.plan("one", 1)
				w.apply(fewer)
				w.law(fewer)
				for _, line := range strings.Split(was, "\n") {
					if strings.HasPrefix(line, edited) && !strings.Contains(w.marked(), line) {
						t.Errorf("there were\n%sand are\n%s", was, w.marked())
					}
				}
			})
		}
	}
}

// cableOr is a diet id; of cables that of the last one.
func (w *world) cableOr(endpoint, object string) string {
	w.Helper()
	if endpoint != "cables" {
		return object
	}
	all := w.server.Objects(endpoint)
	return all[len(all)-1]["custom_fields"].(map[string]any)["diet_object_id"].(string)
}

func (w *world) kindOf(endpoint string) string { return strings.TrimSuffix(endpoint, "s") }

// TestMarksWithoutMessages has a person write on diet's own record in a NetBox whose changelog
// has no messages, with the journal of what diet wrote and without it: it is a question whose
// the object is, and nothing is deleted. With one user for both nothing tells them apart.
func TestMarksWithoutMessages(t *testing.T) {
	t.Parallel()
	record := func(object string) string {
		return fmt.Sprintf(`"diet_managed_fields": {"v": 4, "plan": "web", "object": %q, "base": {}}`, object)
	}
	for _, version := range []string{"4.2", "4.4"} {
		for _, mirror := range []string{"mirror.db", "another.db"} {
			t.Run(version+" "+mirror, func(t *testing.T) {
				t.Parallel()
				w := setup(t, version)
				plan := w.plan("one", 3)
				w.apply(plan)
				w.edit("devices", "web/web[3]", `{"custom_fields": {`+record("web/web[3]")+`}}`)
				w.foreign("db", map[string]any{"diet_managed": true, "diet_plan_id": "web", "diet_object_id": "web/web[9]"})
				w.edit("devices", "web/web[9]", `{"custom_fields": {`+record("web/web[9]")+`}}`)
				w.open(mirror)
				p := w.stays(w.plan("one", 2))
				for _, object := range []string{"web/web[3]", "web/web[9]"} {
					x := conflict(p, object)
					if x == nil || x.Type != engine.Identity || !x.Verdict.Asks() || x.Blame == nil || x.Blame.User != "maria" {
						t.Errorf("%s: %+v", object, x)
					}
				}
				two := w.plan("two", 3)
				w.apply(two)
				if got := w.object("devices", "web/web[1]")["description"]; got != "two" {
					t.Errorf("what nobody else wrote on has %v", got)
				}
				w.law(two)
			})
		}
	}
}
