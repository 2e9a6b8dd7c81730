package main

import (
	"github.com/urfave/cli/v2"

	"github.com/diet-project/diet/generate"
)

func statusCommand() *cli.Command {
	return &cli.Command{
		Name:      "status",
		Usage:     "tell how plans stand in the mirror",
		ArgsUsage: "[PLAN …]",
		Description: `For each plan one of error, reconciling, conflicts, drift_detected and in_sync;
plan keys that NetBox bears and that no plan was named for are abandoned. What
the plan wants and nobody has applied yet is no drift: it is told as pending.

   diet status --sync fabric.yaml
   diet status --json`,
		Flags: []cli.Flag{&cli.BoolFlag{Name: "sync", Usage: "sync first"}},
		Action: func(c *cli.Context) error {
			e, err := newEnv(c)
			if err != nil {
				return err
			}
			var plans []*generate.Plan
			if c.Args().Present() || len(e.config.Plans) > 0 {
				if plans, err = e.plans(c.Args().Slice()); err != nil {
					return err
				}
			}
			eng, err := e.engine()
			if err != nil {
				return err
			}
			defer func() { _ = eng.Close() }()
			if err := e.refresh(eng); err != nil {
				return err
			}
			all, err := eng.Status(c.Context, plans)
			if err != nil {
				return err
			}
			return e.format().Status(all)
		},
	}
}
