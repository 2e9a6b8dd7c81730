package engine

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/policy"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/generate/plain"
	"github.com/diet-project/diet/mirror/kinds"
)

// decide asks the policies about every difference, has people's answers settle what they
// stand for, and then, with the counts of what would be done and waits for nothing, does the same
// for the preview as a whole.
func (e *Engine) decide(ctx context.Context, to *aim, set *change.Set, hall *hearing) (change.Verdict, error) {
	topo := to.topo
	run := policy.Run{
		Plan: &policy.Plan{Key: set.Plan, Site: cmp.Or(topo.Site.Slug, topo.Plan.Site), Labels: topo.Plan.Labels, Reconcile: topo.Plan.Reconcile},
		Now:  e.now().UTC().Format(time.RFC3339),
	}
	if to.run != "" {
		run.Totals = &policy.Totals{RollbackOf: to.run}
	}
	if err := e.nameReferences(ctx, set); err != nil {
		return change.Verdict{}, err
	}
	view, err := e.sightOf(ctx, set)
	if err != nil {
		return change.Verdict{}, err
	}
	var guarded guardedParts
	for again := true; again; again = hall.bonds.count(set) {
		if guarded, err = e.decideEach(ctx, run, topo, set, view, hall); err != nil {
			return change.Verdict{}, err
		}
	}
	giveUp(set)
	follow(set, guarded)
	hall.bonds.keep(set)
	hold(set, hall.bonds)
	if run.Totals, err = e.countRun(ctx, set); err != nil {
		return change.Verdict{}, err
	}
	run.Totals.RollbackOf, run.Totals.HeldBy = to.run, to.held.Run
	var whole change.Verdict
	if err := e.rule(ctx, []policy.Input{run.Whole()}, []*change.Verdict{&whole}, hall.log); err != nil {
		return whole, err
	}
	if err := hall.settleRun(ctx, set, run.Whole(), &whole, to.held.Cause()); err != nil {
		return whole, err
	}
	if whole.Waits() {
		holdAll(set, whole)
	}
	return whole, nil
}

// decideEach has the policies decide about each difference, and answers settle what they stand
// for.
func (e *Engine) decideEach(
	ctx context.Context, run policy.Run, topo *generate.Topology, set *change.Set, view *sight, hall *hearing,
) (guardedParts, error) {
	hall.afresh()
	inputs, put := e.inputs(run, topo, set, view)
	e.cfg.Step("deciding about " + plain.Count(len(inputs), "difference", "differences"))
	if err := e.rule(ctx, inputs, put, hall.log); err != nil {
		return nil, err
	}
	together(set)
	guarded := e.guardedParts(set)
	hall.raised = follow(set, guarded)
	if err := hall.settle(ctx, set, inputs, put); err != nil {
		return nil, err
	}
	together(set)
	follow(set, guarded)
	return guarded, nil
}

// rule has the policies decide, and puts each verdict where it belongs.
func (e *Engine) rule(ctx context.Context, inputs []policy.Input, put []*change.Verdict, log *ledger) error {
	for i := range inputs {
		e.policies.Excuse(&inputs[i])
	}
	e.tellFaulty()
	verdicts, took, err := e.policies.DecideTimed(ctx, inputs)
	if err != nil {
		return fmt.Errorf("decide: %w", err)
	}
	for i, place := range put {
		*place = verdicts[i]
		log.note(place, decided{inputs[i], verdicts[i], took[i]})
	}
	return nil
}

// together gives fields that mean something only together one verdict, the strictest of
// theirs: nobody wants half of a position, or a length without its unit.
func together(set *change.Set) {
	for i := range set.Changes {
		c := &set.Changes[i]
		if !c.PerField() {
			continue
		}
		for _, group := range c.Groups() {
			var strictest *change.Verdict
			members := c.Bundled(group)
			for _, f := range members {
				if strictest == nil || f.Verdict.Stricter(*strictest) {
					strictest = &f.Verdict
				}
			}
			for _, f := range members {
				f.Verdict = *strictest
			}
		}
	}
}

// inputs makes one input per object and one per differing field, with the place that
// each verdict goes to.
func (e *Engine) inputs(
	run policy.Run, topo *generate.Topology, set *change.Set, view *sight,
) ([]policy.Input, []*change.Verdict) {
	inputs := make([]policy.Input, 0, len(set.Changes))
	put := make([]*change.Verdict, 0, len(set.Changes))
	policies := deletionPolicies(topo)
	removed := removedClasses(topo, set)
	children := childrenOf(set)
	coming := sync.OnceValue(func() map[string]string { return comingIn(set) }) // few changes ask for it
	for i := range set.Changes {
		c := &set.Changes[i]
		if c.Class == change.Parking {
			continue // it is ours, temporarily: beyond the reach of any rule
		}
		in := run.Object(c)
		in.Before, in.After = view.of(c)
		in.DeletionPolicy = policies[c.Source]
		in.Removed = removed[c.Source]
		if said := topo.Plan.RemovalOf(c.Source); said != "" && c.Class == change.Orphaned {
			in.DeletionPolicy, in.Removed = said, nil // whoever wrote it knows that the class is gone
		}
		for _, child := range children[c.Object] {
			in.Absorb(child)
		}
		if !c.Settled {
			inputs = append(inputs, in)
			put = append(put, &c.Verdict)
		}
		if !c.PerField() {
			continue
		}
		for j := range c.Fields {
			field := run.Field(c, &c.Fields[j])
			field.Before, field.After = in.Before, in.After
			field.Names = namesOf(set, coming, c, &c.Fields[j])
			inputs = append(inputs, field)
			put = append(put, &c.Fields[j].Verdict)
		}
	}
	return inputs, put
}

// comingIn are the names of what is yet to be made, by diet id or kind:slug.
func comingIn(set *change.Set) map[string]string {
	out := map[string]string{}
	for i := range set.Changes {
		if c := &set.Changes[i]; c.Action == change.Create && c.Name != "" {
			out[c.Object] = c.Name
		}
	}
	return out
}

// namesOf are what the sides of a field are called that refers to other objects, some yet to be
// made; nil for others.
func namesOf(set *change.Set, coming func() map[string]string, c *change.Change, f *change.Field) map[string]string {
	var out map[string]string
	for side, v := range map[string]any{"want": f.Want, "base": f.Base, "have": f.Have} {
		name, ok := set.Named(c.Kind, f.Name, v)
		if ref, pending := change.Pending(c.Kind, f.Name, v); pending {
			name, ok = cmp.Or(coming()[ref], ref), true
		}
		if ok {
			if out == nil {
				out = map[string]string{}
			}
			out[side] = name
		}
	}
	return out
}

// childrenOf lists what is deleted with each doomed device: what depends on it depends
// on the device too.
func childrenOf(set *change.Set) map[string][]*change.Change {
	out := map[string][]*change.Change{}
	for i := range set.Changes {
		if c := &set.Changes[i]; c.With != "" {
			out[c.With] = append(out[c.With], c)
		}
	}
	return out
}

func expected(c *change.Change) bool { return c.Expected() != "" }

// open reports whether a change would not be made, and may be once a person has answered.
func open(c *change.Change) bool {
	asks := func(f change.Field) bool { return f.Verdict.Asks() }
	return c.Action != change.None && c.Class != change.Parking && !expected(c) &&
		(c.Verdict.Asks() || c.Held != "" || c.PerField() && slices.ContainsFunc(c.Fields, asks))
}

// countRun counts what the set would do, given the verdicts on its objects.
func (e *Engine) countRun(ctx context.Context, set *change.Set) (*policy.Totals, error) {
	owned, err := e.OwnedCounts(ctx, set.Plan)
	if err != nil {
		return nil, err
	}
	totals := &policy.Totals{Cascade: map[string]int{}, Owned: owned, Counts: set.Count(expected), Asked: set.Count(open)}
	for i := range set.Changes {
		c := &set.Changes[i]
		if c.With != "" || c.Class == change.Parking {
			continue
		}
		if c.Expected() != change.Delete {
			totals.Doubtful += one(c.Action == change.Delete && open(c) && (c.Verdict.Asks() || c.Outcome() == change.Delete))
			continue
		}
		totals.Deletions++
		for kind, n := range c.Cascade {
			totals.Cascade[kind] += n
		}
	}
	return totals, nil
}

// OwnedCounts is how many objects of each kind a plan owns in NetBox, by the mirror.
func (e *Engine) OwnedCounts(ctx context.Context, plan string) (map[string]int, error) {
	var rows []struct {
		Kind string `db:"kind"`
		N    int    `db:"n"`
	}
	if err := e.selectAll(ctx, &rows, "query/owned_count", sql.Named("plan", plan)); err != nil {
		return nil, err
	}
	out := map[string]int{}
	for _, r := range rows {
		out[r.Kind] = r.N
	}
	return out, nil
}

// deletionPolicies are those that classes set for themselves.
func deletionPolicies(topo *generate.Topology) map[string]string {
	out := map[string]string{}
	for i := range topo.Devices {
		if p := topo.Devices[i].DeletionPolicy; p != "" {
			out[topo.Devices[i].Source] = p
		}
	}
	return out
}

// attached reports whether objects of a kind are created and deleted with others.
func attached(name string) bool {
	kind, _ := kinds.Standard().Of(name)
	return kind.Attached
}

// removedClasses counts, for each class that is no longer in the plan, what deleting all
// of it would take along.
func removedClasses(topo *generate.Topology, set *change.Set) map[string]*policy.Removed {
	lives := map[string]bool{}
	for _, class := range topo.Plan.Classes {
		lives[class] = true
	}
	out := map[string]*policy.Removed{}
	for i := range set.Changes {
		c := &set.Changes[i]
		if c.Class != change.Orphaned || c.With != "" || lives[c.Source] || attached(c.Kind) {
			continue
		}
		r := out[c.Source]
		if r == nil {
			r = &policy.Removed{Objects: map[string]int{}, Cascade: map[string]int{}}
			out[c.Source] = r
		}
		r.Objects[c.Kind]++
		for kind, n := range c.Cascade {
			r.Cascade[kind] += n
		}
	}
	return out
}
