package main

import (
	"fmt"
	"io"

	"github.com/urfave/cli/v2"

	"github.com/diet-project/diet/engine"
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
			if c.Args().Present() || len(e.settings.Plans) > 0 {
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
			if c.Bool("json") {
				return e.print(all)
			}
			for i := range all {
				writeStatus(e.out, &all[i])
			}
			if len(all) == 0 {
				fmt.Fprintln(e.out, "no plan was named, and NetBox bears the key of none")
			}
			return nil
		},
	}
}

func writeStatus(w io.Writer, s *engine.Status) {
	fmt.Fprintf(w, "%s  %s  %d objects, %d pending: %d modified, %d missing, %d orphaned, %d unmanaged, %d conflicts\n",
		s.Plan, s.Status, s.Objects, s.Pending, s.Summary.Modified, s.Summary.Missing, s.Summary.Orphaned, s.Summary.Unmanaged, s.Summary.Conflicts)
	if s.Status != engine.StateAbandoned {
		fmt.Fprintf(w, "  last reconciled %s, last drift check %s\n", or(s.LastReconciled, "not as this mirror knows"), s.LastDriftCheck)
	}
	if s.Error != "" {
		fmt.Fprintf(w, "  %s\n", s.Error)
	}
}
