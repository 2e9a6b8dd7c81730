package generate_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/diet-project/diet/generate"
)

// laned is a plan with lanes everywhere, at random: makers with names of their own, patterns,
// LAGs, and breakouts that are one cable or one a lane.
type laned struct {
	r                              *rand.Rand
	maker, pattern, port           string
	down, up                       string
	spines, count, group           int
	skip                           []int
	lags, parents, profiles, named bool
}

func newLaned(seed uint64) *laned {
	r := rand.New(rand.NewPCG(seed, 11))
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	x := &laned{
		r: r, maker: pick("arista", "cisco", "juniper", "dell", "huawei", "h3c", "nvidia"),
		port: pick("Ethernet", "et-0/0/", "swp", "Eth1/", "E1/"), pattern: pick("", "", "{name}:{lane-1}", "{name}s{lane}", "{name}/{lane:02}"),
		down: pick("1x400", "2x200", "4x100", "8x50", "3x100"), up: pick("1x400", "2x200", "4x100"),
		spines: 1 + r.IntN(3), count: 1 + r.IntN(30), group: 2,
	}
	x.lags, x.parents, x.profiles, x.named = r.IntN(2) == 0, r.IntN(2) == 0, r.IntN(3) > 0, r.IntN(2) == 0 || x.port != "E1/"
	return x
}

// change grows the plan or retires a node.
func (x *laned) change() {
	if x.r.IntN(2) == 0 {
		x.count += 1 + x.r.IntN(5)
		return
	}
	x.skip = append(x.skip, 1+len(x.skip)*3)
}

func (x *laned) text() string {
	body := fmt.Sprintf(`manufacturer: %s, model: SW, ports: {"%s{1-64}": 400gbase-x-osfp}`, x.maker, x.port)
	if x.pattern != "" {
		body += fmt.Sprintf(`, breakout: %q`, x.pattern)
	}
	list := func(from, to int) string {
		if x.named {
			return fmt.Sprintf("%s{%d-%d}", x.port, from, to)
		}
		return fmt.Sprintf("%d-%d", from, to)
	}
	skip := strings.Join(strings.Fields(fmt.Sprint(x.skip)), ", ")
	return fmt.Sprintf(`apiVersion: diet/v1alpha1
kind: Plan
metadata: {name: p}
spec:
  site: s
  interfaces: {lags: %t, parents: %t, profiles: %t}
  catalog: {deviceTypes: {sw: {%s}}}
  fabrics:
    f:
      managed: false
      switches:
        leaf: {role: leaf, type: sw, group: 2, zones: {down: {ports: %q, breakout: %s}, up: {ports: %q, breakout: %s, uplinkTo: spine/in}}}
        spine: {role: spine, type: sw, count: %d, zones: {in: {ports: %q, breakout: %s}}}
  nodes:
    n:
      count: %d
      skip: %s
      type: box
      nics: {x: {ports: [p0, p1]}}
      links: {l: {from: x, to: f.leaf/down, spread: alternate, lag: mclag}}
`, x.lags, x.parents, x.profiles, body, list(1, 40), x.down, list(41, 44), x.up, x.spines, list(1, 64), x.up, x.count, skip)
}

// TestLanes holds for random plans with lanes: names are unique on a device and fit into
// NetBox; each cable of a lane is in NetBox once, by itself or as a plug; no port has two
// plugs; and nothing moves when a plan grows, loses nodes, or is generated again.
func TestLanes(t *testing.T) {
	t.Parallel()
	joined, single := 0, 0
	for seed := range uint64(60) {
		x := newLaned(seed)
		plan := MustLoad(t, x.text())
		before := MustGenerate(t, plan, nil)
		checkLaned(t, seed, before)
		joined, single = joined+len(before.Breakouts), single+len(before.Cables)
		if again := MustGenerate(t, plan, remembered(before)); !reflect.DeepEqual(cablesOf(before), cablesOf(again)) {
			t.Fatalf("seed %d: generated again it is another\n%s", seed, x.text())
		}
		for range 3 {
			x.change()
			after := MustGenerate(t, MustLoad(t, x.text()), remembered(before))
			checkLaned(t, seed, after)
			where := map[string]string{}
			for _, c := range before.Cables {
				where[c.A] = c.B
			}
			spines := switchCounts(before)["f.leaf"] == switchCounts(after)["f.leaf"]
			for _, c := range after.Cables {
				if was := where[c.A]; was != "" && was != c.B && (spines || !strings.Contains(c.ID, "/up#")) {
					t.Fatalf("seed %d: %s moved from %s to %s\n%s", seed, c.A, was, c.B, x.text())
				}
			}
			before = after
		}
	}
	if joined == 0 || single == 0 {
		t.Errorf("%d breakouts and %d cables were tried", joined, single)
	}
}

func checkLaned(t *testing.T, seed uint64, topo *generate.Topology) {
	t.Helper()
	named := map[string]string{}
	for _, i := range topo.Interfaces {
		if other := named[i.Device+" "+i.Name]; other != "" {
			t.Fatalf("seed %d: %s and %s are both %s", seed, other, i.ID, i.Name)
		}
		if named[i.Device+" "+i.Name] = i.ID; i.Name == "" || utf8.RuneCountInString(i.Name) > 64 {
			t.Fatalf("seed %d: %s is named %q", seed, i.ID, i.Name)
		}
	}
	there, plugged := map[string]bool{}, map[string]string{}
	for _, id := range named {
		there[id] = true
	}
	once := map[string]int{}
	for _, b := range topo.Breakouts {
		for _, c := range b.Cables {
			once[c]++
		}
	}
	for _, line := range cablesOf(topo) {
		id, _, _ := strings.Cut(line, " ")
		once[id]++
		for _, word := range strings.Fields(line)[2:] {
			_, port, _ := strings.Cut(word, "=")
			if other := plugged[port]; other != "" || !there[port] {
				t.Fatalf("seed %d: %s is plugged into %s, as %s (there %v)", seed, id, port, other, there[port])
			}
			plugged[port] = id
		}
	}
	for _, c := range topo.Cables {
		if once[c.ID] != 1 {
			t.Fatalf("seed %d: the cable of a lane %s is there %d times", seed, c.ID, once[c.ID])
		}
	}
}
