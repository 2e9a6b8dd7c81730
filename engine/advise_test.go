package engine_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
)

// asking are two guards: one asks about devices, and one about a kind of their parts.
const asking = `package team.asking

# METADATA
# title: Devices
# custom:
#   id: ASK001
#   severity: high
#   decision: ask
#   recommended: %s
#   message: a person decides about the device
guards contains rego.metadata.rule().custom if {
	input.kind == "device"
	input.class == "orphaned"
}

# METADATA
# title: Parts
# custom:
#   id: ASK002
#   severity: low
#   decision: ask
#   recommended: %s
#   message: a person decides about the part
guards contains rego.metadata.rule().custom if {
	input.kind == "%s"
	input.class == "orphaned"
	input.with
}
`

// typed is a plan whose servers have the ports of their type.
func typed(count int, policy string) string {
	text := strings.Replace(fmt.Sprintf(small, "one", count), "model: Server, u: 1}",
		`model: Server, u: 1, ports: {"lom-eth{0-1}": 25gbase-x-sfp28}}`, 1)
	text = strings.Replace(text, "ports: [eth0, eth1], type: 25gbase-x-sfp28", "ports: [eth0, eth1]", 1)
	return strings.Replace(text, "deletionPolicy: delete", "deletionPolicy: "+policy, 1)
}

// TestApproveDoesWhatIsRecommended has guards ask about a device and its parts, also ports of its type,
// whatever each recommends: to approve it leads to what the question recommends, and that is what the
// guard of the device recommends, or the question says why not.
func TestApproveDoesWhatIsRecommended(t *testing.T) {
	t.Parallel()
	meaning := map[string]change.Decision{
		"approve": change.DecisionDelete, "force_delete": change.DecisionDelete, "orphan": change.DecisionOrphan, "skip": change.DecisionSkip,
	}
	for _, policy := range []string{"warn", "orphan", "delete"} {
		t.Run(policy, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			w.apply(w.planned(typed(2, policy)))
			fewer := w.planned(typed(1, policy))
			n := 0
			for whole := range meaning {
				for part := range meaning {
					kind := []string{"interface", "cable"}[n%2]
					n++
					body := fmt.Sprintf(asking, whole, part, kind)
					w.policies = []string{teamFolder(t, []byte(body))}
					w.open(fmt.Sprintf("%d.db", n))
					w.recommends(fewer, fmt.Sprintf("%s %s %s", whole, kind, part), whole, meaning)
				}
			}
		})
	}
}

// recommends holds what is asked about web[2] against what to approve it leads to.
func (w *world) recommends(plan engine.Intent, name, stated string, meaning map[string]change.Decision) {
	w.Helper()
	w.sync()
	find := func(p *engine.Preview) *change.Change { return p.Set().Find("device", "web/web[2]") }
	p, err := w.eng.Diff(w.Context(), plan)
	if err != nil {
		w.Fatal(err)
	}
	v := find(p).Verdict
	if !v.Asks() || v.Rule != "ASK001" {
		w.Fatalf("%s: %+v", name, v)
	}
	if meaning[v.Recommended] != meaning[stated] && !strings.Contains(v.Message, "ASK001 recommends "+stated) && stated != "approve" {
		w.Errorf("%s: it recommends %s and does not say why: %s", name, v.Recommended, v.Message)
	}
	w.answers(plan, "web/web[2]", "", "approve")
	if p, err = w.eng.Diff(w.Context(), plan); err != nil {
		w.Fatal(err)
	}
	if is := find(p).Verdict; is.Decision != meaning[v.Recommended] {
		w.Errorf("%s: it recommends %s, and to approve it is %s: %s", name, v.Recommended, is.Decision, v.Message)
	}
	w.unanswered(plan)
}

// unanswered withdraws all answers.
func (w *world) unanswered(plan engine.Intent) {
	w.Helper()
	if err := os.Remove(w.eng.ResolutionsOf(plan)); err != nil {
		w.Fatal(err)
	}
}

// TestApprovedDeletionOfADeviceWithPortsOfItsType deletes what is approved as force_delete.
func TestApprovedDeletionOfADeviceWithPortsOfItsType(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.planned(typed(2, "warn")))
	fewer := w.planned(typed(1, "warn"))
	signer := w.approver("alice")
	w.team("guards", approvals, `input.class == "orphaned"`)
	w.sync()
	p, err := w.eng.Preview(t.Context(), fewer)
	if err != nil {
		t.Fatal(err)
	}
	p, _, err = w.eng.Approve(t.Context(), p.ID, engine.Approver{Approvers: w.approvers, Signer: signer, Now: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.eng.Apply(t.Context(), fewer, engine.ApplyOptions{Preview: p}); err != nil {
		t.Fatal(err)
	}
	w.law(fewer)
	if strings.Contains(w.devices(), "web-002") {
		t.Errorf("web-002 is left: %s", w.devices())
	}
}
