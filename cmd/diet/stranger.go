package main

import (
	"fmt"
	"slices"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/policy"
	"github.com/diet-project/diet/engine/serve/job"
	"github.com/diet-project/diet/generate"
)

// strangers says what of diet.yaml is about plans that nobody here has: it has no effect. It may be a
// slip, or of a plan that is elsewhere.
func (e *env) strangers(known []string) []string {
	var out []string
	look := func(path, plan string) {
		if plan == "" || len(known) == 0 || slices.Contains(known, plan) {
			return
		}
		text := fmt.Sprintf("no plan here is called %q", plan)
		if near := generate.Suggest(plan, known); near != "" {
			text += ": " + near
		}
		if e.config.Place != nil {
			path = e.config.Place(path)
		}
		out = append(out, path+": "+text)
	}
	for i, x := range e.config.Exceptions {
		look(fmt.Sprintf("exceptions[%d].plan", i), x.Plan)
	}
	for i, s := range e.config.Schedules {
		for j, plan := range s.Plans {
			look(fmt.Sprintf("schedules[%d].plans[%d]", i, j), plan)
		}
	}
	return out
}

// warnOfStrangers warns of these, and of budgets for sites that no plan is of, where the plans at hand are
// all that diet.yaml names, and more.
func (e *env) warnOfStrangers(plans []*generate.Plan) { e.warnOfStrangersTo(e.knownPlans(plans)) }

// warnOfStrangersTo warns of what is strange to plans that were read.
func (e *env) warnOfStrangersTo(plans knownPlans) {
	for _, text := range e.strangers(plans.keys) {
		e.say("warning: %s", text)
	}
	if len(e.policyDirs()) == 0 || len(plans.sites) == 0 || !plans.whole {
		return
	}
	if p, err := policy.New(e.cli.Context, e.policyConfig(nil)); err == nil {
		for _, text := range p.Strays(plans.sites) {
			e.say("warning: %s", text)
		}
	}
}

// knownPlans are the keys, and the sites, of all plans that there are.
type knownPlans struct {
	keys, sites []string
	whole       bool // all of them can be read
}

// knownPlans reads them: those at hand, and what diet.yaml names. There are none where others lie in git.
func (e *env) knownPlans(plans []*generate.Plan) (known knownPlans) {
	if len(e.config.Sources) > 0 {
		return known
	}
	beside := slices.DeleteFunc(planPaths(texts(e.config.Plans)), func(path string) bool {
		return slices.ContainsFunc(plans, func(p *generate.Plan) bool { return p.Info().File == path })
	})
	more, wrong, err := e.load(beside)
	if err == nil {
		plans = append(slices.Clone(plans), more...)
	}
	for _, p := range plans {
		known.keys, known.sites = append(known.keys, p.Info().Key), append(known.sites, p.Spec.Site.Slug)
	}
	for _, w := range wrong {
		known.keys = append(known.keys, w.key)
	}
	known.whole = len(wrong) == 0
	return known
}

// warnOfIntents is warnOfStrangers ahead of a preview, where diet.yaml names the plans that there are.
func (e *env) warnOfIntents(intents []engine.Intent) {
	if len(e.config.Plans) == 0 {
		return
	}
	var plans []*generate.Plan
	for _, intent := range intents {
		if p, is := intent.(*generate.Plan); is {
			plans = append(plans, p)
		}
	}
	e.warnOfStrangers(plans)
}

func keysOf(plans []job.Plan) []string {
	out := make([]string, len(plans))
	for i, p := range plans {
		out[i] = p.Key
	}
	return out
}
