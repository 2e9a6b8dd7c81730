package engine_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/survey"
	"github.com/diet-project/diet/generate"
)

// cabledPlan is a fabric of pairs of leaves under two spines, of one type each, whose nodes are cabled
// to lanes.
const cabledPlan = `apiVersion: diet/v1alpha1
kind: Plan
metadata: {name: hall}
spec:
  site: ams2
  status: active
  interfaces: {lags: %[1]t, parents: %[2]t, profiles: %[3]t}
  catalog:
    import: [types]
    deviceTypes:
      plain: {manufacturer: acme, model: Plain, u: 1, ports: {"E1/{1-4}": 400gbase-x-qsfpdd}}
      server: {manufacturer: acme, model: Server, u: 1}
  racks: {row: {count: 2, units: 42}}
  fabrics:
    dc:
      switches:
        leaf:
          role: leaf
          type: %[4]s
          count: 2
          group: 2
          rack: {pool: row, per: 1, fromU: 40}
          zones: {server: {ports: %[10]s%[5]s}, up: {ports: "%[11]d"%[5]s, uplinkTo: spine/down}}
        spine: {role: spine, type: %[4]s, count: %[9]d, zones: {down: {ports: %[12]s%[5]s}}}
  nodes:
    web:
      count: %[6]d
      type: server
      rack: {pool: row, per: 20, fromU: 1}
      nics: {e: {ports: [eth0, eth1, eth2, eth3], type: %[7]s, name: "{port}"}}
      links:
%[8]s  reconcile: {approveDeletionsAbove: 100, deletionPolicy: delete}
`

// wholeCase is a way to cable a site.
type wholeCase struct {
	typ, lag, breakout string
	parents, profiles  bool
	links              int
}

func (c wholeCase) String() string {
	return fmt.Sprintf("%s %s %s parents=%t profiles=%t links=%d", c.typ, c.lag, c.breakout, c.parents, c.profiles, c.links)
}

// text is the plan of a case: some lanes stay free.
func (c wholeCase) text() string {
	lanes, typ, cut := map[string]int{"": 1, "2x200": 2, "4x100": 4}[c.breakout], "400gbase-x-qsfpdd", ""
	if c.breakout != "" {
		cut = ", breakout: " + c.breakout
		typ = map[int]string{2: "200gbase-x-qsfp56", 4: "100gbase-x-qsfp28"}[lanes]
	}
	links, ports := "", []string{"eth0,eth1", "eth2,eth3"}
	for i := range c.links {
		lag, spread := "", ", spread: alternate"
		if c.lag != "" {
			lag = ", lag: " + c.lag
		}
		if c.lag == "bundle" {
			spread = ""
		}
		links += fmt.Sprintf("        %c: {from: \"e:%s\", to: dc.leaf/server%s%s}\n", 'a'+i, ports[i], spread, lag)
	}
	count, spines := max(1, (6*lanes-1)/(2*c.links)), 2
	if lanes == 1 {
		count, spines = 2/c.links, 1
	}
	first := 1
	if strings.Contains(c.typ, "juniper") {
		first = 0
	}
	run := func(n int) string { return fmt.Sprintf("%d-%d", first, first+n-1) }
	return fmt.Sprintf(cabledPlan, c.lag != "", c.parents, c.profiles, c.typ, cut, count, typ, links, spines, run(3), first+3, run(4))
}

// wholeCases are each sort of names, LAGs and breakouts; what else a plan may ask for is on in half of them.
func wholeCases() []wholeCase {
	var out []wholeCase
	for _, vendor := range []string{
		"plain", "made-up-eos-like", "made-up-nxos-like", "made-up-cumulus-like", "made-up-juniper-like", "made-up-dell-like",
	} {
		for i, lag := range []string{"", "bundle", "mclag", "eslag"} {
			for j, cut := range []string{"", "2x200", "4x100"} {
				broken := cut != ""
				out = append(out, wholeCase{vendor, lag, cut, broken && len(out)%2 == 0, broken && (i+j+len(out)/12)%2 == 0, 1 + (i+j)%2})
			}
		}
	}
	return out
}

// disowned takes diet's marks off all that a plan owns.
func (w *world) disowned() {
	w.Helper()
	for _, endpoint := range []string{"racks", "devices", "interfaces", "cables"} {
		var list []map[string]any
		for _, o := range w.server.Objects(endpoint) {
			custom, _ := o["custom_fields"].(map[string]any)
			if custom["diet_managed"] == nil {
				continue
			}
			none := map[string]any{}
			for name := range custom {
				if strings.HasPrefix(name, "diet_") {
					none[name] = nil
				}
			}
			list = append(list, map[string]any{"id": o["id"], "custom_fields": none})
		}
		text, err := json.Marshal(list)
		if err != nil {
			w.Fatal(err)
		}
		w.byHandJSON("PATCH", "dcim/"+endpoint, string(text))
	}
}

// TestImportWhole has sites that diet built, of every vendor's names, with each sort of LAG and
// breakout, made into a plan: that takes over all of it, and nothing is made, moved or asked.
func TestImportWhole(t *testing.T) {
	t.Parallel()
	for _, c := range wholeCases() {
		t.Run(c.String(), func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			w.apply(w.importing(c.text()))
			w.disowned()
			w.sync()
			was, cables := bundles(w), w.shape()
			drawn, err := w.eng.Import(t.Context(), "ams2", "")
			if err != nil {
				t.Fatal(err)
			}
			w.takesAll(drawn)
			if got := bundles(w); got != was {
				t.Errorf("the LAGs are\n%s\nwant\n%s", got, was)
			}
			onlyCables := func(list []string) []string {
				return slices.DeleteFunc(slices.Clone(list), func(x string) bool { return !strings.Contains(x, " - ") })
			}
			if got, want := onlyCables(w.shape()), onlyCables(cables); !slices.Equal(got, want) {
				t.Errorf("the cables are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			if t.Failed() {
				t.Logf("%s\n%s", drawn.Plan, c.text())
			}
		})
	}
}

// takesAll asserts that a plan that was made out of a site takes over all that it says and leaves nothing
// of it out.
func (w *world) takesAll(drawn *survey.Drawn) {
	w.Helper()
	plan, err := generate.Load("ams2.yaml", []byte(drawn.Plan))
	if err != nil {
		w.Fatalf("%v\n%s", err, drawn.Plan)
	}
	for _, n := range drawn.Notes {
		w.Errorf("note: %s", n)
	}
	p := w.adoptAll(plan, drawn.Entries)
	for _, c := range p.Changes {
		if c.Action != change.Adopt && c.Class != change.Finding {
			w.Errorf("%s %s %s: %+v", c.Action, c.Kind, c.Object, c.Fields)
		}
	}
}
