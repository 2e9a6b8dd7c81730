package policy_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine/policy"
)

// team writes one folder of policies, from file name and text in turn.
func team(t testing.TB, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i := 0; i < len(files); i += 2 {
		if err := os.WriteFile(filepath.Join(dir, files[i]), []byte(files[i+1]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// guard is a complete team policy with the given body.
func guard(body string) string {
	return `package team.network

# METADATA
# title: A rule under test
# custom:
#   id: NET001
#   severity: high
#   decision: deny
guards contains object.union(rego.metadata.rule().custom, {"message": "no"}) if {
	` + body + `
}
`
}

// described is a team policy whose rule has the given METADATA.
func described(text string) string { return "package team.a\n\n# METADATA\n" + text + "\n" }

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text, want, hint string
	}{
		"syntax":      {"package team.a\n\nguards contains x {\n", "a.rego:4: unexpected eof", "opa check"},
		"empty":       {"", "a.rego: empty module", "package team.<name>"},
		"network":     {guard(`http.send({"method": "get", "url": "http://x"})`), "undefined function http.send", "reach outside"},
		"lookup":      {guard(`net.lookup_ip_addr("x")`), "undefined function net.lookup_ip_addr", "cannot reach outside"},
		"environment": {guard(`opa.runtime().env.HOME`), "undefined function opa.runtime", "cannot reach outside"},
		"clock":       {guard(`time.now_ns() > 0`), "undefined function time.now_ns", "input.now"},
		"without an end": {
			guard(`count(graph.reachable_paths(data.team.links, {"a"})) > 9`), "function graph.reachable_paths", "graph.reachable ",
		},
		"chance":            {guard(`rand.intn("x", 2) == 1`), "undefined function rand.intn", "cannot reach outside"},
		"unknown key":       {guard(`input.clas == "drift"`), "a.rego:10: undefined ref: input.clas", "docs/policies.md"},
		"unknown plan key":  {guard(`input.plan.label.x == "y"`), `input.plan has no key "label"; did you mean labels?`, "docs/policies.md"},
		"unused variable":   {guard(`x := 1`), "a.rego:10", ""},
		"recursion":         {guard(`data.diet.main.verdict.decision == "ask"`), "recursive", "the verdict that it contributes to"},
		"shipped package":   {"package diet.deletion\n\n_stated := true\n", "package diet.deletion is not a team's", "team.<name>"},
		"waivers by rule":   {"package waivers\n\nDEL103 := \"mine\"\n", "package waivers is not a team's", "team.<name>"},
		"deep package":      {"package team.a.b\n\nguards contains 1\n", "rules of package team.a.b are never collected", "team.<name>"},
		"no metadata":       {"package team.a\n\nguards contains {} if input.class == \"drift\"\n", "this guard has no custom.id", "METADATA"},
		"no severity":       {described("# title: x\n# custom:\n#   id: A1\nguards contains 1"), "guard A1 has no custom.severity", "METADATA"},
		"no title":          {described("# custom:\n#   id: A1\n#   severity: low\ndefaults contains 1"), "default A1 has no title", "METADATA"},
		"id of a shipped":   {strings.Replace(guard("true"), "NET001", "DEL103", 1), "rule id DEL103 is already used", "protected.rego"},
		"id of diet's own":  {strings.Replace(guard("true"), "NET001", "RES001", 1), "rule id RES001 is one of diet's own", "custom.id"},
		"hoisted call":      {guard(`not startswith(input.source, "gpu")`), "a.rego:10: this negation is undefined, not true, where", "helper"},
		"hoisted member":    {guard(`not input.blame.actor in {"system"}`), "input.blame.actor is missing", "helper"},
		"hoisted comparand": {guard(`not lower(input.source) == "gpu"`), "input.source is missing", "helper"},
		"hoisted below":     {guard(`not input.run.deletions < 3`), "input.run.deletions is missing", "helper"},
		"hoisted above":     {guard(`not 3 > input.run.deletions`), "input.run.deletions is missing", "helper"},
		"hoisted unlike":    {guard(`not input.source != "gpu"`), "input.source is missing", "helper"},
		"hoisted container": {guard(`not "name" in input.differs`), "input.differs is missing", "helper"},
		"hoisted array":     {guard(`not [input.source] == ["gpu"]`), "input.source is missing", "helper"},
		"hoisted key":       {guard(`not input.cascade[input.source]`), "input.source is missing", "helper"},
		"hoisted local":     {guard("some r in input.references\n\tnot r.value > 3"), "r.value is missing", "helper"},
		"hoisted rule":      {guard("not _class in {\"gpu\"}\n}\n\n_class := input.source if {\n\tinput.source"), "_class is missing", "helper"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := policy.New(t.Context(), policy.Config{Dirs: []string{team(t, "a.rego", test.text)}})
			var refused *policy.Error
			if !errors.As(err, &refused) {
				t.Fatalf("got %v, want a *policy.Error", err)
			}
			if !strings.Contains(err.Error(), test.want) || !strings.Contains(refused.Advice, test.hint) {
				t.Errorf("got %v (hint: %s), want %q (hint: %q)", err, refused.Advice, test.want, test.hint)
			}
			if refused.Advice == "" {
				t.Errorf("%v: no hint", err)
			}
		})
	}
}

func TestNewAccepts(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"plain equality":   `input.class == "drift"`,
		"negated equality": `not input.source == "gpu"`,
		"negated helper":   "not _gpu\n}\n\n_gpu if {\n\tstartswith(input.source, \"gpu\")",
		"negated function": "some r in input.references\n\tnot _internal(r)\n}\n\n_internal(r) if {\n\tstartswith(r.name, \"10.\")",
		"negated key":      `not input.source`,
		"two sides":        `not input.want == input.have`,
		"with a default":   "not _class in {\"gpu\"}\n}\n\ndefault _class := \"none\"\n\n_class := input.source if {\n\tinput.source",
		"object.get":       `not object.get(input, ["run", "deletions"], 0) < 3`,
		"comprehension":    `not count([r | some r in input.references]) > 3`,
		"huge range":       `count(input.object) > count(numbers.range(1, 1000000000000))`,
		"huge steps":       `input.run.deletions in numbers.range_step(0, 1000000000000, 2)`,
		"huge shift":       `bits.lsh(1, 1000000000000) > count(input.object)`,
		"huge text":        `count(input.object) > count(sprintf("%0*d%1000000000d", [1000000000, 1, 1]))`,
		"huge network":     `input.name in net.cidr_expand("2001:db8::/32")`,
		"constant":         "not _classes == {\"gpu\"}\n}\n\n_classes := {\"gpu\"} if {\n\ttrue",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := policy.New(t.Context(), policy.Config{Dirs: []string{team(t, "a.rego", guard(body))}}); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestNewRefusesFolders(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		dir  string
		want string
	}{
		"absent folder":   {filepath.Join(t.TempDir(), "none"), "there is no such folder"},
		"foreign data":    {team(t, "data.json", `{"waivers": {"DEL103": "x"}}`), "a team cannot set data.waivers"},
		"shipped data":    {team(t, "data.yaml", "diet: {}\n"), "a team cannot set data.diet"},
		"unknown setting": {team(t, "data.yaml", "settings:\n  budget: {}\n"), "budget"},
		"empty budget":    {team(t, "data.yaml", "settings:\n  budgets: {device: {delete: {}}}\n"), "data.yaml:2:30: does not match"},
		"bad action":      {team(t, "data.yaml", "settings:\n  budgets: {device: {deletes: {max: 1}}}\n"), "deletes"},
		"bad time":        {team(t, "data.yaml", "settings: {windows: [{days: [Monday], from: '8', to: '09:00'}]}"), "schema: windows.0.from: "},
		"late time": {
			team(t, "data.yaml", "settings: {windows: [{days: [Monday], from: '22:00', to: '24:30'}]}"), "schema: windows.0.to: ",
		},
		"bad date": {team(t, "data.yaml", "settings:\n  freezes: [{from: tomorrow, to: '2027-01-04', why: x}]\n"), "freezes"},
		"day of freeze": {
			team(t, "data.yaml", "settings:\n  freezes: [{from: '2026-12-20', to: '2027-01-04T00:00:00Z', why: x}]\n"),
			`data.yaml:2:20: freezes[0].from: "2026-12-20" has no time; write "2026-12-20T00:00:00Z"`,
		},
		"bad zone": {team(t, "data.yaml", "settings: {windows: [{days: [Monday], from: '08:00', to: '09:00', zone: Europe/Berlni}]}"),
			`"Europe/Berlni" is not a time zone`},
		"bad window": {
			team(t, "data.yaml", "settings:\n  windows: [{days: [Mon], from: '8:00', to: '09:00'}]\n"), "data.yaml:2:21: does not match",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := policy.New(t.Context(), policy.Config{Dirs: []string{test.dir}})
			var refused *policy.Error
			if !errors.As(err, &refused) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func TestNewRefusesWaivers(t *testing.T) {
	t.Parallel()
	mine := team(t, "a.rego", guard(`input.class == "drift"`))
	for id, want := range map[string]string{
		"DEL999": "policy waiver DEL999: no rule has this id",
		"DEL001": "this is a default",
		"DEL103": "the reason is missing",
		"NET001": "this is a rule of your own",
	} {
		_, err := policy.New(t.Context(), policy.Config{Dirs: []string{mine}, Waivers: map[string]string{id: ""}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", id, err, want)
		}
	}
}
