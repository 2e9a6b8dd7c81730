package main

import (
	"github.com/urfave/cli/v2"

	"github.com/diet-project/diet/engine"
)

func previewsCommand() *cli.Command {
	return &cli.Command{
		Name:      "previews",
		Usage:     "list the stored previews, the newest first",
		ArgsUsage: "[PLAN-KEY]",
		Description: `Lists the previews in the store, of all plans or of one: what each would write, and
whether it is open, was applied (and when), or is stale, as far as that shows without
a NetBox. It needs none. diet preview ID shows one of them again.

   diet previews
   diet previews web --json`,
		Flags: []cli.Flag{&cli.IntFlag{Name: "most", Usage: "list at most `N` previews; 0 lists all", Value: 50}},
		Action: func(c *cli.Context) error {
			return ofPlan(c, func(e *env, eng *engine.Engine, plan string) error {
				all, err := eng.Previews(c.Context, plan, most(c), digestNow)
				if err != nil {
					return err
				}
				if len(all) == 0 && plan != "" && !c.Bool("json") {
					e.say("diet: none is of a plan %q%s: `diet previews` lists those of all", plan, eng.KeyMeant(c.Context, plan))
					return nil
				}
				return e.format().PreviewList(all)
			})
		},
	}
}

// digestNow is the digest of a plan's file as it is, "" where there is none that can be read.
func digestNow(file string) string {
	plan, err := readPlan(file)
	if err != nil {
		return ""
	}
	return plan.Info().Digest
}

// showKept shows a stored preview again, as it was.
func (e *env) showKept(id string) error {
	if given(e.cli, "target", "exclude") {
		return usage("a preview says itself what it is about: leave --target and --exclude out")
	}
	format, err := e.outputFormat()
	if err != nil {
		return err
	}
	e.files = engine.LookAtStore
	return e.withEngine(func(eng *engine.Engine) error {
		p, err := eng.LoadPreview(e.cli.Context, id)
		if err != nil {
			return err
		}
		if err := e.showAgain(format, p); err != nil || !e.cli.IsSet("out") {
			return err
		}
		return e.carry(eng, id)
	})
}

// showCarried shows a preview from a file.
func (e *env) showCarried(name string) error {
	if given(e.cli, "target", "exclude", "out") {
		return usage("a preview in a file is as it is: leave --target, --exclude and --out out")
	}
	format, err := e.outputFormat()
	if err != nil {
		return err
	}
	p, err := e.readCarried(name)
	if err != nil {
		return err
	}
	return e.showAgain(format, p.Preview)
}

// showAgain shows a preview as it stands by its approvals.
func (e *env) showAgain(format string, p *engine.Preview) error {
	p = p.Standing()
	if format == "text" {
		return e.text().Preview(p, true)
	}
	return e.writeDocument(format, []*engine.Preview{p})
}
