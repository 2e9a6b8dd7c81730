package engine

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/diet-project/diet/engine/approval"
	"github.com/diet-project/diet/engine/call"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate/natural"
	"github.com/diet-project/diet/generate/plain"
	"github.com/diet-project/diet/mirror/store"
)

// Approvals are how many people must approve a preview, and who did.
type Approvals struct {
	Demanded int                `json:"demanded"`
	Missing  int                `json:"missing"`
	By       []string           `json:"by"`      // those whose approvals count
	Given    []approval.Opinion `json:"given"`   // also what does not count
	Command  string             `json:"command"` // that approves
}

// wrong is the first approval that is refused; nil for none.
func (a *Approvals) wrong() *approval.Opinion {
	for i := range a.Given {
		if a.Given[i].State.Wrong() {
			return &a.Given[i]
		}
	}
	return nil
}

// UnapprovedError is a preview that lacks approvals: nothing of it is written.
type UnapprovedError struct {
	Preview string
	*Approvals
}

func (e *UnapprovedError) Error() string {
	parts := []string{fmt.Sprintf("preview %s lacks %d of %s", e.Preview, e.Missing, plain.Count(e.Demanded, "approval", "approvals"))}
	for _, o := range e.Given {
		if o.Why != "" {
			parts = append(parts, fmt.Sprintf("that of %s does not count: %s", cmp.Or(o.Who, o.Key, "nobody"), o.Why))
		}
	}
	return strings.Join(parts, "; ")
}

// Wrong reports whether an approval of it is refused.
func (e *UnapprovedError) Wrong() bool { return e.wrong() != nil }

// Hint says the way out.
func (e *UnapprovedError) Hint() string { return e.Command }

// demanded is how many approvals a preview wants.
func demanded(set *change.Set, whole change.Verdict) int {
	most := wantedBy(whole)
	for i := range set.Changes {
		most = max(most, wantedBy(set.Changes[i].Verdict))
		for j := range set.Changes[i].Fields {
			most = max(most, wantedBy(set.Changes[i].Fields[j].Verdict))
		}
	}
	return most
}

func wantedBy(v change.Verdict) int {
	if v.WantsApproval() {
		return v.Approvals
	}
	return 0
}

// weigh says in a preview who has approved it, by now.
func (p *Preview) weigh(as call.Flags, by approval.Bench, now time.Time) {
	if p.Demanded == 0 && len(p.signed) == 0 {
		return
	}
	a := &Approvals{
		Demanded: p.Demanded, By: []string{}, Given: by.Judge(p.signed, p.ID, p.digest, now),
		Command: approveCommand(as, cmp.Or(p.called, p.ID)),
	}
	for _, o := range a.Given {
		if o.State == approval.Valid {
			a.By = append(a.By, o.Who)
		}
	}
	a.Missing = max(0, a.Demanded-len(a.By))
	p.Approvals = a
}

// approveHint says how to approve what no preview is stored of.
const approveHint = "`diet preview`, then `diet approve PREVIEW-ID --key FILE`"

func approveCommand(as call.Flags, of string) string {
	return as.Command("approve", of, "--key", "FILE")
}

// bench judges approvals.
func (e *Engine) bench() approval.Bench {
	return approval.Bench{Approvers: e.cfg.Approvers, Still: e.cfg.Approving}
}

// Weigh says in a preview from a file who has approved it. name is the file's.
func (p *CarriedPreview) Weigh(as call.Flags, by approval.Approvers, name string, now time.Time) {
	p.called = name
	p.weigh(as, approval.Bench{Approvers: by}, now)
}

// Approver is somebody about to approve.
type Approver struct {
	Call      call.Flags // under which the commands work that it is told
	Approvers approval.Approvers
	Signer    ssh.Signer
	Expires   string // RFC 3339, or "" for never
	Now       time.Time

	// By is who is logged in, where the signer is a server's.
	By string
}

// ErrNoApproval is returned for an approval of what needs none.
var ErrNoApproval = errors.New("no rule wants approvals of it")

// ErrStranger is returned for an approval by a key that none of the approvers has.
var ErrStranger = errors.New("this key may not approve")

// sign approves a preview. Who has approved it already, and still does, approves nothing more.
func (p *Preview) sign(a Approver) (signed approval.Signed, who string, already bool, err error) {
	if p.Demanded == 0 {
		return signed, "", false, fmt.Errorf("preview %s: %w", p.ID, ErrNoApproval)
	}
	key := ssh.FingerprintSHA256(a.Signer.PublicKey())
	if who = a.Approvers.Who(key, a.By); who == "" {
		return signed, "", false, fmt.Errorf("%w: %s is none of approvers in diet.yaml", ErrStranger, key)
	}
	if p.Approvals != nil && slices.Contains(p.Approvals.By, who) {
		return signed, who, true, nil
	}
	signed, err = approval.Sign(approval.Statement{
		Version: approval.Version, Preview: p.ID, Digest: p.digest, SignedAt: a.Now.UTC().Format(time.RFC3339), Expires: a.Expires,
		By: a.By,
	}, a.Signer)
	return signed, who, false, err
}

// Approve stores an approval of a stored preview, and returns whose it is. The preview says
// then who has approved it. It needs no NetBox.
func (e *Engine) Approve(ctx context.Context, id string, a Approver) (p *Preview, who string, err error) {
	if p, err = e.LoadPreview(ctx, id); err != nil {
		return nil, "", err
	}
	done := &StaleError{Preview: p.ID}
	if err := e.appliedBefore(ctx, done); err != nil {
		return nil, "", err
	}
	if done.Applied != "" {
		return nil, "", done
	}
	signed, who, already, err := p.sign(a)
	if err != nil || already {
		return p, who, err
	}
	by := approval.Opinion{Key: ssh.FingerprintSHA256(a.Signer.PublicKey()), By: a.By}
	if err := e.keepApproval(ctx, id, by.Signer(), signed); err != nil {
		return nil, "", err
	}
	p, err = e.LoadPreview(ctx, id)
	return p, who, err
}

func (e *Engine) keepApproval(ctx context.Context, preview, key string, signed approval.Signed) error {
	text, err := json.Marshal(signed)
	if err != nil {
		return fmt.Errorf("encode approval: %w", err)
	}
	return e.store.Approve(ctx, store.Approval{Preview: preview, Signer: key, Document: string(text)})
}

// approvalsOf are those of a stored preview.
func (e *Engine) approvalsOf(ctx context.Context, preview string) ([]approval.Signed, error) {
	texts, err := e.store.Approvals(ctx, preview)
	if err != nil {
		return nil, err
	}
	var out []approval.Signed
	for _, text := range texts {
		var s approval.Signed
		if err := json.Unmarshal([]byte(text), &s); err != nil {
			return nil, fmt.Errorf("read approval of %s: %w", preview, err)
		}
		out = append(out, s)
	}
	return out, nil
}

// acceptApprovals stores the approvals that came with a preview and count, and adds those that
// the store had.
func (e *Engine) acceptApprovals(ctx context.Context, p *Preview) error {
	had, err := e.approvalsOf(ctx, p.ID)
	if err != nil {
		return err
	}
	for i, o := range e.bench().Judge(p.signed, p.ID, p.digest, e.now()) {
		if o.State != approval.Valid {
			continue
		}
		if err := e.keepApproval(ctx, p.ID, o.Signer(), p.signed[i]); err != nil {
			return err
		}
	}
	p.signed = union(p.signed, had)
	p.weigh(e.cfg.Call, e.bench(), e.now())
	return nil
}

// union are approvals, and those of others that are not among them.
func union(signed, others []approval.Signed) []approval.Signed {
	for _, s := range others {
		if !slices.Contains(signed, s) {
			signed = append(signed, s)
		}
	}
	return signed
}

// Approve adds an approval to a preview from a file, and returns whose it is. Write writes the
// file anew.
func (p *CarriedPreview) Approve(a Approver) (who string, err error) {
	signed, who, already, err := p.sign(a)
	if err != nil || already {
		return who, err
	}
	p.signed = append(p.signed, signed)
	p.weigh(a.Call, approval.Bench{Approvers: a.Approvers}, a.Now)
	return who, nil
}

// Write writes a preview from a file, with its approvals.
func (p *CarriedPreview) Write(w io.Writer) error {
	out := *p.file
	out.Approvals = p.signed
	return out.write(w)
}

// approved is what an apply would do by now, with the approvals of the preview that was agreed
// on: without them it is as that showed. Nothing is done where one is missing.
func (e *Engine) approved(ctx context.Context, intent Intent, now, was *Preview) (*Preview, error) {
	if now.Demanded == 0 {
		return now, nil
	}
	now.ID, now.digest, now.called, now.signed = was.ID, was.digest, was.called, was.signed
	now.weigh(e.cfg.Call, e.bench(), e.now())
	if now.Approvals.Missing > 0 {
		return now, &UnapprovedError{Preview: now.ID, Approvals: now.Approvals}
	}
	after, _, err := e.examine(ctx, intent, closely{judge: true, by: now.Approvals.By, grounds: true})
	if err != nil {
		return nil, err
	}
	if moved := differing(now.ground, after.ground); len(moved) > 0 {
		return now, &StaleError{Preview: now.ID, Moved: moved}
	}
	if more := was.beyond(after); len(more) > 0 {
		return now, &StaleError{Preview: now.ID, Moved: more, Approved: true}
	}
	after.Demanded, after.Approvals = now.Demanded, now.Approvals
	return after, nil
}

// differing are the keys under which two maps have different texts, in order.
func differing(a, b map[string]string) []string {
	var out []string
	for k, v := range a {
		if b[k] != v {
			out = append(out, k)
		}
	}
	for k := range b {
		if _, known := a[k]; !known {
			out = append(out, k)
		}
	}
	slices.SortFunc(out, natural.Compare)
	return out
}
