package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine/change"
)

// TestKeptPartAsks has people leave a cable as it is that the plan gave up; then the plan gives up the server, too, along with which the
// cable would be deleted: that is asked about, and done once it is answered.
func TestKeptPartAsks(t *testing.T) {
	t.Parallel()
	for _, many := range []bool{false, true} {
		t.Run(fmt.Sprint(many), func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			w.apply(w.edited(halls))
			apart := []string{"      links: {data: {from: lom, to: dc.leaf/server, spread: alternate}}\n", ""}
			plan := w.edited(halls, apart...)
			w.answer("orphaned", "ask", `input.kind == "cable"`)
			cables := 1
			if cable := "web/web[4]/lom.eth0~"; many {
				w.sync()
				w.answersAll(plan, "skip", 4)
				cables = 4
			} else {
				w.answers(plan, cable, "", "skip")
			}
			w.policies = nil
			w.open("mirror.db")
			w.apply(plan)
			w.law(plan)
			fewer := w.edited(halls, append(apart, "count: 4", "count: 3")...)
			v := w.verdictOn(w.preview(fewer), "device", "web/web[4]", "")
			if v.Rule != "RES004" || !strings.Contains(v.Message, "joe answered skip") || !strings.HasSuffix(v.Message, "to web/web[4]/lom.eth0~") {
				t.Errorf("the server is decided %+v", v)
			}
			w.apply(fewer)
			w.law(fewer)
			w.object("devices", "web/web[4]")
			if got := len(w.server.Objects("cables")); got < cables {
				t.Errorf("%d cables are left", got)
			}
			w.answers(fewer, "web/web[4]", "", "force_delete")
			w.apply(fewer)
			w.law(fewer)
			w.serversAre("web-001 web-002 web-003")
		})
	}
}

// TestGoneStaysGoneWithoutHistory has people leave as it is that somebody deleted two servers: where nothing tells of that any more, it is
// asked about, and they are not made unasked.
func TestGoneStaysGoneWithoutHistory(t *testing.T) {
	t.Parallel()
	for _, word := range []string{"use_user", "acknowledge", "skip", "release"} {
		for _, many := range []bool{false, true} {
			t.Run(fmt.Sprint(word, many), func(t *testing.T) {
				t.Parallel()
				w := setup(t, "4.6")
				plan := w.edited(halls)
				w.apply(plan)
				id := func(object string) any { return w.object("devices", object)["id"] }
				w.byHandJSON("DELETE", "dcim/devices", fmt.Sprintf(`[{"id": %v}, {"id": %v}]`, id("web/web[3]"), id("web/web[4]")))
				w.sync()
				if many {
					w.answersAll(plan, word, 2)
				} else {
					w.answers(plan, "web/web[3]", "", word)
					w.answers(plan, "web/web[4]", "", word)
				}
				w.apply(plan)
				w.law(plan)
				w.hideChangelog()
				w.open("fresh.db")
				w.sync()
				v := w.verdictOn(w.preview(plan), "device", "web/web[4]", "")
				if v.Rule != "RES004" && word != "release" {
					t.Errorf("it is decided %+v", v)
				}
				w.apply(plan)
				w.law(plan)
				w.serversAre("web-001 web-002")
			})
		}
	}
}

// TestMadeAgainIsNotAsked answers that a server be made again, and has the plan give it up and want it again: nothing is asked.
func TestMadeAgainIsNotAsked(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.edited(halls)
	w.apply(plan)
	w.remove("devices", "web/web[4]")
	w.answers(plan, "web/web[4]", "", "recreate")
	fewer := w.edited(halls, "count: 4", "count: 3")
	for _, now := range []struct {
		servers string
		plan    int
	}{{"web-001 web-002 web-003 web-004", 4}, {"web-001 web-002 web-003", 3}, {"web-001 web-002 web-003 web-004", 4}} {
		intent := plan
		if now.plan == 3 {
			intent = fewer
		}
		w.apply(intent)
		w.law(intent)
		w.serversAre(now.servers)
	}
}

// TestApprovedToKeepIsKept approves that NetBox's names stay, as a guard recommends in one word or another: they stay where the plan
// changes them too, and a team has conflicts written.
func TestApprovedToKeepIsKept(t *testing.T) {
	t.Parallel()
	for _, recommended := range []string{"use_user", "acknowledge"} {
		for _, many := range []bool{false, true} {
			t.Run(fmt.Sprint(recommended, many), func(t *testing.T) {
				t.Parallel()
				w := setup(t, "4.6")
				plan := w.edited(halls)
				w.apply(plan)
				w.policies = append(w.policies, teamFolder(w, fmt.Appendf(nil, keeping, recommended)))
				w.open("mirror.db")
				w.edit("devices", "web/web[1]", `{"name": "hers1"}`)
				w.edit("devices", "web/web[2]", `{"name": "hers2"}`)
				if many {
					w.answersAll(plan, "approve", 2)
				} else {
					w.answers(plan, "web/web[1]", "name", "approve")
					w.answers(plan, "web/web[2]", "name", "approve")
				}
				w.policies = nil
				w.answer("drift", "remediate")
				w.answer("conflict", "apply")
				w.apply(plan)
				w.law(plan)
				other := w.edited(halls, renamed...)
				v := w.verdictOn(w.preview(other), "device", "web/web[1]", "name")
				if v.Decision != change.DecisionAsk || v.Rule != "RES004" {
					t.Errorf("the name is decided %+v", v)
				}
				w.apply(other)
				w.law(other)
				w.serversAre("hers1 hers2 srv-003 srv-004")
			})
		}
	}
}

const keeping = `# METADATA
# title: T
package team.keeping

# METADATA
# title: R
# custom:
#   id: T1
#   severity: low
#   decision: ask
#   recommended: %s
#   message: the team's
guards contains rego.metadata.rule().custom if input.class == "drift"
`
