package engine

import (
	"context"
	"errors"
	"time"

	"github.com/diet-project/diet/engine/diff"
	"github.com/diet-project/diet/generate"
)

// Foreseen is what a mirror says would keep plans from being applied, in their order.
type Foreseen struct {
	Age   time.Duration // of the mirror; 0 without one
	Plans []Refusals
}

// Refusals are those of [Preview.Refused].
type Refusals struct {
	Errors   []Refusal
	Warnings []string
}

// Refusal is something that keeps a plan from being applied, and what of the plan it is about: a
// path, a diet id, or kind:slug of what is shared; "" for the whole.
type Refusal struct{ About, Message string }

// ReadForeseen reads it from a mirror alone, without policies or NetBox. There is nothing without
// a mirror, in one of another NetBox than the URL's, if there is one, and of a plan with objects
// in sites that it leaves out.
func ReadForeseen(ctx context.Context, path, url string, plans []*generate.Plan) (Foreseen, error) {
	var out Foreseen
	err := byMirror(ctx, path, url, func(e *Engine, age time.Duration) error {
		out.Age = age
		for _, plan := range plans {
			found, err := e.foresee(ctx, plan)
			if outside := (*OutsideError)(nil); err != nil && !errors.As(err, &outside) {
				return err
			}
			out.Plans = append(out.Plans, found)
		}
		return nil
	})
	return out, err
}

func (e *Engine) foresee(ctx context.Context, plan *generate.Plan) (Refusals, error) {
	info := plan.Info()
	answers, err := e.answersOf(plan, info.File, false)
	if err != nil {
		return Refusals{}, err
	}
	mapped := e.mappingOf(info.Key, answers, nil)
	topo, err := e.generate(ctx, plan, mapped)
	if err != nil {
		return Refusals{}, err
	}
	if _, err := e.widen(ctx, topo, false); err != nil {
		return Refusals{}, err
	}
	if topo.Given, err = e.given(ctx, plan); err != nil {
		return Refusals{}, err
	}
	set, err := diff.Diff(ctx, e.db, topo, diff.Told{Mapped: mapped})
	if err != nil {
		return Refusals{}, err
	}
	errs, warnings := (&Preview{Changes: set.Changes, Findings: set.Findings}).Refused()
	return Refusals{errs, warnings}, nil
}
