package main

import (
	"github.com/urfave/cli/v2"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror"
)

var previewFlags = []cli.Flag{
	&cli.BoolFlag{Name: "full", Usage: "list every change instead of folding equal ones"},
	&cli.BoolFlag{Name: "detailed-exitcode", Usage: "exit with 2 if there are changes or drift"},
}

func previewCommand() *cli.Command {
	return &cli.Command{
		Name:      "preview",
		Usage:     "show what an apply would do, and save it for diet apply",
		ArgsUsage: "[PLAN]",
		Description: `Syncs, compares the plan with NetBox, and lets the policies decide about every
difference. The last line is the id to pass to diet apply.

   diet preview fabric.yaml
   diet apply pv-1a2b3c4d`,
		Flags: previewFlags,
		Action: func(c *cli.Context) error {
			e, err := newEnv(c)
			if err != nil {
				return err
			}
			eng, plan, err := e.onePlan(c.Args().Slice())
			if err != nil {
				return err
			}
			defer func() { _ = eng.Close() }()
			if _, err := eng.Sync(c.Context, mirror.Options{}); err != nil {
				return err
			}
			p, refused := eng.Preview(c.Context, plan)
			if p == nil {
				return refused
			}
			if err := e.format().Preview(p, refused == nil); err != nil {
				return err
			}
			if refused != nil {
				return refused // the text above shows what it would have done
			}
			return verdictCode(p, c.Bool("detailed-exitcode"))
		},
	}
}

// onePlan opens the engine and reads the one plan that a command works on.
func (e *env) onePlan(args []string) (*engine.Engine, *generate.Plan, error) {
	plan, err := e.plan(args)
	if err != nil {
		return nil, nil, err
	}
	eng, err := e.engine()
	return eng, plan, err
}

// verdictCode is the exit code for a preview.
func verdictCode(p *engine.Preview, detailed bool) error {
	switch {
	case p.Denied():
		return &codeError{code: exitDenied}
	case p.Waits():
		return &codeError{code: exitPerson}
	case detailed && (p.Pending() > 0 || len(p.Conflicts) > 0):
		return &codeError{code: exitChanges}
	}
	return nil
}
