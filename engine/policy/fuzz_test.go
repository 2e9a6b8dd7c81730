package policy_test

import (
	"encoding/json"
	"math"
	"slices"
	"testing"

	"github.com/open-policy-agent/opa/v1/rego"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/policy"
)

// FuzzDecide decides any input: JSON, in which text and a number that JSON may not
// have replace some values. The verdict is always complete, it is that of plain
// OPA, and a change of an unknown class waits for a person.
func FuzzDecide(f *testing.F) {
	seeds := append(append(mix(100), variety()...), full(), policy.Input{})
	for i, in := range seeds {
		text, err := json.Marshal(in)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text, []string{"", string(in.Class), "bogus"}[i%3], []string{"", "x\xff", "description"}[i/3%3], float64(i))
	}
	f.Add([]byte(`{"class": "drift"}`), "", "", math.NaN())
	e, query := open(f, policy.Config{}), stock(f, "data.diet.main.verdict")
	f.Fuzz(func(t *testing.T, document []byte, class, text string, number float64) {
		var in policy.Input
		if json.Unmarshal(document, &in) != nil {
			t.Skip("no input")
		}
		other := in
		if class != "" {
			other.Class = change.Class(class)
		}
		if text != "" {
			other.Object, other.Field, other.Have, other.Differs = text, text, text, []string{text}
		}
		if number != 0 {
			other.Want = number
		}
		for i, v := range decide(t, e, in, other, in) {
			in := []policy.Input{in, other, in}[i]
			checkVerdict(t, e, in.Class, v)
			checkStock(t, query, in, v)
		}
	})
}

// checkVerdict holds a verdict against what docs/policies.md promises of every one.
func checkVerdict(t *testing.T, e *policy.Engine, class change.Class, v change.Verdict) {
	t.Helper()
	if v.Rule == "" || v.Message == "" || !slices.Contains([]string{"info", "low", "medium", "high", "critical"}, v.Severity) {
		t.Errorf("verdict without a rule, a message or a severity: %+v", v)
	}
	known := class == change.Identity || class == change.Finding || class == change.Unmanaged || e.Answers(class) != nil
	if !known && (v.Decision != "ask" && v.Decision != "deny") {
		t.Errorf("class %q is unknown, but the verdict is %+v", class, v)
	}
}

// checkStock holds a verdict against plain OPA on the input as JSON.
func checkStock(t *testing.T, query rego.PreparedEvalQuery, in policy.Input, v change.Verdict) {
	t.Helper()
	text, err := json.Marshal(in)
	if err != nil {
		if v.Decision != "deny" || v.Rule != "MAIN003" {
			t.Errorf("%v, but the verdict is %+v", err, v)
		}
		return
	}
	var whole any
	if err := json.Unmarshal(text, &whole); err != nil {
		t.Fatal(err)
	}
	rs, err := query.Eval(t.Context(), rego.EvalInput(whole))
	if err != nil {
		if v.Decision != "deny" {
			t.Errorf("%s: OPA fails (%v), but the verdict is %+v", text, err, v)
		}
		return
	}
	said, _ := rs[0].Expressions[0].Value.(map[string]any)
	if string(v.Decision) != said["decision"] || v.Rule != said["id"] || v.Message != said["message"] {
		t.Errorf("input %s:\ngot   %+v\nstock %v", text, v, said)
	}
}
