package main

import (
	"github.com/urfave/cli/v2"

	"github.com/diet-project/diet/engine"
)

func blameCommand() *cli.Command {
	return &cli.Command{
		Name:      "blame",
		Usage:     "list who changed an object, or a field of it",
		ArgsUsage: "OBJECT [FIELD]",
		Description: `Prints the changes that the mirror knows, the newest first: when, who, in which
request of NetBox, with which message, and the values after it. OBJECT is a diet id,
or KIND:NETBOX-ID; one that was deleted is found as well.

   diet blame 'web/web[1]' description
   diet blame device:12 --json`,
		Flags: []cli.Flag{&cli.BoolFlag{Name: "sync", Usage: "sync first"}},
		Action: func(c *cli.Context) error {
			return withObject(c, func(e *env, eng *engine.Engine, object, field string) error {
				edits, err := eng.Blame(c.Context, object, field)
				if err != nil {
					return err
				}
				if len(edits) == 0 || field != "" {
					if err := eng.SeenField(c.Context, object, field); err != nil {
						return err
					}
				}
				if len(edits) == 0 {
					e.say("diet: the mirror has no such change of %s", object)
				}
				return e.format().Blame(edits)
			})
		},
	}
}

// withObject runs a command that takes an object, and a field of it or none, with the mirror.
func withObject(c *cli.Context, do func(e *env, eng *engine.Engine, object, field string) error) error {
	e, err := newEnv(c)
	if err != nil {
		return err
	}
	if c.NArg() < 1 || c.NArg() > 2 {
		return usage("name one object, and a field of it or none: OBJECT [FIELD]")
	}
	return e.withMirror(func(eng *engine.Engine) error { return do(e, eng, c.Args().First(), c.Args().Get(1)) })
}
