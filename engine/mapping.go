package engine

import (
	"context"
	"fmt"
	"maps"
	"strconv"
	"strings"

	"github.com/diet-project/diet/engine/answer"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/diff"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror/kinds"
)

// mapping says which object of NetBox each object of a plan is, where people said so.
type mapping map[string]diff.Place

// mappingOf is what answers and more entries say.
func (e *Engine) mappingOf(plan string, answers []answer.Answer, more mapping) mapping {
	out := mapping{}
	for i := range answers {
		a := &answers[i]
		if at, ok := placeOf(a.NetBox); ok && a.Plan == plan && a.Adopts() && !a.Expired(e.now()) {
			out[a.Object] = at
		}
	}
	maps.Copy(out, more)
	return out
}

// placeOf reads KIND:NETBOX-ID.
func placeOf(text string) (diff.Place, bool) {
	kind, number, _ := strings.Cut(text, ":")
	id, err := strconv.ParseInt(number, 10, 64)
	return diff.Place{Kind: kind, ID: id}, err == nil && id > 0
}

// generate makes the topology of a plan: cables stay where diet last put them, and those
// between objects that are to be taken over where they are.
func (e *Engine) generate(ctx context.Context, plan *generate.Plan, mapped mapping) (*generate.Topology, error) {
	prior, err := e.priorOf(ctx, plan)
	if err != nil {
		return nil, err
	}
	release, err := e.db.Release(ctx)
	if err != nil {
		return nil, fmt.Errorf("read NetBox's version: %w", err)
	}
	topo, err := generate.For(plan, prior, release)
	if err != nil || len(mapped) == 0 {
		return topo, err
	}
	found, err := e.cabled(ctx, plan, topo, mapped)
	if err != nil || len(found) == 0 {
		return topo, err
	}
	kept := maps.Clone(prior)
	if kept == nil {
		kept = generate.Prior{}
	}
	for _, c := range topo.Cables {
		_, applied := kept[c.ID]
		if b := found[c.A]; b != "" && !applied {
			kept[c.ID] = generate.Ends{A: c.A, B: b}
		}
	}
	return generate.For(plan, kept, release)
}

// unsaid tells what a plan asks for and the NetBox at hand has no word for.
func unsaid(topo *generate.Topology) []change.Notice {
	var out []change.Notice
	for _, text := range topo.Unsaid {
		out = append(out, change.Notice{ID: "breakout-by-lane", Severity: change.Warning, Place: "spec.interfaces.profiles", Message: text})
	}
	return out
}

// entries finds the answers of a map, by the object of the plan.
type entries map[string]*answer.Answer

// entriesOf are the answers of a map about a plan that count.
func (h *hearing) entriesOf() entries {
	out := entries{}
	for _, a := range h.book.Answers() {
		if a.NetBox != "" && a.Adopts() && !a.Expired(h.engine.now()) {
			out[a.Object] = a
		}
	}
	return out
}

// drop leaves out the entries that were made for another situation than that of a set.
func (x entries) drop(set *change.Set) {
	for i := range set.Changes {
		c := &set.Changes[i]
		a := x[c.Object]
		if a == nil || c.Class != change.Exists && c.Class != change.Blocked {
			continue
		}
		if !(answer.Matter{Change: c}).Is(a.Answer, a.Situation) {
			delete(x, c.Object)
		}
	}
}

// to is the answer that a map gives to a matter: to the name of an object, to what is a part
// of an object of the map, and to a cable between two.
func (x entries) to(m answer.Matter) *answer.Answer {
	c := m.Change
	if c == nil || len(x) == 0 {
		return nil
	}
	kind, _ := kinds.Standard().Of(c.Kind)
	switch {
	case m.Field != nil && m.Field.Name == kind.Label && m.Field.Class == change.Conflict && c.Action == change.Adopt:
		return x[c.Object].Named()
	case m.Field != nil || c.Class != change.Exists:
		return nil
	case x[c.Owner] != nil:
		return x[c.Owner]
	}
	var first *answer.Answer
	for _, end := range kind.Sockets() {
		if c.Keys[end] == "" {
			continue // a cable has two of them
		}
		device := generate.DeviceOf(c.Keys[end])
		if x[device] == nil {
			return nil
		}
		first = x[device]
	}
	return first
}
