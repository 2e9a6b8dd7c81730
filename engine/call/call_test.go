package call_test

import (
	"testing"

	"github.com/diet-project/diet/engine/call"
)

func TestCommandsHaveTheSettings(t *testing.T) {
	t.Parallel()
	var flags call.Flags
	if got := flags.Command("apply", "my plan.yaml"); got != "diet apply 'my plan.yaml'" {
		t.Errorf("without settings: %s", got)
	}
	flags.Add("policy", "a")
	flags.Add("policy", "rules of b's")
	flags.Set("mirror", "x.db")
	flags.Set("mirror", "-m.db")
	flags.Add("insecure", "")
	flags.Set("store", "postgres://diet:secret@db/diet?sslmode=disable")

	const want = `--policy a --policy 'rules of b'\''s' --mirror=-m.db --insecure --store 'postgres://diet@db/diet?sslmode=disable'`
	if got := flags.Command("resolve", "p.yaml"); got != "diet resolve p.yaml "+want {
		t.Errorf("%s", got)
	}
	for text, filled := range map[string]string{
		"run `diet sync`, or add --sync": "run `diet sync " + want + "`, or add --sync",
		"the `diet` of old, `rm -r`":     "the `diet` of old, `rm -r`",
	} {
		if got := flags.Fill(text); got != filled {
			t.Errorf("%q is filled in as %q", text, got)
		}
	}
	var branch call.Flags
	branch.Set("branch", "spring")
	got := branch.Command("branch", "merge", "spring") + "; " + branch.Fill("`diet sync`")
	if got != "diet branch merge spring; `diet sync --branch spring`" {
		t.Errorf("in a branch: %q", got)
	}
	if got := call.Flags(nil).Fill("run `diet sync`, or add --sync"); got != "run diet sync, or add --sync" {
		t.Errorf("without settings: %q", got)
	}
}
