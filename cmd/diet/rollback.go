package main

import (
	"github.com/urfave/cli/v2"

	"github.com/diet-project/diet/engine"
)

func rollbackCommand() *cli.Command {
	return &cli.Command{
		Name:      "rollback",
		Usage:     "undo a run",
		ArgsUsage: "RUN",
		Description: `Shows a preview that undoes what a run did, and in a terminal asks. It goes through
the same policies as any other: what the run made is deleted, what it took over is
given up, what it changed or deleted is as before. The labels and the spec.reconcile
of its plan count: those of its file where diet.yaml lists that, else as it was
applied last. What somebody edited since, and
what others depend on, is not touched without an answer; what later runs changed
stays. A deleted object that is made again has another NetBox id. Shared objects
that the run made stay, because others may use them; so do tags that it put on what
was there before. What it wrote over, because an answer let it, is there again: what
people had on an object that stays, on one that was taken over, and on one that was
deleted. What others had made and that died along with a deletion is not made again,
and what was renamed to make room keeps that name. The preview names all that.

   diet runs
   diet rollback run-1a2b3c4d
   diet rollback run-1a2b3c4d --yes
   diet rollback run-1a2b3c4d --out undo.diet`,
		Flags: append(append(scopeFlags(), previewOut), append(applyFlags(), previewFlags...)...),
		Action: func(c *cli.Context) error {
			return withOne(c, oneRun, func(e *env, eng *engine.Engine, run string) error {
				intent, err := eng.Rollback(c.Context, run)
				if err != nil {
					return err
				}
				if listed, err := e.listed(intent.Plan.Key); err != nil {
					return err
				} else if listed != nil {
					intent = intent.Of(*listed)
				}
				return e.undo(eng, e.narrowed(intent))
			})
		},
	}
}
