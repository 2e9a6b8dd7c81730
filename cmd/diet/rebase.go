package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror"
)

// rebasePlans shows what is learnt anew about the objects of plans, and writes it with yes.
func (e *env) rebasePlans(args []string, yes bool) error {
	eng, plans, err := e.somePlans(args)
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
	var ends outcomes
	for _, plan := range plans {
		ends = append(ends, ends.of(plan, len(plans) == 1, e.rebaseOne(eng, plan, yes)))
	}
	return ends.err(e.cli.Context)
}

func (e *env) rebaseOne(eng *engine.Engine, plan *generate.Plan, yes bool) error {
	if yes {
		result, p, err := eng.Apply(e.cli.Context, plan, engine.ApplyOptions{})
		if result != nil {
			err = errors.Join(e.format().Result(result), applyCode(result, p, err))
		}
		return err
	}
	p, err := eng.Diff(e.cli.Context, plan)
	if err != nil {
		return err
	}
	if len(p.Changes) == 0 && !e.cli.Bool("json") {
		fmt.Fprintf(e.out, "Plan %s\nnothing to learn: the ids in diet's records are those of this NetBox\n", p.Plan)
		return nil
	}
	if err := e.format().Preview(p, false); err != nil {
		return err
	}
	if p.Pending() > 0 {
		e.say("to write that into diet's records: diet init --rebase --yes %s", strings.Join(e.cli.Args().Slice(), " "))
	}
	return verdictCode(p, false)
}
