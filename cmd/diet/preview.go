package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/report"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror"
)

var previewFlags = []cli.Flag{
	&cli.BoolFlag{Name: "full", Usage: "show every change by itself"},
	&cli.BoolFlag{Name: "detailed-exitcode", Usage: "exit 2 where there are changes or drift"},
}

func previewCommand() *cli.Command {
	return &cli.Command{
		Name:      "preview",
		Usage:     "show what an apply would do, and keep it to be applied",
		ArgsUsage: "[PLAN]",
		Description: `Syncs, compares the plan with NetBox, and lets the policies decide about every
difference. The last line names the preview's id.

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
			if c.Bool("json") {
				if err := e.print(p); err != nil {
					return err
				}
			} else {
				writePreview(e.out, p, e.style())
			}
			if refused != nil {
				return refused // what it would have been stands above
			}
			if !c.Bool("json") {
				fmt.Fprintf(e.out, "\npreview %s\n", p.ID)
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

// writePreview prints planned work, drift and what is held apart.
func writePreview(w io.Writer, p *engine.Preview, s report.Style) {
	set := p.Set()
	fmt.Fprintf(w, "Plan %s\n", p.Plan)
	if p.Policies != nil {
		fmt.Fprintf(w, "The shipped policies are replaced by those in %s, which differ in %s\n", p.Policies.Dir, strings.Join(p.Policies.Files, ", "))
	}
	fmt.Fprint(w, "\nChanges\n")
	report.Changes(w, set, s)
	section(w, "Drift: what people changed in NetBox", func(w io.Writer) int { return report.Drift(w, set, s) })
	section(w, "Held: waits for a person", func(w io.Writer) int { return report.Held(w, set, s) })
	section(w, "Unmanaged: what people wrote in fields that nobody owns", func(w io.Writer) int { return writeUnmanaged(w, p.Unmanaged, s) })
	if p.Verdict.Waits() {
		fmt.Fprintf(w, "\nThe preview as a whole: %s [%s] %s\n", p.Verdict.Decision, p.Verdict.Rule, p.Verdict.Message)
	}
	fmt.Fprint(w, "\n")
	report.Summary(w, p.Summary, s)
}

// writeUnmanaged lists the first of them; all with --full.
func writeUnmanaged(w io.Writer, list []engine.Unmanaged, s report.Style) int {
	const few = 10
	for i, u := range list {
		if i == few && !s.Full {
			fmt.Fprintf(w, "  … and %d more: --full, or diet diff 'SELECT * FROM unmanaged'\n", len(list)-few)
			break
		}
		fmt.Fprintf(w, "  · %s %s %s: %s, by %s\n", u.Kind, u.Name, u.Field, report.Value(u.Have), u.User)
	}
	return len(list)
}

// section prints a headline and what follows, or nothing where nothing does.
func section(w io.Writer, title string, write func(io.Writer) int) {
	var b headed
	b.title, b.w = title, w
	write(&b)
}

// headed writes a title ahead of the first byte.
type headed struct {
	w     io.Writer
	title string
	begun bool
}

func (h *headed) Write(p []byte) (int, error) {
	if !h.begun {
		h.begun = true
		if _, err := fmt.Fprintf(h.w, "\n%s\n", h.title); err != nil {
			return 0, err
		}
	}
	return h.w.Write(p)
}

// verdictCode is the exit code that a preview calls for.
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
