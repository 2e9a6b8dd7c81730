package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/apply"
	"github.com/diet-project/diet/generate"
)

func applyCommand() *cli.Command {
	return &cli.Command{
		Name:      "apply",
		Usage:     "write what a preview showed",
		ArgsUsage: "PREVIEW-ID | [PLAN …] --yes",
		Description: `Syncs first, and refuses if anything that the preview depends on has changed
since. Changes that the policies hold are left out; the rest is written, read
back and verified. A second apply sends nothing.

One run at a time writes a plan: it holds the tag diet-lease-PLAN in NetBox
meanwhile, and another one ends with exit code 6 and says who is at work.

Ctrl-C or SIGTERM finishes the requests under way, gives the plan back and exits
with 130; a second one exits at once. The next apply goes on from there.

   diet apply pv-1a2b3c4d
   diet apply fabric.yaml --yes`,
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "yes", Usage: "preview and apply in one step, without a saved preview"},
			&cli.BoolFlag{Name: "all-or-nothing", Usage: "write nothing if anything is held"},
			&cli.BoolFlag{Name: "no-lease", Usage: "write even if another run is writing the plan"},
		},
		Action: applyAction,
	}
}

func applyAction(c *cli.Context) error {
	e, err := newEnv(c)
	if err != nil {
		return err
	}
	eng, plans, opt, err := e.applyTarget(c.Args().Slice(), c.Bool("yes"))
	if err != nil {
		return err
	}
	defer func() { _ = eng.Close() }()
	willWrite(c.Context)
	opt.AllOrNothing, opt.NoLease = c.Bool("all-or-nothing"), c.Bool("no-lease")
	if opt.NoLease {
		e.say("note: no lease is taken: nothing keeps another run from writing this plan at the same time")
	}
	var all []*apply.Result
	var ends outcomes
	for i, plan := range plans {
		result, p, err := eng.Apply(c.Context, plan, opt)
		if result != nil {
			all = append(all, result)
			if err := e.showResult(plan, result, len(plans) == 1); err != nil {
				return err
			}
			err = applyCode(result, p, err)
		}
		ends = append(ends, ends.of(plans, i, err))
		if c.Err() != nil {
			break
		}
	}
	if len(plans) > 1 && c.Bool("json") {
		err = e.print(all)
	}
	return errors.Join(err, ends.err(c.Context))
}

// showResult writes what became of a plan; of several in JSON, nothing before all are
// there.
func (e *env) showResult(plan *generate.Plan, r *apply.Result, only bool) error {
	switch {
	case only:
	case e.cli.Bool("json"):
		return nil
	default:
		fmt.Fprintf(e.out, "Plan %s\n", plan.Info().Key)
	}
	return e.format().Result(r)
}

// applyTarget finds what to apply: a preview by its id, or plans with --yes.
func (e *env) applyTarget(args []string, yes bool) (*engine.Engine, []*generate.Plan, engine.ApplyOptions, error) {
	var opt engine.ApplyOptions
	if len(args) != 1 || !strings.HasPrefix(args[0], "pv-") {
		if !yes {
			return nil, nil, opt, usage("apply takes a preview id, or plans with --yes: run diet preview first")
		}
		eng, plans, err := e.somePlans(args)
		return eng, plans, opt, err
	}
	eng, err := e.engine()
	if err != nil {
		return nil, nil, opt, err
	}
	if opt.Preview, err = eng.LoadPreview(e.cli.Context, args[0]); err != nil {
		return nil, nil, opt, errors.Join(err, eng.Close())
	}
	plan, err := readPlan(opt.Preview.PlanFile)
	if err != nil {
		return nil, nil, opt, errors.Join(err, eng.Close())
	}
	return eng, []*generate.Plan{plan}, opt, nil
}

// applyCode is the exit code for a result.
func applyCode(r *apply.Result, p *engine.Preview, err error) error {
	switch {
	case err != nil:
		return err
	case len(r.Failed)+len(r.Casualties) > 0:
		return &codeError{code: exitPartly}
	}
	return verdictCode(p, false)
}
