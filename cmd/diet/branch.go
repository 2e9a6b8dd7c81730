package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/call"
	"github.com/diet-project/diet/engine/report"
	"github.com/diet-project/diet/mirror/netbox"
)

// makesBranch are the commands that make the branch of --branch where it is not there.
var makesBranch = map[string]bool{"preview": true, "apply": true}

// inBranch is the configuration for work in the branch of --branch, if there is one.
func (e *env) inBranch(cfg engine.Config) (engine.Config, error) {
	name := e.cli.String("branch")
	switch {
	case name == "":
		return cfg, nil
	case e.cli.Command.Name == "serve":
		return cfg, usage("diet serve works in NetBox itself: leave --branch out")
	}
	return cfg.InBranch(e.cli.Context, name, makesBranch[e.cli.Command.Name])
}

// tellBranch says after an apply what differs between the branch of --branch and NetBox, and how
// to merge it.
func (e *env) tellBranch(eng *engine.Engine) error {
	name := e.cli.String("branch")
	if name == "" || e.cli.Bool("json") {
		return nil
	}
	changes, err := eng.BranchChanges(e.cli.Context, name)
	if err != nil {
		return err
	}
	e.say("%s; to merge it: `diet branch merge %s`", branchLine(name, changes), call.Quoted(name))
	return nil
}

func branchCommand() *cli.Command {
	return &cli.Command{
		Name:      "branch",
		Usage:     "list, show and merge branches of NetBox",
		ArgsUsage: "list | show NAME | merge NAME [PLAN-KEY…]",
		Description: `Branches are of NetBox's plugin netboxlabs-netbox-branching. diet preview and diet
apply with --branch NAME work in one, and make it where it is not there. The lease on a
plan holds in NetBox and its branches alike: merge takes those of the plans whose objects
differ, and of those that you name, and exits with 6 while a run writes one of them. A
branch ends when it is merged.

   diet apply plan.yaml --branch spring
   diet branch list
   diet branch show spring
   diet branch merge spring`,
		Flags:  []cli.Flag{&cli.BoolFlag{Name: "anyway", Usage: "merge: have the branch win where the same fields changed in NetBox too"}},
		Action: branchAction,
	}
}

const withoutBranch = "which branch? `diet branch list` names them"

func branchAction(c *cli.Context) error {
	what, names := c.Args().First(), c.Args().Tail()
	if verbs := []string{"list", "show", "merge"}; !slices.Contains(verbs, what) {
		return usage("branch takes list, show NAME or merge NAME [PLAN-KEY…]%s", instead(what, verbs))
	}
	if what != "list" && len(names) == 0 {
		return usage("%s", withoutBranch)
	}
	if what == "list" && len(names) > 0 || what == "show" && len(names) > 1 {
		return usage("branch takes list, show NAME or merge NAME [PLAN-KEY…], and not %q too", names[len(names)-1])
	}
	return withFirst(c, func(e *env, eng *engine.Engine, _ string) error {
		switch what {
		case "list":
			return e.listBranches(eng)
		case "show":
			return e.showBranch(eng, names[0])
		}
		return e.mergeBranch(eng, names[0], names[1:])
	})
}

func (e *env) listBranches(eng *engine.Engine) error {
	branches, err := eng.Branches(e.cli.Context)
	if err != nil {
		return err
	}
	if e.cli.Bool("json") {
		return e.print(map[string]any{"branches": append([]netbox.Branch{}, branches...)})
	}
	for _, b := range branches {
		fmt.Fprintf(e.out, "%-12s %s\n", b.Status.Value, report.Printable(b.Name))
	}
	return nil
}

func (e *env) showBranch(eng *engine.Engine, name string) error {
	changes, err := eng.BranchChanges(e.cli.Context, name)
	if err != nil {
		return err
	}
	if e.cli.Bool("json") {
		return e.print(map[string]any{"branch": name, "changes": append([]netbox.BranchChange{}, changes...)})
	}
	fmt.Fprintln(e.out, branchLine(name, changes))
	return nil
}

// mergeBranch merges a branch while no run of diet writes the plans of these keys.
func (e *env) mergeBranch(eng *engine.Engine, name string, plans []string) error {
	willWrite(e.cli.Context)
	merged, err := eng.MergeBranch(e.cli.Context, name, plans, e.cli.Bool("anyway"))
	switch {
	case err != nil:
		return err
	case e.cli.Bool("json"):
		return e.print(map[string]any{"branch": name, "merged": merged})
	case !merged:
		fmt.Fprintln(e.out, branchLine(name, nil)+": there is nothing to merge")
		return nil
	}
	fmt.Fprintf(e.out, "merged branch %s into NetBox\n", report.Printable(name))
	return nil
}

// branchLine says in one line what differs between a branch and NetBox: what was done to how many
// objects of each type.
func branchLine(name string, changes []netbox.BranchChange) string {
	if len(changes) == 0 {
		return fmt.Sprintf("branch %s is as NetBox is", report.Printable(name))
	}
	done := map[string]string{"create": "created", "update": "changed", "delete": "deleted"}
	counts := map[string]int{}
	for _, c := range changes {
		counts[done[c.Action.Value]+" "+c.Type]++
	}
	parts := make([]string, 0, len(counts))
	for _, what := range slices.Sorted(maps.Keys(counts)) {
		action, model, _ := strings.Cut(what, " ")
		parts = append(parts, fmt.Sprintf("%s %d %s", action, counts[what], model))
	}
	return fmt.Sprintf("branch %s differs from NetBox: %s", report.Printable(name), strings.Join(parts, ", "))
}
