package engine

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strconv"
	"time"

	"github.com/diet-project/diet/engine/approval"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/policy"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror/kinds"
)

// Look is what the mirror shows of a plan: its status, and what that was counted from.
type Look struct {
	Status Status

	// Preview is what Diff returns; nil where the plan cannot be compared.
	Preview *Preview

	// Revision is what it was read from: see [Engine.Revision].
	Revision string
}

// Look compares a plan with the mirror. It asks NetBox nothing.
func (e *Engine) Look(ctx context.Context, plan *generate.Plan) (*Look, error) {
	revision, err := e.Revision(ctx, plan) // first: what moves meanwhile shows next time
	if err != nil {
		return nil, err
	}
	_, objects, err := e.owned(ctx)
	if err != nil {
		return nil, err
	}
	status, p, err := e.status(ctx, plan, objects[plan.Info().Key])
	if err != nil {
		return nil, err
	}
	server, err := e.db.Server(ctx)
	status.NetBox = &server
	return &Look{Status: status, Preview: p, Revision: revision}, err
}

// Revision tells one situation from another, without comparing anything: it is the same as
// long as neither the plan, its answers, the policies, the mirror nor its last run moved.
func (e *Engine) Revision(ctx context.Context, plan *generate.Plan) (string, error) {
	synced, err := e.Synced(ctx)
	if err != nil {
		return "", err
	}
	address, err := e.netbox(ctx)
	if err != nil {
		return "", err
	}
	last, _, err := e.store.LastRun(ctx, address, plan.Info().Key)
	if err != nil {
		return "", err
	}
	answers := ""
	switch info, err := os.Stat(e.ResolutionsOf(plan)); {
	case err == nil:
		answers = info.ModTime().UTC().Format(stampLayout) + " " + strconv.FormatInt(info.Size(), 10)
	case !errors.Is(err, fs.ErrNotExist):
		return "", err
	}
	return hashOf([]any{plan.Info().Digest, e.policies.Digest(), answers, synced.UTC().Format(stampLayout), last.ID, last.Status}), nil
}

// Synced is when the mirror was last synced, by this machine's clock. It fails with
// [mirror.ErrNeverSynced] where it never was.
func (e *Engine) Synced(ctx context.Context) (time.Time, error) { return e.db.Synced(ctx) }

// Address is that of NetBox or, where none is configured, of the one that the mirror is of.
func (e *Engine) Address(ctx context.Context) (string, error) { return e.netbox(ctx) }

// Approvers are those who may approve previews.
func (e *Engine) Approvers() approval.Approvers { return e.cfg.Approvers }

// Rule is the rule with an id, nil if the policies have none.
func (e *Engine) Rule(id string) *policy.Rule { return e.policies.Rule(id) }

// Page is the page of an object at a NetBox's address, "" if there is none.
func Page(address, kind string, id int64) string {
	k, known := kinds.Standard().Of(kind)
	if address == "" || !known || id == 0 {
		return ""
	}
	return address + "/" + k.Endpoint + "/" + strconv.FormatInt(id, 10) + "/"
}

// Drifted reports whether a change is drift: somebody edited a field that diet owns, or deleted
// the object. What a person let stand is none.
func Drifted(c *change.Change) bool {
	if c.Class == change.Missing {
		return c.With == "" && !c.Accepted()
	}
	for i := range c.Fields {
		if f := &c.Fields[i]; f.Class == change.Drift && !f.Verdict.Accepted() {
			return true
		}
	}
	return false
}
