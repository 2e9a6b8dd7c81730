package generate_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/generate"
)

// taker is another plan, which takes the class gpu of the small one over.
func taker(t *testing.T, moved string) *generate.Plan {
	t.Helper()
	return MustLoad(t, edit(t, small, "name: small", "name: other", "site: lab", "site: fra", "  nodes:", "  moved: "+moved+"\n  nodes:"))
}

// without is the small plan, which gave the class away under another key.
func without(t *testing.T) *generate.Plan {
	t.Helper()
	return MustLoad(t, edit(t, small, "    gpu:\n", "    kept:\n"))
}

// TestTaken takes over a class, a fabric and an object.
func TestTaken(t *testing.T) {
	t.Parallel()
	two := taker(t, "[{from: small/gpu, to: gpu}, {from: small/fe, to: fe}]")
	generate.Join([]*generate.Plan{without(t), two})
	takes := two.Takes()
	if len(takes) != 1 || takes[0] != (generate.Taking{Plan: "small", Named: true}) {
		t.Errorf("it takes from %+v", takes)
	}
	topo, err := generate.Generate(taker(t, "[{from: small/gpu, to: gpu}, {from: small/fe, to: fe}]"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if topo.Takes[0].Named {
		t.Error("the other plan is not at hand")
	}
	for _, want := range []generate.Move{{From: "small/gpu[1]", To: "other/gpu[1]"}, {From: "small/fe.leaf[1]", To: "other/fe.leaf[1]"}} {
		if !slices.Contains(topo.Moved, want) {
			t.Errorf("%v is not among %v", want, topo.Moved)
		}
	}
	for _, c := range topo.Cables {
		if !slices.Contains(topo.Moved, generate.Move{From: strings.Replace(c.ID, "other/", "small/", 1), To: c.ID}) {
			t.Errorf("the cable %s comes from nowhere", c.ID)
		}
	}
}

// TestTakenCables keeps the cables of what is taken over where they were.
func TestTakenCables(t *testing.T) {
	t.Parallel()
	was, err := generate.Generate(MustLoad(t, small), nil)
	if err != nil {
		t.Fatal(err)
	}
	prior := generate.Prior{}
	for _, c := range was.Cables {
		prior[c.ID] = generate.Ends{A: c.A, B: c.B}
	}
	first, last := was.Cables[0], was.Cables[len(was.Cables)-1]
	prior[first.ID], prior[last.ID] = generate.Ends{A: first.A, B: last.B}, generate.Ends{A: last.A, B: first.B}
	topo, err := generate.Generate(taker(t, "[{from: small/gpu, to: gpu}, {from: small/fe, to: fe}]"), prior)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range topo.Cables {
		was := prior[strings.Replace(c.ID, "other/", "small/", 1)]
		if c.B != strings.Replace(was.B, "small/", "other/", 1) {
			t.Errorf("%s ends at %s, and was at %s", c.ID, c.B, was.B)
		}
	}
}

// TestContested has two plans want one object.
func TestContested(t *testing.T) {
	t.Parallel()
	third := func(moved string) *generate.Plan {
		return MustLoad(t, edit(t, small, "name: small", "name: third", "site: lab", "site: sin", "  nodes:", "  moved: "+moved+"\n  nodes:"))
	}
	for name, tc := range map[string]struct {
		moved  string
		others []*generate.Plan
		path   string
		text   string
	}{
		"class": {
			"[{from: small/gpu, to: gpu}]", []*generate.Plan{MustLoad(t, small)},
			"moved[0].from", `"gpu" is still in plan small (plan.yaml)`,
		},
		"fabric": {
			"[{from: small/fe, to: fe}]", []*generate.Plan{MustLoad(t, small)}, "moved[0].from", `"fe" is still in plan small`,
		},
		"object": {
			"[{from: \"small/gpu[1]\", to: \"gpu[1]\"}]", []*generate.Plan{MustLoad(t, small)}, "moved[0].from", `"gpu[1]" is still in plan small`,
		},
		"another taker": {
			"[{from: small/gpu, to: gpu}]", []*generate.Plan{without(t), third("[{from: small/gpu, to: gpu}]")},
			"moved[0].from", `"gpu" is taken by spec.moved[0] of plan third (plan.yaml) too`,
		},
		"its own renaming": {
			"[{from: small/gpu, to: gpu}]",
			[]*generate.Plan{MustLoad(t, edit(t, small, "    gpu:\n", "    kept:\n", "  nodes:", "  moved: [{from: gpu, to: kept}]\n  nodes:"))},
			"moved[0].from", `"gpu" is taken by spec.moved[0] of plan small`,
		},
		"a part": {"[{from: small/gpu/fe, to: gpu}]", nil, "moved[0]", "different kinds of objects"},
		"a NIC":  {"[{from: gpu/fe, to: gpu}]", nil, "moved[0]", "different kinds of objects"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plan := taker(t, tc.moved)
			generate.Join(append([]*generate.Plan{plan}, tc.others...))
			list := generate.Check(plan).Findings
			wantFinding(t, list, tc.path, tc.text)
			if len(list) != 1 {
				t.Errorf("the findings are %v", list)
			}
		})
	}
	// A retired ordinal is nobody's.
	plan := taker(t, "[{from: \"small/gpu[9]\", to: \"gpu[1]\"}]")
	generate.Join([]*generate.Plan{plan, MustLoad(t, small)})
	if list := generate.Check(plan).Findings; len(list) != 0 {
		t.Errorf("the findings are %v", list)
	}
}
