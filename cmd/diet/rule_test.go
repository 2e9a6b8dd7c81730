package main

import (
	"strings"
	"testing"
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
