package generate_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/generate"
)

// namedPlan is a leaf with a zone, and two servers.
const namedPlan = `apiVersion: diet/v1alpha1
kind: Plan
metadata: {name: p}
spec:
  site: {slug: s}
  catalog:
    deviceTypes:
      leaf: LEAF
  fabrics:
    f:
      switches:
        leaf: {role: leaf, type: leaf, count: 1, zones: {z: ZONE}}
  nodes:
    web:
      count: 2
      type: server
      nics: {eth: NIC}
      links: {l: {from: eth, to: f.leaf/z}}
`

func TestPortsByName(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		leaf, zone, nic string
		want            []string // of the leaf: id=name (type)
	}{
		"names": {
			"", "{ports: 'Ethernet1/{1-2}', type: 100gbase-x-qsfp28}", "{ports: ['0']}",
			[]string{"Ethernet1/1=Ethernet1/1 100gbase-x-qsfp28", "Ethernet1/2=Ethernet1/2 100gbase-x-qsfp28"},
		},
		"names as numbers": {
			"", "{ports: 'E1/{1-2}', breakout: 1x25}", "{ports: ['0']}", []string{"1=E1/1 25gbase-x-sfp28", "2=E1/2 25gbase-x-sfp28"},
		},
		"both": {
			"", "{ports: 'swp3,2', breakout: 1x25}", "{ports: ['0']}", []string{"2=E1/2 25gbase-x-sfp28", "swp3=swp3 25gbase-x-sfp28"},
		},
		"lanes": {
			"", "{ports: swp3, breakout: 2x25}", "{ports: ['0']}", []string{"swp3:1=swp3s0 25gbase-x-sfp28", "swp3:2=swp3s1 25gbase-x-sfp28"},
		},
		"signs": {
			"{manufacturer: m, model: Q, ports: {'GE#1': 10gbase-x-sfpp, 'Ü1': 10gbase-x-sfpp, 'Port 1 (SFP+)': 10gbase-x-sfpp}}",
			"{ports: 'GE#1,Port 1 (SFP+),Ü1'}", "{ports: ['0']}",
			[]string{"GE#1=GE#1 10gbase-x-sfpp", "Port 1 (SFP+)=Port 1 (SFP+) 10gbase-x-sfpp"},
		},
		"beside a 0": {
			"{manufacturer: juniper, model: Q, ports: {'et-0/1/{0-1}': 100gbase-x-qsfp28}}",
			"{ports: et-0/1/1, breakout: 4x25}", "{ports: ['0']}",
			[]string{"et-0/1/1:1=et-0/1/1:0 25gbase-x-sfp28", "et-0/1/1:2=et-0/1/1:1 25gbase-x-sfp28"},
		},
		"lanes of a maker": {
			"{manufacturer: juniper, model: Q}", "{ports: 'et-0/0/{9,10}', breakout: 1x25}", "{ports: ['0']}",
			[]string{"et-0/0/9=et-0/0/9 25gbase-x-sfp28", "et-0/0/10=et-0/0/10 25gbase-x-sfp28"},
		},
		"of the catalog": {
			"{manufacturer: m, model: Q, ports: {'Ethernet{1-4}': 10gbase-x-sfpp}}", "{ports: 'Ethernet{3-4}'}", "{ports: ['0']}",
			[]string{"Ethernet3=Ethernet3 10gbase-x-sfpp", "Ethernet4=Ethernet4 10gbase-x-sfpp"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plan := load(t, strings.NewReplacer("LEAF", tt.leaf, "ZONE", tt.zone, "NIC", tt.nic).Replace(namedPlan))
			topo, err := generate.Generate(plan, nil)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			prior := generate.Prior{}
			for _, i := range topo.Interfaces {
				if id, ok := strings.CutPrefix(i.ID, "p/f.leaf[1]/"); ok {
					got = append(got, id+"="+i.Name+" "+i.Type)
				}
			}
			slices.Sort(got)
			slices.Sort(tt.want)
			if !slices.Equal(got, tt.want) {
				t.Errorf("the leaf has %q, want %q", got, tt.want)
			}
			// The other way round it stays, by the ids.
			for i, c := range topo.Cables {
				prior[c.ID] = generate.Ends{A: c.A, B: topo.Cables[len(topo.Cables)-1-i].B}
			}
			again, err := generate.Generate(plan, prior)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range again.Cables {
				if c.B != prior[c.ID].B {
					t.Errorf("%s goes to %s, and was at %s", c.ID, c.B, prior[c.ID].B)
				}
			}
		})
	}
}

// TestPortsThatTheTypeLacks names the ports that there are.
func TestPortsThatTheTypeLacks(t *testing.T) {
	t.Parallel()
	for zone, want := range map[string]string{
		"{ports: E1/1}":             `the device type leaf has no port "E1/1" (there are Ethernet1, Ethernet2)`,
		"{ports: 'Ethernet{2-3}'}":  `has no port "Ethernet3"`,
		"{ports: 'Ethernet{2-1}'}":  "descends",
		"{ports: 'Ethernet1?'}":     "is not a valid port name",
		"{ports: 'Ethernet1,9-11'}": "the device type leaf has no E1/9, E1/10, E1/11",
	} {
		text := strings.NewReplacer("LEAF", "{manufacturer: m, model: Q, ports: {'Ethernet{1-2}': 10gbase-x-sfpp}}",
			"ZONE", zone, "NIC", "{ports: ['0']}").Replace(namedPlan)
		_, err := generate.Generate(load(t, text), nil)
		if faults := (*generate.FindingsError)(nil); !errors.As(err, &faults) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", zone, err, want)
		}
	}
}

// TestNamesOfTheirOwn has NICs, pools, roles and numbers named otherwise than by default.
func TestNamesOfTheirOwn(t *testing.T) {
	t.Parallel()
	text := strings.NewReplacer("LEAF", "", "ZONE", "{ports: 1-4, breakout: 1x25}", "NIC", `{ports: ["0", "1"], name: "enp65s{port}"}`,
		"role: leaf,", `role: leaf, deviceRole: tor, name: "tor{n-1:02}",`,
		"  fabrics:", "  racks: {row: {count: 2, units: 42, name: \"R{n+16}\"}}\n  fabrics:",
	).Replace(namedPlan)
	topo, err := generate.Generate(load(t, text), nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range topo.Racks {
		got = append(got, r.Name)
	}
	for _, d := range topo.Devices {
		got = append(got, d.Name+" "+d.Role+" "+d.Tier)
	}
	for _, i := range topo.Interfaces {
		got = append(got, i.Name)
	}
	want := []string{
		"R17", "R18", "tor00 tor leaf", "web-001 server ", "web-002 server ", "E1/1", "E1/2", "E1/3", "E1/4",
		"enp65s0", "enp65s1", "enp65s0", "enp65s1",
	}
	if !slices.Equal(got, want) {
		t.Errorf("it is called %q, want %q", got, want)
	}
	same := strings.Replace(text, "enp65s{port}", "eth", 1)
	if _, err := generate.Generate(load(t, same), nil); err == nil || !strings.Contains(err.Error(), `would both be named "eth"`) {
		t.Errorf("two ports of one name: %v", err)
	}
}

func load(t *testing.T, text string) *generate.Plan {
	t.Helper()
	plan, err := generate.Load("plan.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return plan
}
