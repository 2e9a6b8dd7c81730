package main

import (
	"bufio"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/generate"
)

// scopeFlags narrow a preview, and what is applied, to a part of the plan.
func scopeFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringSliceFlag{
			Name:  "target",
			Usage: "only this `OBJECT`, with its parts, or class, or kind, and what it needs; may be repeated",
		},
		&cli.StringSliceFlag{Name: "exclude", Usage: "without this `OBJECT`, class or kind, and what needs it; may be repeated"},
	}
}

// intents are the plans, or the part of the one plan that --target and --exclude leave.
func (e *env) intents(plans []*generate.Plan) ([]engine.Intent, error) {
	if len(plans) != 1 && given(e.cli, "target", "exclude") {
		return nil, usage("--target and --exclude are about one plan: name one of the %d", len(plans))
	}
	out := make([]engine.Intent, len(plans))
	for i, plan := range plans {
		out[i] = e.narrowed(plan)
	}
	return out, nil
}

// narrowed is the part of an intent that --target and --exclude leave.
func (e *env) narrowed(intent engine.Intent) engine.Intent {
	if !given(e.cli, "target", "exclude") {
		return intent
	}
	return engine.Narrowed{Intent: intent, Targets: e.cli.StringSlice("target"), Excluded: e.cli.StringSlice("exclude")}
}

// errNotAgreed is the outcome where a person was asked and did not say yes.
var errNotAgreed = errors.New("nothing was applied")

// isPreview reports whether an argument is the id of a preview.
func isPreview(arg string) bool { return strings.HasPrefix(arg, "pv-") }

// isRun reports whether an argument is the id of a run.
func isRun(arg string) bool { return strings.HasPrefix(arg, "run-") }

// aloneIfPreview refuses a preview beside other arguments: plans are several, a preview is one.
func aloneIfPreview(args []string) error {
	for _, arg := range args {
		if len(args) > 1 && (isPreview(arg) || isCarried(arg)) {
			return usage("%s is a preview: name it alone", arg)
		}
	}
	return nil
}

// previewed opens the engine, and finds a preview with what it was made for.
func (e *env) previewed(id string) (*engine.Engine, *engine.Preview, engine.Intent, error) {
	e.files = engine.UseStored
	eng, err := e.engine()
	if err != nil {
		return nil, nil, nil, err
	}
	p, intent, err := e.loadPreview(eng, id)
	if err != nil {
		return nil, nil, nil, errors.Join(err, eng.Close())
	}
	return eng, p, intent, nil
}

func (e *env) loadPreview(eng *engine.Engine, id string) (*engine.Preview, engine.Intent, error) {
	p, err := eng.LoadPreview(e.cli.Context, id)
	if err != nil {
		return nil, nil, err
	}
	var plan *generate.Plan
	if p.Destroys == nil && p.RollsBack == "" {
		if plan, err = e.planOf(p); err != nil {
			return nil, nil, err
		}
	}
	return p, engine.IntentOf(p, plan), nil
}

// planOf is the plan of a preview: as its file is by now, or, where it came from the standard input, as the
// store has it.
func (e *env) planOf(p *engine.Preview) (*generate.Plan, error) {
	if slices.Contains(p.Beside, engine.FromStdin) || p.PlanFile == engine.FromStdin && len(p.Beside) > 0 {
		return nil, usage("the preview was made of several plans, one of them from the standard input: name them again instead, with --yes")
	}
	if p.PlanFile != engine.FromStdin {
		return e.readBeside(p.PlanFile, p.Beside)
	}
	return generate.LoadWith(p.PlanFile, []byte(p.PlanText()), besideFile("."))
}

// readBeside reads the plan of a preview, and those that were named along with it.
func (e *env) readBeside(file string, beside []string) (*generate.Plan, error) {
	plans := make([]*generate.Plan, 0, 1+len(beside))
	for _, path := range append([]string{file}, beside...) {
		plan, err := e.readPlan(path)
		if err != nil {
			return nil, err
		}
		plans = append(plans, plan)
	}
	generate.Join(plans)
	return plans[0], nil
}

// oneIntent opens the engine and finds what a command is about: a plan, or what a preview
// was made for.
func (e *env) oneIntent(args []string) (*engine.Engine, engine.Intent, error) {
	if len(args) == 1 && isPreview(args[0]) {
		eng, _, intent, err := e.previewed(args[0])
		return eng, intent, err
	}
	eng, plan, err := e.onePlan(args)
	return eng, plan, err
}

// agrees asks a person in a terminal.
func (e *env) agrees(question string) bool {
	fmt.Fprintf(e.err, "%s Only yes is taken for it: ", question)
	reply, err := bufio.NewReader(e.cli.App.Reader).ReadString('\n')
	return err == nil && strings.TrimSpace(reply) == "yes"
}

// asks reports whether a person can be asked.
func (e *env) asks() bool {
	return isTerminal(e.out) && isTerminal(e.err) && isKeyboard(e.cli.App.Reader)
}
