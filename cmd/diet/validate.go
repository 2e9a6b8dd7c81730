package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/report"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror"
)

func validateCommand() *cli.Command {
	return &cli.Command{
		Name:      "validate",
		Usage:     "check plans and print their counts and capacity",
		ArgsUsage: "[PLAN …]",
		Description: `Needs no NetBox. Reports all errors at once, with file, line and column; then the
counts, the demand and capacity of each zone, and the oversubscription of each
fabric. Warnings, such as an interface type that no supported release of NetBox
knows, leave the exit code as it is. Several plans are checked together too: no
device or rack of a site may be in two of them.

Where a mirror of that NetBox is there, what it holds is checked too: tenants,
platforms, regions, roles and types that must exist, custom fields that NetBox
requires, names, rack units and ports that others have. --sync reads NetBox first,
--fresh leaves the mirror out. Nothing is written to NetBox.

   diet validate fabric.yaml
   diet validate plans/*.yaml
   diet validate --sync fabric.yaml`,
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "sync", Usage: "read NetBox, and check what a plan needs of it"},
			&cli.BoolFlag{Name: "fresh", Usage: "leave the mirror out: check the plan alone"},
		},
		Action: func(c *cli.Context) error {
			e, err := newEnv(c)
			if err != nil {
				return err
			}
			plans, err := e.plans(c.Args().Slice())
			if err != nil {
				return err
			}
			if c.Bool("sync") && c.Bool("fresh") {
				return usage("--fresh leaves out what --sync reads: choose one")
			}
			e.warnOfStrangers(plans)
			if err := e.validate(plans); err != nil || c.Bool("fresh") {
				return err
			}
			if !c.Bool("sync") {
				return e.validateByMirror(plans)
			}
			return e.withEngine(func(eng *engine.Engine) error { return e.validateThere(eng, plans) })
		},
	}
}

func (e *env) validate(plans []*generate.Plan) error {
	var all []*generate.Report
	var findings []generate.Finding
	for _, plan := range plans {
		plan.CheckImports()
		needs := generate.Check(plan)
		all, findings = append(all, needs), append(findings, needs.Findings...)
		for _, w := range needs.Warnings {
			e.say("warning: %s", w)
		}
		if !e.cli.Bool("json") {
			writeReport(e.out, plan, needs)
		}
	}
	findings = append(findings, generate.CheckTogether(plans)...)
	var err error
	switch {
	case !e.cli.Bool("json"):
	case len(all) == 1:
		err = e.print(all[0])
	default:
		err = e.print(all)
	}
	if len(findings) > 0 {
		return errors.Join(err, &generate.FindingsError{Findings: findings})
	}
	return err
}

// validateThere checks what plans need of NetBox.
func (e *env) validateThere(eng *engine.Engine, plans []*generate.Plan) error {
	if _, err := eng.Sync(e.cli.Context, mirror.Options{}); err != nil {
		return err
	}
	found := make([]engine.Refusals, len(plans))
	for i, plan := range plans {
		p, err := eng.Ask(e.cli.Context, plan)
		if err != nil {
			return err
		}
		found[i].Errors, found[i].Warnings = p.Refused()
		unknown := (*engine.ChoiceError)(nil)
		if err := eng.Offered(e.cli.Context, p); errors.As(err, &unknown) {
			found[i].Errors = append(found[i].Errors, engine.Refusal{
				About: unknown.Unknown[0].First, Message: unknown.Error() + " (" + unknown.Hint() + ")",
			})
		} else if err != nil {
			return err
		}
	}
	return e.refused(plans, found)
}

// validateByMirror checks what plans need of NetBox by what the mirror holds, if there is one.
func (e *env) validateByMirror(plans []*generate.Plan) error {
	found, err := engine.ReadForeseen(e.cli.Context, e.mirrorPath(), e.netBoxURL(), plans)
	if err != nil || len(found.Plans) == 0 {
		return err
	}
	e.say("diet: checked by the mirror of NetBox too, %s old; --sync reads NetBox, --fresh leaves it out", found.Age)
	return e.refused(plans, found.Plans)
}

// refused tells what keeps plans from being applied.
func (e *env) refused(plans []*generate.Plan, found []engine.Refusals) error {
	var findings []generate.Finding
	for i, plan := range plans {
		for _, wrong := range found[i].Errors {
			findings = append(findings, plan.About(wrong.About, wrong.Message))
		}
		for _, message := range found[i].Warnings {
			e.say("warning: %s: %s", plan.Info().File, message)
		}
	}
	if len(findings) > 0 {
		return &generate.FindingsError{Findings: findings}
	}
	return nil
}

// writeReport prints what a plan needs.
func writeReport(w io.Writer, plan *generate.Plan, r *generate.Report) {
	counted := func(n int, many string) string { return report.Plural(n, strings.TrimSuffix(many, "s"), many) }
	fmt.Fprintf(w, "plan %s: %s, %s, %s, %s", plan.Info().Key, counted(r.Counts.Racks, "racks"),
		counted(r.Counts.Devices, "devices"), counted(r.Counts.Interfaces, "interfaces"), counted(r.Counts.Cables, "cables"))
	if n := r.Counts.Modules; n > 0 {
		fmt.Fprintf(w, ", %s", counted(n, "modules"))
	}
	if n := r.Counts.PowerFeeds; n > 0 {
		fmt.Fprintf(w, ", %s", counted(n, "power feeds"))
	}
	fmt.Fprint(w, "\n\n")
	rows := make([][]any, 0, len(r.Switches))
	for _, s := range r.Switches {
		how := "pinned"
		if s.Auto {
			how = "auto"
		}
		rows = append(rows, []any{s.Class, s.Count, how})
	}
	writeTable(w, "table", []string{"switches", "count", ""}, rows)
	rows = make([][]any, 0, len(r.Zones))
	for _, z := range r.Zones {
		deficit := any(nil)
		if z.Deficit > 0 {
			deficit = z.Deficit
		}
		rows = append(rows, []any{z.Zone, z.Kind, z.Switches, z.Demand, z.Capacity, deficit})
	}
	writeTable(w, "table", []string{"zone", "kind", "switches", "lanes needed", "lanes available", "deficit"}, rows)
	for _, f := range r.Fabrics {
		if f.Ratio > 0 {
			fmt.Fprintf(w, "fabric %s: %d Gb/s down, %d Gb/s up, oversubscription %.2f:1\n", f.Fabric, f.Down, f.Up, f.Ratio)
		}
	}
}
