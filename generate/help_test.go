package generate_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/diet-project/diet/generate"
)

// MustLoadFile loads a plan from a file.
func MustLoadFile(tb testing.TB, file string) *generate.Plan {
	tb.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	return MustLoad(tb, string(data))
}

// MustLoad loads a plan from a text.
func MustLoad(tb testing.TB, text string) *generate.Plan {
	tb.Helper()
	plan, err := generate.Load("plan.yaml", []byte(text))
	if err != nil {
		tb.Fatalf("load:\n%v", err)
	}
	return plan
}

// MustGenerate generates a plan.
func MustGenerate(tb testing.TB, plan *generate.Plan, prior generate.Prior) *generate.Topology {
	tb.Helper()
	topo, err := generate.Generate(plan, prior)
	if err != nil {
		tb.Fatalf("generate:\n%v", err)
	}
	return topo
}

// priorOf is the prior that an applied topology leaves.
func priorOf(topo *generate.Topology) generate.Prior {
	p := make(generate.Prior, len(topo.Cables))
	for _, c := range topo.Cables {
		p[c.ID] = generate.Ends{A: c.A, B: c.B}
	}
	return p
}

// moved counts the cables of a prior whose ends are others now.
func moved(prior generate.Prior, topo *generate.Topology) int {
	n := 0
	for _, c := range topo.Cables {
		if was, ok := prior[c.ID]; ok && (was.A != c.A || was.B != c.B) {
			n++
		}
	}
	return n
}

// findingsOf gives what is wrong with a plan text, by Load or Generate.
func findingsOf(tb testing.TB, text string) []generate.Finding {
	tb.Helper()
	plan, err := generate.Load("plan.yaml", []byte(text))
	if err == nil {
		_, err = generate.Generate(plan, nil)
	}
	if err == nil {
		return nil
	}
	var fe *generate.FindingsError
	if !errors.As(err, &fe) || len(fe.Findings) == 0 {
		tb.Fatalf("the error is no *FindingsError with findings: %v", err)
	}
	return fe.Findings
}

// wantFinding checks that some finding is at a path and says a text.
func wantFinding(tb testing.TB, list []generate.Finding, path, text string) {
	tb.Helper()
	for _, f := range list {
		if strings.Contains(f.Path, path) && strings.Contains(f.Message+" ("+f.Hint+")", text) {
			return
		}
	}
	tb.Errorf("no finding at %q that says %q in:", path, text)
	for _, f := range list {
		tb.Log(f)
	}
}

// checkSound checks what holds for every topology: sorted, without duplicates,
// each interface on exactly one cable, each reference resolved.
func checkSound(tb testing.TB, topo *generate.Topology) {
	tb.Helper()
	racks, devices, ports := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, r := range topo.Racks {
		racks[r.ID] = true
	}
	for _, d := range topo.Devices {
		devices[d.ID] = true
		if d.Rack != "" && !racks[d.Rack] {
			tb.Errorf("%s is in the rack %s, which is not there", d.ID, d.Rack)
		}
	}
	names := map[string]bool{}
	for _, i := range topo.Interfaces {
		if !devices[i.Device] || ports[i.ID] || names[i.Device+" "+i.Name] || i.Type == "" {
			tb.Errorf("the interface %+v has no device or type, or is there twice", i)
		}
		ports[i.ID], names[i.Device+" "+i.Name] = true, true
	}
	used := map[string]bool{}
	for _, c := range topo.Cables {
		if !ports[c.A] || !ports[c.B] || used[c.A] || used[c.B] || c.A == c.B {
			tb.Errorf("the cable %+v has an end that is not there or is taken", c)
		}
		used[c.A], used[c.B] = true, true
	}
	if len(used) != len(ports) {
		tb.Errorf("%d interfaces, %d of them cabled", len(ports), len(used))
	}
	checkSorted(tb, "racks", topo.Racks, func(x generate.Rack) string { return x.ID })
	checkSorted(tb, "devices", topo.Devices, func(x generate.Device) string { return x.ID })
	checkSorted(tb, "interfaces", topo.Interfaces, func(x generate.Interface) string { return x.ID })
	checkSorted(tb, "cables", topo.Cables, func(x generate.Cable) string { return x.ID })
	checkSorted(tb, "device types", topo.DeviceTypes, func(x generate.DeviceType) string { return x.Slug })
	checkSorted(tb, "roles", topo.Roles, func(x generate.Role) string { return x.Slug })
}

func checkSorted[T any](tb testing.TB, what string, list []T, key func(T) string) {
	tb.Helper()
	for i := 1; i < len(list); i++ {
		if key(list[i-1]) >= key(list[i]) {
			tb.Errorf("the %s are not sorted: %s before %s", what, key(list[i-1]), key(list[i]))
			return
		}
	}
}
