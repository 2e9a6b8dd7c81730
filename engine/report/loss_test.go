package report_test

import (
	"strings"
	"testing"

	"github.com/diet-project/diet/engine/change"
)

// TestPortsOfOthersAreNamedWithTheirDevice renames a port of a person's to make room: many devices have one
// of that name.
func TestPortsOfOthersAreNamedWithTheirDevice(t *testing.T) {
	t.Parallel()
	set := &change.Set{Plan: "web", Changes: []change.Change{{
		Kind: "interface", Object: "interface:29", Name: "bond0", NetBoxID: 29, Plan: "web", Owner: "web/web[1]", Class: change.Exists,
		Action: change.Rename, Verdict: change.Verdict{Decision: change.DecisionRenameExisting, Rule: "T"},
		Fields: []change.Field{{
			Name: "name", Class: change.Planned, Want: "bond0-manual", Have: "bond0", Stated: true,
			Verdict: change.Verdict{Decision: change.DecisionApply, Rule: "T"},
		}},
	}}}
	text := formats(t, previewOf(set))["text"]
	for _, want := range []string{"1 interface to rename", "web[1] bond0"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
}
