package engine_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
)

// fieldsSeen are the fields of each endpoint of which a rollback is told from what was.
var fieldsSeen = map[string][]string{
	"racks": {"name", "site", "location", "u_height", "status", "description", "tags"},
	"devices": {"name", "site", "location", "rack", "position", "face", "status", "role", "device_type", "description", "comments",
		"serial", "tags"},
	"interfaces": {"name", "type", "enabled", "description", "label", "device", "mark_connected"},
	"cables":     {"a_terminations", "b_terminations", "status", "label", "description"},
}

// fieldsOf are the fields of all objects in NetBox, with diet's own marks and record, by endpoint and id.
func (w *world) fieldsOf() map[string]map[string]string {
	w.Helper()
	out := map[string]map[string]string{}
	for endpoint, names := range fieldsSeen {
		for _, o := range w.server.Objects(endpoint) {
			fields := map[string]string{}
			for _, name := range names {
				fields[name] = w.seen(o[name])
			}
			custom, _ := o["custom_fields"].(map[string]any)
			given := custom["diet_object_id"] == nil // it may have been diet's
			for name, v := range custom {
				if name != "diet_last_applied" && !given {
					fields["cf."+name] = w.seen(v)
				}
			}
			out[fmt.Sprint(endpoint, " ", o["id"])] = fields
		}
	}
	return out
}

// seen is a value of a field as text: of a choice its value, of an object its id.
func (w *world) seen(v any) string {
	w.Helper()
	switch x := v.(type) {
	case map[string]any:
		if x["value"] != nil {
			return fmt.Sprint(x["value"])
		}
		if x["id"] != nil && x["key"] == nil {
			return fmt.Sprint(x["id"])
		}
	case []any:
		var out []string
		for _, e := range x {
			o, _ := e.(map[string]any)
			if out = append(out, w.seen(e)); o["object_id"] != nil {
				out[len(out)-1] = fmt.Sprint(o["object_id"])
			}
		}
		slices.Sort(out)
		return strings.Join(out, " ")
	}
	text, err := json.Marshal(v)
	if err != nil {
		w.Fatal(err)
	}
	return string(text)
}

// sameFields holds that NetBox has, of each object, the fields that it had.
func (w *world) sameFields(was map[string]map[string]string) {
	w.Helper()
	is := w.fieldsOf()
	for _, object := range slices.Sorted(maps.Keys(was)) {
		for _, name := range slices.Sorted(maps.Keys(was[object])) {
			if is[object] == nil || is[object][name] != was[object][name] {
				w.Errorf("%s %s was %s and is %s", object, name, was[object][name], is[object][name])
			}
		}
	}
	for object := range is {
		if was[object] == nil {
			w.Errorf("%s is new", object)
		}
	}
}

// converging is a plan that wants what a person made ahead of it, beside what nobody made.
type converging struct {
	from  []string // texts replaced in the plan that is applied first
	hers  func(w *world)
	to    []string // and in the one that wants what she made
	wins  [][2]string
	since func(w *world) // what she does after the run
}

// patched has a person write on an object.
func patched(endpoint, object, body string) func(w *world) {
	return func(w *world) { w.edit(endpoint, object, body) }
}

// all does several things.
func all(each ...func(w *world)) func(w *world) {
	return func(w *world) {
		for _, do := range each {
			do(w)
		}
	}
}

func gold(w *world) { w.post("extras/tags", `{"name": "gold", "slug": "gold"}`) }

func golden(object string) func(w *world) {
	return patched("devices", object, `{"tags": [{"slug": "gold"}]}`)
}

// TestRollbackLeavesWhatPeopleMade undoes runs that found what a person had made as the plan wants
// it, and recorded that, and wrote the rest. NetBox is then as it was, with what she made: whatever a
// run did not write, undoing it does not change.
func TestRollbackLeavesWhatPeopleMade(t *testing.T) {
	t.Parallel()
	const named = "      name: \"srv-{n:03}\"\n"
	for name, x := range map[string]converging{
		"two that change places": {
			hers: all(patched("devices", "web/web[3]", `{"position": 30}`), patched("devices", "web/web[4]", `{"position": 3}`),
				patched("devices", "web/web[3]", `{"position": 4}`)),
			to: []string{inRow, "rack: {pool: row, per: 8, fromU: 2}"}, wins: [][2]string{{"web/web[4]", "position"}},
		},
		"a name": {hers: patched("devices", "web/web[1]", `{"name": "srv-001"}`), to: []string{ofType, ofType + named}},
		"a name and a place": {
			hers: all(patched("devices", "web/web[1]", `{"name": "srv-001"}`), patched("devices", "web/web[4]", `{"position": 5}`)),
			to:   []string{ofType, ofType + named, inRow, "rack: {pool: row, per: 8, fromU: 2}"},
		},
		"a rack": {
			hers: patched("racks", "web/rack:row[1]", `{"name": "R1", "u_height": 50}`),
			to:   []string{"units: 48, location: hall-a", "units: 50, location: hall-a, name: \"R{n}\""},
		},
		"a description, a status and a tag": {
			hers: all(gold, patched("devices", "web/web[1]", `{"description": "prod", "status": "active", "tags": [{"slug": "gold"}]}`),
				golden("web/web[2]"), golden("web/web[3]"), golden("web/web[4]")),
			to: []string{ofType, ofType + "      set: {description: prod, tags: [gold]}\n", "  site: ams2", "  status: active\n  site: ams2"},
		},
		"all of it and nothing to write": {
			hers: all(patched("devices", "web/web[1]", `{"description": "prod"}`), patched("devices", "web/web[2]", `{"description": "prod"}`),
				patched("devices", "web/web[3]", `{"description": "prod"}`), patched("devices", "web/web[4]", `{"description": "prod"}`)),
			to: []string{ofType, ofType + "      set: {description: prod}\n"},
		},
		"what another had, and is given up": {
			from: []string{ofType, ofType + "      set: {description: \"d {n}\"}\n"},
			hers: patched("devices", "web/web[1]", `{"description": "hers"}`),
			to:   []string{ofType, ofType},
		},
		"what she wrote since": {
			hers:  patched("devices", "web/web[1]", `{"name": "srv-001"}`),
			to:    []string{ofType, ofType + named},
			since: patched("devices", "web/web[1]", `{"name": "hers"}`),
		},
		"what she wrote of another field": {
			hers: patched("devices", "web/web[1]", `{"name": "hers"}`), to: []string{ofType, ofType + "      set: {description: prod}\n"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			before := w.edited(halls, x.from...)
			w.apply(before)
			x.hers(w)
			was, plan := w.fieldsOf(), w.edited(halls, x.to...)
			for _, wins := range x.wins {
				w.answers(plan, wins[0], wins[1], "use_diet")
			}
			w.apply(plan)
			if maps.EqualFunc(was, w.fieldsOf(), maps.Equal) {
				t.Fatal("the run did nothing")
			}
			if x.since != nil {
				x.since(w)
				was["devices "+fmt.Sprint(w.object("devices", "web/web[1]")["id"])]["name"] = `"hers"`
			}
			back := w.back(before)
			w.sparesNothing(before)
			w.sameFields(was)
			w.answer("drift", "remediate") // it is not diet's to undo
			w.law(back)
			w.sameFields(was)
		})
	}
}

// TestRollbackAsksAboutWhatWasCleared undoes a run that gave up fields. What a person has emptied
// since is hers, as what she wrote is: she is named, and asked.
func TestRollbackAsksAboutWhatWasCleared(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.edited(halls, ofType, ofType+"      set: {description: \"d {n}\", tags: [gold]}\n"))
	plan := w.edited(halls)
	w.apply(plan)
	w.edit("devices", "web/web[1]", `{"description": "", "tags": []}`)
	w.edit("devices", "web/web[2]", `{"description": "hers"}`)
	back := w.back(plan)
	was := w.fieldsOf()
	p := w.preview(back)
	for object, fields := range map[string][]string{"web/web[1]": {"description", "tag.gold"}, "web/web[2]": {"description"}} {
		c := p.Set().Find("device", object)
		for _, field := range fields {
			i := -1
			if c != nil {
				i = slices.IndexFunc(c.Fields, func(f change.Field) bool { return f.Name == field })
			}
			if i < 0 || c.Fields[i].Class != change.Conflict || !c.Fields[i].Verdict.Waits() || c.Fields[i].Blame.User != "maria" {
				t.Errorf("of %s, %s is %+v", object, field, c)
			}
		}
	}
	w.apply(back)
	w.law(back)
	is := w.fieldsOf()
	for object := range was {
		for _, name := range []string{"description", "tags", "name"} {
			if was[object][name] != is[object][name] {
				t.Errorf("%s %s was %s and is %s", object, name, was[object][name], is[object][name])
			}
		}
	}
}

// TestRollbackOfWhatWasReleased undoes a run that released what a person had written on: it is the
// plan's again, with what she wrote.
func TestRollbackOfWhatWasReleased(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	before := w.edited(halls)
	w.apply(before)
	w.edit("devices", "web/web[4]", `{"name": "hers", "position": 30, "status": "active"}`)
	was := w.fieldsOf()
	plan := w.edited(halls, "count: 4\n", "count: 3\n", "deletionPolicy: delete", "deletionPolicy: orphan")
	answersAll("orphan")(w, plan)
	w.apply(plan)
	back := w.back(before)
	p := w.preview(back)
	for _, c := range p.Changes {
		for _, f := range c.Fields {
			if f.Verdict.Waits() {
				t.Errorf("it asks for %s of %s: %s", f.Name, c.Object, f.Verdict.Message)
			}
		}
	}
	for _, q := range p.Questions {
		if _, err := w.eng.Resolve(t.Context(), back, engine.Reply{Question: q.Key, Answer: "approve", Who: "joe", Why: "x"}); err != nil {
			t.Fatal(err)
		}
	}
	w.apply(back)
	w.law(back)
	w.sameFields(was)
}
