package policy_test

import (
	"testing"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/policy"
	"github.com/diet-project/diet/generate"
)

func TestDecide(t *testing.T) {
	e, err := policy.New(t.Context(), policy.Config{})
	if err != nil {
		t.Fatal(err)
	}
	plan := &policy.Plan{Key: "web96", Reconcile: generate.Reconcile{DeletionPolicy: "warn"}}
	vs, err := e.Decide(t.Context(), []policy.Input{
		{Kind: "device", Object: "web96/web[17]", Class: change.Orphaned, Action: change.Delete, Plan: plan,
			References: []change.Reference{{Kind: "ip_address", ID: 4, Name: "10.1.2.3/32"}, {Kind: "cable", ID: 4, Name: "#7"}},
			Edited:     []change.Reference{{Kind: "custom_field", Name: "monitoring_id"}}},
		{Kind: "device", Class: change.Planned, Field: "name", Plan: plan},
		{Kind: "device", Class: change.Drift, Field: "name", Want: "a", Have: int64(3), Plan: plan},
		{Kind: "device", Class: "bogus", Field: "name", Plan: plan},
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"ask DEL101", "apply FLD001", "preserve DRF001", "ask MAIN001"} {
		if got := vs[i].Decision + " " + vs[i].Rule; got != want {
			t.Errorf("input %d: got %s (%s), want %s", i, got, vs[i].Message, want)
		}
		t.Logf("%+v", vs[i])
	}
}
