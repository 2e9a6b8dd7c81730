package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/generate"
)

// onePlan opens the engine and reads the one plan that a command works on.
func (e *env) onePlan(args []string) (*engine.Engine, *generate.Plan, error) {
	plan, err := e.plan(args)
	if err != nil {
		return nil, nil, err
	}
	eng, err := e.engine()
	return eng, plan, err
}

// somePlans opens the engine and reads the plans that a command works on, which must go together.
func (e *env) somePlans(args []string) (*engine.Engine, []*generate.Plan, error) {
	plans, err := e.eachPlan(args)
	if err == nil {
		err = checkTogether(plans)
	}
	if err != nil {
		return nil, nil, err
	}
	eng, err := e.engine()
	return eng, plans, err
}

// eachPlan reads the plans that a command works on, in the order of their keys: so do all
// commands, so that no two wait for each other's leases.
func (e *env) eachPlan(args []string) ([]*generate.Plan, error) {
	plans, err := e.plans(args)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(plans, func(a, b *generate.Plan) int { return cmp.Compare(a.Info().Key, b.Info().Key) })
	return plans, checkAll(plans)
}

// checkAll finds what is wrong with any of several plans before one of them is written.
func checkAll(plans []*generate.Plan) error {
	if len(plans) == 1 {
		return nil // the engine does
	}
	var findings []generate.Finding
	for _, plan := range plans {
		findings = append(findings, generate.Check(plan).Findings...)
	}
	if len(findings) > 0 {
		return &generate.FindingsError{Findings: findings}
	}
	return nil
}

// checkTogether finds what plans of one command say against one another: what one of them makes, another
// could not have.
func checkTogether(plans []*generate.Plan) error {
	if findings := generate.CheckTogether(plans); len(findings) > 0 {
		return &generate.FindingsError{Findings: findings}
	}
	return nil
}

// outcomes are what became of each of several plans; nil is done.
type outcomes []error

// severity orders exit codes, the worst first.
var severity = []int{exitInterrupted, exitUsage, exitError, exitStale, exitHeld, exitPartly, exitDenied, exitPerson, exitChanges}

// err is the outcome of all: the exit code is that of the worst, and every error is told.
func (o outcomes) err(ctx context.Context) error {
	rank := func(err error) int { return slices.Index(severity, codeOf(ctx, err)) }
	var failed []error
	for _, err := range o {
		if err != nil {
			failed = append(failed, err)
		}
	}
	if len(failed) == 0 {
		return nil
	}
	worst := slices.MinFunc(failed, func(a, b error) int { return cmp.Compare(rank(a), rank(b)) })
	var told []error
	for _, err := range failed {
		if coded := (*codeError)(nil); !errors.As(err, &coded) || coded.err != nil {
			told = append(told, err)
		}
	}
	if len(failed) == 1 && len(told) == 1 {
		return worst
	}
	return &codeError{codeOf(ctx, worst), errors.Join(told...)}
}

// of names the plan in the error of one of several.
func (o outcomes) of(intent engine.Intent, only bool, err error) error {
	if coded := (*codeError)(nil); err == nil || only || errors.As(err, &coded) && coded.err == nil {
		return err
	}
	return fmt.Errorf("plan %s: %w", intent.Info().Key, err)
}
