package engine

import (
	"context"
	"fmt"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/policy"
)

// mostLooked is of how many decisions of a preview the objects are recorded where no rule looks at them.
const mostLooked = 20_000

// overlooked adds what rules would see of the objects to what was decided, where none looks at them: rules
// that do may be written from it, and tried on it.
type overlooked struct {
	view *sight
	at   map[string]*change.Change // by kind and diet id, those that it is of
}

// overlook reads the objects that so many decisions of a preview are about; nil where the policies saw them.
func (e *Engine) overlook(ctx context.Context, p *Preview, most int) (*overlooked, error) {
	if len(p.Changes) == 0 || e.policies.Looks() {
		return nil, nil
	}
	named, set := map[string]bool{}, p.Set()
	for i := range p.log.chosen(most) {
		in := p.log.rows[p.log.order[i]].input
		named[in.Kind+" "+in.Object] = true
	}
	owners := map[string]bool{}
	for i := range set.Changes {
		if c := &set.Changes[i]; named[c.Kind+" "+c.Object] {
			owners[c.Owner] = c.Owner != ""
		}
	}
	o, part := &overlooked{at: map[string]*change.Change{}}, &change.Set{Plan: set.Plan, Names: set.Names}
	for i := range set.Changes {
		if c := &set.Changes[i]; named[c.Kind+" "+c.Object] || owners[c.Object] {
			part.Changes = append(part.Changes, *c)
		}
	}
	for i := range part.Changes {
		if c := &part.Changes[i]; named[c.Kind+" "+c.Object] {
			o.at[c.Kind+" "+c.Object] = c
		}
	}
	var err error
	if o.view, err = e.look(ctx, part); err != nil {
		return nil, fmt.Errorf("read what was decided about: %w", err)
	}
	return o, nil
}

// show adds the object to an input that is about one.
func (o *overlooked) show(in *policy.Input) {
	if o == nil {
		return
	}
	if c := o.at[in.Kind+" "+in.Object]; c != nil {
		in.Before, in.After = o.view.of(c)
	}
}
