package main

import (
	"cmp"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/diet-project/diet/engine"
)

func statusCommand() *cli.Command {
	return &cli.Command{
		Name:      "status",
		Usage:     "show the status of plans",
		ArgsUsage: "[PLAN …]",
		Description: `Reads the mirror, and prints for each plan the first of these that applies:

   error            the plan does not load, the policies cannot be used, or its last
                    run failed
   reconciling      a run is writing it
   conflicts        something waits for a person
   drift_detected   somebody edited NetBox
   not_applied      nothing in NetBox is the plan's yet
   ahead            the plan has changes that an apply would write
   in_sync

Without arguments it also lists the plan keys in NetBox that none of the plans in
diet.yaml has: as no_plan_file, or as abandoned where diet.yaml says that its plans
are all (complete_plans: true).
It also tells what NetBox can do, as the last sync found it.

   diet status --sync fabric.yaml
   diet status --at 2026-11-27 fabric.yaml
   diet status --json`,
		Flags: []cli.Flag{&cli.BoolFlag{Name: "sync", Usage: "sync first"}, atFlag},
		Action: func(c *cli.Context) error {
			e, err := newEnv(c)
			if err != nil {
				return err
			}
			paths := c.Args().Slice()
			if len(paths) == 0 {
				paths = texts(e.config.Plans)
			}
			plans, wrong, err := e.load(paths)
			if err != nil {
				return err
			}
			return e.then(func(eng *engine.Engine) error {
				others := e.otherPlans()
				all, err := eng.Status(c.Context, plans, cmp.Or(others, engine.StateOther))
				if err != nil {
					return err
				}
				all = withWrong(all, wrong)
				if others == "" {
					all = slices.DeleteFunc(all, func(s engine.Status) bool { return s.Status == engine.StateOther })
				}
				return e.format().Status(all)
			})
		},
	}
}

// withWrong adds the plans that do not load, which NetBox may have objects of.
func withWrong(all []engine.Status, wrong []wrongPlan) []engine.Status {
	for _, w := range wrong {
		s := engine.Status{Plan: w.key}
		i := slices.IndexFunc(all, func(s engine.Status) bool { return s.Plan == w.key && !s.Compared })
		if i >= 0 {
			s = all[i]
			all = slices.Delete(all, i, i+1)
		} else if len(all) > 0 {
			s.NetBox = all[0].NetBox
		}
		s.Status, s.Error = engine.StateError, w.why.Error()
		all = append(all, s)
	}
	return all
}

// otherPlans is the state of plans in NetBox that no file was named for. Whoever names plans
// asks about those alone.
func (e *env) otherPlans() engine.State {
	switch {
	case e.cli.Args().Present():
		return ""
	case e.config.CompletePlans:
		return engine.StateAbandoned
	default:
		return engine.StateOther
	}
}
