package engine_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
)

// TestRollbackBringsBackWhatPeopleWrote rolls back runs that wrote over what a person had
// there, because somebody let them: it is there again, and it is hers as it was before.
func TestRollbackBringsBackWhatPeopleWrote(t *testing.T) {
	t.Parallel()
	const server, wire = "web/web[2]", "web/web[2]/lom.eth0~"
	for name, tt := range map[string]struct {
		endpoint, object, body, field string
		change                        string // of the plan's description meanwhile
	}{
		"drift":                     {"devices", server, `{"description": "hers"}`, "description", "one"},
		"a conflict":                {"devices", server, `{"description": "hers"}`, "description", "two"},
		"an empty field":            {"devices", server, `{"description": ""}`, "description", "one"},
		"a place":                   {"devices", server, `{"position": 20}`, "position", "one"},
		"the end of a cable":        {"cables", wire, "", "", "one"},
		"the end of a turned cable": {"cables", wire, "turned", "", "one"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			w.apply(w.plan("one", 3))
			if tt.endpoint == "cables" {
				w.replug(wire, tt.body == "turned")
			} else {
				w.edit(tt.endpoint, tt.object, tt.body)
			}
			was, plan := w.estate(), w.plan(tt.change, 3)
			field := tt.field
			if field == "" {
				w.sync()
				field = w.preview(plan).Set().Find("cable", tt.object).Fields[0].Name
			}
			w.answers(plan, tt.object, field, "use_diet")
			w.apply(plan)
			if slices.Equal(w.estate(), was) {
				t.Fatal("the run did nothing")
			}
			back := w.back(plan)
			told := fmt.Sprint(w.preview(back).Findings)
			if !strings.Contains(told, "wrote over what others had in "+tt.object) {
				t.Errorf("findings %s", told)
			}
			w.apply(back)
			w.sameEstate(was)
			w.law(back)
			w.open("another.db")
			w.sync()
			c := w.preview(w.plan("one", 3)).Set().Find(strings.TrimSuffix(tt.endpoint, "s"), tt.object)
			if c == nil || c.Fields[0].Class != change.Drift {
				t.Errorf("what she wrote is no drift any more: %+v", c)
			}
		})
	}
}

// replug has a person plug a cable's server end into another port of the server, and turn the
// cable.
func (w *world) replug(object string, turned bool) {
	w.Helper()
	device := w.object("devices", "web/web[2]")["id"]
	w.post("dcim/interfaces", fmt.Sprintf(`{"device": %v, "name": "spare", "type": "25gbase-x-sfp28"}`, device))
	spare := w.named("interfaces", "spare")["id"]
	const end = `"%s_terminations": [{"object_type": "dcim.interface", "object_id": %v}]`
	cable := w.object("cables", object)
	a, b := ported(cable["a_terminations"])[0], ported(cable["b_terminations"])[0]
	server := w.object("interfaces", "web/web[2]/lom.eth0")["id"]
	if fmt.Sprint(a) == fmt.Sprint(server) {
		a = spare
	} else {
		b = spare
	}
	if turned {
		a, b = b, a
	}
	w.person(http.MethodPatch, "cables", object, fmt.Sprintf("{"+end+", "+end+"}", "a", a, "b", b))
}

// sameEstate asserts that NetBox has what it had.
func (w *world) sameEstate(was []string) {
	w.Helper()
	if is := w.estate(); !slices.Equal(is, was) {
		w.Errorf("NetBox is\n%s\nand was\n%s", strings.Join(missingIn(is, was), "\n"), strings.Join(missingIn(was, is), "\n"))
	}
}

// TestRollbackOfAnAdoptionBringsBack takes over what a person made, writing over it: once that
// is rolled back, it is as she made it, but for what she has written since.
func TestRollbackOfAnAdoptionBringsBack(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.planned(strings.Replace(halls, ofType, ofType+"      set: {description: ours}\n", 1))
	w.apply(engine.Narrowed{Intent: plan, Targets: []string{"rack", "web/web[1]"}})
	device := w.object("devices", "web/web[1]")
	w.make("devices", fmt.Sprintf(
		`{"name": "web-002", "site": %v, "role": %v, "device_type": %v, "description": "hers", "rack": %v, "position": 30, "face": "rear"}`,
		nested(device["site"]), nested(device["role"]), nested(device["device_type"]), nested(device["rack"])))
	was := w.estate()
	w.answers(plan, "web/web[2]", "", "adopt")
	for _, field := range []string{"description", "position"} {
		w.answers(plan, "web/web[2]", field, "use_diet")
	}
	w.apply(engine.Narrowed{Intent: plan, Targets: []string{"web/web[2]"}})
	w.edit("devices", "web/web[2]", `{"name": "hers"}`)
	back := w.back(plan)
	w.apply(back)
	w.byHandJSON(http.MethodPatch, fmt.Sprintf("dcim/devices/%v", w.named("devices", "hers")["id"]), `{"name": "web-002"}`)
	w.sameEstate(was)
	w.law(back)
}

// TestRollbackOfADeletionBringsBack deletes what a person had written on, because somebody
// approved that: what is made again has it.
func TestRollbackOfADeletionBringsBack(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.plan("one", 3))
	w.post("extras/tags", `{"name": "gold", "slug": "gold"}`)
	w.edit("devices", "web/web[3]", `{"description": "hers", "comments": "mine", "serial": "S-1", "tags": [{"slug": "gold"}]}`)
	was := w.estate()
	less := w.plan("one", 2)
	w.answers(less, "web/web[3]", "", "force_delete")
	w.apply(less)
	back := w.back(less)
	w.apply(back)
	w.sameEstate(was)
	device := w.object("devices", "web/web[3]")
	got := fmt.Sprint(device["comments"], device["serial"], device["tags"])
	if !strings.HasPrefix(got, "mineS-1") || !strings.Contains(got, "gold") {
		t.Errorf("it has %s", got)
	}
	w.law(back)
	w.sync()
	c := w.preview(w.plan("one", 3)).Set().Find("device", "web/web[3]")
	if c == nil || len(c.Fields) != 1 || c.Fields[0].Name != "description" || c.Fields[0].Class != change.Drift {
		t.Errorf("of it, the plan says %+v", c)
	}
}
