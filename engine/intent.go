package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/diff"
	"github.com/diet-project/diet/engine/lease"
	"github.com/diet-project/diet/engine/refer"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror"
)

// Intent is what NetBox is to be like: a [generate.Plan], or what takes the place of one.
type Intent interface {
	// Info is what is known of the plan whose objects these are.
	Info() generate.PlanInfo
}

// Destruction is the intent that nothing of a plan is left.
type Destruction struct {
	// Plan is the plan that was, as far as it is still known: at least its key. Its labels and
	// its spec.reconcile are what the policies go by.
	Plan generate.PlanInfo
}

// Info implements [Intent].
func (d Destruction) Info() generate.PlanInfo {
	info := d.Plan
	info.Digest = hashOf([]any{"destroy", info.Key, info.Digest})
	info.Classes, info.Removed = nil, nil
	return info
}

// Narrowed is a part of another intent: what it says of all other objects is left alone.
type Narrowed struct {
	Intent

	// Targets names what is looked at, and Excluded what is not: object ids, each with its
	// parts; classes; kinds. What a target needs comes along, and what needs something that
	// is excluded stays out. No targets are all.
	Targets, Excluded []string

	found bool // what they name was there: it may be gone by now
}

// IntentOf is the intent that a preview was made for. The plan is that of its file; it is not
// used where the preview is not about one.
func IntentOf(p *Preview, plan *generate.Plan) Intent {
	var intent Intent
	switch {
	case p.Destroys != nil:
		intent = Destruction{Plan: *p.Destroys}
	case p.RollsBack != "":
		intent = Rollback{Run: p.RollsBack, Plan: *p.Undone}
	default:
		intent = plan
	}
	return narrowedBy(p, intent)
}

// narrowedBy is the part of an intent that a preview is about.
func narrowedBy(p *Preview, intent Intent) Intent {
	if len(p.Targets)+len(p.Excluded) > 0 {
		return Narrowed{Intent: intent, Targets: p.Targets, Excluded: p.Excluded}
	}
	return intent
}

// aim is what an intent comes to.
type aim struct {
	topo *generate.Topology

	// Of a rollback: the run, what it did to each object that is to be as before, and what is
	// left of it.
	run      string
	undoes   map[string]change.Action
	emptied  map[string][]string // fields that NetBox emptied for what it deleted, by object
	given    map[string]*deed    // what it took over, by object
	released map[string]*deed    // what it gave up, by object
	notes    []change.Notice
	past     diff.Past // the ids that shared objects had then
	known    mapping   // what it released, and is nobody's: the journal knows it, whatever people made of it

	left map[refer.Object]string // what a part of an intent leaves out of what would be deleted, with why

	held  lease.Hold // a run that was rolled back, where this would undo that
	freed lease.Hold // a run of the plan that was rolled back, where this is something else by now
}

// aim is what an intent wants of NetBox, where people said what some of its objects are.
func (e *Engine) aim(ctx context.Context, intent Intent, mapped mapping) (*aim, error) {
	to, err := e.aimOf(ctx, whole(intent), mapped)
	if err != nil {
		return nil, err
	}
	holds, err := e.holdsOn(ctx, intent.Info().Key)
	if err != nil {
		return nil, err
	}
	if to.held = holds.On(deedsOf(intent)...); to.held.Run != "" {
		return to, nil
	}
	if i := slices.IndexFunc(holds, func(h lease.Hold) bool { return ofPlan(h.Digest) }); i >= 0 {
		to.freed = holds[i]
	}
	return to, nil
}

// aimOf is aim of an intent that is whole, but for whether it is held.
func (e *Engine) aimOf(ctx context.Context, intent Intent, mapped mapping) (*aim, error) {
	switch x := intent.(type) {
	case Destruction:
		return &aim{topo: &generate.Topology{Plan: x.Info()}}, nil
	case Rollback:
		return e.rollback(ctx, x)
	case *generate.Plan:
		topo, err := e.generate(ctx, x, mapped)
		if err != nil {
			return nil, err
		}
		if topo.Given, err = e.given(ctx, x); err != nil {
			return nil, err
		}
		return &aim{topo: topo, notes: unsaid(topo)}, nil
	}
	return nil, fmt.Errorf("nothing is known of a %T", intent)
}

// FromStdin is the file of a plan that was read from the standard input: only the store has it.
const FromStdin = "-"

// PlanText is the plan that a stored preview was made of, "" where it was made of none.
func (p *Preview) PlanText() string { return p.planText }

// answerable is what the command that answers a question names: the plan's file or, where
// the preview is about something else, the preview.
func answerable(intent Intent, topo *generate.Topology, preview string) string {
	_, plain := intent.(*generate.Plan)
	if unread := topo.Plan.File == FromStdin && preview != ""; plain && !unread {
		return topo.Plan.File
	}
	return preview
}

// stand says in a preview what it was made for.
func (p *Preview) stand(intent Intent) {
	switch x := intent.(type) {
	case Narrowed:
		p.Targets, p.Excluded = x.Targets, x.Excluded
		p.stand(x.Intent)
	case Carried:
		p.stand(x.Intent)
	case *generate.Plan:
		p.planText = x.Text()
		p.Beside = filesBeside(x)
	case Destruction:
		p.Destroys = &x.Plan
	case Rollback:
		p.RollsBack, p.Undone = x.Run, &x.Plan
	}
}

// Destruction syncs, and is that of a plan whose file is not known: only its objects in NetBox, and what the
// store knows of it.
func (e *Engine) Destruction(ctx context.Context, key string) (Destruction, error) {
	if _, err := e.Sync(ctx, mirror.Options{}); err != nil {
		return Destruction{}, err
	}
	var owners []struct{ Plan, UID string }
	if err := e.selectAll(ctx, &owners, "query/owner_list"); err != nil {
		return Destruction{}, err
	}
	unknown := &UnknownPlanError{Key: key}
	var uids []string
	for _, o := range owners {
		unknown.Known = append(unknown.Known, o.Plan)
		if o.Plan == key {
			uids = append(uids, o.UID)
		}
	}
	if len(uids) == 0 {
		if past, err := e.store.Runs(ctx, key, 1); err != nil || len(past) == 0 {
			return Destruction{}, errors.Join(unknown, err)
		}
		uids = []string{""} // all of it is gone
	}
	address, err := e.netbox(ctx)
	if err != nil {
		return Destruction{}, err
	}
	plan, err := e.known(ctx, address, key)
	plan.UID = uids[len(uids)-1] // objects of another uid are another plan's: they are found to be in doubt
	return Destruction{Plan: plan}, err
}

// UnknownPlanError is a key that no object in NetBox has.
type UnknownPlanError struct {
	Key   string
	Known []string
}

func (e *UnknownPlanError) Error() string {
	return fmt.Sprintf("nothing in NetBox is of a plan %q", e.Key)
}

// Hint lists the plans that there are.
func (e *UnknownPlanError) Hint() string {
	if len(e.Known) == 0 {
		return "nothing there is of any plan"
	}
	return "there are objects of " + strings.Join(slices.Compact(e.Known), ", ")
}
