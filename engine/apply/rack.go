package apply

import (
	"context"

	"github.com/diet-project/diet/engine/change"
)

// writeRacks writes the racks, but for those that get lower: what stands too high in them
// leaves first.
func (a *Applier) writeRacks(ctx context.Context) error {
	var items []*item
	for _, it := range a.items(a.acting("rack", change.Update, change.Adopt)) {
		if !shrinks(it.change) {
			items = append(items, it)
		}
	}
	if err := a.send(ctx, patch, "rack", items, a.updated); err != nil {
		return err
	}
	return a.send(ctx, post, "rack", a.items(a.acting("rack", change.Create)), a.created)
}

// lowerRacks writes the racks that get lower.
func (a *Applier) lowerRacks(ctx context.Context) error {
	var items []*item
	for _, it := range a.items(a.acting("rack", change.Update, change.Adopt)) {
		if shrinks(it.change) {
			items = append(items, it)
		}
	}
	return a.send(ctx, patch, "rack", items, a.updated)
}

// shrinks reports whether a change makes a rack lower.
func shrinks(c *change.Change) bool {
	want, wanted := float(wanted(c, "u_height"))
	have, had := float(c.Before.Have["u_height"])
	return wanted && had && want < have
}
