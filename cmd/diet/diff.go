package main

import (
	"github.com/urfave/cli/v2"

	"github.com/diet-project/diet/engine"
)

func diffCommand() *cli.Command {
	return &cli.Command{
		Name:      "diff",
		Usage:     "show drift and planned changes separately, or query the mirror in SQL",
		ArgsUsage: "[PLAN] | 'SELECT …'",
		Description: `With a plan, or the plans of diet.yaml: what people changed in NetBox, and what
the plan would change. With an SQL statement that starts with SELECT or WITH: its
rows, read-only. docs/sql.md describes the views (drift, change, conflict, …) and
the tables.

With --at, NetBox is what the mirror knows of it at that time: the plan is today's.

   diet diff fabric.yaml
   diet diff --at '2026-11-27 14:00' fabric.yaml
   diet diff "SELECT kind, field, want, have FROM drift WHERE kind = 'device'"`,
		Flags: append([]cli.Flag{
			&cli.BoolFlag{Name: "sync", Usage: "sync first"},
			atFlag, formatFlag,
		}, previewFlags...),
		Action: func(c *cli.Context) error {
			e, err := newEnv(c)
			if err != nil {
				return err
			}
			if arg := c.Args().First(); isSQL(arg) {
				if c.NArg() > 1 {
					return usage("one statement at a time: put it in quotes")
				}
				return e.query(arg, defaultLimits)
			}
			return e.diff(c.Args().Slice())
		},
	}
}

func (e *env) diff(args []string) error {
	plans, err := e.plans(args)
	if err != nil {
		return err
	}
	var all []*engine.Preview
	err = e.then(func(eng *engine.Engine) error {
		for _, plan := range plans {
			p, err := eng.Diff(e.cli.Context, plan)
			if err != nil {
				return err
			}
			all = append(all, p)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := e.format().Diff(all); err != nil {
		return err
	}
	if e.cli.Bool("detailed-exitcode") {
		for _, p := range all {
			if differs(p) || p.Waits() || p.Denied() {
				return &codeError{code: exitChanges}
			}
		}
	}
	return nil
}
