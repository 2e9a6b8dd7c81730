package main

import (
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/report"
)

func storeCommand() *cli.Command {
	return &cli.Command{
		Name:      "store",
		Usage:     "remove what is old from the store",
		ArgsUsage: "prune",
		Description: `prune removes previews and runs that are older than keep in diet.yaml says: of this
NetBox, and never what something still needs (docs/store.md). Previews and applies do so
themselves; this also makes the file smaller. It needs no NetBox.

   diet store prune --dry-run`,
		Flags: []cli.Flag{&cli.BoolFlag{Name: "dry-run", Usage: "remove nothing: list what would be removed"}},
		Action: func(c *cli.Context) error {
			if c.NArg() != 1 || c.Args().First() != "prune" {
				return usage("store takes one argument: prune%s", instead(c.Args().First(), verbs["store"]))
			}
			return withFirst(c, func(e *env, eng *engine.Engine, _ string) error { return e.prune(eng) })
		},
	}
}

// prune removes what is old from the store.
func (e *env) prune(eng *engine.Engine) error {
	p, err := eng.Prune(e.cli.Context, e.cli.Bool("dry-run"))
	if err != nil {
		return err
	}
	if e.cli.Bool("json") {
		return e.print(p)
	}
	removed := "removed"
	if p.DryRun {
		removed = "would remove"
	}
	for _, id := range append(p.Previews, p.Runs...) {
		fmt.Fprintf(e.out, "%s %s\n", removed, report.Printable(id))
	}
	fmt.Fprintf(e.out, "%s %s and %s with %s\n", removed, report.Plural(len(p.Previews), "preview", "previews"),
		report.Plural(len(p.Runs), "run", "runs"), report.Plural(p.Requests, "request", "requests"))
	return nil
}
