package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
)

// balanced is a plan with as many leaves as its servers need ports.
const balanced = `apiVersion: diet/v1alpha1
kind: Plan
metadata: {name: web}
spec:
  site: ams2
  catalog:
    deviceTypes:
      leaf-4: {manufacturer: acme, model: Leaf 4, ports: {"E1/{1-5}": 25gbase-x-sfp28}}
      server: {manufacturer: acme, model: Server}
  racks:
    row: {count: 2, units: 48}
  fabrics:
    dc:
      switches:
        leaf: {role: leaf, type: leaf-4, rack: {pool: row, per: 2, fromU: 43}, zones: {server: {ports: 1-4}}}
  nodes:
    web:
      count: 4
      type: server
      rack: {pool: row, per: 8, fromU: 1}
      nics: {lom: {ports: [eth0, eth1], type: 25gbase-x-sfp28}}
      links: {data: {from: lom, to: dc.leaf/server}}
  reconcile: {deletionPolicy: delete, approveDeletionsAbove: 100}
`

// TestRollbackPlugsInAgain undoes a run that deleted a switch and kept servers on it: their cables,
// of which NetBox emptied an end, are plugged in as before, but for what a person plugged elsewhere.
func TestRollbackPlugsInAgain(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	before := w.edited(balanced)
	w.apply(before)
	w.plugAtLeaf()
	was := w.estate()
	gone := w.edited(balanced, "count: 4\n", "count: 2\n")
	w.answers(gone, "web/web[3]", "", "skip")
	w.answers(gone, "web/web[4]", "", "skip")
	w.answers(gone, "web/dc.leaf[2]", "", "force_delete")
	if _, _, err := w.eng.Apply(t.Context(), gone, engine.ApplyOptions{}); err != nil {
		t.Fatal(err)
	}
	const plugged = "web/web[3]/lom.eth0~"
	if a, b := w.ends(plugged); len(a)+len(b) != 1 {
		t.Fatalf("the cable is plugged in %v %v", a, b)
	}
	w.edit("cables", plugged, `{"label": "hers"}`)
	back := w.back(before)
	p := w.preview(back)
	if told := fmt.Sprint(p.Findings); !strings.Contains(told, "had cable her patch attached, which others had made") {
		t.Errorf("findings %s", told)
	}
	for _, c := range p.Set().Changes {
		if strings.Contains(c.Object, "web[1]") || strings.Contains(c.Object, "web[2]") {
			t.Errorf("it is about %s, which the run left alone", c.Object)
		}
	}
	w.apply(back)
	if got := fmt.Sprint(w.object("cables", plugged)["label"]); got != "hers" {
		t.Errorf("her label is %q", got)
	}
	hers := func(line string) bool { return strings.Contains(line, "hers h0") }
	w.edit("cables", plugged, `{"label": ""}`) // as it was
	is, was := slices.DeleteFunc(w.estate(), hers), slices.DeleteFunc(was, hers)
	if !slices.Equal(is, was) {
		t.Errorf("NetBox is\n%s\nand was\n%s", strings.Join(missingIn(is, was), "\n"), strings.Join(missingIn(was, is), "\n"))
	}
	w.law(back)
	w.unique()
}

// plugAtLeaf has a person plug a device of her own into the second leaf.
func (w *world) plugAtLeaf() {
	w.Helper()
	leaf := w.object("devices", "web/dc.leaf[2]")
	id := func(field string) any { return leaf[field].(map[string]any)["id"] }
	device := w.make("devices", fmt.Sprintf(`{"name": "hers", "site": %v, "role": %v, "device_type": %v}`,
		id("site"), id("role"), id("device_type")))
	port := w.make("interfaces", fmt.Sprintf(`{"device": %v, "name": "h0", "type": "25gbase-x-sfp28"}`, device))
	const end = `[{"object_type": "dcim.interface", "object_id": %v}]`
	w.make("cables", fmt.Sprintf(`{"a_terminations": `+end+`, "b_terminations": `+end+`, "label": "her patch"}`,
		port, w.port("leaf-02", "E1/5")["object_id"]))
}

// TestRollbackOfACircle undoes a run that put right cables which people had plugged into each other's ports:
// the port on which one was parked for the moment is not made again.
func TestRollbackOfACircle(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.planned(fmt.Sprintf(small, "one", 2))
	w.apply(plan)
	a, b := w.object("interfaces", "web/dc.leaf[1]/1")["id"], w.object("interfaces", "web/dc.leaf[1]/2")["id"]
	plug := func(cable string, port any) {
		w.edit("cables", cable, fmt.Sprintf(`{"b_terminations": [{"object_type": "dcim.interface", "object_id": %v}]}`, port))
	}
	free := w.port("leaf-01", "E1/8")["object_id"]
	plug("web/web[1]/lom.eth0~", free)
	plug("web/web[2]/lom.eth0~", a)
	plug("web/web[1]/lom.eth0~", b)
	was := w.estate()
	w.answers(plan, "web/web[1]/lom.eth0~", "b", "use_diet")
	w.answers(plan, "web/web[2]/lom.eth0~", "b", "use_diet")
	w.apply(plan)
	if slices.Equal(w.estate(), was) {
		t.Fatal("the run did nothing")
	}
	back := w.back(plan)
	w.apply(back)
	if is := w.estate(); !slices.Equal(is, was) {
		t.Errorf("NetBox is\n%s\nand was\n%s", strings.Join(missingIn(is, was), "\n"), strings.Join(missingIn(was, is), "\n"))
	}
	w.law(back)
}
