package main

import (
	"time"

	"github.com/urfave/cli/v2"

	"github.com/diet-project/diet/engine"
)

func historyCommand() *cli.Command {
	return &cli.Command{
		Name:      "history",
		Usage:     "list what an object was, or a field of it",
		ArgsUsage: "OBJECT [FIELD]",
		Description: `Prints each change that the mirror saw, the newest first, with the values before and
after it, also where NetBox's changelog has no row. It begins with the first sync of the
mirror, and goes back as far as history: in diet.yaml says. OBJECT is a diet id, or
KIND:NETBOX-ID.

   diet history 'web/web[1]' description
   diet history site:3 --json`,
		Flags: []cli.Flag{&cli.BoolFlag{Name: "sync", Usage: "sync first"}},
		Action: func(c *cli.Context) error {
			return withObject(c, func(e *env, eng *engine.Engine, object, field string) error {
				h, err := eng.History(c.Context, object, field)
				if err != nil {
					return err
				}
				if len(h.Steps) == 0 {
					if err := eng.SeenField(c.Context, object, field); err != nil {
						return err
					}
					e.say("diet: the mirror saw no change of %s since %s", h.Object, h.Since)
				}
				return e.format().History(h)
			})
		},
	}
}

// atFlag goes back in time.
var atFlag = &cli.StringFlag{Name: "at", Usage: "look at NetBox as it was at a `TIME`, or at the end of a run"}

// then does what reads the mirror as it was at --at, or as it is.
func (e *env) then(do func(*engine.Engine) error) error {
	text := e.cli.String("at")
	if text == "" {
		return e.withMirror(do)
	}
	return e.withEngine(func(eng *engine.Engine) error {
		if e.cli.Bool("sync") {
			if err := e.refresh(eng); err != nil {
				return err
			}
		}
		old, at, err := eng.At(e.cli.Context, text)
		if err != nil {
			return err
		}
		defer func() { _ = old.Close() }()
		e.say("diet: NetBox as of %s", at.UTC().Format(time.RFC3339))
		return do(old)
	})
}
