package policy_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/tester"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/policy"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/policies"
)

const example = "../../testdata/policy/example-team"

func read(tb testing.TB, name string) string {
	tb.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		tb.Fatal(err)
	}
	return string(text)
}

func TestExample(t *testing.T) {
	t.Parallel()
	e := open(t, policy.Config{Dirs: []string{example}})
	alice := &change.Blame{Actor: change.ActorPerson, User: "alice"}
	run := &policy.Totals{Counts: change.Counts{"device": {change.Delete: 21}}, Deletions: 0, Owned: map[string]int{"device": 1000}}
	for name, test := range map[string]struct {
		in   policy.Input
		want string
	}{
		"core cable":  {policy.Input{Kind: "cable", Class: change.Planned, Field: "b", Source: "backend.spine"}, "deny NET001"},
		"other cable": {policy.Input{Kind: "cable", Class: change.Planned, Field: "b", Source: "web"}, "apply FLD001"},
		"storage":     {policy.Input{Kind: "device", Class: change.Orphaned, Source: "storage"}, "ask NET002"},
		"description": {policy.Input{Kind: "device", Class: change.Drift, Field: "description", Blame: alice}, "remediate NET010"},
		"comments":    {policy.Input{Kind: "device", Class: change.Drift, Field: "comments"}, "preserve DRF001"},
		"budget":      {policy.Input{Kind: "run", Class: policy.ClassRun, Run: run, Now: "2026-11-24T10:00:00Z"}, "ask RUN102"},
		"late":        {policy.Input{Kind: "run", Class: policy.ClassRun, Run: run, Now: "2026-11-24T15:00:00Z"}, "deny RUN103"},
		"holidays":    {policy.Input{Kind: "run", Class: policy.ClassRun, Run: run, Now: "2026-12-22T10:00:00Z"}, "deny RUN104"},
	} {
		test.in.Plan = warn
		v := decide(t, e, test.in)[0]
		if got := string(v.Decision) + " " + v.Rule; got != test.want {
			t.Errorf("%s: got %s (%s), want %s", name, got, v.Message, test.want)
		}
	}
	v := decide(t, e, policy.Input{Kind: "cable", Class: change.Planned, Field: "b", Source: "backend.spine", Plan: warn})[0]
	if len(v.Links) != 1 || v.Links[0] != "https://wiki.example.com/network/core" {
		t.Errorf("links: %v", v.Links)
	}
}

// TestExampleTests runs the example's own tests, as `opa test` does.
func TestExampleTests(t *testing.T) {
	t.Parallel()
	modules := map[string]*ast.Module{}
	for _, name := range []string{"network.rego", "network_test.rego"} {
		module, err := ast.ParseModuleWithOpts(name, read(t, example+"/"+name), ast.ParserOptions{ProcessAnnotation: true})
		if err != nil {
			t.Fatal(err)
		}
		modules[name] = module
	}
	store := inmem.New()
	txn := storage.NewTransactionOrDie(t.Context(), store)
	defer store.Abort(t.Context(), txn)
	results, err := tester.NewRunner().SetStore(store).SetModules(modules).RunTests(t.Context(), txn)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for result := range results {
		n++
		if !result.Pass() {
			t.Errorf("%s: %s %v", result.Location, result.Name, result.Error)
		}
	}
	if n == 0 {
		t.Error("the example has no tests")
	}
}

// TestDocs holds docs/policies.md against the example, the rules and the words.
func TestDocs(t *testing.T) {
	t.Parallel()
	docs := read(t, "../../docs/policies.md")
	for _, name := range []string{"network.rego", "data.yaml"} {
		if !strings.Contains(docs, read(t, example+"/"+name)) {
			t.Errorf("docs/policies.md does not show %s as it is", name)
		}
	}
	text, err := policies.FS.ReadFile("schema/input/v1.json")
	if err != nil {
		t.Fatal(err)
	}
	var schema struct{ Properties map[string]any }
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	for key := range schema.Properties {
		if !strings.Contains(docs, "`"+key+"`") {
			t.Errorf("docs/policies.md does not tell of input.%s", key)
		}
	}
}

var update = flag.Bool("update", false, "write the table of the shipped rules into docs/policies.md")

// TestRuleTable holds the table of the shipped rules in docs/policies.md against the rules, or
// writes it.
func TestRuleTable(t *testing.T) {
	t.Parallel()
	const page, head = "../../docs/policies.md", "| id | kind | severity | rule |\n|---|---|---|---|\n"
	docs := read(t, page)
	before, rest, found := strings.Cut(docs, head)
	if !found {
		t.Fatalf("%s has no table %q", page, head)
	}
	var table, after strings.Builder
	for _, r := range open(t, policy.Config{}).Rules() {
		fmt.Fprintf(&table, "| %s | %s | %s | %s |\n", r.ID, r.Kind, r.Severity, r.Title)
	}
	for line := range strings.Lines(rest) {
		if after.Len() > 0 || !strings.HasPrefix(line, "| ") {
			after.WriteString(line)
		}
	}
	want := before + head + table.String() + after.String()
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
	} else if docs != want {
		t.Errorf("%s does not list the shipped rules as they are; run go generate ./engine/policy", page)
	}
}

// TestSchema holds the JSON of an Input against the schema of the policies' input.
func TestSchema(t *testing.T) {
	t.Parallel()
	schema, err := policies.FS.ReadFile("schema/input/v1.json")
	if err != nil {
		t.Fatal(err)
	}
	query, err := rego.New(
		rego.Query("json.match_schema(input.document, input.schema)"), rego.StrictBuiltinErrors(true),
	).PrepareForEval(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	match := func(in any) (bool, any) {
		text, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		rs, err := query.Eval(t.Context(), rego.EvalInput(map[string]any{"document": string(text), "schema": string(schema)}))
		if err != nil {
			t.Fatal(err)
		}
		result, _ := rs[0].Expressions[0].Value.([]any)
		return result[0] == true, result[1]
	}
	bare := policy.Input{Class: change.Planned, Now: "2026-11-29T12:00:00Z", Plan: &policy.Plan{Key: "k", Reconcile: generate.Reconcile{
		DeletionPolicy: "warn", Remediation: generate.Remediation{Default: "preserve"},
	}}}
	inputs := append(mix(100), full(), bare)
	for _, in := range inputs {
		if ok, why := match(in); !ok {
			t.Errorf("%+v does not fit the schema: %v", in, why)
		}
	}
	if ok, _ := match(map[string]any{"kind": "device"}); ok {
		t.Error("the schema takes an input without a class")
	}
	if ok, _ := match(policy.Input{Class: "bogus", Plan: warn}); ok {
		t.Error("the schema takes a class that is none")
	}
}

// full is an input with every key set.
func full() policy.Input {
	blame := &change.Blame{Actor: "person", User: "alice", Time: "2026-11-20T08:00:00Z", Message: "m"}
	reference := []change.Reference{{Kind: "custom_field", ID: 1, Name: "n", Value: 4.5, Blame: blame}}
	return policy.Input{
		Kind: "device", Object: "o", Name: "n", Class: change.Orphaned, Action: change.Delete, Field: "f",
		Want: "w", Base: int64(1), Have: nil, Source: "s", Blame: blame, References: reference, Edited: reference,
		Cascade: map[string]int{"cable": 1}, Protected: true, Template: true, With: "d", DeletionPolicy: "warn",
		Removed: &policy.Removed{Objects: map[string]int{"device": 1}, Cascade: map[string]int{"cable": 1}},
		Flap:    &change.Flap{Times: 2, Since: "2026-11-20T08:00:00Z", Writers: []string{"alice", "diet"}},
		Differs: []string{"name"}, Other: &change.Other{Kind: "device", ID: 1, Name: "n", Plan: "p", Object: "o", Blame: blame},
		Plan: &policy.Plan{Key: "k", Site: "ams2", Labels: map[string]string{"a": "b"}, Reconcile: generate.Reconcile{
			DeletionPolicy: "warn", ApproveDeletionsAbove: 10, Protect: []string{"x"}, Initial: []string{"status"},
			Remediation: generate.Remediation{Default: "auto", Fields: map[string]string{"name": "alert"}},
		}},
		Run: &policy.Totals{
			Counts: change.Counts{"device": {change.Delete: 1}}, Deletions: 1,
			Cascade: map[string]int{"cable": 1}, Owned: map[string]int{"device": 1},
		},
		Resolution: &policy.Resolution{Answer: "skip", Who: "w", When: "t", Why: "y", Expires: "2026-11-25T08:00:00Z"},
		Now:        "2026-11-24T10:00:00Z",
	}
}
