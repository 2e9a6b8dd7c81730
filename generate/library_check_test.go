package generate_test

import (
	"strings"
	"testing"

	"github.com/diet-project/diet/generate"
)

// TestFilesThatNetBoxRefuses finds in files of types what NetBox would refuse at apply.
func TestFilesThatNetBoxRefuses(t *testing.T) {
	t.Parallel()
	const device, module = "manufacturer: A\nmodel: T\nslug: t\nu_height: 1\n", "manufacturer: A\nmodel: T\n"
	for name, tt := range map[string]struct{ file, want string }{
		"poe without mode": {
			device + "interfaces: [{name: e, type: 1000base-t, poe_type: type1-ieee802.3af}]",
			"e has a poe_type and no poe_mode",
		},
		"poe of a LAG":       {device + "interfaces: [{name: e, type: lag, poe_mode: pd}]", "e is of the type lag"},
		"a mode of poe":      {device + "interfaces: [{name: e, type: 1000base-t, poe_mode: psd}]", `the poe_mode "psd" is none that NetBox has`},
		"a role without air": {device + "interfaces: [{name: e, type: 1000base-t, rf_role: ap}]", "its type 1000base-t is not wireless"},
		"a channel":          {device + "interfaces: [{name: e, type: channel}]", "e is of the type channel"},
		"a leg": {
			device + "power-outlets: [{name: o, type: iec-60320-c13, feed_leg: D}]",
			`the feed_leg "D" is none that NetBox has`,
		},
		"a draw": {
			device + "power-ports: [{name: p, type: iec-60320-c14, maximum_draw: 100, allocated_draw: 200}]",
			"p is allocated 200 W",
		},
		"a weight of grams":   {device + "weight: 11.255\nweight_unit: kg", "11.255 is not a multiple of 0.01"},
		"a weight of a house": {device + "weight: 1234567.5\nweight_unit: kg", "1234567.5 is above 999999.99"},
		"a child of 1U":       {device + "subdevice_role: child", "a child, which is in a bay"},
		"a child":             {"manufacturer: A\nmodel: T\nslug: t\nsubdevice_role: child", "a child, which is in a bay"},
		"a position": {
			device + "rear-ports: [{name: r, type: lc}]\nfront-ports: [{name: f, type: lc, rear_port: r, rear_port_position: 5}]",
			"f is before position 5 of r, which has 1",
		},
		"a position twice": {
			device + "rear-ports: [{name: r, type: lc, positions: 2}]\n" +
				"front-ports: [{name: f, type: lc, rear_port: r}, {name: g, type: lc, rear_port: r, rear_port_position: 1}]",
			"f and g are both before position 1 of r",
		},
		"an item of a module": {module + "inventory-items: [{name: i}]", "NetBox has inventory-items of device types only"},
		"all that may be": {
			device + "interfaces: [{name: e, type: 1000base-t, poe_mode: pse, poe_type: passive-24v-2pair}, {name: l, type: lag}, " +
				"{name: w, type: ieee802.11ax, rf_role: station}]\npower-outlets: [{name: o, type: iec-60320-c13, feed_leg: C}]\n" +
				"power-ports: [{name: p, type: iec-60320-c14, maximum_draw: 100, allocated_draw: 100}]\n" +
				"rear-ports: [{name: r, type: lc, positions: 2}]\nfront-ports: [{name: f, type: lc, rear_port: r}, " +
				"{name: g, type: lc, rear_port: r, rear_port_position: 2}]", "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plan := loadImporting(t, importing("NL-8", "1-8", "1x25"), generate.File{Name: "t.yaml", Data: []byte(tt.file + "\n")})
			plan.CheckImports()
			r := generate.Check(plan)
			var said []string
			for _, f := range r.Findings {
				if f.File == "t.yaml" {
					said = append(said, f.Message)
				}
			}
			if got := strings.Join(said, "; "); tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
				t.Errorf("the findings are %q, want %q", got, tt.want)
			}
		})
	}
}

// TestAirflowsThatNoReleaseKnows warns of words that an administrator may have added.
func TestAirflowsThatNoReleaseKnows(t *testing.T) {
	t.Parallel()
	file := generate.File{Name: "t.yaml", Data: []byte("manufacturer: A\nmodel: T\nslug: t\nu_height: 1\nairflow: frontal\n" +
		"interfaces:\n  - {name: Ethernet1, type: 25gbase-x-sfp28, poe_mode: pd, poe_type: type5}\n" +
		"rear-ports:\n  - {name: R1, type: mpoo}\nfront-ports:\n  - {name: F1, type: lcx, rear_port: R1}\n")}
	var said []string
	for _, f := range generate.Check(loadImporting(t, importing("t", "1", "1x25"), file)).Warnings {
		said = append(said, f.Message)
	}
	got := strings.Join(said, "; ")
	for _, want := range []string{`knows the airflow "frontal" of t`, `knows the poe_type "type5" of t`,
		`knows the type "mpoo" of the rear port R1 of t`, `knows the type "lcx" of the front port F1 of t`} {
		if !strings.Contains(got, want) {
			t.Errorf("the warnings are %q, want %q", got, want)
		}
	}
}

// TestCabledPorts finds cables into what takes none.
func TestCabledPorts(t *testing.T) {
	t.Parallel()
	const plan = `apiVersion: diet/v1alpha1
kind: Plan
metadata: {name: p}
spec:
  site: lab
  catalog:
    deviceTypes:
      sw: {manufacturer: acme, model: Switch, ports: {"E1/{1-8}": 25gbase-x-sfp28, M1: 1000base-t, L1: lag}}
      srv: {manufacturer: acme, model: Server, ports: {"lom-eth{0-1}": 25gbase-x-sfp28, spare: virtual}}
  racks: {r: {count: 1, units: 42, feeds: {a: {panel: P, voltage: 230}}}}
  fabrics:
    dc: {switches: {leaf: {role: leaf, type: sw, count: 1, mgmt: {port: M1, to: dc.oob/all}, zones: {server: {ports: 1-8}}},
      oob: {role: oob, type: sw, count: 1, zones: {all: {ports: 1-8}}}}}
  nodes:
    web: {count: 1, type: srv, nics: {lom: {ports: [eth0]}}, links: {data: {from: lom, to: dc.leaf/server}}}
`
	for name, tt := range map[string]struct {
		edits []string
		want  string
	}{
		"as it is":           {nil, ""},
		"a switch's LAG":     {[]string{`"E1/{1-8}": 25gbase-x-sfp28`, `"E1/{1-8}": lag`}, "the port E1/1 has the type lag"},
		"a switch's channel": {[]string{`"E1/{1-8}": 25gbase-x-sfp28`, `"E1/{1-8}": channel`}, "the port E1/1 has the type channel"},
		"management":         {[]string{"port: M1", "port: L1"}, "the port L1 has the type lag"},
		"a server's radio": {
			[]string{`"lom-eth{0-1}": 25gbase-x-sfp28`, `"lom-eth{0-1}": ieee802.11ac`},
			"the port lom-eth0 has the type ieee802.11ac",
		},
		"a NIC's":        {[]string{"ports: [eth0]", "ports: [eth0], type: virtual"}, "the port lom-eth0 has the type virtual"},
		"no voltage":     {[]string{"voltage: 230", "voltage: 0"}, "a feed cannot have a voltage of 0"},
		"a negative one": {[]string{"voltage: 230", "voltage: -48"}, "a feed cannot have a voltage of -48"},
		"one of telecom": {[]string{"voltage: 230", "voltage: -48, supply: dc"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var said []string
			for _, f := range generate.Check(MustLoad(t, edit(t, plan, tt.edits...))).Findings {
				said = append(said, f.Message)
			}
			if got := strings.Join(said, "; "); tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
				t.Errorf("the findings are %q, want %q", got, tt.want)
			}
		})
	}
}
