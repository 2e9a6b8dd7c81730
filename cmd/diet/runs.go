package main

import (
	"github.com/urfave/cli/v2"

	"github.com/diet-project/diet/engine"
)

func runsCommand() *cli.Command {
	return &cli.Command{
		Name:      "runs",
		Usage:     "list what was applied, the newest first",
		ArgsUsage: "[PLAN-KEY]",
		Description: `Lists the runs in the store, of all plans or of one. It needs no NetBox.

   diet runs
   diet runs web --json`,
		Flags: []cli.Flag{&cli.IntFlag{Name: "most", Usage: "list at most `N` runs; 0 lists all", Value: 50}},
		Action: func(c *cli.Context) error {
			return ofPlan(c, func(e *env, eng *engine.Engine, plan string) error {
				runs, err := eng.Runs(c.Context, plan, most(c))
				if err != nil {
					return err
				}
				if len(runs) == 0 && plan != "" && !c.Bool("json") {
					e.say("diet: none is of a plan %q%s: `diet runs` lists those of all", plan, eng.KeyMeant(c.Context, plan))
					return nil
				}
				return e.format().Runs(runs)
			})
		},
	}
}

// most is how many rows are listed at most; less than none is all.
func most(c *cli.Context) int {
	if n := c.Int("most"); n > 0 {
		return n
	}
	return -1
}

// oneRun is what is said where no run is named.
const oneRun = "name one run: `diet runs` lists them"

func runCommand() *cli.Command {
	return &cli.Command{
		Name:      "run",
		Usage:     "show a run, request by request",
		ArgsUsage: "RUN",
		Description: `Shows each write request of a run: when, of which objects, what became of it, and
where NetBox's changelog lists its changes. With --json also what was sent, what was
there before, and the result. It needs no NetBox.

   diet run run-1a2b3c4d`,
		Flags: []cli.Flag{&cli.BoolFlag{Name: "full", Usage: "name every object"}},
		Action: func(c *cli.Context) error {
			return withOne(c, oneRun, func(e *env, eng *engine.Engine, id string) error {
				run, err := eng.Run(c.Context, id)
				if err != nil {
					return err
				}
				return e.format().Run(run)
			})
		},
	}
}
