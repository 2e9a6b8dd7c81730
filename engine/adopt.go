package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/diet-project/diet/engine/answer"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/diff"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/generate/plain"
	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/kinds"
)

// Entry is a line of a map: an object of NetBox, and the object of the plan that it is.
type Entry struct {
	Kind   string
	ID     int64  // in NetBox
	Object string // of the plan
	Name   string // whose name it keeps: plan, or netbox; "" is plan
	Line   int    // of the file
}

// MapError says which entries of a map cannot be taken, and why.
type MapError struct {
	File   string
	Faults []string
}

func (e *MapError) Error() string {
	return fmt.Sprintf("map %s: %s cannot be taken:\n%s", e.File, plain.Count(len(e.Faults), "line", "lines"), strings.Join(e.Faults, "\n"))
}

// Hint says the way out.
func (e *MapError) Hint() string {
	return "mend these lines, or leave their object empty; nothing was written"
}

// MapKinds are the kinds whose objects a map names: cables are found by what they join.
func MapKinds() []string {
	var out []string
	for _, k := range kinds.Standard().Owned() {
		if len(k.Ends()) == 0 {
			out = append(out, k.Name)
		}
	}
	return out
}

// AdoptMap syncs, and writes the answers of a map to the file beside the plan, all or none: each object
// is taken for the plan's, with its parts and the cables between them. It returns the answers
// that it wrote, and how many objects are the plan's already.
func (e *Engine) AdoptMap(ctx context.Context, plan *generate.Plan, list []Entry, r Reply) (wrote []answer.Answer, ours int, err error) {
	if e.client != nil {
		if _, err := e.Sync(ctx, mirror.Options{}); err != nil {
			return nil, 0, err
		}
	}
	more := mapping{}
	for _, x := range list {
		more[x.Object] = diff.Place{Kind: x.Kind, ID: x.ID}
	}
	_, hall, err := e.examine(ctx, plan, closely{judge: true, mapped: more})
	if err != nil {
		return nil, 0, err
	}
	topo, err := e.generate(ctx, plan, more)
	if err != nil {
		return nil, 0, err
	}
	wanted := map[[2]string]bool{}
	for i := range topo.Len() {
		kind, id := topo.IDAt(i)
		wanted[[2]string{kind, id}] = true
	}
	at := map[[2]string]*change.Change{}
	for i := range hall.set.Changes {
		at[[2]string{hall.set.Changes[i].Kind, hall.set.Changes[i].Object}] = &hall.set.Changes[i]
	}
	faults, when := &MapError{}, e.now().UTC().Format(time.RFC3339) // of all: they are one
	for _, x := range list {
		k := [2]string{x.Kind, x.Object}
		c := at[k]
		if wanted[k] && (c == nil || c.NetBoxID == x.ID && c.Class != change.Exists) {
			ours++ // it bears the id
			continue
		}
		if why, err := hall.refuses(ctx, x, c, wanted[k]); why != "" || err != nil {
			faults.Faults = append(faults.Faults, fmt.Sprintf("line %d: %s %d as %s: %s", x.Line, x.Kind, x.ID, x.Object, why))
			if err != nil {
				return nil, 0, err
			}
			continue
		}
		wrote = append(wrote, answer.Answer{
			Plan: hall.set.Plan, Object: x.Object, NetBox: fmt.Sprintf("%s:%d", x.Kind, x.ID), Name: x.Name, About: c.Other.Name,
			Answer: string(change.AnswerAdopt), Who: r.Who, Why: r.Why, Expires: r.Expires, When: when,
			Situation: answer.Matter{Change: c}.Situation(string(change.AnswerAdopt)),
		})
	}
	if len(faults.Faults) > 0 {
		return nil, 0, faults
	}
	answer.See(hall.file, wrote)
	return wrote, ours, e.give(ctx, e.ResolutionsOf(plan), wrote)
}

// refuses says why an object of NetBox cannot be taken for one of the plan's; "" where it can.
func (h *hearing) refuses(ctx context.Context, x Entry, c *change.Change, wanted bool) (string, error) {
	switch {
	case !wanted:
		return "the plan wants no such object", nil
	case c.Class == change.Exists && c.NetBoxID == x.ID:
		if c.With != "" {
			return "", nil
		}
		_, err := h.accepts(ctx, answer.Matter{Change: c}, string(change.AnswerAdopt), x.Object)
		if unfit := (*UnfitError)(nil); errors.As(err, &unfit) {
			return unfit.Error(), nil
		}
		return "", err
	case c.Class == change.Absent:
		return fmt.Sprintf("NetBox has no free %s %d: it is gone, another plan's, or another line has it", x.Kind, x.ID), nil
	case c.Other != nil && c.Other.ID == x.ID && c.Taken == change.TakenName:
		return "it is of another type than the plan wants", nil
	case c.Other != nil:
		return fmt.Sprintf("%s %q (id %d) is in the way of what the plan wants", c.Other.Kind, c.Other.Name, c.Other.ID), nil
	}
	return fmt.Sprintf("it is %s", c.Class), nil
}
