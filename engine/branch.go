package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/diet-project/diet/generate/plain"
	"github.com/diet-project/diet/mirror/netbox"
	"github.com/diet-project/diet/mirror/store"
)

// connect makes a client, for a branch or, with nil, for NetBox itself.
func (c Config) connect(branch *netbox.Branch) (*netbox.Client, error) {
	return netbox.New(netbox.Config{
		URL: c.URL, Token: c.Token, TLS: c.TLS, Rate: float64(c.Rate), UserAgent: "diet/" + c.Version, Logger: c.Logger, Branch: branch,
	})
}

// branchPause is how long to wait before asking NetBox again how far it is with a branch.
const branchPause = time.Second

// InBranch returns the configuration for work in a branch of NetBox, which is made and waited
// for where it is not there and may be made: a mirror of its own, beside that of NetBox, and
// the same store. It fails with [netbox.ErrNoBranching], [netbox.ErrNoBranch] and a
// [*netbox.BranchError].
func (c Config) InBranch(ctx context.Context, name string, mayMake bool) (Config, error) {
	if c.URL == "" {
		return c, ErrNoNetBox
	}
	client, err := c.connect(nil)
	if err != nil {
		return c, err
	}
	b, err := client.FindBranch(ctx, name)
	if errors.Is(err, netbox.ErrNoBranch) && mayMake {
		b, err = client.MakeBranch(ctx, name)
	}
	if err != nil {
		return c, err
	}
	b, err = client.ReadyBranch(ctx, b, branchPause, c.waiting(name))
	if err != nil {
		return c, err
	}
	c.Branch = &b
	c.Store = cmp.Or(c.Store, store.Beside(c.Mirror))
	c.Mirror = fmt.Sprintf("%s.branch-%s-%d.db", strings.TrimSuffix(c.Mirror, ".db"), b.Schema, b.Trunk)
	return c, nil
}

// waiting tells how far NetBox is with a branch.
func (c Config) waiting(name string) func(status string) {
	return func(status string) {
		if c.Step == nil {
			return
		}
		if status == "new" || status == "pending" {
			status = "waits for NetBox's background worker (rqworker)"
		}
		c.Step(fmt.Sprintf("branch %s: %s", name, status))
	}
}

// Branches lists the branches of NetBox. It fails with [netbox.ErrNoBranching] without the
// plugin.
func (e *Engine) Branches(ctx context.Context) ([]netbox.Branch, error) {
	if e.trunk == nil {
		return nil, ErrNoNetBox
	}
	return e.trunk.Branches(ctx)
}

// BranchChanges lists what differs between a branch and NetBox.
func (e *Engine) BranchChanges(ctx context.Context, name string) ([]netbox.BranchChange, error) {
	if e.trunk == nil {
		return nil, ErrNoNetBox
	}
	b, err := e.trunk.FindBranch(ctx, name)
	if err != nil {
		return nil, err
	}
	return e.trunk.BranchChanges(ctx, b)
}

// BranchConflictError is a branch that cannot be merged as the same fields were changed in
// NetBox meanwhile.
type BranchConflictError struct {
	Name    string
	Changes []netbox.BranchChange
}

// Error names the first of them.
func (e *BranchConflictError) Error() string {
	c := e.Changes[0]
	s := fmt.Sprintf("branch %q: %s of %s %q changed in NetBox too", e.Name, strings.Join(c.Conflicts, ", "), c.Type, c.Name)
	if more := len(e.Changes) - 1; more > 0 {
		s += ", and " + plain.Count(more, "more object", "more objects")
	}
	return s
}

// Hint says what to do.
func (e *BranchConflictError) Hint() string {
	return "look at both sides in NetBox, under Branching; --anyway has the branch win"
}

// MergeBranch merges a branch into NetBox and waits until that is done. It takes the leases of
// the plans whose objects differ, and of those that are named, so that no run writes them
// meanwhile. It fails with a [*BranchConflictError] where both sides changed, unless anyway
// has the branch win. Where nothing differs there is nothing to merge, which NetBox does not do either.
func (e *Engine) MergeBranch(ctx context.Context, name string, plans []string, anyway bool) (merged bool, err error) {
	if e.trunk == nil {
		return false, ErrNoNetBox
	}
	b, err := e.trunk.FindBranch(ctx, name)
	if err != nil {
		return false, err
	}
	if b, err = e.trunk.ReadyBranch(ctx, b, branchPause, e.cfg.waiting(name)); err != nil {
		return false, err
	}
	changes, err := e.trunk.BranchChanges(ctx, b)
	if err != nil || len(changes) == 0 {
		return false, err
	}
	for _, c := range changes {
		plans = append(plans, c.Plans...)
	}
	slices.Sort(plans)
	for _, plan := range slices.Compact(plans) {
		held, err := e.take(ctx, plan, newID("run"), false)
		if err != nil {
			return false, err
		}
		defer func() { _ = e.release(context.WithoutCancel(ctx), held, nil) }()
	}
	conflicts, reported, err := e.branchConflicts(ctx, b)
	if err != nil {
		return false, err
	}
	if len(conflicts) > 0 && !anyway {
		return false, &BranchConflictError{Name: name, Changes: conflicts}
	}
	// Where NetBox reports none it is not told to overlook any: somebody may edit meanwhile.
	err = e.trunk.MergeBranch(ctx, b, anyway || reported > 0, branchPause, e.cfg.waiting(name))
	return err == nil, err
}

// branchConflicts are the objects of which the same fields were changed in a branch and beside it.
// The plugin also counts cables that lost their ends with a device that the branch deletes,
// though nobody touched them in NetBox: reported is how many it counts.
func (e *Engine) branchConflicts(ctx context.Context, b netbox.Branch) (out []netbox.BranchChange, reported int, err error) {
	changes, err := e.trunk.BranchChanges(ctx, b)
	if err != nil {
		return nil, 0, err
	}
	for _, c := range changes {
		if len(c.Conflicts) == 0 {
			continue
		}
		reported++
		n, err := e.trunk.Count(ctx, netbox.ObjectChange, url.Values{
			"changed_object_type": {c.Type}, "changed_object_id": {strconv.FormatInt(c.ID, 10)}, "id__gt": {strconv.FormatInt(b.Trunk, 10)},
		})
		if err != nil {
			return nil, 0, fmt.Errorf("read what changed beside branch %q: %w", b.Name, err)
		}
		if n > 0 {
			out = append(out, c)
		}
	}
	return out, reported, nil
}

// ElsewhereError is a run that wrote to another NetBox, or branch of it, than the one at hand.
// Both are as [netbox.Client.Instance] names them.
type ElsewhereError struct{ Wrote, Here string }

func (e *ElsewhereError) Error() string {
	switch address, branch, same := e.wrote(); {
	case !same:
		return "it wrote to another NetBox, " + address
	case branch != "":
		return "it wrote into a branch of this NetBox, " + branch
	}
	return "it wrote to NetBox itself, not into the branch"
}

// Hint says where the run can be undone.
func (e *ElsewhereError) Hint() string {
	switch _, branch, same := e.wrote(); {
	case !same:
		return "set NETBOX_URL to that NetBox"
	case branch != "":
		return "name the branch with --branch; what is merged by now is undone by a change of the plan, or in NetBox under Branching"
	}
	return "leave out --branch"
}

// wrote is the NetBox and the branch, "" for none, that the run wrote into, and whether that NetBox is the
// one at hand.
func (e *ElsewhereError) wrote() (address, branch string, same bool) {
	address, branch, _ = strings.Cut(e.Wrote, "#")
	here, _, _ := strings.Cut(e.Here, "#")
	return address, branch, address == here
}
