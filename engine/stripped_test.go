package engine_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/survey"
	"github.com/diet-project/diet/generate"
)

// stocked is a hall with all that a plan can say of what carries no data: supplies, consoles, feeds of
// racks, modules; and LAGs and breakouts.
const stocked = `apiVersion: diet/v1alpha1
kind: Plan
metadata: {name: stocked}
spec:
  site: ams2
  status: active
  reconcile: {approveDeletionsAbove: 100}
  catalog:
    deviceTypes:
      chassis:
        manufacturer: acme
        model: Chassis
        u: 4
        ports: {mgmt0: 1000base-t}
        moduleBays: {"Slot {1-2}": "{1-2}", "PSU {1-2}": "{1-2}"}
        consolePorts: {Console: rj-45}
      tor:
        manufacturer: acme
        model: Tor
        ports: {"E1/{1-16}": 100gbase-x-qsfp28, "E1/{17-20}": 400gbase-x-qsfpdd, mgmt0: 1000base-t}
        powerPorts: {"PS{1-2}": iec-60320-c14}
        consolePorts: {Console: rj-45}
      access: {manufacturer: acme, model: Access, ports: {"E1/{1-24}": 1000base-t}, powerPorts: {PS: iec-60320-c14}}
      box: {manufacturer: acme, model: Box, u: 2, powerPorts: {"PSU{1-2}": iec-60320-c14}}
      pdu: {manufacturer: acme, model: PDU, u: 0, powerPorts: {Inlet: iec-60309-3p-n-e-6h}, powerOutlets: {"Outlet {1-24}": iec-60320-c13}}
      ts: {manufacturer: acme, model: Terminal server, consoleServerPorts: {"Line {1-8}": rj-45}, ports: {eth0: 1000base-t}}
    moduleTypes:
      card: {manufacturer: acme, model: LC-8 (rev 2), ports: {"Ethernet{module}/{1-8}": 400gbase-x-qsfpdd}}
  racks:
    row:
      count: 2
      units: 42
      feeds: {
        a: {panel: PP-A, supply: ac, phase: three-phase, voltage: 400, amperage: 32, maxUtilization: 70},
        b: {panel: PP-B, type: redundant}}
    core: {count: 1, units: 42}
  fabrics:
    dc:
      switches:
        leaf:
          role: leaf
          type: tor
          group: 2
          rack: {pool: row, fromU: 40}
          mgmt: {port: mgmt0, to: oob.sw/access}
          zones:
            server: {ports: 1-8}
            slow: {ports: 9-10, breakout: 4x25}
            up: {ports: 17-20, uplinkTo: spine/down}
          nics: {ps: {ports: ["1", "2"], name: "PS{port}"}, con: {ports: [serial], name: Console}}
          links:
            power: {from: ps, to: power.pdu/outlets, spread: alternate}
            console: {from: con, to: power.ts/lines}
        spine:
          role: spine
          type: chassis
          count: 1
          rack: {pool: core, fromU: 20}
          modules: {"Slot {1-2}": card}
          mgmt: {port: mgmt0, to: oob.sw/access}
          zones: {down: {ports: "Ethernet{1-2}/{1-8}"}}
          nics: {con: {ports: [serial], name: Console}}
          links: {console: {from: con, to: power.ts/lines}}
    oob:
      switches:
        sw: {role: oob, type: access, count: 1, rack: {pool: core, fromU: 40}, zones: {access: {ports: 1-24}}}
    power:
      managed: false
      switches:
        pdu:
          role: oob
          deviceRole: pdu
          type: pdu
          rack: {pool: row, per: 2}
          perRack: 2
          group: 2
          attach: rack
          zones: {outlets: {ports: 1-24, carries: power}}
          nics: {in: {ports: [main], name: Inlet}}
          links: {feed: {from: in, to: "rack:row/a,b"}}
        ts:
          role: oob
          deviceRole: console-server
          type: ts
          rack: {pool: core, fromU: 10}
          mgmt: {port: eth0, to: oob.sw/access}
          zones: {lines: {ports: 1-8, carries: console}}
  nodes:
    gpu:
      count: 6
      type: box
      rack: {pool: row, per: 3, fromU: 10}
      nics: {fe: {ports: [p0, p1], type: 100gbase-x-qsfp28}, psu: {ports: ["1", "2"], name: "PSU{port}"}}
      links:
        data: {from: fe, to: dc.leaf/server, spread: alternate, lag: mclag}
        power: {from: psu, to: power.pdu/outlets, spread: alternate}
    disk:
      count: 5
      type: box
      role: storage
      rack: {pool: row, per: 3, fromU: 20}
      nics: {lom: {ports: [p0], type: 25gbase-x-sfp28}, psu: {ports: ["1", "2"], name: "PSU{port}"}}
      links:
        data: {from: lom, to: dc.leaf/slow}
        power: {from: psu, to: power.pdu/outlets, spread: alternate}
`

// marked are the endpoints of what diet owns.
var marked = []string{
	"racks", "power-feeds", "devices", "module-bays", "modules", "interfaces", "power-ports", "power-outlets", "console-ports",
	"console-server-ports", "cables",
}

// strip takes all marks off what diet made, and calls it otherwise where they are called something.
func (w *world) strip(calls func(endpoint, name string) string) {
	w.Helper()
	for _, endpoint := range marked {
		for _, o := range w.server.Objects(endpoint) {
			custom, _ := o["custom_fields"].(map[string]any)
			none := map[string]any{}
			for name := range custom {
				none[name] = nil
			}
			body := map[string]any{"custom_fields": none}
			if name, named := o["name"].(string); named && calls(endpoint, name) != name {
				body["name"] = calls(endpoint, name)
			}
			text, err := json.Marshal(body)
			if err != nil {
				w.Fatal(err)
			}
			w.byHandJSON("PATCH", fmt.Sprintf("dcim/%s/%v", endpoint, o["id"]), string(text))
		}
	}
}

// ids are the NetBox ids of all that diet may own.
func (w *world) ids() []string {
	var out []string
	for _, endpoint := range marked {
		for _, o := range w.server.Objects(endpoint) {
			out = append(out, fmt.Sprint(endpoint, " ", o["id"]))
		}
	}
	slices.Sort(out)
	return out
}

// asTheyAre leaves the names, inTheirWay gives all but bays others.
func asTheyAre(_, name string) string { return name }

var eastern = regexp.MustCompile(`^E1/([0-9]+)(/[0-9])?$`)

func inTheirWay(endpoint, name string) string {
	switch endpoint {
	case "racks":
		return strings.NewReplacer("row-", "R", "core-", "X").Replace(name)
	case "devices":
		return "ams2-" + strings.ReplaceAll(name, "-", ".")
	case "power-feeds":
		return strings.NewReplacer("row-", "feed R", "-", " ").Replace(name)
	case "interfaces":
		if m := eastern.FindStringSubmatch(name); m != nil { // E1/9/2 is swp9s1
			return "swp" + m[1] + map[string]string{"": "", "/1": "s0", "/2": "s1", "/3": "s2", "/4": "s3"}[m[2]]
		}
		return strings.NewReplacer("-p", ".", "eth", "lan").Replace(name)
	case "power-ports":
		return strings.NewReplacer("PSU", "psu ", "Inlet", "in", "PS", "ps-").Replace(name)
	case "power-outlets":
		return strings.ReplaceAll(name, "Outlet ", "")
	case "console-server-ports":
		return strings.ReplaceAll(name, "Line ", "tty")
	}
	return name
}

// shapes are edits of the plan that ask for interfaces and cables of other shapes.
var shapes = map[string]string{
	"plain":    "",
	"lags":     "  interfaces: {lags: true, parents: true}\n",
	"profiles": "  interfaces: {profiles: true}\n",
}

// TestImportStripped has a site that diet itself built, and of which it knows nothing any more, made
// into a plan, and mapped to the one that it was built by: either has nothing to do but to take it over,
// and each cable stays what it is.
func TestImportStripped(t *testing.T) {
	t.Parallel()
	for shape, edit := range shapes {
		for name, calls := range map[string]func(endpoint, name string) string{"as it is": asTheyAre, "in their way": inTheirWay} {
			t.Run(shape+", "+name, func(t *testing.T) {
				t.Parallel()
				w := setup(t, map[string]string{"plain": "4.2", "lags": "4.6", "profiles": "4.7"}[shape])
				text := strings.Replace(stocked, "  catalog:\n", edit+"  catalog:\n", 1)
				w.apply(w.edited(text))
				w.strip(calls)
				w.open("another.db")
				at := w.moment()
				t.Run("anew", func(t *testing.T) { at.world(t, "another.db").fromScratch(t) })
				if shape == "profiles" {
					t.Run("half of it, to its plan", func(t *testing.T) { at.world(t, "another.db").halfBack(t, text) })
				}
				t.Run("to its plan", func(t *testing.T) { at.world(t, "another.db").backToPlan(t, text) })
			})
		}
	}
}

// fromScratch makes a plan of the site.
func (w *world) fromScratch(t *testing.T) {
	t.Helper()
	drawn, err := w.eng.Import(t.Context(), "ams2", "")
	if err != nil {
		t.Fatal(err)
	}
	if len(drawn.Notes) > 0 {
		t.Errorf("left out: %q", drawn.Notes)
	}
	plan, err := generate.Load(filepath.Join(w.dir, "ams2.yaml"), []byte(drawn.Plan))
	if err != nil {
		t.Fatalf("%v\n%s", err, drawn.Plan)
	}
	called := w.called()
	w.takesAllOver(plan, drawn.Entries)
	for id, name := range w.called() {
		if called[id] != name {
			t.Errorf("%s is called %s, and was %s", id, name, called[id])
		}
	}
	if t.Failed() {
		t.Log(drawn.Plan)
	}
}

// backToPlan maps it to the plan that it was built by.
func (w *world) backToPlan(t *testing.T, text string) {
	t.Helper()
	plan := w.planned(text)
	drawn, err := w.eng.ImportFor(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range drawn.Entries {
		if x.Object == "" {
			t.Errorf("%s %s is not mapped: %s", x.Kind, x.Called, x.Why)
		}
	}
	w.takesAllOver(plan, drawn.Entries)
}

// halfBack has a third of the cables, and a node, taken away, and the rest mapped to the plan that it
// was built by: one apply, and all is there as it was, what stayed with its ids.
func (w *world) halfBack(t *testing.T, text string) {
	t.Helper()
	count := map[string]int{}
	for _, endpoint := range marked {
		count[endpoint] = len(w.server.Objects(endpoint))
	}
	for i, o := range w.server.Objects("cables") {
		if i%3 == 0 {
			w.byHandJSON("DELETE", fmt.Sprintf("dcim/cables/%v", o["id"]), "")
		}
	}
	for _, o := range w.server.Objects("devices") {
		if name, _ := o["name"].(string); strings.HasSuffix(name, "gpu.003") || strings.HasSuffix(name, "gpu-003") {
			w.byHandJSON("DELETE", fmt.Sprintf("dcim/devices/%v", o["id"]), "")
		}
	}
	for _, o := range w.server.Objects("cables") {
		a, _ := o["a_terminations"].([]any)
		if b, _ := o["b_terminations"].([]any); len(a) == 0 || len(b) == 0 { // of that node
			w.byHandJSON("DELETE", fmt.Sprintf("dcim/cables/%v", o["id"]), "")
		}
	}
	was := w.ids()
	plan := w.planned(text)
	drawn, err := w.eng.ImportFor(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	w.adoptAll(plan, drawn.Entries)
	is := w.ids()
	for _, id := range was {
		if !slices.Contains(is, id) {
			t.Errorf("%s is gone", id)
		}
	}
	for _, endpoint := range marked {
		if n := len(w.server.Objects(endpoint)); n != count[endpoint] {
			t.Errorf("there are %d %s, and were %d", n, endpoint, count[endpoint])
		}
	}
}

// takesAllOver adopts what a map says: that is all that is done, and all that is there.
func (w *world) takesAllOver(plan *generate.Plan, entries []survey.Entry) {
	w.Helper()
	was := w.ids()
	p := w.adoptAll(plan, entries)
	for i := range p.Changes {
		if c := &p.Changes[i]; c.Action != change.Adopt {
			w.Errorf("%s %s: %s", c.Action, c.Object, c.Name)
		}
	}
	for kind, endpoint := range map[string]string{"module": "modules", "power_feed": "power-feeds", "cable": "cables"} {
		if taken, all := p.Summary[kind][change.Adopt], len(w.server.Objects(endpoint)); taken != all {
			w.Errorf("%d of %d of %s are taken over", taken, all, endpoint)
		}
	}
	if is := w.ids(); !slices.Equal(is, was) {
		w.Errorf("NetBox has %d objects, and had %d", len(is), len(was))
	}
}
