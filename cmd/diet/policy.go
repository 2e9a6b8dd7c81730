package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/policy"
	"github.com/diet-project/diet/engine/report"
)

func policyCommand() *cli.Command {
	return &cli.Command{
		Name:      "policy",
		Usage:     "check, test, list and replay policies, and print what they see",
		ArgsUsage: "check|test|list|replay|input [ARGUMENT …]",
		Description: `check [DIR …]               compile the policies, strictly and against the schemas
test [DIR …]                run their Rego tests, with coverage
list [DIR …]                list all rules, with what waives them
replay DIR …                decide again, by other policies, what was decided for
                            past previews; exits with 2 if a verdict would differ
input PLAN [OBJECT [FIELD]] print what the policies see, to write tests with; or
input PREVIEW | RUN         what they saw when a preview was made, or a run began

A DIR is a folder of policies or an OPA bundle (.tar.gz). Without any, the policies are
those of diet.yaml and --policy. docs/policies.md is the guide.

   diet policy test --threshold 90 policies
   diet policy replay --plan web96 policies-next
   diet policy input fabric.yaml 'web/web[1]' description`,
		Flags: []cli.Flag{
			&cli.Float64Flag{Name: "threshold", Usage: "of test: fail below this `PERCENT` of covered lines"},
			&cli.StringFlag{Name: "run", Usage: "of test: run the tests whose names match `REGEX`"},
			&cli.StringFlag{Name: "plan", Usage: "of replay: previews of the plan with this `KEY` alone"},
			&cli.StringFlag{Name: "preview", Usage: "of replay: the preview with this `ID` alone"},
			&cli.IntFlag{Name: "newest", Usage: "of replay: the newest `N` previews", Value: 10},
		},
		Action: policyAction,
	}
}

func policyAction(c *cli.Context) error {
	verbs := map[string]func(*env, []string) error{
		"check": (*env).policyCheck, "test": (*env).policyTest, "list": (*env).policyList,
		"replay": (*env).policyReplay, "input": (*env).policyInput,
	}
	do, known := verbs[c.Args().First()]
	if !known {
		given := instead(c.Args().First(), slices.Sorted(maps.Keys(verbs)))
		return usage("policy takes check, test, list, replay or input%s: see diet policy --help", given)
	}
	e, err := newEnv(c)
	if err != nil {
		return err
	}
	return do(e, c.Args().Tail())
}

// policyConfig says where the policies are: in the given folders, or else in those of the
// configuration.
func (e *env) policyConfig(dirs []string) policy.Config {
	cfg := engine.Config{
		Policies: e.policyDirs(), PolicyKey: e.policyKey(), Waivers: e.config.Waivers, Exceptions: e.exceptions(),
	}
	if len(dirs) > 0 {
		cfg.Policies = dirs
	}
	return cfg.PolicyConfig()
}

func (e *env) policyCheck(dirs []string) error {
	p, err := policy.New(e.cli.Context, e.policyConfig(dirs))
	if err != nil {
		return err
	}
	plans := e.knownPlans(nil)
	sources := p.Sources(time.Now(), plans.keys...)
	if e.cli.Bool("json") {
		return e.print(map[string]any{"policies": sources, "rules": len(p.Rules()), "digest": p.Digest()})
	}
	shipped := sources.Shipped.Guards + sources.Shipped.Defaults
	fmt.Fprintf(e.out, "The policies are fine: %d rules, %d of them shipped\n", len(p.Rules()), shipped)
	for _, f := range sources.Folders {
		fmt.Fprintf(e.out, "  %s: %s, %s, %s\n", report.Printable(f.Dir), report.Plural(f.Guards, "guard", "guards"),
			report.Plural(f.Defaults, "default", "defaults"), report.Plural(f.Data, "data file", "data files"))
	}
	for _, w := range sources.Waivers {
		fmt.Fprintf(e.out, "  %s\n", report.Printable(w.String()))
	}
	e.warnOfStrangersTo(plans)
	return nil
}

func (e *env) policyTest(dirs []string) error {
	r, err := policy.Test(e.cli.Context, e.policyConfig(dirs), e.cli.String("run"))
	if err != nil {
		return err
	}
	if e.cli.Bool("json") {
		err = e.print(r)
	} else {
		e.showTests(r)
	}
	switch least := e.cli.Float64("threshold"); {
	case err != nil:
		return err
	case len(r.Tests) == 0:
		return fmt.Errorf("no test was run: tests are rules named test_… in files named *_test.rego")
	case r.Failed > 0:
		return fmt.Errorf("%d of %d tests failed", r.Failed, len(r.Tests))
	case r.Coverage.Coverage < least:
		return fmt.Errorf("the tests cover %.1f%% of the rules' lines, less than %.1f%%", r.Coverage.Coverage, least)
	}
	return nil
}

func (e *env) showTests(r *policy.TestReport) {
	for _, t := range r.Tests {
		if !t.Pass && !t.Skip {
			fmt.Fprintf(e.out, "FAIL %s.%s (%s:%d) %s\n", t.Package, t.Name, t.File, t.Line, report.Printable(t.Error))
		}
	}
	for _, file := range slices.Sorted(maps.Keys(r.Coverage.Files)) {
		f := r.Coverage.Files[file]
		var open []string
		for _, at := range f.NotCovered {
			open = append(open, fmt.Sprint(at.Start.Row))
		}
		if len(open) > 0 {
			fmt.Fprintf(e.out, "%s: %.1f%% covered; not line %s\n", file, f.Coverage, strings.Join(slices.Compact(open), ", "))
		}
	}
	fmt.Fprintf(e.out, "%s, %d failed; %.1f%% of the lines covered\n",
		report.Plural(len(r.Tests), "test", "tests"), r.Failed, r.Coverage.Coverage)
}

func (e *env) policyList(dirs []string) error {
	p, err := policy.New(e.cli.Context, e.policyConfig(dirs))
	if err != nil {
		return err
	}
	if e.cli.Bool("json") {
		return e.print(p.Rules())
	}
	for _, r := range p.Rules() {
		fmt.Fprintf(e.out, "%-8s %-7s %-8s %s  %s:%d\n", r.ID, r.Kind, r.Severity, report.Printable(r.Title), report.Printable(r.File), r.Line)
	}
	for _, w := range p.Sources(time.Now(), e.knownPlans(nil).keys...).Waivers {
		fmt.Fprintf(e.out, "%s\n", report.Printable(w.String()))
	}
	return nil
}

func (e *env) policyReplay(dirs []string) error {
	if len(dirs) == 0 {
		return usage("policy replay takes the folders, or bundles, with the other policies")
	}
	e.files = engine.LookAtStore
	eng, err := e.engine()
	if err != nil {
		return err
	}
	defer func() { _ = eng.Close() }()
	r, err := eng.Replay(e.cli.Context, dirs, engine.ReplayOptions{
		Plan: e.cli.String("plan"), Preview: e.cli.String("preview"), Newest: e.cli.Int("newest"),
	})
	if err != nil {
		return err
	}
	if e.cli.Bool("json") {
		err = e.print(r)
	} else {
		e.showReplay(r)
	}
	if err == nil && len(r.Differ) > 0 {
		return &codeError{code: exitChanges}
	}
	return err
}

func (e *env) showReplay(r *engine.Replay) {
	for _, d := range r.Differ {
		what := strings.TrimSpace(d.Object + " " + d.Field)
		fmt.Fprintf(e.out, "%s %s %s (%s): %s [%s] → %s [%s] %s\n", d.Preview, d.Kind, report.Printable(what), d.Class,
			d.Was.Decision, d.Was.Rule, d.Would.Decision, d.Would.Rule, report.Printable(d.Would.Message))
		if d.Masked {
			fmt.Fprintln(e.out, "  parts of what was decided are masked: it may differ for that")
		}
	}
	fmt.Fprintf(e.out, "%s of %s replayed, %s would differ\n", report.Plural(r.Decisions, "decision", "decisions"),
		report.Plural(len(r.Previews), "preview", "previews"), report.Plural(len(r.Differ), "verdict", "verdicts"))
	if r.LeftOut > 0 {
		fmt.Fprintf(e.out, "%d more were not recorded (keep.decisions_each in diet.yaml)\n", r.LeftOut)
	}
	if r.Masked > 0 {
		fmt.Fprintf(e.out, "%d were recorded with masked parts: what reads those was not tried on them\n", r.Masked)
	}
	if r.Blind > 0 {
		fmt.Fprintf(e.out, "%d were recorded without the objects: what reads before or after was not tried on them\n", r.Blind)
	}
}

func (e *env) policyInput(args []string) error {
	if len(args) == 1 && (isPreview(args[0]) || isRun(args[0])) {
		e.files = engine.LookAtStore
		eng, err := e.engine()
		if err != nil {
			return err
		}
		defer func() { _ = eng.Close() }()
		entries, err := eng.InputsOf(e.cli.Context, args[0])
		if err != nil {
			return err
		}
		return e.print(inputsOf(entries))
	}
	if len(args) == 0 || len(args) > 3 {
		return usage("policy input takes a preview, or a plan and, if you want, an object and a field of it")
	}
	e.files = engine.LookAtMirror
	eng, plan, err := e.onePlan(args[:1])
	if err != nil {
		return err
	}
	defer func() { _ = eng.Close() }()
	args = append(args, "", "")
	entries, err := eng.Inputs(e.cli.Context, plan, args[1], args[2])
	if err != nil {
		return err
	}
	if len(entries) == 0 {
		return fmt.Errorf("the policies decide nothing about %s: it is as the plan says, or not there", strings.TrimSpace(args[1]+" "+args[2]))
	}
	return e.print(inputsOf(entries))
}

// inputsOf are the inputs of decisions.
func inputsOf(entries []policy.Entry) []map[string]any {
	out := make([]map[string]any, len(entries))
	for i := range entries {
		out[i] = entries[i].Input
	}
	return out
}
