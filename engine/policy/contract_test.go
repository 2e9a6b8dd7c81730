package policy_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/policy"
)

// ruled is a team policy of one rule: what it adds to its METADATA, its set, its
// finding and its body.
func ruled(custom, set, finding, body string) string {
	text := "package team.network\n\n# METADATA\n# title: A rule under test\n# custom:\n#   id: NET001\n#   severity: high\n"
	for line := range strings.SplitSeq(custom, "\n") {
		text += "#   " + line + "\n"
	}
	return text + set + " contains " + finding + " if {\n\t" + body + "\n}\n"
}

// metadata is a guard with the given METADATA.
func metadata(custom, body string) string { return ruled(custom, "guards", plain, body) }

const (
	plain    = `object.union(rego.metadata.rule().custom, {"message": "no"})`
	drift    = `input.class == "drift"`
	orphaned = `input.class == "orphaned"`
)

// TestContractRefuses finds rules that could not work as they read.
func TestContractRefuses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ text, want string }{
		"unknown decision":    {metadata("decision: deyn", drift), `custom.decision deyn is not a decision; did you mean deny?`},
		"decision is a list":  {metadata("decision: [deny]", drift), "custom.decision is not text"},
		"decision of others":  {ruled("decision: delete", "defaults", plain, drift), "no class that this rule is about has the decision delete"},
		"unknown forbids":     {metadata("decision: deny\nforbids: [deleted]", orphaned), "custom.forbids: deleted is not a decision"},
		"forbids is text":     {metadata("decision: deny\nforbids: delete", orphaned), "custom.forbids is not a list of decisions"},
		"forbids nothing":     {metadata("decision: deny\nforbids: []", orphaned), "custom.forbids is not a list of decisions"},
		"forbids of others":   {metadata("decision: deny\nforbids: [adopt]", orphaned), "has the decision adopt"},
		"default that forbid": {ruled("decision: skip\nforbids: [delete]", "defaults", plain, orphaned), "only guards have custom.forbids"},
		"unknown answer":      {metadata("decision: ask\nrecommended: orphn", orphaned), "custom.recommended: orphn is not an answer"},
		"answer of others":    {metadata("decision: ask\nrecommended: use_diet", orphaned), "takes the answer use_diet"},
		"approvals are text":  {metadata("decision: ask\napprovals: two", drift), "custom.approvals two is not a number of people"},
		"no approvals":        {metadata("decision: ask\napprovals: 0", drift), "custom.approvals 0 is not a number of people"},
		"approvals of a deny": {metadata("decision: deny\napprovals: 2", drift), "custom.approvals is of a rule that does not ask"},
		"approval":            {metadata("decision: ask\napproval: 2", drift), "did you mean approvals?"},
		"links is text":       {metadata("decision: deny\nlinks: https://x", drift), "custom.links is not a list of text"},
		"misspelt key":        {metadata("forbid: [delete]", drift), "custom.forbid is not a key; did you mean forbids?"},
		"misspelt set":        {ruled("decision: deny", "guard", plain, drift), "nothing reads guard"},
		"set of conftest":     {ruled("decision: deny", "deny", `"no"`, drift), "nothing reads deny"},
		"set without guards":  {"package team.a\n\nviolation contains \"x\" if input.class == \"drift\"\n", "nothing reads violation"},
		"set as a value":      {described("# title: x\n# custom: {id: A1, severity: low}\nguards := {{}}"), "guards is not a set of findings"},
		"text":                {ruled("decision: deny", "guards", `"no"`, drift), `the finding "no" is not an object`},
		"other id":            {ruled("note: x", "guards", `{"id": "NET002", "message": "no"}`, drift), "the finding has the id NET002"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := policy.New(t.Context(), policy.Config{Dirs: []string{team(t, "a.rego", test.text)}})
			var refused *policy.Error
			if !errors.As(err, &refused) || !strings.Contains(err.Error(), test.want) || refused.Line == 0 || refused.Advice == "" {
				t.Errorf("got %v, want %q with its place and a hint", err, test.want)
			}
		})
	}
}

func TestContractAccepts(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"decision by the body": ruled("owner: netops", "guards", `{"decision": d, "message": "no"}`, drift+"\n\td := \"deny\""),
		"any class":            metadata("decision: skip\nforbids: [delete, adopt]", `input.kind == "device"`),
		"answer to no ask":     metadata("decision: deny\nrecommended: orphan", orphaned),
		"approve":              metadata("decision: ask\nrecommended: approve", `input.class == "run"`),
		"whole":                ruled("decision: deny\nmessage: no", "guards", "rego.metadata.rule().custom", drift),
		"helper set":           metadata("note: x", drift+"\n\tinput.field in fields\n}\n\nfields contains \"name\" if {\n\tinput.kind"),
		"for conftest too":     metadata("decision: deny", drift+"\n}\n\ndeny contains guard.message if {\n\tsome guard in guards"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := policy.New(t.Context(), policy.Config{Dirs: []string{team(t, "a.rego", text)}}); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestFindingHasTheIDOfItsRule holds the id at run time to that of the METADATA.
func TestFindingHasTheIDOfItsRule(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"its METADATA": metadata("decision: deny", drift),
		"no id":        ruled("note: x", "guards", `{"decision": "deny", "message": "no"}`, drift),
		"made up":      ruled("note: x", "guards", `{"id": concat("", ["DEL", "103"]), "decision": "deny"}`, drift),
		"of a helper":  ruled("note: x", "guards", "_finding", drift) + "\n_finding := {\"id\": \"X\", \"decision\": \"deny\"}\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := open(t, policy.Config{Dirs: []string{team(t, "a.rego", text)}})
			v := decide(t, e, policy.Input{Class: change.Drift, Plan: warn})[0]
			if v.Rule != "NET001" || v.Decision != "deny" {
				t.Errorf("got %+v", v)
			}
		})
	}
}

// TestMalformedFindings lets a guard apply whatever its finding says beside its decision.
func TestMalformedFindings(t *testing.T) {
	t.Parallel()
	approved := &policy.Resolution{Answer: "approve", Who: "bob"}
	for name, test := range map[string]struct {
		finding string
		answer  *policy.Resolution
		want    change.Decision
	}{
		"forbids text":        {`{"decision": "deny", "message": "no", "forbids": "delete"}`, nil, "deny"},
		"forbids misspelt":    {`{"decision": "deny", "message": "no", "forbids": ["deleted"]}`, nil, "deny"},
		"forbids nothing":     {`{"decision": "deny", "message": "no", "forbids": []}`, nil, "deny"},
		"forbids a number":    {`{"decision": "deny", "message": "no", "forbids": 3}`, nil, "deny"},
		"forbids a set":       {`{"decision": "deny", "message": "no", "forbids": {"delete"}}`, nil, "deny"},
		"recommends nonsense": {`{"decision": "ask", "message": "no", "recommended": "orphn"}`, approved, "ask"},
		"recommends nothing":  {`{"decision": "ask", "message": "no"}`, approved, "delete"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := open(t, policy.Config{Dirs: []string{team(t, "a.rego", ruled("note: x", "guards", test.finding, orphaned))}})
			plan := &policy.Plan{Key: "web96", Reconcile: map[string]any{"deletionPolicy": "delete"}}
			v := decide(t, e, policy.Input{Class: change.Orphaned, Plan: plan, Resolution: test.answer})[0]
			if v.Decision != test.want {
				t.Errorf("got %+v, want %s", v, test.want)
			}
		})
	}
}
