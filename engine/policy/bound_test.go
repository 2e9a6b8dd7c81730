package policy_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/policy"
)

// TestSlowRule bounds what a slow rule takes of a run, denies what is left, and names the
// rule.
func TestSlowRule(t *testing.T) {
	t.Parallel()
	// By far the slowest: what a busy machine adds to another rule must not count.
	slow := guard("input.class == \"planned\"\n\tinput.object != \"\"\n\tsum([1 | some i in numbers.range(1, 20000); i > 1]) == -1")
	e := open(t, policy.Config{Dirs: []string{team(t, "a.rego", slow)}, Timeout: time.Minute, RunTimeout: 20 * time.Millisecond})
	inputs := make([]policy.Input, 200)
	for i := range inputs {
		inputs[i] = policy.Input{Kind: "device", Object: fmt.Sprint("web/web[", i, "]"), Class: change.Planned, Field: "name", Plan: warn}
	}
	start := time.Now()
	verdicts := decide(t, e, inputs...)
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("it took %v", took)
	}
	last := verdicts[len(verdicts)-1]
	if last.Decision != change.DecisionDeny || last.Rule != "MAIN007" || !strings.Contains(last.Message, "the slowest rule is NET001 (") {
		t.Errorf("got %+v", last)
	}
}

// TestHugeMessage shows people no more of a message than they read.
func TestHugeMessage(t *testing.T) {
	t.Parallel()
	rule := strings.Replace(guard(`input.class == "planned"`), `"no"`, `concat("", ["ä" | some i in numbers.range(1, 100000)])`, 1)
	e := open(t, policy.Config{Dirs: []string{team(t, "a.rego", rule)}})
	v := decide(t, e, policy.Input{Kind: "device", Object: "web/web[1]", Class: change.Planned, Field: "name", Plan: warn})[0]
	if len(v.Message) > 10_000 || !strings.HasPrefix(v.Message, "ää") || !strings.HasSuffix(v.Message, "ä … (96000 characters more)") {
		t.Errorf("a message of %d bytes: %.50s … %s", len(v.Message), v.Message, v.Message[max(0, len(v.Message)-50):])
	}
}
