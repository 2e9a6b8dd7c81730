package engine_test

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"testing"
)

// teams holds the policies of the tests' teams.
var teams string

// TestMain lets garbage lie for longer than usual: with hundreds of small NetBoxes, a fifth of
// the tests' time went into collecting it.
func TestMain(m *testing.M) {
	debug.SetGCPercent(300)
	debug.SetMemoryLimit(6 << 30)
	var err error
	if teams, err = os.MkdirTemp("", "diet-teams"); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(teams)
	os.Exit(code)
}

// teamFolder is the folder of a team with this policy: the same for all tests, so that it is
// compiled once.
func teamFolder(t testing.TB, policy []byte) string {
	t.Helper()
	dir := filepath.Join(teams, fmt.Sprintf("%x", sha256.Sum256(policy))[:12])
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "team.rego")
	if _, err := os.Stat(path); err == nil {
		return dir
	}
	half := filepath.Join(t.TempDir(), "team.rego") // so that no other test reads half a policy
	if err := os.WriteFile(half, policy, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(half, path); err != nil {
		t.Fatal(err)
	}
	return dir
}
