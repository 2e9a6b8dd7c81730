package main

import (
	"fmt"
	"slices"

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

// warnOfStrangers warns of these, where the plans at hand are all that diet.yaml names, and more.
func (e *env) warnOfStrangers(plans []*generate.Plan) {
	if len(e.config.Exceptions)+len(e.config.Schedules) == 0 {
		return
	}
	known := make([]string, 0, len(plans))
	for _, p := range plans {
		known = append(known, p.Info().Key)
	}
	if more, wrong, err := e.load(texts(e.config.Plans)); err == nil {
		for _, p := range more {
			known = append(known, p.Info().Key)
		}
		for _, w := range wrong {
			known = append(known, w.key)
		}
	}
	if len(e.config.Sources) > 0 {
		return // others lie in git
	}
	for _, text := range e.strangers(known) {
		e.say("warning: %s", text)
	}
}

func keysOf(plans []job.Plan) []string {
	out := make([]string, len(plans))
	for i, p := range plans {
		out[i] = p.Key
	}
	return out
}
