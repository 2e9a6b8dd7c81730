package policy

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage/inmem"

	"github.com/diet-project/diet/engine/change"
)

// TestRandomTeams decides random inputs by the rules of random teams, in an engine and in
// OPA alone on the same modules. Each verdict, and each failure, is the same.
//
// DIET_TEAMS is how many teams, and DIET_TEAMS_SEED the first.
func TestRandomTeams(t *testing.T) {
	t.Parallel()
	number := func(name string, or int) int {
		if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
			return n
		}
		return or
	}
	teams, first := number("DIET_TEAMS", 6), number("DIET_TEAMS_SEED", 1)
	rules, refused, failures, mended := map[string]int{}, 0, 0, 0
	for seed := first; seed < first+teams; seed++ {
		random := rand.New(rand.NewPCG(uint64(seed), 29))
		dir, text := writeTeam(t, random)
		cfg := randomConfig(random, dir)
		e, err := New(t.Context(), cfg)
		if err != nil {
			if refused++; os.Getenv("DIET_TEAMS_REFUSED") != "" {
				t.Logf("seed %d: %v", seed, err)
			}
			continue
		}
		alone := newAlone(t.Context(), t, cfg, e)
		var inputs []Input
		for range 60 {
			in := strange(random, randomInput(random))
			e.Excuse(&in)
			inputs = append(inputs, in)
		}
		got, err := e.Decide(t.Context(), inputs)
		if err != nil {
			t.Fatal(err)
		}
		for i := range inputs {
			want := alone.decide(t.Context(), t, inputs[i])
			if rules[want.Rule]++; want.Rule == "MAIN003" {
				failures++
				want.Message, got[i].Message = "", ""
			}
			if strings.HasPrefix(want.Rule, "T") {
				mended++
			}
			if !reflect.DeepEqual(got[i], want) {
				document, err := json.Marshal(inputs[i])
				t.Errorf("DIET_TEAMS=1 DIET_TEAMS_SEED=%d %v\nconfig %+v\n%s\ninput %s\ngot  %+v\nwant %+v", seed, err, cfg, text, document, got[i],
					want)
				break
			}
		}
	}
	t.Logf("seeds %d to %d: %d teams refused, %d verdicts are failures, %d a team's, %d rules decided",
		first, first+teams-1, refused, failures, mended, len(rules))
	if refused > teams/2 || failures == 0 || mended == 0 {
		t.Error("the teams say too little")
	}
}

// alone is OPA without anything of an engine's.
type alone struct {
	engine *Engine
	query  rego.PreparedEvalQuery
}

func newAlone(ctx context.Context, t *testing.T, cfg Config, e *Engine) alone {
	t.Helper()
	src, err := load(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := src.parse(); err != nil {
		t.Fatal(err)
	}
	if _, err := inspect(src); err != nil { // it puts the ids of a team's rules into what they say
		t.Fatal(err)
	}
	src.data["waivers"] = waiverData(exceptionsOf(cfg))
	options := []func(*rego.Rego){rego.Query(entrypoint), rego.Store(inmem.NewFromObject(src.data)), rego.StrictBuiltinErrors(true)}
	for _, m := range src.modules {
		options = append(options, rego.ParsedModule(m))
	}
	query, err := rego.New(options...).PrepareForEval(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return alone{engine: e, query: query}
}

func (a alone) decide(ctx context.Context, t *testing.T, in Input) change.Verdict {
	t.Helper()
	text, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	value, err := ast.ValueFromReader(strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	rs, err := a.query.Eval(ctx, rego.EvalParsedInput(value))
	if err != nil {
		return failed("MAIN003", "%v", err)
	}
	if len(rs) == 0 {
		return failed("MAIN002", "%s is undefined", entrypoint)
	}
	said, err := ast.InterfaceToValue(rs[0].Expressions[0].Value)
	if err != nil {
		t.Fatal(err)
	}
	v := a.engine.verdict(ast.NewTerm(said))
	if in.Template && !in.goesAlong() && v.Decision == change.DecisionDelete {
		return failed(RuleTemplate, "rule %s would delete an interface of the device type's templates", v.Rule)
	}
	return v
}

// strange puts values into an input that no reader of it expects.
func strange(random *rand.Rand, in Input) Input {
	if random.IntN(6) == 0 {
		in.Now = pick(random, "", "yesterday")
	}
	if random.IntN(3) == 0 {
		in.Name = pick(random, "", "3", "1", "07", "a.b")
	}
	if random.IntN(4) == 0 {
		in.Have = pick[any](random, 1, 1.0, 2, json.Number("1.0"), json.Number("123456789012345678901234567890"), false, "name", []any{1, "a"},
			[]any{})
	}
	if random.IntN(5) == 0 {
		in.Plan = pick(random, nil, &Plan{}, &Plan{Key: "web", Reconcile: map[string]any{
			"deletionPolicy": pick[any](random, 3, nil, []any{"x"}), "protect": pick[any](random, "x", []any{"[", 5}),
			"remediation": pick[any](random, "auto", nil, map[string]any{"fields": 3}), "approveDeletionsAbove": pick[any](random, "x", nil, 1.5),
		}})
	}
	if random.IntN(6) == 0 && in.Resolution != nil {
		in.Resolution.Expires = "soon"
	}
	return in
}

func randomConfig(random *rand.Rand, dir string) Config {
	cfg := Config{Dirs: []string{dir}, RunTimeout: 1 << 50, Timeout: 1 << 40, idle: true}
	if random.IntN(3) == 0 {
		cfg.Waivers = map[string]string{pick(random, "DRF101", "DEL101", "DEL103"): "lab"}
	}
	if random.IntN(3) == 0 {
		cfg.Exceptions = []Exception{{
			Guard: pick(random, "T000", "T001", "DRF101"), Reason: "because", Kind: pick(random, "", "device"), Object: pick(random, "web/*",
				"web/web[1]"),
		}}
	}
	return cfg
}

// writeTeam writes the rules of a random team to a folder.
func writeTeam(t *testing.T, random *rand.Rand) (dir, text string) {
	t.Helper()
	g := &grammar{Rand: random}
	files := g.files()
	dir = t.TempDir()
	var all strings.Builder
	for name, text := range files {
		all.WriteString("\n== " + name + "\n" + text)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir, all.String()
}
