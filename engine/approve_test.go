package engine_test

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/approval"
	"github.com/diet-project/diet/generate"
)

// approvals is the METADATA of a rule that wants one.
const approvals = "ask\n#   recommended: force_delete\n#   approvals: 1"

// approver lets somebody approve, and is their key.
func (w *world) approver(name string) ssh.Signer {
	w.Helper()
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		w.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		w.Fatal(err)
	}
	w.approvers = approval.Approvers{ssh.FingerprintSHA256(signer.PublicKey()): name}
	return signer
}

// approved is a stored preview of a plan that an approver has approved.
func (w *world) approved(plan *generate.Plan, signer ssh.Signer) *engine.Preview {
	w.Helper()
	w.stays(plan)
	p, err := w.eng.Preview(w.Context(), plan)
	if err != nil {
		w.Fatal(err)
	}
	if p.Demanded != 1 || len(p.Questions) != 1 || !strings.HasPrefix(p.Questions[0].Command, "diet approve "+p.ID) {
		w.Fatalf("%d approvals, questions %+v", p.Demanded, p.Questions)
	}
	p, who, err := w.eng.Approve(w.Context(), p.ID, engine.Approver{Approvers: w.approvers, Signer: signer, Now: time.Now()})
	if err != nil || who != "alice" {
		w.Fatalf("%s approved: %v", who, err)
	}
	return p
}

// TestApprovalOfAPart wants the approval that a guard asks for on an interface of the device
// that is deleted with it.
func TestApprovalOfAPart(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.planned(fmt.Sprintf(small, "one", 2)))
	fewer := w.planned(fmt.Sprintf(small, "one", 1))
	signer := w.approver("alice")
	w.team("guards", approvals, `input.class == "orphaned"; input.kind == "interface"; input.with`)
	p := w.approved(fewer, signer)
	if _, _, err := w.eng.Apply(t.Context(), fewer, engine.ApplyOptions{Preview: p}); err != nil {
		t.Fatal(err)
	}
	w.law(fewer)
	for _, o := range w.server.Objects("devices") {
		if o["name"] == "web-002" {
			t.Error("web-002 is left")
		}
	}
}

// acting are the names of what a preview would write, in order.
func acting(p *engine.Preview) []string {
	var out []string
	for i := range p.Changes {
		if c := &p.Changes[i]; c.Acts() {
			out = append(out, string(c.Action)+" "+c.Kind+" "+c.Object)
		}
	}
	slices.Sort(out)
	return out
}

// TestApprovedIsShown shows before the first approval what is written with all of them, and nothing else
// is written.
func TestApprovedIsShown(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.planned(fmt.Sprintf(small, "one", 2)))
	signer := w.approver("alice")
	w.team("guards", approvals, `input.class == "orphaned"; input.kind == "device"`)
	fewer := w.planned(fmt.Sprintf(small, "one", 1))
	w.stays(fewer)
	first, err := w.eng.Preview(t.Context(), fewer)
	if err != nil {
		t.Fatal(err)
	}
	promised := acting(first.Approved())
	if len(acting(first)) > 0 || len(first.Standing().Questions) == 0 || len(promised) == 0 || len(first.Approved().Questions) > 0 {
		t.Fatalf("it acts on %q at once, and promises %q", acting(first), promised)
	}
	for i := range first.Outcome.Changes {
		if m := first.Outcome.Changes[i].Verdict.Message; strings.Contains(m, "alice") {
			t.Errorf("it says of whoever has not approved it: %s", m)
		}
	}
	p, _, err := w.eng.Approve(t.Context(), first.ID, engine.Approver{Approvers: w.approvers, Signer: signer, Now: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	if got := acting(p.Standing()); !slices.Equal(got, promised) || p.Standing().Pending() == 0 || p.Standing().Waits() {
		t.Errorf("approved, it acts on %q, and promised %q", got, promised)
	}
	_, did, err := w.eng.Apply(t.Context(), fewer, engine.ApplyOptions{Preview: p})
	if err != nil {
		t.Fatal(err)
	}
	if got := acting(did); !slices.Equal(got, promised) {
		t.Errorf("the apply acted on %q, and promised %q", got, promised)
	}
	w.law(fewer)
}

// notByAlice wants an approval of deletions that is not hers alone.
const notByAlice = `package team.own

# METADATA
# title: Somebody approves
# custom:
#   id: OWN001
#   severity: high
#   decision: ask
#   recommended: force_delete
#   approvals: 1
#   message: not today
guards contains rego.metadata.rule().custom if {
	input.class == "orphaned"
	input.kind == "device"
}

# METADATA
# title: Somebody else than alice
# custom:
#   id: OWN002
#   severity: high
#   decision: deny
#   message: she alone does not do
guards contains rego.metadata.rule().custom if {
	input.class == "orphaned"
	input.resolution.who == "alice"
}
`

// TestApprovedByOthers writes nothing that the preview did not show, where a rule reads who approved.
func TestApprovedByOthers(t *testing.T) {
	t.Parallel()
	for by, wants := range map[string]bool{"alice": false, "bob": true} {
		t.Run(by, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			w.apply(w.planned(fmt.Sprintf(small, "one", 2)))
			keys := map[string]ssh.Signer{"alice": w.approver("alice")}
			both := maps.Clone(w.approvers)
			keys["bob"] = w.approver("bob")
			maps.Copy(w.approvers, both)
			w.policies = []string{teamFolder(w, []byte(notByAlice))}
			w.open("team.db")
			fewer := w.planned(fmt.Sprintf(small, "one", 1))
			w.stays(fewer)
			p, err := w.eng.Preview(t.Context(), fewer)
			if err != nil {
				t.Fatal(err)
			}
			p, _, err = w.eng.Approve(t.Context(), p.ID, engine.Approver{Approvers: w.approvers, Signer: keys[by], Now: time.Now()})
			if err != nil {
				t.Fatal(err)
			}
			_, _, err = w.eng.Apply(t.Context(), fewer, engine.ApplyOptions{Preview: p})
			stale := (*engine.StaleError)(nil)
			if got := errors.As(err, &stale); got != wants {
				t.Errorf("refused: %v, want %v: %v", got, wants, err)
			}
			if o := w.object("devices", "web/web[2]"); wants && o == nil {
				t.Error("it is gone")
			}
		})
	}
}

// TestApprovedAndMoved writes nothing of what was approved where somebody has edited it since.
func TestApprovedAndMoved(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.planned(fmt.Sprintf(small, "one", 2)))
	signer := w.approver("alice")
	w.team("guards", approvals, `input.class == "orphaned"; input.kind == "device"`)
	fewer := w.planned(fmt.Sprintf(small, "one", 1))
	p := w.approved(fewer, signer)
	w.edit("devices", "web/web[2]", `{"comments": "mine"}`)
	_, _, err := w.eng.Apply(t.Context(), fewer, engine.ApplyOptions{Preview: p})
	if stale := (*engine.StaleError)(nil); !errors.As(err, &stale) {
		t.Errorf("got %v, want a stale preview", err)
	}
	if o := w.object("devices", "web/web[2]"); o["comments"] != "mine" {
		t.Errorf("it has become %v", o)
	}
}
