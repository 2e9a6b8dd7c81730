package engine_test

import (
	"strings"
	"testing"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate"
)

// likeReferences is a plan in which texts begin as references to what is yet to be made do.
const likeReferences = `apiVersion: diet/v1alpha1
kind: Plan
metadata: {name: web}
spec:
  site: ams2
  naming: {switch: "@{class}-{n:02}", node: "@{class}-{n:03}", rack: "@row-{n}"}
  defaults: {description: "TEXT"}
  catalog:
    deviceTypes:
      LEAF: {manufacturer: acme, model: "@leaf-9", u: 1, ports: {"E1/{1-4}": 25gbase-x-sfp28}}
      server: {manufacturer: acme, model: "@Server", u: 1}
  racks:
    row: {count: 1, units: 48}
  fabrics:
    dc:
      switches:
        leaf: {role: leaf, type: LEAF, count: 1, rack: {pool: row, per: 1, fromU: 40}, zones: {server: {ports: 1-4}}}
  nodes:
    web:
      count: 2
      type: server
      rack: {pool: row, per: 8, fromU: 1}
      nics: {lom: {ports: [eth0], type: 25gbase-x-sfp28}}
      links: {data: {from: lom, to: dc.leaf/server}}
  reconcile: {deletionPolicy: delete}
`

// TestTextsLikeReferences: a text may begin with "@", and is a text.
func TestTextsLikeReferences(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := func(text string) *generate.Plan { return w.planned(strings.ReplaceAll(likeReferences, "TEXT", text)) }
	for _, text := range []string{"@ops", "@web/web[1]", "@device_role:web"} {
		w.apply(plan(text))
		for _, o := range w.server.Objects("devices") {
			if name, _ := o["name"].(string); o["description"] != text || !strings.HasPrefix(name, "@") {
				t.Errorf("%s is described as %v", name, o["description"])
			}
		}
	}
	w.edit("devices", "web/web[1]", `{"description": "@hers"}`)
	w.sync()
	c := w.judged(plan("@device_role:web"), "device", "web/web[1]")
	if c == nil || c.Fields[0].Have != "@hers" || len(c.Needs) > 0 || c.Fields[0].Class != change.Drift {
		t.Errorf("her edit: %+v", c)
	}
}
