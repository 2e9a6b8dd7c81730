package policy_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/open-policy-agent/opa/v1/rego"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/policy"
	"github.com/diet-project/diet/policies"
)

func open(tb testing.TB, cfg policy.Config) *policy.Engine {
	tb.Helper()
	e, err := policy.New(tb.Context(), cfg)
	if err != nil {
		tb.Fatal(err)
	}
	return e
}

func decide(tb testing.TB, e *policy.Engine, inputs ...policy.Input) []change.Verdict {
	tb.Helper()
	verdicts, err := e.Decide(tb.Context(), inputs)
	if err != nil {
		tb.Fatal(err)
	}
	if len(verdicts) != len(inputs) {
		tb.Fatalf("%d verdicts on %d inputs", len(verdicts), len(inputs))
	}
	return verdicts
}

var warn = &policy.Plan{Key: "web96", Reconcile: map[string]any{"deletionPolicy": "warn"}}

func TestDecide(t *testing.T) {
	t.Parallel()
	e := open(t, policy.Config{})
	verdicts := decide(t, e,
		policy.Input{
			Kind: "device", Object: "web96/web[17]", Class: change.Orphaned, Action: change.Delete, Plan: warn,
			References: []change.Reference{{Kind: "ip_address", ID: 4, Name: "10.1.2.3/32"}, {Kind: "ip_address", ID: 5, Name: "10.1.2.4/32"}},
		},
		policy.Input{Kind: "device", Class: change.Planned, Field: "name", Plan: warn},
		policy.Input{Kind: "device", Class: change.Drift, Field: "name", Want: "a", Have: int64(3), Plan: warn},
		policy.Input{Kind: "device", Class: "bogus", Field: "name", Plan: warn},
	)
	want := []change.Verdict{
		{
			Decision: "ask", Rule: "DEL101", Severity: "high", Recommended: "orphan",
			Message: "web96/web[17] has 2 IP addresses (10.1.2.3/32, 10.1.2.4/32) that diet did not create; deleting it would delete them",
		},
		{Decision: "apply", Rule: "FLD001", Severity: "info", Message: "the plan changed, and nobody edited the field in NetBox"},
		{
			Decision: "preserve", Rule: "DRF001", Severity: "low",
			Message: `NetBox has 3 instead of "a", set by somebody (NetBox's changelog does not say who)`,
		},
		{Decision: "ask", Rule: "MAIN001", Severity: "high", Message: "no rule decides this change"},
	}
	for i := range want {
		if !equal(t, verdicts[i], want[i]) {
			t.Errorf("input %d:\ngot  %+v\nwant %+v", i, verdicts[i], want[i])
		}
	}
}

func equal(tb testing.TB, a, b any) bool {
	tb.Helper()
	x, err := json.Marshal(a)
	if err != nil {
		tb.Fatal(err)
	}
	y, err := json.Marshal(b)
	if err != nil {
		tb.Fatal(err)
	}
	return string(x) == string(y)
}

// TestDecideAsStockOPA holds the engine, which hands over only what is read and
// decides equal inputs once, against plain OPA on the whole input as JSON.
func TestDecideAsStockOPA(t *testing.T) {
	t.Parallel()
	inputs := append(mix(300), variety()...)
	verdicts := decide(t, open(t, policy.Config{}), inputs...)
	query := stock(t, "data.diet.main.verdict")
	for i, in := range inputs {
		text, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		var whole map[string]any
		if err := json.Unmarshal(text, &whole); err != nil {
			t.Fatal(err)
		}
		rs, err := query.Eval(t.Context(), rego.EvalInput(whole))
		if err != nil {
			t.Fatal(err)
		}
		said, _ := rs[0].Expressions[0].Value.(map[string]any)
		got := verdicts[i]
		if string(got.Decision) != said["decision"] || got.Rule != said["id"] ||
			got.Message != said["message"] || got.Severity != said["severity"] {
			t.Errorf("input %s:\ngot   %+v\nstock %v", text, got, said)
		}
	}
}

// variety crosses every class with answers and with what may be missing.
func variety() []policy.Input {
	var out []policy.Input
	blame := &change.Blame{Actor: "person", User: "alice", Time: "2026-11-20T08:00:00Z"}
	for _, class := range []change.Class{
		change.Absent, change.Changed, change.Missing, change.Orphaned, change.Exists, change.Templated, change.Blocked,
		change.Identity, change.Finding, change.Unmanaged, change.Planned, change.Drift, change.Converged,
		change.Conflict, change.New, change.Agreed, change.Relinquished, policy.ClassRun, "bogus",
	} {
		for _, answer := range []string{"", "approve", "use_diet", "use_user", "orphan", "force_delete", "adopt"} {
			in := policy.Input{
				Kind: "device", Object: "web96/web[1]", Class: class, Field: "name", Plan: warn, Now: "2026-11-24T10:00:00Z",
				Want: int64(1), Have: 2.5, Blame: blame, Protected: len(out)%5 == 1, Template: len(out)%3 == 1,
				Other: &change.Other{Kind: "device", ID: 3, Name: "x"}, Run: &policy.Totals{Deletions: 11},
				Cascade: map[string]int{"cable": 1}, Removed: &policy.Removed{Objects: map[string]int{"device": 3}},
			}
			if answer != "" {
				in.Resolution = &policy.Resolution{Answer: answer, Who: "bob"}
			}
			out = append(out, in, policy.Input{Class: class, Plan: warn})
		}
	}
	return out
}

// stock prepares a query of the shipped policies as plain OPA does.
func stock(tb testing.TB, name string) rego.PreparedEvalQuery {
	tb.Helper()
	options := []func(*rego.Rego){rego.Query(name)}
	err := fs.WalkDir(policies.FS, "diet", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(policies.FS, name)
		options = append(options, rego.Module(name, string(text)))
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	query, err := rego.New(options...).PrepareForEval(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	return query
}

// TestDecideFailsClosed breaks a policy in every way that only shows when it runs.
func TestDecideFailsClosed(t *testing.T) {
	t.Parallel()
	// second closes the rule under test and opens another, with a finding of its own.
	second := func(finding string) string {
		return "true\n}\n\n# METADATA\n# title: x\n# custom:\n#   id: NET002\n#   severity: low\nguards contains " + finding +
			" if {\n\tinput.class == \"planned\""
	}
	slow := `numbers.range(1, 3000)[_] * numbers.range(1, 3000)[_] == -1`
	for name, test := range map[string]struct{ body, rule, message string }{
		"error":           {`to_number(input.object) > 0`, "MAIN003", "a.rego:10: "},
		"conflict":        {"_two == 1\n}\n\n_two := 1 if input.kind\n\n_two := 2 if {\n\tinput.class", "MAIN003", "a.rego:"},
		"takes too long":  {slow, "MAIN004", "took longer than 50ms"},
		"no object":       {second("input.have"), "MAIN003", "object.union"},
		"silent metadata": {second("{}"), "NET001", "no"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := team(t, "a.rego", guard(test.body))
			cfg := policy.Config{Dirs: []string{dir}}
			if test.rule == "MAIN004" {
				cfg.Timeout = 50 * time.Millisecond
			}
			e := open(t, cfg)
			in := policy.Input{Kind: "device", Object: "web", Class: change.Planned, Field: "name", Plan: warn}
			for _, v := range decide(t, e, in, in) {
				if v.Decision != "deny" || v.Rule != test.rule || !strings.Contains(v.Message, test.message) {
					t.Errorf("got %+v, want deny by %s: %s", v, test.rule, test.message)
				}
			}
		})
	}
}

// TestDecideOneFails keeps the failure of one decision from the others.
func TestDecideOneFails(t *testing.T) {
	t.Parallel()
	e := open(t, policy.Config{Dirs: []string{team(t, "a.rego", guard(`to_number(input.object) == 1`))}})
	verdicts := decide(t, e,
		policy.Input{Object: "2", Class: change.Planned, Plan: warn},
		policy.Input{Object: "two", Class: change.Planned, Plan: warn},
		policy.Input{Object: "1", Class: change.Planned, Plan: warn},
	)
	for i, want := range []string{"FLD001", "MAIN003", "NET001"} {
		if verdicts[i].Rule != want {
			t.Errorf("input %d: got %+v, want %s", i, verdicts[i], want)
		}
	}
}

func TestDecideEnds(t *testing.T) {
	t.Parallel()
	e := open(t, policy.Config{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := e.Decide(ctx, mix(10)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
	if verdicts := decide(t, e); len(verdicts) != 0 {
		t.Errorf("got %v of nothing", verdicts)
	}
}

func TestWaiver(t *testing.T) {
	t.Parallel()
	e := open(t, policy.Config{Waivers: map[string]string{"DEL103": "the rack is scrapped"}})
	plan := &policy.Plan{Key: "web96", Reconcile: map[string]any{"deletionPolicy": "delete"}}
	v := decide(t, e, policy.Input{Object: "web96/web[17]", Class: change.Orphaned, Protected: true, Plan: plan})[0]
	if v.Decision != "delete" || !strings.HasSuffix(v.Message, "[waived: DEL103, the rack is scrapped]") {
		t.Errorf("got %+v", v)
	}
	waived := 0
	for _, r := range e.Rules() {
		if r.Waived != "" {
			waived++
		}
	}
	if waived != 1 {
		t.Errorf("%d rules are waived, want 1", waived)
	}
}

func TestDigest(t *testing.T) {
	t.Parallel()
	text := guard(`input.class == "drift"`)
	base := open(t, policy.Config{Dirs: []string{team(t, "a.rego", text)}}).Digest()
	if again := open(t, policy.Config{Dirs: []string{team(t, "a.rego", text, "a_test.rego", "package x_test\n")}}).Digest(); again != base {
		t.Error("the digest depends on where the folder lies, or on its tests")
	}
	for name, cfg := range map[string]policy.Config{
		"nothing": {},
		"text":    {Dirs: []string{team(t, "a.rego", text+"\n# more\n")}},
		"data":    {Dirs: []string{team(t, "a.rego", text, "data.yaml", "team: {network: {x: 1}}\n")}},
		"waiver":  {Dirs: []string{team(t, "a.rego", text)}, Waivers: map[string]string{"DEL103": "x"}},
	} {
		if open(t, cfg).Digest() == base {
			t.Errorf("%s: the digest did not change", name)
		}
	}
}

// TestDecisions holds Go's words of a verdict, and their order, against the policies'.
func TestDecisions(t *testing.T) {
	t.Parallel()
	rs, err := stock(t, "data.diet.verdict.order").Eval(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	words, _ := rs[0].Expressions[0].Value.([]any)
	var got []change.Decision
	for _, word := range words {
		got = append(got, change.Decision(fmt.Sprint(word)))
	}
	if want := change.Decisions(); !slices.Equal(got, want) {
		t.Errorf("the policies have %q, Go has %q", got, want)
	}
}

// TestAnswerWords holds Go's words of an answer against the policies': each is an answer to
// some class, and there are no others.
func TestAnswerWords(t *testing.T) {
	t.Parallel()
	e := open(t, policy.Config{})
	said := map[string]bool{}
	for _, class := range e.AnsweredClasses() {
		for _, word := range e.Answers(class) {
			said[word] = true
		}
	}
	var known []string
	for _, a := range change.Answers() {
		known = append(known, string(a))
		if a.Meaning() == "" {
			t.Errorf("%s means nothing", a)
		}
	}
	slices.Sort(known)
	if got := slices.Sorted(maps.Keys(said)); !slices.Equal(got, known) {
		t.Errorf("the policies know the answers %q, Go %q", got, known)
	}
}

func TestRules(t *testing.T) {
	t.Parallel()
	dir := team(t, "a.rego", guard(`input.class == "drift"`))
	found := map[string]policy.Rule{}
	for _, r := range open(t, policy.Config{Dirs: []string{dir}}).Rules() {
		found[r.ID] = r
	}
	const file = "policies/diet/deletion/references.rego"
	if r := found["DEL101"]; r.Kind != "guard" || r.File != file || r.Line == 0 || r.Title == "" || r.Team {
		t.Errorf("DEL101: %+v", r)
	}
	if r := found["FLD001"]; r.Kind != "default" || r.Severity != "info" {
		t.Errorf("FLD001: %+v", r)
	}
	if r := found["NET001"]; !r.Team || !strings.HasSuffix(r.File, "a.rego") || r.Line != 9 {
		t.Errorf("NET001: %+v", r)
	}
}

// TestActs holds the decisions against those that change.Verdict knows to act.
func TestActs(t *testing.T) {
	t.Parallel()
	for _, class := range []change.Class{"bogus", change.Identity, change.Conflict, change.Missing, change.Exists, change.Blocked} {
		in := policy.Input{Class: class, Plan: warn, Other: &change.Other{Kind: "device", ID: 1, Name: "x"}}
		if v := decide(t, open(t, policy.Config{}), in)[0]; v.Acts() {
			t.Errorf("%s acts unasked: %+v", class, v)
		}
	}
}

// TestTemplate keeps the interfaces of a device type whatever the rules say, those
// of an edited copy of the shipped policies too.
func TestTemplate(t *testing.T) {
	t.Parallel()
	always := strings.NewReplacer("deny", "delete", "guards", "defaults").Replace(guard(`input.class == "orphaned"`))
	copied := t.TempDir()
	if err := os.CopyFS(copied, os.DirFS("../../policies")); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(copied, "diet", "deletion", "deletion.rego")
	text := strings.ReplaceAll(read(t, name), "decision: release", "decision: delete")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	plan := &policy.Plan{Key: "web96", Reconcile: map[string]any{"deletionPolicy": "delete"}}
	port := policy.Input{Kind: "interface", Class: change.Orphaned, Template: true, Plan: plan}
	if v := decide(t, open(t, policy.Config{Dirs: []string{team(t, "a.rego", always)}}), port)[0]; v.Decision != "release" {
		t.Errorf("a team's default: %+v", v)
	}
	if v := decide(t, open(t, policy.Config{Dirs: []string{copied}}), port)[0]; v.Decision != "deny" || v.Rule != "MAIN006" {
		t.Errorf("an edited copy: %+v", v)
	}
}

// TestReads guards the speed: what a run is full of must not be one of a kind.
func TestReads(t *testing.T) {
	t.Parallel()
	shipped := open(t, policy.Config{})
	for _, class := range []change.Class{
		change.Absent, change.Changed, change.Templated, change.Planned, change.New, change.Agreed, change.Converged, change.Relinquished,
	} {
		for _, key := range shipped.Reads(class) {
			switch key {
			case "input", "object", "name", "want", "have", "base", "blame", "references":
				t.Errorf("%s: the policies read %s", class, key)
			}
		}
	}
	about := open(t, policy.Config{Dirs: []string{team(t, "a.rego", guard("input.class == \"absent\"\n\tinput.object == \"web/x\""))}})
	if !slices.Contains(about.Reads(change.Absent), "object") || slices.Contains(about.Reads(change.Planned), "object") {
		t.Errorf("absent reads %v, planned reads %v", about.Reads(change.Absent), about.Reads(change.Planned))
	}
	const tags = "input.class == \"planned\"\n\tobject.get(input, [\"before\", \"tags\"], []) != []"
	got := open(t, policy.Config{Dirs: []string{team(t, "a.rego", guard(tags))}})
	if reads := got.Reads(change.Planned); !slices.Contains(reads, "before") || slices.Contains(reads, "input") {
		t.Errorf("object.get reads %v", reads)
	}
	if !got.Looks() || shipped.Looks() {
		t.Errorf("rules look at objects: %v; the shipped ones: %v", got.Looks(), shipped.Looks())
	}
	for _, key := range shipped.Reads(change.Drift) {
		if key == "input" || key == "object" || key == "name" {
			t.Errorf("drift: the policies read %s", key)
		}
	}
	passed := open(t, policy.Config{Dirs: []string{team(t, "a.rego", guard("input.class == \"planned\"\n\tcount(input) > 3"))}})
	if reads := passed.Reads(change.Planned); !slices.Equal(reads, []string{"input"}) {
		t.Errorf("a call of the input as a whole reads %v", reads)
	}
	everything := open(t, policy.Config{Dirs: []string{team(t, "a.rego", guard(`some _, value in input; value == "x"`))}})
	if reads := everything.Reads(change.Planned); !slices.Equal(reads, []string{"input"}) {
		t.Errorf("got %v, want the whole input", reads)
	}
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	e := open(t, policy.Config{})
	for class, want := range map[change.Class][]string{
		change.Conflict: {"acknowledge", "approve", "unmanage", "use_diet", "use_user"},
		change.Orphaned: {"approve", "force_delete", "orphan", "skip"},
		policy.ClassRun: {"approve"},
		change.Identity: {"adopt", "approve", "restore", "skip"},
		change.Finding:  nil,
	} {
		if got := e.Answers(class); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", class, got, want)
		}
	}
}

// TestAbsorb lets a device stay for what was written on its interface.
func TestAbsorb(t *testing.T) {
	t.Parallel()
	e := open(t, policy.Config{})
	plan := &policy.Plan{Key: "web96", Reconcile: map[string]any{"deletionPolicy": "delete"}}
	address := change.Reference{Kind: "ip_address", ID: 4, Name: "10.1.2.3/32"}
	device := policy.Input{Object: "web96/web[17]", Class: change.Orphaned, Plan: plan}
	if v := decide(t, e, device)[0]; v.Decision != "delete" {
		t.Fatalf("got %+v", v)
	}
	device.References = []change.Reference{address}
	device.Absorb(&change.Change{
		Name: "be0-1", References: []change.Reference{address},
		Edited: []change.Reference{{Kind: "description", Name: "description"}},
	})
	v := decide(t, e, device)[0]
	want := "web96/web[17] has 1 IP address (10.1.2.3/32) that diet did not create and 1 description (be0-1 description) " +
		"that others wrote; deleting it would delete them and lose what they wrote"
	if v.Decision != "skip" || v.Message != want {
		t.Errorf("got %+v", v)
	}
	device.Absorb(&change.Change{Protected: true})
	if v := decide(t, e, device)[0]; v.Rule != "DEL103" {
		t.Errorf("got %+v", v)
	}
}
