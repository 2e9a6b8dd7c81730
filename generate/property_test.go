package generate_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/diet-project/diet/generate"
)

// randomPlan makes a plan of a few switch and node classes that generates:
// counts are auto, so that there is always room.
type randomPlan struct {
	rng     *rand.Rand
	classes []randomClass
	spread  map[string]string // by switch class
}

type randomClass struct {
	name  string
	count int
	ports int
	to    []string // switch class of each link
	skip  []int
}

func newRandomPlan(seed uint64) *randomPlan {
	p := &randomPlan{rng: rand.New(rand.NewPCG(seed, 7)), spread: map[string]string{}}
	for i := range 3 {
		p.spread[fmt.Sprintf("s%d", i)] = []string{"pack", "balance", "alternate", "rail"}[p.rng.IntN(4)]
	}
	for i := range 1 + p.rng.IntN(4) {
		c := randomClass{name: fmt.Sprintf("n%d", i+1), count: 1 + p.rng.IntN(20), ports: 1 + p.rng.IntN(4)}
		for s := range 3 {
			if p.rng.IntN(2) == 0 {
				c.to = append(c.to, fmt.Sprintf("s%d", s))
			}
		}
		p.classes = append(p.classes, c)
	}
	return p
}

func (p *randomPlan) text() string {
	var b strings.Builder
	b.WriteString("apiVersion: diet/v1alpha1\nkind: Plan\nmetadata: {name: rnd}\nspec:\n  site: s\n" +
		"  fabrics:\n    f:\n      managed: false\n      switches:\n")
	for s := range 3 {
		fmt.Fprintf(&b, "        s%d: {role: leaf, type: t, mgmt: {port: M1, to: oob/in}, "+
			"zones: {in: {ports: 1-9, breakout: 2x100}, up: {ports: 10-15, breakout: 1x400, uplinkTo: spine/down}}}\n", s)
	}
	b.WriteString("        spine: {role: spine, type: t, zones: {down: {ports: 1-32, breakout: 1x400}}}\n")
	b.WriteString("        oob: {role: oob, type: t, zones: {in: {ports: 1-12, breakout: 1x1}}}\n  nodes:\n")
	for _, c := range p.classes {
		fmt.Fprintf(&b, "    %s: {count: %d, skip: [%s], type: t, nics: {", c.name, c.count,
			strings.Trim(strings.Join(strings.Fields(fmt.Sprint(c.skip)), ", "), "[]"))
		for i := range c.to {
			fmt.Fprintf(&b, "e%d: {ports: ['p{0-%d}']}, ", i, c.ports-1)
		}
		b.WriteString("}, links: {")
		for i, s := range c.to {
			fmt.Fprintf(&b, "l%d: {from: e%d, to: f.%s/in, spread: %s}, ", i, i, s, p.spread[s])
		}
		b.WriteString("}}\n")
	}
	return b.String()
}

// change edits the plan in one of the ways that move nothing.
func (p *randomPlan) change() string {
	c := &p.classes[p.rng.IntN(len(p.classes))]
	switch p.rng.IntN(4) {
	case 0:
		c.count += 1 + p.rng.IntN(4)
		return "add to " + c.name
	case 1:
		c.skip = append(c.skip, 1+p.rng.IntN(c.count+len(c.skip)+1))
		slices.Sort(c.skip)
		c.skip = slices.Compact(c.skip)
		c.count--
		c.count = max(c.count, 0)
		return "retire one of " + c.name
	case 2:
		c.count = max(0, c.count-1-p.rng.IntN(5))
		return "lower " + c.name
	default:
		name := fmt.Sprintf("a%d", len(p.classes))
		p.classes = append(p.classes, randomClass{name: name, count: 1 + p.rng.IntN(6), ports: 1 + p.rng.IntN(3), to: []string{"s1"}})
		return "add the class " + name
	}
}

// TestRandomPlansAreStable edits random plans step by step: no node's cable
// ever moves, and uplinks only when their spines' number changes.
func TestRandomPlansAreStable(t *testing.T) {
	t.Parallel()
	for seed := range uint64(150) {
		p := newRandomPlan(seed)
		before := MustGenerate(t, MustLoad(t, p.text()), nil)
		checkSound(t, before)
		for range 6 {
			what := p.change()
			plan := MustLoad(t, p.text())
			prior := priorOf(before)
			after := MustGenerate(t, plan, prior)
			checkSound(t, after)
			checkSpreads(t, p, after)
			spines := switchCounts(before)["f.spine"] == switchCounts(after)["f.spine"]
			for _, c := range after.Cables {
				was, ok := prior[c.ID]
				if !ok || was == (generate.Ends{A: c.A, B: c.B}) {
					continue
				}
				if spines || !strings.Contains(c.ID, "/up#") {
					t.Fatalf("seed %d, %s: %s moved from %v to %s, %s\n%s", seed, what, c.ID, was, c.A, c.B, p.text())
				}
			}
			if n := moved(priorOf(after), MustGenerate(t, plan, priorOf(after))); n != 0 {
				t.Fatalf("seed %d, %s: the second generation moved %d", seed, what, n)
			}
			before = after
		}
	}
}

// checkSpreads checks what a spread promises, prior or not: one switch for the
// ports of a packed or balanced link, the members of a group in turn.
func checkSpreads(t *testing.T, p *randomPlan, topo *generate.Topology) {
	t.Helper()
	ordinal, device, group := map[string]int{}, map[string]string{}, map[string]int{}
	for _, d := range topo.Devices {
		ordinal[d.ID], group[d.ID] = d.Ordinal, d.Group
	}
	for _, i := range topo.Interfaces {
		device[i.ID] = i.Device
	}
	seen := map[string]string{}
	for _, c := range topo.Cables {
		node, rest, _ := strings.Cut(strings.TrimPrefix(c.ID, "rnd/"), "/")
		to := device[c.B]
		class, _, _ := strings.Cut(strings.TrimPrefix(to, "rnd/f."), "[")
		nic, port, isNode := strings.Cut(rest, ".p")
		if !isNode {
			continue
		}
		key := node + nic
		switch p.spread[class] {
		case "pack", "balance":
			if was, ok := seen[key]; ok && was != to {
				t.Fatalf("%s is on %s, another of its ports on %s", c.ID, to, was)
			}
			seen[key] = to
		case "alternate":
			g := fmt.Sprint(class, group[to])
			if was, ok := seen[key]; ok && was != g {
				t.Fatalf("%s is in group %s, another of its ports in %s", c.ID, g, was)
			}
			seen[key] = g
			if k := int(port[0] - '0'); (ordinal[to]-1)%2 != k%2 {
				t.Fatalf("port %d of %s is on %s", k, key, to)
			}
		}
	}
}

// shuffle turns every mapping of a document around at random.
func shuffle(n *yaml.Node, rng *rand.Rand) {
	for _, c := range n.Content {
		shuffle(c, rng)
	}
	if n.Kind != yaml.MappingNode {
		return
	}
	rng.Shuffle(len(n.Content)/2, func(i, j int) {
		n.Content[2*i], n.Content[2*j] = n.Content[2*j], n.Content[2*i]
		n.Content[2*i+1], n.Content[2*j+1] = n.Content[2*j+1], n.Content[2*i+1]
	})
}

func TestKeyOrderMeansNothing(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(planDir, "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			want := MustGenerate(t, MustLoadFile(t, file), nil)
			text := readPlan(t, strings.TrimSuffix(filepath.Base(file), ".yaml"))
			rng := rand.New(rand.NewPCG(3, 4))
			for range 3 {
				var doc yaml.Node
				if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
					t.Fatal(err)
				}
				shuffle(&doc, rng)
				out, err := yaml.Marshal(&doc)
				if err != nil {
					t.Fatal(err)
				}
				got := MustGenerate(t, MustLoad(t, string(out)), nil)
				got.Plan = want.Plan
				if !reflect.DeepEqual(got, want) {
					t.Fatal("the topology depends on the order of the keys")
				}
			}
		})
	}
}

func TestMoved(t *testing.T) {
	t.Parallel()
	text := readPlan(t, gpu)
	before := MustGenerate(t, MustLoad(t, text), nil)
	for name, tc := range map[string]struct {
		edits    []string
		from, to string // one object before and now
	}{
		"node class": {
			[]string{"    gpu:\n", "    trainer:\n", "  nodes:\n", "  moved: [{from: gpu, to: trainer}]\n  nodes:\n"},
			"gpu128/gpu[42]/be3.port0~", "gpu128/trainer[42]/be3.port0~",
		},
		"switch class": {
			[]string{
				"        access:\n", "        edge:\n",
				"to: oob.access/copper}\n          zones:\n            server: {ports: 1-32",
				"to: oob.edge/copper}\n          zones:\n            server: {ports: 1-32",
				"  nodes:\n", "  moved: [{from: oob.access, to: gpu128/oob.edge}]\n  nodes:\n",
			},
			"gpu128/oob.access[3]/uplink#1~", "gpu128/oob.edge[3]/uplink#1~",
		},
		"fabric": {
			[]string{
				"    backend:  ", "    be:  ", "to: backend.leaf", "to: be.leaf",
				"  nodes:\n", "  moved: [{from: backend, to: be}]\n  nodes:\n",
			},
			"gpu128/backend.leaf[7]/uplink#18~", "gpu128/be.leaf[7]/uplink#18~",
		},
		"rack pool": {
			[]string{"    compute: {", "    hall: {", "  nodes:\n", "  moved: [{from: 'rack:compute', to: 'rack:hall'}]\n  nodes:\n"},
			"gpu128/rack:compute[3]", "gpu128/rack:hall[3]",
		},
		"NIC": {
			[]string{
				"        fe:        {module", "        front:        {module",
				"frontend: {from: fe,           to", "frontend: {from: front,           to",
				"  nodes:\n", "  moved: [{from: gpu/fe, to: gpu/front}]\n  nodes:\n",
			},
			"gpu128/gpu[9]/fe.p1", "gpu128/gpu[9]/front.p1",
		},
		"chain": {
			[]string{"    gpu:\n", "    trainer:\n", "  nodes:\n", "  moved: [{from: gpu, to: server}, {from: server, to: trainer}]\n  nodes:\n"},
			"gpu128/gpu[42]", "gpu128/trainer[42]",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			edited := edit(t, text, tc.edits...)
			switch name {
			case "switch class":
				edited = strings.ReplaceAll(edited, "oob.access/", "oob.edge/")
			case "rack pool":
				edited = strings.ReplaceAll(edited, "pool: compute", "pool: hall")
			}
			after := MustGenerate(t, MustLoad(t, edited), priorOf(before))
			checkSound(t, after)
			if !slices.Contains(after.Moved, generate.Move{From: tc.from, To: tc.to}) {
				t.Errorf("%s is not said to be %s; %d moves", tc.to, tc.from, len(after.Moved))
			}
			old := map[string]string{}
			for _, m := range after.Moved {
				old[m.To] = m.From
			}
			if n := movedSince(before, after, old); n != 0 {
				t.Errorf("%d cables moved", n)
			}
		})
	}
}

// movedSince counts the cables whose ends differ once renamed ids are taken for the same.
func movedSince(before, after *generate.Topology, old map[string]string) int {
	was := func(id string) string {
		if o, ok := old[id]; ok {
			return o
		}
		return id
	}
	prior, n := priorOf(before), 0
	for _, c := range after.Cables {
		if e, ok := prior[was(c.ID)]; !ok || e.A != was(c.A) || e.B != was(c.B) {
			n++
		}
	}
	return n
}
