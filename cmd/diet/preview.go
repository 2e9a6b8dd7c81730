package main

import (
	"errors"

	"github.com/urfave/cli/v2"

	"github.com/diet-project/diet/engine"
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
		ArgsUsage: "[PLAN …]",
		Description: `Syncs, compares the plan with NetBox, and lets the policies decide about every
difference. The last line is the id to pass to diet apply. Several plans, named or
listed in diet.yaml, have a preview each.

   diet preview fabric.yaml
   diet preview fabric.yaml --target 'web/gpu[5]' --target backend.leaf
   diet apply pv-1a2b3c4d`,
		Flags:  append(scopeFlags(), previewFlags...),
		Action: previewAction,
	}
}

func previewAction(c *cli.Context) error {
	e, err := newEnv(c)
	if err != nil {
		return err
	}
	eng, plans, err := e.somePlans(c.Args().Slice())
	if err != nil {
		return err
	}
	defer func() { _ = eng.Close() }()
	intents, err := e.intents(plans)
	if err != nil {
		return err
	}
	_, ends, err := e.preview(eng, intents)
	return errors.Join(err, ends.err(c.Context))
}

// preview makes and shows the preview of each intent. There is none of one that failed.
func (e *env) preview(eng *engine.Engine, intents []engine.Intent) ([]*engine.Preview, outcomes, error) {
	if _, err := eng.Sync(e.cli.Context, mirror.Options{}); err != nil {
		return nil, nil, err
	}
	var all []*engine.Preview
	var ends outcomes
	only := len(intents) == 1
	for _, intent := range intents {
		p, refused := eng.Preview(e.cli.Context, intent)
		if p != nil {
			all = append(all, p)
			if err := e.showPreview(p, refused == nil, only); err != nil {
				return nil, nil, err
			}
		}
		if refused == nil { // else the text above shows what it would have done
			refused = verdictCode(p, e.cli.Bool("detailed-exitcode"))
		}
		ends = append(ends, ends.of(intent, only, refused))
	}
	if !only && e.cli.Bool("json") {
		return all, ends, e.print(all)
	}
	return all, ends, nil
}

// showPreview writes a preview; of several in JSON, nothing before all are there.
func (e *env) showPreview(p *engine.Preview, kept, only bool) error {
	if !only && e.cli.Bool("json") {
		return nil
	}
	return e.format().Preview(p, kept)
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
