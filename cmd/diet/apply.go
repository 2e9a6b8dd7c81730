package main

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/apply"
	"github.com/diet-project/diet/engine/report"
)

func applyCommand() *cli.Command {
	return &cli.Command{
		Name:      "apply",
		Usage:     "write what a preview showed",
		ArgsUsage: "PREVIEW-ID | PREVIEW-FILE | [PLAN …]",
		Description: `Of a preview: syncs first, and refuses if anything that the preview depends on has
changed since; one that came in a file (diet preview --out) also if it is of another
NetBox, or the policies here are others, and if an approval that a rule wants is
missing (diet approve). Of plans: shows the preview of each and asks, in a terminal; with
--yes it does not ask. Changes that the policies hold are left out; the rest is
written, read back and verified. A second apply sends nothing.

One run at a time writes a plan: it holds the tag diet-lease-PLAN in NetBox
meanwhile, and another one ends with exit code 6 and says who is at work. Of
several plans the run holds all until the last one is done, or writes none.

Ctrl-C or SIGTERM finishes the requests under way, gives the plan back and exits
with 130; a second one exits at once. The next apply goes on from there.

   diet apply pv-1a2b3c4d
   diet apply change.diet
   diet apply fabric.yaml
   diet apply fabric.yaml --yes --exclude cable`,
		Flags:  append(scopeFlags(), applyFlags()...),
		Action: applyAction,
	}
}

// applyFlags are those of every command that writes.
func applyFlags() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: "yes", Usage: "write without asking"},
		&cli.BoolFlag{Name: "all-or-nothing", Usage: "write nothing, of any plan, if anything is held"},
		&cli.BoolFlag{Name: "no-lease", Usage: "write even if another run is writing the plan"},
	}
}

func applyAction(c *cli.Context) error {
	e, err := newEnv(c)
	if err != nil {
		return err
	}
	if c.NArg() == 1 && isCarried(c.Args().First()) {
		return e.applyCarried(c.Args().First())
	}
	if c.NArg() == 1 && isPreview(c.Args().First()) {
		eng, p, intent, err := e.previewed(c.Args().First())
		if err != nil {
			return err
		}
		defer func() { _ = eng.Close() }()
		if given(c, "target", "exclude") {
			return usage("a preview says itself what it is about: leave --target and --exclude out")
		}
		return e.apply(eng, []engine.Task{{Intent: intent, Preview: p}})
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
	return e.previewAndApply(eng, intents)
}

// previewAndApply applies at once with --yes, or else what a person agrees to.
func (e *env) previewAndApply(eng *engine.Engine, intents []engine.Intent) error {
	if e.cli.Bool("yes") {
		tasks := make([]engine.Task, len(intents))
		for i, intent := range intents {
			tasks[i].Intent = intent
		}
		return e.apply(eng, tasks)
	}
	if !e.asks() || e.cli.Bool("json") {
		return usage("nobody can be asked here: apply a preview by its id, or add --yes")
	}
	all, ends, err := e.preview(eng, intents)
	if err != nil {
		return err
	}
	var tasks []engine.Task
	for i, p := range all {
		if p.Pending() > 0 {
			tasks = append(tasks, engine.Task{Intent: intents[i], Preview: p})
		}
	}
	if len(tasks) == 0 || len(all) < len(intents) {
		return ends.err(e.cli.Context)
	}
	if !e.agrees("Apply this?") {
		return errNotAgreed
	}
	return e.apply(eng, tasks)
}

// apply carries tasks out, one after the other, and holds all leases meanwhile.
func (e *env) apply(eng *engine.Engine, tasks []engine.Task) error {
	c := e.cli
	willWrite(c.Context)
	opt := engine.ApplyOptions{AllOrNothing: c.Bool("all-or-nothing"), NoLease: c.Bool("no-lease")}
	if opt.NoLease {
		e.say("note: no lease is taken: nothing keeps another run from writing this plan at the same time")
	}
	return outcomes{e.applied(tasks, eng.ApplyAll(c.Context, tasks, opt)), e.tellBranch(eng)}.err(c.Context)
}

// applied shows what became of tasks, and returns the exit code of it.
func (e *env) applied(tasks []engine.Task, all []engine.Applied) error {
	var values perPlan
	var ends outcomes
	for i, a := range all {
		intent, only, err := tasks[i].Intent, len(tasks) == 1, a.Err
		e.sayApproved(a.Preview)
		if a.Result != nil {
			if err := e.showResult(intent, a.Result, only); err != nil {
				return err
			}
			err = applyCode(a.Result, a.Preview, err)
		}
		err = e.goesOn(intent, err)
		ends = append(ends, ends.of(intent, only, err))
		values = append(values, withError(e.cli.Context, valueOf(intent, a.Result, a.Preview), err))
	}
	var failed error
	switch {
	case !e.cli.Bool("json"):
	case len(tasks) > 1:
		failed = e.print(values)
	case all[0].Result != nil || all[0].Preview != nil:
		failed = e.print(valueOf(tasks[0].Intent, all[0].Result, all[0].Preview)) // the end adds the error
	}
	return append(ends, failed).err(e.cli.Context)
}

// sayApproved says who approved what is applied, or that nobody can have: what is found now has
// not been shown to anybody.
func (e *env) sayApproved(p *engine.Preview) {
	switch {
	case p == nil || p.Demanded == 0:
	case p.Approvals == nil:
		e.say("diet: rules want %s of what is held: `diet preview` makes a preview, `diet approve PREVIEW-ID` approves it, "+
			"and `diet apply PREVIEW-ID` applies it", report.Plural(p.Demanded, "approval", "approvals"))
	case p.Approvals.Missing == 0:
		e.say("diet: preview %s was approved by %s", p.ID, strings.Join(p.Approvals.By, ", "))
		for _, o := range p.Approvals.Given {
			if o.Why != "" {
				e.say("diet: an approval of %s does not count: %s", cmp.Or(o.Who, o.Key, "nobody"), o.Why)
			}
		}
	}
}

// showResult writes what became of a plan, as text.
func (e *env) showResult(intent engine.Intent, r *apply.Result, only bool) error {
	if e.cli.Bool("json") {
		return nil // not before all are there
	}
	if !only {
		fmt.Fprintf(e.out, "Plan %s\n", intent.Info().Key)
	}
	return e.text().Result(r)
}

// applyCode is the exit code for a result.
func applyCode(r *apply.Result, p *engine.Preview, err error) error {
	switch {
	case err != nil:
		return err
	case len(r.Failed)+len(r.Casualties) > 0:
		return &codeError{code: exitPartly}
	}
	if err := verdictCode(p, false); err != nil {
		return err
	}
	if len(r.Kept()) > 0 {
		return &codeError{code: exitPerson}
	}
	return nil
}
