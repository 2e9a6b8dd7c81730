package policy_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine/policy"
)

const network = "team: {network: {core: [spine], limits: {rack: 3, device: 4}}}\n"

// named are the policies of a folder, and what they may name.
func named(dir string) policy.Config {
	return policy.Config{Dirs: []string{dir}, Kinds: []string{"device", "cable"}, Marks: []string{"diet_source", "diet_plan_id"}}
}

// TestNewRefusesNames finds words, kinds and data that a rule names and that are
// not there: the rule could never apply.
func TestNewRefusesNames(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ body, want, hint string }{
		"got key": {`object.get(input, "knid", "") == "device"`, `input has no key "knid"; did you mean kind?`, ""},
		"got path": {
			`"pci" in object.get(input, ["before", "tgas"], [])`, `input.before has no key "tgas"; did you mean tags?`, "",
		},
		"got of a key":     {`object.get(input.blame, "usr", "") == "x"`, `input.blame has no key "usr"; did you mean user?`, ""},
		"class":            {`input.class == "drfit"`, `"drfit" is not a value of input.class; did you mean drift?`, "absent, changed"},
		"diet's field":     {`input.before.custom_fields.diet_source == "web"`, `is never there: rules do not see diet's own`, "input.source"},
		"diet's, by get":   {`object.get(input.after, ["custom_fields", "diet_plan_id"], "") == "web"`, `is never there`, "input.plan"},
		"class, turned":    {`"drfit" == input.class`, `"drfit" is not a value of input.class`, "absent, changed"},
		"class in a set":   {`input.class in {"drift", "planed"}`, `"planed" is not a value of input.class; did you mean planned?`, "absent"},
		"class in a list":  {`input.class in ["planed"]`, `"planed" is not a value of input.class`, "absent"},
		"class in a rule":  {"input.class in _classes\n}\n\n_classes := {\"planed\"} if {\n\ttrue", `"planed" is not a value`, "absent"},
		"not a class":      {`not input.class == "planed"`, `"planed" is not a value of input.class`, "absent"},
		"unlike a class":   {`input.class != "planed"`, `"planed" is not a value of input.class`, "absent"},
		"class as a value": {`object.get({}, input.class == "planed", true)`, `"planed" is not a value of input.class`, "absent"},
		"action":           {`input.action == "remove"`, `"remove" is not a value of input.action`, "create, update, delete"},
		"actor":            {`input.blame.actor == "human"`, `"human" is not a value of input.blame.actor`, "person, system, diet"},
		"field of a plan":  {`input.plan.reconcile.remediation.fields.name == "autos"`, `did you mean auto?`, "preserve"},
		"kind":             {`input.kind == "devcie"`, `"devcie" is not a value of input.kind; did you mean device?`, "cable, device, run"},
		"kinds":            {`input.kind in {"devices"}`, `did you mean device?`, "cable, device, run"},
		"data":             {`input.source in data.team.network.cores`, "data.team.network.cores is not set; did you mean core?", "data file"},
		"data below":       {`data.team.network.limits.racks > 1`, "data.team.network.limits.racks is not set; did you mean rack?", "data file"},
		"data of a team":   {`input.source in data.team.netwrok.core`, "data.team.netwrok is not set; did you mean network?", "data file"},
		"data of a list":   {`data.team.network.core.spine`, "data.team.network.core.spine is not set", "data file"},
		"root":             {`data.settngs.budgets`, "data.settngs is not set; did you mean settings?", "data file"},
		"setting":          {`count(data.settings.budgts) > 0`, "data.settings.budgts is not set; did you mean budgets?", "data file"},
		"shipped rule":     {`input.field in data.diet.text.personnel`, "text.personnel is not set; did you mean personal?", "data file"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := team(t, "a.rego", guard(test.body), "data.yaml", network)
			_, err := policy.New(t.Context(), named(dir))
			var refused *policy.Error
			if !errors.As(err, &refused) {
				t.Fatalf("got %v, want a *policy.Error", err)
			}
			if !strings.Contains(err.Error(), test.want) || !strings.Contains(refused.Advice, test.hint) || refused.Line == 0 {
				t.Errorf("got %v, want %q with its place and a hint of %q", err, test.want, test.hint)
			}
		})
	}
}

func TestNewAcceptsNames(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"words":           `input.class in {"drift", "planned"}; input.action != "create"; input.kind == "device"`,
		"run":             `input.kind == "run"; input.class == "run"; input.action == ""`,
		"data":            `input.source in data.team.network.core; data.team.network.limits.rack > 1`,
		"data by key":     `data.team.network.limits[input.kind] > 1`,
		"unset setting":   `data.settings.budgets.device["delete"].max > 3; some w in data.settings.windows; w.zone == "UTC"`,
		"shipped rule":    `input.field in data.diet.text.personal`,
		"rule":            "data.team.network._own\n}\n\n_own if {\n\tinput.kind == \"device\"",
		"got keys":        `object.get(input, ["before", "custom_fields", "any"], 1) == object.get(input.want, "x", input.name)`,
		"people's field":  `input.before.custom_fields.diet_room == "9"`,
		"any value":       `input.want == "drfit"; input.source == "whatever"`,
		"reference":       `input.source == "whatever"; input.references[0].kind == "ip_address"`,
		"value elsewhere": `input.run.counts.device["delete"] > 3; input.plan.labels.environment == "prod"`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := team(t, "a.rego", guard(body), "data.yaml", network)
			if _, err := policy.New(t.Context(), named(dir)); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestBudgetOfAnUnknownKind is refused: nothing would ever count for it.
func TestBudgetOfAnUnknownKind(t *testing.T) {
	t.Parallel()
	dir := team(t, "limits.yaml", "settings: {budgets: {devcie: {delete: {max: 3}}}}\n")
	_, err := policy.New(t.Context(), policy.Config{Dirs: []string{dir}, Kinds: []string{"device"}})
	if err == nil || !strings.Contains(err.Error(), "budgets.devcie is not a kind; did you mean device?") {
		t.Errorf("got %v", err)
	}
}
