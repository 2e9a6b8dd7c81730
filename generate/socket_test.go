package generate_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/generate"
)

// powered is the plan of testdata/script/power.txtar.
func powered(tb testing.TB, edits ...string) string {
	tb.Helper()
	data, err := os.ReadFile("../testdata/script/power.txtar")
	if err != nil {
		tb.Fatal(err)
	}
	_, plan, _ := strings.Cut(string(data), "-- plan.yaml --\n")
	for i := 0; i+1 < len(edits); i += 2 {
		if !strings.Contains(plan, edits[i]) {
			tb.Fatalf("the plan does not hold %q", edits[i])
		}
		plan = strings.Replace(plan, edits[i], edits[i+1], 1)
	}
	return plan
}

// plugs are the cables of a topology that carry no data, as device, port, device and port.
func plugs(topo *generate.Topology) []string {
	var out []string
	for i, e := range ends(topo) {
		if topo.Cables[i].Carries != "" {
			out = append(out, strings.Join([]string{e[0][0], e[0][1], e[1][0], e[1][1]}, " "))
		}
	}
	return out
}

// TestPower holds what the section Power of the plan language says.
func TestPower(t *testing.T) {
	t.Parallel()
	topo := MustGenerate(t, MustLoad(t, powered(t)), nil)
	want := []string{
		"server-001 PSU1 pdu-01 Outlet 1", "server-001 PSU2 pdu-02 Outlet 1",
		"server-002 PSU1 pdu-01 Outlet 2", "server-002 PSU2 pdu-02 Outlet 2",
		"server-003 PSU1 pdu-01 Outlet 3", "server-003 PSU2 pdu-02 Outlet 3",
	}
	if got := plugs(topo); !slices.Equal(got, want) {
		t.Errorf("the power cables are\n%s", strings.Join(got, "\n"))
	}
	kinds, types := map[string]int{}, map[string]string{}
	for _, o := range topo.Objects() {
		kinds[o.Kind]++
		if typ, stated := o.Fields["type"].(string); stated {
			types[o.ID] = typ
		}
	}
	if kinds["power_port"] != 6 || kinds["power_outlet"] != 6 || kinds["interface"] != 6 || kinds["cable"] != 9 {
		t.Errorf("the objects are %v", kinds)
	}
	if types["power/server[2]/psu.1"] != "iec-60320-c14" || types["power/power.pdu[1]/power:2"] != "iec-60320-c13" {
		t.Errorf("the types are %v", types)
	}
	for _, o := range topo.Objects() {
		if o.ID != "power/server[2]/psu.2~" {
			continue
		}
		near, _ := o.Fields["power_port"].(generate.Ref)
		far, _ := o.Fields["power_outlet"].(generate.Ref)
		if _, data := o.Fields["a"]; data || near.Object != "power/server[2]/psu.2" || far.Object != "power/power.pdu[2]/power:2" {
			t.Errorf("the cable is %v", o.Fields)
		}
	}
}

// TestPowerGrows holds that a server more moves no cable, and that one that is retired leaves the
// others where they are.
func TestPowerGrows(t *testing.T) {
	t.Parallel()
	prior := priorOf(MustGenerate(t, MustLoad(t, powered(t)), nil))
	for _, edits := range [][]string{{"count: 3", "count: 9"}, {"count: 3", "count: 3\n      skip: [1]"}, {"count: 3", "count: 1"}} {
		topo := MustGenerate(t, MustLoad(t, powered(t, edits...)), prior)
		if n := moved(prior, topo); n > 0 {
			t.Errorf("%q moves %d cables", edits[1], n)
		}
	}
}

// TestPowerFindings holds what is wrong with power in a plan.
func TestPowerFindings(t *testing.T) {
	t.Parallel()
	for want, edits := range map[string][]string{
		`the device type pdu-24 has no power outlet 25`:            {"ports: 1-24, carries", "ports: 1-25, carries"},
		`the device type pdu-24 has no power outlet "Socket 1"`:    {"ports: 1-24, carries", "ports: Socket 1, carries"},
		`the device type server-2psu has no power port "PS1"`:      {`name: "PSU{port}"`, `name: "PS{port}"`},
		`and a LAG is of interfaces`:                               {"spread: alternate, cable", "spread: alternate, lag: bundle, cable"},
		`a zone that carries power has no breakout`:                {"carries: power}", "carries: power, breakout: 2x100}"},
		`"pover" is not valid here`:                                {"carries: power", "carries: pover"},
		`no supported release of NetBox knows the type of a power`: {"iec-60320-c13", "iec-60320-c12"},
		`no room in power.pdu/outlets`:                             {"ports: 1-24, carries", "ports: 1-2, carries"},
		`the port "Outlet 1" is given twice`: {
			`"Outlet {1-24}": iec-60320-c13`, `"Outlet {1-24}": iec-60320-c13, "Outlet 1": x`,
		},
	} {
		plan, err := generate.Load("plan.yaml", []byte(powered(t, edits...)))
		var said []string
		if err != nil {
			said = append(said, err.Error())
		} else {
			r := generate.Check(plan)
			for _, f := range slices.Concat(r.Findings, r.Warnings) {
				said = append(said, f.Message)
			}
		}
		if !strings.Contains(strings.Join(said, "\n"), want) {
			t.Errorf("no finding %q, but %q", want, said)
		}
	}
}

// TestPowerNames holds how outlets are called where the catalog does not say, and that an imported
// PDU's own names win.
func TestPowerNames(t *testing.T) {
	t.Parallel()
	topo := MustGenerate(t, MustLoad(t, powered(t, `        powerOutlets: {"Outlet {1-24}": iec-60320-c13}`, "")), nil)
	if got := plugs(topo)[0]; got != "server-001 PSU1 pdu-01 1" {
		t.Errorf("the first cable is %q", got)
	}
	named := MustGenerate(t, MustLoad(t, powered(t, "ports: 1-24, carries", `ports: "Outlet {5-24}", carries`)), nil)
	if got := plugs(named)[0]; got != "server-001 PSU1 pdu-01 Outlet 5" {
		t.Errorf("the first cable is %q", got)
	}
}

// TestImportedTypesOfPorts warns of what NetBox would refuse of an imported type, where a class has it.
func TestImportedTypesOfPorts(t *testing.T) {
	t.Parallel()
	files := func(string) ([]generate.File, error) {
		return []generate.File{{Name: "pdu.yaml", Data: []byte(`
manufacturer: Voltwerk
model: PDU-2
slug: pdu-2
u_height: 0
power-outlets:
  - {name: Outlet 1, type: IEC320-C13}
  - {name: Outlet 2, type: IEC320-C13}
`)}}, nil
	}
	edits := []string{
		"type: pdu-24", "type: pdu-2", "ports: 1-24, carries", "ports: 1-2, carries", "count: 3", "count: 2",
		"  catalog:", "  catalog:\n    import: [x]",
	}
	plan, err := generate.LoadWith("plan.yaml", []byte(powered(t, edits...)), files)
	if err != nil {
		t.Fatal(err)
	}
	r := generate.Check(plan)
	want := `no supported release of NetBox knows the type "IEC320-C13" of the power outlet Outlet 1 of pdu-2`
	if len(r.Findings) > 0 || len(r.Warnings) != 1 || r.Warnings[0].Message != want {
		t.Errorf("the findings are %v, the warnings %v", r.Findings, r.Warnings)
	}
}
