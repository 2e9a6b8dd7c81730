package generate_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/generate"
)

// lanes is a plan of servers on lanes of leaves, which have lanes to lanes of spines.
const lanes = `
apiVersion: diet/v1alpha1
kind: Plan
metadata: {name: p}
spec:
  site: s
  interfaces: {profiles: true%s}
  catalog: {deviceTypes: {sw: {manufacturer: m, model: SW, ports: {"E1/{1-16}": 400gbase-x-osfp}%s}}}
  fabrics:
    f:
      switches:
        leaf:
          role: leaf
          type: sw
          zones:
            down: {ports: 1-4, breakout: %s}
            up: {ports: 9-10, breakout: 2x200, uplinkTo: spine/down}
            peer: {ports: "13,14", breakout: 2x200, peer: true}
        spine: {role: spine, type: sw, count: %d, zones: {down: {ports: 1-8, breakout: 2x200}}}
  nodes:
    n: {count: %d, type: box, nics: {x: {ports: [p]}}, links: {l: {from: x, to: f.leaf/down%s}}}
`

func generated(t *testing.T, prior generate.Prior, release, text string, args ...any) *generate.Topology {
	t.Helper()
	plan, err := generate.Load("plan.yaml", fmt.Appendf(nil, text, args...))
	if err != nil {
		t.Fatal(err)
	}
	topo, err := generate.For(plan, prior, release)
	if err != nil {
		t.Fatal(err)
	}
	return topo
}

func cablesOf(topo *generate.Topology) []string {
	var out []string
	for i := range topo.Len() {
		o := topo.At(i)
		if o.Kind != "cable" {
			continue
		}
		line := fmt.Sprintf("%s %v a=%s", o.ID, o.Fields["profile"], o.Fields["a"].(generate.Ref).Object)
		for n := 1; n <= 8; n++ {
			name := strings.TrimSuffix(fmt.Sprint("b", n), "1")
			if ref, is := o.Fields[name].(generate.Ref); is {
				line += " " + name + "=" + ref.Object
			}
		}
		out = append(out, line)
	}
	return out
}

// TestBreakoutCables: a cable of all lanes of a port, one from port to port, and none where the
// lanes are crossed.
func TestBreakoutCables(t *testing.T) {
	t.Parallel()
	topo := generated(t, nil, "4.7.3", lanes, "", "", "4x100", 1, 6, "")
	got := cablesOf(topo)
	for _, want := range []string{
		"p/f.leaf[1]/1~ breakout-1c4p-4c1p a=p/f.leaf[1]/1 b=p/n[1]/x.p b2=p/n[2]/x.p b3=p/n[3]/x.p b4=p/n[4]/x.p",
		"p/f.leaf[1]/2~ breakout-1c4p-4c1p a=p/f.leaf[1]/2 b=p/n[5]/x.p b2=p/n[6]/x.p",
		"p/f.leaf[1]/9~ single-1c2p a=p/f.leaf[1]/9 b=p/f.spine[1]/1",
		"p/f.leaf[1]/10~ single-1c2p a=p/f.leaf[1]/10 b=p/f.spine[1]/2",
		"p/f.leaf[1]/13~ single-1c2p a=p/f.leaf[1]/13 b=p/f.leaf[2]/13",
	} {
		if !slices.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, strings.Join(got, "\n"))
		}
	}
	if len(got) != 2+4+2 || topo.Unsaid != nil {
		t.Errorf("%d cables, %q", len(got), topo.Unsaid)
	}
	crossed := generated(t, nil, "4.7.3", lanes, "", "", "4x100", 4, 6, "")
	if len(crossed.Unsaid) != 1 || !strings.Contains(crossed.Unsaid[0], "not the same ones of one port") {
		t.Errorf("%q", crossed.Unsaid)
	}
	if got := cablesOf(crossed); len(got) != 2+8+2 {
		t.Errorf("%v", got)
	}
}

// TestBreakoutReleases: what a release of NetBox has no profile for has a cable a lane.
func TestBreakoutReleases(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		release, breakout string
		joined            bool
	}{
		{"4.4.10", "4x100", false}, {"4.5.0", "4x100", true}, {"4.5.0-Docker-3.2", "4x100", true}, {"4.5.3", "2x200", false},
		{"4.5.4", "2x200", true}, {"v4.6.1", "8x50", false}, {"4.6.2", "8x50", true}, {"4.7.0-beta1", "8x50", true},
		{"5.0.0", "8x50", true}, {"", "8x50", true}, {"4.7.3", "3x100", false},
	} {
		topo := generated(t, nil, x.release, lanes, "", "", x.breakout, 1, 2, "")
		joined := slices.ContainsFunc(topo.Breakouts, func(b generate.Breakout) bool { return b.ID == "p/f.leaf[1]/1~" })
		if joined != x.joined || joined == (topo.Unsaid != nil) && x.release > "4.5" {
			t.Errorf("%s on %s: %v, %q", x.breakout, x.release, joined, topo.Unsaid)
		}
	}
}

// TestBreakoutPorts: the port is in use, whatever it is called, and no longer taken out of use.
func TestBreakoutPorts(t *testing.T) {
	t.Parallel()
	for _, more := range []string{"", ", parents: true"} {
		topo := generated(t, nil, "", lanes, more, "", "4x100", 1, 6, "")
		at := slices.IndexFunc(topo.Interfaces, func(i generate.Interface) bool { return i.ID == "p/f.leaf[1]/1" })
		if at < 0 {
			t.Fatal("there is no port")
		}
		if p := topo.Interfaces[at]; !p.Enabled || p.Disabled || p.Name != "E1/1" || p.Type != "400gbase-x-osfp" {
			t.Errorf("%+v", p)
		}
		if !slices.IsSortedFunc(topo.Interfaces, func(a, b generate.Interface) int { return strings.Compare(a.ID, b.ID) }) {
			t.Error("the interfaces are not sorted")
		}
	}
	text := strings.ReplaceAll(lanes, "type: sw", "type: made-up-eos-like")
	text = strings.Replace(text, "catalog: {", "catalog: {import: [types], ", 1)
	text = strings.Replace(text, "ports: 1-4", "ports: 1-2", 1)
	text = strings.Replace(text, "ports: 9-10", "ports: '3'", 1)
	text = strings.Replace(text, `ports: "13,14"`, `ports: '4'`, 1)
	text = strings.Replace(text, "ports: 1-8", "ports: 1-4", 1)
	plan := loadImporting(t, fmt.Appendf(nil, text, "", "", "4x100", 1, 3, ""))
	topo, err := generate.Generate(plan, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := cablesOf(topo)[0]; !strings.HasPrefix(got, "p/f.leaf[1]/1~ breakout-1c4p-4c1p a=p/f.leaf[1]/1:1 b=p/n[1]/x.p") {
		t.Error(got)
	}
}

// remembered is what NetBox would remember of a topology's cables.
func remembered(topo *generate.Topology) generate.Prior {
	prior := generate.Prior{}
	for i := range topo.Len() {
		o := topo.At(i)
		if o.Kind != "cable" {
			continue
		}
		a := o.Fields["a"].(generate.Ref).Object
		profile, joined := o.Fields["profile"].(string)
		for n := 1; n <= 8; n++ {
			ref, is := o.Fields[strings.TrimSuffix(fmt.Sprint("b", n), "1")].(generate.Ref)
			switch {
			case is && joined:
				prior.BrokenOut(profile, n, generate.Ends{A: a, B: ref.Object})
			case is:
				prior[o.ID] = generate.Ends{A: a, B: ref.Object}
			}
		}
	}
	return prior
}

// TestBreakoutsStay: no lane moves when a plan is generated again, grows, or loses a node, be
// its cables one a port or one a lane.
func TestBreakoutsStay(t *testing.T) {
	t.Parallel()
	for _, spines := range []int{1, 2, 3, 4} {
		for _, release := range []string{"4.7.3", "4.6.1", "4.4.10"} {
			first := generated(t, nil, release, lanes, "", "", "4x100", spines, 6, "")
			prior := remembered(first)
			again := generated(t, prior, release, lanes, "", "", "4x100", spines, 6, "")
			if !reflect.DeepEqual(first, again) {
				t.Errorf("%d spines on %s: another topology:\n%s\n%s", spines, release,
					strings.Join(cablesOf(first), "\n"), strings.Join(cablesOf(again), "\n"))
			}
			where := map[string]string{}
			for _, c := range first.Cables {
				where[c.A] = c.B
			}
			for _, more := range []*generate.Topology{
				generated(t, prior, release, lanes, "", "", "4x100", spines, 9, ""),
				generated(t, prior, "4.7.3", lanes, "", "", "4x100", spines, 6, ""),
				generated(t, prior, "4.4.10", lanes, "", "", "4x100", spines, 6, ""),
				generated(t, prior, release, strings.Replace(lanes, "type: box", "type: box, skip: [2]", 1), "", "", "4x100", spines, 6, ""),
			} {
				for _, c := range more.Cables {
					if was := where[c.A]; was != "" && was != c.B {
						t.Errorf("%d spines on %s: %s moved from %s to %s", spines, release, c.A, was, c.B)
					}
				}
			}
		}
	}
}
