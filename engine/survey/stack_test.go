package survey_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine/survey"
	"github.com/diet-project/diet/generate"
)

// stacks are three stacks of two switches of one type under two others, whose members have ports of other
// numbers, with four nodes on each; one cable is missing.
func stacks() *survey.Site {
	s := &survey.Site{Slug: "ams2", Name: "ams2", Types: []survey.Type{
		{Slug: "vc", Model: "VC", Maker: "cisco", Units: 1}, {Slug: "core", Model: "Core", Maker: "cisco", Units: 2},
		{Slug: "srv", Model: "Srv", Maker: "acme", Units: 1},
	}}
	id, ports := int64(0), map[string]survey.Port{}
	device := func(name, typ, role string, list ...string) {
		id++
		d := survey.Device{ID: id, Name: name, Type: typ, Role: role, Status: "active"}
		s.Devices = append(s.Devices, d)
		for _, port := range list {
			id++
			typ := "1000base-t"
			if strings.HasPrefix(port, "Te") {
				typ = "10gbase-x-sfpp"
			}
			ports[name+" "+port] = survey.Port{Kind: "interface", ID: id, Device: d.ID, Name: port, Type: typ}
			s.Ports = append(s.Ports, ports[name+" "+port])
		}
	}
	cable := func(from, to string) {
		id++
		a, b := ports[from], ports[to]
		s.Cables = append(s.Cables, survey.Cable{
			ID: id, AKind: a.Kind, A: a.ID, AName: a.Name, ADevice: a.Device, BKind: b.Kind, B: b.ID, BName: b.Name, BDevice: b.Device,
		})
	}
	run := func(format string, n int) (out []string) {
		for i := range n {
			out = append(out, fmt.Sprintf(format, i+1))
		}
		return out
	}
	for _, port := range append(run("Gi1/0/%d", 8), run("Te1/1/%d", 2)...) {
		s.Templates = append(s.Templates, survey.Template{Of: "vc", Kind: "interface_template", Name: port})
	}
	for i := range 2 {
		device(fmt.Sprintf("core%d", i+1), "core", "core-switch", run("Te1/%d", 8)...)
	}
	for i := range 6 {
		stack, member := i/2+1, i%2+1
		name := fmt.Sprintf("acc%d-%d", stack, member)
		device(name, "vc", "access-switch", append(run(fmt.Sprintf("Gi%d/0/%%d", member), 8), run(fmt.Sprintf("Te%d/1/%%d", member), 2)...)...)
		for k := range 2 {
			cable(fmt.Sprintf("%s Te%d/1/%d", name, member, k+1), fmt.Sprintf("core%d Te1/%d", k+1, i+1))
		}
	}
	for i := range 12 {
		name, stack := fmt.Sprintf("host-%02d", i+1), i/4+1
		device(name, "srv", "server", "eno1", "eno2")
		cable(name+" eno1", fmt.Sprintf("acc%d-1 Gi1/0/%d", stack, i%4+1))
		if i != 6 {
			cable(name+" eno2", fmt.Sprintf("acc%d-2 Gi2/0/%d", stack, i%4+1))
		}
	}
	return s
}

// TestSketchStacks has switches of one type whose ports are called otherwise on each member of a stack: the
// plan has the cables that are there, wants no port that a member has not, and none but the missing cable.
func TestSketchStacks(t *testing.T) {
	t.Parallel()
	site := stacks()
	drawn, plan := sketched(t, site)
	if got := kept(t, plan, site, drawn.Entries); got != len(site.Cables) {
		t.Errorf("%d of %d cables are in the plan: %q\n%s", got, len(site.Cables), drawn.Notes, drawn.Plan)
	}
	if !slices.ContainsFunc(drawn.Notes, func(n string) bool { return strings.HasPrefix(n, "1 cable of the plan is not there") }) {
		t.Errorf("one cable is missing: %q", drawn.Notes)
	}
	if strings.Contains(drawn.Plan, "breakout") {
		t.Errorf("no port is broken out:\n%s", drawn.Plan)
	}
	object, have := map[string]int64{}, map[string]bool{}
	for _, x := range drawn.Entries {
		object[x.Object] = x.ID
	}
	for _, p := range site.Ports {
		have[fmt.Sprint(p.Device, p.Name)] = true
	}
	topo, err := generate.Generate(plan, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range topo.Interfaces {
		if !have[fmt.Sprint(object[p.Device], p.Name)] {
			t.Errorf("the plan wants %s on %s, which has no such port", p.Name, p.Device)
		}
	}
}

// TestSketchBeyond has ports that lead to a panel, or to another site: a plan takes them for taken, and it is told
// that those cables are left out.
func TestSketchBeyond(t *testing.T) {
	t.Parallel()
	site := stacks()
	taken := map[string]int64{"core1 Te1/7": 9001, "core2 Te1/8": 9001, "acc2-2 Gi2/0/3": 9002}
	called := map[int64]string{}
	for _, d := range site.Devices {
		called[d.ID] = d.Name
	}
	for i := range site.Ports {
		p := &site.Ports[i]
		p.Cable = taken[called[p.Device]+" "+p.Name]
	}
	drawn, plan := sketched(t, site)
	name := map[string]string{}
	for _, x := range drawn.Entries {
		name[x.Object] = x.Called
	}
	_, cables := stayed(t, plan, site, drawn.Entries)
	topo, err := generate.Generate(plan, nil)
	if err != nil {
		t.Fatal(err)
	}
	port := map[string]string{}
	for _, p := range topo.Interfaces {
		port[p.ID] = name[p.Device] + " " + p.Name
	}
	for _, c := range cables {
		if taken[port[c.A]]+taken[port[c.B]] > 0 {
			t.Errorf("the plan has a cable from %s to %s", port[c.A], port[c.B])
		}
	}
	if got := kept(t, plan, site, drawn.Entries); got != len(site.Cables) {
		t.Errorf("%d of %d cables are in the plan: %q\n%s", got, len(site.Cables), drawn.Notes, drawn.Plan)
	}
	if !slices.ContainsFunc(drawn.Notes, func(n string) bool { return strings.HasPrefix(n, "2 cables lead to patch panels") }) {
		t.Errorf("what leads elsewhere is not told: %q", drawn.Notes)
	}
}
