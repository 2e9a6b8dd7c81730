package main

import (
	"errors"
	"io/fs"

	"github.com/urfave/cli/v2"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/generate"
)

func destroyCommand() *cli.Command {
	return &cli.Command{
		Name:      "destroy",
		Usage:     "remove from NetBox what diet made for a plan",
		ArgsUsage: "PLAN-KEY",
		Description: `Shows a preview that wants nothing of a plan any more, and in a terminal asks. It goes
through the same policies as any other: what people depend on, protected or edited
is not deleted without an answer. Its labels and its spec.reconcile count: those of
its file where diet.yaml lists that, else as it was applied last. Objects that were there before the plan and adopted
by it are its own now: answer with orphan to keep them.

   diet destroy web
   diet destroy web --yes
   diet destroy web --out remove.diet`,
		Flags: append(append(scopeFlags(), previewOut), append(applyFlags(), previewFlags...)...),
		Action: func(c *cli.Context) error {
			return withOne(c, "name the key of one plan: `diet status` lists them", (*env).destroy)
		},
	}
}

func (e *env) destroy(eng *engine.Engine, key string) error {
	intent, err := e.destruction(eng, key)
	if err != nil {
		return err
	}
	return e.undo(eng, e.narrowed(intent))
}

// undo shows the preview of an intent that is no plan, and applies it if that is agreed to.
func (e *env) undo(eng *engine.Engine, intent engine.Intent) error {
	c := e.cli
	if c.IsSet("out") && c.Bool("yes") {
		return usage("--out writes a file to be applied later, and --yes applies now: choose one")
	}
	all, ends, err := e.preview(eng, []engine.Intent{intent})
	if err != nil {
		return err
	}
	switch {
	case c.IsSet("out") && len(all) == 1 && stored(ends):
		return append(ends, e.carry(eng, all[0].ID)).err(c.Context)
	case len(all) == 0 || all[0].Pending() == 0:
		return ends.err(c.Context)
	case c.Bool("yes"):
	case !e.asks():
		return ends.err(c.Context) // the preview says how to apply it
	case !e.agrees("Apply this?"):
		return errNotAgreed
	}
	return e.apply(eng, []engine.Task{{Intent: intent, Preview: all[0]}})
}

// destruction is the intent that nothing of a plan is left. What the plan's own file says of
// labels and reconciliation counts, if diet.yaml lists it.
func (e *env) destruction(eng *engine.Engine, key string) (engine.Intent, error) {
	listed, err := e.listed(key)
	if err != nil {
		return nil, err
	}
	if listed != nil {
		return engine.Destruction{Plan: *listed}, nil
	}
	return eng.Destruction(e.cli.Context, key)
}

// listed is the plan of diet.yaml with a key, or nil.
func (e *env) listed(key string) (*generate.PlanInfo, error) {
	if len(e.config.Plans) == 0 {
		return nil, nil //nolint:nilnil // none is listed
	}
	var plans []*generate.Plan
	for _, path := range planPaths(texts(e.config.Plans)) {
		plan, err := e.readPlan(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue // the plan of what is undone may be gone from here already
		}
		if err != nil {
			return nil, err
		}
		plans = append(plans, plan)
	}
	if findings := generate.CheckKeys(plans); len(findings) > 0 {
		return nil, &generate.FindingsError{Findings: findings}
	}
	for _, plan := range plans {
		if info := plan.Info(); info.Key == key {
			return &info, nil
		}
	}
	return nil, nil //nolint:nilnil // none has the key
}
