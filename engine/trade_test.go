package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
)

// lanesOf is broken with a cable a lane.
var lanesOf = strings.Replace(broken, "profiles: true", "profiles: false", 1)

// unplugged are the servers of the sandbox that no cable is plugged into.
func (w *world) unplugged() (out []string) {
	w.Helper()
	plugged := map[any]bool{}
	for _, cable := range w.server.Objects("cables") {
		for _, at := range append(ported(cable["a_terminations"]), ported(cable["b_terminations"])...) {
			plugged[at] = true
		}
	}
	for _, o := range w.server.Objects("interfaces") {
		if device, _ := o["device"].(map[string]any); o["name"] == "x-p0" && !plugged[o["id"]] {
			out = append(out, fmt.Sprint(device["name"]))
		}
	}
	slices.Sort(out)
	return out
}

// switched are plans ahead of profiles being switched, and after.
var switched = map[string][2]string{"on": {lanesOf, broken}, "off": {broken, lanesOf}}

// TestSwitchedInPart switches profiles in a part of a plan: no server is unplugged by it.
func TestSwitchedInPart(t *testing.T) {
	t.Parallel()
	for way, texts := range switched {
		for name, part := range map[string]engine.Narrowed{
			"exclude": {Excluded: []string{"web/web[2]"}}, "target": {Targets: []string{"web/web[1]"}},
			"exclude kind": {Excluded: []string{"kind:device"}}, "target kind": {Targets: []string{"kind:interface"}},
			"exclude leaf": {Excluded: []string{"web/dc.leaf[1]"}}, "target cable": {Targets: []string{"kind:cable"}},
		} {
			t.Run(way+", "+name, func(t *testing.T) {
				t.Parallel()
				w := setup(t, "4.7")
				w.apply(w.edited(texts[0]))
				part.Intent = w.edited(texts[1])
				w.apply(part)
				w.law(part)
				if got := w.unplugged(); got != nil {
					t.Errorf("unplugged: %v\n%s", got, strings.Join(w.breakouts(), "\n"))
				}
				w.apply(part.Intent)
				w.law(part.Intent)
				if got := w.unplugged(); got != nil {
					t.Errorf("unplugged at last: %v", got)
				}
			})
		}
	}
}

// TestSwitchedWhileHeld switches profiles where a cable is held by what a person wrote: all of the port
// wait for that, and are switched once it is decided.
func TestSwitchedWhileHeld(t *testing.T) {
	t.Parallel()
	for way, texts := range switched {
		held := map[string]string{"on": "web/web[2]/x.p0~", "off": "web/dc.leaf[1]/1~"}[way]
		for name, c := range map[string]struct{ edit, undo string }{
			"label": {`{"label": "do not touch"}`, `{"label": ""}`},
			"guard": {`{"custom_fields": {"diet_deletion_protected": true}}`, `{"custom_fields": {"diet_deletion_protected": false}}`},
		} {
			t.Run(way+", "+name, func(t *testing.T) {
				t.Parallel()
				w := setup(t, "4.7")
				w.apply(w.edited(texts[0]))
				was := w.breakouts()
				w.edit("cables", held, c.edit)
				plan := w.planned(texts[1])
				w.apply(plan)
				w.law(plan)
				if got := w.unplugged(); got != nil {
					t.Errorf("unplugged: %v", got)
				}
				others := func(cable string) bool {
					return !strings.Contains(cable, "leaf-01 E1/1 ") && !strings.Contains(cable, "leaf-01 E1/1/")
				}
				if got := w.breakouts(); !slices.Equal(slices.DeleteFunc(was, others), slices.DeleteFunc(slices.Clone(got), others)) {
					t.Errorf("the cables of the port:\n%s", strings.Join(got, "\n"))
				}
				waits := 0
				set := w.preview(plan).Set()
				for i := range set.Changes {
					if strings.Contains(set.Changes[i].Held, held) {
						waits++
					}
				}
				if waits < 4 {
					t.Errorf("%d changes wait for %s", waits, held)
				}
				if w.edit("cables", held, c.undo); name == "label" { // it was hers, and is nobody's
					w.answersAsked(plan, "force_delete")
				}
				w.apply(plan)
				w.law(plan)
				if got := w.questions(plan); len(got) != 0 || w.unplugged() != nil {
					t.Errorf("asked is still %v, unplugged %v", got, w.unplugged())
				}
			})
		}
	}
}

// TestSwitchedAfterEdits switches profiles where a person did something to a lane: that is asked
// about, as it is without the switch, and what she did stands until it is answered.
func TestSwitchedAfterEdits(t *testing.T) {
	t.Parallel()
	const lane, whole = "web/web[2]/x.p0~", "web/dc.leaf[1]/1~"
	for name, c := range map[string]struct {
		way, asked string
		class      change.Class
		edit       func(w *world)
		undo       func(w *world) // what else the plan's cable has to wait for
	}{
		"on, deleted": {"on", whole, change.Missing, func(w *world) { w.remove("cables", lane) }, nil},
		"on, pulled":  {"on", whole, change.Missing, func(w *world) { w.edit("cables", lane, `{"a_terminations": []}`) }, nil},
		"on, pulled from the switch": {"on", whole, change.Missing, func(w *world) {
			w.edit("cables", lane, `{"b_terminations": []}`)
		}, nil},
		"on, another server": {"on", whole, change.Blocked, func(w *world) {
			port := w.object("interfaces", "web/dc.leaf[1]/1:2")["id"]
			w.remove("cables", lane)
			w.make("cables", fmt.Sprintf(`{"a_terminations": %s, "b_terminations": %s}`, plugged(w.strange()), plugged(port)))
		}, func(w *world) {
			for _, o := range w.server.Objects("cables") {
				if cf, _ := o["custom_fields"].(map[string]any); cf["diet_object_id"] == nil {
					w.byHandJSON("DELETE", fmt.Sprintf("dcim/cables/%v", o["id"]), "")
				}
			}
		}},
		"off, deleted":        {"off", lane, change.Missing, func(w *world) { w.remove("cables", whole) }, nil},
		"off, pulled":         {"off", lane, change.Missing, func(w *world) { w.pullSecond(whole, nil) }, nil},
		"off, another server": {"off", lane, change.Missing, func(w *world) { w.pullSecond(whole, w.strange()) }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.7")
			w.apply(w.edited(switched[c.way][0]))
			c.edit(w)
			was := w.unplugged()
			plan := w.planned(switched[c.way][1])
			asked := w.preview(plan).Set().Find("cable", c.asked)
			if asked == nil || asked.Class != c.class || !asked.Waits() {
				t.Fatalf("it is not asked about: %+v", asked)
			}
			w.apply(plan)
			w.law(plan)
			if got := w.unplugged(); !slices.Equal(got, was) {
				t.Errorf("unplugged: %v, ahead of it %v", got, was)
			}
			if c.undo != nil {
				c.undo(w)
			}
			for range 3 {
				w.answersAsked(plan, "approve")
				w.apply(plan)
				w.law(plan)
			}
			last := []string{"hers"}
			if c.undo == nil {
				last = nil
			}
			if name == "off, another server" { // what would unplug hers is released, as is recommended
				last = was
			}
			if got := w.unplugged(); !slices.Equal(got, last) {
				t.Errorf("unplugged at last: %v, want %v", got, last)
			}
		})
	}
}

// strange is the port of a server that a person made.
func (w *world) strange() float64 {
	w.Helper()
	like := w.object("devices", "web/web[1]")
	id := func(field string) any { return like[field].(map[string]any)["id"] }
	body := fmt.Sprintf(`{"name": "hers", "site": %v, "device_type": %v, "role": %v}`, id("site"), id("device_type"), id("role"))
	device := w.make("devices", body)
	return w.make("interfaces", fmt.Sprintf(`{"device": %.0f, "name": "x-p0", "type": "100gbase-x-qsfp28"}`, device))
}

// pullSecond puts another port, or none, in the place of the second plug of a cable.
func (w *world) pullSecond(cable string, port any) {
	w.Helper()
	var list []string
	for i, t := range w.terminations(cable, "b") {
		switch {
		case i != 1:
			list = append(list, fmt.Sprintf(`{"object_type": "dcim.interface", "object_id": %v}`, t.(map[string]any)["object_id"]))
		case port != nil:
			list = append(list, fmt.Sprintf(`{"object_type": "dcim.interface", "object_id": %v}`, port))
		}
	}
	w.edit("cables", cable, `{"b_terminations": [`+strings.Join(list, ", ")+`]}`)
}
