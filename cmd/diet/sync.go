package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/report"
	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/kinds"
)

func syncCommand() *cli.Command {
	return &cli.Command{
		Name:  "sync",
		Usage: "update the mirror from NetBox",
		Description: `Reads what changed since the last sync, or everything the first time. The mirror
is a cache: delete it at any time, and the next sync rebuilds it.

   diet sync
   diet sync --full
   diet sync --kind device --kind rack`,
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "full", Usage: "read everything again"},
			&cli.BoolFlag{Name: "verify", Usage: "also count the objects of every kind, and look for edits that the changelog lacks"},
			&cli.StringSliceFlag{Name: "kind", Usage: "also read all objects of this `KIND`, such as device; repeat it for several"},
			&cli.BoolFlag{Name: "force", Usage: "accept mass deletions that the changelog does not explain"},
			&cli.BoolFlag{Name: "rebuild", Usage: "replace the mirror with a new one"},
		},
		Action: func(c *cli.Context) error {
			e, err := newEnv(c)
			if err != nil {
				return err
			}
			whole, err := mirroredKinds(c.StringSlice("kind"))
			if err != nil {
				return err
			}
			e.rebuild = c.Bool("rebuild")
			return e.withEngine(func(eng *engine.Engine) error {
				result, err := eng.Sync(c.Context, mirror.Options{
					Full: c.Bool("full"), Verify: c.Bool("verify"), Force: c.Bool("force"), Whole: whole,
				})
				if err != nil && !errors.Is(err, engine.ErrNotProvisioned) {
					return err
				}
				return e.showSync(&result, err)
			})
		},
	}
}

// showSync writes what a sync read; unready says that NetBox is not set up for diet.
func (e *env) showSync(result *mirror.Result, unready error) error {
	if e.cli.Bool("json") {
		return e.print(result)
	}
	for _, warning := range result.Warnings {
		e.say("diet: %s", warning)
	}
	if unready != nil {
		e.say("diet: %s: run `diet init` before the first preview", unready)
	}
	kind := "incremental"
	if result.Full {
		kind = "full"
	}
	upserted, deleted := 0, 0
	for _, k := range result.Kinds {
		upserted += k.Upserted
		deleted += k.Deleted
	}
	sites := ""
	if len(result.Sites) > 0 {
		sites = " (sites " + strings.Join(result.Sites, ", ") + ")"
	}
	fmt.Fprintf(e.out, "%s sync of NetBox %s%s: %s new or changed, %d gone, %s, %s\n",
		kind, result.Server.FullVersion, sites, report.Plural(upserted, "object", "objects"), deleted,
		report.Plural(result.Requests, "request", "requests"), result.Duration.Round(time.Millisecond))
	return nil
}

// kindMeant says which kind of the mirror a word may be meant for.
func kindMeant(word string) string { return meant(word, kindNames()) }

// mirroredKinds are the kinds that a person named: those of the mirror.
func mirroredKinds(names []string) ([]kinds.Kind, error) {
	var out []kinds.Kind
	for _, name := range names {
		all := kinds.Standard().All()
		i := slices.IndexFunc(all, func(k kinds.Kind) bool { return k.Name == name })
		if i < 0 {
			return nil, usage("the mirror has no kind %q%s: docs/sql.md lists them, such as device", name, kindMeant(name))
		}
		out = append(out, all[i])
	}
	return out, nil
}
