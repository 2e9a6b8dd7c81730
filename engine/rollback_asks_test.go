package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate"
)

// touched is a field that a person edits ahead of a run and after it.
type touched struct {
	object, field string
	to            []string // texts replaced in the plan that the run applies
	ahead, since  func(w *world)
}

func plugInto(port string) func(w *world) {
	return func(w *world) {
		w.edit("cables", "web/web[1]/lom.eth0~", fmt.Sprintf(`{"b_terminations": %s}`, plugged(w.port("leaf-02", port)["object_id"])))
	}
}

func hersOf(field, value string) func(w *world) {
	return patched("devices", "web/web[3]", fmt.Sprintf(`{%q: %q}`, field, value))
}

func touches() map[string]touched {
	place := func(unit int) func(w *world) {
		return patched("devices", "web/web[2]", fmt.Sprintf(`{"position": %d}`, unit))
	}
	moves := []string{inRow, "rack: {pool: row, per: 8, fromU: 11}"}
	named := []string{ofType, ofType + "      name: \"srv-{n}\"\n"}
	return map[string]touched{
		"a cable end": {"web/web[1]/lom.eth0~", "b", []string{"ports: 1-8", "ports: 3-8"}, plugInto("E1/8"), plugInto("E1/7")},
		"a place":     {"web/web[2]", "position", moves, place(31), place(32)},
		"a rack": {"web/web[2]", "position", moves, place(31), func(w *world) {
			w.edit("devices", "web/web[2]", fmt.Sprintf(`{"rack": %v}`, w.object("racks", "web/rack:row[2]")["id"]))
		}},
		"no place": {"web/web[2]", "position", moves, place(31),
			patched("devices", "web/web[2]", `{"position": null, "rack": null, "face": ""}`)},
		"a name": {"web/web[3]", "name", named, hersOf("name", "hers"), hersOf("name", "hers 2")},
		"the name of another": {"web/web[3]", "name", named, hersOf("name", "hers"),
			hersOf("name", "web-001")},
		"a text": {"web/web[3]", "description", []string{ofType, ofType + "      set: {description: prod}\n"},
			hersOf("description", "hers"), hersOf("description", "hers 2")},
	}
}

// TestRollbackAsksUnderRemediation undoes a run that a person has edited after, where drift and conflicts
// are put right by a rule or an answer that stands: she is asked, and what she made stays.
func TestRollbackAsksUnderRemediation(t *testing.T) {
	t.Parallel()
	const auto = "deletionPolicy: delete, remediation: {default: auto, fields: {description: auto}},"
	for name, x := range touches() {
		for how, decide := range map[string]func(w *world, plan *generate.Plan){
			"a team's rules": func(w *world, _ *generate.Plan) {
				w.answer("drift", "remediate")
				w.answer("conflict", "apply")
			},
			"auto": func(_ *world, _ *generate.Plan) {},
			"use_diet": func(w *world, plan *generate.Plan) {
				x.ahead(w)
				w.answers(plan, x.object, x.field, "use_diet")
			},
		} {
			t.Run(name+", "+how, func(t *testing.T) {
				t.Parallel()
				w := setup(t, "4.6")
				text := strings.Replace(halls, "deletionPolicy: delete,", auto, 1)
				before, plan := w.edited(text), w.edited(text, x.to...)
				w.apply(before)
				decide(w, plan)
				w.apply(plan)
				x.since(w)
				w.asksBefore(before, x)
			})
		}
	}
}

// asksBefore undoes the newest run. It asks about what a person touched after that, and leaves it.
func (w *world) asksBefore(plan *generate.Plan, x touched) {
	w.Helper()
	kind := "device"
	if strings.HasSuffix(x.object, "~") {
		kind = "cable"
	}
	back := w.back(plan)
	c := w.preview(back).Set().Find(kind, x.object)
	if c == nil || !slices.ContainsFunc(c.Fields, func(f change.Field) bool {
		return f.Verdict.Rule == "FLD103" && f.Verdict.Asks() && f.Blame != nil && f.Blame.User == "maria"
	}) {
		w.Errorf("it does not ask: %+v", c)
	}
	at := fmt.Sprintf("%ss %v", kind, w.object(kind+"s", x.object)["id"])
	was := w.fieldsOf()[at]
	w.apply(back)
	w.law(back)
	for field, v := range w.fieldsOf()[at] {
		if v != was[field] && !strings.HasPrefix(field, "cf.diet_") {
			w.Errorf("%s of %s was %s and is %s", field, x.object, was[field], v)
		}
	}
	w.answers(back, x.object, x.field, "use_diet")
	if c := w.preview(back).Set().Find(kind, x.object); c == nil || !c.Acts() {
		w.Errorf("an answer does not have it written: %+v", c)
	}
	w.apply(back)
	w.law(back)
}

// TestRollbackLeavesAMovedPlace undoes a run that took over what a person had made and put it elsewhere,
// after which she has moved that to another rack, at the same height: it stays there.
func TestRollbackLeavesAMovedPlace(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.planned(halls)
	w.apply(engine.Narrowed{Intent: plan, Targets: []string{"web/web[1]"}})
	at := w.hers(fmt.Sprintf(`, "rack": %v, "position": 30, "face": "front"`, nested(w.object("devices", "web/web[1]")["rack"])))
	w.answers(plan, "web/web[2]", "", "adopt")
	w.answerAll(plan, "web/web[2]")
	w.apply(plan)
	w.edit("devices", "web/web[2]", fmt.Sprintf(`{"rack": %v}`, w.object("racks", "web/rack:row[2]")["id"]))
	object := fmt.Sprint("devices ", at)
	was := w.fieldsOf()[object]
	back := w.back(plan)
	w.apply(back)
	is := w.fieldsOf()[object]
	for _, field := range []string{"rack", "position", "face"} {
		if is[field] != was[field] {
			t.Errorf("%s was %s and is %s", field, was[field], is[field])
		}
	}
	w.law(back)
}
