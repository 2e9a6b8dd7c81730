package engine_test

import (
	"fmt"
	"strings"
	"testing"
)

// pairs is a plan whose servers have LAGs over pairs of leaves, at lanes of broken-out ports.
const pairs = `apiVersion: diet/v1alpha1
kind: Plan
metadata: {name: web}
spec:
  site: ams2
  interfaces: {lags: true, parents: true}
  catalog:
    deviceTypes:
      leaf: {manufacturer: acme, model: Leaf, u: 1, ports: {"E1/{1-4}": 800gbase-x-osfp}}
  fabrics:
    dc:
      switches:
        leaf: {role: leaf, type: leaf, group: 2, zones: {server: {ports: 1-4, breakout: 2x400}}}
  nodes:
    web:
      count: 3
      type: leaf
      nics: {x: {ports: [p0, p1], type: 400gbase-x-osfp}}
      links: {data: {from: x, to: dc.leaf/server, spread: alternate, lag: mclag}}
  reconcile: {deletionPolicy: delete, approveDeletionsAbove: 100}
`

// TestLags makes LAGs with their members, takes them back, and deletes servers with theirs:
// on each release one apply, and the law.
func TestLags(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"4.2", "4.4", "4.6", "4.7"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			w := setup(t, version)
			plan := w.edited(pairs)
			w.apply(plan)
			w.law(plan)
			lags, members, off := w.bundles()
			if lags != 3+2*3 || members != 12 || off != 2*2 {
				t.Errorf("%d LAGs, %d members, %d ports that are broken out", lags, members, off)
			}
			if name := w.object("interfaces", "web/web[2]/lag:data")["name"]; name != "bond0" {
				t.Errorf("the LAG of a server is called %v", name)
			}
			one, two := w.object("interfaces", "web/dc.leaf[1]/lag:web[3].data"), w.object("interfaces", "web/dc.leaf[2]/lag:web[3].data")
			if one["name"] != two["name"] {
				t.Errorf("in one domain the LAG is %v and %v", one["name"], two["name"])
			}
			fewer := w.edited(pairs, "count: 3", "count: 2")
			w.apply(fewer)
			w.law(fewer)
			if lags, members, _ := w.bundles(); lags != 2+2*2 || members != 8 {
				t.Errorf("%d LAGs and %d members are left", lags, members)
			}
			w.apply(plan)
			w.law(plan)
			without := w.edited(pairs, "lags: true, ", "")
			w.apply(without)
			w.law(without)
			if lags, members, _ := w.bundles(); lags != 0 || members != 0 {
				t.Errorf("%d LAGs and %d members are left", lags, members)
			}
			w.apply(plan) // to ports that are there
			if lags, members, _ := w.bundles(); lags != 3+2*3 || members != 12 {
				t.Errorf("%d LAGs and %d members have come", lags, members)
			}
			w.law(plan)
		})
	}
}

// bundles counts LAGs, members of LAGs, and ports that are disabled.
func (w *world) bundles() (lags, members, off int) {
	for _, o := range w.server.Objects("interfaces") {
		if kind, _ := o["type"].(map[string]any); fmt.Sprint(kind["value"]) == "lag" {
			lags++
		}
		if l, is := o["lag"].(map[string]any); is {
			members++
			on, of := o["device"].(map[string]any), l["device"].(map[string]any)
			if on["id"] != of["id"] || strings.Contains(fmt.Sprint(o["type"]), "lag") {
				w.Errorf("%v is a member of %v", o["name"], l["name"])
			}
		}
		if o["enabled"] == false {
			off++
		}
	}
	return lags, members, off
}
