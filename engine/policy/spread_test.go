package policy

import (
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
)

// TestSpread takes what collects guards apart by package and class, and leaves nothing out: a
// package with a rule about any class, and one with data, are asked for each change.
func TestSpread(t *testing.T) {
	t.Parallel()
	s := &source{modules: map[string]*ast.Module{}, data: map[string]any{"team": map[string]any{"data": map[string]any{"guards": []any{}}}}}
	for name, text := range map[string]string{
		"main": `package diet.main
guards_of contains guard if {
	some team
	some guard in data.team[team].guards
	guard.id
}
other contains guard if {
	some team
	some guard in data.team[team].guards
	team != "x"
}`,
		"a": `package team.a
guards contains "a1" if input.class == "drift"
guards contains "a2" if input.class in {"exists", "blocked"}`,
		"b": `package team.b
guards contains "b1" if input.kind == "device"`,
		"c": `package team.c
defaults contains "c1" if input.class == "drift"`,
	} {
		s.modules[name] = ast.MustParseModule(text)
	}
	out := s.spread(s.modules["main"])
	var got []string
	for _, r := range out.Rules {
		got = append(got, strings.Join(strings.Fields(r.String()), " "))
	}
	want := []string{
		`guards_of contains guard if { equal(input.class, "blocked"); some guard in data.team.a.guards; guard.id }`,
		`guards_of contains guard if { equal(input.class, "drift"); some guard in data.team.a.guards; guard.id }`,
		`guards_of contains guard if { equal(input.class, "exists"); some guard in data.team.a.guards; guard.id }`,
		`guards_of contains guard if { some guard in data.team.b.guards; guard.id }`,
		`guards_of contains guard if { some guard in data.team.data.guards; guard.id }`,
		`other contains guard if { some team; some guard in data.team[team].guards; neq(team, "x") }`,
	}
	if len(s.modules["main"].Rules) != 2 {
		t.Error("the module itself changed")
	}
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			t.Fatalf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

// TestMainIsSpread holds that the shipped policies have the form that is taken apart.
func TestMainIsSpread(t *testing.T) {
	t.Parallel()
	e, err := New(t.Context(), Config{})
	if err != nil {
		t.Fatal(err)
	}
	n := map[string]int{}
	for _, r := range e.ready().compiler.GetRules(ast.MustParseRef("data.diet.main")) {
		n[r.Head.Name.String()]++
	}
	if n["_shipped_guards"] < 5 || n["_shipped_defaults"] < 5 {
		t.Errorf("rules %v", n)
	}
}
