package generate_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/generate"
)

// rackPower is a plan whose switches are on PDUs and a console server too.
const rackPower = `
apiVersion: diet/v1alpha1
kind: Plan
metadata: {name: own}
spec:
  site: lab
  reconcile: {approveDeletionsAbove: 100}
  catalog:
    deviceTypes:
      leaf:
        manufacturer: acme
        model: Leaf
        ports: {"E1/{1-4}": 25gbase-x-sfp28}
        powerPorts: {"PS{1-2}": iec-60320-c14}
        consolePorts: {Console: rj-45}
      server: {manufacturer: acme, model: Server, ports: {nic-1: 25gbase-x-sfp28}, powerPorts: {"PSU{1-2}": iec-60320-c14}}
      pdu: {manufacturer: acme, model: PDU, u: 0, powerOutlets: {"Outlet {1-24}": iec-60320-c13}}
      ts: {manufacturer: acme, model: Terminal server, u: 0, consoleServerPorts: {"Line {1-8}": rj-45}}
  racks:
    row: {count: 2, units: 42}
  fabrics:
    net:
      switches:
        leaf:
          role: leaf
          type: leaf
          rack: {pool: row, fromU: 42}
          zones: {servers: {ports: 1-4}}
          nics:
            ps: {ports: ["1", "2"], name: "PS{port}"}
            con: {ports: [serial], name: Console}
          links:
            power: {from: ps, to: power.pdu/outlets, spread: alternate}
            console: {from: con, to: power.ts/lines}
    power:
      managed: false
      switches:
        pdu:
          role: oob
          type: pdu
          rack: {pool: row, per: 2}
          perRack: 2
          group: 2
          attach: rack
          zones: {outlets: {ports: 1-24, carries: power}}
        ts: {role: oob, type: ts, zones: {lines: {ports: 1-8, carries: console}}}
  nodes:
    server:
      count: 5
      type: server
      rack: {pool: row, per: 4, fromU: 1}
      nics: {nic: {ports: ["1"]}, psu: {ports: ["1", "2"], name: "PSU{port}"}}
      links:
        data: {from: nic, to: net.leaf/servers}
        power: {from: psu, to: power.pdu/outlets, spread: alternate}
`

// TestSwitchesHavePower holds that power supplies and console ports of switches are plugged in like
// those of nodes, after them, however many switches there come to be.
func TestSwitchesHavePower(t *testing.T) {
	t.Parallel()
	topo := MustGenerate(t, MustLoad(t, rackPower), nil)
	got := plugs(topo)
	for _, want := range []string{
		"leaf-01 PS1 pdu-01 Outlet 5", "leaf-01 PS2 pdu-02 Outlet 5", "leaf-01 Console ts-01 Line 1",
		"leaf-02 PS1 pdu-03 Outlet 2", "leaf-02 PS2 pdu-04 Outlet 2", "leaf-02 Console ts-01 Line 2",
	} {
		if !slices.Contains(got, want) {
			t.Errorf("no cable %q in\n%s", want, strings.Join(got, "\n"))
		}
	}
	if len(got) != 16 {
		t.Errorf("%d cables carry no data", len(got))
	}
	ids := map[string]string{}
	for _, o := range topo.Objects() {
		ids[o.ID] = o.Kind
	}
	if ids["own/net.leaf[2]/ps.1"] != "power_port" || ids["own/net.leaf[2]/con.serial~"] != "cable" {
		t.Errorf("the objects are %v", ids)
	}
}

// TestSwitchesKeepPower holds that a leaf more moves no cable of those that there are.
func TestSwitchesKeepPower(t *testing.T) {
	t.Parallel()
	prior := priorOf(MustGenerate(t, MustLoad(t, rackPower), nil))
	for _, text := range []string{
		strings.Replace(rackPower, "count: 5", "count: 8", 1),
		strings.Replace(rackPower, "count: 5", "count: 1", 1),
		strings.Replace(strings.Replace(rackPower, "row: {count: 2", "row: {count: 3", 1), "count: 5", "count: 9", 1),
	} {
		if n := moved(prior, MustGenerate(t, MustLoad(t, text), prior)); n > 0 {
			t.Errorf("%d cables move", n)
		}
	}
}

// TestOwnLinkFindings holds what is wrong with links of switches.
func TestOwnLinkFindings(t *testing.T) {
	t.Parallel()
	for want, edits := range map[string][2]string{
		"the zone net.leaf/servers carries data, and links of switches are of power and consoles": {
			"to: power.ts/lines", "to: net.leaf/servers",
		},
		"a class cannot have links to itself": {
			"carries: console}}}", "carries: console}}, nics: {c: {ports: [x]}}, links: {c: {from: c, to: power.ts/lines}}}",
		},
		`the device type leaf has no power port "PS3"`: {`ps: {ports: ["1", "2"]`, `ps: {ports: ["1", "3"]`},
		`there is no NIC "cons"`:                       {"from: con,", "from: cons,"},
		"con.serial of net.leaf is also the name of a port of its zones": {
			"zones: {servers: {ports: 1-4}}", "mgmt: {port: con.serial, to: leaf/servers}\n          zones: {servers: {ports: 1-4}}",
		},
		"net.leaf has none": {"rack: {pool: row, fromU: 42}\n", "\n"},
		"no room in power.ts/lines for net.leaf[1]": {
			"ts: {role: oob, type: ts, zones", "ts: {role: oob, type: ts, count: 0, zones",
		},
	} {
		if !strings.Contains(rackPower, edits[0]) {
			t.Fatalf("the plan does not hold %q", edits[0])
		}
		r := generate.Check(MustLoad(t, strings.Replace(rackPower, edits[0], edits[1], 1)))
		var said []string
		for _, f := range slices.Concat(r.Findings, r.Warnings) {
			said = append(said, f.Message)
		}
		if !strings.Contains(strings.Join(said, "\n"), want) {
			t.Errorf("no finding %q, but %q", want, said)
		}
	}
}
