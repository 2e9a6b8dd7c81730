package main

import (
	"github.com/urfave/cli/v2"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/generate"
)

func statusCommand() *cli.Command {
	return &cli.Command{
		Name:      "status",
		Usage:     "show the status of plans",
		ArgsUsage: "[PLAN …]",
		Description: `Reads the mirror, and prints one of error, conflicts, drift_detected and in_sync
for each plan, and what NetBox can do, as the last sync found it. A plan key that
NetBox has and no named plan has is reported as
abandoned. Changes of the plan that nobody has applied yet are not drift: they are
counted as pending.

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
			return e.withMirror(func(eng *engine.Engine) error {
				all, err := eng.Status(c.Context, plans)
				if err != nil {
					return err
				}
				return e.format().Status(all)
			})
		},
	}
}
