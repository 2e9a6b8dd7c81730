package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/diff"
)

// pairsWhole are the pairs without breakouts: the LAGs of leaves have ports of their type.
var pairsWhole = strings.NewReplacer(
	", breakout: 2x400", "", "{ports: [p0, p1], type: 400gbase-x-osfp}", "{ports: [p0, p1], type: 800gbase-x-osfp}",
).Replace(pairs)

// pairsOfOneCable are the pairs with one cable for all lanes of a port: the server that goes has one of its own,
// or shares one with those that stay.
var (
	pairsOfOneCable  = strings.Replace(pairs, "parents: true", "parents: true, profiles: true", 1)
	pairsThatShareIt = strings.NewReplacer(
		"breakout: 2x400", "breakout: 4x200", "400gbase-x-osfp", "200gbase-x-qsfp56",
	).Replace(pairsOfOneCable)
)

// staying is what a preview tells of what stays with what people took over.
func (w *world) staying(plan engine.Intent) string {
	w.Helper()
	for _, n := range w.preview(plan).Findings {
		if n.ID == diff.HungFinding {
			return n.Message
		}
	}
	return ""
}

// TestLagsOfWhatStays has a server stay that the plan gives up, since somebody relies on it, or took it over: its
// cables stay, and with them the LAGs at both ends, with their members; all goes once the server may.
func TestLagsOfWhatStays(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"lanes": pairs, "ports": pairsWhole, "one cable": pairsOfOneCable, "shared cable": pairsThatShareIt,
	} {
		for _, policy := range []string{"delete", "warn", "orphan", "unmanage"} {
			t.Run(name+", "+policy, func(t *testing.T) {
				t.Parallel()
				w := setup(t, "4.6")
				text := strings.Replace(text, "deletionPolicy: delete", "deletionPolicy: "+strings.Replace(policy, "unmanage", "delete", 1), 1)
				w.apply(w.planned(text))
				was := bundles(w)
				_, _, broken := w.bundles()
				var address float64
				if policy == "unmanage" {
					w.answers(w.planned(text), "web/web[3]", "", "unmanage")
					w.apply(w.planned(text))
				} else {
					port := w.object("interfaces", "web/web[3]/x.p0")["id"]
					address = w.makeAt("ipam/ip-addresses",
						fmt.Sprintf(`{"address": "192.0.2.1/24", "assigned_object_type": "dcim.interface", "assigned_object_id": %v}`, port))
				}
				plan := w.planned(strings.Replace(text, "count: 3", "count: 2", 1))
				told := w.staying(plan)
				asked := w.questions(plan)
				w.apply(plan)
				w.law(plan)
				if got := bundles(w); got != was {
					t.Errorf("the members are\n%s\nand were\n%s", got, was)
				}
				if _, _, off := w.bundles(); off != broken {
					t.Errorf("%d ports are out of use, %d are broken out", off, broken)
				}
				if again := w.questions(plan); fmt.Sprint(again) != fmt.Sprint(asked) {
					t.Errorf("asked was\n%v\nand is\n%v", asked, again)
				}
				if policy == "unmanage" {
					ports := map[string]string{"ports": "web/dc.leaf[1]/3, web/dc.leaf[2]/3", "lanes": "web/dc.leaf[1]/2:1, web/dc.leaf[2]/2:1"}[name]
					want := "people took over what the plan no longer wants: it stays as it is, web/web[3] with 3 interfaces"
					if ports != "" { // else the cables are those of the leaves
						want += " and 2 cables (plugged into " + ports + ", which the plan no longer wants either)"
					}
					if told != want || w.staying(plan) != want {
						t.Errorf("told was %q, and then %q", told, w.staying(plan))
					}
				}
				if policy != "delete" {
					return
				}
				w.byHandJSON("DELETE", fmt.Sprint("ipam/ip-addresses/", address), "")
				w.apply(plan)
				w.law(plan)
				if lags, members, _ := w.bundles(); lags != 2+2*2 || members != 8 {
					t.Errorf("%d LAGs and %d members are left", lags, members)
				}
			})
		}
	}
}
