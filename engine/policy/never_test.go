package policy_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine/policy"
)

// words are what the policies of these tests may name.
func words(dirs ...string) policy.Config {
	return policy.Config{
		Dirs: dirs, Kinds: []string{"cable", "device", "interface", "rack"},
		Fields: map[string]map[string]string{
			"device": {
				"name": "string", "serial": "string", "asset_tag": "string", "description": "string", "comments": "string", "position": "number",
				"site": "", "role": "", "device_type": "", "object_id": "string",
			},
			"interface": {"name": "string", "type": "string", "enabled": "boolean", "description": "string", "object_id": "string"},
			"cable":     {"a": "", "b": "", "description": "string", "length": "number", "object_id": "string"},
			"rack":      {"name": "string", "site": "", "role": "", "comments": "string", "object_id": "string"},
		},
		Dependents: []string{"cable", "comments", "custom_field", "device", "edited", "interface", "ip_address", "rack", "tag"},
	}
}

// body is a guard with a body, and what stands beside it.
func body(lines, beside string) string {
	return ruled("decision: deny", "guards", plain, strings.ReplaceAll(lines, "\n", "\n\t")) + "\n" + beside
}

// TestNeverFires finds comparisons that never hold, however they are spelt, and says where.
func TestNeverFires(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ text, want string }{
		"field":             {body(`input.field == "naem"`, ""), `"naem" is not a value of input.field; did you mean name?`},
		"kind":              {body(`input.kind == "devcie"`, ""), `"devcie" is not a value of input.kind; did you mean device?`},
		"turned":            {body(`"devcie" == input.kind`, ""), "did you mean device?"},
		"by brackets":       {body(`input["kind"] == "devcie"`, ""), "did you mean device?"},
		"unlike":            {body(`input.kind != "devcie"`, ""), "did you mean device?"},
		"variable":          {body("k := input.kind\nk == \"devcie\"", ""), "did you mean device?"},
		"variable later":    {body("k == \"devcie\"\nk = input.kind", ""), "did you mean device?"},
		"variables":         {body("k := input.kind\nl := k\nw := \"devcie\"\nl == w", ""), "did you mean device?"},
		"input as variable": {body("i := input\ni.kind == \"devcie\"", ""), "did you mean device?"},
		"part as variable":  {body("b := input.blame\nb.actor == \"persn\"", ""), "did you mean person?"},
		"set":               {body(`input.kind in {"device", "devcie"}`, ""), "did you mean device?"},
		"array":             {body(`input.kind in ["devcie"]`, ""), "did you mean device?"},
		"set of a rule":     {body(`input.field in _fields`, `_fields := {"name", "desription"}`), "did you mean description?"},
		"set made of rules": {body(`input.field in _fields`, "_fields contains \"desription\"\n"), "did you mean description?"},
		"variable in a set": {body("f := input.field\nf in {\"desription\"}", ""), "did you mean description?"},
		"some":              {body("some k in {\"device\", \"devcie\"}\ninput.kind == k", ""), "did you mean device?"},
		"some with index":   {body("some i, k in [\"devcie\"]\ninput.kind == k\ni >= 0", ""), "did you mean device?"},
		"every":             {body("every k in [\"devcie\"] {\n\tinput.kind == k\n}", ""), "did you mean device?"},
		"walk":              {body("input.kind == [\"device\", \"devcie\"][_]", ""), "did you mean device?"},
		"walk of a rule":    {body("input.kind == _kinds[_]", `_kinds := ["devcie"]`), "did you mean device?"},
		"among the input":   {body(`"devcie" in [input.kind]`, ""), "did you mean device?"},
		"pair":              {body(`[input.kind, input.field] == ["device", "naem"]`, ""), "did you mean name?"},
		"pairs":             {body(`[input.kind, input.field] in {["device", "name"], ["devcie", "name"]}`, ""), "did you mean device?"},
		"pairs of a rule":   {body(`[input.kind, input.field] in _pairs`, `_pairs := {["devcie", "name"]}`), "did you mean device?"},
		"object.get":        {body(`object.get(input, "kind", "") == "devcie"`, ""), "did you mean device?"},
		"deeper object.get": {body(`object.get(input, ["blame", "actor"], null) == "persn"`, ""), "did you mean person?"},
		"got variable":      {body("k := object.get(input, \"kind\", \"\")\nk == \"devcie\"", ""), "did you mean device?"},
		"table":             {body(`_words[input.kind]`, `_words := {"device": true, "devcie": true}`), "did you mean device?"},
		"table in place":    {body(`{"devcie": true}[input.kind]`, ""), "did you mean device?"},
		"rule":              {body("_device", `_device if input.kind == "devcie"`), "did you mean device?"},
		"else": {
			body("_device", "_device if {\n\tinput.kind == \"device\"\n} else if {\n\tinput.kind == \"devcie\"\n}"), "did you mean device?",
		},
		"rule of the input": {body(`_kind == "devcie"`, "_kind := input.kind"), "did you mean device?"},
		"rule and default":  {body(`_kind == "devcie"`, "default _kind := \"none\"\n\n_kind := input.kind"), "did you mean device?"},
		"function":          {body("_is(input.kind)", `_is(k) if k == "devcie"`), "did you mean device?"},
		"function of two":   {body("_is(input.kind, \"devcie\")", `_is(k, w) if k == w`), "did you mean device?"},
		"argument":          {body("_is(input.kind)", "_is(\"device\")\n\n_is(\"devcie\")"), "did you mean device?"},
		"function through":  {body("_is(input.kind)", "_is(k) if _one(k)\n\n_one(k) if k in {\"devcie\"}"), "did you mean device?"},
		"all tags":          {body(`input.field == "tags"`, ""), `"tags" is not a value of input.field; a tag is a field of its own: tag.SLUG`},
		"custom fields":     {body(`input.field in {"custom_fields"}`, ""), "a custom field is a field of its own: cf.NAME"},
		"a custom field":    {body(`input.field == "custom_fields.owner"`, ""), "did you mean cf.owner?"},
		"comprehension":     {body(`count([1 | input.kind == "devcie"]) > 0`, ""), "did you mean device?"},
		"reference":         {body("some r in input.references\nr.blame.actor == \"persn\"", ""), "did you mean person?"},
		"classes":           {body("input.class == \"drift\"\ninput.class == \"run\"", ""), `input.class is "drift"`},
		"guard to apply": {
			ruled("decision: apply", "guards", plain, `input.class == "planned"`), "a guard that decides apply forbids nothing",
		},
		"guard to delete":  {ruled("decision: delete", "guards", plain, orphaned), "a guard that decides delete forbids nothing"},
		"forbids stricter": {ruled("decision: skip\nforbids: [ask]", "guards", plain, orphaned), "makes none of what it forbids stricter"},
		"helpers": {
			"package team.helpers\n\nhelps if input.kind == \"device\"\n", "package team.helpers holds neither guards nor defaults",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := policy.New(t.Context(), words(team(t, "a.rego", test.text)))
			var refused *policy.Error
			if !errors.As(err, &refused) || !strings.Contains(err.Error(), test.want) || refused.Line == 0 || refused.Advice == "" ||
				!strings.HasSuffix(refused.File, "a.rego") {
				t.Errorf("got %v, want %q with its place and a hint", err, test.want)
			}
		})
	}
}

// TestSettingsNeverCount finds fields to remediate that there are not.
func TestSettingsNeverCount(t *testing.T) {
	t.Parallel()
	for fields, want := range map[string]string{
		`{"naem": "auto"}`: "remediation.fields.device.naem is not a field; did you mean name?",
		`{"name": "auto", "*": "alert", "cf.x": "auto", "tag.x": "auto"}`: "",
	} {
		text := `{"remediation": {"fields": {"device": ` + fields + `}}}`
		_, err := policy.New(t.Context(), words(team(t, "a.json", `{"settings": `+text+`}`)))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", text, err, want)
		}
	}
}

// TestMayFire accepts what may hold, or cannot be told.
func TestMayFire(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"prefix":             body(`startswith(input.kind, "dev")`, ""),
		"tag":                body(`input.field == "tag.pci"`, ""),
		"custom field":       body(`input.field in {"cf.monitoring", "name"}`, ""),
		"object":             body(`input.field == ""`, ""),
		"default":            body(`object.get(input, "kind", "none") == "none"`, ""),
		"rule's default":     body(`_kind == "none"`, "default _kind := \"none\"\n\n_kind := input.kind"),
		"function of any":    body("_is(input.kind)\n_is(input.class)", `_is(k) if k in {"device", "drift"}`),
		"function, unknown":  body("_is(input.name)", `_is(k) if k == "devcie"`),
		"two variables":      body("some k in [input.kind, input.name]\nk == \"devcie\"", ""),
		"open set":           body(`input.kind in {input.name, "device"}`, ""),
		"shadowed":           body("count([k | k := input.name; k == \"devcie\"]) > 0\nk := input.kind\nk == \"device\"", ""),
		"name":               body(`input.name == "devcie"`, ""),
		"table of all":       body(`_words[input.name]`, `_words := {"devcie": true}`),
		"any decision":       ruled("note: x", "guards", `{"decision": d, "message": "no"}`, "d := \"skip\""),
		"guard to remediate": ruled("decision: preserve", "guards", plain, drift),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := policy.New(t.Context(), words(team(t, "a.rego", text))); err != nil {
				t.Error(err)
			}
		})
	}
}
