package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/apply"
)

// team goes on with a rule of a team's own: a guard, or a default.
func (w *world) team(set, decision, body string) {
	w.Helper()
	const rule = `package team.own

# METADATA
# title: A rule of our own
# custom:
#   id: OWN001
#   severity: high
#   decision: %s
#   message: not today
%s contains rego.metadata.rule().custom if {
	%s
}
`
	w.policies = []string{teamFolder(w, fmt.Appendf(nil, rule, decision, set, body))}
	w.open("team.db")
}

// TestGuardOnTheObjectBindsItsFields holds that a guard against changing a device keeps
// every field of it, and that the law holds meanwhile.
func TestGuardOnTheObjectBindsItsFields(t *testing.T) {
	t.Parallel()
	for _, decision := range []string{"deny", "ask", "skip"} {
		w := setup(t, "4.6")
		w.apply(w.plan("one", 2))
		w.team("guards", decision, `input.kind == "device"; input.class == "changed"`)
		two := w.plan("two", 2)
		w.apply(two)
		if got := w.object("devices", "web/web[1]")["description"]; got != "one" {
			t.Errorf("%s: the description is %q", decision, got)
		}
		w.law(two)
	}
}

// TestBlockedCableIsNotSent has a person take the port that a cable of ours is to go
// back to.
func TestBlockedCableIsNotSent(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.plan("one", 2)
	w.apply(plan)
	w.team("defaults", "remediate", `input.class == "drift"`)
	const ours = "web/web[1]/lom.eth0~"
	end := w.object("cables", ours)["b_terminations"].([]any)[0].(map[string]any)["object_id"]
	w.edit("cables", ours, fmt.Sprintf(`{"b_terminations": [{"object_type": "dcim.interface", "object_id": %v}]}`, w.spare()))
	const plug = `[{"object_type": "dcim.interface", "object_id": %v}]`
	w.post("dcim/cables", fmt.Sprintf(`{"a_terminations": `+plug+`, "b_terminations": `+plug+`}`, w.spare(), end))
	result, _, err := w.eng.Apply(t.Context(), plan, engine.ApplyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if result.Requests != 0 || !named(result.Held, ours) {
		t.Errorf("%d requests, held %+v, failed %+v", result.Requests, result.Held, result.Failed)
	}
}

func named(list []apply.Outcome, object string) bool {
	for _, o := range list {
		if o.Object == object {
			return true
		}
	}
	return false
}

// spare is a port of a server that no cable of the plan ends on.
func (w *world) spare() any {
	w.Helper()
	device := w.object("devices", "web/web[2]")["id"]
	w.spares++
	name := fmt.Sprint("spare", w.spares)
	w.post("dcim/interfaces", fmt.Sprintf(`{"device": %v, "name": %q, "type": "other"}`, device, name))
	for _, o := range w.server.Objects("interfaces") {
		if o["name"] == name {
			return o["id"]
		}
	}
	w.Fatalf("no interface %s", name)
	return nil
}

// TestAnswerToAPartsGuard answers what a guard on an interface asks about the device that is
// deleted with it: the question names answers that fit, and each of them settles it.
func TestAnswerToAPartsGuard(t *testing.T) {
	t.Parallel()
	for word, left := range map[string]int{"approve": 1, "force_delete": 1, "orphan": 2, "skip": 2} {
		t.Run(word, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			w.apply(w.planned(fmt.Sprintf(small, "one", 2)))
			w.team("guards", "ask", `input.class == "orphaned"; input.kind == "interface"; input.with`)
			fewer := w.planned(fmt.Sprintf(small, "one", 1))
			p := w.stays(fewer)
			if len(p.Questions) != 1 || p.Questions[0].Objects[0] != "web/web[2]" || !slices.Contains(p.Questions[0].Options, word) {
				t.Fatalf("questions %+v", p.Questions)
			}
			w.answers(fewer, "web/web[2]", "", word)
			w.apply(fewer)
			w.law(fewer)
			servers := 0
			for _, o := range w.server.Objects("devices") {
				if strings.HasPrefix(fmt.Sprint(o["name"]), "web-") {
					servers++
				}
			}
			if servers != left {
				t.Errorf("%d servers are left, want %d", servers, left)
			}
		})
	}
}
