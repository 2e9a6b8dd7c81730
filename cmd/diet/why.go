package main

import (
	"github.com/urfave/cli/v2"
)

func whyCommand() *cli.Command {
	return &cli.Command{
		Name:      "why",
		Usage:     "explain what diet does about an object, or a field of it",
		ArgsUsage: "[PLAN] OBJECT [FIELD]",
		Description: `Prints what diet last applied, what the plan wants and what NetBox has, who changed
it and when, the verdict with its rule, what the rule looked at, and what would
change it. OBJECT is a diet id, KIND:NETBOX-ID, or a name. Without a PLAN, that of
diet.yaml.

   diet why fabric.yaml 'web/web[1]' description
   diet why fabric.yaml device:12 --json`,
		Flags: []cli.Flag{&cli.BoolFlag{Name: "sync", Usage: "sync first"}},
		Action: func(c *cli.Context) error {
			e, err := newEnv(c)
			if err != nil {
				return err
			}
			plan, object, field, err := about(c.Args().Slice())
			if err != nil {
				return err
			}
			eng, p, err := e.onePlan(plan)
			if err != nil {
				return err
			}
			defer func() { _ = eng.Close() }()
			if err := e.refresh(eng); err != nil {
				return err
			}
			x, err := eng.Why(c.Context, p, object, field)
			if err != nil {
				return err
			}
			return e.format().Why(x)
		},
	}
}
