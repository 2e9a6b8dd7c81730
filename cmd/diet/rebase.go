package main

import (
	"fmt"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror"
)

// rebasePlans shows what is learnt anew about the objects of plans, and writes it with yes.
func (e *env) rebasePlans(args []string, yes bool) error {
	plans, err := e.eachPlan(args)
	if err != nil {
		return err
	}
	eng, err := e.engine()
	if err != nil {
		return err
	}
	defer func() { _ = eng.Close() }()
	if _, err := eng.Sync(e.cli.Context, mirror.Options{}); err != nil {
		return err
	}
	if yes {
		willWrite(e.cli.Context)
	}
	var values perPlan
	var ends outcomes
	for _, plan := range plans {
		value, err := e.rebaseOne(eng, plan, yes)
		ends = append(ends, ends.of(plan, len(plans) == 1, err))
		if value == nil {
			value = unapplied{Plan: plan.Info().Key}
		}
		values = append(values, withError(e.cli.Context, value, err))
	}
	if e.cli.Bool("json") && len(plans) > 1 {
		ends = append(ends, e.print(values))
	}
	return ends.err(e.cli.Context)
}

// rebaseOne writes what is learnt about one plan, or shows it. It returns what it shows.
func (e *env) rebaseOne(eng *engine.Engine, plan *generate.Plan, yes bool) (any, error) {
	if yes {
		result, p, err := eng.Apply(e.cli.Context, plan, engine.ApplyOptions{})
		if result == nil {
			return nil, err
		}
		return result, outcomes{e.format().Result(result), applyCode(result, p, err)}.err(e.cli.Context)
	}
	p, err := eng.Diff(e.cli.Context, plan)
	if err != nil {
		return nil, err
	}
	if len(p.Changes) == 0 && !e.cli.Bool("json") {
		fmt.Fprintf(e.out, "Plan %s\nnothing to learn: the ids in diet's records are those of this NetBox\n", p.Plan)
		return p, nil
	}
	if err := e.format().Preview(p, false); err != nil {
		return p, err
	}
	if p.Pending() > 0 {
		words := []string{"init", "--rebase", "--yes"}
		e.say("to write that into diet's records: %s", e.call.Command(append(words, e.cli.Args().Slice()...)...))
	}
	return p, verdictCode(p, false)
}
