package policy

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/diet-project/diet/engine/change"
)

// TestLean puts in its place what is known when the policies are loaded, and nothing else.
func TestLean(t *testing.T) {
	t.Parallel()
	s := &source{data: map[string]any{"waivers": map[string]any{}, "settings": map[string]any{"floor": 3}}, modules: map[string]*ast.Module{}}
	for name, text := range map[string]string{
		"a": `package diet.a

# METADATA
# title: x
# custom:
#   id: A1
#   decision: ask
guards contains object.union(rego.metadata.rule().custom, {"message": input.object}) if {
	input.class == "drift"
	not input.kind in _kinds
}

_kinds := {"rack", "site"}

guards contains "second" if {
	input.class == "planned"
	_narrow
}

_narrow if input.field == "name"

_off if count(data.waivers) > 0

off if _off

off if data.settings.ceiling[input.kind]

on if {
	not _off
	input.have > data.settings.floor
}

failing if {
	to_number(input.name) > 1
	data.settings.ceiling
}`,
		"main": `package diet.main

all contains guard if {
	some noun
	some guard in data.diet[noun].guards
}

else_if := 1 if {
	data.settings.ceiling == input.have
} else := 2 if {
	input.kind
} else := 3 if data.settings.ceiling`,
	} {
		module, err := ast.ParseModuleWithOpts(name, text, ast.ParserOptions{ProcessAnnotation: true})
		if err != nil {
			t.Fatal(err)
		}
		s.modules[name] = module
	}
	c, err := compile(s)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string][]string{
		"data.diet.main.all": {
			`all contains {"decision": "ask", "id": "A1", "message": x} if { input.class = "drift"; x = input.kind; ` +
				`not internal.member_2(x, {"rack", "site"}); x = input.object }`,
			`all contains "second" if { input.class = "planned"; data.diet.a._narrow }`,
		},
		"data.diet.a.off":        {`off = true if { data.diet.a._off }`},
		"data.diet.a.on":         {`on = true if { x = input.have; gt(x, 3) }`},
		"data.diet.main.else_if": {`else_if = 2 if { input.kind }`},
		"data.diet.a.failing":    {`failing = true if { x = input.name; to_number(x, x); gt(x, 1); data.settings.ceiling }`},
	} {
		var got []string
		for _, r := range c.GetRulesExact(ast.MustParseRef(path)) {
			text := strings.ReplaceAll(r.String(), ":=", "=")
			lines := strings.Split(text, "\n")
			got = append(got, unnamed(lines[len(lines)-1]))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s:\ngot  %s\nwant %s", path, strings.Join(got, "\n     "), strings.Join(want, "\n     "))
		}
	}
	if len(c.Modules["a"].Rules) != len(s.modules["a"].Rules) {
		t.Error("the modules changed")
	}
}

// unnamed calls every variable of the compiler's x.
func unnamed(text string) string {
	words := strings.FieldsFunc(text, func(r rune) bool { return !(r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z') })
	for _, w := range words {
		if strings.HasPrefix(w, "__") {
			text = strings.ReplaceAll(text, w, "x")
		}
	}
	return text
}

// TestLeanVerdicts decides random inputs by the rules as they are evaluated and as they were
// written, with settings, with a team's rules, with waivers, and with rules that evaluate
// something with other data.
func TestLeanVerdicts(t *testing.T) {
	t.Parallel()
	folder := func(files map[string]string) string {
		dir := t.TempDir()
		for name, text := range files {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return dir
	}
	settings := folder(map[string]string{"settings.yaml": "settings: {production: [prod, live], flaps: 3, " +
		"remediation: {users: {alice: auto}, fields: {device: {name: alert, '*': auto}}}}"})
	others := folder(map[string]string{"other.rego": `# METADATA
# title: x
package team.other

import data.diet.drift

# METADATA
# title: x
# custom: {id: T001, severity: low, decision: deny}
guards contains object.union(rego.metadata.rule().custom, {"message": "with"}) if {
	some found in drift.guards with data.settings.production as ["lab"]
	found.id == "DRF101"
}
`})
	for name, cfg := range map[string]Config{
		"shipped":         {},
		"settings":        {Dirs: []string{settings}},
		"team":            {Dirs: []string{"../../testdata/policy/example-team"}},
		"waivers":         {Waivers: map[string]string{"DRF101": "lab"}},
		"with other data": {Dirs: []string{others}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lean, err := New(t.Context(), cfg)
			if err != nil {
				t.Fatal(err)
			}
			written := asWritten(t.Context(), t, cfg)
			random := rand.New(rand.NewPCG(11, uint64(len(name))))
			var inputs []Input
			for range 400 {
				inputs = append(inputs, strange(random, randomInput(random)))
			}
			got, err := lean.Decide(t.Context(), inputs)
			if err != nil {
				t.Fatal(err)
			}
			want, err := written.Decide(t.Context(), inputs)
			if err != nil {
				t.Fatal(err)
			}
			rules := map[string]int{}
			for i := range inputs {
				rules[want[i].Rule]++
				if !reflect.DeepEqual(got[i], want[i]) {
					t.Fatalf("input %+v:\ngot  %+v\nwant %+v", inputs[i], got[i], want[i])
				}
			}
			if len(rules) < 15 {
				t.Errorf("only the rules %v decided", slices.Sorted(maps.Keys(rules)))
			}
		})
	}
}

// asWritten is an engine whose rules are compiled and nothing more.
func asWritten(ctx context.Context, t *testing.T, cfg Config) *Engine {
	t.Helper()
	src, err := load(cfg)
	if err != nil {
		t.Fatal(err)
	}
	p, err := build(ctx, src, cfg)
	if err != nil {
		t.Fatal(err)
	}
	ready, c := p.ready(), src.compiler()
	if c.Compile(src.modules); c.Failed() {
		t.Fatal(c.Errors)
	}
	ready.compiler, ready.reads = c, newReader(c)
	if err := ready.prepare(ctx); err != nil {
		t.Fatal(err)
	}
	return &Engine{program: p, timeout: 1 << 40, runTimeout: 1 << 50}
}

func pick[T any](random *rand.Rand, from ...T) T { return from[random.IntN(len(from))] }

// randomInput is an input in which each key is what it can be, or missing.
func randomInput(random *rand.Rand) Input {
	value := func() any { return pick[any](random, nil, "x", "y<é>", 3, true, []any{"a"}, map[string]any{"k": "v"}) }
	in := Input{
		Kind: pick(random, "device", "cable", "rack", "run"), Object: "web/web[1]", Name: "web-1",
		Class: pick(random, "absent", "changed", "in_sync", "released", "native", "missing", "orphaned", "exists", "blocked", "identity",
			"shared", "finding", "unmanaged", "planned", "new", "conflict", "agreed", "converged", "relinquished",
			"drift", "drift", "drift", "conflict", "orphaned", "run", change.Class("bogus")),
		Action: pick(random, change.Create, change.Update, change.Delete), Field: pick(random, "", "name", "description", "site", "role"),
		Want: value(), Base: value(), Have: value(), Template: random.IntN(8) == 0, Protected: random.IntN(8) == 0,
		Retyped: random.IntN(8) == 0, Proposed: random.IntN(8) == 0, Taken: pick(random, "", "", "place", "port", "id"),
		DeletionPolicy: pick(random, "", "", "warn", "delete", "orphan"), Now: "2026-11-24T10:00:00Z",
		Plan: &Plan{
			Key: "web", Site: "ams", Labels: map[string]string{"environment": pick(random, "production", "live", "lab")},
			Reconcile: map[string]any{
				"deletionPolicy": pick(random, "warn", "delete", "orphan"), "approveDeletionsAbove": 10,
				"remediation": map[string]any{
					"default": pick(random, "auto", "alert", "preserve", "bogus"),
					"fields":  map[string]string{pick(random, "name", "serial"): pick(random, "auto", "preserve")},
				},
				"protect": []string{"web/core[*]"},
			},
		},
		Run: &Totals{Deletions: random.IntN(30), Counts: change.Counts{"device": {change.Delete: random.IntN(30)}}},
	}
	randomRest(random, &in)
	return in
}

func randomRest(random *rand.Rand, in *Input) {
	if random.IntN(3) > 0 {
		in.Blame = &change.Blame{
			Actor: pick(random, "person", "system", "diet", "unknown"), User: pick(random, "", "alice", "bob"),
			Time: pick(random, "", "2026-11-20T08:00:00Z"),
		}
	}
	if random.IntN(4) == 0 {
		in.Flap = &change.Flap{Times: random.IntN(5), Since: "2026-11-20T08:00:00Z", Writers: []string{"alice", "diet"}}
	}
	if random.IntN(3) == 0 {
		in.References = []change.Reference{{Kind: "ip_address", ID: 7, Name: "10.0.0.1/32"}}
		in.Edited = []change.Reference{{Kind: "comments", Name: "comments"}}
		in.Cascade = map[string]int{"interface": 3}
		in.Differs = []string{"diet_plan_id"}
		in.Other = &change.Other{Kind: "device", ID: 4, Name: "web-1", Object: "web/web[1]", Plan: pick(random, "web", "db")}
	}
	if random.IntN(3) == 0 {
		in.Resolution = &Resolution{
			Answer: pick(random, "approve", "use_diet", "use_user", "skip", "adopt", "orphan", "force_delete", "bogus"),
			Who:    "bob", Expires: pick(random, "", "2026-11-20T08:00:00Z", "2027-01-01T00:00:00Z"),
		}
	}
	if random.IntN(4) == 0 {
		in.Waived = map[string]string{pick(random, "DRF101", "DEL101", "FLD101"): fmt.Sprint("because ", random.IntN(2))}
	}
}
