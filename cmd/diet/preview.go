package main

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/report"
	"github.com/diet-project/diet/mirror"
)

var previewFlags = []cli.Flag{
	&cli.BoolFlag{Name: "full", Usage: "list every change instead of folding equal ones"},
	&cli.BoolFlag{Name: "detailed-exitcode", Usage: "exit with 2 if there are changes or drift"},
}

// previewOutput is how a preview is written.
var previewOutput = &cli.StringFlag{
	Name: "output", Aliases: []string{"o"}, Value: "text",
	Usage: "output `FORMAT`: text, json, markdown for a pull request, junit for a CI system",
}

var previewOut = &cli.StringFlag{Name: "out", Usage: "also write the preview to a `FILE`, to be applied elsewhere"}

// outputFormat is how previews are written.
func (e *env) outputFormat() (string, error) {
	format := cmp.Or(e.cli.String("output"), "text")
	if e.cli.Bool("json") {
		format = "json"
	}
	if !slices.Contains([]string{"text", "json", "markdown", "junit"}, format) {
		return "", otherThan("output format", format, "text", "json", "markdown", "junit")
	}
	return format, nil
}

// writeDocument writes previews where all of them are one document.
func (e *env) writeDocument(format string, all []*engine.Preview) error {
	switch {
	case len(all) == 0:
		return nil
	case format == "json":
		return e.print(all[0])
	case format == "markdown":
		return report.Markdown{W: e.out, Call: e.call}.Previews(all)
	case format == "junit":
		return report.JUnit{W: e.out}.Previews(all)
	}
	return nil
}

func previewCommand() *cli.Command {
	return &cli.Command{
		Name:      "preview",
		Usage:     "show what an apply would do, and save it for diet apply",
		ArgsUsage: "[PLAN …] | PREVIEW-ID | PREVIEW-FILE",
		Description: `Syncs, compares the plan with NetBox, and lets the policies decide about every
difference. The last line is the id to pass to diet apply. Several plans, named or
listed in diet.yaml, have a preview each. With the id of a stored preview, or a
file with one: shows it again, as it was, without a NetBox. --out writes a file that
holds the plan, the answers and the changes: diet apply FILE applies it elsewhere.

   diet preview fabric.yaml
   diet preview fabric.yaml --target 'web/gpu[5]' --target backend.leaf
   diet preview fabric.yaml -o markdown > comment.md
   diet preview pv-1a2b3c4d -o junit
   diet apply pv-1a2b3c4d`,
		Flags:  append(append(scopeFlags(), previewOutput, previewOut), previewFlags...),
		Action: previewAction,
	}
}

func previewAction(c *cli.Context) error {
	e, err := newEnv(c)
	if err != nil {
		return err
	}
	if c.NArg() == 1 && isCarried(c.Args().First()) {
		return e.showCarried(c.Args().First())
	}
	if c.NArg() == 1 && isPreview(c.Args().First()) {
		return e.showKept(c.Args().First())
	}
	if err := aloneIfPreview(c.Args().Slice()); err != nil {
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
	if c.IsSet("out") && len(intents) != 1 {
		return usage("--out is about one plan: name one of the %d", len(intents))
	}
	all, ends, err := e.preview(eng, intents)
	if err == nil && c.IsSet("out") && len(all) == 1 && stored(ends) {
		err = e.carry(eng, all[0].ID)
	}
	return append(ends, err).err(c.Context)
}

// stored reports whether the previews were stored: what waits for a person is.
func stored(ends outcomes) bool {
	for _, err := range ends {
		if coded := (*codeError)(nil); err != nil && (!errors.As(err, &coded) || coded.err != nil) {
			return false
		}
	}
	return true
}

// preview makes and shows the preview of each intent. There is none of one that failed.
func (e *env) preview(eng *engine.Engine, intents []engine.Intent) ([]*engine.Preview, outcomes, error) {
	format, err := e.outputFormat()
	if err != nil {
		return nil, nil, err
	}
	if _, err := eng.Sync(e.cli.Context, mirror.Options{}); err != nil {
		return nil, nil, err
	}
	e.warnOfIntents(intents)
	var all []*engine.Preview
	var values perPlan
	var ends outcomes
	only := len(intents) == 1
	for _, intent := range intents {
		p, refused := eng.Preview(e.cli.Context, intent)
		if p != nil {
			all = append(all, p)
			if format == "text" {
				_ = e.text().Preview(p, refused == nil) // it writes to a terminal or a pipe: never fails
			}
		}
		if refused == nil { // else the text above shows what it would have done
			refused = verdictCode(p, e.cli.Bool("detailed-exitcode"))
		}
		ends = append(ends, ends.of(intent, only, refused))
		values = append(values, previewOrNone(e.cli.Context, intent, p, refused))
	}
	if format == "json" && !only {
		return all, ends, e.print(values)
	}
	return all, ends, e.writeDocument(format, all)
}

// differs reports whether a preview has changes or drift.
func differs(p *engine.Preview) bool { return p.Pending() > 0 || len(p.Conflicts) > 0 }

// previewOrNone is the preview of one of several plans as JSON, or why there is none.
func previewOrNone(ctx context.Context, intent engine.Intent, p *engine.Preview, refused error) any {
	if p == nil {
		return withError(ctx, unapplied{Plan: intent.Info().Key}, refused)
	}
	return withError(ctx, p, refused)
}

// verdictCode is the exit code for a preview.
func verdictCode(p *engine.Preview, detailed bool) error {
	switch {
	case p.Denied():
		return &codeError{code: exitDenied}
	case p.Waits():
		return &codeError{code: exitPerson}
	case detailed && differs(p):
		return &codeError{code: exitChanges}
	}
	return nil
}
