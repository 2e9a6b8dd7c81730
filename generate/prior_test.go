package generate_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/generate"
)

// TestOnlyTheBrokenMove changes plans so that some assignments no longer hold:
// those are placed anew, and no other cable moves.
func TestOnlyTheBrokenMove(t *testing.T) {
	t.Parallel()
	mesh := "apiVersion: diet/v1alpha1\nkind: Plan\nmetadata: {name: m}\nspec:\n  site: s\n" +
		"  fabrics: {f: {switches: {leaf: {role: leaf, type: t, count: 2, zones: {m: {ports: 1-4, breakout: 1x100, mesh: true}}}}}}\n"
	for name, tc := range map[string]struct {
		text   string
		edits  []string
		broken func(id string, was generate.Ends) bool
		least  int // how many must be placed anew
	}{
		"a rail leaf retired": {
			text: readPlan(t, gpu), edits: []string{
				"railsPerLeaf: 1 ", "skip: [3]\n          railsPerLeaf: 1 ", "compute: {count: 16", "compute: {count: 17",
			},
			broken: func(_ string, was generate.Ends) bool { return strings.Contains(was.B, "backend.leaf[3]/") },
			least:  64,
		},
		"a spine retired": {
			text: readPlan(t, gpu), edits: []string{
				"type: celestica-ds5000\n          rack: {pool: network, per: 2, fromU: 1}",
				"type: celestica-ds5000\n          skip: [5]\n          rack: {pool: network, per: 2, fromU: 1}",
				"network: {count: 4", "network: {count: 5",
			},
			broken: func(_ string, was generate.Ends) bool { return strings.Contains(was.B, "backend.spine[5]/") },
			least:  64,
		},
		"an access switch retired": {
			text: readPlan(t, gpu), edits: []string{
				"role: oob\n          type: celestica-ds1000", "role: oob\n          skip: [2]\n          type: celestica-ds1000",
			},
			broken: func(_ string, was generate.Ends) bool { return strings.Contains(was.B, "oob.access[2]/") },
			least:  48,
		},
		"a port taken out of a zone": {
			text: readPlan(t, web), edits: []string{"zones: {copper: {ports: 1-48}}", "zones: {copper: {ports: '1-4,6-48'}}"},
			broken: func(_ string, was generate.Ends) bool {
				return strings.Contains(was.B, "oob.tor") && strings.HasSuffix(was.B, "/5")
			},
			least: 4,
		},
		"a mesh grows": {
			text: mesh, edits: []string{"count: 2", "count: 3"},
			broken: func(string, generate.Ends) bool { return false },
		},
		"a pinned spine more": {
			text:  edit(t, readPlan(t, web), "ports: 49-52", "ports: 49-54", "peer:   {ports: 55-56, peer: true}", ""),
			edits: []string{"type: celestica-ds3000\n          count: 2", "type: celestica-ds3000\n          count: 3"},
			// Six uplinks a leaf, three on each of two: one of each three moves.
			broken: func(id string, _ generate.Ends) bool { return strings.Contains(id, "/uplink#") },
			least:  16,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := MustGenerate(t, MustLoad(t, tc.text), nil)
			prior := priorOf(before)
			after := MustGenerate(t, MustLoad(t, edit(t, tc.text, tc.edits...)), prior)
			checkSound(t, after)
			n := 0
			for _, c := range after.Cables {
				was, ok := prior[c.ID]
				if !ok || was == (generate.Ends{A: c.A, B: c.B}) {
					continue
				}
				if n++; !tc.broken(c.ID, was) {
					t.Errorf("%s moved from %v to %v", c.ID, was, c.B)
				}
			}
			if n != tc.least {
				t.Errorf("%d cables moved, want %d", n, tc.least)
			}
		})
	}
}

// TestRailsKeepTogether checks that a retired rail leaf is replaced by one leaf.
func TestRailsKeepTogether(t *testing.T) {
	t.Parallel()
	text := readPlan(t, gpu)
	prior := priorOf(MustGenerate(t, MustLoad(t, text), nil))
	edited := edit(t, text, "railsPerLeaf: 1 ", "skip: [3]\n          railsPerLeaf: 1 ", "compute: {count: 16", "compute: {count: 17")
	after := MustGenerate(t, MustLoad(t, edited), prior)
	rails := map[string]map[string]bool{}
	for _, c := range after.Cables {
		if _, nic, ok := strings.Cut(c.ID, "/be"); ok {
			leaf := c.B[:strings.LastIndex(c.B, "/")]
			if rails[leaf] == nil {
				rails[leaf] = map[string]bool{}
			}
			rails[leaf][nic] = true
		}
	}
	if len(rails) != 16 {
		t.Errorf("the rails are on %d leaves, want 16", len(rails))
	}
	for leaf, set := range rails {
		if len(set) != 1 {
			t.Errorf("%s has the rails %v", leaf, set)
		}
	}
}

// TestPriorIsNotTrusted gives priors that are wrong in every way: the topology
// is sound nevertheless.
func TestPriorIsNotTrusted(t *testing.T) {
	t.Parallel()
	for _, name := range []string{gpu, web, "training-xoc64-1xopg64-mesh-conv-ro", "ux-case-128gpu-odd-ports"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plan := MustLoad(t, readPlan(t, name))
			topo := MustGenerate(t, plan, nil)
			rng := rand.New(rand.NewPCG(5, 6))
			for _, share := range []int{2, 20} {
				prior := generate.Prior{"": {}, "x/y": {A: "a", B: "b"}}
				var ids []string
				for _, i := range topo.Interfaces {
					ids = append(ids, i.ID)
				}
				ids = append(ids, "", "/", plan.Info().Key+"/a[", "x[1]/1:1", plan.Info().Key+"/backend.leaf[99999999999]/1")
				for _, c := range topo.Cables {
					e := generate.Ends{A: c.A, B: c.B}
					if rng.IntN(share) == 0 {
						e.B = ids[rng.IntN(len(ids))]
					}
					if rng.IntN(share) == 0 {
						e.A = ids[rng.IntN(len(ids))]
					}
					prior[c.ID] = e
				}
				got, err := generate.Generate(plan, prior)
				if err != nil {
					t.Fatalf("a wrong prior refuses the plan:\n%.500v", err)
				}
				checkSound(t, got)
			}
		})
	}
}

// TestPriorGivesWay shrinks what a plan has room for below what its prior
// holds: the plan generates, and keeps what it can.
func TestPriorGivesWay(t *testing.T) {
	t.Parallel()
	text := readPlan(t, gpu)
	prior := priorOf(MustGenerate(t, MustLoad(t, text), nil))
	// Half the servers, and racks for no more than four of the eight spines.
	small := edit(t, text, "count: 128", "count: 64", "per: 2, fromU: 1}", "per: 1, fromU: 1}")
	after := MustGenerate(t, MustLoad(t, small), prior)
	checkSound(t, after)
	if got := switchCounts(after); got["backend.spine"] != 4 || got["backend.leaf"] != 8 {
		t.Errorf("the switches are %v", got)
	}
	for _, c := range after.Cables {
		if was, ok := prior[c.ID]; ok && was.B != c.B && !strings.Contains(was.B, "backend.spine") {
			t.Errorf("%s moved from %s to %s", c.ID, was.B, c.B)
		}
	}
	// Eight leaves had 16 uplinks each on the four spines that go.
	if n := moved(prior, after); n != 8*16 {
		t.Errorf("%d cables moved, want %d", n, 8*16)
	}
}

func TestGenerateIsRepeatable(t *testing.T) {
	t.Parallel()
	plan := MustLoad(t, readPlan(t, gpu))
	first := MustGenerate(t, plan, nil)
	second := MustGenerate(t, plan, priorOf(first))
	same := slices.EqualFunc(first.Cables, second.Cables, func(a, b generate.Cable) bool { return a.ID == b.ID && a.A == b.A && a.B == b.B })
	if !same || digest(first) != digest(second) {
		t.Error("a topology is another with itself as the prior")
	}
}
