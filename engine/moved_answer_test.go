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

// movedPlan is the small plan under remediation auto, and the same with its servers and racks under other keys.
func (w *world) movedPlan(moved bool) *generate.Plan {
	w.Helper()
	text := strings.Replace(fmt.Sprintf(small, "one", 3), "deletionPolicy: delete", "deletionPolicy: delete, remediation: {default: auto}", 1)
	text = strings.Replace(text, "units: 48", "units: 48, name: \"R{n}\"", 1)
	if moved {
		text = strings.NewReplacer("    web:\n", "    app:\n", "row", "line",
			"      type: server\n", "      type: server\n      name: \"web-{n:03}\"\n",
			"  reconcile", "  moved: [{from: web, to: app}, {from: \"rack:row\", to: \"rack:line\"}]\n  reconcile",
		).Replace(text)
	}
	return w.planned(text)
}

// TestAnswersFollowMoved has people decide about objects whose class and pool are renamed afterwards.
func TestAnswersFollowMoved(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	before, after := w.movedPlan(false), w.movedPlan(true)
	w.apply(before)
	w.edit("devices", "web/web[1]", `{"description": "hers"}`)
	w.edit("devices", "web/web[1]", `{"position": 30, "face": "front"}`)
	w.edit("racks", "web/rack:row[1]", `{"name": "her row"}`)
	w.edit("interfaces", "web/web[1]/lom.eth1", `{"type": "1000base-t"}`)
	w.remove("cables", "web/web[2]/lom.eth0~")
	w.remove("devices", "web/web[3]")
	w.answers(before, "web/web[1]", "description", "use_user")
	w.answers(before, "web/web[1]", "position", "use_user")
	w.answers(before, "web/rack:row[1]", "name", "use_user")
	w.answers(before, "web/web[1]/lom.eth1", "type", "use_user")
	w.answers(before, "web/web[2]/lom.eth0~", "", "skip")
	w.answers(before, "web/web[3]", "", "release")
	w.answers(before, "web/web[2]", "description", "unmanage")
	w.apply(before)
	w.law(before)
	stand := w.states(before)
	devices, cables := len(w.server.Objects("devices")), len(w.server.Objects("cables"))
	for range 2 { // as long as the plan says what moved
		w.sync()
		w.apply(after)
		w.law(after)
		if got := w.states(after); !slices.Equal(got[:6], stand[:6]) {
			t.Errorf("the answers were %v and are %v", stand, got)
		}
	}
	if got := w.object("devices", "web/app[1]"); got["description"] != "hers" || got["position"] != 30.0 {
		t.Errorf("a device is %v at %v", got["description"], got["position"])
	}
	if got := w.object("racks", "web/rack:line[1]")["name"]; got != "her row" {
		t.Errorf("a rack is %v", got)
	}
	if d, c := len(w.server.Objects("devices")), len(w.server.Objects("cables")); d != devices || c != cables {
		t.Errorf("%d devices and %d cables, want %d and %d", d, c, devices, cables)
	}
}

// TestDeletionsFollowMoved has a person delete a device whose class is renamed afterwards.
func TestDeletionsFollowMoved(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.movedPlan(false))
	w.remove("devices", "web/web[3]")
	w.sync()
	p := w.preview(w.movedPlan(true))
	c := p.Set().Find("device", "web/app[3]")
	if c == nil || c.Class != change.Missing || c.Blame == nil || c.Blame.User != "maria" || !c.Verdict.Asks() {
		t.Fatalf("what maria deleted is %+v", c)
	}
	w.answers(w.movedPlan(true), "web/app[3]", "", "recreate")
	w.apply(w.movedPlan(true))
	w.law(w.movedPlan(true))
}

// TestAnswersFollowMovedToAnotherPlan has people decide about objects that another plan takes over.
func TestAnswersFollowMovedToAnotherPlan(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	racks := "apiVersion: diet/v1alpha1\nkind: Plan\nmetadata: {name: %s}\nspec:\n  site: ams2\n  racks:\n" +
		"    row: {count: 3, units: 42, name: \"R{n}\"}\n  reconcile: {remediation: {default: auto}}\n"
	one := w.planned(fmt.Sprintf(racks, "one"))
	w.apply(one)
	w.edit("racks", "one/rack:row[1]", `{"name": "hers"}`)
	w.remove("racks", "one/rack:row[2]")
	w.remove("racks", "one/rack:row[3]")
	w.answers(one, "one/rack:row[1]", "name", "use_user")
	w.answers(one, "one/rack:row[2]", "", "release")
	w.apply(engine.Narrowed{Intent: one, Excluded: []string{"one/rack:row[3]"}})
	two := w.planned(fmt.Sprintf(racks, "two") + "  moved: [{from: \"one/rack:row\", to: \"rack:row\"}]\n")
	p := w.preview(two)
	if c := p.Set().Find("rack", "two/rack:row[3]"); c == nil || c.Class != change.Missing || !c.Verdict.Asks() {
		t.Errorf("what maria deleted is %+v", c)
	}
	w.answers(two, "two/rack:row[3]", "", "release")
	rest := w.load("one.yaml", strings.NewReplacer("row: {", "other: {", "R{n}", "O{n}").Replace(fmt.Sprintf(racks, "one")))
	generate.Join([]*generate.Plan{two, rest})
	w.both(two, rest)
	w.law(two)
	if got := w.object("racks", "two/rack:row[1]")["name"]; got != "hers" || len(w.server.Objects("racks")) != 4 {
		t.Errorf("a rack is %v, of %d", got, len(w.server.Objects("racks")))
	}
}

// TestAnswersToSeveralFollowMovedToAnotherPlan has people leave the names of several racks as they are, in one question, and another
// plan, which writes over edits, take the racks over: the names stay.
func TestAnswersToSeveralFollowMovedToAnotherPlan(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	racks := "apiVersion: diet/v1alpha1\nkind: Plan\nmetadata: {name: %s}\nspec:\n  site: ams2\n  racks:\n" +
		"    row: {count: 2, units: 42, name: \"R{n}\"}\n  reconcile: {remediation: {default: auto}}\n"
	one := w.planned(fmt.Sprintf(racks, "one"))
	w.apply(one)
	w.answer("drift", "ask")
	for n := range 2 {
		w.edit("racks", fmt.Sprintf("one/rack:row[%d]", n+1), fmt.Sprintf(`{"name": "hers-%d"}`, n))
	}
	w.answersAll(one, "use_user", 2)
	w.policies = nil
	w.open("mirror.db")
	w.apply(one)
	w.law(one)
	two := w.planned(fmt.Sprintf(racks, "two") + "  moved: [{from: \"one/rack:row\", to: \"rack:row\"}]\n")
	rest := w.load("one.yaml", strings.NewReplacer("row: {", "other: {", "R{n}", "O{n}").Replace(fmt.Sprintf(racks, "one")))
	generate.Join([]*generate.Plan{two, rest})
	w.both(two, rest)
	w.law(two)
	for n := range 2 {
		if got := w.object("racks", fmt.Sprintf("two/rack:row[%d]", n+1))["name"]; got != fmt.Sprint("hers-", n) {
			t.Errorf("a rack is %v", got)
		}
	}
}
