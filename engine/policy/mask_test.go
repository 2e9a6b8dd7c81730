package policy_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine/policy"
)

// TestMask takes secrets out of an entry of the decision log, by their name and by their
// form, and what the settings name.
func TestMask(t *testing.T) {
	t.Parallel()
	const token, hidden = "d1e7000000000000000000000000000000000001", "hunter2hunter2"
	e := open(t, policy.Config{Dirs: []string{team(t, "data.yaml",
		"settings: {log: {mask: [/input/blame/user, /input/none/at/all, {op: upsert, path: /input/object, value: x}]}}\n")}})
	entry := policy.Entry{
		Input: map[string]any{
			"object": "web/web[1]", "field": "cf.snmp_community", "have": hidden, "want": "a " + token + " in a text", "base": nil,
			"blame": map[string]any{"user": "alice", "actor": "person"},
			"edited": []any{
				map[string]any{"kind": "custom_field", "name": "api_token", "value": hidden}, map[string]any{"name": "floor", "value": "3"},
			},
			"after": map[string]any{"custom_fields": map[string]any{"admin_password": hidden, "floor": 3}, "tags": []any{"nbt_abc." + token}},
		},
		Result: map[string]any{"message": "NetBox has " + hidden + " instead of " + token, "decision": "keep"},
	}
	e.Mask(&entry)
	text, err := json.Marshal(entry)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{token, hidden, "alice", "web/web[1]"} {
		if strings.Contains(string(text), secret) {
			t.Errorf("%s is in %s", secret, text)
		}
	}
	for _, kept := range []string{
		`"floor":3`, `"value":"3"`, `"actor":"person"`, `"decision":"keep"`, `"object":"x"`, `"erased":["/input/blame/user"]`,
		`"/input/after/custom_fields/admin_password"`, `"/input/edited/0/value"`, `"/input/object"`, `"/result/message"`,
	} {
		if !strings.Contains(string(text), kept) {
			t.Errorf("%s is not in %s", kept, text)
		}
	}
}

// TestMaskedIsInNoMessage leaves nothing of what the settings mask in the message.
func TestMaskedIsInNoMessage(t *testing.T) {
	t.Parallel()
	e := open(t, policy.Config{Dirs: []string{team(t, "data.yaml",
		"settings: {log: {mask: [/input/blame/user, /input/have, /input/want, /input/before]}}\n")}})
	for _, test := range []struct {
		have, want    any
		message, left string
	}{
		{"hers and hers", "ours", "maria wrote \"hers and hers\" over \"ours\"", `**REDACTED** wrote "**REDACTED**" over "**REDACTED**"`},
		{5.0, 12345.0, "NetBox has 5, the plan 12345", "**REDACTED**"},
		{nil, "x", "maria, nobody else", "**REDACTED**, nobody else"},
		{"hers", "hers too", "hers too is hers", "**REDACTED** is **REDACTED**"},
		{nil, nil, "a device in rack-17", "a device in **REDACTED**"},
		{4200000001.0, 12345678.0, "NetBox has 4200000001, the plan 12345678", "NetBox has **REDACTED**, the plan **REDACTED**"},
		{"a \"b\"\nc", nil, `NetBox has "a \"b\"\nc"`, `NetBox has "**REDACTED**"`},
		{[]any{"d<e\tf"}, nil, `NetBox has ["d\u003ce\tf"]`, `NetBox has ["**REDACTED**"]`},
	} {
		entry := policy.Entry{
			Input: map[string]any{
				"blame": map[string]any{"user": "maria"}, "have": test.have, "want": test.want, "before": map[string]any{"rack": "rack-17"},
			},
			Result: map[string]any{"message": test.message},
		}
		e.Mask(&entry)
		if got := entry.Result["message"]; got != test.left {
			t.Errorf("%q: %q is left, want %q", test.message, got, test.left)
		}
	}
}

// TestSecretsAreInNoMessage leaves nothing of what is a secret by its name in the message, whatever it is made of.
func TestSecretsAreInNoMessage(t *testing.T) {
	t.Parallel()
	e := open(t, policy.Config{})
	for _, test := range []struct {
		have          any
		message, left string
	}{
		{4711123.0, "NetBox has 4711123 instead of nothing", "NetBox has **REDACTED** instead of nothing"},
		{map[string]any{"ro": "hunter2", "n": true}, `NetBox has {"n":true,"ro":"hunter2"}`, `NetBox has {"n":true,"ro":"**REDACTED**"}`},
		{"abc", `NetBox has "abc"`, "**REDACTED**"},
		{`a"b\c`, `NetBox has "a\"b\\c"`, `NetBox has "**REDACTED**"`},
		{"", `NetBox has ""`, `NetBox has ""`},
	} {
		entry := policy.Entry{
			Input:  map[string]any{"field": "cf.snmp_community", "have": test.have},
			Result: map[string]any{"message": test.message},
		}
		e.Mask(&entry)
		if got := entry.Result["message"]; got != test.left {
			t.Errorf("%q: %q is left, want %q", test.message, got, test.left)
		}
	}
}

// TestMaskInLists masks what stands in a list, by its place in there.
func TestMaskInLists(t *testing.T) {
	t.Parallel()
	e := open(t, policy.Config{Dirs: []string{team(t, "data.yaml",
		"settings: {log: {mask: [/input/references/1/name, {op: upsert, path: /input/before/tags/0, value: x}, /input/before/tags/7]}}\n")}})
	entry := policy.Entry{
		Input: map[string]any{
			"references": []any{map[string]any{"name": "this stays"}, map[string]any{"name": "a name"}},
			"before":     map[string]any{"tags": []any{"secret one", "two"}},
		},
		Result: map[string]any{"message": "a name and secret one of this stays"},
	}
	e.Mask(&entry)
	text, err := json.Marshal(entry)
	if err != nil {
		t.Fatal(err)
	}
	want := `"input":{"before":{"tags":["x","two"]},"references":[{"name":"this stays"},{}]},` +
		`"result":{"message":"**REDACTED** and **REDACTED** of this stays"}`
	if !strings.Contains(string(text), want) {
		t.Errorf("got %s, want %s in it", text, want)
	}
}
