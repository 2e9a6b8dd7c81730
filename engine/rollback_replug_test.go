package engine_test

import (
	"testing"
)

// cards is a plan with a switch whose ports are those of a line card.
const cards = `apiVersion: diet/v1alpha1
kind: Plan
metadata: {name: web}
spec:
  site: ams2
  catalog:
    deviceTypes:
      chassis: {manufacturer: acme, model: Chassis, u: 4, moduleBays: {"Slot {1-2}": "{1-2}"}}
      server: {manufacturer: acme, model: Server, ports: {"lom-eth{0-1}": 100gbase-x-qsfp28}}
    moduleTypes:
      lc-a: {manufacturer: acme, model: LC-A, ports: {"Ethernet{module}/{1-8}": 100gbase-x-qsfp28}}
      lc-b: {manufacturer: acme, model: LC-B, ports: {"Ethernet{module}/{1-16}": 100gbase-x-qsfp28}}
  fabrics:
    dc:
      switches:
        leaf: {role: leaf, type: chassis, count: 1, modules: {"Slot 1": lc-a}, zones: {server: {ports: "Ethernet1/{1-8}"}}}
  nodes:
    web:
      count: 3
      type: server
      nics: {lom: {ports: [eth0, eth1]}}
      links: {data: {from: lom, to: dc.leaf/server}}
  reconcile: {deletionPolicy: delete, approveDeletionsAbove: 100}
`

// TestRollbackPlugsBack undoes runs that plugged what stays away from what they deleted, or out of the LAG
// that they gave up: it is in there again.
func TestRollbackPlugsBack(t *testing.T) {
	t.Parallel()
	profiles := []string{"count: 6", "count: 4", "deletionPolicy: warn", "deletionPolicy: delete, approveDeletionsAbove: 100"}
	for name, x := range map[string]struct {
		text     string
		from, to []string
	}{
		"a switch is retired": {
			text: halls, to: []string{"group: 2,", "group: 2, skip: [1],", "units: 48", "units: 48, name: \"R{n}\""},
		},
		"a class of switches is another": {
			text: halls,
			to: []string{"        leaf:", "        tor:", "dc.leaf/", "dc.tor/",
				"  reconcile:", "  removed: [{from: dc.leaf, policy: delete}]\n  reconcile:"},
		},
		"a line card is another":         {text: cards, to: []string{`"Slot 1": lc-a`, `"Slot 1": lc-b`}},
		"a line card is in another slot": {text: cards, to: []string{`"Slot 1": lc-a`, `"Slot 2": lc-a`, "Ethernet1/", "Ethernet2/"}},
		"a server of a breakout":         {text: broken, from: profiles, to: []string{"count: 4", "count: 4\n      skip: [3]"}},
		"a server of a LAG":              {text: pairs, to: []string{"count: 3\n", "count: 3\n      skip: [2]\n"}},
		"no LAGs":                        {text: pairs, to: []string{"lags: true, ", ""}},
		"no LAG of a link":               {text: pairs, to: []string{", lag: mclag", ""}},
		"a link of another name":         {text: pairs, to: []string{"links: {data:", "links: {bond:"}},
		"servers of another name in LAGs": {
			text: pairs,
			to:   []string{"    web:\n", "    app:\n", "  reconcile:", "  removed: [{from: web, policy: delete}]\n  reconcile:"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			before := w.edited(x.text, x.from...)
			w.apply(before)
			was := w.estate()
			w.apply(w.edited(x.text, append(x.from, x.to...)...))
			back := w.back(before)
			w.sparesNothing(before)
			if p := w.preview(back); p.Waits() {
				t.Errorf("what is undone is asked about: %+v", p.Questions)
			}
			w.sameEstate(was)
			w.apply(before)
			w.law(before)
			w.sameEstate(was)
			w.unique()
		})
	}
}
