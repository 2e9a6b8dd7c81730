package engine_test

import (
	"crypto/ed25519"
	"errors"
	"fmt"
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
