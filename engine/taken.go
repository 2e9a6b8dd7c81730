package engine

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate"
)

// priorOf is where diet last put each cable of a plan, those that it takes over from other
// plans included.
func (e *Engine) priorOf(ctx context.Context, plan *generate.Plan) (generate.Prior, error) {
	prior, err := e.prior(ctx, plan.Info().Key)
	if err != nil {
		return nil, err
	}
	for _, from := range plan.Takes() {
		theirs, err := e.prior(ctx, from.Plan)
		if err != nil {
			return nil, err
		}
		if prior == nil {
			prior = generate.Prior{}
		}
		for id, ends := range theirs {
			if _, own := prior[id]; !own {
				prior[id] = ends
			}
		}
	}
	return prior, nil
}

// given are the ids of a plan's objects that other plans of the same command take over, with
// the keys of those. What they have already is not among them.
func (e *Engine) given(ctx context.Context, plan *generate.Plan) (map[string]string, error) {
	key := plan.Info().Key
	out := map[string]string{}
	for _, other := range plan.Beside() {
		if !slices.ContainsFunc(other.Takes(), func(t generate.Taking) bool { return t.Plan == key }) {
			continue
		}
		info := other.Info()
		answers, err := e.answersOf(other, info.File, false)
		if err != nil {
			return nil, err
		}
		topo, err := e.generate(ctx, other, e.mappingOf(info.Key, answers, nil))
		if err != nil {
			return nil, err
		}
		has, err := e.knownIDs(ctx, info.Key)
		if err != nil {
			return nil, err
		}
		for _, m := range topo.Moved {
			if _, taken := has[m.To]; !taken && strings.HasPrefix(m.From, key+"/") {
				out[m.From] = info.Key
			}
		}
	}
	return out, nil
}

// takenFrom are the plans that objects of a set are still of.
func takenFrom(set *change.Set) []string {
	from := map[string]bool{}
	for i := range set.Changes {
		for _, f := range set.Changes[i].Fields {
			old, _ := f.Have.(string)
			if plan, _, is := strings.Cut(old, "/"); f.Name == change.ObjectID && is && plan != set.Plan {
				from[plan] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(from))
}

// filesBeside are the files of the other plans of a command, where objects go from one of them
// to a plan, or from that to one of them.
func filesBeside(plan *generate.Plan) []string {
	from := func(p *generate.Plan, key string) bool {
		return slices.ContainsFunc(p.Takes(), func(t generate.Taking) bool { return t.Plan == key })
	}
	var out []string
	for _, other := range plan.Beside() {
		if from(plan, other.Info().Key) || from(other, plan.Info().Key) {
			out = append(out, other.Info().File)
		}
	}
	return out
}
