package policy_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/policy"
)

// deep writes files below a new folder, from path and text in turn.
func deep(t *testing.T, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i := 0; i < len(files); i += 2 {
		name := filepath.Join(dir, files[i])
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(files[i+1]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func link(t *testing.T, to, from string) string {
	t.Helper()
	if err := os.Symlink(to, from); err != nil {
		t.Fatal(err)
	}
	return from
}

// TestFolders loads a guard from wherever it is.
func TestFolders(t *testing.T) {
	t.Parallel()
	drift := guard(`input.class == "drift"`)
	limited := guard("input.class == \"drift\"\n\tdata.team.limits.on")
	rules := team(t, "a.rego", drift)
	linked := deep(t, "data.yaml", "team: {x: 1}\n")
	link(t, rules, filepath.Join(linked, "rules"))
	link(t, linked, filepath.Join(linked, "loop"))
	for name, dirs := range map[string][]string{
		"real":             {rules},
		"slash":            {rules + "/"},
		"symlink":          {link(t, rules, filepath.Join(t.TempDir(), "link"))},
		"symlink inside":   {linked},
		"symlinked file":   {filepath.Dir(link(t, filepath.Join(rules, "a.rego"), filepath.Join(t.TempDir(), "b.rego")))},
		"twice":            {rules, rules + "/.", link(t, rules, filepath.Join(t.TempDir(), "again"))},
		"data of any name": {team(t, "a.rego", limited, "limits.yaml", "team: {limits: {on: true}}\n")},
		"data in JSON":     {team(t, "a.rego", limited, "limits.json", `{"team": {"limits": {"on": true}}}`)},
		"data in a folder": {deep(t, "a.rego", limited, "team/limits/flags.yml", "on: true\n")},
		"hidden is left":   {team(t, "a.rego", drift, ".b.rego", "no rego")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := decide(t, open(t, policy.Config{Dirs: dirs}), policy.Input{Class: change.Drift, Plan: warn})[0]
			if v.Rule != "NET001" {
				t.Errorf("the guard is not loaded: %+v", v)
			}
		})
	}
}

// TestFoldersWithoutPolicies refuses what looks like policies and is none.
func TestFoldersWithoutPolicies(t *testing.T) {
	t.Parallel()
	broken := t.TempDir()
	link(t, filepath.Join(broken, "gone"), filepath.Join(broken, "a.rego"))
	for name, test := range map[string]struct{ dir, want string }{
		"empty":           {t.TempDir(), "holds no policies and no data"},
		"other files":     {team(t, "README.md", "# Policies\n"), "holds no policies and no data"},
		"only tests":      {team(t, "a_test.rego", "package team.a_test\n"), "holds only tests"},
		"broken link":     {broken, "no such file"},
		"plan":            {team(t, "plan.yaml", "apiVersion: diet/v1alpha1\n"), "a team cannot set data.apiVersion"},
		"no rules":        {team(t, "a.rego", "package team.a\n"), "holds no policies and no data"},
		"big ending":      {team(t, "a.REGO", guard(`input.class == "drift"`)), "is not read because of its ending .REGO"},
		"big data":        {team(t, "a.YAML", "settings: {flaps: 3}\n"), "is not read because of its ending .YAML"},
		"two in one":      {team(t, "a.yaml", "settings: {flaps: 3}\n---\nsettings: {flaps: 4}\n"), "more than one document"},
		"key twice":       {team(t, "a.yaml", "settings:\n  flaps: 3\n  flaps: 4\n"), "already defined"},
		"key twice, line": {team(t, "a.yaml", "settings:\n  flaps: 3\n  flaps: 4\n"), `a.yaml:3: mapping key "flaps" already defined at line 2`},
		"broken YAML":     {team(t, "a.yaml", "team:\n\tx: 1\n"), "a.yaml:2: found character that cannot start any token"},
		"broken JSON":     {team(t, "a.json", "{\"team\": {\n  \"x\": }}"), "a.json:2: invalid character '}'"},
		"JSON, comment":   {team(t, "a.json", "{\n  # no\n  \"team\": 1}"), "a.json:2: invalid character '#'"},
		"key twice, JSON": {team(t, "a.json", `{"settings": {"flaps": 3, "flaps": 4}}`), "already defined"},
		"rule in tests":   {team(t, "a_test.rego", guard(`input.class == "drift"`)), "rules in files named *_test.rego never decide"},
		"freeze that ends first": {
			team(t, "a.yaml", `settings: {freezes: [{from: "2027-01-04T00:00:00Z", to: "2026-12-20T00:00:00Z", why: x}]}`), "before it begins",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := policy.New(t.Context(), policy.Config{Dirs: []string{test.dir}})
			var refused *policy.Error
			if !errors.As(err, &refused) || !strings.Contains(err.Error(), test.want) || refused.Advice == "" {
				t.Errorf("got %v, want %q and a hint", err, test.want)
			}
		})
	}
}

// TestSources counts what decides.
func TestSources(t *testing.T) {
	t.Parallel()
	rules := team(t, "a.rego", guard(`input.class == "drift"`))
	data := team(t, "limits.yaml", "team: {limits: {on: true}}\n")
	e := open(t, policy.Config{Dirs: []string{rules, data}, Waivers: map[string]string{"DEL103": "scrapped"}})
	got := e.Sources(time.Now())
	if got.Shipped.Guards < 10 || got.Shipped.Defaults < 20 {
		t.Errorf("shipped: %+v", got.Shipped)
	}
	want := []policy.Folder{{Dir: rules, Count: policy.Count{Guards: 1}}, {Dir: data, Data: 1}}
	if len(got.Folders) != 2 || got.Folders[0] != want[0] || got.Folders[1] != want[1] {
		t.Errorf("got %+v, want %+v", got.Folders, want)
	}
	if len(got.Waivers) != 1 || got.Waivers[0].Guard != "DEL103" || got.Waivers[0].Reason != "scrapped" {
		t.Errorf("waivers: %+v", got.Waivers)
	}
	copied := filepath.Join(t.TempDir(), "ours")
	if err := os.CopyFS(copied, os.DirFS("../../policies")); err != nil {
		t.Fatal(err)
	}
	if got := open(t, policy.Config{Dirs: []string{copied}}).Sources(time.Now()); len(got.Folders) != 0 || got.Shipped.Guards < 10 {
		t.Errorf("a copy of the shipped policies: %+v", got)
	}
}

// TestFoldersEdited changes what a folder holds, and what is waived, between one engine and
// the next, and back: each decides by what it was made from.
func TestFoldersEdited(t *testing.T) {
	t.Parallel()
	drift := guard(`input.class == "drift"`)
	dir := team(t, "a.rego", drift)
	config := policy.Config{Dirs: []string{dir}}
	rule := func(e *policy.Engine) string {
		return decide(t, e, policy.Input{Class: change.Drift, Plan: warn})[0].Rule
	}
	write := func(text string) {
		if err := os.WriteFile(filepath.Join(dir, "a.rego"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	before := open(t, config)
	write(guard(`input.class == "conflict"`))
	after := open(t, config)
	write("no rego")
	for range 2 {
		if _, err := policy.New(t.Context(), config); err == nil {
			t.Error("what cannot be parsed was taken")
		}
	}
	write(drift)
	back := open(t, config)
	config.Waivers = map[string]string{"DEL103": "the rack is scrapped"}
	waived := open(t, config)
	if rule(before) != "NET001" || rule(after) == "NET001" || rule(back) != "NET001" {
		t.Errorf("the rules are %s before, %s after and %s back", rule(before), rule(after), rule(back))
	}
	if len(waived.Sources(time.Now()).Waivers) != 1 || len(open(t, policy.Config{Dirs: []string{dir}}).Sources(time.Now()).Waivers) != 0 {
		t.Error("a waiver is not of the engine that has it")
	}
}
