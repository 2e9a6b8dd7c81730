package export_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/diet-project/diet/engine/export"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/generate/generatetest"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func golden(tb testing.TB, file, got string) {
	tb.Helper()
	file = filepath.Join("testdata", file)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			tb.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	if got != string(want) {
		tb.Errorf("%s differs: look at what changed, and run make golden\n%s", file, got)
	}
}

// pair has an MCLAG pair with peer cables, a border leaf, an out-of-band switch, and bonds of
// each kind.
const pair = `apiVersion: diet/v1alpha1
kind: Plan
metadata: {name: pair}
spec:
  site: ams2
  defaults: {description: "of {class}"}
  catalog:
    deviceTypes:
      celestica-ds3000: {manufacturer: celestica, model: DS3000, ports: {"E1/{1-32}": 100gbase-x-qsfp28, M1: 1000base-t}}
  fabrics:
    fe:
      switches:
        leaf:
          role: leaf
          type: celestica-ds3000
          count: 2
          group: 2
          redundancy: mclag
          mgmt: {port: M1, to: oob.tor/copper}
          zones:
            server: {ports: 1-8, breakout: 4x25}
            peer: {ports: 31-32, peer: true}
            uplink: {ports: 29-30, uplinkTo: spine/down}
        spine: {role: spine, type: celestica-ds3000, count: 2, zones: {down: {ports: 1-16}}}
        border: {role: border, type: celestica-ds3000, count: 1, zones: {uplink: {ports: 1-2, uplinkTo: spine/down}}}
    oob:
      managed: false
      switches:
        tor: {role: oob, type: ds1000, zones: {copper: {ports: 1-48, breakout: 1x1}}}
  nodes:
    Web_1:
      count: 2
      type: server
      nics: {lom: {ports: [eth0, eth1]}, aux: {ports: [eth0, eth1]}, lone: {ports: [eth0, eth1]}, bmc: {ports: [bmc0]}}
      links:
        data: {from: lom, to: fe.leaf/server, spread: alternate, lag: mclag}
        storage: {from: aux, to: fe.leaf/server, lag: bundle}
        test: {from: lone, to: fe.leaf/server}
        oob: {from: bmc, to: oob.tor/copper}
`

func wiringOf(tb testing.TB, t *generate.Topology, fabrics ...string) string {
	tb.Helper()
	var b bytes.Buffer
	if err := export.Hedgehog(&b, t, export.HedgehogOptions{Fabrics: fabrics}); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

// TestHedgehog compares diagrams with those that were looked at: a pair with everything, and
// a published mesh.
func TestHedgehog(t *testing.T) {
	t.Parallel()
	golden(t, "pair.wiring.yaml", wiringOf(t, generatetest.FromText(t, pair)))
	golden(t, "small-mclag.wiring.yaml", wiringOf(t, generatetest.FromFile(t, "../../testdata/plan/ux-case-small-mclag.yaml")))
}

// document is a wiring object as a reader sees it.
type document struct {
	APIVersion string `yaml:"apiVersion"`
	Kind       string
	Metadata   map[string]string
	Spec       map[string]any
}

func documents(tb testing.TB, text string) []document {
	tb.Helper()
	dec := yaml.NewDecoder(strings.NewReader(text))
	dec.KnownFields(true)
	var out []document
	for {
		var d document
		if err := dec.Decode(&d); errors.Is(err, io.EOF) {
			return out
		} else if err != nil {
			tb.Fatal(err)
		}
		out = append(out, d)
	}
}

// wiringSpecs are the keys of each kind's spec that diet writes, as Hedgehog documents them.
var wiringSpecs = map[string][]string{
	"SwitchGroup": {},
	"Switch":      {"role", "description", "profile", "groups", "redundancy", "portBreakouts"},
	"Server":      {"description"},
	"Connection":  {"unbundled", "bundled", "mclag", "eslag", "fabric", "mesh", "mclagDomain"},
}

var (
	dnsName = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`)
	portAt  = regexp.MustCompile(`(?m)port: (\S+)$`)
)

// TestWirings wants the diagram of every plan to be whole: names that Kubernetes takes, each
// once; ports of devices that are there, each in one connection; all cables between them.
func TestWirings(t *testing.T) {
	t.Parallel()
	plans, err := filepath.Glob("../../testdata/plan/*.yaml")
	if err != nil || len(plans) < 8 {
		t.Fatalf("%d plans, %v", len(plans), err)
	}
	for _, file := range plans {
		topo := generatetest.FromFile(t, file)
		text := wiringOf(t, topo)
		names, devices, kinds := map[string]bool{}, map[string]bool{}, map[string]int{}
		for _, d := range documents(t, text) {
			name := d.Metadata["name"]
			if !dnsName.MatchString(name) || names[d.Kind+name] || len(d.Metadata) != 1 || d.APIVersion != "wiring.githedgehog.com/v1beta1" {
				t.Errorf("%s: %s %q", file, d.Kind, name)
			}
			names[d.Kind+name] = true
			devices[name] = devices[name] || d.Kind == "Switch" || d.Kind == "Server"
			kinds[d.Kind]++
			for key := range d.Spec {
				if !slices.Contains(wiringSpecs[d.Kind], key) {
					t.Errorf("%s: %s has the key %q", file, d.Kind, key)
				}
			}
		}
		ports := map[string]bool{}
		for _, m := range portAt.FindAllStringSubmatch(text, -1) {
			if device, _, _ := strings.Cut(m[1], "/"); !devices[device] || ports[m[1]] {
				t.Errorf("%s: port %s is of no device, or in two connections", file, m[1])
			}
			ports[m[1]] = true
		}
		if want := 2 * fabricCables(topo); len(ports) != want || kinds["Switch"] == 0 {
			t.Errorf("%s: %d ports, want %d; %v", file, len(ports), want, kinds)
		}
	}
}

// fabricCables counts the cables that end on no out-of-band switch.
func fabricCables(t *generate.Topology) int {
	oob := map[string]bool{}
	for i := range t.Devices {
		oob[t.Devices[i].ID] = t.Devices[i].Role == "oob"
	}
	on := map[string]string{}
	for _, i := range t.Interfaces {
		on[i.ID] = i.Device
	}
	n := 0
	for _, c := range t.Cables {
		if !oob[on[c.A]] && !oob[on[c.B]] {
			n++
		}
	}
	return n
}

// TestHedgehogRefuses wants no diagram that Hedgehog could not take.
func TestHedgehogRefuses(t *testing.T) {
	t.Parallel()
	for what, edit := range map[string][]string{
		"there are fe, oob": {},
		"needs two cables":  {"peer: {ports: 31-32", "peer: {ports: 31"},
		"would both be": {
			"  nodes:\n", "  nodes:\n    web-1: {count: 2, type: server, nics: {n: {ports: [a]}}, links: {l: {from: n, to: fe.leaf/server}}}\n",
		},
		"are named E1/1, and E": {
			"    deviceTypes:\n", "    deviceTypes:\n" +
				"      eth: {manufacturer: acme, model: E, ports: {\"Ethernet{1-32}\": 100gbase-x-qsfp28, M1: 1000base-t}}\n",
			"type: celestica-ds3000\n          count: 2\n", "type: eth\n          count: 2\n", "ports: 1-8,", "ports: \"Ethernet{1-8}\",",
			"ports: 31-32,", "ports: \"Ethernet{31-32}\",", "ports: 29-30,", "ports: \"Ethernet{29-30}\",",
		},
	} {
		only := []string(nil)
		if len(edit) == 0 {
			only = []string{"nosuch"}
		}
		topo := generatetest.FromText(t, strings.NewReplacer(edit...).Replace(pair))
		err := export.Hedgehog(io.Discard, topo, export.HedgehogOptions{Fabrics: only})
		if err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestHedgehogFabric writes one fabric: no switch of another, and no server that it does not serve.
func TestHedgehogFabric(t *testing.T) {
	t.Parallel()
	topo, want := generatetest.FromFile(t, "../../testdata/plan/gpu-128-rail.yaml"), 0
	for i := range topo.Devices {
		if topo.Devices[i].Fabric == "frontend" {
			want++
		}
	}
	text := wiringOf(t, topo, "frontend")
	for _, d := range documents(t, text) {
		if d.Kind == "Switch" && strings.Contains(d.Metadata["name"], "backend") {
			t.Errorf("it has %s", d.Metadata["name"])
		}
	}
	if n := strings.Count(text, "kind: Switch\n"); n != want || n == 0 {
		t.Errorf("%d switches, want %d", n, want)
	}
}

const inventory = "../../docs/export/ansible-inventory.tmpl"

func templated(tb testing.TB, t *generate.Topology, text string) string {
	tb.Helper()
	var b bytes.Buffer
	if err := export.Template(&b, t, "test", text); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

// TestAnsible runs the template that is shipped: an inventory of every device with its links.
func TestAnsible(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(inventory)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "pair.inventory.yaml", templated(t, generatetest.FromText(t, pair), string(text)))
	topo := generatetest.FromFile(t, "../../testdata/plan/web-96.yaml")
	var doc struct {
		All struct {
			Vars     map[string]string
			Children map[string]struct{ Hosts map[string]map[string]any }
		}
	}
	if err := yaml.Unmarshal([]byte(templated(t, topo, string(text))), &doc); err != nil {
		t.Fatal(err)
	}
	hosts := 0
	for _, group := range doc.All.Children {
		hosts += len(group.Hosts)
	}
	if hosts != len(topo.Devices) || doc.All.Vars["site"] != "ams2" {
		t.Errorf("%d hosts of %d devices, vars %v", hosts, len(topo.Devices), doc.All.Vars)
	}
}

// TestLAGs exports a plan that has LAG interfaces and ports of lanes made: they have no cable,
// and are no ports of an export.
func TestLAGs(t *testing.T) {
	t.Parallel()
	plan := strings.Replace(pair, "  fabrics:\n", "  interfaces: {lags: true, parents: true}\n  fabrics:\n", 1)
	text, err := os.ReadFile(inventory)
	if err != nil {
		t.Fatal(err)
	}
	topo := generatetest.FromText(t, plan)
	if len(topo.Interfaces) <= 2*len(topo.Cables) {
		t.Fatal("the plan has no LAGs")
	}
	if got, want := templated(t, topo, string(text)), templated(t, generatetest.FromText(t, pair), string(text)); got != want {
		t.Errorf("it lists\n%s, want\n%s", got, want)
	}
	if wiringOf(t, topo) != wiringOf(t, generatetest.FromText(t, pair)) {
		t.Error("the wiring is another one")
	}
}

// TestTemplateErrors wants errors that name the template and the place, and nothing written.
func TestTemplateErrors(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"{{.Nosuch}}", "{{range .Devices}}{{.Nam}}{{end}}", "{{"} {
		var b bytes.Buffer
		err := export.Template(&b, generatetest.FromText(t, pair), "my.tmpl", text)
		if err == nil || !strings.Contains(err.Error(), "my.tmpl:1") || b.Len() > 0 {
			t.Errorf("%s: %v, written %q", text, err, b.String())
		}
	}
}

// TestDataIsDocumented wants docs/export.md to name every field and function of templates.
func TestDataIsDocumented(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/export.md")
	if err != nil {
		t.Fatal(err)
	}
	names := []string{"ByRole", "ByClass", "ByRack"}
	for _, v := range []any{export.Data{}, export.Site{}, export.Rack{}, export.Device{}, export.Port{}, export.Cable{}, export.Group{},
		export.Module{}} {
		for i := range reflect.TypeOf(v).NumField() {
			names = append(names, reflect.TypeOf(v).Field(i).Name)
		}
	}
	for name := range export.Functions {
		names = append(names, name)
	}
	for _, name := range names {
		if !strings.Contains(string(page), fmt.Sprintf("`%s`", name)) {
			t.Errorf("docs/export.md does not name %s", name)
		}
	}
}
