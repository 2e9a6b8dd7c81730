package main

import (
	"fmt"

	"github.com/urfave/cli/v2"
)

func statusCommand() *cli.Command {
	return &cli.Command{
		Name:      "status",
		Usage:     "tell how plans stand in the mirror",
		ArgsUsage: "[PLAN …]",
		Description: `For each plan one of error, reconciling, conflicts, drift_detected and in_sync;
plan keys that NetBox bears and that no plan was named for are abandoned.

   diet status --sync fabric.yaml`,
		Flags: []cli.Flag{&cli.BoolFlag{Name: "sync", Usage: "sync first"}},
		Action: func(c *cli.Context) error {
			e, err := newEnv(c)
			if err != nil {
				return err
			}
			plans, err := e.plans(c.Args().Slice())
			if err != nil {
				return err
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
			if c.Bool("json") {
				return e.print(all)
			}
			for _, s := range all {
				fmt.Fprintf(e.out, "%s  %s  %d objects, %d pending: %d modified, %d missing, %d orphaned, %d unmanaged, %d conflicts\n",
					s.Plan, s.Status, s.Objects, s.Pending, s.Summary.Modified, s.Summary.Missing, s.Summary.Orphaned, s.Summary.Unmanaged, s.Summary.Conflicts)
				if s.LastReconciled != "" {
					fmt.Fprintf(e.out, "  last reconciled %s\n", s.LastReconciled)
				}
				if s.Error != "" {
					fmt.Fprintf(e.out, "  %s\n", s.Error)
				}
			}
			return nil
		},
	}
}
